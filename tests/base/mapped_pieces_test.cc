#include "base/mapped_pieces.h"

#include <fstream>

#include "base/file.h"
#include "base/hash.h"
#include "tests/testing/test_environment.h"

namespace quarry {
namespace {

std::string SomeBytes(size_t size) {
  std::string bytes(size, '\0');
  uint32_t state = 1;
  for (char& byte : bytes) {
    state = state * 1664525 + 1013904223;
    byte = static_cast<char>(state >> 24);
  }
  return bytes;
}

// Kilobytes of the pages of files that the process has in memory.
uint64_t ResidentFileKilobytes() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("RssFile:")) return std::stoull(line.substr(8));
  }
  return 0;
}

TEST(MappedPiecesTest, PiecesAreTheBytesInOrder) {
  for (const size_t size : {size_t{0}, size_t{1}, size_t{4} << 20, (size_t{9} << 20) + 5}) {
    const SharedBytes bytes = ShareString(SomeBytes(size));
    std::string seen;
    ASSERT_OK(ForEachPiece(bytes, [&](std::string_view piece) {
      seen += piece;
      return OkStatus();
    }));
    EXPECT_TRUE(seen == bytes.view) << size;
    EXPECT_EQ(HashOfPieces(bytes), Hash64(bytes.view)) << size;
  }
}

TEST(MappedPiecesTest, ItEndsWithTheFirstError) {
  const SharedBytes bytes = ShareString(SomeBytes(size_t{9} << 20));
  int pieces = 0;
  const Status status = ForEachPiece(bytes, [&](std::string_view) {
    return ++pieces == 2 ? UnavailableError("enough") : OkStatus();
  });
  EXPECT_EQ(status.message(), "enough");
  EXPECT_EQ(pieces, 2);
}

TEST(MappedPiecesTest, AMappedFileIsNotInMemoryAsAWhole) {
  const TemporaryDirectory directory = testing::MakeTemporaryDirectory();
  const std::string path = directory.path() + "/large";
  const std::string content = SomeBytes(size_t{64} << 20);
  ASSERT_OK(WriteFileAtomically(path, content));
  const SharedBytes bytes = MappedFile::Share(MappedFile::Open(path).value());
  const uint64_t before = ResidentFileKilobytes();
  uint64_t most = 0;
  ASSERT_OK(ForEachPiece(bytes, [&](std::string_view piece) {
    EXPECT_TRUE(piece ==
                std::string_view(content).substr(piece.data() - bytes.view.data(), piece.size()));
    most = std::max(most, ResidentFileKilobytes());
    return OkStatus();
  }));
  EXPECT_LT(most, before + (24u << 10));
  EXPECT_LT(ResidentFileKilobytes(), before + (8u << 10));
  EXPECT_TRUE(bytes.view == content);  // and is there all the same
}

TEST(MappedPiecesTest, AFileIsWrittenFromAMapping) {
  const TemporaryDirectory directory = testing::MakeTemporaryDirectory();
  const std::string content = SomeBytes((size_t{9} << 20) + 5);
  ASSERT_OK(WriteFileAtomically(directory.path() + "/one", content));
  const SharedBytes bytes = MappedFile::Share(MappedFile::Open(directory.path() + "/one").value());
  ASSERT_OK(WritePiecesAtomically(directory.path() + "/two", bytes));
  EXPECT_TRUE(ReadFile(directory.path() + "/two").value() == content);
}

}  // namespace
}  // namespace quarry
