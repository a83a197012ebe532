#include "eval/local_judge.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <vector>

#include "eval/claims.h"
#include "generation/support.h"

namespace quarry::eval {
namespace {

using generation::Quantity;
using generation::SupportResult;
using generation::SupportText;

constexpr double kSameWords = 0.6;  // of a claim in the best piece: both speak of one thing
constexpr double kDenied = 0.8;     // a denial must be nearer
constexpr uint64_t kVersion = 1;    // of what follows

// Whether the piece counts in the claim's unit, and something else.
bool HasOtherNumber(std::string_view claim, std::string_view piece) {
  const std::vector<Quantity> there = generation::QuantitiesOf(piece);
  for (const Quantity& wanted : generation::QuantitiesOf(claim)) {
    const bool is_there = std::ranges::any_of(
        there, [&](const Quantity& one) { return one.number == wanted.number; });
    const bool has_unit =
        std::ranges::any_of(there, [&](const Quantity& one) { return one.unit == wanted.unit; });
    if (!is_there && has_unit) return true;
  }
  return false;
}

// A text with what is needed to judge claims by it.
struct Evidence {
  Evidence(std::string_view evidence, std::string_view header, const Analyzer& analyzer)
      : text(evidence), support(evidence, {}, header, analyzer) {}

  std::string text;
  SupportText support;
};

Judgement JudgeBy(std::string_view claim, const Evidence& evidence, double threshold,
                  const Analyzer& analyzer) {
  const SupportResult result = generation::CheckSupport(claim, {&evidence.support}, analyzer);
  const generation::SupportFeatures& features = result.features;
  const ByteRange quote = result.quotes[0];
  const std::string_view piece =
      std::string_view(evidence.text).substr(quote.begin, quote.end - quote.begin);
  const bool denied = features.negation > 0 && features.near >= kDenied;
  const bool miscounted =
      features.near >= kSameWords && (features.unit_conflict > 0 || HasOtherNumber(claim, piece));
  Judgement judgement{.score = result.score, .reason = result.reason};
  if (denied || miscounted) {
    judgement.verdict = ClaimVerdict::kContradicted;
  } else if (result.score >= threshold && features.numbers_missing == 0 &&
             features.unit_conflict == 0) {
    judgement.verdict = ClaimVerdict::kEntailed;
  } else {
    judgement.verdict = ClaimVerdict::kNeutral;
  }
  return judgement;
}

}  // namespace

LocalJudge::LocalJudge(const Analyzer& analyzer, LocalJudgeOptions options)
    : analyzer_(analyzer),
      options_(options),
      fingerprint_("local-" + std::to_string(kVersion) + "-" +
                   std::to_string(std::lround(1000 * options.threshold))) {}

Judgement LocalJudge::JudgeClaim(std::string_view claim, std::string_view text,
                                 std::string_view header) const {
  return JudgeBy(claim, Evidence(text, header, analyzer_), options_.threshold, analyzer_);
}

Result<std::vector<Judgement>> LocalJudge::JudgeClaims(const generation::VerdictQuestion& question,
                                                       const CallContext& context) const {
  QUARRY_RETURN_IF_ERROR(context.Check());
  const Evidence evidence(question.text, "", analyzer_);
  std::vector<Judgement> judgements;
  for (const std::string& claim : question.claims) {
    judgements.push_back(JudgeBy(claim, evidence, options_.threshold, analyzer_));
  }
  return judgements;
}

Result<ClaimMatrix> LocalJudge::JudgeAnswer(const JudgedCase& judged,
                                            const CallContext& context) const {
  ClaimMatrix matrix = EmptyMatrix(judged, fingerprint_);
  const auto judge = [&](const Claim& claim, const Evidence& evidence) {
    return JudgeBy(claim.text, evidence, options_.threshold, analyzer_);
  };
  for (size_t p = 0; p < judged.passages.size(); ++p) {
    QUARRY_RETURN_IF_ERROR(context.Check());
    const Evidence passage(judged.passages[p].text, judged.passages[p].heading, analyzer_);
    for (size_t i = 0; i < matrix.answer.size(); ++i) {
      matrix.answer_by_passage[i][p] = judge(matrix.answer[i], passage);
    }
    for (size_t i = 0; i < matrix.reference.size(); ++i) {
      matrix.reference_by_passage[i][p] = judge(matrix.reference[i], passage);
    }
  }
  // What stands in the question need not be said again by an answer.
  const Evidence answer(judged.answer, judged.question, analyzer_);
  for (size_t i = 0; i < matrix.reference.size(); ++i) {
    matrix.reference_by_answer[i] = judge(matrix.reference[i], answer);
  }
  const Evidence expected(ExpectedText(judged), judged.question, analyzer_);
  for (size_t i = 0; i < matrix.answer.size(); ++i) {
    matrix.answer_by_reference[i] = judge(matrix.answer[i], expected);
  }
  for (size_t i = 0; i < matrix.answer.size(); ++i) {
    const Claim& claim = matrix.answer[i];
    const std::vector<uint32_t>& cited = claim.citations;
    CitationJudgement& citation = matrix.citations[i];
    if (cited.empty()) continue;
    for (size_t c = 0; c < cited.size(); ++c) {
      citation.alone[c] = matrix.answer_by_passage[i][cited[c] - 1];
    }
    citation.together = citation.alone[0];
    if (cited.size() == 1) continue;
    citation.together = JudgeClaim(claim.text, PassagesText(judged, cited));
    for (size_t c = 0; c < cited.size(); ++c) {
      std::vector<uint32_t> others = cited;
      others.erase(others.begin() + static_cast<ptrdiff_t>(c));
      citation.without[c] = JudgeClaim(claim.text, PassagesText(judged, others));
    }
  }
  return matrix;
}

Result<PairJudgement> LocalJudge::Compare(const JudgedCase& first, const JudgedCase& second,
                                          const CallContext& context) const {
  const auto share_of = [&](const JudgedCase& judged) -> Result<double> {
    QUARRY_RETURN_IF_ERROR(context.Check());
    const Evidence answer(judged.answer, judged.question, analyzer_);
    double said = 0;
    double all = 0;
    for (const Claim& claim : ReferenceClaims(judged)) {
      const Judgement judgement = JudgeBy(claim.text, answer, options_.threshold, analyzer_);
      said += judgement.verdict == ClaimVerdict::kEntailed ? 1 : 0;
      all += 1;
    }
    return all > 0 ? said / all : 0;
  };
  QUARRY_ASSIGN_OR_RETURN(const double first_share, share_of(first));
  QUARRY_ASSIGN_OR_RETURN(const double second_share, share_of(second));
  PairJudgement judgement;
  judgement.preference = first_share > second_share   ? Preference::kFirst
                         : first_share < second_share ? Preference::kSecond
                                                      : Preference::kTie;
  judgement.in_order = judgement.swapped = judgement.preference;
  judgement.reason = "shares of what was expected: " + std::to_string(first_share) + ", " +
                     std::to_string(second_share);
  return judgement;
}

}  // namespace quarry::eval
