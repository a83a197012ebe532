// A collection against a map in memory: random puts, moves, deletes, vectors, generations, filters,
// searches and reopenings. What the index answers must be what the map says, after every step; with
// maintenance in the background, which is now and then waited for, and without.

#include <algorithm>
#include <cmath>
#include <deque>
#include <map>
#include <tuple>

#include "base/hash.h"
#include "base/random.h"
#include "base/text.h"
#include "index/index.h"
#include "index/indexed_terms.h"
#include "tests/index/lexical_testing.h"
#include "tests/testing/test_analyzer.h"
#include "tests/testing/test_environment.h"

namespace quarry::index {
namespace {

using testing::TestAnalyzer;

constexpr uint32_t kModelDimension = 8;
constexpr int kSteps = 150;

// Small whole numbers, so that inner products are exact in any order of summation.
std::vector<float> VectorOf(const std::string& text) {
  Random random(Hash64(text));
  std::vector<float> vector;
  for (uint32_t d = 0; d < kModelDimension; ++d) {
    vector.push_back(static_cast<float>(random.Below(7)) - 3);
  }
  return vector;
}

struct ModelChunk {
  std::string text;
  bool vector = false;  // of the current generation
  bool kept = false;    // of the one that is kept beside it
};

struct ModelDocument {
  std::string title;
  std::vector<ModelChunk> chunks;
  Metadata metadata;
  std::vector<std::string> access;
  std::vector<DocumentId> aliases;
};

std::string IndexedTextOf(const ModelDocument& document, const ModelChunk& chunk) {
  Chunk plain;
  plain.text = chunk.text;
  return IndexedText(document.title, plain);
}

DocumentDraft DraftOf(const DocumentId& id, const ModelDocument& from) {
  DocumentDraft draft;
  draft.root = "/root";
  Document& document = draft.document;
  document.id = id;
  document.title = from.title;
  document.metadata = from.metadata;
  document.access = from.access;
  for (const ModelChunk& model : from.chunks) {
    if (!document.text.empty()) document.text += "\n\n";
    Chunk chunk;
    chunk.span.begin = document.text.size();
    document.text += model.text;
    chunk.span.end = document.text.size();
    chunk.text = model.text;
    chunk.text_hash = Hash64(chunk.text);
    const std::string indexed = IndexedTextOf(from, model);
    chunk.input_hash = Hash64(indexed);
    draft.chunks.push_back(
        {chunk, IndexedTerms(TestAnalyzer(), document.title, chunk, IndexOptions().title_weight)});
  }
  return draft;
}

class Model {
 public:
  Model(uint64_t seed, bool maintain) : random_(seed) {
    options_.maintain = maintain;
    options_.limits = {.inline_slots = 20, .dead_rows = 20, .unsaved_rows = 50, .spill_bytes = 500};
    // Graphs are approximate, so half of the runs have none; small, so that merges happen.
    options_.vectors.kind = seed % 2 == 0 ? VectorIndexKind::kFlat : VectorIndexKind::kAuto;
    constexpr VectorCodeKind kCodes[] = {VectorCodeKind::kFloat, VectorCodeKind::kInt8,
                                         VectorCodeKind::kBf16};
    options_.vectors.codes = kCodes[seed / 2 % 3];
    options_.vectors.hnsw_from = 40;
    options_.vectors.build_threads = 1;
    Open();
    collection_ = index_->CreateCollection("c").value();
  }

  void Step() {
    switch (random_.Below(15)) {
      case 0:
      case 1:
      case 2:
      case 3:
        return Put();
      case 4:
        return Delete();
      case 5:
        return Move();
      case 6:
        return DropAliases();
      case 7:
        return EmbedPending();
      case 8:
        return NewGeneration();
      case 9:
        return Open();
      case 10:
        return Revert();
      case 11:
        return DropOrCompact();
      case 12:
        return Maintain();
      default:
        return Search();
    }
  }

  void Check() {
    const auto snapshot = Now();
    ASSERT_EQ(snapshot->live_documents(), documents_.size());
    size_t chunks = 0;
    size_t vectors = 0;
    size_t kept = 0;
    for (const auto& [id, document] : documents_) {
      chunks += document.chunks.size();
      for (const ModelChunk& chunk : document.chunks) {
        vectors += chunk.vector ? 1 : 0;
        kept += chunk.kept ? 1 : 0;
      }
      const auto stored = snapshot->ReadDocument(id);
      ASSERT_OK(stored.status());
      ASSERT_EQ(stored->metadata, document.metadata);
      ASSERT_EQ(stored->access, document.access);
      ASSERT_EQ(stored->chunks.size(), document.chunks.size());
      for (const DocumentId& alias : document.aliases) {
        if (!documents_.contains(alias)) {
          ASSERT_OK(snapshot->FindDocument(alias).status());
        }
      }
    }
    ASSERT_EQ(snapshot->live_chunks(), chunks);
    ASSERT_EQ(snapshot->live_chunks() - snapshot->pending_vectors(), vectors);
    const auto report = index_->Verify(collection_, CallContext());
    ASSERT_OK(report.status());
    ASSERT_THAT(report->problems, ::testing::IsEmpty());
    ASSERT_THAT(index_->VerifyStore(CallContext()).value(), ::testing::IsEmpty());
    ASSERT_EQ(snapshot->previous_generation().has_value(), keeps_);
    ASSERT_EQ(report->previous_vectors, kept);
  }

 private:
  std::shared_ptr<const Snapshot> Now() { return index_->GetSnapshot(collection_).value(); }
  IndexWriter Writer() { return index_->OpenWriter(collection_).value(); }

  void Open() {
    options_.save_on_close = random_.Below(2) == 0;
    index_.reset();
    index_ = Index::Open(directory_.path() + "/store", options_, TestAnalyzer(), clock_).value();
  }

  void Maintain() {
    Now();  // loads it
    ASSERT_OK(index_->WaitForMaintenance());
    if (!options_.maintain) return;
    const MaintenanceStats stats = index_->Stats(collection_)->maintenance;
    ASSERT_EQ(stats.error, "");
    ASSERT_EQ(stats.pending, "");
  }

  DocumentId RandomId() { return "d" + std::to_string(random_.Below(30)); }
  std::string RandomPrincipal() { return "p" + std::to_string(random_.Below(3)); }
  MetadataValue RandomValue() {
    if (random_.Below(2) == 0) return static_cast<double>(random_.Below(4));
    return "v" + std::to_string(random_.Below(4));
  }
  std::string RandomField() { return random_.Below(2) == 0 ? "x" : "y"; }

  ModelDocument RandomDocument() {
    ModelDocument document;
    document.title = "t" + std::to_string(random_.Below(3));
    for (uint64_t n = 1 + random_.Below(4); n > 0; --n) {
      std::string text;
      for (uint64_t words = 1 + random_.Below(8); words > 0; --words) {
        text += (text.empty() ? "" : " ") + RandomTerm(random_);
      }
      document.chunks.push_back({text});
    }
    for (uint64_t n = random_.Below(3); n > 0; --n) {
      document.metadata[RandomField()] = RandomValue();
    }
    if (random_.Below(3) == 0) {
      document.metadata["tags"] = std::vector<std::string>{"v1", RandomPrincipal()};
    }
    for (uint64_t n = random_.Below(3); n > 0; --n) document.access.push_back(RandomPrincipal());
    return document;
  }

  // What a put does: equal chunks of the old version, in order, keep their vectors.
  static void Inherit(const ModelDocument& old, ModelDocument& now) {
    std::map<std::string, std::deque<ModelChunk>> chunks;
    for (const ModelChunk& chunk : old.chunks) chunks[IndexedTextOf(old, chunk)].push_back(chunk);
    for (ModelChunk& chunk : now.chunks) {
      std::deque<ModelChunk>& known = chunks[IndexedTextOf(now, chunk)];
      if (known.empty()) continue;
      chunk.vector = known.front().vector;
      chunk.kept = known.front().kept;
      known.pop_front();
    }
  }

  void Put() {
    std::map<DocumentId, ModelDocument> batch;
    for (uint64_t n = 1 + random_.Below(5); n > 0; --n) {
      const DocumentId id = RandomId();
      ModelDocument document = RandomDocument();
      const auto old = documents_.find(id);
      if (old != documents_.end() && random_.Below(2) == 0) {  // an edit
        document.title = old->second.title;
        document.chunks.insert(document.chunks.end(), old->second.chunks.begin(),
                               old->second.chunks.end());
        for (ModelChunk& chunk : document.chunks) chunk.vector = chunk.kept = false;
      }
      if (old != documents_.end()) Inherit(old->second, document);
      batch[id] = std::move(document);
    }
    std::vector<DocumentDraft> drafts;
    for (const auto& [id, document] : batch) drafts.push_back(DraftOf(id, document));
    ASSERT_OK(Writer().Put(std::move(drafts)).status());
    for (auto& [id, document] : batch) documents_[id] = std::move(document);
  }

  void Delete() {
    const DocumentId ids[] = {RandomId(), RandomId()};
    ASSERT_OK(Writer().Delete(ids).status());
    for (const DocumentId& id : ids) documents_.erase(id);
  }

  void Move() {
    const DocumentId from = RandomId();
    const DocumentId to = RandomId();
    ModelDocument document = RandomDocument();
    const auto old = documents_.find(from);
    if (old != documents_.end()) {
      document.title = old->second.title;
      document.chunks = old->second.chunks;
      Inherit(old->second, document);
    }
    DocumentDraft draft = DraftOf(to, document);
    draft.moved_from = from;
    std::vector<DocumentDraft> drafts;
    drafts.push_back(std::move(draft));
    const Status moved = Writer().Put(std::move(drafts)).status();
    if (from == to || old == documents_.end() || documents_.contains(to)) {
      ASSERT_EQ(moved.code(), Code::kInvalidArgument);
      return;
    }
    ASSERT_OK(moved);
    document.aliases = old->second.aliases;
    document.aliases.push_back(from);
    documents_.erase(old);
    documents_[to] = std::move(document);
  }

  void DropAliases() {
    ASSERT_OK(Writer().DropAliases("/elsewhere"));
    ASSERT_OK(Writer().DropAliases("/root"));
    for (auto& [id, document] : documents_) document.aliases.clear();
  }

  void Embed(IndexWriter& writer, GenerationId generation) {
    const auto pending = writer.Pending(generation, ChunkId(), SIZE_MAX).value();
    EmbeddingMatrix vectors;
    vectors.dimension = kModelDimension;
    std::vector<ChunkId> chunks;
    for (const PendingChunk& chunk : pending) {
      const std::vector<float> vector = VectorOf(chunk.text);
      vectors.values.insert(vectors.values.end(), vector.begin(), vector.end());
      chunks.push_back(chunk.chunk);
    }
    ASSERT_OK(writer.PutVectors(generation, chunks, vectors));
    ASSERT_EQ(writer.PendingCount(generation), 0u);
  }

  void AllHaveVectors() {
    for (auto& [id, document] : documents_) {
      for (ModelChunk& chunk : document.chunks) chunk.vector = true;
    }
  }

  void EmbedPending() {
    if (!Now()->generation()) return;
    IndexWriter writer = Writer();
    Embed(writer, Now()->generation()->id);
    AllHaveVectors();
  }

  // Sometimes given up half-way.
  void NewGeneration() {
    if (documents_.empty()) return;
    IndexWriter writer = Writer();
    const EmbeddingSpace space{"test:" + std::to_string(random_.Next()), kModelDimension,
                               Metric::kInnerProduct, false};
    const GenerationId generation = writer.BeginGeneration("test", space, "table", 1).value();
    if (random_.Below(4) == 0) return;
    Embed(writer, generation);
    const bool replaced = Now()->generation().has_value();
    ASSERT_OK(writer.PublishGeneration(generation, CallContext()));
    KeepVectors(replaced);
    AllHaveVectors();
  }

  // The current generation becomes the kept one.
  void KeepVectors(bool replaced) {
    keeps_ = replaced;
    for (auto& [id, document] : documents_) {
      for (ModelChunk& chunk : document.chunks) chunk.kept = replaced && chunk.vector;
    }
  }

  // Back to the generation before; sometimes the process ends when its vectors are filled.
  void Revert() {
    std::optional<IndexWriter> held(Writer());
    IndexWriter& writer = *held;
    const Result<GenerationId> generation = writer.ResumePreviousGeneration();
    ASSERT_EQ(generation.ok(), keeps_);
    if (!keeps_) return;
    size_t missing = 0;
    for (const auto& [id, document] : documents_) {
      for (const ModelChunk& chunk : document.chunks) missing += chunk.kept ? 0 : 1;
    }
    ASSERT_EQ(writer.PendingCount(*generation), missing);
    Embed(writer, *generation);
    if (random_.Below(4) == 0) {
      for (auto& [id, document] : documents_) {
        for (ModelChunk& chunk : document.chunks) chunk.kept = true;
      }
      held.reset();
      return Open();
    }
    ASSERT_OK(writer.PublishGeneration(*generation, CallContext()));
    KeepVectors(true);
    AllHaveVectors();
  }

  void DropOrCompact() {
    if (random_.Below(2) == 0) {
      ASSERT_OK(index_->Compact(std::nullopt, CallContext()).status());
      return;
    }
    ASSERT_EQ(Writer().DropPreviousGeneration().ok(), keeps_);
    KeepVectors(false);
  }

  Filter RandomFilter() {
    Filter filter;
    for (uint64_t n = random_.Below(3); n > 0; --n) {
      constexpr Filter::Op kOps[] = {Filter::Op::kEq,  Filter::Op::kNe, Filter::Op::kGt,
                                     Filter::Op::kLte, Filter::Op::kIn, Filter::Op::kNin};
      Filter comparison;
      comparison.op = kOps[random_.Below(std::size(kOps))];
      comparison.field = random_.Below(4) == 0 ? "tags" : RandomField();
      comparison.values = {RandomValue()};
      filter.children.push_back(std::move(comparison));
    }
    return filter;
  }

  void Search() {
    const Filter filter = RandomFilter();
    Principals principals;
    principals.unrestricted = random_.Below(2) == 0;
    if (!principals.unrestricted) principals.names = {RandomPrincipal()};
    const auto wanted = [&](const DocumentId& id) {
      const ModelDocument& document = documents_.at(id);
      return Matches(filter, document.metadata) && principals.MayRead(document.access);
    };
    const auto snapshot = Now();
    const AllowedRows allowed = snapshot->Allow(filter, principals, CallContext()).value();
    const size_t k = 1 + random_.Below(20);
    SearchWords(*snapshot, allowed, wanted, k);
    if (snapshot->generation()) SearchVectors(*snapshot, allowed, wanted, k);
  }

  template <typename Wanted>
  void SearchWords(const Snapshot& snapshot, const AllowedRows& allowed, const Wanted& wanted,
                   size_t k) {
    std::map<DocumentId, Bags> bags;
    for (const auto& [id, document] : documents_) {
      for (const ModelChunk& chunk : document.chunks) {
        std::map<std::string, uint32_t>& bag = bags[id].emplace_back();
        Chunk plain;
        plain.text = chunk.text;
        for (const TermFrequency& term :
             IndexedTerms(TestAnalyzer(), document.title, plain, IndexOptions().title_weight)) {
          bag[term.term] = term.count;
        }
      }
    }
    std::vector<QueryTerm> terms;
    for (const QueryTerm& term : RandomQuery(random_)) {
      for (const Token& token : TestAnalyzer().Tokenize(term.text)) terms.emplace_back(token.term);
    }
    std::set<DocumentId> allowed_ids;
    for (const auto& [id, document] : documents_) {
      if (wanted(id)) allowed_ids.insert(id);
    }
    ASSERT_EQ(Hits(snapshot, snapshot.SearchLexical(terms, k, allowed, CallContext()).value()),
              LexicalOracle(bags, {}).Search(terms, k, &allowed_ids));
  }

  template <typename Wanted>
  void SearchVectors(const Snapshot& snapshot, const AllowedRows& allowed, const Wanted& wanted,
                     size_t k) {
    const std::vector<float> query = VectorOf(std::to_string(random_.Next()));
    if (std::all_of(query.begin(), query.end(), [](float x) { return x == 0; })) return;
    std::map<std::pair<DocumentId, uint32_t>, double> scores;
    std::vector<ChunkHit> expected;
    for (const auto& [id, document] : documents_) {
      for (uint32_t i = 0; i < document.chunks.size(); ++i) {
        if (!document.chunks[i].vector || !wanted(id)) continue;
        const std::vector<float> vector = VectorOf(IndexedTextOf(document, document.chunks[i]));
        double score = 0;
        for (uint32_t d = 0; d < kModelDimension; ++d) score += vector[d] * query[d];
        expected.push_back({id, i, score});
        scores[{id, i}] = score;
      }
    }
    std::sort(expected.begin(), expected.end(), [](const ChunkHit& a, const ChunkHit& b) {
      return std::tie(b.score, a.id, a.ordinal) < std::tie(a.score, b.id, b.ordinal);
    });
    if (expected.size() > k) expected.resize(k);
    const std::vector<ChunkHit> found =
        Hits(snapshot, snapshot.SearchDense(query, k, allowed, {}, CallContext()).value());
    const bool exact = options_.vectors.codes != VectorCodeKind::kInt8;
    if (options_.vectors.kind == VectorIndexKind::kFlat && exact) {
      ASSERT_EQ(found, expected);
      return;
    }
    // A graph may miss some; what it finds is there, wanted, scored rightly, once.
    ASSERT_EQ(found.size(), expected.size());
    for (const ChunkHit& hit : found) {
      const auto at = scores.find({hit.id, hit.ordinal});
      ASSERT_NE(at, scores.end());
      ASSERT_NEAR(hit.score, at->second, exact ? 0 : 1e-3 * std::fabs(at->second) + 1e-3);
      scores.erase(at);
    }
  }

  static std::vector<ChunkHit> Hits(const Snapshot& snapshot, const std::vector<ScoredRow>& rows) {
    std::vector<ChunkHit> hits;
    for (const ScoredRow& row : rows) {
      hits.push_back({DocumentId(snapshot.rows().DocumentOf(row.row).id),
                      snapshot.rows().row(row.row).ordinal, row.score});
    }
    return hits;
  }

  Random random_;
  TemporaryDirectory directory_ = testing::MakeTemporaryDirectory();
  FakeClock clock_{1'700'000'000'000'000};
  IndexOptions options_;
  std::unique_ptr<Index> index_;
  CollectionId collection_;
  bool keeps_ = false;  // a generation beside the current one
  std::map<DocumentId, ModelDocument> documents_;
};

struct Run {
  uint64_t seed;
  bool maintain;
};
void PrintTo(const Run& run, std::ostream* out) {
  *out << "seed " << run.seed << (run.maintain ? ", maintained" : "");
}

std::vector<Run> Runs() {
  std::vector<Run> runs;
  for (uint64_t seed = 1; seed <= 12; ++seed) runs.push_back({seed, true});
  for (uint64_t seed = 1; seed <= 3; ++seed) runs.push_back({seed, false});
  return runs;
}

class ModelTest : public ::testing::TestWithParam<Run> {};

TEST_P(ModelTest, TheIndexIsTheMap) {
  Model model(GetParam().seed, GetParam().maintain);
  for (int step = 0; step < kSteps; ++step) {
    SCOPED_TRACE("step " + std::to_string(step));
    model.Step();
    if (HasFatalFailure()) return;
    if (step % 10 == 0) model.Check();
    if (HasFatalFailure()) return;
  }
  model.Check();
}

INSTANTIATE_TEST_SUITE_P(Seeds, ModelTest, ::testing::ValuesIn(Runs()));

}  // namespace
}  // namespace quarry::index
