#include "retrieval/cache_tuning.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "base/coding.h"
#include "retrieval/question_gate.h"

namespace quarry::retrieval {
namespace {

constexpr uint64_t kTuningVersion = 1;

// P(X <= events) of a binomial with chance p, by logarithms so that a million trials do not underflow.
double BinomialTail(uint64_t events, uint64_t trials, double p) {
  double sum = 0;
  const double n = static_cast<double>(trials);
  for (uint64_t k = 0; k <= events; ++k) {
    const double x = static_cast<double>(k);
    sum += std::exp(std::lgamma(n + 1) - std::lgamma(x + 1) - std::lgamma(n - x + 1) +
                    x * std::log(p) + (n - x) * std::log1p(-p));
  }
  return sum;
}

void AppendRates(std::string& out, const HitRates& rates) {
  AppendVarint(out, rates.hits);
  AppendVarint(out, rates.false_hits);
  AppendVarint(out, rates.same);
  AppendDouble(out, rates.false_hit_rate);
  AppendDouble(out, rates.upper_bound);
  AppendDouble(out, rates.hit_rate);
}

HitRates ReadRates(RecordReader& reader) {
  HitRates rates;
  rates.hits = reader.Varint();
  rates.false_hits = reader.Varint();
  rates.same = reader.Varint();
  rates.false_hit_rate = reader.Double();
  rates.upper_bound = reader.Double();
  rates.hit_rate = reader.Double();
  return rates;
}

}  // namespace

bool operator==(const HitRates& a, const HitRates& b) {
  return a.hits == b.hits && a.false_hits == b.false_hits && a.same == b.same;
}

std::string TuningFingerprint(const std::string& verifier, const std::string& space) {
  return verifier + "/" + space + "/form:" + std::to_string(kQuestionNormaliserVersion) +
         "/gate:" + std::to_string(kQuestionGateVersion);
}

double UpperBound(uint64_t events, uint64_t trials) {
  if (events >= trials) return 1;
  double low = static_cast<double>(events) / static_cast<double>(trials);
  double high = 1;
  for (int i = 0; i < 60; ++i) {
    const double middle = (low + high) / 2;
    (BinomialTail(events, trials, middle) > 0.05 ? low : high) = middle;
  }
  return high;
}

HitRates RatesAt(const std::vector<ScoredPair>& pairs, double threshold) {
  HitRates rates;
  for (const ScoredPair& pair : pairs) {
    rates.same += pair.same;
    if (pair.equal || !pair.open || !(pair.score >= threshold)) continue;
    ++rates.hits;
    rates.false_hits += !pair.same;
  }
  if (rates.hits > 0) {
    rates.false_hit_rate = static_cast<double>(rates.false_hits) / static_cast<double>(rates.hits);
    rates.upper_bound = UpperBound(rates.false_hits, rates.hits);
  }
  if (rates.same > 0) {
    rates.hit_rate =
        static_cast<double>(rates.hits - rates.false_hits) / static_cast<double>(rates.same);
  }
  return rates;
}

CacheTuning Tune(const std::vector<ScoredPair>& pairs, double bound) {
  std::vector<ScoredPair> halves[2];
  for (size_t i = 0; i < pairs.size(); ++i) halves[i % 2].push_back(pairs[i]);
  CacheTuning tuning{.bound = bound, .pairs = pairs.size()};
  // From the highest score down: the longest prefix, ties together, within the bound.
  std::vector<ScoredPair> hits;
  for (const ScoredPair& pair : halves[0]) {
    if (pair.open && !pair.equal && std::isfinite(pair.score)) hits.push_back(pair);
  }
  std::sort(hits.begin(), hits.end(),
            [](const ScoredPair& a, const ScoredPair& b) { return a.score > b.score; });
  tuning.threshold = std::numeric_limits<double>::infinity();
  // Fitted to a part of the bound: at the bound itself, chance alone would close it on the other half
  // every second time.
  const double fitted_bound = bound / 4;
  uint64_t false_hits = 0;
  for (size_t i = 0; i < hits.size(); ++i) {
    false_hits += !hits[i].same;
    const bool tie = i + 1 < hits.size() && hits[i + 1].score == hits[i].score;
    // More false hits than the bound allows of all that could follow: no longer prefix is within it.
    if (static_cast<double>(false_hits) > fitted_bound * static_cast<double>(hits.size())) break;
    const bool within =
        static_cast<double>(false_hits) <= fitted_bound * static_cast<double>(i + 1) &&
        UpperBound(false_hits, i + 1) <= bound;
    if (within && !tie) tuning.threshold = hits[i].score;
  }
  tuning.fitted = RatesAt(halves[0], tuning.threshold);
  tuning.reported = RatesAt(halves[1], tuning.threshold);
  tuning.holds = tuning.reported.hits > 0 && tuning.reported.upper_bound <= bound;
  return tuning;
}

Result<std::vector<ScoredPair>> ScorePairs(const std::vector<QuestionPair>& pairs,
                                           const std::vector<double>& similarities,
                                           const QuestionVerifier& verifier,
                                           const CallContext& context) {
  std::vector<ScoredPair> scored;
  scored.reserve(pairs.size());
  for (size_t i = 0; i < pairs.size(); ++i) {
    QUARRY_RETURN_IF_ERROR(context.Check());
    const QuestionPair& pair = pairs[i];
    ScoredPair one{.same = pair.same};
    one.equal = NormaliseQuestion(pair.a).text == NormaliseQuestion(pair.b).text;
    one.open = CompareQuestions(FactsOf(pair.a), FactsOf(pair.b)).open;
    if (one.open && !one.equal) {
      const double similarity = similarities.empty() ? 0 : similarities[i];
      QUARRY_ASSIGN_OR_RETURN(one.score, verifier.Score(pair.a, pair.b, similarity, context));
    }
    scored.push_back(one);
  }
  return scored;
}

std::string EncodeTuning(const CacheTuning& tuning) {
  std::string out;
  AppendVarint(out, kTuningVersion);
  AppendVarint(out, tuning.holds ? 1 : 0);
  AppendDouble(out, tuning.bound);
  AppendDouble(out, tuning.threshold);
  AppendBytes(out, tuning.fingerprint);
  AppendVarint(out, tuning.pairs);
  AppendRates(out, tuning.fitted);
  AppendRates(out, tuning.reported);
  AppendVarint(out, static_cast<uint64_t>(tuning.micros));
  return out;
}

Result<CacheTuning> DecodeTuning(std::string_view bytes) {
  RecordReader reader(bytes);
  if (reader.Varint() != kTuningVersion) {
    return DataLossError("tuning of the cache: of another version, or damaged; run it again");
  }
  CacheTuning tuning;
  tuning.holds = reader.Varint() == 1;
  tuning.bound = reader.Double();
  tuning.threshold = reader.Double();
  tuning.fingerprint = reader.Bytes();
  tuning.pairs = reader.Varint();
  tuning.fitted = ReadRates(reader);
  tuning.reported = ReadRates(reader);
  tuning.micros = static_cast<int64_t>(reader.Varint());
  QUARRY_RETURN_IF_ERROR(reader.Finish("tuning of the cache"));
  return tuning;
}

}  // namespace quarry::retrieval
