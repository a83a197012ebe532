#pragma once

// What the commands found out, before it is printed as text (output_text.h) or JSON
// (output_json.h).

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "app/text_layout.h"
#include "base/answer.h"
#include "base/query.h"
#include "eval/answer_eval.h"
#include "eval/retrieval_diff.h"
#include "eval/retrieval_eval.h"
#include "index/index.h"
#include "index/object_cache.h"
#include "ingest/near_duplicates.h"
#include "ingest/pipeline.h"
#include "model/model_info.h"
#include "model/model_pull.h"
#include "retrieval/absence.h"
#include "retrieval/retriever.h"

namespace quarry::app {

struct IndexResult {
  std::string collection;
  bool dry_run = false;
  ingest::IngestReport report;     // of all roots together
  uint64_t chunks_total = 0;       // in the collection, afterwards
  uint32_t learn_from_chunks = 0;  // there are too few to learn an embedder from; 0 = enough
};

struct SearchResult {
  Query query;
  std::string collection;
  std::vector<std::string> collections;  // where several were searched
  bool used_lexical = false;
  bool used_dense = false;
  index::LexicalQuery lexical;  // what was searched for by words
  retrieval::FeedbackTerms feedback;
  std::vector<retrieval::Expansion> expansions;
  std::vector<std::string> notes;
  std::vector<retrieval::Hop> hops;
  struct Item {
    Passage passage;
    std::string collection = {};  // where several were searched
    uint32_t hop = 0;             // RankedHit::hop
    bool is_neighbour = false;
    std::vector<retrieval::OtherPlace> also_in = {};  // folded under it
    Snippet snippet;
    std::vector<index::TermContribution> terms = {};  // with --explain
    std::vector<ScoreStep> steps = {};                // of the stages behind fusion
  };
  std::vector<Item> items;
  bool explain = false;
  std::optional<retrieval::Absence> absence;  // with --why
  std::string dropped;                        // with --why: why an answer would not read it
  std::vector<Trace::Stage> timings;
};

struct AnswerResult {
  std::string question;
  std::string collection;
  std::string language = "en";  // of the answer: what is said beside it is in it
  Answer answer;
  bool show_context = false;
};

struct ModelPullResult {
  std::string name;
  std::string directory;
  model::PullReport report;
};

struct DocumentList {
  std::string collection;
  std::vector<index::StoredDocument> documents;
  uint64_t total = 0;
  uint64_t limit = 0;
  uint64_t offset = 0;
};

struct DuplicateList {
  std::string collection;
  double similarity = 0;
  std::vector<ingest::NearDuplicate> duplicates;
};

struct DocumentView {
  index::StoredDocument document;
  std::vector<index::StoredChunk> chunks;  // with --chunks
  std::optional<std::string> text;         // with --text
};

struct DeleteResult {
  std::vector<std::string> deleted;
  std::vector<std::string> not_found;
};

struct BackupResult {
  std::string verb;  // "created", "restored", "checked"
  std::string directory;
  std::string store;  // that was made of it; "" if none was
  index::BackupReport report;
};

struct GenerationList {
  std::string collection;
  std::vector<index::GenerationStats> generations;
};

struct EmbedderResult {
  std::string collection;
  std::string verb;  // "learnt", "switched", "reverted", "dropped"
  ingest::EmbeddingReport report;
  GenerationList now;
};

// Of a sample of one language.
struct TokenDensity {
  std::string language;  // "zh"
  uint64_t characters = 0;
  uint64_t tokens = 0;

  double PerCharacter() const {
    return static_cast<double>(tokens) / static_cast<double>(characters);
  }
};

// One that cannot be loaded, beside those that can.
struct UnreadCollection {
  std::string name;
  std::string error;
};

struct CollectionList {
  std::vector<index::CollectionStats> collections;
  std::vector<UnreadCollection> unread;
};

struct StoreStats {
  uint32_t learn_from_chunks = 0;  // so many chunks an embedder is learnt from
  std::string directory;
  uint64_t bytes = 0;
  index::StoreUsage usage;
  index::ObjectCacheStats kept_vectors;
  index::ObjectCacheStats kept_conversations;
  std::vector<index::CollectionStats> collections;
  std::vector<std::vector<TokenDensity>> token_densities;  // of each
  std::vector<UnreadCollection> unread;
  bool counts_exactly = false;  // by a model's tokenizer, not estimated
};

struct VerifyResult {
  std::vector<std::string> store_problems;  // of what belongs to no collection
  struct Item {
    std::string collection;
    index::VerifyReport report;
  };
  std::vector<Item> collections;

  bool HasProblems() const {
    if (!store_problems.empty()) return true;
    for (const Item& item : collections) {
      if (!item.report.problems.empty()) return true;
    }
    return false;
  }
};

// One line of `quarry doctor`.
struct Finding {
  enum class Level { kOk, kWarning, kFailed };
  Level level = Level::kOk;
  std::string subject;  // "disk"
  std::string detail;   // "12 GB free at /data/.quarry"
  std::string advice;   // what to do; "" if all is well, or `detail` says it
  int exit_code = 0;    // kFailed: of the process
};

}  // namespace quarry::app
