// Copies of a store: what they hold, and what is refused.

#include "index/backup.h"

#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>

#include "tests/index/index_testing.h"

namespace quarry::index {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;

class BackupTest : public IndexTest {
 protected:
  std::string Backup() const { return directory_.path() + "/backup"; }
  std::string Restored() const { return directory_.path() + "/restored"; }

  void Fill() {
    std::vector<DocumentDraft> drafts;
    for (int i = 0; i < 80; ++i) {
      drafts.push_back(MakeDraft("d" + std::to_string(i),
                                 {"common text number " + std::to_string(i), "and a second part"},
                                 {{"year", 2000.0 + i}}));
    }
    Put(std::move(drafts));
    for (const char* fingerprint : {"first", "second"}) {
      auto writer = index_->OpenWriter(TestCollection()).value();
      const EmbeddingSpace space{.fingerprint = fingerprint, .dimension = 8};
      const GenerationId generation = writer.BeginGeneration("test", space, "table", 160).value();
      Embed(writer, generation, 8);
      ASSERT_OK(writer.PublishGeneration(generation, CallContext()));
    }
    Delete("d3");
    Put({MakeDraft("late", {"a late text"})});
    ASSERT_OK(index_->WaitForMaintenance(CallContext()));  // which makes the graph and the files
  }

  // What searches and lists say, with scores.
  static std::vector<std::string> Answers(Index& index) {
    std::vector<std::string> answers;
    const CollectionId collection = index.FindCollection("c").value();
    const auto snapshot = index.GetSnapshot(collection).value();
    const auto add = [&](const std::vector<ScoredRow>& rows) {
      for (const ScoredRow& row : rows) {
        answers.push_back(std::string(snapshot->rows().DocumentOf(row.row).id) + " " +
                          std::to_string(row.score));
      }
    };
    for (const char* words : {"common text", "number 17", "late"}) {
      add(snapshot->SearchLexical(Terms(words), 50, {}, CallContext()).value());
    }
    if (snapshot->generation()) {
      const std::vector<float> query(8, 0.5f);
      add(snapshot->SearchDense(query, 50, {}, {}, CallContext()).value());
    }
    EXPECT_OK(snapshot->ForEachDocument([&](const StoredDocument& document) {
      answers.push_back(EncodeDocument(document));
      return true;
    }));
    answers.push_back(std::to_string(snapshot->pending_vectors()));
    return answers;
  }

  std::unique_ptr<Index> OpenAt(const std::string& path, IndexOptions options = {}) {
    auto opened = Index::Open(path, options, TestAnalyzer(), clock_);
    EXPECT_OK(opened.status());
    return opened.ok() ? std::move(opened).value() : nullptr;
  }
  static void ExpectHealthy(Index& index) {
    const CollectionId collection = index.FindCollection("c").value();
    EXPECT_THAT(index.Verify(collection, CallContext())->problems, ::testing::IsEmpty());
    EXPECT_THAT(index.VerifyStore(CallContext()).value(), ::testing::IsEmpty());
  }
};

TEST_F(BackupTest, ARestoredStoreAnswersAsTheOneThatWasCopied) {
  ASSERT_OK(Open());
  Fill();
  const std::vector<std::string> expected = Answers(*index_);
  ASSERT_OK_AND_ASSIGN(const BackupReport made, index_->Backup(Backup(), CallContext()));
  Delete("d4");  // after it
  ASSERT_OK_AND_ASSIGN(const BackupReport read, VerifyBackup(Backup(), CallContext()));
  EXPECT_EQ(read.bytes, made.bytes);
  EXPECT_EQ(read.store_id, made.store_id);
  EXPECT_EQ(read.created_micros, clock_.NowMicros());
  ASSERT_OK(RestoreBackup(Backup(), Restored(), CallContext()).status());
  const auto restored = OpenAt(Restored());
  EXPECT_EQ(Answers(*restored), expected);
  ExpectHealthy(*restored);
  EXPECT_TRUE(restored->GetSnapshot(CollectionId(1)).value()->previous_generation().has_value());
  // It is a store of its own, and goes on.
  ASSERT_OK_AND_ASSIGN(const BackupReport again,
                       restored->Backup(directory_.path() + "/again", CallContext()));
  EXPECT_NE(again.store_id, made.store_id);
  ASSERT_OK(restored->OpenWriter(CollectionId(1))->Put({MakeDraft("x", {"y"})}).status());
}

TEST_F(BackupTest, AReaderCopiesWhatIsOnlyInTheLogToo) {
  ASSERT_OK(Open());
  Fill();
  const std::vector<std::string> expected = Answers(*index_);
  // As a killed process leaves it: nothing was flushed.
  const std::string killed = directory_.path() + "/killed";
  fs::copy(Directory(), killed, fs::copy_options::recursive);
  IndexOptions reading;
  reading.read_only = true;
  const auto reader = OpenAt(killed, reading);
  ASSERT_OK(reader->Backup(Backup(), CallContext()).status());
  ASSERT_OK(RestoreBackup(Backup(), Restored(), CallContext()).status());
  const auto restored = OpenAt(Restored());
  EXPECT_EQ(Answers(*restored), expected);
  ExpectHealthy(*restored);
}

TEST_F(BackupTest, IsOfOneMomentWhileDocumentsAreWritten) {
  ASSERT_OK(Open());
  Fill();
  std::atomic<bool> stop = false;
  std::atomic<int> written = 0;
  std::thread writer([&] {
    for (int i = 0; !stop; ++i) {
      const std::string n = std::to_string(i);
      Put({MakeDraft("left" + n, {"pair " + n}), MakeDraft("right" + n, {"pair " + n})});
      written = i + 1;
    }
  });
  for (int round = 0; round < 3; ++round) {
    const int before = written;
    const std::string backup = Backup() + std::to_string(round);
    const std::string restored = Restored() + std::to_string(round);
    ASSERT_OK(index_->Backup(backup, CallContext()).status());
    const int after = written;
    ASSERT_OK(RestoreBackup(backup, restored, CallContext()).status());
    const auto store = OpenAt(restored);
    ExpectHealthy(*store);
    const auto snapshot = store->GetSnapshot(CollectionId(1)).value();
    int pairs = 0;
    for (int i = 0; i <= after + 1; ++i) {
      const bool left = snapshot->ReadDocument("left" + std::to_string(i)).ok();
      EXPECT_EQ(left, snapshot->ReadDocument("right" + std::to_string(i)).ok());
      if (left) pairs = i + 1;
    }
    EXPECT_GE(pairs, before);
  }
  stop = true;
  writer.join();
}

TEST_F(BackupTest, DamageIsRefusedAndTheFileNamed) {
  ASSERT_OK(Open());
  Fill();
  ASSERT_OK(index_->Backup(Backup(), CallContext()).status());
  index_.reset();
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(Backup() + "/store")) {
    if (entry.is_regular_file() && entry.path().filename() != "LOCK") files.push_back(entry.path());
  }
  ASSERT_GE(files.size(), 8u);
  for (const fs::path& path : files) {
    // Links are broken first: what they lead to belongs to the store.
    const std::string whole = ReadFile(path.string()).value();
    for (int damage = whole.empty() ? 2 : 0; damage < 3; ++damage) {
      std::string bytes = whole;
      if (damage == 0) bytes[bytes.size() / 2] ^= 1;
      if (damage == 1) bytes.pop_back();
      fs::remove(path);
      if (damage != 2) {
        ASSERT_OK(WriteFileAtomically(path.string(), bytes));
      }
      const char* const expected[] = {"checksum mismatch", "BACKUP.json says", "is missing"};
      const Status verified = VerifyBackup(Backup(), CallContext()).status();
      EXPECT_EQ(verified.code(), Code::kDataLoss);
      const std::string named = fs::relative(path, Backup()).string();
      EXPECT_THAT(verified.message(), AllOf(HasSubstr("backup " + Backup() + ": " + named + ": "),
                                            HasSubstr(expected[damage])));
      EXPECT_EQ(RestoreBackup(Backup(), Restored(), CallContext()).status().message(),
                verified.message());
      EXPECT_TRUE(!fs::exists(Restored()) || fs::is_empty(Restored()));
    }
    fs::remove(path);
    ASSERT_OK(WriteFileAtomically(path.string(), whole));
  }
  ASSERT_OK(RestoreBackup(Backup(), Restored(), CallContext()).status());
}

TEST_F(BackupTest, AnInterruptedOneIsNone) {
  ASSERT_OK(Open());
  Fill();
  ASSERT_OK(index_->Backup(Backup(), CallContext()).status());
  fs::remove(Backup() + "/BACKUP.json");
  const Status status = RestoreBackup(Backup(), Restored(), CallContext()).status();
  EXPECT_EQ(status.code(), Code::kDataLoss);
  EXPECT_EQ(status.message(), "backup " + Backup() +
                                  ": BACKUP.json is missing: the backup was interrupted, or it "
                                  "is none");
  EXPECT_EQ(VerifyBackup(Restored(), CallContext()).status().code(), Code::kNotFound);
  // Given up half-way it leaves no half.
  CallContext given_up;
  given_up.cancel.Cancel();
  const std::string other = Backup() + "2";
  EXPECT_EQ(index_->Backup(other, given_up).status().code(), Code::kCancelled);
  EXPECT_TRUE(fs::is_empty(other));
}

TEST_F(BackupTest, NoneIsMadeInTheStoreItself) {
  ASSERT_OK(Open());
  Put({MakeDraft("a", {"apple"})});
  for (const std::string& place : {Directory(), Directory() + "/", Directory() + "/backups/monday",
                                   Directory() + "/../store/db"}) {
    const Status status = index_->Backup(place, CallContext()).status();
    EXPECT_EQ(status.code(), Code::kInvalidArgument);
    EXPECT_EQ(status.message(), "backup " + place + ": lies in the store " + Directory() +
                                    ", and would go with it; expected a directory outside it");
  }
  EXPECT_FALSE(fs::exists(Directory() + "/backups"));
  // Of a path that nothing can have it is not known where it lies.
  const std::string none = directory_.path() + "/" + std::string(300, 'a');
  EXPECT_OK(CheckOutside(Directory(), none));
  EXPECT_THAT(index_->Backup(none, CallContext()).status().message(),
              HasSubstr("File name too long"));
  ASSERT_OK(index_->Backup(Directory() + "-2", CallContext()).status());  // beside it
}

TEST_F(BackupTest, WhatIsNoneIsSaidToBe) {
  ASSERT_OK(Open());
  Put({MakeDraft("a", {"apple"})});
  index_.reset();
  const Status store = VerifyBackup(Directory(), CallContext()).status();
  EXPECT_EQ(store.code(), Code::kFailedPrecondition);
  EXPECT_EQ(store.message(), "backup " + Directory() +
                                 ": is a store, not a backup; make one of it with: quarry backup "
                                 "create DIR --store " +
                                 Directory());
  const std::string letter = directory_.path() + "/letter.txt";
  std::ofstream(letter) << "mine";
  const Status file = RestoreBackup(letter, Restored(), CallContext()).status();
  EXPECT_EQ(file.code(), Code::kInvalidArgument);
  EXPECT_EQ(file.message(), "backup " + letter + ": is not a directory; expected that of a backup");
  EXPECT_FALSE(fs::exists(Restored()));
}

TEST_F(BackupTest, AnInterruptedRestorationIsNoStore) {
  fs::create_directories(Restored() + "/db");
  std::ofstream(Restored() + "/RESTORE-INCOMPLETE");
  const Status status = Index::Open(Restored(), {}, TestAnalyzer(), clock_).status();
  EXPECT_THAT(status.message(), HasSubstr("not empty (it holds RESTORE-INCOMPLETE)"));
}

TEST_F(BackupTest, WhatIsThereIsLeftAlone) {
  ASSERT_OK(Open());
  Fill();
  fs::create_directories(Backup());
  ASSERT_OK(index_->Backup(Backup(), CallContext()).status());  // an empty one is taken
  const Status twice = index_->Backup(Backup(), CallContext()).status();
  EXPECT_EQ(twice.code(), Code::kAlreadyExists);
  EXPECT_THAT(twice.message(), HasSubstr("expected a directory that is empty or not there"));
  ASSERT_OK(VerifyBackup(Backup(), CallContext()).status());
  EXPECT_EQ(RestoreBackup(Backup(), Directory(), CallContext()).status().code(),
            Code::kAlreadyExists);
  EXPECT_THAT(
      Index::Open(Backup(), {}, TestAnalyzer(), clock_).status().message(),
      HasSubstr("is a backup, not a store; make a store of it with: quarry backup restore"));
}

// Its files are those of a store: written to, they would be no backup any more.
TEST_F(BackupTest, WhatABackupHoldsIsNotOpenedAsAStore) {
  ASSERT_OK(Open());
  Fill();
  ASSERT_OK(index_->Backup(Backup(), CallContext()).status());
  const std::string link = Restored() + "-link";
  fs::create_directory_symlink(Backup() + "/store", link);
  for (const std::string& path :
       {Backup() + "/store", Backup() + "/store/",
        Backup() + "/../" + fs::path(Backup()).filename().string() + "/store/.", link}) {
    for (const bool read_only : {false, true}) {
      IndexOptions options;
      options.read_only = read_only;
      const Status status = Index::Open(path, options, TestAnalyzer(), clock_).status();
      EXPECT_EQ(status.code(), Code::kFailedPrecondition) << path;
      EXPECT_THAT(status.message(),
                  HasSubstr("is of the backup " + fs::canonical(Backup()).string() +
                            ", not a store; make a store of it with: quarry backup restore"));
    }
  }
  ASSERT_OK(VerifyBackup(Backup(), CallContext()).status());
}

TEST_F(BackupTest, ADamagedStoreIsNotCopied) {
  ASSERT_OK(Open());
  Fill();
  index_.reset();
  std::string table;
  for (const auto& entry : fs::directory_iterator(Directory() + "/db")) {
    if (entry.path().extension() == ".sst") table = entry.path().string();
  }
  std::fstream file(table, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(static_cast<std::streamoff>(fs::file_size(table) / 3));
  file.put('!');
  file.close();
  IndexOptions reading;
  reading.read_only = true;
  ASSERT_OK(Open(reading));
  const Status status = index_->Backup(Backup(), CallContext()).status();
  EXPECT_EQ(status.code(), Code::kDataLoss);
  EXPECT_THAT(status.message(), HasSubstr(fs::path(table).filename().string()));
  EXPECT_TRUE(fs::is_empty(Backup()));
}

TEST_F(BackupTest, AListThatLeadsOutIsRefused) {
  for (const char* path : {"../x", "/etc/passwd", "db/../../x", "db//x", ".hidden", ""}) {
    const Status status = DecodeBackupList(
                              "{\"backup_version\": 1, \"format_version\": 2, \"store_id\": \"a\", "
                              "\"created_micros\": 1, \"files\": {\"" +
                              std::string(path) + "\": {\"bytes\": 1, \"checksum\": 1}}}")
                              .status();
    EXPECT_EQ(status.code(), Code::kDataLoss) << path;
    EXPECT_THAT(status.message(), HasSubstr("is no path of a store"));
  }
  EXPECT_THAT(DecodeBackupList("{\"backup_version\": 9, \"format_version\": 2}").status().message(),
              HasSubstr("backup version 9 of format version 2, this program reads 1 of 2"));
  EXPECT_THAT(DecodeBackupList("[]").status().message(), HasSubstr("not a JSON object"));
}

TEST_F(BackupTest, ADamagedListIsNamedByItsField) {
  const std::string head =
      "{\"backup_version\": 1, \"format_version\": 2, \"store_id\": \"a\", \"created_micros\": 1";
  const auto of = [&](const std::string& files) { return head + ", \"files\": " + files + "}"; };
  const std::string file = "{\"bytes\": 1, \"checksum\": 1}";
  const std::pair<std::string, const char*> damaged[] = {
      {head + "}", "BACKUP.json: files: expected an object"},
      {of("[]"), "BACKUP.json: files: expected an object"},
      {of("{\"db/CURRENT\": 7}"), "BACKUP.json: files.db/CURRENT: expected an object"},
      {of("{\"db/CURRENT\": {}}"), "BACKUP.json: bytes: expected a non-negative integer"},
      {of("{}"), "BACKUP.json: names no MANIFEST.json"},
      {of("{\"MANIFEST.json\": " + file + "}"), "BACKUP.json: names no db/CURRENT"}};
  fs::create_directories(Backup());
  for (const auto& [text, message] : damaged) {
    ASSERT_OK(WriteFileAtomically(Backup() + "/BACKUP.json", text));
    const Status status = RestoreBackup(Backup(), Restored(), CallContext()).status();
    EXPECT_EQ(status.code(), Code::kDataLoss) << text;
    EXPECT_EQ(status.message(), "backup " + Backup() + ": " + message) << text;
    EXPECT_FALSE(fs::exists(Restored())) << text;
  }
  EXPECT_THAT(DecodeBackupList("{\"backup_version\": 1, \"format_version\": 9}").status().message(),
              HasSubstr("backup version 1 of format version 9, this program reads 1 of 2"));
}

TEST_F(BackupTest, NeitherIsMadeInThePlaceOfAFile) {
  ASSERT_OK(Open());
  Put({MakeDraft("a", {"apple"})});
  const std::string letter = directory_.path() + "/letter.txt";
  std::ofstream(letter) << "mine";
  const Status made = index_->Backup(letter, CallContext()).status();
  EXPECT_EQ(made.code(), Code::kAlreadyExists);
  EXPECT_EQ(made.message(), "backup " + letter + ": is not a directory");
  ASSERT_OK(index_->Backup(Backup(), CallContext()).status());
  const Status restored = RestoreBackup(Backup(), letter, CallContext()).status();
  EXPECT_EQ(restored.code(), Code::kAlreadyExists);
  EXPECT_EQ(restored.message(), "restore to " + letter + ": is not a directory");
  EXPECT_EQ(ReadFile(letter).value(), "mine");
}

TEST_F(BackupTest, AStoreThatIsNotThereHoldsNothing) {
  EXPECT_OK(CheckOutside(directory_.path() + "/none", Backup()));
}

}  // namespace
}  // namespace quarry::index
