#pragma once

// Answerer: question -> answer with checked citations.
//
//   question -> Retriever (one snapshot) -> context under a token budget -> AnswerWriter
//   where texts in the question's own language do not carry an answer and the collection has others, half of the
//   context is of those (Query::other_language)
//   -> text with markers [n] -> citations as byte spans of the source -> verdict, or abstention
//
// Deterministic: the same snapshot, options and query give the same answer, byte for byte (timings
// apart). Thread-safe.

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/answer.h"
#include "generation/answer_writer.h"
#include "generation/escalating_writer.h"
#include "generation/extractive_writer.h"
#include "generation/model_writer.h"
#include "index/snapshot.h"
#include "model/token_counter.h"
#include "retrieval/context_builder.h"
#include "retrieval/retriever.h"

namespace quarry::generation {

struct AnswerOptions {
  retrieval::ContextOptions context;
  model::ExtractiveOptions extractive;
  ModelWriterOptions model;
  uint32_t best_of = 1;  // tries of one model at an answer that is carried
  EscalateBy escalate_by = EscalateBy::kSupport;
};

// What writes instead of the extractive answerer. All outlive the answerer.
struct AnswerModel {
  const model::ChatModel& chat;
  const Prompts& prompts;
  const Toolbox* tools = nullptr;           // null: none is called
  const model::ChatModel* first = nullptr;  // a cheaper one, asked before it; null = none is
};

// All that decides what is retrieved for a question: what a replay goes by.
struct RetrievalSetting {
  RetrievalOptions options;  // those that hold for the question and its collection
  retrieval::ContextOptions context;
  // What takes part, by name: analyzer, embedder, reranker, tokenizer, writer.
  std::vector<std::pair<std::string, std::string>> parts;
};

class Answerer {
 public:
  // All must outlive the answerer. Without a model the answers are extractive.
  Answerer(const Analyzer& analyzer, const retrieval::Retriever& retriever,
           model::TokenCounter& counter, AnswerOptions options,
           std::optional<AnswerModel> model = std::nullopt);
  Answerer(const Answerer&) = delete;
  Answerer& operator=(const Answerer&) = delete;

  // Answers query.text from `snapshot`. An answer that the corpus does not carry is no error: the
  // result has `abstained` set and its text says what was searched. Otherwise the answer's context
  // has the cited passages first, in the order in which they are cited: [1], [2], ...; then the
  // others by rank.
  // Errors: those of Retriever::Retrieve, of the counter and of the model where part of its answer was
  // handed on already; kCancelled when the sink returned false.
  Result<Answer> Ask(const Query& query, const index::Snapshot& snapshot, const AnswerSink& sink,
                     const CallContext& context) const;

  // What an answer to `query` is made from, best first. Errors: those of Ask.
  Result<Context> MakeContext(const Query& query, const index::Snapshot& snapshot,
                              const CallContext& context) const;

  // The same with other options of the context.
  Result<Context> MakeContext(const Query& query, const index::Snapshot& snapshot,
                              const retrieval::ContextOptions& options,
                              const CallContext& context) const;

  // What MakeContext goes by. Errors: those of opening the models.
  Result<RetrievalSetting> SettingOf(const Query& query, const index::Snapshot& snapshot) const;

  const Analyzer& analyzer() const { return retriever_.analyzer(); }

  // Whether answers are quotations: no chat model writes them.
  bool quotes() const { return models_.empty(); }

  // Names the exact state that an answer comes from, of the store and of the configuration. Errors:
  // those of opening the models.
  Result<std::string> Fingerprint(const Query& query, const index::Snapshot& snapshot) const;

  // Names everything but question and snapshot that decides an answer: options, models, writer.
  // Errors: those of opening the models.
  Result<std::string> ConfigurationFingerprint(const Query& query) const;

 private:
  // What a search found, with its text.
  struct Found {
    retrieval::Retrieved retrieved;
    std::vector<Passage> passages;
  };
  Result<Found> Find(const Query& query, const index::Snapshot& snapshot,
                     const CallContext& context) const;
  // Puts passages in the other of English and Chinese into `made`, which was made of `found`, where those in the question's
  // own language do not surely carry an answer.
  Status AddOtherLanguage(const Query& query, const index::Snapshot& snapshot, const Found& found,
                          const retrieval::ContextOptions& options, const CallContext& context,
                          Context& made) const;

  // Puts a passage into `made` that answers together with one of it (bridge.h), where none answers alone.
  Status AddSecondDocument(const Query& query, const index::Snapshot& snapshot,
                           const retrieval::ContextOptions& options, const CallContext& context,
                           Context& made) const;

  const retrieval::Retriever& retriever_;
  model::TokenCounter& counter_;
  const AnswerOptions options_;
  const ExtractiveWriter extractive_;
  std::vector<std::unique_ptr<const ModelWriter>> models_;  // a writer for each try
  std::optional<EscalatingWriter> tries_;                   // over them, where there are several
  const AnswerWriter* writer_;
  std::string fingerprint_;
};

}  // namespace quarry::generation
