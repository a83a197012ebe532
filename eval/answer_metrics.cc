#include "eval/answer_metrics.h"

#include <algorithm>

#include "eval/statistics.h"

namespace quarry::eval {
namespace {

// What a row of verdicts says of its claim.
ClaimVerdict OfAny(const std::vector<Judgement>& row) {
  const auto has = [&](ClaimVerdict verdict) {
    return std::ranges::any_of(row, [&](const Judgement& one) { return one.verdict == verdict; });
  };
  if (has(ClaimVerdict::kEntailed)) return ClaimVerdict::kEntailed;
  if (has(ClaimVerdict::kUnjudged)) return ClaimVerdict::kUnjudged;
  return has(ClaimVerdict::kContradicted) ? ClaimVerdict::kContradicted : ClaimVerdict::kNeutral;
}

// Whether a verdict was given, and the text does not carry the claim.
bool IsDeniedSupport(const Judgement& judgement) {
  return judgement.verdict == ClaimVerdict::kNeutral ||
         judgement.verdict == ClaimVerdict::kContradicted;
}

class Scorer {
 public:
  Scorer(const ClaimMatrix& matrix, bool declined) : matrix_(matrix), declined_(declined) {}

  AnswerScores Run() {
    Count();
    ScoreCorrectness();
    ScoreContext();
    if (!declined_) {
      ScoreFaithfulness();
      ScoreCitations();
    }
    return scores_;
  }

 private:
  void Count(const Judgement& judgement) {
    ++scores_.verdicts;
    if (judgement.verdict != ClaimVerdict::kUnjudged) ++scores_.judged;
  }
  void Count(const std::vector<Judgement>& row) {
    for (const Judgement& judgement : row) Count(judgement);
  }
  void Count() {
    for (const auto& row : matrix_.answer_by_passage) Count(row);
    for (const auto& row : matrix_.reference_by_passage) Count(row);
    if (!matrix_.reference.empty()) Count(matrix_.answer_by_reference);
    Count(matrix_.reference_by_answer);
    for (size_t i = 0; i < matrix_.citations.size(); ++i) {
      if (matrix_.answer[i].citations.empty()) continue;
      Count(matrix_.citations[i].together);
      Count(matrix_.citations[i].alone);
      Count(matrix_.citations[i].without);
    }
  }

  void ScoreCorrectness() {
    if (matrix_.reference.empty()) return;
    const auto right =
        static_cast<uint64_t>(std::ranges::count_if(matrix_.answer_by_reference, IsEntailed));
    const auto found =
        static_cast<uint64_t>(std::ranges::count_if(matrix_.reference_by_answer, IsEntailed));
    const double precision = declined_ ? 0 : Share(right, matrix_.answer.size());
    const double recall = declined_ ? 0 : Share(found, matrix_.reference.size());
    scores_.precision = precision;
    scores_.recall = recall;
    scores_.f1 = precision + recall > 0 ? 2 * precision * recall / (precision + recall) : 0;
    for (size_t i = 0; i < matrix_.reference.size(); ++i) {
      if (!matrix_.reference[i].must) continue;
      scores_.has_must_facts =
          scores_.has_must_facts.value_or(!declined_) && IsEntailed(matrix_.reference_by_answer[i]);
    }
  }

  void ScoreFaithfulness() {
    const size_t claims = matrix_.answer.size();
    uint64_t entailed = 0;
    uint64_t contradicted = 0;
    uint64_t neutral = 0;
    uint64_t hallucinated = 0;
    uint64_t known = 0;
    uint64_t noise_relevant = 0;
    uint64_t noise_irrelevant = 0;
    const bool has_reference = !matrix_.reference.empty();
    for (size_t i = 0; i < claims; ++i) {
      const ClaimVerdict verdict = OfAny(matrix_.answer_by_passage[i]);
      const ClaimVerdict by_reference =
          has_reference ? matrix_.answer_by_reference[i].verdict : ClaimVerdict::kUnjudged;
      entailed += verdict == ClaimVerdict::kEntailed ? 1 : 0;
      contradicted += verdict == ClaimVerdict::kContradicted ? 1 : 0;
      neutral += verdict == ClaimVerdict::kNeutral ? 1 : 0;
      const bool is_wrong =
          by_reference == ClaimVerdict::kContradicted || by_reference == ClaimVerdict::kNeutral;
      if (verdict == ClaimVerdict::kContradicted || verdict == ClaimVerdict::kNeutral) {
        hallucinated += is_wrong ? 1 : 0;
        known += by_reference == ClaimVerdict::kEntailed ? 1 : 0;
      }
      if (verdict == ClaimVerdict::kEntailed && is_wrong) {
        (StandsInRelevantPassage(i) ? noise_relevant : noise_irrelevant) += 1;
      }
    }
    scores_.faithfulness = Share(entailed, claims);
    scores_.contradicted = Share(contradicted, claims);
    scores_.unsupported = Share(neutral, claims);
    if (!has_reference) return;
    scores_.hallucinated = Share(hallucinated, claims);
    scores_.self_knowledge = Share(known, claims);
    scores_.noise_relevant = Share(noise_relevant, claims);
    scores_.noise_irrelevant = Share(noise_irrelevant, claims);
  }

  bool StandsInRelevantPassage(size_t claim) const {
    const std::vector<Judgement>& row = matrix_.answer_by_passage[claim];
    for (size_t passage = 0; passage < row.size(); ++passage) {
      if (!IsEntailed(row[passage])) continue;
      const bool is_relevant = std::ranges::any_of(
          matrix_.reference_by_passage,
          [&](const std::vector<Judgement>& fact) { return IsEntailed(fact[passage]); });
      if (is_relevant) return true;
    }
    return false;
  }

  void ScoreContext() {
    if (matrix_.reference.empty()) return;
    uint64_t there = 0;
    uint64_t used = 0;
    for (size_t i = 0; i < matrix_.reference.size(); ++i) {
      if (OfAny(matrix_.reference_by_passage[i]) != ClaimVerdict::kEntailed) continue;
      ++there;
      used += !declined_ && IsEntailed(matrix_.reference_by_answer[i]) ? 1 : 0;
    }
    scores_.context_sufficiency = Share(there, matrix_.reference.size());
    if (there > 0) scores_.context_utilisation = Share(used, there);
  }

  void ScoreCitations() {
    uint64_t carried = 0;
    uint64_t precise = 0;
    uint64_t citations = 0;
    for (size_t i = 0; i < matrix_.answer.size(); ++i) {
      const size_t count = matrix_.answer[i].citations.size();
      const CitationJudgement& judgement = matrix_.citations[i];
      citations += count;
      if (count == 0 || !IsEntailed(judgement.together)) continue;
      ++carried;
      for (size_t c = 0; c < count; ++c) {
        const bool is_needed = count == 1 || IsDeniedSupport(judgement.without[c]);
        precise += IsEntailed(judgement.alone[c]) || is_needed ? 1 : 0;
      }
    }
    scores_.citation_recall = Share(carried, matrix_.answer.size());
    scores_.citation_precision = Share(precise, citations);
  }

  const ClaimMatrix& matrix_;
  const bool declined_;
  AnswerScores scores_;
};

}  // namespace

AnswerScores ScoreAnswer(const ClaimMatrix& matrix, bool declined) {
  return Scorer(matrix, declined).Run();
}

}  // namespace quarry::eval
