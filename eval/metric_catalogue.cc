#include "eval/metric_catalogue.h"

#include <algorithm>

namespace quarry::eval {
namespace {

using Unit = Metric::Unit;

constexpr Metric kMetrics[] = {
    {"pass", "the answer is as it should be", true, true},
    {"answer.score", "F1 of the claims; of an unanswerable question whether it was declined", true,
     false, true},

    {"retrieval.ndcg@10", "of the documents, as trec_eval"},
    {"retrieval.recall@10", "of the documents"},
    {"retrieval.mrr", "reciprocal rank of the first relevant document"},
    {"retrieval.map", "average precision of the documents"},
    {"spans.candidates", "facts whose place is among the 100 best chunks"},
    {"spans.k", "facts whose place is among the k chunks that were asked for"},
    {"spans.prompt", "facts whose place is in the context"},

    {"check.pass", "accept, reject and length hold", true, true},
    {"spans.cited", "facts whose place is cited"},
    {"citation.valid", "every marker names a passage, and every quote stands in it", true, true},

    {"refusal.rate", "declined, of all", false, true},
    {"refusal.correct", "declined, of the unanswerable", true, true},
    {"refusal.over", "declined, of the answerable", false, true},

    {"answer.precision", "claims that the reference entails", true, false, true},
    {"answer.recall", "reference claims that the answer entails", true, false, true},
    {"answer.f1", "of the two", true, false, true},
    {"claims.supported", "faithfulness: claims that a passage entails", true, false, true},
    {"claims.contradicted", "claims that a passage contradicts and none entails", false, false,
     true},
    {"claims.unsupported", "claims of which no passage says anything", false, false, true},
    {"claims.hallucinated", "claims that neither passages nor reference entail", false, false,
     true},
    {"claims.self_knowledge", "claims that only the reference entails", false, false, true},
    {"context.sufficiency", "reference claims that the context entails", true, false, true},
    {"context.utilisation", "of those, what the answer has", true, false, true},
    {"noise.relevant", "wrong claims out of passages that hold the answer", false, false, true},
    {"noise.irrelevant", "wrong claims out of other passages", false, false, true},
    {"citation.recall", "claims that what they cite entails (ALCE)", true, false, true},
    {"citation.precision", "citations that are needed (ALCE)", true, false, true},

    {"latency.ms", "of an answer", false, false, false, Unit::kMilliseconds},
    {"answer.words", "words and CJK characters of an answer", false, false, false, Unit::kWords},
    {"tokens.prompt", "of an answer", false, false, false, Unit::kTokens},
    {"tokens.completion", "of an answer", false, false, false, Unit::kTokens},
    {"cost", "of an answer, by the configured prices", false, false, false, Unit::kMoney},
    {"cache.hit", "answers that were stored", true, true},
    {"cache.false_hit", "of those, wrong ones", false, true},
};

}  // namespace

std::span<const Metric> Metrics() { return kMetrics; }

const Metric* FindMetric(std::string_view name) {
  const Metric* found =
      std::ranges::find_if(kMetrics, [&](const Metric& metric) { return name == metric.name; });
  return found == std::end(kMetrics) ? nullptr : found;
}

}  // namespace quarry::eval
