#include "generation/cached_answerer.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "base/answer_guide.h"
#include "base/coding.h"
#include "base/log.h"
#include "retrieval/cache_scope.h"
#include "retrieval/question_facts.h"

namespace quarry::generation {
namespace {

constexpr size_t kAuditQueue = 16;
constexpr std::chrono::minutes kAuditTime{2};

// Gives the whole text at once.
Status Deliver(const Answer& answer, const AnswerSink& sink) {
  if (sink && !answer.text.empty() && !sink(answer.text)) {
    return CancelledError("the reader of the answer went away");
  }
  return OkStatus();
}

// Why a question is not looked up; nullptr if it is.
const char* WhyBypassed(const Query& query, CacheUse use) {
  const std::string& text = query.text;
  const AnswerGuide* guide = query.guide.get();
  if (guide != nullptr && !(guide->tools.empty() && guide->http_tools.empty())) {
    return "the answer may call tools";
  }
  if (use == CacheUse::kOff) return "the request says so";
  if (text.size() > retrieval::kMaxQuestionBytes) return "the question is too long";
  const retrieval::NormalisedQuestion normalised = retrieval::NormaliseQuestion(text);
  if (normalised.text.empty()) return "the question has no words";
  if (retrieval::AsksForNow(normalised)) return "the question asks for what changes by the day";
  return nullptr;
}

// Equal only of the same words on the same state: then one answer is the other's.
std::string FlightKey(const retrieval::CacheQuestion& question) {
  std::string key;
  AppendBytes(key, question.scope);
  AppendVarint(key, question.snapshot.commit().value);
  AppendVarint(key, question.snapshot.pending_vectors());
  return key + question.query.text;
}

}  // namespace

CachedAnswerer::CachedAnswerer(const Answerer& answerer, index::Index& index,
                               retrieval::AnswerCache* cache, MetricsRegistry& metrics)
    : answerer_(answerer),
      index_(index),
      cache_(cache),
      audit_(cache == nullptr ? 0 : cache->options().audit_share, metrics) {
  if (cache_ != nullptr) auditor_ = std::make_unique<ThreadPool>(1, kAuditQueue);
}

CachedAnswerer::~CachedAnswerer() { stopping_.Cancel(); }

void CachedAnswerer::WaitForAudits() {
  if (auditor_ != nullptr) auditor_->Wait();
}

Result<retrieval::CacheQuestion> CachedAnswerer::QuestionOf(const Query& query,
                                                            const index::Snapshot& snapshot,
                                                            const CallContext& context) const {
  QUARRY_ASSIGN_OR_RETURN(const std::string configuration,
                          answerer_.ConfigurationFingerprint(query));
  return retrieval::CacheQuestion{.query = query,
                                  .snapshot = snapshot,
                                  .scope = retrieval::CacheScope(query, snapshot, configuration),
                                  .normalised = retrieval::NormaliseQuestion(query.text),
                                  .make_context = [this, &snapshot, &context](const Query& asked) {
                                    return answerer_.MakeContext(asked, snapshot, context);
                                  }};
}

Result<retrieval::CacheExplanation> CachedAnswerer::Explain(const Query& query,
                                                            const index::Snapshot& snapshot,
                                                            const CallContext& context) const {
  if (cache_ == nullptr) return FailedPreconditionError("cache.enabled: there is no answer cache");
  QUARRY_ASSIGN_OR_RETURN(const retrieval::CacheQuestion question,
                          QuestionOf(query, snapshot, context));
  return retrieval::ExplainCache(*cache_, question, context);
}

Result<Answer> CachedAnswerer::Ask(const Query& query, const index::Snapshot& snapshot,
                                   CacheUse use, const AnswerSink& sink,
                                   const CallContext& context) const {
  if (cache_ == nullptr) return answerer_.Ask(query, snapshot, sink, context);
  if (const char* why = WhyBypassed(query, use); why != nullptr) {
    QUARRY_ASSIGN_OR_RETURN(Answer answer, answerer_.Ask(query, snapshot, sink, context));
    answer.cache.kind = CacheKind::kBypassed;
    answer.cache.reason = why;
    return answer;
  }
  Trace trace;
  CallContext traced = context;
  traced.trace = &trace;
  QUARRY_ASSIGN_OR_RETURN(const retrieval::CacheQuestion question,
                          QuestionOf(query, snapshot, traced));
  if (use == CacheUse::kRefresh) return Make(question, sink, context, "the request says so");
  std::string why;
  QUARRY_ASSIGN_OR_RETURN(std::optional<retrieval::CacheHit> hit,
                          cache_->Lookup(question, traced, why));
  if (!hit) return MakeOnce(question, sink, context, std::move(why));
  hit->answer.timings = trace.stages();
  QUARRY_RETURN_IF_ERROR(Deliver(hit->answer, sink));
  if (audit_.Choose()) Audit(query, snapshot, hit->answer);
  return std::move(hit->answer);
}

Result<Answer> CachedAnswerer::MakeOnce(const retrieval::CacheQuestion& question,
                                        const AnswerSink& sink, const CallContext& context,
                                        std::string why) const {
  using Clock = CallContext::Clock;
  while (true) {
    SingleFlight<Made>::Place place = flights_.Join(FlightKey(question));
    if (!place.leads()) {
      QUARRY_ASSIGN_OR_RETURN(std::optional<Made> made, place.Wait(context));
      if (!made) continue;
      Answer& answer = made->answer;
      // What it goes without may be what its time did not suffice for; of the same time, a model that
      // is down would be asked by each in turn.
      if (!answer.note.empty() && context.deadline - Clock::now() > made->time) continue;
      answer.cache = {.kind = CacheKind::kShared, .reason = ""};
      QUARRY_RETURN_IF_ERROR(Deliver(answer, sink));
      return std::move(answer);
    }
    const Clock::duration time = context.deadline - Clock::now();
    // Somebody may have landed between the look-up and the place.
    std::string still;
    QUARRY_ASSIGN_OR_RETURN(
        std::optional<retrieval::CacheHit> hit,
        cache_->Lookup(question, context, still, retrieval::CacheLevels::kSame));
    if (hit) {
      place.Land(Made{hit->answer, time});
      QUARRY_RETURN_IF_ERROR(Deliver(hit->answer, sink));
      return std::move(hit->answer);
    }
    // Who comes between landing and storing would make it again: it lands last.
    Result<Answer> answer = Make(question, sink, context, why);
    place.Land(answer.ok() ? Result<Made>(Made{*answer, time}) : answer.status());
    return answer;
  }
}

Result<Answer> CachedAnswerer::Make(const retrieval::CacheQuestion& question,
                                    const AnswerSink& sink, const CallContext& context,
                                    const std::string& why) const {
  using Clock = CallContext::Clock;
  // A reader that is slow makes no answer dear.
  Clock::duration read{};
  AnswerSink timed;
  if (sink != nullptr) {
    timed = [&](std::string_view delta) {
      const Clock::time_point begin = Clock::now();
      const bool goes_on = sink(delta);
      read += Clock::now() - begin;
      return goes_on;
    };
  }
  const Clock::time_point start = Clock::now();
  Result<Answer> answer = answerer_.Ask(question.query, question.snapshot, timed, context);
  const Clock::duration cost = Clock::now() - start - read;
  if (!answer.ok()) return answer;
  const auto micros = std::chrono::duration_cast<std::chrono::microseconds>(cost).count();
  // A question that is asked back or set right is no answer to keep.
  if (answer->kind != ReplyKind::kAnswer) {
    answer->cache.kind = CacheKind::kMiss;
    answer->cache.reason = why;
    return answer;
  }
  cache_->Store(question, *answer, static_cast<uint64_t>(std::max<int64_t>(0, micros)));
  answer->cache.kind = CacheKind::kMiss;
  answer->cache.reason = why;
  return answer;
}

void CachedAnswerer::Audit(const Query& query, const index::Snapshot& snapshot,
                           const Answer& served) const {
  const auto audit = [this, query, served, collection = snapshot.collection().id,
                      commit = snapshot.commit()] {
    const auto now = index_.GetSnapshot(collection);
    // On another state another answer may be right.
    if (!now.ok() || (*now)->commit() != commit) return;
    CallContext context = CallContext::WithTimeout(std::chrono::milliseconds(kAuditTime));
    context.cancel = stopping_;
    const Result<Answer> fresh = answerer_.Ask(query, **now, nullptr, context);
    // One that goes without a model says nothing of one that did not.
    if (!fresh.ok() || !fresh->note.empty()) return;
    const bool agrees = retrieval::AnswersAgree(served, *fresh);
    audit_.Record(agrees);
    if (agrees) return;
    LogWarning("answer cache: entry " + std::to_string(served.cache.entry.value) +
               " served another answer than one made anew; it is removed");
    cache_->Evict(collection, served.cache.entry);
  };
  auditor_->TrySubmit(audit).IgnoreError();  // busy: this one is not audited
}

}  // namespace quarry::generation
