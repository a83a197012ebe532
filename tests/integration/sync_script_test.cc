// Random edits of a folder, brought in by the real program, now and then killed: after each the
// collection equals that of a fresh index of the folder (documents, chunks, terms, BM25 scores to
// the last bit; vectors are those of the embedder that the store has), and the report counts what
// was done. QUARRY_SYNC_SCRIPTS, QUARRY_SYNC_SEED.

#include <algorithm>
#include <csignal>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "index/keys.h"
#include "tests/integration/sync_folder_testing.h"
#include "tests/testing/engine_testing.h"
#include "tests/testing/run_quarry.h"

namespace quarry::app {
namespace {

namespace fs = std::filesystem;
using testing::QuarryProcess;
using testing::QuarryResult;
using testing::ScriptFolder;
using Json = nlohmann::json;

constexpr int kRounds = 6;

// Small chunks, so that small files have several.
ingest::ChunkOptions Chunking() {
  return {.target_tokens = 60, .min_tokens = 20, .max_tokens = 100};
}

// A document without what history decides: numbers, commits, times, aliases.
struct DocumentState {
  index::StoredDocument record;
  std::string text;
  std::vector<index::StoredChunk> chunks;
  std::vector<std::vector<TermFrequency>> terms;

  friend bool operator==(const DocumentState&, const DocumentState&) = default;
};
using State = std::map<DocumentId, DocumentState>;

State StateOf(const index::Snapshot& snapshot) {
  State state;
  const auto visit = [&](const index::StoredDocument& document) {
    DocumentState& one = state[document.id];
    one.record = document;
    one.record.number = DocumentNumber();
    one.record.commit = CommitSequence();
    one.record.indexed_micros = 0;
    one.record.aliases.clear();
    one.record.chunks.clear();
    one.text = snapshot.ReadText(document.number).value();
    for (const ChunkId id : document.chunks) {
      one.chunks.push_back(snapshot.ReadChunk(id).value());
      one.chunks.back().id = ChunkId();
      one.chunks.back().document = DocumentNumber();
      const std::string key = index::ChunkTermsKey(snapshot.collection().id, id);
      one.terms.push_back(index::DecodeTerms(snapshot.view().Get(key).value().value()).value());
    }
    return true;
  };
  QUARRY_CHECK(snapshot.ForEachDocument(visit).ok());
  return state;
}

// A search's rows under names that do not depend on history.
using Ranking = std::vector<std::tuple<DocumentId, uint32_t, double>>;
Ranking Search(const index::Snapshot& snapshot, const std::vector<index::QueryTerm>& terms) {
  Ranking ranking;
  for (const index::ScoredRow& row :
       snapshot.SearchLexical(terms, 10'000, std::nullopt, CallContext()).value()) {
    ranking.emplace_back(snapshot.rows().DocumentOf(row.row).id,
                         snapshot.rows().row(row.row).ordinal, row.score);
  }
  return ranking;
}

// What a sync from `before` to `after` reports.
struct Counts {
  uint64_t added = 0;
  uint64_t changed = 0;
  uint64_t unchanged = 0;
  uint64_t removed = 0;
  uint64_t chunks_added = 0;
  uint64_t chunks_kept = 0;
  uint64_t chunks_removed = 0;
  // Two files of one content are gone: which of them a new one is is not said.
  bool ambiguous = false;
};

class Counter {
 public:
  static Counts Between(const State& before, const State& after) {
    Counter counter;
    std::multimap<uint64_t, const DocumentState*> gone;
    for (const auto& [id, old] : before) {
      if (after.contains(id)) continue;
      ++counter.counts_.removed;
      counter.counts_.chunks_removed += old.chunks.size();
      if (old.record.source.empty()) gone.emplace(old.record.source_hash, &old);
    }
    for (const auto& [id, now] : after) {
      const auto old = before.find(id);
      if (old == before.end()) {
        counter.CountNew(now, gone);
      } else if (old->second.record.source_hash == now.record.source_hash &&
                 old->second.record.source == now.record.source) {
        ++counter.counts_.unchanged;
      } else {
        counter.CountChange(old->second, now);
      }
    }
    return counter.counts_;
  }

 private:
  void CountNew(const DocumentState& now, std::multimap<uint64_t, const DocumentState*>& gone) {
    const auto old = now.record.source.empty() ? gone.find(now.record.source_hash) : gone.end();
    if (old == gone.end()) {
      ++counts_.added;
      counts_.chunks_added += now.chunks.size();
      return;
    }
    counts_.ambiguous = counts_.ambiguous || gone.count(now.record.source_hash) > 1;
    --counts_.removed;
    counts_.chunks_removed -= old->second->chunks.size();
    CountChange(*old->second, now);
    gone.erase(old);
  }

  void CountChange(const DocumentState& old, const DocumentState& now) {
    ++counts_.changed;
    std::multiset<uint64_t> reusable;
    for (const index::StoredChunk& chunk : old.chunks) reusable.insert(chunk.input_hash);
    for (const index::StoredChunk& chunk : now.chunks) {
      const auto same = reusable.find(chunk.input_hash);
      ++(same == reusable.end() ? counts_.chunks_added : counts_.chunks_kept);
      if (same != reusable.end()) reusable.erase(same);
    }
    counts_.chunks_removed += reusable.size();
  }

  Counts counts_;
};

// One folder, its store, and what a fresh index of it would be.
class Script {
 public:
  Script(uint64_t seed, bool with_vectors)
      : random_(seed), folder_(directory_.path() + "/docs", random_), with_vectors_(with_vectors) {}

  void Run() {
    for (int round = 0; round < kRounds && !::testing::Test::HasFailure(); ++round) {
      SCOPED_TRACE("round " + std::to_string(round));
      if (round > 0) folder_.Edit();
      SCOPED_TRACE(folder_.log());
      const State before = std::exchange(fresh_, State());
      const auto snapshot = IndexAnew();
      fresh_ = StateOf(*snapshot);
      const bool interrupted = random_.Below(3) == 0 && Interrupt();
      const Counts expected = Counter::Between(before, fresh_);
      if (!interrupted && random_.Below(4) == 0) {
        SCOPED_TRACE("dry run");
        CheckReport(Sync({"--dry-run"}), expected, /*dry_run=*/true);
      }
      const Json report = Sync({});
      if (interrupted) {
        CheckTotals(report);
      } else {
        CheckReport(report, expected, /*dry_run=*/false);
      }
      CheckStore(*snapshot);
      QUARRY_CHECK(engine_.index->DeleteCollection("fresh").ok());
    }
    const QuarryResult verified = testing::RunQuarry({"verify", "--store", store()});
    EXPECT_EQ(verified.exit_code, 0) << verified.out << verified.error;
  }

 private:
  std::string store() const { return directory_.path() + "/store"; }

  std::vector<std::string> Arguments(const std::vector<std::string>& more) const {
    std::vector<std::string> arguments = {"index",  folder_.path(), "--prune",
                                          "--json", "--store",      store()};
    const auto set = [&](const std::string& option) {
      arguments.insert(arguments.end(), {"--set", option});
    };
    set("ingest.batch_documents=3");
    set("chunking.target_tokens=60");
    set("chunking.min_tokens=20");
    set("chunking.max_tokens=100");
    set(std::string("embedding.enabled=") + (with_vectors_ ? "true" : "false"));
    set("embedding.learn_from_chunks=10");
    set("embedding.relearn_growth=1000");
    set("embedding.dimension=16");
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  }

  Json Sync(const std::vector<std::string>& more) const {
    const QuarryResult result =
        testing::RunQuarryWith({.arguments = Arguments(more), .timeout = std::chrono::minutes(10)});
    EXPECT_EQ(result.exit_code, 0) << result.out << result.error;
    return Json::parse(result.out);
  }

  // Ends a sync at some moment, by kill -9 or Ctrl-C. False where it was done before.
  bool Interrupt() {
    QuarryProcess run({.arguments = Arguments({})});
    const bool done = run.EndsWithin(std::chrono::microseconds(random_.Below(60'000)));
    if (!done) run.Signal(random_.Below(4) == 0 ? SIGINT : SIGKILL);
    run.Wait();
    return true;
  }

  std::shared_ptr<const index::Snapshot> IndexAnew() {
    const CollectionId collection = engine_.index->CreateCollection("fresh").value();
    auto writer = engine_.index->OpenWriter(collection).value();
    ingest::IngestOptions options;
    options.chunks = Chunking();
    options.embedding.enabled = false;
    ingest::Pipeline pipeline(writer, engine_.analyzer, engine_.pool, engine_.embedders, options);
    const ingest::IngestReport report =
        pipeline.Sync(ingest::ListFiles(folder_.path(), {}).value(), nullptr, CallContext())
            .value();
    for (const ingest::IngestNote& failure : report.failures) {
      ADD_FAILURE() << failure.path << ": " << failure.reason;
    }
    return writer.snapshot();
  }

  void CheckReport(const Json& report, const Counts& expected, bool dry_run) const {
    const Json& documents = report["documents"];
    EXPECT_EQ(documents["added"], expected.added);
    EXPECT_EQ(documents["changed"], expected.changed);
    EXPECT_EQ(documents["unchanged"], expected.unchanged);
    EXPECT_EQ(documents["removed"], expected.removed);
    EXPECT_EQ(documents["failed"], 0);
    if (dry_run) {
      EXPECT_EQ(report["plan"].size(), expected.added + expected.changed + expected.removed);
    }
    if (dry_run || expected.ambiguous) return;
    const Json& chunks = report["chunks"];
    EXPECT_EQ(chunks["added"], expected.chunks_added);
    EXPECT_EQ(chunks["kept"], expected.chunks_kept);
    EXPECT_EQ(chunks["removed"], expected.chunks_removed);
    if (!with_vectors_) return;
    // Where there was an embedder already, new chunks only.
    const Json& embedding = report["embedding"];
    if (!embedding["learnt"] && embedding["embedded"] != 0) {
      EXPECT_EQ(embedding["embedded"], expected.chunks_added);
    }
  }

  // How much of it the interrupted run did is not known.
  void CheckTotals(const Json& report) const {
    const Json& documents = report["documents"];
    EXPECT_EQ(documents["added"].get<size_t>() + documents["changed"].get<size_t>() +
                  documents["unchanged"].get<size_t>(),
              fresh_.size());
    EXPECT_EQ(documents["failed"], 0);
  }

  void CheckStore(const index::Snapshot& fresh) {
    index::IndexOptions options;
    options.read_only = true;
    const auto index =
        index::Index::Open(store(), options, engine_.analyzer, engine_.clock).value();
    const CollectionId collection = index->FindCollection("default").value();
    const auto snapshot = index->GetSnapshot(collection).value();
    const State state = StateOf(*snapshot);
    for (const auto& [id, document] : state) {
      ASSERT_TRUE(fresh_.contains(id)) << "\"" << id << "\" is no document of a fresh index";
      EXPECT_TRUE(document == fresh_.at(id)) << "\"" << id << "\" is another in a fresh index";
    }
    EXPECT_EQ(state.size(), fresh_.size());
    for (const std::vector<index::QueryTerm>& query : Queries(state)) {
      const Ranking ranking = Search(*snapshot, query);
      EXPECT_EQ(ranking, Search(fresh, query)) << query[0].text;
      EXPECT_FALSE(ranking.empty()) << query[0].text;
    }
    if (with_vectors_ && snapshot->generation()) CheckVectors(*snapshot);
  }

  // Terms that are there, some of them together.
  std::vector<std::vector<index::QueryTerm>> Queries(const State& state) {
    std::vector<std::string> terms;
    for (const auto& [id, document] : state) {
      for (const auto& list : document.terms) {
        for (const TermFrequency& term : list) terms.push_back(term.term);
      }
    }
    std::vector<std::vector<index::QueryTerm>> queries;
    for (size_t i = 0; i < 12 && !terms.empty(); ++i) {
      std::vector<index::QueryTerm>& query = queries.emplace_back();
      for (size_t n = 0; n <= i % 3; ++n) query.push_back(terms[random_.Below(terms.size())]);
    }
    return queries;
  }

  // Every chunk has the vector that the embedder gives its text.
  void CheckVectors(const index::Snapshot& snapshot) {
    const index::StoredGeneration& generation = *snapshot.generation();
    EXPECT_EQ(snapshot.pending_vectors(), 0u);
    const auto embedder = engine_.embedders
                              .Get(generation.space, generation.embedder_kind,
                                   [&] { return snapshot.ReadEmbedderBlob(); })
                              .value();
    const auto visit = [&](ChunkId chunk, std::string_view text) {
      const std::string texts[] = {std::string(text)};
      const EmbeddingMatrix expected =
          embedder->Embed(texts, model::EmbeddingRole::kDocument, CallContext()).value();
      const std::string key = index::VectorKey(
          snapshot.collection().id, index::SpaceHash(generation.space), generation.id, chunk);
      std::vector<float> vector(generation.space.dimension);
      const auto bytes = snapshot.view().Get(key).value();
      EXPECT_TRUE(bytes && index::DecodeVector(*bytes, vector).ok());
      EXPECT_TRUE(std::ranges::equal(vector, expected.Row(0))) << "chunk " << chunk.value;
      return true;
    };
    EXPECT_OK(snapshot.ForEachIndexedText(visit));
  }

  TemporaryDirectory directory_ = testing::MakeTemporaryDirectory();
  testing::TestEngine engine_;  // of the fresh indexes
  Random random_;
  ScriptFolder folder_;
  const bool with_vectors_;
  State fresh_;  // of the folder as it was indexed last
};

TEST(SyncScript, EndsEqualToAFreshIndexAndIsCountedRight) {
  const uint64_t scripts = testing::NumberFromEnvironment("QUARRY_SYNC_SCRIPTS", 6);
  const uint64_t seed = testing::NumberFromEnvironment("QUARRY_SYNC_SEED", 1);
  std::cout << "seeds " << seed << " to " << seed + scripts - 1 << std::endl;
  for (uint64_t script = seed; script < seed + scripts && !HasFailure(); ++script) {
    SCOPED_TRACE("QUARRY_SYNC_SCRIPTS=1 QUARRY_SYNC_SEED=" + std::to_string(script));
    Script(script, /*with_vectors=*/script % 4 == 0).Run();
  }
}

}  // namespace
}  // namespace quarry::app
