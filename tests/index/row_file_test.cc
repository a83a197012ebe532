#include "index/row_file.h"

#include <cstring>
#include <functional>

#include "base/shared_bytes.h"
#include "tests/testing/test_environment.h"

namespace quarry::index {
namespace {

RowFile SomeFile() {
  RowFile file;
  file.commit = CommitSequence(42);
  file.generation = GenerationId(3);
  file.rows.Append(DocumentNumber(7), "manual.md", {ChunkId(100), ChunkId(101)});
  file.rows.Append(DocumentNumber(9), "", {});
  file.rows.Append(DocumentNumber(8), "faq.md", {ChunkId(200)});
  file.live = Bitmap(3, true);
  file.live.Clear(1);
  file.has_vector = Bitmap(3);
  file.has_vector.Set(2);
  file.positions.Put({{7, 0}, {9, 1}, {8, 2}});
  file.chunk_rows.Put({{100, 0}, {101, 1}, {200, 2}});
  file.segments = {"0123456789abcdef", "fedcba9876543210"};
  return file;
}

TEST(RowFileTest, IsWhatWasWrittenAndGoesOn) {
  RowFile file = ParseRowFile(ShareString(EncodeRowFile(SomeFile()))).value();
  EXPECT_EQ(file.commit, CommitSequence(42));
  EXPECT_EQ(file.generation, GenerationId(3));
  EXPECT_EQ(file.segments, SomeFile().segments);
  EXPECT_EQ(file.live, SomeFile().live);
  EXPECT_EQ(file.has_vector, SomeFile().has_vector);
  EXPECT_EQ(file.positions.Find(8), 2u);
  EXPECT_EQ(file.chunk_rows.Find(101), 1u);
  file.rows.Append(DocumentNumber(10), "a.md", {ChunkId(300), ChunkId(301)});
  ASSERT_EQ(file.rows.rows(), 5u);
  EXPECT_EQ(file.rows.documents(), 4u);
  EXPECT_EQ(file.rows.DocumentOf(1).id, "manual.md");
  EXPECT_EQ(file.rows.DocumentOf(2).id, "faq.md");
  EXPECT_EQ(file.rows.DocumentOf(2).number, DocumentNumber(8));
  EXPECT_EQ(file.rows.DocumentOf(4).id, "a.md");
  EXPECT_EQ(file.rows.row(4).chunk, ChunkId(301));
  EXPECT_EQ(file.rows.row(4).ordinal, 1u);
  EXPECT_EQ(file.rows.document(1).rows, 0u);
  EXPECT_TRUE(file.rows.Precedes(4, 2));
  EXPECT_TRUE(file.rows.Precedes(0, 1));
}

TEST(RowFileTest, NothingInItLeadsOutOfIt) {
  const std::string good = EncodeRowFile(SomeFile());
  EXPECT_EQ(good.size(), RowFileBytes(SomeFile()));
  const auto expect = [](const std::string& bytes, const std::string& what) {
    const Status status = ParseRowFile(ShareString(bytes)).status();
    EXPECT_EQ(status.code(), Code::kDataLoss) << what;
    EXPECT_NE(status.message().find(what), std::string::npos) << status.ToString();
  };
  expect("", "0 bytes");
  expect("P" + good.substr(1), "does not begin with QROW");
  expect(good + "x", "were written");
  // Each 32 bits, at each place, set to what could lead astray: read without harm or refused.
  size_t refused = 0;
  for (size_t at = 4; at + 4 <= good.size(); at += 4) {
    for (const uint32_t value : {0u, 1u, 3u, 1u << 20, UINT32_MAX}) {
      std::string bytes = good;
      std::memcpy(bytes.data() + at, &value, sizeof(value));
      const Result<RowFile> file = ParseRowFile(ShareString(bytes));
      if (!file.ok()) {
        ++refused;
        continue;
      }
      for (RowId row = 0; row < file->rows.rows(); ++row) {
        EXPECT_LE(file->rows.DocumentOf(row).id.size(), good.size());
        EXPECT_LT(file->rows.DocumentOf(row).first_row, file->rows.rows());
      }
      for (const IdMap::Entry& entry : file->positions.Entries()) {
        EXPECT_LT(entry.value, file->rows.documents());
      }
      for (const IdMap::Entry& entry : file->chunk_rows.Entries()) {
        EXPECT_LT(entry.value, file->rows.rows());
      }
    }
  }
  EXPECT_GT(refused, 100u);
}

}  // namespace
}  // namespace quarry::index
