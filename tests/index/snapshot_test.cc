// What a snapshot says where there is nothing to find, and where the store is damaged.

#include "index/snapshot.h"

#include "tests/index/verify_testing.h"

namespace quarry::index {
namespace {

class SnapshotTest : public IndexTest {
 protected:
  static Result<std::vector<ScoredRow>> Nearest(const Snapshot& snapshot) {
    const std::vector<float> query(8, 0.5F);
    return snapshot.SearchDense(query, 10, {}, {}, CallContext());
  }
};

TEST_F(SnapshotTest, VectorsAreSearchedOnlyWhereThereAreSome) {
  ASSERT_OK(Open());
  Put({MakeDraft("a", {"apple"}), MakeDraft("b", {"berry"})});
  EXPECT_EQ(Nearest(*TestSnapshot()).status(),
            FailedPreconditionError("collection \"c\" has no vectors"));
  {
    auto writer = index_->OpenWriter(TestCollection()).value();
    const EmbeddingSpace space{.fingerprint = "s", .dimension = 8};
    const GenerationId generation = writer.BeginGeneration("test", space, "table", 2).value();
    Embed(writer, generation, 8);
    ASSERT_OK(writer.PublishGeneration(generation, CallContext()));
  }
  EXPECT_EQ(Nearest(*TestSnapshot())->size(), 2u);
  Delete("a");
  EXPECT_EQ(Nearest(*TestSnapshot())->size(), 1u);
  Delete("b");
  EXPECT_EQ(Nearest(*TestSnapshot())->size(), 0u);
}

TEST_F(SnapshotTest, ADocumentThatWasDeletedHasNoPlace) {
  ASSERT_OK(Open());
  Put({MakeDraft("a", {"apple"})});
  const auto before = TestSnapshot();
  const DocumentNumber number = before->ReadDocument("a")->number;
  Delete("a");
  EXPECT_EQ(before->PositionOf(number), 0u);
  EXPECT_EQ(TestSnapshot()->PositionOf(number), std::nullopt);
  EXPECT_EQ(TestSnapshot()->PositionOf(DocumentNumber(99)), std::nullopt);
}

class DamagedSnapshotTest : public VerifyTest {
 protected:
  std::shared_ptr<const Snapshot> Opened() {
    EXPECT_OK(Open(options_));
    return TestSnapshot();
  }
};

TEST_F(DamagedSnapshotTest, NamesWhatCannotBeRead) {
  CopyStore();
  Plant([](const StoreView&, WriteBatch& batch) {
    batch.Put(ChunkTermsKey(kVerifiedCollection, ChunkId(3)), "x");
    batch.Put(ChunkKey(kVerifiedCollection, ChunkId(4)), "x");
    batch.Put(DocumentKey(kVerifiedCollection, DocumentNumber(5)), "x");
    batch.Delete(DocumentTextKey(kVerifiedCollection, DocumentNumber(7)));
    batch.Put(DocumentByExternalIdKey(kVerifiedCollection, "d8"), EncodeInteger(999));
    batch.Put(DocumentByExternalIdKey(kVerifiedCollection, "d9"), "x");
    batch.Put(GenerationBlobKey(kVerifiedCollection, kKept, 0), "tab");
    batch.Put(GenerationBlobKey(kVerifiedCollection, kCurrent, 0), "tablf");
  });
  const auto snapshot = Opened();
  const auto row = [&](uint64_t number) {
    return snapshot->rows().document(*snapshot->PositionOf(DocumentNumber(number))).first_row;
  };
  const auto malformed = [](const std::string& record) {
    return record + " record: record ends early or is malformed";
  };
  StoredGeneration current = *snapshot->generation();
  const std::pair<Status, std::string> damaged[] = {
      {snapshot->ReadTerms(row(3)).status(), "terms of chunk 3: " + malformed("term list")},
      {snapshot->ReadChunk(ChunkId(4)).status(), "chunk 4: " + malformed("chunk")},
      {snapshot->ReadPassage(row(4)).status(), "chunk 4: " + malformed("chunk")},
      {snapshot->ReadPassage(row(5)).status(), malformed("document")},
      {snapshot->ReadDocument("d4").status(), "document \"d4\": " + malformed("document")},
      {snapshot->ForEachDocument([](const StoredDocument&) { return true; }),
       malformed("document")},
      {snapshot->ReadText(DocumentNumber(7)).status(),
       "text of document number 7: missing in the store"},
      {snapshot->ReadDocument("d8").status(),
       "document \"d8\": document number 999: missing in the store"},
      {snapshot->ReadDocument("d9").status(), "document \"d9\": " + malformed("integer")},
      {snapshot->ReadEmbedderBlob(*snapshot->previous_generation()).status(),
       "embedder table of generation 1: checksum mismatch"},
      {snapshot->ReadEmbedderBlob(current).status(),
       "embedder table of generation 2: checksum mismatch"}};
  for (const auto& [status, message] : damaged) {
    EXPECT_EQ(status.code(), Code::kDataLoss) << message;
    EXPECT_EQ(status.message(), message);
  }
  // The file of the current one is whole, and spares reading what is damaged.
  EXPECT_EQ(snapshot->ReadEmbedderBlob()->view, "table");
  // Whoever stops before the damage does not meet it.
  int seen = 0;
  EXPECT_OK(snapshot->ForEachDocument([&](const StoredDocument&) { return ++seen < 4; }));
  EXPECT_EQ(seen, 4);
  current.blob_parts = 2;
  EXPECT_EQ(snapshot->ReadEmbedderBlob(current).status(),
            DataLossError("embedder table part 1: missing in the store"));
}

// Their checksums are those of what was written, which is not what the store has.
TEST_F(DamagedSnapshotTest, AFileOfAnotherEmbedderIsNotBelieved) {
  for (const char* other : {"tablf", "tables"}) {
    CopyStore();
    PlantFile("1/saved/embedder-2", 61, [&](std::string& bytes) { bytes = other; });
    EXPECT_EQ(Opened()->ReadEmbedderBlob()->view, "table") << other;
    index_.reset();
    std::filesystem::remove_all(Directory());
  }
}

}  // namespace
}  // namespace quarry::index
