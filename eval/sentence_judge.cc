#include "eval/sentence_judge.h"

#include <algorithm>

#include "base/text.h"
#include "eval/answer_metrics.h"
#include "generation/support.h"

namespace quarry::eval {
namespace {

using generation::SupportResult;
using generation::SupportText;

constexpr double kSameWords = 0.8;  // of a claim in its best pieces: both speak of one thing

Judgement JudgementOf(const SupportResult& result) {
  Judgement judgement{.score = result.score, .reason = result.reason};
  const bool same = result.features.near >= kSameWords;
  const bool differs = result.features.negation > 0 || result.features.unit_conflict > 0;
  judgement.verdict = result.supported  ? ClaimVerdict::kEntailed
                      : same && differs ? ClaimVerdict::kContradicted
                                        : ClaimVerdict::kNeutral;
  return judgement;
}

// What a text says, ready to be asked.
class Evidence {
 public:
  Evidence(std::string_view text, std::string_view header, const Analyzer& analyzer)
      : analyzer_(analyzer), text_(text, {}, header, analyzer) {}
  Judgement Judge(std::string_view claim) const {
    return JudgementOf(generation::CheckSupport(claim, {&text_}, analyzer_));
  }
  const SupportText& text() const { return text_; }

 private:
  const Analyzer& analyzer_;
  SupportText text_;
};

std::vector<Claim> AnswerClaims(const JudgedCase& judged) {
  std::vector<Claim> claims;
  for (const JudgedSentence& sentence : judged.sentences) {
    if (sentence.span.end > judged.answer.size() || sentence.span.begin >= sentence.span.end) {
      continue;
    }
    const size_t length = sentence.span.end - sentence.span.begin;
    claims.push_back({.id = "a" + std::to_string(claims.size() + 1),
                      .text = judged.answer.substr(sentence.span.begin, length),
                      .span = sentence.span,
                      .citations = sentence.citations});
  }
  return claims;
}

std::vector<Claim> ReferenceClaims(const JudgedCase& judged) {
  std::vector<Claim> claims;
  for (const ExpectedFact& fact : judged.expected_facts) {
    claims.push_back({.id = fact.id, .text = fact.text, .must = fact.must});
  }
  if (!claims.empty()) return claims;
  for (const ByteRange& range : SplitSentences(judged.reference)) {
    claims.push_back({.id = "r" + std::to_string(claims.size() + 1),
                      .text = judged.reference.substr(range.begin, range.end - range.begin)});
  }
  return claims;
}

std::string ExpectedText(const JudgedCase& judged) {
  std::string text = judged.reference;
  for (const ExpectedFact& fact : judged.expected_facts) text += "\n\n" + fact.text;
  for (const std::string& accepted : judged.accepted) text += "\n\n" + accepted;
  return text;
}

}  // namespace

SentenceJudge::SentenceJudge(const Analyzer& analyzer)
    : analyzer_(analyzer), fingerprint_("sentence/1/" + analyzer.Fingerprint()) {}

Result<ClaimMatrix> SentenceJudge::JudgeAnswer(const JudgedCase& judged,
                                               const CallContext& context) const {
  ClaimMatrix matrix;
  matrix.judge = fingerprint_;
  matrix.answer = AnswerClaims(judged);
  matrix.reference = ReferenceClaims(judged);
  std::vector<Evidence> passages;
  for (const JudgedPassage& passage : judged.passages) {
    QUARRY_RETURN_IF_ERROR(context.Check());
    passages.emplace_back(passage.text, passage.heading, analyzer_);
  }
  // An answer and what was expected of it are about the question.
  const Evidence expected(ExpectedText(judged), judged.question, analyzer_);
  const Evidence answer(judged.answer, judged.question, analyzer_);
  const auto by_passages = [&](const Claim& claim) {
    std::vector<Judgement> row;
    for (const Evidence& passage : passages) row.push_back(passage.Judge(claim.text));
    return row;
  };
  for (Claim& claim : matrix.answer) {
    QUARRY_RETURN_IF_ERROR(context.Check());
    std::erase_if(claim.citations,
                  [&](uint32_t number) { return number < 1 || number > passages.size(); });
    matrix.answer_by_passage.push_back(by_passages(claim));
    matrix.answer_by_reference.push_back(expected.Judge(claim.text));
    CitationJudgement& citation = matrix.citations.emplace_back();
    const auto together = [&](uint32_t left_out) {
      std::vector<const SupportText*> texts;
      for (const uint32_t number : claim.citations) {
        if (number != left_out) texts.push_back(&passages[number - 1].text());
      }
      return JudgementOf(generation::CheckSupport(claim.text, texts, analyzer_));
    };
    if (claim.citations.empty()) continue;
    citation.together = together(0);
    for (const uint32_t number : claim.citations) {
      citation.alone.push_back(matrix.answer_by_passage.back()[number - 1]);
      if (claim.citations.size() > 1) citation.without.push_back(together(number));
    }
  }
  for (const Claim& claim : matrix.reference) {
    QUARRY_RETURN_IF_ERROR(context.Check());
    matrix.reference_by_passage.push_back(by_passages(claim));
    matrix.reference_by_answer.push_back(answer.Judge(claim.text));
  }
  return matrix;
}

Result<PairJudgement> SentenceJudge::Compare(const JudgedCase& first, const JudgedCase& second,
                                             const CallContext& context) const {
  QUARRY_ASSIGN_OR_RETURN(const ClaimMatrix one, JudgeAnswer(first, context));
  QUARRY_ASSIGN_OR_RETURN(const ClaimMatrix other, JudgeAnswer(second, context));
  const double one_score = ScoreAnswer(one, first.answer.empty()).f1.value_or(0);
  const double other_score = ScoreAnswer(other, second.answer.empty()).f1.value_or(0);
  PairJudgement judgement;
  judgement.preference = one_score > other_score   ? Preference::kFirst
                         : one_score < other_score ? Preference::kSecond
                                                   : Preference::kTie;
  // It reads no order.
  judgement.in_order = judgement.swapped = judgement.preference;
  return judgement;
}

}  // namespace quarry::eval
