// Maintenance in the background: what it bounds, what a writer does itself, and what happens to it
// when others write, delete and close meanwhile. That what is found stays the same:
// model_test.cc and lexical_index_test.cc.

#include "index/maintenance.h"

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <set>
#include <thread>

#include "base/file.h"
#include "index/keys.h"
#include "index/vector_file.h"
#include "tests/index/index_testing.h"

namespace quarry::index {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::vector<DocumentDraft> Drafts(size_t from, size_t count, size_t paragraphs = 1) {
  std::vector<DocumentDraft> drafts;
  for (size_t i = from; i < from + count; ++i) {
    std::vector<std::string> texts;
    for (size_t p = 0; p < paragraphs; ++p) {
      texts.push_back("word" + std::to_string(i % 97) + " common part " + std::to_string(p) +
                      " of number " + std::to_string(i));
    }
    drafts.push_back(MakeDraft("d" + std::to_string(i), texts));
  }
  return drafts;
}

class MaintenanceTest : public IndexTest {
 protected:
  MaintenanceStats Stats() { return index_->Stats(TestCollection())->maintenance; }

  // Publishes a generation of vectors of all chunks; not prepared, unless asked for.
  void PublishVectors(bool prepare = false) {
    auto writer = index_->OpenWriter(TestCollection()).value();
    const GenerationId generation =
        writer.BeginGeneration("test", {.fingerprint = "t", .dimension = 8}, "x", 1).value();
    while (writer.PendingCount(generation) > 0) Embed(writer, generation, 8);
    if (prepare) {
      ASSERT_OK(writer.PrepareGeneration(generation)(CallContext()));
    }
    ASSERT_OK(writer.PublishGeneration(generation, CallContext()));
  }
  // The header of the file of the vectors.
  Result<VectorFile> PreparedFile() {
    for (const auto& entry : std::filesystem::directory_iterator(Directory() + "/derived")) {
      QUARRY_ASSIGN_OR_RETURN(const std::string bytes, ReadFile(entry.path().string()));
      if (bytes.starts_with("QVEC")) return ReadVectorHeader(bytes);
    }
    return NotFoundError("no file of vectors");
  }
  void EmbedPending() {
    auto writer = index_->OpenWriter(TestCollection()).value();
    const GenerationId generation = TestSnapshot()->generation()->id;
    while (writer.PendingCount(generation) > 0) Embed(writer, generation, 8);
  }
  // 6,150 documents, of whose vectors most are yet to be linked; that takes longer than a test.
  void OpenFarBehind() {
    IndexOptions options;
    options.vectors.hnsw_from = 100;
    options.vectors.hnsw_build_width = 100'000;
    options.vectors.build_threads = 1;
    options.maintain = false;
    ASSERT_OK(Open(options));
    Put(Drafts(0, 150));
    PublishVectors(/*prepare=*/true);
    Put(Drafts(200, 6'000));
    EmbedPending();
    options.maintain = true;
    ASSERT_OK(Open(options));
  }

  // The best of a scan of everything: chunks and scores, as they are whatever the indexes are made
  // of.
  std::vector<std::pair<ChunkId, double>> Nearest() {
    const auto snapshot = TestSnapshot();
    Bitmap all(snapshot->rows().rows(), true);
    for (RowId row = 0; row < all.size(); ++row) {
      if (!snapshot->IsLive(row)) all.Clear(row);
    }
    const std::vector<float> query = {1, -2, 3, 1, 0.5f, -1, 2, 1};
    std::vector<std::pair<ChunkId, double>> found;
    for (const ScoredRow& row :
         snapshot->SearchDense(query, 50, all, {.width = 100'000}, CallContext()).value()) {
      found.emplace_back(snapshot->rows().row(row.row).chunk, row.score);
    }
    return found;
  }
};

// Slots of the segments of `before` that are no longer in `after`.
uint64_t SlotsMerged(const Snapshot& before, const Snapshot& after) {
  uint64_t slots = 0;
  for (const SegmentView& old : before.lexical().segments()) {
    const auto& now = after.lexical().segments();
    const bool is_there = std::any_of(now.begin(), now.end(), [&](const SegmentView& view) {
      return view.segment == old.segment;
    });
    if (!is_there) slots += old.segment->slots();
  }
  return slots;
}

TEST_F(MaintenanceTest, PostingsThatAreSavedNoLongerTakeMemory) {
  IndexOptions options;
  options.limits.unsaved_rows = 50;
  ASSERT_OK(Open(options));
  Put(Drafts(0, 400, 2));
  ASSERT_OK(index_->WaitForMaintenance(CallContext()));
  const CollectionStats stats = index_->Stats(TestCollection()).value();
  EXPECT_GT(stats.lexical_mapped_bytes, 5'000u);
  EXPECT_LT(stats.lexical_bytes - stats.lexical_mapped_bytes, 1'000u);
  EXPECT_THAT(SearchWords(*TestSnapshot(), "common word5"), ::testing::Not(IsEmpty()));
  // Rows of mapped segments die, and these merge, as those in memory do.
  const size_t before = SearchWords(*TestSnapshot(), "word7").size();
  Delete("d7");
  Put(Drafts(400, 200, 2));
  ASSERT_OK(index_->WaitForMaintenance(CallContext()));
  const std::vector<std::string> found = SearchWords(*TestSnapshot(), "word7");
  EXPECT_THAT(found, ::testing::Not(::testing::Contains("d7#0")));
  EXPECT_GE(found.size() + 1, before);
}

TEST_F(MaintenanceTest, PostingsThatAreMergedInAFileAreFoundAndSaved) {
  IndexOptions options;
  options.limits.inline_slots = 20;
  options.limits.spill_bytes = 1;
  options.limits.unsaved_rows = 1'000'000;
  ASSERT_OK(Open(options));
  for (size_t from = 0; from < 2400; from += 200) Put(Drafts(from, 200));
  // Waiting for the index would save all.
  while (!Stats().pending.empty()) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  const auto spilled_of = [](const Snapshot& snapshot) {
    size_t spilled = 0;
    for (const SegmentView& view : snapshot.lexical().segments()) {
      spilled += view.segment->is_spilled() ? 1 : 0;
    }
    return spilled;
  };
  EXPECT_GT(spilled_of(*TestSnapshot()), 0u);
  Delete("d7");
  const std::vector<std::string> words = SearchWords(*TestSnapshot(), "common word7");
  EXPECT_THAT(words, ::testing::SizeIs(100));
  ExpectVerified();
  // Saved, they have a name, and that is what is mapped then.
  ASSERT_OK(index_->WaitForMaintenance(CallContext()));
  EXPECT_EQ(spilled_of(*TestSnapshot()), 0u);
  for (const auto& file : std::filesystem::directory_iterator(Directory() + "/derived")) {
    EXPECT_THAT(file.path().filename().string(), ::testing::Not(HasSubstr("spill")));
  }
  EXPECT_EQ(SearchWords(*TestSnapshot(), "common word7"), words);
  ASSERT_OK(Open(options));
  EXPECT_EQ(SearchWords(*TestSnapshot(), "common word7"), words);
  ExpectVerified();
}

TEST_F(MaintenanceTest, NoPutMergesMoreThanAFewRows) {
  IndexOptions alone;
  alone.maintain = false;  // so that what is merged was merged by the writer
  ASSERT_OK(Open(alone));
  Random random(3);
  uint64_t most = 0;
  for (int put = 0; put < 300; ++put) {
    const auto before = TestSnapshot();
    const size_t count = random.Below(4) == 0 ? 400 : 1 + random.Below(5);
    Put(Drafts(random.Below(4'000), count, 1 + random.Below(2)));
    const uint64_t merged = SlotsMerged(*before, *TestSnapshot());
    ASSERT_LE(merged, alone.limits.inline_slots) << put;
    most = std::max(most, merged);
  }
  EXPECT_GT(most, 1'000u);  // the test meets merges
  EXPECT_THAT(Stats().pending, HasSubstr("postings"));
  const auto words = SearchWords(*TestSnapshot(), "common word5");
  EXPECT_THAT(words, ::testing::Not(IsEmpty()));

  // What was left is done once there is somebody to do it.
  ASSERT_OK(Open());
  TestSnapshot();
  ASSERT_OK(index_->WaitForMaintenance());
  EXPECT_EQ(SearchWords(*TestSnapshot(), "common word5"), words);
  EXPECT_LE(Stats().dead_slots, Stats().slots / 4);
  ExpectVerified();
}

TEST_F(MaintenanceTest, NoPutLinksVectors) {
  IndexOptions alone;
  alone.maintain = false;
  alone.vectors.hnsw_from = 100;
  ASSERT_OK(Open(alone));
  Put(Drafts(0, 500));
  PublishVectors();
  for (size_t i = 0; i < 5; ++i) {
    Put(Drafts(500 + 100 * i, 100));
    EmbedPending();
  }
  const std::string scanned = index_->Stats(TestCollection())->vector_index;
  EXPECT_THAT(scanned, ::testing::Not(HasSubstr("hnsw")));
  const auto nearest = Nearest();
  ASSERT_EQ(nearest.size(), 50u);

  IndexOptions maintained = alone;
  maintained.maintain = true;
  ASSERT_OK(Open(maintained));
  TestSnapshot();
  ASSERT_OK(index_->WaitForMaintenance());
  EXPECT_EQ(index_->Stats(TestCollection())->vector_index, "hnsw");
  EXPECT_EQ(Nearest(), nearest);
  ExpectVerified();
  // It is what a process that only reads finds, too.
  IndexOptions reading = alone;
  reading.read_only = true;
  ASSERT_OK(Open(reading));
  EXPECT_EQ(index_->Stats(TestCollection())->vector_index, "hnsw");
  EXPECT_EQ(Nearest(), nearest);
}

TEST_F(MaintenanceTest, APreparedGenerationHasItsGraphWhenItIsPublished) {
  IndexOptions alone;
  alone.maintain = false;
  alone.vectors.hnsw_from = 100;
  ASSERT_OK(Open(alone));
  Put(Drafts(0, 300));
  PublishVectors(/*prepare=*/true);
  EXPECT_EQ(index_->Stats(TestCollection())->vector_index, "hnsw");
  EXPECT_EQ(index_->OpenWriter(TestCollection())
                ->PrepareGeneration(GenerationId(1))(CallContext())
                .message(),
            "generation 1 is not being built");

  // What came, went and moved between preparing and publishing.
  {
    auto writer = index_->OpenWriter(TestCollection()).value();
    const GenerationId generation =
        writer.BeginGeneration("test", {.fingerprint = "u", .dimension = 8}, "x", 1).value();
    Embed(writer, generation, 8);
    ASSERT_OK(writer.PrepareGeneration(generation)(CallContext()));
    ASSERT_OK(writer.Put(Drafts(290, 20)).status());
    const DocumentId gone[] = {"d1", "d2"};
    ASSERT_OK(writer.Delete(gone).status());
    std::vector<DocumentDraft> same = Drafts(3, 1);  // its chunk is kept, at another row
    same[0].document.uri = "elsewhere";
    ASSERT_OK(writer.Put(std::move(same)).status());
    Embed(writer, generation, 8);
    ASSERT_OK(writer.PublishGeneration(generation, CallContext()));
  }
  EXPECT_EQ(index_->Stats(TestCollection())->vector_index, "hnsw+flat");
  EXPECT_EQ(TestSnapshot()->pending_vectors(), 0u);
  ExpectVerified();
}

TEST_F(MaintenanceTest, AFirstGenerationIsScannedUntilItIsLinkedAndTheOneAfterHasItsGraph) {
  IndexOptions options;
  options.vectors.hnsw_from = 100;
  ASSERT_OK(Open(options));
  Put(Drafts(0, 300));
  GenerationId first;
  {
    // While a writer is there the maintenance may already link; what is prepared is not linked.
    auto writer = index_->OpenWriter(TestCollection()).value();
    first = writer.BeginGeneration("test", {.fingerprint = "t", .dimension = 8}, "x", 1).value();
    while (writer.PendingCount(first) > 0) Embed(writer, first, 8);
    ASSERT_OK(writer.PrepareGeneration(first)(CallContext()));
    ASSERT_OK_AND_ASSIGN(const VectorFile file, PreparedFile());
    EXPECT_EQ(file.kind, VectorIndexKind::kFlat);
    EXPECT_EQ(file.count, 300u);
    ASSERT_OK(writer.PublishGeneration(first, CallContext()));
  }
  const auto nearest = Nearest();
  ASSERT_OK(index_->WaitForMaintenance());
  EXPECT_EQ(index_->Stats(TestCollection())->vector_index, "hnsw");
  EXPECT_EQ(Nearest(), nearest);
  ASSERT_OK_AND_ASSIGN(const VectorFile linked, PreparedFile());
  EXPECT_EQ(linked.kind, VectorIndexKind::kHnsw);
  ExpectVerified();

  auto writer = index_->OpenWriter(TestCollection()).value();
  const GenerationId second =
      writer.BeginGeneration("test", {.fingerprint = "u", .dimension = 8}, "x", 1).value();
  while (writer.PendingCount(second) > 0) Embed(writer, second, 8);
  ASSERT_OK(writer.PrepareGeneration(second)(CallContext()));
  ASSERT_OK(writer.PublishGeneration(second, CallContext()));
  EXPECT_EQ(index_->Stats(TestCollection())->vector_index, "hnsw");
}

// Random updates of everything there is, in a store that cannot grow by them.
TEST_F(MaintenanceTest, WasteIsBoundedWhateverIsUpdated) {
  IndexOptions options;
  options.vectors.hnsw_from = 500;
  ASSERT_OK(Open(options));
  constexpr size_t kDocuments = 1'200;
  Put(Drafts(0, kDocuments, 2));
  PublishVectors();
  Random random(5);
  std::map<size_t, size_t> version;
  for (int round = 0; round < 250; ++round) {
    std::set<size_t> touched;
    std::vector<DocumentDraft> drafts;
    while (touched.size() < 40) touched.insert(random.Below(kDocuments));
    for (const size_t i : touched) {
      const std::string n = std::to_string(i);
      drafts.push_back(
          MakeDraft("d" + n, {"kept part of " + n,
                              "part " + std::to_string(++version[i]) + " common of number " + n}));
    }
    Put(std::move(drafts));
    if (round % 5 == 0) EmbedPending();
    const MaintenanceStats now = Stats();
    const uint64_t live = now.rows - now.dead_rows;
    ASSERT_LE(now.dead_rows, 2 * (live + 10'000) + 80) << round;
    ASSERT_LE(now.segments, 129u) << round;
  }
  EmbedPending();
  const auto words = SearchWords(*TestSnapshot(), "common part 3");
  const auto nearest = Nearest();
  ASSERT_OK(index_->WaitForMaintenance());
  const MaintenanceStats idle = Stats();
  EXPECT_EQ(idle.error, "");
  EXPECT_EQ(idle.pending, "");
  const uint64_t live = idle.rows - idle.dead_rows;
  EXPECT_EQ(live, 2 * kDocuments);
  EXPECT_LE(idle.dead_rows, live + 10'000);
  EXPECT_LT(idle.rows, 10'000u + 2 * live);  // rows were taken out: 20,000 died
  EXPECT_LE(idle.dead_slots, idle.slots / 4);
  EXPECT_LE(idle.segments, 7u * 4u);
  EXPECT_LE(idle.dead_vectors, idle.vector_entries / 4);
  EXPECT_LE(idle.fresh_vectors, live / 20);
  EXPECT_EQ(SearchWords(*TestSnapshot(), "common part 3"), words);
  EXPECT_EQ(Nearest(), nearest);
  ExpectVerified();
  ASSERT_OK(Open(options));
  EXPECT_EQ(SearchWords(*TestSnapshot(), "common part 3"), words);
  EXPECT_EQ(Nearest(), nearest);
  ExpectVerified();
}

// A writer, readers and the maintenance at the same time. What a reader finds twice in one snapshot
// is equal, and what was deleted is never found again.
TEST_F(MaintenanceTest, ReadersAndAWriterGoOn) {
  IndexOptions options;
  options.vectors.hnsw_from = 200;
  ASSERT_OK(Open(options));
  Put(Drafts(0, 400));
  PublishVectors();
  const CollectionId collection = TestCollection();
  std::atomic<bool> is_over = false;
  std::atomic<uint64_t> deleted_below = 0;  // documents below are gone
  std::vector<std::thread> readers;
  for (int r = 0; r < 2; ++r) {
    readers.emplace_back([&, r] {
      const std::vector<float> query = {1, -2, 3, 1, 0.5f, -1, 2, static_cast<float>(r)};
      while (!is_over) {
        const uint64_t gone = deleted_below;
        const auto snapshot = index_->GetSnapshot(collection).value();
        const auto words = SearchWords(*snapshot, "common");
        EXPECT_EQ(SearchWords(*snapshot, "common"), words);
        for (const std::string& hit : words) {
          EXPECT_GE(std::strtoull(hit.c_str() + 1, nullptr, 10), gone) << hit;
        }
        for (const ScoredRow& row :
             snapshot->SearchDense(query, 20, {}, {}, CallContext()).value()) {
          const std::string id(snapshot->rows().DocumentOf(row.row).id);
          EXPECT_GE(std::strtoull(id.c_str() + 1, nullptr, 10), gone) << id;
        }
      }
    });
  }
  for (uint64_t round = 0; round < 60; ++round) {
    Put(Drafts(400 + 10 * round, 10));
    EmbedPending();
    std::vector<DocumentId> gone;
    for (uint64_t i = 10 * round; i < 10 * round + 10; ++i) gone.push_back("d" + std::to_string(i));
    ASSERT_OK(index_->OpenWriter(collection)->Delete(gone).status());
    deleted_below = 10 * round + 10;
    if (round % 20 == 0) {
      ASSERT_OK(index_->WaitForMaintenance());
    }
  }
  is_over = true;
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(TestSnapshot()->live_documents(), 400u);
  ASSERT_OK(index_->WaitForMaintenance());
  EXPECT_EQ(Stats().error, "");
  ExpectVerified();
}

// Linking takes far longer than a test.
IndexOptions SlowToLink() {
  IndexOptions options;
  options.vectors.hnsw_from = 100;
  options.vectors.hnsw_build_width = 100'000;
  options.vectors.build_threads = 1;
  return options;
}

// Closing gives up what takes long, and loses nothing.
TEST_F(MaintenanceTest, ClosingGivesUpWhatIsUnderWay) {
  IndexOptions options = SlowToLink();
  ASSERT_OK(Open(options));
  Put(Drafts(0, 6'000));
  PublishVectors();
  EXPECT_EQ(Stats().pending, "vectors, files");
  EXPECT_EQ(
      index_->WaitForMaintenance(CallContext::WithTimeout(std::chrono::milliseconds(50))).message(),
      "waiting for maintenance: the deadline of the call has passed");
  const auto nearest = Nearest();
  ASSERT_OK(Open(options));
  EXPECT_EQ(Nearest(), nearest);
  EXPECT_EQ(TestSnapshot()->live_chunks(), 6'000u);
  EXPECT_EQ(Stats().pending, "vectors");  // due again
}

TEST_F(MaintenanceTest, ACollectionCanBeDeletedDuringIt) {
  IndexOptions options = SlowToLink();
  ASSERT_OK(Open(options));
  Put(Drafts(0, 3'000));
  PublishVectors();
  EXPECT_EQ(Stats().pending, "vectors, files");
  ASSERT_OK(index_->DeleteCollection("c"));
  ASSERT_OK(index_->WaitForMaintenance());  // it was given up
  EXPECT_EQ(TestSnapshot()->live_documents(), 0u);
  index_.reset();
  EXPECT_TRUE(std::filesystem::is_empty(Directory() + "/derived"));

  // At any moment.
  options.vectors.hnsw_build_width = 20;
  ASSERT_OK(Open(options));
  for (int round = 0; round < 10; ++round) {
    Put(Drafts(0, 200));
    PublishVectors();
    std::this_thread::sleep_for(std::chrono::milliseconds(5 * round));
    ASSERT_OK(index_->DeleteCollection("c"));
  }
  ASSERT_OK(index_->WaitForMaintenance());
  index_.reset();
  EXPECT_TRUE(std::filesystem::is_empty(Directory() + "/derived"));
}

// The vectors cannot be linked, since one is missing: that is said once and not tried in a loop;
// what else is due is done, and writers go on.
TEST_F(MaintenanceTest, WhatFailsIsShownAndLeftAlone) {
  IndexOptions alone;
  alone.maintain = false;
  alone.vectors.hnsw_from = 100;
  ASSERT_OK(Open(alone));
  Put(Drafts(0, 300));
  PublishVectors(/*prepare=*/true);
  for (size_t i = 0; i < 9; ++i) Put(Drafts(300 + 300 * i, 300));
  EmbedPending();
  index_.reset();
  {
    RocksStoreOptions store_options;
    store_options.create_if_missing = false;
    ASSERT_OK_AND_ASSIGN(const auto store, OpenRocksStore(Directory() + "/db", store_options));
    WriteBatch batch;
    const EmbeddingSpace space{.fingerprint = "t", .dimension = 8};
    batch.Delete(VectorKey(CollectionId(1), SpaceHash(space), GenerationId(1), ChunkId(7)));
    ASSERT_OK(store->Write(batch));
  }
  // Rows and vectors are known from the saved files; the graph is made anew, as many died.
  IndexOptions options = alone;
  options.maintain = true;
  ASSERT_OK(Open(options));
  std::vector<DocumentId> gone;
  for (size_t i = 100; i < 2'000; ++i) gone.push_back("d" + std::to_string(i));
  ASSERT_OK(index_->OpenWriter(TestCollection())->Delete(gone).status());
  ASSERT_OK(index_->WaitForMaintenance());
  EXPECT_THAT(Stats().error, HasSubstr("vectors: "));
  EXPECT_THAT(Stats().error, HasSubstr("vector of chunk 7: missing in the store"));
  EXPECT_EQ(Stats().pending, "vectors");  // still owed
  EXPECT_LE(Stats().dead_slots, Stats().slots / 4);
  Put(Drafts(5'000, 10));
  EXPECT_THAT(SearchWords(*TestSnapshot(), "5003"), ::testing::SizeIs(1));
}

// While the files cannot be saved that is said to be due; once they can, they are, though nobody
// writes.
TEST_F(MaintenanceTest, WhatFailedIsTriedAgainBySomebodyWhoOnlyReads) {
  IndexOptions options;
  options.limits.unsaved_rows = 50;
  options.limits.retry_after = std::chrono::milliseconds(20);
  ASSERT_OK(Open(options));
  const std::string derived = Directory() + "/derived";
  TestCollection();
  std::filesystem::rename(derived, derived + "-away");
  Put(Drafts(0, 400));
  ASSERT_OK(index_->WaitForMaintenance());
  EXPECT_THAT(Stats().error, HasSubstr("files: "));
  EXPECT_EQ(Stats().pending, "files");
  std::filesystem::rename(derived + "-away", derived);
  EXPECT_TRUE(testing::Eventually([&] { return Stats().pending.empty(); }));
  EXPECT_EQ(Stats().error, "");
  EXPECT_GT(index_->Stats(TestCollection())->lexical_mapped_bytes, 0u);
}

// A writer that is far ahead waits, as long as it was told to.
TEST_F(MaintenanceTest, AWriterThatIsFarAheadWaits) {
  OpenFarBehind();
  auto writer =
      index_->OpenWriter(TestCollection(), CallContext::WithTimeout(std::chrono::milliseconds(100)))
          .value();
  EXPECT_EQ(writer.Put(Drafts(9'000, 1)).status().message(),
            "collection \"c\": waiting for its maintenance: the deadline of the call has passed");
  EXPECT_EQ(TestSnapshot()->live_documents(), 6'150u);
  EXPECT_EQ(Nearest().size(), 50u);  // readers do not
}

// What was taken of a pipe is gone from it.
TEST_F(MaintenanceTest, AWriterThatIsInterruptedWhileItWaitsKeepsWhatItWasGiven) {
  OpenFarBehind();
  const auto interrupted = [&](bool outlives) {
    CallContext context;
    auto writer = index_->OpenWriter(TestCollection(), context).value();
    if (outlives) writer.OutliveCancel();
    std::thread user([&] {
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
      context.cancel.Cancel();
    });
    const Status put = writer.Put(Drafts(9'000, 1)).status();
    user.join();
    const DocumentId gone[] = {"d0"};
    EXPECT_EQ(writer.Delete(gone).status().code(), put.code());
    return put;
  };
  EXPECT_EQ(interrupted(/*outlives=*/false).message(),
            "collection \"c\": waiting for its maintenance: cancelled by the caller");
  EXPECT_EQ(TestSnapshot()->live_documents(), 6'150u);
  EXPECT_OK(interrupted(/*outlives=*/true));
  EXPECT_THAT(Stats().pending, HasSubstr("vectors"));  // it was not waited for
  EXPECT_THAT(SearchWords(*TestSnapshot(), "9000"), ::testing::SizeIs(1));
  EXPECT_EQ(TestSnapshot()->ReadDocument("d0").status().code(), Code::kNotFound);
}

// To link the first ones takes as long as the collection is large.
TEST_F(MaintenanceTest, AWriterDoesNotWaitForTheFirstGraph) {
  IndexOptions options;
  options.vectors.hnsw_from = 100;
  options.vectors.hnsw_build_width = 100'000;
  options.vectors.build_threads = 1;
  ASSERT_OK(Open(options));
  Put(Drafts(0, 6'000));
  PublishVectors();
  auto writer =
      index_->OpenWriter(TestCollection(), CallContext::WithTimeout(std::chrono::seconds(20)))
          .value();
  EXPECT_OK(writer.Put(Drafts(9'000, 1)).status());
  EXPECT_EQ(index_->Stats(TestCollection())->maintenance.fresh_vectors, 6'000u);
}

TEST_F(MaintenanceTest, ACollectionKeepsTheSettingsOfItsVectors) {
  IndexOptions options;
  options.vectors.kind = VectorIndexKind::kFaissIvf;
  options.vectors.hnsw_from = 100;
  ASSERT_OK(Open(options));
  Put(Drafts(0, 600));
  PublishVectors(/*prepare=*/true);
  EXPECT_EQ(index_->Stats(TestCollection())->vector_index, "faiss_ivf");
  Put(Drafts(600, 10));
  EmbedPending();
  const auto ids = [&] {
    std::vector<ChunkId> found;
    for (const auto& [chunk, score] : Nearest()) found.push_back(chunk);
    return found;
  };
  const std::vector<ChunkId> exact = ids();

  // Opened with others, it is what it was.
  IndexOptions others;
  others.vectors.kind = VectorIndexKind::kHnsw;
  others.vectors.hnsw_from = 100;
  ASSERT_OK(Open(others));
  EXPECT_EQ(index_->Stats(TestCollection())->vector_index, "faiss_ivf+faiss_flat");
  EXPECT_EQ(index_->Collections()[0].vectors, SettingsOf(options.vectors));
  EXPECT_EQ(ids(), exact);
  Put(Drafts(700, 100));
  EmbedPending();
  ASSERT_OK(index_->WaitForMaintenance());
  EXPECT_EQ(index_->Stats(TestCollection())->vector_index, "faiss_ivf");
  Delete("d3");
  ExpectVerified();

  // Told to, it changes; float codes score as FAISS does.
  const std::vector<ChunkId> before = ids();
  VectorSettings settings = SettingsOf(others.vectors);
  settings.codes = VectorCodeKind::kFloat;
  ASSERT_OK(index_->SetVectorSettings("c", settings));
  EXPECT_EQ(ids(), before);
  ASSERT_OK(index_->WaitForMaintenance());
  EXPECT_EQ(index_->Stats(TestCollection())->vector_index, "hnsw");
  EXPECT_EQ(ids(), before);
  ExpectVerified();
  ASSERT_OK(Open(options));
  EXPECT_EQ(index_->Stats(TestCollection())->vector_index, "hnsw");
  EXPECT_EQ(index_->Collections()[0].vectors, settings);
  EXPECT_EQ(ids(), before);
  ExpectVerified();
  EXPECT_EQ(index_->SetVectorSettings("d", settings).message(), "no collection \"d\"; there is: c");
}

}  // namespace
}  // namespace quarry::index
