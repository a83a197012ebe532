// A fault of each kind, planted behind the index's back, and what `verify` says of it.

#include <filesystem>
#include <functional>

#include "index/hnsw_links.h"
#include "index/index_rows.h"
#include "index/keys.h"
#include "index/lexical_segment.h"
#include "index/row_file.h"
#include "index/vector_file.h"
#include "tests/index/verify_testing.h"

namespace quarry::index {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST_F(VerifyTest, AHealthyStoreHasNoProblems) {
  for (const VectorIndexKind kind :
       {VectorIndexKind::kFlat, VectorIndexKind::kHnsw, VectorIndexKind::kFaissFlat,
        VectorIndexKind::kFaissHnsw, VectorIndexKind::kFaissIvf}) {
    SCOPED_TRACE(VectorIndexKindName(kind));
    MakeStore(kind);
    EXPECT_THAT(Problems(), IsEmpty());
    EXPECT_THAT(notes_, IsEmpty());
    const auto report = index_->Verify(kVerifiedCollection, CallContext()).value();
    EXPECT_EQ(report.vectors, 60u);
    EXPECT_EQ(report.previous_vectors, 60u);
    EXPECT_EQ(report.unreachable_vectors, 0u);
    index_.reset();
    fs::remove_all(Directory());
  }
}

TEST_F(VerifyTest, InterruptedLearningIsNoProblem) {
  CopyStore();
  ASSERT_OK(Open(options_));
  {
    auto writer = index_->OpenWriter(kVerifiedCollection).value();
    const GenerationId id =
        writer.BeginGeneration("test", SpaceOf(GenerationId(3)), "t", 60).value();
    Embed(writer, id, kVerifyDimension);
  }
  EXPECT_THAT(Problems(), IsEmpty());
  EXPECT_THAT(notes_, Contains(HasSubstr("60 vectors of interrupted learning")));
}

TEST_F(VerifyTest, WordsOfRemovedTextInALearntTableAreSaid) {
  CopyStore();
  ASSERT_OK(Open(options_));
  clock_.Advance(std::chrono::seconds(1));
  Delete("d7");
  EXPECT_THAT(Problems(), IsEmpty());
  EXPECT_THAT(notes_, Contains(HasSubstr("generation 2 may keep words of text that was removed")));
  EXPECT_THAT(notes_, Contains(HasSubstr("quarry embedder drop")));
}

TEST_F(VerifyTest, AFlippedByteOfADerivedFileIsFound) {
  CopyStore();
  ASSERT_OK(Open(options_));
  // While it is open: the files are no longer those that were read.
  ASSERT_EQ(TestSnapshot()->live_documents(), 60u);
  for (const auto& entry : fs::directory_iterator(Directory() + "/derived")) {
    fs::resize_file(entry.path(), fs::file_size(entry.path()) - 1);
  }
  const auto store = index_->VerifyStore(CallContext()).value();
  EXPECT_THAT(store, Contains(HasSubstr("the manifest says")));
  const auto report = index_->Verify(kVerifiedCollection, CallContext()).value();
  EXPECT_THAT(report.problems, Contains(HasSubstr("saved files: ")));
}

TEST_F(VerifyTest, FaissVectorsAreComparedToo) {
  for (const VectorIndexKind kind : {VectorIndexKind::kFaissHnsw, VectorIndexKind::kFaissIvf}) {
    MakeStore(kind);
    Plant([](const StoreView&, WriteBatch& batch) {
      batch.Put(VectorKeyOf(kCurrent, ChunkId(3)),
                EncodeVector(std::vector<float>(kVerifyDimension, 1)));
    });
    EXPECT_THAT(Problems(), Contains(HasSubstr(std::string("vector of chunk 3: the ") +
                                               VectorIndexKindName(kind) +
                                               " index holds other values than the store")));
    index_.reset();
    fs::remove_all(Directory());
  }
}

TEST_F(VerifyTest, AGraphThatLeadsNowhereIsFound) {
  CopyStore();
  PlantFile("1/2/graph", 61, [](std::string& bytes) {
    const VectorFile file = ReadVectorHeader(bytes).value();
    const VectorFile::Section& section = file.section(VectorSection::kGraph);
    // Where the view's neighbours lie in the section.
    std::string graph = bytes.substr(section.offset, section.size);
    const HnswLinks links = ParseHnswLinks(graph, file.count).value();
    const auto begin =
        static_cast<size_t>(reinterpret_cast<const char*>(links.neighbors) - graph.data());
    const size_t count = links.OffsetOf(static_cast<uint32_t>(file.count));
    bytes.replace(section.offset + begin, count * sizeof(int32_t),
                  std::string(count * sizeof(int32_t), '\xFF'));
  });
  EXPECT_THAT(Problems(), Contains(HasSubstr("vector graph (hnsw): leads to 1 of its 60 vectors")));
}

// FAISS links copies to each other only: half of the vectors are out of reach, and no damage.
TEST_F(VerifyTest, WhatASoundGraphMissesIsNoted) {
  options_ = Options(VectorIndexKind::kFaissHnsw);
  ASSERT_OK(Open(options_));
  std::vector<DocumentDraft> drafts;
  for (int i = 0; i < 400; ++i) drafts.push_back(MakeDraft("d" + std::to_string(i), {"text"}));
  Put(std::move(drafts));
  {
    auto writer = index_->OpenWriter(TestCollection()).value();
    const GenerationId id = writer.BeginGeneration("test", SpaceOf(kKept), "t", 400).value();
    EmbeddingMatrix vectors;
    vectors.dimension = kVerifyDimension;
    std::vector<ChunkId> chunks;
    Random random(1);
    for (const PendingChunk& chunk : writer.Pending(id, ChunkId(), 400).value()) {
      const bool is_copy = chunk.chunk.value % 2 == 0;
      for (uint32_t d = 0; d < kVerifyDimension; ++d) {
        vectors.values.push_back(is_copy ? 1.0F : static_cast<float>(random.Gaussian()));
      }
      chunks.push_back(chunk.chunk);
    }
    ASSERT_OK(writer.PutVectors(id, chunks, vectors));
    ASSERT_OK(writer.PublishGeneration(id, CallContext()));
  }
  ASSERT_OK(index_->WaitForMaintenance(CallContext()));
  index_.reset();
  EXPECT_THAT(Problems(), IsEmpty());
  EXPECT_THAT(notes_, ElementsAre(HasSubstr("vector graph (faiss_hnsw): leads to ")));
}

TEST_F(VerifyTest, ADocumentThatIsSearchedUnderAnotherIdIsFound) {
  CopyStore();
  PlantFile("1/saved/rows", 61,
            [](std::string& bytes) { bytes.replace(bytes.find("d41d42"), 3, "dXX"); });
  EXPECT_THAT(Problems(), Contains("document \"d41\": is searched as \"dXX\""));
}

TEST_F(VerifySavedFilesTest, RowsOfAnotherDocumentAreFound) {
  std::string rows = Load("1/saved/rows");
  rows.replace(rows.find("d41d42"), 3, "dXX");
  ASSERT_OK(derived_->Save("1/saved/rows", rows, 61));
  EXPECT_THAT(SavedProblems(),
              ElementsAre("saved files: document \"dXX\" is not what the store has"));
}

TEST_F(VerifySavedFilesTest, RowsThatLackADocumentAreFound) {
  RowFile rows = ParseRowFile(ShareString(Load("1/saved/rows"))).value();
  const std::optional<uint32_t> position = rows.positions.Find(3);
  ASSERT_TRUE(position);
  rows.live.Clear(rows.rows.document(*position).first_row);
  ASSERT_OK(derived_->Save("1/saved/rows", EncodeRowFile(rows), 61));
  EXPECT_THAT(SavedProblems(),
              Contains("saved files: lead to 59 documents and 59 chunks, there are 60 and 60"));
}

TEST_F(VerifySavedFilesTest, PostingsOfOtherTermsAreFound) {
  for (const auto& [role, file] : derived_->files()) {
    if (!role.starts_with("1/saved/") || role.size() != std::string("1/saved/").size() + 16)
      continue;
    const auto segment = LexicalSegment::Parse(ShareString(Load(role))).value();
    std::vector<LexicalRow> other;
    for (uint32_t slot = 0; slot < segment->slots(); ++slot) {
      other.push_back({segment->row(slot), {{"odd", 1}}});
    }
    const auto index = LexicalIndex::Empty(segment->parameters())->Apply(other, {});
    ASSERT_EQ(index->segments().size(), 1u);
    ASSERT_OK(derived_->Save(role, index->segments()[0].segment->bytes().view, 61));
  }
  const std::vector<std::string> problems = SavedProblems();
  EXPECT_THAT(problems,
              Contains(HasSubstr("saved files: postings of 60 rows and 60 tokens, there are 60")));
  EXPECT_THAT(problems, Contains("saved files: postings of \"number\": 0 rows, there are 60"));
}

TEST_F(VerifyTest, AnEmbeddersFileThatIsNotTheStoresIsFound) {
  CopyStore();
  PlantFile("1/saved/embedder-2", 61, [](std::string& bytes) { bytes[0] = 'T'; });
  EXPECT_THAT(Problems(), Contains(HasSubstr("(1/saved/embedder-2): is not the embedder")));
}

TEST_F(VerifyTest, AGraphOfTheKeptGenerationWithOtherValuesIsFound) {
  CopyStore();
  Plant([](const StoreView&, WriteBatch& batch) {
    batch.Put(VectorKeyOf(kKept, ChunkId(4)),
              EncodeVector(std::vector<float>(kVerifyDimension, 1)));
  });
  EXPECT_THAT(Problems(), Contains(HasSubstr("(1/1/graph): holds other values than the store for "
                                             "chunk 4")));
}

TEST_F(VerifyTest, ADamagedCounterStandsAmongTheOtherProblemsAndKeepsWritersOutOnly) {
  CopyStore();
  Plant([](const StoreView&, WriteBatch& batch) {
    batch.Put(CounterKey(kVerifiedCollection, Counter::kNextDocument), "");
    batch.Put(DocumentTextKey(kVerifiedCollection, DocumentNumber(3)), "other");
  });
  EXPECT_THAT(Problems(),
              AllOf(Contains(HasSubstr("counter of documents: ")),
                    Contains(HasSubstr("document \"d2\": text does not match its hash"))));
  EXPECT_EQ(TestSnapshot()->ReadText(DocumentNumber(4)).value(), "text number 3");
  const Status refused = index_->OpenWriter(kVerifiedCollection).status();
  EXPECT_EQ(refused.code(), Code::kDataLoss);
  EXPECT_THAT(refused.message(), HasSubstr("collection \"c\": counter of documents: "));
}

TEST_F(VerifyTest, ACollectionThatCannotBeOpenedIsAProblemAmongThoseOfTheStore) {
  CopyStore();
  fs::remove_all(Directory() + "/derived");  // so that it is made of what the store has
  Plant([](const StoreView&, WriteBatch& batch) {
    batch.Delete(ChunkTermsKey(kVerifiedCollection, ChunkId(3)));
    batch.Put(CollectionNameKey("ghost"), EncodeInteger(1));
  });
  EXPECT_THAT(Problems(),
              AllOf(Contains("cannot be opened: collection \"c\": terms: 1 of 60 chunks have none"),
                    Contains(HasSubstr("collection name \"ghost\": leads to no collection"))));
}

struct Fault {
  const char* name;
  std::function<void(const StoreView&, WriteBatch&)> plant;
  const char* problem;
};

class VerifyFaultTest : public VerifyTest, public ::testing::WithParamInterface<Fault> {};

TEST_P(VerifyFaultTest, IsFoundAndNamed) {
  CopyStore();
  Plant(GetParam().plant);
  EXPECT_THAT(Problems(), Contains(HasSubstr(GetParam().problem)));
}

std::string ValueOf(const StoreView& view, const std::string& key) {
  return view.Get(key).value().value();
}
// A row that the document does not ask for, and one that it misses.
Fault ExtraRow(const char* name, std::string key, const char* problem) {
  return {name, [key](const StoreView&, WriteBatch& batch) { batch.Put(key, ""); }, problem};
}
Fault Missing(const char* name, std::string key, const char* problem) {
  return {name,
          [key](const StoreView& view, WriteBatch& batch) {
            ValueOf(view, key);  // it was there
            batch.Delete(key);
          },
          problem};
}
Fault Put(const char* name, std::string key, std::string value, const char* problem) {
  return {name, [=](const StoreView&, WriteBatch& batch) { batch.Put(key, value); }, problem};
}
// The value under `from` stands under `to` as well.
Fault Copy(const char* name, std::string from, std::string to, const char* problem) {
  return {name,
          [=](const StoreView& view, WriteBatch& batch) { batch.Put(to, ValueOf(view, from)); },
          problem};
}

const DocumentNumber kThird(3);

std::string OddTerms() {
  const TermFrequency terms[] = {{"odd", 2}};
  return EncodeTerms(terms);
}

INSTANTIATE_TEST_SUITE_P(
    Faults, VerifyFaultTest,
    ::testing::Values(
        Put("OtherText", DocumentTextKey(kVerifiedCollection, kThird), "other",
            "document \"d2\": text does not match its hash"),
        Put("OtherTerms", ChunkTermsKey(kVerifiedCollection, ChunkId(3)), OddTerms(),
            "chunk 3: terms differ from those of its text"),
        Put("OtherPostings", ChunkTermsKey(kVerifiedCollection, ChunkId(3)), OddTerms(),
            "the postings have \"odd\" 0 times, the store 2"),
        Copy("OrphanChunk", ChunkKey(kVerifiedCollection, ChunkId(3)),
             ChunkKey(kVerifiedCollection, ChunkId(999)), "chunk 999: has no document"),
        Missing("MissingChunk", ChunkKey(kVerifiedCollection, ChunkId(3)),
                "chunk 3: not in the store"),
        Copy("OrphanTerms", ChunkTermsKey(kVerifiedCollection, ChunkId(3)),
             ChunkTermsKey(kVerifiedCollection, ChunkId(999)),
             "terms of chunk 999: has no document"),
        Put("OrphanText", DocumentTextKey(kVerifiedCollection, DocumentNumber(99)), "x",
            "text of document number 99: has no document"),
        Put("OrphanId", DocumentByExternalIdKey(kVerifiedCollection, "ghost"), EncodeInteger(3),
            "document id \"ghost\": leads to document number 3, which does not have it"),
        Missing("MissingId", DocumentByExternalIdKey(kVerifiedCollection, "d2"),
                "no document \"d2\""),
        Missing("MissingMetadataRow",
                MetadataIndexKeys(kVerifiedCollection, {{"year", 2002.0}}, kThird).front(),
                "document \"d2\": its metadata row is missing"),
        ExtraRow("ExtraMetadataRow",
                 MetadataIndexKeys(kVerifiedCollection, {{"year", 1999.0}}, kThird).front(),
                 "metadata row of document number 3: the document does not ask for it"),
        Missing("MissingAccessRow", PrincipalKey(kVerifiedCollection, "ann", kThird),
                "document \"d2\": its access row is missing"),
        ExtraRow("ExtraAccessRow", PrincipalKey(kVerifiedCollection, "bob", kThird),
                 "access row of document number 3: the document does not ask for it"),
        Missing("MissingSourceRow", SourceKey(kVerifiedCollection, "file2", kThird),
                "document \"d2\": its source row is missing"),
        ExtraRow("ExtraSourceRow", SourceKey(kVerifiedCollection, "file3", kThird),
                 "source row of document number 3: the document does not ask for it"),
        Missing("MissingAliasRow", AliasKey(kVerifiedCollection, "d5", DocumentNumber(6)),
                "document \"moved\": its alias row is missing"),
        ExtraRow("ExtraAliasRow", AliasKey(kVerifiedCollection, "d99", kThird),
                 "alias row of document number 3: the document does not ask for it"),
        ExtraRow("ExtraContentRow", ContentHashKey(kVerifiedCollection, 1, kThird),
                 "content row of document number 3: the document does not ask for it"),
        Put("LowDocumentCounter", CounterKey(kVerifiedCollection, Counter::kNextDocument),
            EncodeInteger(60), "counter of documents: gives 60 next, number 60 is used"),
        Put("LowChunkCounter", CounterKey(kVerifiedCollection, Counter::kNextChunk),
            EncodeInteger(7), "counter of chunks: gives 7 next, number 61 is used"),
        Put("LowGenerationCounter", CounterKey(kVerifiedCollection, Counter::kNextGeneration),
            EncodeInteger(2), "counter of generations: gives 2 next, number 2 is used"),
        Put("BrokenDocumentCounter", CounterKey(kVerifiedCollection, Counter::kNextDocument), "",
            "counter of documents: integer record: record ends early"),
        Put("BrokenChunkCounter", CounterKey(kVerifiedCollection, Counter::kNextChunk), "",
            "counter of chunks: integer record: record ends early"),
        Put("BrokenGenerationCounter", CounterKey(kVerifiedCollection, Counter::kNextGeneration),
            "", "counter of generations: integer record: record ends early"),
        Missing("MissingChange", ChangeLogKey(kVerifiedCollection, CommitSequence(9)),
                "change log: entry 9 is missing"),
        Put("OtherVector", VectorKeyOf(kCurrent, ChunkId(3)),
            EncodeVector(std::vector<float>(kVerifyDimension, 1)),
            "vector of chunk 3: the hnsw index holds other values than the store"),
        Put("ShortVector", VectorKeyOf(kCurrent, ChunkId(3)), "abcd", "vector of chunk 3: "),
        Missing("MissingVector", VectorKeyOf(kCurrent, ChunkId(3)),
                "vector of chunk 3: is searched and not in the store"),
        Copy("OrphanVector", VectorKeyOf(kCurrent, ChunkId(3)), VectorKeyOf(kCurrent, ChunkId(999)),
             "vector of chunk 999: no document has that chunk"),
        Copy("OrphanKeptVector", VectorKeyOf(kKept, ChunkId(3)), VectorKeyOf(kKept, ChunkId(999)),
             "vector of chunk 999 in the kept generation: no document has that chunk"),
        Copy("VectorOfNoGeneration", VectorKeyOf(kCurrent, ChunkId(3)),
             VectorKeyOf(GenerationId(7), ChunkId(3)),
             "vectors: 1 of generation 7, which is not there"),
        Put("OtherTable", GenerationBlobKey(kVerifiedCollection, kCurrent, 0), "tablf",
            "generation 2: embedder table of generation 2: checksum mismatch"),
        Put("OtherKeptTable", GenerationBlobKey(kVerifiedCollection, kKept, 0), "tablf",
            "generation 1: embedder table of generation 1: checksum mismatch"),
        Put("ExtraTablePart", GenerationBlobKey(kVerifiedCollection, GenerationId(9), 0), "x",
            "embedder tables: 3 parts, the generations have 2"),
        Missing("MissingKeptRecord", GenerationKey(kVerifiedCollection, kKept),
                "generation 1: is kept, has no record"),
        Put("KeysOfNoCollection", ChunkKey(CollectionId(9), ChunkId(1)), "x",
            "keys of collection number 9, table 20: there is no such collection"),
        Put("TableOfNobody", TablePrefix(kVerifiedCollection, static_cast<Table>(72)) + "x", "x",
            "keys of collection number 1, table 72: nothing writes that table"),
        Put("NameOfNoCollection", CollectionNameKey("ghost"), EncodeInteger(1),
            "collection name \"ghost\": leads to no collection of that name"),
        Missing("CollectionWithoutName", CollectionNameKey("c"),
                "collection \"c\": its name leads nowhere"),
        Put("LowCollectionCounter", MetaKey(MetaField::kNextCollection), EncodeInteger(1),
            "counter of collections: gives 1 next, number 1 is used")),
    [](const auto& fault) { return std::string(fault.param.name); });

}  // namespace
}  // namespace quarry::index
