#include "eval/case_scores.h"

#include <algorithm>
#include <set>

#include "eval/answer_checks.h"
#include "eval/answer_metrics.h"
#include "eval/failure_kind.h"
#include "eval/metric_catalogue.h"
#include "eval/metrics.h"
#include "eval/record_markers.h"
#include "model/answer_kind.h"

namespace quarry::eval {
namespace {

constexpr uint32_t kMetricDepth = 10;
constexpr size_t kAnswerShown = 200;  // bytes

class RecordScorer {
 public:
  RecordScorer(const Case& one, const RunRecord& record, const ScoreOptions& options)
      : case_(one), record_(record), options_(options), text_(WithoutMarkers(record)) {}

  CaseScores Run() {
    scores_.id = case_.id;
    scores_.records = 1;
    scores_.errors = record_.error.empty() ? 0 : 1;
    scores_.shown_repeat = record_.repeat;
    ScoreRetrieval();
    ScoreSpans();
    if (failed()) {
      ScoreError();
    } else {
      ScoreRefusal();
      if (options_.use_judge) ScoreJudged();
      ScorePass();
      ScoreCosts();
    }
    if (record_.failure) scores_.label = record_.failure->label;
    if (answered() && !scores_.reasons.empty()) {
      scores_.answer = TruncateUtf8(Trim(text_), kAnswerShown);
      if (scores_.answer.size() < Trim(text_).size()) scores_.answer += "...";
    }
    return std::move(scores_);
  }

 private:
  bool failed() const { return !record_.error.empty(); }
  bool answered() const { return !failed() && !record_.abstained; }
  void Set(const char* metric, double value) { scores_.values[metric] = value; }
  void Set(const char* metric, const std::optional<double>& value) {
    if (value) Set(metric, *value);
  }
  void Fails(std::string reason) { scores_.reasons.push_back(std::move(reason)); }

  void ScoreRetrieval() {
    const std::map<DocumentId, int> grades = GoldGradesOf(case_);
    if (grades.empty()) return;
    // A document stands where its best chunk does; equal scores in the order of the retriever.
    std::vector<RankedDocument> ranking;
    std::set<DocumentId> seen;
    for (const RunCandidate& candidate : record_.candidates) {
      if (!seen.insert(candidate.document).second) continue;
      ranking.push_back({candidate.document, -static_cast<double>(ranking.size())});
    }
    const QueryMetrics metrics = MeasureQuery(ranking, grades, kMetricDepth);
    Set("retrieval.ndcg@10", metrics.ndcg_at_k);
    Set("retrieval.recall@10", metrics.recall_at_k);
    Set("retrieval.mrr", metrics.reciprocal_rank);
    Set("retrieval.map", metrics.average_precision);
  }

  template <typename RangesOf>
  double ShareOfFacts(RangesOf ranges_of) const {
    const auto facts = SpansByFact(record_);
    uint64_t found = 0;
    for (const auto& [fact, spans] : facts) {
      found +=
          std::ranges::any_of(spans,
                              [&](const ResolvedSpan* span) {
                                return span->present && Covers(ranges_of(span->span.document),
                                                               span->span.begin, span->span.end);
                              })
              ? 1
              : 0;
    }
    return facts.empty() ? 0 : static_cast<double>(found) / static_cast<double>(facts.size());
  }

  void ScoreSpans() {
    if (case_.gold_spans.empty()) return;
    const auto candidates = [&](bool within_k) {
      return [this, within_k](const DocumentId& document) {
        return CandidateRanges(record_, document, within_k);
      };
    };
    const auto prompt = [this](const DocumentId& document) {
      return PromptRanges(record_, document);
    };
    Set("spans.candidates", ShareOfFacts(candidates(false)));
    Set("spans.k", ShareOfFacts(candidates(true)));
    Set("spans.prompt", ShareOfFacts(prompt));
    // A quote is a sentence; the fact may be a part of it, or more than it.
    const auto facts = SpansByFact(record_);
    uint64_t cited = 0;
    for (const auto& [fact, spans] : facts) {
      cited += answered() && std::ranges::any_of(
                                 spans,
                                 [&](const ResolvedSpan* span) {
                                   return span->present &&
                                          std::ranges::any_of(
                                              record_.citations, [&](const RunCitation& citation) {
                                                return citation.document == span->span.document &&
                                                       citation.begin < span->span.end &&
                                                       span->span.begin < citation.end;
                                              });
                                 })
                   ? 1
                   : 0;
    }
    Set("spans.cited",
        facts.empty() ? 0 : static_cast<double>(cited) / static_cast<double>(facts.size()));
  }

  // The worst of everything.
  void ScoreError() {
    Fails("error: " + record_.error);
    SetWorst({"pass", "refusal.rate", "citation.valid"});
    if (case_.answerable) {
      SetWorst({"check.pass", "refusal.over"});
    } else {
      SetWorst({"refusal.correct"});
    }
    if (options_.use_judge && options_.was_judged) ScoreUnjudged();
  }

  // Nothing is known of it: it counts as wrong.
  void ScoreUnjudged() {
    if (!case_.answerable) SetWorst({"answer.score"});
    const bool has_reference =
        case_.answerable && (!case_.expected_facts.empty() || !case_.reference.empty());
    if (has_reference) {
      SetWorst({"answer.score", "answer.precision", "answer.recall", "answer.f1",
                "context.sufficiency", "context.utilisation"});
    }
    // A refusal has no claims.
    if (!failed() && record_.abstained) return;
    SetWorst({"claims.supported", "claims.contradicted", "claims.unsupported", "citation.recall",
              "citation.precision"});
    if (has_reference) {
      SetWorst(
          {"claims.hallucinated", "claims.self_knowledge", "noise.relevant", "noise.irrelevant"});
    }
  }

  void SetWorst(std::initializer_list<const char*> metrics) {
    for (const char* metric : metrics) Set(metric, FindMetric(metric)->higher_is_better ? 0 : 1);
  }

  void ScoreRefusal() {
    const double declined = record_.abstained ? 1 : 0;
    Set("refusal.rate", declined);
    if (case_.answerable) {
      Set("refusal.over", declined);
    } else {
      Set("refusal.correct", declined);
    }
    if (answered()) Set("citation.valid", CitationsAreValid() ? 1 : 0);
  }

  bool CitationsAreValid() const {
    const auto names_passage = [&](uint32_t number) {
      return number >= 1 && number <= record_.passages.size();
    };
    for (const generation::CitationMarker& marker : MarkersOf(record_)) {
      if (!std::ranges::all_of(marker.numbers, names_passage)) return false;
    }
    return std::ranges::all_of(record_.citations, [&](const RunCitation& citation) {
      if (!names_passage(citation.passage)) return false;
      const RunPassage& passage = record_.passages[citation.passage - 1];
      return citation.document == passage.document && citation.begin >= passage.begin &&
             citation.end <= passage.end && citation.begin < citation.end &&
             citation.end - passage.begin <= passage.text.size() &&  // a file may say otherwise
             passage.text.compare(citation.begin - passage.begin, citation.end - citation.begin,
                                  citation.quote) == 0;
    });
  }

  void ScoreJudged() {
    if (!record_.matrix && record_.judge_error.empty()) return;
    const bool is_declined = record_.abstained;
    if (!record_.matrix && !(is_declined && !case_.answerable)) return ScoreUnjudged();
    if (!case_.answerable) Set("answer.score", is_declined ? 1 : 0);
    if (!record_.matrix) return;
    const AnswerScores scores = ScoreAnswer(*record_.matrix, record_.abstained);
    has_must_facts_ = scores.has_must_facts;
    const std::vector<Claim>& reference = record_.matrix->reference;
    for (size_t i = 0; i < reference.size() && answered(); ++i) {
      // Sentences of a reference are not all of them needed.
      const bool must = reference[i].must && !case_.expected_facts.empty();
      const ClaimVerdict verdict = record_.matrix->reference_by_answer[i].verdict;
      if (must && verdict == ClaimVerdict::kContradicted && IsDenied(reference[i].text)) {
        denied_.push_back(reference[i].text);
      }
    }
    Set("claims.supported", scores.faithfulness);
    Set("claims.contradicted", scores.contradicted);
    Set("claims.unsupported", scores.unsupported);
    Set("citation.recall", scores.citation_recall);
    Set("citation.precision", scores.citation_precision);
    if (!case_.answerable) return;
    Set("answer.score", scores.f1);
    Set("answer.precision", scores.precision);
    Set("answer.recall", scores.recall);
    Set("answer.f1", scores.f1);
    Set("claims.hallucinated", scores.hallucinated);
    Set("claims.self_knowledge", scores.self_knowledge);
    Set("context.sufficiency", scores.context_sufficiency);
    Set("context.utilisation", scores.context_utilisation);
    Set("noise.relevant", scores.noise_relevant);
    Set("noise.irrelevant", scores.noise_irrelevant);
  }

  // Whether what `accept` asks for stands only in sentences that deny and the fact does not, or the
  // other way. Without this a judge that is wrong about a figure would outrank the author's check.
  bool IsDenied(const std::string& fact) const {
    // Said in its own words, whatever else its sentence denies.
    std::string words = Fold(Trim(fact));
    while (words.ends_with('.') || words.ends_with("。")) {
      words.resize(words.size() - (words.ends_with('.') ? 1 : 3));
    }
    if (Fold(text_).find(words) != std::string::npos) return false;
    bool is_said = false;
    for (const ByteRange& range : SplitSentences(text_)) {
      const std::string sentence = text_.substr(range.begin, range.end - range.begin);
      const bool says = std::ranges::any_of(case_.accept, [&](const AnswerCheck& check) {
        return check.kind == AnswerCheck::Kind::kContains && Holds(check, sentence);
      });
      if (!says) continue;
      if (!model::DenyEachOther(sentence, fact)) return false;
      is_said = true;
    }
    return is_said;
  }

  void ScorePass() {
    if (!case_.answerable) {
      Set("pass", record_.abstained ? 1 : 0);
      if (!record_.abstained) Fails("answered; the corpus does not say");
      return;
    }
    if (record_.abstained) Fails("declined");
    if (!record_.abstained && Trim(text_).empty()) Fails("empty answer");
    if (answered()) {
      for (const AnswerCheck& check : case_.accept) {
        if (!Holds(check, text_)) Fails("does not hold: " + Describe(check));
      }
      for (const AnswerCheck& check : case_.reject) {
        if (Holds(check, text_)) Fails("must not: " + Describe(check));
      }
      const uint32_t words = CountWords(text_);
      if (options_.max_words > 0 && words > options_.max_words) {
        Fails(std::to_string(words) + " words; at most " + std::to_string(options_.max_words));
      }
    }
    if (!case_.accept.empty() || !case_.reject.empty() || !scores_.reasons.empty()) {
      Set("check.pass", scores_.reasons.empty() ? 1 : 0);
    }
    for (const std::string& fact : denied_) Fails("denies: " + fact);
    if (case_.accept.empty() && scores_.reasons.empty()) {
      // Whom the judge did not hear has not passed.
      if (options_.use_judge && !record_.judge_error.empty()) {
        Fails("not judged: " + record_.judge_error);
      }
      if (!has_must_facts_ && scores_.reasons.empty()) return;  // nothing says whether it is right
      if (has_must_facts_ && !*has_must_facts_) Fails("an expected fact is not in the answer");
    }
    Set("pass", scores_.reasons.empty() ? 1 : 0);
  }

  void ScoreCosts() {
    Set("latency.ms", record_.micros / 1000);
    if (answered()) Set("answer.words", CountWords(text_));
    Set("tokens.prompt", record_.usage.prompt_tokens);
    Set("tokens.completion", record_.usage.completion_tokens);
    Set("cost", record_.usage.cost);
    const CacheKind kind = record_.cache.kind;
    if (kind == CacheKind::kOff || kind == CacheKind::kBypassed) return;
    Set("cache.hit", record_.cache.hit() ? 1 : 0);
    if (!record_.cache.hit()) return;
    // That nobody could judge an answer attributes its failure to nothing.
    const bool is_attributed =
        record_.failure && record_.failure->label != FailureName(FailureKind::kInfraError);
    if (is_attributed) {
      const bool is_false = record_.failure->label == FailureName(FailureKind::kCacheFalseHit);
      Set("cache.false_hit", is_false ? 1 : 0);
    } else if (const auto pass = scores_.values.find("pass"); pass != scores_.values.end()) {
      Set("cache.false_hit", 1 - pass->second);
    }
  }

  const Case& case_;
  const RunRecord& record_;
  const ScoreOptions& options_;
  const std::string text_;
  std::optional<bool> has_must_facts_;
  std::vector<std::string> denied_;
  CaseScores scores_;
};

}  // namespace

bool Covers(std::vector<ByteRange> ranges, uint64_t begin, uint64_t end) {
  std::sort(ranges.begin(), ranges.end(),
            [](const ByteRange& a, const ByteRange& b) { return a.begin < b.begin; });
  uint64_t covered = begin;
  for (const ByteRange& range : ranges) {
    if (range.begin > covered) break;
    covered = std::max<uint64_t>(covered, range.end);
    if (covered >= end) return true;
  }
  return false;
}

std::map<std::string, std::vector<const ResolvedSpan*>> SpansByFact(const RunRecord& record) {
  std::map<std::string, std::vector<const ResolvedSpan*>> facts;
  for (size_t i = 0; i < record.gold_spans.size(); ++i) {
    const ResolvedSpan& span = record.gold_spans[i];
    facts[span.span.fact.empty() ? "#" + std::to_string(i) : span.span.fact].push_back(&span);
  }
  return facts;
}

std::vector<ByteRange> CandidateRanges(const RunRecord& record, const DocumentId& document,
                                       bool within_k) {
  std::vector<ByteRange> ranges;
  for (const RunCandidate& one : record.candidates) {
    if (one.document != document || (within_k && !one.within_k)) continue;
    ranges.push_back({one.begin, one.end});
  }
  return ranges;
}

std::vector<ByteRange> PromptRanges(const RunRecord& record, const DocumentId& document) {
  std::vector<ByteRange> ranges;
  for (const RunPassage& one : record.passages) {
    if (one.document == document) ranges.push_back({one.begin, one.end});
  }
  return ranges;
}

CaseScores ScoreRecord(const Case& one, const RunRecord& record, const ScoreOptions& options) {
  return RecordScorer(one, record, options).Run();
}

}  // namespace quarry::eval
