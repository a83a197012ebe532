// Records that contradict each other, and what is searched of them, one by one: what `verify` says.

#include "index/cache_record.h"
#include "index/row_file.h"
#include "tests/index/vectors_testing.h"
#include "tests/index/verify_testing.h"

namespace quarry::index {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

std::string KeyOfDocument(uint64_t number) {
  return DocumentKey(kVerifiedCollection, DocumentNumber(number));
}
std::string KeyOfChunk(uint64_t chunk) { return ChunkKey(kVerifiedCollection, ChunkId(chunk)); }
std::string KeyOfTerms(uint64_t chunk) {
  return ChunkTermsKey(kVerifiedCollection, ChunkId(chunk));
}
// Of no id, number or name: too short.
std::string MalformedKey(Table table) { return TablePrefix(kVerifiedCollection, table) + "x"; }

StoredDocument DocumentOf(const StoreView& view, uint64_t number) {
  return DecodeDocument(view.Get(KeyOfDocument(number)).value().value()).value();
}
StoredChunk ChunkOf(const StoreView& view, uint64_t chunk) {
  return DecodeChunk(view.Get(KeyOfChunk(chunk)).value().value()).value();
}

// Of document number n the id is "d<n - 1>" and the one chunk n.
struct Contradiction {
  std::function<void(const StoreView&, WriteBatch&)> plant;
  std::string problem;
};
// A chunk's record as `change` leaves it.
Contradiction InChunk(uint64_t id, const std::function<void(StoredChunk&)>& change,
                      const std::string& problem) {
  return {[=](const StoreView& view, WriteBatch& batch) {
            StoredChunk chunk = ChunkOf(view, id);
            change(chunk);
            batch.Put(KeyOfChunk(id), EncodeChunk(chunk));
          },
          "chunk " + std::to_string(id) + ": " + problem};
}
// A document's record as `change` leaves it.
Contradiction InDocument(uint64_t number, const std::function<void(StoredDocument&)>& change,
                         const std::string& problem) {
  return {[=](const StoreView& view, WriteBatch& batch) {
            StoredDocument document = DocumentOf(view, number);
            change(document);
            batch.Put(KeyOfDocument(number), EncodeDocument(document));
          },
          problem};
}
Contradiction Written(const std::string& key, const std::string& value,
                      const std::string& problem) {
  return {[=](const StoreView&, WriteBatch& batch) { batch.Put(key, value); }, problem};
}
Contradiction Removed(const std::string& key, const std::string& problem) {
  return {[=](const StoreView&, WriteBatch& batch) { batch.Delete(key); }, problem};
}

Contradiction FollowsFromThem(const std::string& problem) {
  return {[](const StoreView&, WriteBatch&) {}, problem};
}

class VerifyDamageTest : public VerifyTest {
 protected:
  // Each is of other documents, so that all stand in one store.
  void ExpectFound(const std::vector<Contradiction>& contradictions) {
    CopyStore();
    Plant([&](const StoreView& view, WriteBatch& batch) {
      for (const Contradiction& one : contradictions) one.plant(view, batch);
    });
    const std::vector<std::string> problems = Problems();
    for (const Contradiction& one : contradictions) {
      EXPECT_THAT(problems, Contains(HasSubstr(one.problem)));
    }
  }
};

TEST_F(VerifyDamageTest, RecordsOfDocumentsThatContradictOthers) {
  ExpectFound(
      {Written(KeyOfDocument(10), "x", "document record: document record: record ends early"),
       {[](const StoreView& view, WriteBatch& batch) {
          batch.Put(KeyOfDocument(112), EncodeDocument(DocumentOf(view, 12)));
        },
        "document \"d11\": stands under another key"},
       {[](const StoreView& view, WriteBatch& batch) {
          batch.Put(MalformedKey(Table::kDocument), EncodeDocument(DocumentOf(view, 13)));
        },
        "document \"d12\": stands under another key"},
       FollowsFromThem("chunk 13: belongs to two documents"),
       Written(DocumentByExternalIdKey(kVerifiedCollection, "d13"), EncodeInteger(15),
               "document \"d13\": its id leads to another document"),
       Written(DocumentByExternalIdKey(kVerifiedCollection, "d14"), "x",
               "document id \"d14\": integer record: record ends early"),
       Removed(DocumentTextKey(kVerifiedCollection, DocumentNumber(16)),
               "document \"d15\": text of document number 16: missing in the store"),
       InDocument(
           17, [](StoredDocument& document) { ++document.text_bytes; },
           "document \"d16\": text does not match its hash"),
       InDocument(
           18, [](StoredDocument& document) { document.chunks.push_back(ChunkId(900)); },
           "document \"d17\": its rows are not its chunks"),
       InDocument(
           19, [](StoredDocument& document) { document.chunks = {ChunkId(20)}; },
           "document \"d18\": its rows are not its chunks"),
       Removed(KeyOfDocument(31), "change log: document number 31 is not in the store"),
       FollowsFromThem("change log: chunk 31 is not in the store"),
       Written(MalformedKey(Table::kDocumentText), "x", "text: document text key: "),
       Removed(ChangeLogKey(kVerifiedCollection, CommitSequence(61)),
               "change log: ends at 60, the last commit is 61")});
}

// Both ask for index rows of a number that they do not stand under, which no record explains then.
TEST_F(VerifyDamageTest, ARecordUnderTheKeyOfAnotherNumberEndsNoVerification) {
  ExpectFound(
      {InDocument(
           33, [](StoredDocument& document) { document.number = DocumentNumber(34); },
           "document number 34: an index row is missing"),
       InDocument(
           35, [](StoredDocument& document) { document.number = DocumentNumber(999); },
           "document number 999: an index row is missing"),
       FollowsFromThem("source row of document number 35: the document does not ask for it")});
}

TEST_F(VerifyDamageTest, ADocumentWithoutItsTextStillAsksForItsIndexRows) {
  CopyStore();
  Plant([](const StoreView&, WriteBatch& batch) {
    batch.Delete(DocumentTextKey(kVerifiedCollection, DocumentNumber(16)));
  });
  EXPECT_THAT(Problems(), Not(Contains(HasSubstr("the document does not ask for it"))));
}

TEST_F(VerifyDamageTest, RecordsOfChunksThatContradictOthers) {
  ExpectFound(
      {{[](const StoreView& view, WriteBatch& batch) {
          batch.Put(KeyOfChunk(21), EncodeChunk(ChunkOf(view, 22)));
        },
        "chunk 21: record is of another chunk"},
       InChunk(
           23, [](StoredChunk& chunk) { chunk.document = DocumentNumber(24); },
           "record is of another chunk"),
       InChunk(
           25, [](StoredChunk& chunk) { chunk.ordinal = 1; }, "record is of another chunk"),
       InChunk(
           26, [](StoredChunk& chunk) { ++chunk.text_hash; }, "text does not match its hash"),
       InChunk(
           27, [](StoredChunk& chunk) { ++chunk.input_hash; },
           "indexed text does not match its hash"),
       InChunk(
           28, [](StoredChunk& chunk) { chunk.span.end += 100; },
           "text differs from the document's at its span"),
       InChunk(
           29, [](StoredChunk& chunk) { ++chunk.length; },
           "length differs from the sum of its terms"),
       Removed(KeyOfTerms(30), "chunk 30: has no terms"),
       Written(KeyOfTerms(32), "x", "chunk 32: term list record: record ends early"),
       Written(MalformedKey(Table::kChunk), "x", "chunk: chunk key: "),
       Written(MalformedKey(Table::kChunkTerms), "x", "terms of chunk: chunk terms key: "),
       // A document that nothing leads to.
       {[](const StoreView& view, WriteBatch& batch) {
          StoredDocument document = DocumentOf(view, 40);
          document.number = DocumentNumber(140);
          document.id = "ghost";
          document.chunks = {ChunkId(140)};
          batch.Put(KeyOfDocument(140), EncodeDocument(document));
          batch.Put(DocumentTextKey(kVerifiedCollection, document.number), "text number 39");
          StoredChunk chunk = ChunkOf(view, 40);
          chunk.id = ChunkId(140);
          chunk.document = document.number;
          batch.Put(KeyOfChunk(140), EncodeChunk(chunk));
          batch.Put(KeyOfTerms(140), view.Get(KeyOfTerms(40)).value().value());
        },
        "document \"ghost\": is not searched"},
       FollowsFromThem("document \"ghost\": chunk 140: is not searched"),
       FollowsFromThem("postings: 60 rows, the store has 61 chunks")});
}

TEST_F(VerifyDamageTest, AChunkThatTheChangeLogDoesNotKnow) {
  ExpectFound({InDocument(
      18, [](StoredDocument& document) { document.chunks.push_back(ChunkId(900)); },
      "change log: leads to 60 documents and 60 chunks, the store has 60 and 61")});
}

TEST_F(VerifyDamageTest, AStoredAnswerThatNothingFinds) {
  StoredCacheEntry entry;
  entry.id = CacheEntryId(1);
  entry.scope = "scope";
  entry.question = entry.form = "question";
  entry.commit = CommitSequence(1);
  entry.chunks = {ChunkId(3)};
  ExpectFound({Written(CacheEntryKey(kVerifiedCollection, entry.id), EncodeCacheEntry(entry),
                       "cache: 3 rows of questions and chunks are missing")});
}

TEST_F(VerifyDamageTest, AnEmbeddersTableOfAnotherSize) {
  ExpectFound({Written(GenerationBlobKey(kVerifiedCollection, kCurrent, 0), "tab",
                       "generation 2: embedder table of generation 2: checksum mismatch")});
}

TEST_F(VerifyDamageTest, ProgressIsToldWhileDocumentsAreRead) {
  ASSERT_OK(Open());
  std::vector<DocumentDraft> drafts;
  for (int i = 0; i < 513; ++i) drafts.push_back(MakeDraft("d" + std::to_string(i), {"text"}));
  Put(std::move(drafts));
  std::vector<uint64_t> told;
  const Progress progress = [&](std::string_view stage, uint64_t done, uint64_t total) {
    if (stage != "documents") return;
    told.push_back(done);
    EXPECT_EQ(total, 513u);
  };
  ASSERT_OK(index_->Verify(TestCollection(), CallContext(), progress).status());
  EXPECT_EQ(told, (std::vector<uint64_t>{256, 512}));
}

// What is searched, changed beside a store that is whole.
class VerifySearchedTest : public VerifySavedFilesTest {
 protected:
  SnapshotParts Searched() const {
    const std::shared_ptr<const Snapshot> now = collection_->snapshot();
    SnapshotParts parts = collection_->ReadSavedFiles().value();
    parts.view = store_->GetView();
    parts.generation = now->generation();
    parts.previous = now->previous_generation();
    parts.vectors = now->vectors();
    parts.rows_with_vector = now->live_chunks();
    return parts;
  }
  static std::vector<std::string> ProblemsOf(SnapshotParts parts) {
    return VerifySnapshot(Snapshot(std::move(parts)), TestAnalyzer(), CallContext())
        .value()
        .problems;
  }
};

TEST_F(VerifySearchedTest, WhatContradictsTheStoreIsFound) {
  ASSERT_THAT(ProblemsOf(Searched()), IsEmpty());
  struct Case {
    std::function<void(SnapshotParts&)> change;
    const char* problem;
  };
  const RowId third = Searched().rows.document(*Searched().positions.Find(3)).first_row;
  const std::vector<Case> cases = {
      {[](SnapshotParts& parts) { parts.vectors.push_back(parts.vectors[0]); },
       "vector of chunk 3: is searched twice"},
      {[](SnapshotParts& parts) { parts.vectors.clear(); },
       "vector of chunk 3: is stored and not searched"},
      {[](SnapshotParts& parts) {
         const EmbeddingMatrix other = ClusteredVectors(1, 1, kVerifyDimension / 2, 1);
         const RowId row = parts.rows.document(*parts.positions.Find(3)).first_row;
         parts.vectors = {BuildOf({.kind = VectorIndexKind::kFlat}, other, {row}).value()};
       },
       "vector of chunk 3: the flat index holds other values than the store"},
      {[](SnapshotParts& parts) { parts.collection.current_generation = GenerationId(7); },
       "generation 7: is current, has no record"},
      {[&](SnapshotParts& parts) { parts.live.Clear(third); },
       "searched: 59 rows, the store has 60 chunks"},
      {[&](SnapshotParts& parts) { parts.live.Clear(third); },
       "document \"d2\": chunk 3: is not searched"},
      {[](SnapshotParts& parts) { parts.live_versions.Clear(*parts.positions.Find(3)); },
       "document \"d2\": is not searched"},
  };
  for (const Case& one : cases) {
    SnapshotParts parts = Searched();
    one.change(parts);
    EXPECT_THAT(ProblemsOf(std::move(parts)), Contains(one.problem));
  }
}

// No file of rows has them: its reader looks.
TEST_F(VerifySearchedTest, RowsInAnotherOrderThanTheChunksAreFound) {
  SnapshotParts parts = Searched();
  const RowImage::Document document{.number = 3, .id_end = 2, .rows = 1};
  const RowEntry row{.chunk = ChunkId(3), .ordinal = 1};
  parts.rows = RowTable(RowImage{.documents = {&document, 1}, .ids = "d2", .rows = {&row, 1}});
  parts.positions = IdMap();
  parts.positions.Put({{3, 0}});
  parts.live = Bitmap(1, true);
  parts.live_versions = Bitmap(1, true);
  parts.vectors.clear();
  EXPECT_THAT(ProblemsOf(std::move(parts)),
              Contains("document \"d2\": its rows are not its chunks"));
}

TEST_F(VerifySearchedTest, ANumberOfTheKeptGenerationThatCannotBeRead) {
  WriteBatch damage;
  damage.Put(CounterKey(kVerifiedCollection, Counter::kPreviousGeneration), "x");
  ASSERT_OK(store_->Write(damage));
  EXPECT_THAT(ProblemsOf(Searched()), Contains(HasSubstr("kept generation: integer record: ")));
}

// Saved rows that are whole in themselves.
class VerifySavedRowsTest : public VerifySavedFilesTest {
 protected:
  // The documents as `change` leaves them, in their order.
  void SaveRows(const std::function<void(uint64_t& number, std::vector<ChunkId>&)>& change) {
    RowFile file = ParseRowFile(ShareString(Load("1/saved/rows"))).value();
    RowTable rows;
    std::vector<IdMap::Entry> positions;
    for (size_t d = 0; d < file.rows.documents(); ++d) {
      const DocumentEntry version = file.rows.document(d);
      uint64_t number = version.number.value;
      std::vector<ChunkId> chunks;
      for (RowId row = version.first_row; row < version.first_row + version.rows; ++row) {
        chunks.push_back(file.rows.row(row).chunk);
      }
      change(number, chunks);
      positions.push_back({number, static_cast<uint32_t>(d)});
      rows.Append(DocumentNumber(number), DocumentId(version.id), chunks);
    }
    file.rows = rows;
    file.positions = IdMap();
    file.positions.Put(std::move(positions));
    ASSERT_OK(derived_->Save("1/saved/rows", EncodeRowFile(file), 61));
  }
};

TEST_F(VerifySavedRowsTest, OfADocumentThatTheStoreDoesNotHave) {
  SaveRows([](uint64_t& number, std::vector<ChunkId>&) {
    if (number == 3) number = 999;
  });
  EXPECT_THAT(SavedProblems(),
              ::testing::ElementsAre("saved files: document \"d2\" is not what the store has"));
}

TEST_F(VerifySavedRowsTest, OfOtherChunks) {
  SaveRows([](uint64_t&, std::vector<ChunkId>& chunks) {
    if (chunks[0] == ChunkId(3)) chunks[0] = ChunkId(999);
  });
  EXPECT_THAT(SavedProblems(),
              ::testing::ElementsAre("saved files: document \"d2\" is not what the store has"));
}

// Its graph is compared with what is stored of it.
TEST_F(VerifySavedFilesTest, AGraphOfTheKeptGenerationThatIsNoneIsFound) {
  ASSERT_OK(derived_->Save("1/1/graph", "no graph", 61));
  EXPECT_THAT(SavedProblems(), Contains(HasSubstr("(1/1/graph): vector index file: 8 bytes")));
  const EmbeddingMatrix other = ClusteredVectors(1, 60, kVerifyDimension / 2, 4);
  const auto graph = BuildOf(options_.vectors, other, AllRows(60)).value();
  ASSERT_OK(derived_->Save("1/1/graph", graph->File()->view, 61));
  EXPECT_THAT(SavedProblems(),
              Contains(HasSubstr("(1/1/graph): another dimension than its generation's")));
}

// What is stored of the kept generation is told once, by who reads all of it.
TEST_F(VerifySavedFilesTest, AVectorOfTheKeptGenerationThatCannotBeReadIsNoFaultOfTheGraph) {
  store_.reset();
  derived_.reset();
  collection_.reset();
  Plant([](const StoreView&, WriteBatch& batch) {
    batch.Put(VectorKeyOf(kKept, ChunkId(4)), "abcd");
  });
  const std::vector<std::string> problems = Problems();
  EXPECT_THAT(problems, Contains(HasSubstr("vector of chunk 4 in the kept generation: vector: 4 "
                                           "bytes, expected 32")));
  EXPECT_THAT(problems, Not(Contains(HasSubstr("1/1/graph"))));
}

}  // namespace
}  // namespace quarry::index
