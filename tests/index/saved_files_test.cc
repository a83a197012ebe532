// What is kept in derived files, opened again: whole, behind the store, and damaged.

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>

#include "tests/index/index_testing.h"

namespace quarry::index {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

class SavedFilesTest : public IndexTest {};

TEST_F(SavedFilesTest, AGraphIsKeptOnDiskAndRebuiltWhenItIsDamaged) {
  IndexOptions options;
  options.vectors.hnsw_from = 50;
  ASSERT_OK(Open(options));
  std::vector<DocumentDraft> drafts;
  for (int i = 0; i < 120; ++i) {
    drafts.push_back(MakeDraft("d" + std::to_string(i), {"text number " + std::to_string(i)}));
  }
  Put(std::move(drafts));
  {
    auto writer = index_->OpenWriter(TestCollection()).value();
    const GenerationId generation =
        writer.BeginGeneration("test", {.fingerprint = "t", .dimension = 8}, "x", 120).value();
    Embed(writer, generation, 8);
    ASSERT_OK(writer.PublishGeneration(generation, CallContext()));
  }
  ASSERT_OK(index_->WaitForMaintenance());
  Delete("d7");
  Put({MakeDraft("new", {"fresh text"})});
  {
    auto writer = index_->OpenWriter(TestCollection()).value();
    Embed(writer, GenerationId(1), 8);
  }
  EXPECT_EQ(index_->Stats(TestCollection())->vector_index, "hnsw+flat");
  const std::vector<float> query(8, 0.5f);
  const auto search = [&] {
    std::set<DocumentId> found;
    const auto snapshot = TestSnapshot();
    for (const ScoredRow& row :
         snapshot->SearchDense(query, 1000, {}, {.width = 1000}, CallContext()).value()) {
      found.emplace(snapshot->rows().DocumentOf(row.row).id);
    }
    return found;
  };
  const std::set<DocumentId> before = search();
  EXPECT_THAT(before, SizeIs(120));
  ASSERT_OK(Open(options));
  EXPECT_EQ(index_->Stats(TestCollection())->vector_index, "hnsw+flat");
  EXPECT_EQ(search(), before);
  ExpectVerified();

  index_.reset();
  for (const auto& entry : std::filesystem::directory_iterator(Directory() + "/derived")) {
    std::fstream file(entry.path(), std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(100);
    file.put('!');
  }
  ASSERT_OK(Open(options));
  EXPECT_EQ(search(), before);
  ASSERT_OK(index_->WaitForMaintenance());
  EXPECT_EQ(index_->Stats(TestCollection())->vector_index, "hnsw");
  EXPECT_EQ(search(), before);
  ExpectVerified();
}

// A database that is an old copy, or whose log was cut, says nothing of it; the files do.
TEST_F(SavedFilesTest, FilesOfChangesThatTheDatabaseLostAreADataLoss) {
  namespace fs = std::filesystem;
  ASSERT_OK(Open());
  Put({MakeDraft("a", {"first"})});
  index_.reset();
  fs::copy(Directory() + "/db", Directory() + ".old", fs::copy_options::recursive);
  ASSERT_OK(Open());
  Put({MakeDraft("b", {"second"}), MakeDraft("c", {"third"})});
  index_.reset();
  fs::remove_all(Directory() + "/db");
  fs::rename(Directory() + ".old", Directory() + "/db");
  const Status lost = Open();
  EXPECT_EQ(lost.code(), Code::kDataLoss);
  EXPECT_THAT(lost.message(), HasSubstr("is of change 3, the collection's last is 1: the database "
                                        "has lost some"));
}

// Of a segment that is saved already nothing is read again, so damage that came since is not saved either: its
// checksum is that of what was written.
TEST_F(SavedFilesTest, ASavedSegmentIsKeptAsItWasWritten) {
  const auto segments = [&] {
    std::set<std::string> paths;
    for (const auto& entry : std::filesystem::directory_iterator(Directory() + "/derived")) {
      std::ifstream file(entry.path(), std::ios::binary);
      std::string magic(4, '\0');
      if (file.read(magic.data(), 4) && magic == "QLEX") paths.insert(entry.path().string());
    }
    return paths;
  };
  ASSERT_OK(Open());
  std::vector<DocumentDraft> drafts;
  for (int i = 0; i < 3'000; ++i) {
    drafts.push_back(MakeDraft("d" + std::to_string(i), {"text number " + std::to_string(i)}));
  }
  Put(std::move(drafts));
  ASSERT_OK(index_->WaitForMaintenance(CallContext()));
  for (const bool is_loaded : {false, true}) {
    if (is_loaded) {
      ASSERT_OK(Open());
      TestSnapshot();
      ASSERT_OK(index_->WaitForMaintenance(CallContext()));
    }
    const std::set<std::string> there = segments();
    const std::string segment = *std::ranges::max_element(
        there, {}, [](const std::string& path) { return std::filesystem::file_size(path); });
    const auto end = static_cast<std::streamoff>(std::filesystem::file_size(segment)) - 1;
    std::fstream file(segment, std::ios::in | std::ios::out | std::ios::binary);
    const int last = file.seekg(end).get();
    file.seekp(end).put(static_cast<char>(last ^ 1)).flush();
    std::vector<DocumentDraft> more;
    for (int i = 0; i < 100; ++i) {
      more.push_back(MakeDraft((is_loaded ? "b" : "a") + std::to_string(i), {"fresh text"}));
    }
    Put(std::move(more));
    ASSERT_OK(index_->WaitForMaintenance(CallContext()));
    EXPECT_NE(segments(), there) << "saved again";
    EXPECT_TRUE(segments().contains(segment)) << is_loaded;
    file.seekp(end).put(static_cast<char>(last)).flush();
  }
  ExpectVerified();
}

// From files of an earlier state, with later changes of every kind; and with any of them damaged.
TEST_F(SavedFilesTest, OpensFromSavedFilesAndTheChangesSince) {
  ASSERT_OK(Open());
  std::vector<DocumentDraft> drafts;
  for (int i = 0; i < 200; ++i) {
    drafts.push_back(MakeDraft("d" + std::to_string(i), {"common text number " + std::to_string(i),
                                                         "second part of " + std::to_string(i)}));
  }
  Put(std::move(drafts));
  {
    auto writer = index_->OpenWriter(TestCollection()).value();
    const GenerationId generation =
        writer.BeginGeneration("test", {.fingerprint = "t", .dimension = 8}, "x", 400).value();
    Embed(writer, generation, 8);
    ASSERT_OK(writer.PublishGeneration(generation, CallContext()));
  }
  // Rebuilt, its files have the same names.
  index_.reset();
  for (const auto& entry : std::filesystem::directory_iterator(Directory() + "/derived")) {
    std::filesystem::resize_file(entry.path(), std::filesystem::file_size(entry.path()) - 1);
  }
  ASSERT_OK(Open());
  TestSnapshot();
  ASSERT_OK(index_->WaitForMaintenance());
  ExpectVerified();

  IndexOptions crash;
  crash.save_on_close = false;
  ASSERT_OK(Open(crash));  // what was open until now is saved
  Delete("d3");
  Delete("d4");
  Put({MakeDraft("d4", {"back again"}), MakeDraft("d5", {"second part of 5", "moved about"}),
       MakeDraft("new", {"common text, fresh"})});
  Put({MakeDraft("d6", {"changed once"})});
  Put({MakeDraft("d6", {"changed twice"})});
  Put({MakeDraft("gone", {"comes and goes"})});
  Delete("gone");

  const std::vector<float> query(8, 0.5f);
  const auto look = [&] {
    std::vector<std::string> seen;
    const auto snapshot = TestSnapshot();
    for (const char* words : {"common", "text number 17", "second part", "fresh", "back twice"}) {
      for (std::string& hit : SearchWords(*snapshot, words)) seen.push_back(std::move(hit));
    }
    const auto nearest = snapshot->SearchDense(query, 30, {}, {}, CallContext()).value();
    for (const ScoredRow& row : nearest) {
      seen.emplace_back(snapshot->rows().DocumentOf(row.row).id);
    }
    seen.push_back(std::to_string(snapshot->live_documents()) + " documents, " +
                   std::to_string(snapshot->live_chunks()) + " chunks, " +
                   std::to_string(snapshot->pending_vectors()) + " pending, " +
                   std::to_string(snapshot->lexical().live_tokens()) + " tokens");
    return seen;
  };
  const std::vector<std::string> expected = look();
  ASSERT_OK(Open(crash));
  EXPECT_EQ(look(), expected);
  ExpectVerified();
  {
    auto writer = index_->OpenWriter(TestCollection()).value();
    Embed(writer, GenerationId(1), 8);
  }
  const std::vector<std::string> embedded = look();
  ASSERT_OK(Open(crash));
  EXPECT_EQ(look(), embedded);
  ExpectVerified();

  // Every file, cut short, flipped, gone, or in the place of another.
  index_.reset();
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(Directory() + "/derived")) {
    files.push_back(entry.path().string());
  }
  ASSERT_GE(files.size(), 2u);
  const std::string whole = directory_.path() + "/whole";
  std::filesystem::copy(Directory(), whole, std::filesystem::copy_options::recursive);
  for (size_t f = 0; f < files.size(); ++f) {
    for (int damage = 0; damage < 4; ++damage) {
      const auto size = std::filesystem::file_size(files[f]);
      switch (damage) {
        case 0:
          std::filesystem::resize_file(files[f], size / 2);
          break;
        case 1: {
          std::fstream file(files[f], std::ios::in | std::ios::out | std::ios::binary);
          file.seekg(static_cast<std::streamoff>(size / 3));
          const int byte = file.get();
          file.seekp(static_cast<std::streamoff>(size / 3));
          file.put(static_cast<char>(byte ^ 4));
          break;
        }
        case 2:
          std::filesystem::remove(files[f]);
          break;
        default:
          std::filesystem::copy_file(files[(f + 1) % files.size()], files[f],
                                     std::filesystem::copy_options::overwrite_existing);
      }
      ASSERT_OK(Open(crash));
      EXPECT_EQ(look(), embedded) << files[f] << " " << damage;
      ASSERT_OK(index_->WaitForMaintenance());
      EXPECT_EQ(look(), embedded) << files[f] << " " << damage;
      ExpectVerified();
      index_.reset();
      std::filesystem::remove_all(Directory());
      std::filesystem::copy(whole, Directory(), std::filesystem::copy_options::recursive);
    }
  }
}

}  // namespace
}  // namespace quarry::index
