#pragma once

// CachedAnswerer: an Answerer with the answer cache (retrieval/answer_cache.h) in front of it. Every
// surface asks through it; Answer::cache says where an answer came from.
//
// Not looked up are questions that forbid it (CacheUse) and questions for what changes by the day
// (AsksForNow). Of equal questions that nobody has answered yet and that are asked at the same time, on
// one state of the collection, one is answered and the others get that answer; one that goes without
// something (Answer::note) only those who have no more time than there was for it.
//
// Thread-safe.

#include <memory>
#include <string>

#include "generation/answerer.h"
#include "generation/cache_use.h"
#include "generation/single_flight.h"
#include "retrieval/answer_cache.h"
#include "retrieval/cache_audit.h"
#include "retrieval/cache_explain.h"

namespace quarry::generation {

class CachedAnswerer {
 public:
  // All must outlive it. `cache` may be null: every answer is made.
  CachedAnswerer(const Answerer& answerer, index::Index& index, retrieval::AnswerCache* cache,
                 MetricsRegistry& metrics);
  // Ends the audits under way.
  ~CachedAnswerer();

  // As Answerer::Ask, whose errors are its own. A served answer comes in one piece.
  Result<Answer> Ask(const Query& query, const index::Snapshot& snapshot, CacheUse use,
                     const AnswerSink& sink, const CallContext& context) const;

  // As Answerer::MakeContext.
  Result<Context> MakeContext(const Query& query, const index::Snapshot& snapshot,
                              const CallContext& context) const {
    return answerer_.MakeContext(query, snapshot, context);
  }

  // What the cache would do with a question. kFailedPrecondition without a cache.
  Result<retrieval::CacheExplanation> Explain(const Query& query, const index::Snapshot& snapshot,
                                              const CallContext& context) const;

  // Waits for the audits under way. For tests.
  void WaitForAudits();

  const Answerer& answerer() const { return answerer_; }
  retrieval::AnswerCache* cache() const { return cache_; }  // null: there is none
  // For who was asked about it: kFailedPrecondition where there is none.
  Result<retrieval::AnswerCache*> CacheOrError() const {
    if (cache_ != nullptr) return cache_;
    return FailedPreconditionError("cache.enabled: there is no answer cache");
  }

 private:
  // An answer and the time that there was for it.
  struct Made {
    Answer answer;
    CallContext::Clock::duration time{};
  };

  // `query`, `snapshot` and `context` must outlive the question.
  Result<retrieval::CacheQuestion> QuestionOf(const Query& query, const index::Snapshot& snapshot,
                                              const CallContext& context) const;
  Result<Answer> Make(const retrieval::CacheQuestion& question, const AnswerSink& sink,
                      const CallContext& context, const std::string& why) const;
  Result<Answer> MakeOnce(const retrieval::CacheQuestion& question, const AnswerSink& sink,
                          const CallContext& context, std::string why) const;
  void Audit(const Query& query, const index::Snapshot& snapshot, const Answer& served) const;

  const Answerer& answerer_;
  index::Index& index_;
  retrieval::AnswerCache* const cache_;
  mutable retrieval::CacheAudit audit_;
  mutable SingleFlight<Made> flights_;
  const CancelToken stopping_;
  std::unique_ptr<ThreadPool> auditor_;  // one thread; null without a cache
};

}  // namespace quarry::generation
