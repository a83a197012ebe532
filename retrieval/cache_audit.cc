#include "retrieval/cache_audit.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <string>

#include "retrieval/question_facts.h"
#include "retrieval/question_numbers.h"

namespace quarry::retrieval {
namespace {

std::set<std::string> NumbersOf(const Answer& answer) {
  std::set<std::string> numbers;
  for (const Citation& citation : answer.citations) {
    const std::string_view sentence =
        std::string_view(answer.text)
            .substr(citation.answer_span.begin,
                    citation.answer_span.end - citation.answer_span.begin);
    for (const QuestionToken& token : UnifyNumbers(TokenizeQuestion(sentence))) {
      if (StartsWithDigit(token)) numbers.insert(token.text);
    }
  }
  return numbers;
}

std::set<ChunkId> CitedBy(const Answer& answer) {
  std::set<ChunkId> chunks;
  for (const Citation& citation : answer.citations) chunks.insert(citation.chunk);
  return chunks;
}

}  // namespace

bool AnswersAgree(const Answer& served, const Answer& fresh) {
  if (served.abstained != fresh.abstained) return false;
  if (served.text == fresh.text) return true;
  if (NumbersOf(served) != NumbersOf(fresh)) return false;
  if (FactsOf(served.text).of(FactKind::kNegation) != FactsOf(fresh.text).of(FactKind::kNegation)) {
    return false;
  }
  const std::set<ChunkId> one = CitedBy(served);
  const std::set<ChunkId> other = CitedBy(fresh);
  return std::any_of(one.begin(), one.end(), [&](ChunkId chunk) { return other.contains(chunk); });
}

Interval WilsonInterval(uint64_t events, uint64_t trials) {
  if (trials == 0) return {};
  constexpr double kZ = 1.959963984540054;
  const double n = static_cast<double>(trials);
  const double p = static_cast<double>(events) / n;
  const double centre = p + kZ * kZ / (2 * n);
  const double spread = kZ * std::sqrt(p * (1 - p) / n + kZ * kZ / (4 * n * n));
  const double scale = 1 + kZ * kZ / n;
  return {std::max(0.0, (centre - spread) / scale), std::min(1.0, (centre + spread) / scale)};
}

CacheAudit::CacheAudit(double share, MetricsRegistry& metrics)
    : share_(share),
      audited_metric_(metrics.GetCounter("quarry_cache_audits_total",
                                         "Hits of the answer cache that were answered anew")),
      false_metric_(metrics.GetCounter("quarry_cache_false_hits_total",
                                       "Audited hits whose new answer says something else")),
      rate_metric_(metrics.GetGauge("quarry_cache_false_hit_rate",
                                    "Share of the audited hits that were false")),
      low_metric_(
          metrics.GetGauge("quarry_cache_false_hit_rate_low", "Lower end of its 95 % interval")),
      high_metric_(
          metrics.GetGauge("quarry_cache_false_hit_rate_high", "Upper end of its 95 % interval")) {
  high_metric_.Set(1);
}

bool CacheAudit::Choose() {
  std::lock_guard lock(mutex_);
  const double before = std::floor(static_cast<double>(hits_) * share_);
  return std::floor(static_cast<double>(++hits_) * share_) > before;
}

void CacheAudit::Record(bool agrees) {
  std::lock_guard lock(mutex_);
  ++audited_;
  audited_metric_.Increment();
  if (!agrees) {
    ++false_hits_;
    false_metric_.Increment();
  }
  const Interval interval = WilsonInterval(false_hits_, audited_);
  rate_metric_.Set(static_cast<double>(false_hits_) / static_cast<double>(audited_));
  low_metric_.Set(interval.low);
  high_metric_.Set(interval.high);
}

}  // namespace quarry::retrieval
