#pragma once

// Answerer: question -> answer with checked citations.
//
//   question -> Retriever (one snapshot) -> context under a token budget -> extractive answerer
//   -> text with markers [n] -> citations as byte spans of the source -> verdict, or abstention
//
// Deterministic: the same snapshot, options and query give the same answer, byte for byte (timings
// apart). Thread-safe.

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/answer.h"
#include "index/snapshot.h"
#include "model/extractive_answerer.h"
#include "model/token_counter.h"
#include "retrieval/context_builder.h"
#include "retrieval/retriever.h"

namespace quarry::generation {

// Receives the answer's text piece by piece; returns false when nobody listens any more, which
// cancels the call. The pieces joined equal Answer::text.
using AnswerSink = std::function<bool(std::string_view delta)>;

struct AnswerOptions {
  retrieval::ContextOptions context;
  model::ExtractiveOptions extractive;
};

class Answerer {
 public:
  // All must outlive the answerer.
  Answerer(const Analyzer& analyzer, const retrieval::Retriever& retriever,
           model::TokenCounter& counter, AnswerOptions options);

  // Answers query.text from `snapshot`. An answer that the corpus does not carry is no error: the
  // result has `abstained` set and its text says what was searched. Otherwise the answer's context
  // has the cited passages first, in the order in which they are cited: [1], [2], ...; then the
  // others by rank.
  // Errors: those of Retriever::Retrieve and of the counter; kCancelled when the sink returned false.
  Result<Answer> Ask(const Query& query, const index::Snapshot& snapshot, const AnswerSink& sink,
                     const CallContext& context) const;

  // Hash of everything but the snapshot that decides an answer.
  const std::string& ConfigurationFingerprint() const { return fingerprint_; }

 private:
  const Analyzer& analyzer_;
  const retrieval::Retriever& retriever_;
  model::TokenCounter& counter_;
  const AnswerOptions options_;
  std::string fingerprint_;
};

}  // namespace quarry::generation
