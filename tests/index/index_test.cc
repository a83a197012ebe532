#include "index/index.h"

#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <future>
#include <map>
#include <optional>
#include <set>
#include <thread>

#include "base/hash.h"
#include "base/random.h"
#include "base/text.h"
#include "index/keys.h"
#include "tests/index/index_testing.h"
#include "tests/testing/test_environment.h"

namespace quarry::index {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST_F(IndexTest, PutIsFoundAtOnceAndAfterReopening) {
  ASSERT_OK(Open());
  Put({MakeDraft("pump.md", {"The centrifugal pump delivers water.", "It weighs 80 kg."})});
  EXPECT_THAT(SearchWords(*TestSnapshot(), "centrifugal"), ElementsAre("pump.md#0"));
  ASSERT_OK(Open());
  EXPECT_THAT(SearchWords(*TestSnapshot(), "weighs"), ElementsAre("pump.md#1"));
  ASSERT_OK_AND_ASSIGN(const Passage passage, TestSnapshot()->ReadPassage(1));
  EXPECT_EQ(passage.chunk.text, "It weighs 80 kg.");
  EXPECT_EQ(passage.title, "Title of pump.md");
  ExpectVerified();
}

TEST_F(IndexTest, AChangedDocumentKeepsItsEqualChunks) {
  ASSERT_OK(Open());
  const auto first = Put({MakeDraft("a", {"alpha one", "beta two", "gamma three"})});
  const auto second = Put({MakeDraft("a", {"intro zero", "alpha one", "beta changed"})});
  ASSERT_THAT(second, SizeIs(1));
  EXPECT_FALSE(second[0].created);
  EXPECT_EQ(second[0].document, first[0].document);
  EXPECT_THAT(second[0].kept, ElementsAre(first[0].added[0]));
  EXPECT_THAT(second[0].removed, ElementsAre(first[0].added[1], first[0].added[2]));
  EXPECT_THAT(second[0].added, SizeIs(2));
  EXPECT_THAT(SearchWords(*TestSnapshot(), "alpha"), ElementsAre("a#1"));
  EXPECT_THAT(SearchWords(*TestSnapshot(), "gamma"), IsEmpty());
  ExpectVerified();
}

// A draft of one chunk with another title.
DocumentDraft WithTitle(const std::string& title, const std::string& paragraph) {
  DocumentDraft draft = MakeDraft("1", {paragraph});
  draft.document.title = title;
  ChunkDraft& chunk = draft.chunks[0];
  chunk.chunk.input_hash = Hash64(IndexedText(title, chunk.chunk));
  chunk.terms = IndexedTerms(TestAnalyzer(), title, chunk.chunk, IndexOptions().title_weight);
  return draft;
}

// The indexed text is the same then, and the terms are not.
TEST_F(IndexTest, AChunkWhoseFirstLineBecomesTheTitleIsNotKept) {
  for (const auto& [title, text] :
       {std::pair<std::string, std::string>("Pump manual", "The pump runs at 9 bar."),
        std::pair<std::string, std::string>("水泵手册", "水泵的压力是九巴。")}) {
    ASSERT_OK(Open());
    const auto first = Put({WithTitle("", title + "\n" + text)});
    const DocumentDraft titled = WithTitle(title, text);
    const auto second = Put({titled});
    EXPECT_THAT(second[0].kept, IsEmpty());
    EXPECT_THAT(second[0].removed, ElementsAre(first[0].added[0]));
    ExpectVerified();
    // The same once more is kept.
    EXPECT_THAT(Put({titled})[0].kept, ElementsAre(second[0].added[0]));
    ASSERT_OK(Open());
    ExpectVerified();
    Delete("1");
  }
}

TEST_F(IndexTest, AChunkOfAnEqualHashIsNotTakenForTheSame) {
  ASSERT_OK(Open());
  const DocumentDraft first = WithTitle("", "The pump runs at 9 bar.");
  DocumentDraft second = WithTitle("", "水泵在夜里停机。");
  second.chunks[0].chunk.input_hash = first.chunks[0].chunk.input_hash;
  Put({first});
  EXPECT_THAT(Put({second})[0].kept, IsEmpty());
  EXPECT_THAT(SearchWords(*TestSnapshot(), "pump"), IsEmpty());
  EXPECT_THAT(SearchWords(*TestSnapshot(), "水泵"), ElementsAre("1#0"));
  Put({WithTitle("", "Something else.")});  // the postings of the second are found, and die
  EXPECT_THAT(SearchWords(*TestSnapshot(), "水泵"), IsEmpty());
  ExpectVerified();
}

TEST_F(IndexTest, ADeletedDocumentIsGoneFromTheNextSnapshotAndStaysInTheOldOne) {
  ASSERT_OK(Open());
  Put({MakeDraft("a", {"shared word"}), MakeDraft("b", {"shared word too"})});
  const auto before = TestSnapshot();
  Delete("a");
  EXPECT_THAT(SearchWords(*TestSnapshot(), "shared"), ElementsAre("b#0"));
  EXPECT_THAT(SearchWords(*before, "shared"), SizeIs(2));
  EXPECT_EQ(TestSnapshot()->ReadDocument("a").status().message(),
            "no document \"a\" in collection \"c\"");
  EXPECT_TRUE(before->ReadDocument("a").ok());
  ExpectVerified();
}

TEST_F(IndexTest, AnIdTwiceInOneBatchIsRefusedAndChangesNothing) {
  ASSERT_OK(Open());
  auto writer = index_->OpenWriter(TestCollection());
  const auto result = writer->Put({MakeDraft("a", {"x"}), MakeDraft("a", {"y"})});
  EXPECT_EQ(result.status().message(), "document id \"a\": twice in one batch");
  EXPECT_EQ(writer->snapshot()->live_documents(), 0u);
}

TEST_F(IndexTest, DuplicatesAreReported) {
  ASSERT_OK(Open());
  EXPECT_FALSE(Put({MakeDraft("a", {"same text"})})[0].duplicate);
  EXPECT_TRUE(Put({MakeDraft("b", {"same text"})})[0].duplicate);
  EXPECT_FALSE(Put({MakeDraft("b", {"same text", "more"})})[0].duplicate);
  // Of one batch, too: how documents are gathered changes no count.
  const auto changes =
      Put({MakeDraft("c", {"甲"}), MakeDraft("d", {"乙"}), MakeDraft("e", {"甲"})});
  EXPECT_FALSE(changes[0].duplicate);
  EXPECT_FALSE(changes[1].duplicate);
  EXPECT_TRUE(changes[2].duplicate);
}

TEST_F(IndexTest, VectorsOfAGenerationAreSearchedOncePublished) {
  ASSERT_OK(Open());
  Put({MakeDraft("a", {"one", "two"}), MakeDraft("b", {"three"})});
  const EmbeddingSpace space{.fingerprint = "test:1", .dimension = 8};
  {
    auto writer = index_->OpenWriter(TestCollection()).value();
    ASSERT_OK_AND_ASSIGN(const GenerationId generation,
                         writer.BeginGeneration("test", space, "table", 3));
    EXPECT_EQ(writer.PublishGeneration(generation, CallContext()).message(),
              "generation 1: 3 chunks have no vector yet");
    Embed(writer, generation, 8);
    EXPECT_FALSE(writer.snapshot()->generation().has_value());
    ASSERT_OK(writer.PublishGeneration(generation, CallContext()));
  }
  const std::vector<float> query(8, 0.5f);
  const auto search = [&] {
    return TestSnapshot()->SearchDense(query, 10, {}, {}, CallContext()).value();
  };
  EXPECT_THAT(search(), SizeIs(3));
  EXPECT_EQ(TestSnapshot()->ReadEmbedderBlob().value().view, "table");
  ExpectVerified();

  // A new chunk is pending until its vector comes; a kept one keeps its vector.
  Put({MakeDraft("b", {"three", "four"})});
  EXPECT_EQ(TestSnapshot()->pending_vectors(), 1u);
  EXPECT_THAT(search(), SizeIs(3));
  ExpectVerified();
  {
    auto writer = index_->OpenWriter(TestCollection()).value();
    Embed(writer, GenerationId(1), 8);
  }
  EXPECT_EQ(TestSnapshot()->pending_vectors(), 0u);
  EXPECT_THAT(search(), SizeIs(4));
  Delete("a");
  EXPECT_THAT(search(), SizeIs(2));
  ExpectVerified();
  ASSERT_OK(Open());
  EXPECT_THAT(search(), SizeIs(2));
  ExpectVerified();
}

TEST_F(IndexTest, FiltersAndPrincipalsAgreeWithTheirDefinition) {
  ASSERT_OK(Open());
  Random random(7);
  std::vector<DocumentDraft> drafts;
  std::map<DocumentId, std::pair<Metadata, std::vector<std::string>>> truth;
  for (int i = 0; i < 80; ++i) {
    Metadata metadata;
    if (random.Below(3) > 0) metadata["year"] = static_cast<double>(2015 + random.Below(10));
    if (random.Below(3) > 0) metadata["lang"] = std::string(random.Below(2) ? "zh" : "en");
    if (random.Below(3) > 0) metadata["year2"] = std::to_string(2015 + random.Below(10));
    if (random.Below(2) > 0) metadata["draft"] = random.Below(2) == 1;
    if (random.Below(2) > 0)
      metadata["tags"] = std::vector<std::string>{"a", random.Below(2) ? "b" : "c"};
    if (random.Below(4) == 0)
      metadata["long"] = std::string(600, 'x') + std::to_string(random.Below(3));
    std::vector<std::string> access;
    if (random.Below(2) > 0) access.push_back(random.Below(2) ? "ann" : "bob");
    const std::string id = "d" + std::to_string(i);
    truth[id] = {metadata, access};
    drafts.push_back(MakeDraft(id, {"common word"}, metadata, access));
  }
  Put(std::move(drafts));
  const auto leaf = [](Filter::Op op, const char* field, std::vector<MetadataValue> values) {
    return Filter{.op = op, .children = {}, .field = field, .values = std::move(values)};
  };
  using FilterOp = Filter::Op;
  const std::vector<Filter> filters = {
      leaf(FilterOp::kEq, "lang", {std::string("zh")}),
      leaf(FilterOp::kNe, "lang", {std::string("zh")}),
      leaf(FilterOp::kGte, "year", {2019.0}),
      leaf(FilterOp::kLt, "year", {2019.0}),
      leaf(FilterOp::kGt, "year2", {std::string("2018")}),
      leaf(FilterOp::kEq, "year", {std::string("2018")}),
      leaf(FilterOp::kIn, "tags", {std::string("b"), std::string("z")}),
      leaf(FilterOp::kNin, "tags", {std::string("b")}),
      leaf(FilterOp::kEq, "draft", {true}),
      leaf(FilterOp::kEq, "long", {std::string(600, 'x') + "1"}),
      leaf(FilterOp::kGt, "long", {std::string(600, 'x') + "0"}),
      Filter{.op = FilterOp::kOr,
             .children = {leaf(FilterOp::kEq, "draft", {false}),
                          leaf(FilterOp::kLte, "year", {2016.0})}},
      Filter{.op = FilterOp::kAnd,
             .children = {leaf(FilterOp::kNe, "lang", {std::string("en")}),
                          leaf(FilterOp::kGt, "year", {2016.0})}},
      Filter{}};
  for (const Principals& principals :
       {Principals{}, Principals{.unrestricted = false, .names = {"ann"}},
        Principals{.unrestricted = false, .names = {}}}) {
    for (const Filter& filter : filters) {
      std::set<std::string> expected;
      for (const auto& [id, entry] : truth) {
        if (Matches(filter, entry.first) && principals.MayRead(entry.second)) {
          expected.insert(id + "#0");
        }
      }
      const auto snapshot = TestSnapshot();
      ASSERT_OK_AND_ASSIGN(const AllowedRows allowed,
                           snapshot->Allow(filter, principals, CallContext()));
      const auto found = SearchWords(*snapshot, "common", allowed);
      EXPECT_EQ(std::set<std::string>(found.begin(), found.end()), expected);
    }
  }
}

TEST_F(IndexTest, RandomHistoryEqualsAFreshIndex) {
  const uint64_t seed = 20'261'121;
  SCOPED_TRACE(seed);
  Random random(seed);
  ASSERT_OK(Open());
  std::map<DocumentId, std::vector<std::string>> model;
  const auto paragraph = [&] {
    std::string text;
    for (uint64_t i = 0; i < 1 + random.Below(12); ++i) {
      text += "w" + std::to_string(random.Below(40)) + " ";
    }
    return text + ".";
  };
  for (int step = 0; step < 300; ++step) {
    const DocumentId id = "d" + std::to_string(random.Below(25));
    const uint64_t action = random.Below(10);
    if (action < 6) {
      std::vector<std::string>& paragraphs = model[id];
      if (paragraphs.empty() || random.Below(3) == 0) {
        paragraphs.clear();
        for (uint64_t i = 0; i < 1 + random.Below(4); ++i) paragraphs.push_back(paragraph());
      } else {
        paragraphs[random.Below(paragraphs.size())] = paragraph();
      }
      Put({MakeDraft(id, paragraphs)});
    } else if (action < 9) {
      model.erase(id);
      Delete(id);
    } else if (step % 50 == 49) {
      ASSERT_OK(Open());
    }
  }
  ExpectVerified();

  Index* aged = index_.get();
  const auto fresh_directory = testing::MakeTemporaryDirectory();
  ASSERT_OK_AND_ASSIGN(const auto fresh,
                       Index::Open(fresh_directory.path() + "/store", {}, TestAnalyzer(), clock_));
  const CollectionId collection = fresh->CreateCollection("c").value();
  std::vector<DocumentDraft> drafts;
  for (const auto& [id, paragraphs] : model) drafts.push_back(MakeDraft(id, paragraphs));
  ASSERT_OK(fresh->OpenWriter(collection)->Put(std::move(drafts)).status());
  const auto fresh_snapshot = fresh->GetSnapshot(collection).value();
  const auto aged_snapshot = aged->GetSnapshot(TestCollection()).value();
  EXPECT_EQ(aged_snapshot->live_documents(), model.size());
  for (int query = 0; query < 40; ++query) {
    const std::vector<QueryTerm> terms =
        Terms("w" + std::to_string(query) + " w3 w" + std::to_string((query * 7) % 40));
    const auto hits = [&](const Snapshot& snapshot) {
      std::vector<std::tuple<double, DocumentId, uint32_t>> result;
      for (const ScoredRow& row : snapshot.SearchLexical(terms, 20, {}, CallContext()).value()) {
        result.emplace_back(row.score, snapshot.rows().DocumentOf(row.row).id,
                            snapshot.rows().row(row.row).ordinal);
      }
      return result;
    };
    EXPECT_EQ(hits(*aged_snapshot), hits(*fresh_snapshot));
  }
}

TEST_F(IndexTest, TheTitleCountsAsOftenAsItsWeightSays) {
  Chunk chunk;
  chunk.text = "the pump runs";
  chunk.span.heading_path = {"Care"};
  const auto terms = [&](uint32_t weight) {
    std::string text;
    for (const TermFrequency& term : IndexedTerms(TestAnalyzer(), "Pump P-7", chunk, weight)) {
      text += term.term + ":" + std::to_string(term.count) + " ";
    }
    return text;
  };
  EXPECT_EQ(terms(1), "7:1 care:1 p:1 p-7:1 pump:2 run:1 ");
  EXPECT_EQ(terms(3), "7:3 care:1 p:3 p-7:3 pump:4 run:1 ");
}

TEST_F(IndexTest, VerifyKnowsTheTitleWeightOfTheCollection) {
  for (const uint32_t weight : {1u, 2u, 9u}) {
    IndexOptions options;
    options.title_weight = weight;
    ASSERT_OK(Open(options));
    const CollectionId collection = TestCollection();
    ASSERT_OK(Open());  // with another default
    EXPECT_EQ(index_->Collections()[0].title_weight, weight);
    DocumentDraft draft = MakeDraft("a", {"the pump"});
    draft.chunks[0].terms =
        IndexedTerms(TestAnalyzer(), draft.document.title, draft.chunks[0].chunk, weight);
    Put({draft});
    ExpectVerified();
    draft = MakeDraft("b", {"the pump"});
    draft.chunks[0].terms =
        IndexedTerms(TestAnalyzer(), draft.document.title, draft.chunks[0].chunk, weight + 1);
    Put({draft});
    const VerifyReport report = index_->Verify(collection, CallContext()).value();
    EXPECT_THAT(report.problems,
                ::testing::Contains(::testing::HasSubstr("terms differ from those of its text")));
    ASSERT_OK(index_->DeleteCollection("c"));
  }
}

TEST_F(IndexTest, CollectionsAreSeparateAndCanBeDeleted) {
  ASSERT_OK(Open());
  Put({MakeDraft("a", {"apple"})});
  ASSERT_OK_AND_ASSIGN(const CollectionId other, index_->CreateCollection("other"));
  ASSERT_OK(index_->OpenWriter(other)->Put({MakeDraft("a", {"banana"})}).status());
  EXPECT_THAT(SearchWords(*TestSnapshot(), "banana"), IsEmpty());
  EXPECT_EQ(index_->CreateCollection("other").status().message(),
            "collection \"other\" exists already");
  EXPECT_EQ(index_->FindCollection("nope").status().message(),
            "no collection \"nope\"; there is: c, other");
  EXPECT_THAT(index_->CreateCollection("../x").status().message(), HasSubstr("collection name"));
  ASSERT_OK(index_->DeleteCollection("other"));
  ASSERT_OK(Open());
  EXPECT_THAT(index_->Collections(), SizeIs(1));
  ASSERT_OK_AND_ASSIGN(const CollectionId again, index_->CreateCollection("other"));
  EXPECT_NE(again, other);
  EXPECT_EQ(index_->GetSnapshot(again).value()->live_documents(), 0u);
}

// A writer that waited while its collection was deleted would write what nobody ever sees.
TEST_F(IndexTest, AWriterNeverHoldsADeletedCollection) {
  ASSERT_OK(Open());
  for (int round = 0; round < 50; ++round) {
    ASSERT_OK_AND_ASSIGN(const CollectionId id, index_->CreateCollection("doomed"));
    std::optional<IndexWriter> first(index_->OpenWriter(id).value());
    std::atomic<bool> waits = false;
    std::thread second([&] {
      waits = true;
      const Result<IndexWriter> writer = index_->OpenWriter(id);
      if (writer.ok()) {
        EXPECT_OK(index_->FindCollection("doomed").status());
      } else {
        EXPECT_EQ(writer.status().code(), Code::kNotFound);
      }
    });
    while (!waits) std::this_thread::yield();
    first.reset();
    ASSERT_OK(index_->DeleteCollection("doomed"));
    second.join();
  }
}

// Loading waits here for the other end of a pipe in place of the collection's file of rows.
TEST_F(IndexTest, TheOtherCollectionsGoOnWhileOneIsLoaded) {
  ASSERT_OK(Open());
  Put({MakeDraft("a", {"apple"})});
  ASSERT_OK_AND_ASSIGN(const CollectionId slow, index_->CreateCollection("slow"));
  ASSERT_OK(index_->OpenWriter(slow)->Put({MakeDraft("b", {"banana"})}).status());
  const std::string pipe = PutPipeForRows(slow);
  ASSERT_OK(Open());

  const auto load = [&] { return index_->GetSnapshot(slow).value()->live_documents(); };
  auto first = std::async(std::launch::async, load);
  auto second = std::async(std::launch::async, load);
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  auto others = std::async(std::launch::async, [&] {
    EXPECT_THAT(index_->Collections(), SizeIs(2));
    EXPECT_OK(index_->FindCollection("slow").status());
    EXPECT_THAT(SearchWords(*TestSnapshot(), "apple"), ElementsAre("a#0"));
    const CallContext brief = CallContext::WithTimeout(std::chrono::milliseconds(30));
    EXPECT_EQ(index_->DeleteCollection("slow", brief).code(), Code::kDeadlineExceeded);
  });
  EXPECT_EQ(others.wait_for(std::chrono::seconds(20)), std::future_status::ready);
  LetLoad(pipe);
  others.get();
  EXPECT_EQ(first.get(), 1u);  // read from the store
  EXPECT_EQ(second.get(), 1u);
  ASSERT_OK(index_->DeleteCollection("slow"));
  EXPECT_EQ(index_->GetSnapshot(slow).status().code(), Code::kNotFound);
}

TEST_F(IndexTest, WhoWaitsForTheWriterWaitsAsLongAsItWants) {
  ASSERT_OK(Open());
  ASSERT_OK_AND_ASSIGN(const CollectionId id, index_->CreateCollection("c"));
  ASSERT_OK_AND_ASSIGN(IndexWriter writer, index_->OpenWriter(id));
  const CallContext brief = CallContext::WithTimeout(std::chrono::milliseconds(30));
  const Status late = index_->OpenWriter(id, brief).status();
  EXPECT_EQ(late.code(), Code::kDeadlineExceeded);
  EXPECT_THAT(late.message(), HasSubstr("collection \"c\": waiting for another writer"));
  CallContext given_up;
  given_up.cancel.Cancel();
  EXPECT_EQ(index_->OpenWriter(id, given_up).status().code(), Code::kCancelled);
  EXPECT_EQ(index_->DeleteCollection("c", brief).code(), Code::kDeadlineExceeded);
  ASSERT_OK(index_->FindCollection("c").status());
}

TEST_F(IndexTest, AReaderInAnotherOpeningSeesTheStoreAndCannotWrite) {
  ASSERT_OK(Open());
  Put({MakeDraft("a", {"apple"})});
  index_.reset();
  IndexOptions reading;
  reading.read_only = true;
  ASSERT_OK(Open(reading));
  EXPECT_THAT(SearchWords(*TestSnapshot(), "apple"), SizeIs(1));
  EXPECT_EQ(index_->OpenWriter(TestCollection()).status().message(),
            "store " + Directory() + " is open for reading only");
  // Readers share; a writer has to wait for them.
  ASSERT_OK(Index::Open(Directory(), reading, TestAnalyzer(), clock_).status());
  const auto writer = Index::Open(Directory(), {}, TestAnalyzer(), clock_);
  EXPECT_EQ(writer.status().code(), Code::kLocked);
}

TEST_F(IndexTest, OpeningWhatIsNoStoreSaysSo) {
  IndexOptions reading;
  reading.read_only = true;
  EXPECT_THAT(Open(reading).message(), HasSubstr("no store there; make one with: quarry index"));
  std::filesystem::create_directories(Directory());
  std::ofstream(Directory() + "/letter.txt") << "mine";
  for (const IndexOptions& options : {IndexOptions(), reading}) {
    const Status status = Open(options);
    EXPECT_EQ(status.code(), Code::kFailedPrecondition);
    EXPECT_THAT(status.message(),
                HasSubstr("not a Quarry store, and not empty (it holds letter.txt)"));
  }
}

TEST_F(IndexTest, AnotherFormatVersionIsRefusedNamingBoth) {
  ASSERT_OK(Open());
  index_.reset();
  std::string manifest = ReadFile(Directory() + "/MANIFEST.json").value();
  manifest.replace(manifest.find("\"format_version\": 2"), 19, "\"format_version\": 9");
  ASSERT_OK(WriteFileAtomically(Directory() + "/MANIFEST.json", manifest));
  const Status status = Open();
  EXPECT_EQ(status.code(), Code::kFailedPrecondition);
  EXPECT_THAT(status.message(),
              HasSubstr(Directory() + ": manifest: format version 9, this program reads 2"));
}

TEST_F(IndexTest, VerifyFindsPlantedDamage) {
  ASSERT_OK(Open());
  Put({MakeDraft("a", {"apple pie"}), MakeDraft("b", {"banana bread"})});
  index_.reset();
  {
    // Take one term list away behind the index's back.
    RocksStoreOptions options;
    options.create_if_missing = false;
    ASSERT_OK_AND_ASSIGN(const auto store, OpenRocksStore(Directory() + "/db", options));
    WriteBatch batch;
    const CollectionId collection(1);
    const auto view = store->GetView();
    const auto text = view->Get(DocumentTextKey(collection, DocumentNumber(1))).value();
    ASSERT_TRUE(text.has_value());
    batch.Put(DocumentTextKey(collection, DocumentNumber(1)), "apple cake");
    ASSERT_OK(store->Write(batch));
  }
  ASSERT_OK(Open());
  ASSERT_OK_AND_ASSIGN(const VerifyReport report, index_->Verify(TestCollection(), CallContext()));
  EXPECT_THAT(report.problems,
              ElementsAre("document \"a\": text does not match its hash",
                          "document \"a\": chunk 1: text differs from the document's at its span"));
}

}  // namespace
}  // namespace quarry::index
