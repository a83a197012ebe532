// Generations that are kept, compaction, and where the bytes are.

#include <filesystem>
#include <fstream>

#include "index/keys.h"
#include "tests/index/index_testing.h"

namespace quarry::index {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

class UpkeepTest : public IndexTest {
 protected:
  void Fill(int documents = 100) {
    std::vector<DocumentDraft> drafts;
    for (int i = 0; i < documents; ++i) {
      drafts.push_back(MakeDraft("d" + std::to_string(i), {"text number " + std::to_string(i)}));
    }
    Put(std::move(drafts));
  }
  GenerationId Learn(const std::string& fingerprint) {
    auto writer = index_->OpenWriter(TestCollection()).value();
    const EmbeddingSpace space{.fingerprint = fingerprint, .dimension = 8};
    const GenerationId generation = writer.BeginGeneration("test", space, "table", 100).value();
    Embed(writer, generation, 8);
    EXPECT_OK(writer.PublishGeneration(generation, CallContext()));
    return generation;
  }
  std::vector<std::string> Nearest() {
    const auto snapshot = TestSnapshot();
    std::vector<std::string> found;
    const std::vector<float> query(8, 0.5f);
    const auto rows = snapshot->SearchDense(query, 20, {}, {}, CallContext()).value();
    for (const ScoredRow& row : rows) {
      found.push_back(std::string(snapshot->rows().DocumentOf(row.row).id) + " " +
                      std::to_string(row.score));
    }
    return found;
  }
  uint64_t Rows(const std::string& prefix) {
    uint64_t rows = 0;
    EXPECT_OK(TestSnapshot()->view().Scan(
        prefix, [&](std::string_view, std::string_view) { return ++rows > 0; }));
    return rows;
  }
  uint64_t VectorRows(GenerationId generation, const std::string& fingerprint) {
    const EmbeddingSpace space{.fingerprint = fingerprint, .dimension = 8};
    return Rows(VectorPrefix(TestCollection(), SpaceHash(space), generation));
  }
};

TEST_F(UpkeepTest, TheGenerationBeforeIsKeptUntilTheNextAndCanBeReturnedTo) {
  for (const VectorIndexKind kind : {VectorIndexKind::kFlat, VectorIndexKind::kHnsw}) {
    SCOPED_TRACE(VectorIndexKindName(kind));
    std::filesystem::remove_all(Directory());
    IndexOptions options;
    options.vectors.kind = kind;
    ASSERT_OK(Open(options));
    Fill();
    const GenerationId first = Learn("first");
    const std::vector<std::string> with_first = Nearest();
    const GenerationId second = Learn("second");
    const auto list = index_->Generations(TestCollection()).value();
    ASSERT_THAT(list, SizeIs(2));
    EXPECT_EQ(list[0].record.id, second);
    EXPECT_TRUE(list[0].current);
    EXPECT_EQ(list[1].record.id, first);
    EXPECT_EQ(list[1].chunks, 100u);
    EXPECT_FALSE(list[1].current);

    // What is written now has no vector of the kept one; what is removed loses it there too.
    Put({MakeDraft("new", {"a fresh text"})});
    Delete("d7");
    EXPECT_EQ(VectorRows(first, "first"), 99u);
    ExpectVerified();
    ASSERT_OK(Open(options));  // all of it survives
    ExpectVerified();
    {
      auto writer = index_->OpenWriter(TestCollection()).value();
      EXPECT_EQ(writer.ResumePreviousGeneration().value(), first);
      EXPECT_EQ(writer.PendingCount(first), 1u);
      EXPECT_EQ(writer.PublishGeneration(first, CallContext()).code(), Code::kFailedPrecondition);
      Embed(writer, first, 8);
      ASSERT_OK(writer.PublishGeneration(first, CallContext()));
    }
    ExpectVerified();
    EXPECT_EQ(TestSnapshot()->generation()->id, first);
    EXPECT_EQ(TestSnapshot()->previous_generation()->id, second);
    EXPECT_EQ(TestSnapshot()->pending_vectors(), 0u);
    ASSERT_OK(Open(options));
    ExpectVerified();
    EXPECT_EQ(TestSnapshot()->generation()->id, first);

    // A third one lets the second go.
    Learn("third");
    EXPECT_EQ(TestSnapshot()->previous_generation()->id, first);
    EXPECT_EQ(VectorRows(second, "second"), 0u);
    ExpectVerified();
  }
}

TEST_F(UpkeepTest, ADroppedGenerationIsGoneAndNoneIsKeptWhereThatIsNotWanted) {
  ASSERT_OK(Open());
  Fill();
  const auto nothing = index_->OpenWriter(TestCollection())->DropPreviousGeneration();
  EXPECT_EQ(nothing.code(), Code::kNotFound);
  EXPECT_EQ(nothing.message(), "collection \"c\" keeps no previous generation of vectors");
  const GenerationId first = Learn("first");
  Learn("second");
  // Not its bytes: of what no table holds yet the store estimates them, and of so little they may come to nothing.
  EXPECT_EQ(index_->Stats(TestCollection())->previous_generation, first);
  ASSERT_OK(index_->OpenWriter(TestCollection())->DropPreviousGeneration());
  EXPECT_EQ(VectorRows(first, "first"), 0u);
  EXPECT_EQ(index_->OpenWriter(TestCollection())->ResumePreviousGeneration().status().code(),
            Code::kNotFound);
  EXPECT_EQ(index_->Stats(TestCollection())->previous_generation, GenerationId());
  EXPECT_EQ(index_->Stats(TestCollection())->previous_bytes, 0u);
  ExpectVerified();

  IndexOptions options;
  options.keep_previous = false;
  ASSERT_OK(Open(options));
  Learn("third");
  EXPECT_FALSE(TestSnapshot()->previous_generation());
  EXPECT_THAT(index_->Generations(TestCollection()).value(), SizeIs(1));
  ExpectVerified();
}

// Whatever was under way when a process ended: the old state, whole.
TEST_F(UpkeepTest, AReturnThatIsInterruptedChangesNothing) {
  ASSERT_OK(Open());
  Fill();
  Learn("first");
  const GenerationId second = Learn("second");
  Put({MakeDraft("new", {"a fresh text"})});
  const std::vector<std::string> before = Nearest();
  {
    auto writer = index_->OpenWriter(TestCollection()).value();
    const GenerationId first = writer.ResumePreviousGeneration().value();
    Embed(writer, first, 8);
  }
  EXPECT_EQ(Nearest(), before);
  ASSERT_OK(Open());
  EXPECT_EQ(Nearest(), before);
  EXPECT_EQ(TestSnapshot()->generation()->id, second);
  ExpectVerified();
}

TEST_F(UpkeepTest, CompactionDropsWhatIsDeadAndChangesNoAnswer) {
  IndexOptions options;
  options.vectors.kind = VectorIndexKind::kHnsw;
  ASSERT_OK(Open(options));
  Fill(400);
  Learn("first");
  {
    // What interrupted learning leaves.
    auto writer = index_->OpenWriter(TestCollection()).value();
    const EmbeddingSpace space{.fingerprint = "given up", .dimension = 8};
    const GenerationId generation = writer.BeginGeneration("test", space, "table", 1).value();
    Embed(writer, generation, 8);
  }
  ASSERT_OK(Open(options));
  for (int round = 0; round < 3; ++round) {
    std::vector<DocumentDraft> drafts;
    for (int i = 0; i < 200; ++i) {
      drafts.push_back(MakeDraft("d" + std::to_string(i), {"round " + std::to_string(round) +
                                                           " text " + std::to_string(i)}));
    }
    Put(std::move(drafts));
  }
  for (int i = 300; i < 400; ++i) Delete("d" + std::to_string(i));
  {
    auto writer = index_->OpenWriter(TestCollection()).value();
    Embed(writer, GenerationId(1), 8);
  }
  const CollectionId gone = index_->CreateCollection("gone").value();
  ASSERT_OK(index_->OpenWriter(gone)->Put({MakeDraft("x", {std::string(100'000, 'y')})}).status());
  ASSERT_OK(index_->DeleteCollection("gone"));

  const auto words = SearchWords(*TestSnapshot(), "round text");
  ASSERT_GT(TestSnapshot()->rows().rows(), 300u);
  ASSERT_OK_AND_ASSIGN(const CompactReport report, index_->Compact(std::nullopt, CallContext()));
  EXPECT_LT(report.bytes_after, report.bytes_before);
  EXPECT_EQ(TestSnapshot()->rows().rows(), 300u);
  ASSERT_THAT(TestSnapshot()->vectors(), SizeIs(1));
  EXPECT_EQ(TestSnapshot()->vectors().front()->size(), 300u);
  EXPECT_EQ(SearchWords(*TestSnapshot(), "round text"), words);
  const auto verified = index_->Verify(TestCollection(), CallContext()).value();
  EXPECT_THAT(verified.problems, IsEmpty());
  EXPECT_THAT(index_->VerifyStore(CallContext()).value(), IsEmpty());
  for (const std::string& note : verified.notes) {
    EXPECT_EQ(note.find("interrupted learning"), std::string::npos) << note;
  }
  const std::vector<std::string> nearest = Nearest();
  // Nothing is left to do, so nothing changes; and it opens from what was saved.
  ASSERT_OK(index_->Compact(TestCollection(), CallContext()).status());
  EXPECT_EQ(Nearest(), nearest);
  ASSERT_OK(Open(options));
  EXPECT_EQ(Nearest(), nearest);
  EXPECT_EQ(TestSnapshot()->rows().rows(), 300u);

  IndexOptions reading;
  reading.read_only = true;
  ASSERT_OK(Open(reading));
  EXPECT_EQ(index_->Compact(std::nullopt, CallContext()).status().code(),
            Code::kFailedPrecondition);
}

TEST_F(UpkeepTest, CompactionFreesWhatACollectionThatIsNotWrittenToStillShowed) {
  ASSERT_OK(Open());
  Random random(3);
  std::vector<DocumentDraft> drafts;
  std::vector<DocumentId> ids;
  for (int i = 0; i < 60; ++i) {
    std::string text;
    for (int c = 0; c < 30'000; ++c) {
      text.push_back(c % 9 == 8 ? ' ' : static_cast<char>('a' + random.Below(26)));
    }
    ids.push_back("d" + std::to_string(i));
    drafts.push_back(MakeDraft(ids.back(), {text}));
  }
  Put(std::move(drafts));
  const CollectionId idle = index_->CreateCollection("idle").value();
  ASSERT_OK(index_->OpenWriter(idle)->Put({MakeDraft("x", {"a view of now"})}).status());
  ids.pop_back();
  ASSERT_OK(index_->OpenWriter(TestCollection())->Delete(ids).status());
  ASSERT_OK_AND_ASSIGN(const CompactReport report,
                       index_->Compact(TestCollection(), CallContext()));
  EXPECT_LT(report.bytes_after, report.bytes_before / 4);
  EXPECT_THAT(SearchWords(*index_->GetSnapshot(idle).value(), "view"), SizeIs(1));
}

TEST_F(UpkeepTest, WhatCompactionCouldNotSaveIsSavedLater) {
  ASSERT_OK(Open());
  Fill(20);
  const std::string derived = Directory() + "/derived";
  std::filesystem::rename(derived, derived + ".away");
  std::ofstream(derived) << "no directory";
  EXPECT_FALSE(index_->Compact(TestCollection(), CallContext()).ok());
  std::filesystem::remove(derived);
  std::filesystem::rename(derived + ".away", derived);
  EXPECT_THAT(index_->Stats(TestCollection())->derived, IsEmpty());
  ASSERT_OK(index_->WaitForMaintenance());
  EXPECT_TRUE(index_->Stats(TestCollection())->derived.contains("rows"));
  ExpectVerified();
}

// Learning holds the writer for a batch at a time; compaction comes between two.
TEST_F(UpkeepTest, CompactionLeavesTheGenerationThatIsUnderWay) {
  ASSERT_OK(Open());
  Fill(20);
  Delete("d3");
  GenerationId generation;
  {
    auto writer = index_->OpenWriter(TestCollection()).value();
    const EmbeddingSpace space{.fingerprint = "under way", .dimension = 8};
    generation = writer.BeginGeneration("test", space, "table", 20).value();
    Embed(writer, generation, 8);
  }
  Put({MakeDraft("new", {"a fresh text"})});
  ASSERT_OK(index_->Compact(std::nullopt, CallContext()).status());
  EXPECT_EQ(VectorRows(generation, "under way"), 19u);
  auto writer = index_->OpenWriter(TestCollection()).value();
  ASSERT_OK_AND_ASSIGN(const auto pending, writer.Pending(generation, ChunkId(), 100));
  EXPECT_THAT(pending, SizeIs(1));
  Embed(writer, generation, 8);
  ASSERT_OK(writer.PublishGeneration(generation, CallContext()));
  EXPECT_EQ(TestSnapshot()->pending_vectors(), 0u);
  EXPECT_THAT(Nearest(), SizeIs(20));
}

TEST_F(UpkeepTest, StatisticsSayWhereTheBytesAre) {
  IndexOptions options;
  options.vectors.kind = VectorIndexKind::kHnsw;
  ASSERT_OK(Open(options));
  std::vector<DocumentDraft> drafts;
  Random random(5);
  for (int i = 0; i < 500; ++i) {
    std::string text;
    for (int word = 0; word < 200; ++word)
      text += "w" + std::to_string(random.Below(100'000)) + " ";
    drafts.push_back(MakeDraft("d" + std::to_string(i), {text}));
  }
  Put(std::move(drafts));
  Learn("first");
  Learn("second");
  ASSERT_OK(index_->WaitForMaintenance(CallContext()));
  ASSERT_OK(Open(options));
  const CollectionStats stats = index_->Stats(TestCollection()).value();
  for (const uint64_t bytes : {stats.disk.documents, stats.disk.chunks, stats.disk.terms}) {
    EXPECT_GT(bytes, 200'000u);
    EXPECT_LT(bytes, 3'000'000u);
  }
  // Two generations of 1,000 x 8 floats, less what compression makes of it.
  EXPECT_GT(stats.disk.vectors, 20'000u);
  EXPECT_LT(stats.disk.vectors, 100'000u);
  EXPECT_GT(stats.disk.change_log, 0u);
  EXPECT_EQ(stats.previous_generation, GenerationId(1));
  EXPECT_GT(stats.previous_bytes, 20'000u);
  for (const char* role : {"rows", "postings", "embedder", "graph"}) {
    EXPECT_GT(stats.derived.at(role), 0u) << role;
  }
  // All that was saved is mapped; next to nothing is owned.
  EXPECT_GT(stats.lexical_mapped_bytes, 50'000u);
  EXPECT_LT(stats.lexical_bytes - stats.lexical_mapped_bytes, 5'000u);
  EXPECT_GT(stats.vector_mapped_bytes, 10'000u);
  EXPECT_GT(stats.row_mapped_bytes, 8'000u);
  const StoreUsage usage = index_->Usage();
  EXPECT_GT(usage.database_bytes, 1'000'000u);
  EXPECT_GE(usage.derived_bytes, stats.derived.at("graph"));
  EXPECT_EQ(usage.memory.block_cache_limit, options.store.block_cache_bytes);
}

}  // namespace
}  // namespace quarry::index
