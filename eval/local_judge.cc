#include "eval/local_judge.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <unordered_set>
#include <vector>

#include "base/ascii.h"
#include "base/text.h"
#include "base/word_lists.h"
#include "eval/answer_checks.h"
#include "eval/claims.h"
#include "generation/support.h"
#include "model/answer_kind.h"

namespace quarry::eval {
namespace {

using generation::Quantity;
using generation::SupportResult;
using generation::SupportText;

constexpr double kSameWords = 0.6;  // of a claim in the best piece: both speak of one thing
constexpr double kDenied = 0.7;     // a denial must be nearer
constexpr double kRelated = 0.5;    // below, that one denies and the other does not tells nothing
constexpr size_t kQuoted = 6;       // bytes of a claim that is a quote
constexpr uint64_t kLocalJudgeVersion = 4;  // of what follows and of the scorer

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

// Whether the sentence of `piece` that shares most words with the claim denies and the claim does not,
// or the other way.
bool Denies(std::string_view claim, std::string_view piece, const Analyzer& analyzer) {
  std::unordered_set<std::string> words;
  for (const Token& token : analyzer.Tokenize(claim)) words.insert(token.term);
  std::string_view nearest = piece;
  size_t most = 0;
  for (const ByteRange& range : SplitSentences(piece)) {
    const std::string_view sentence = piece.substr(range.begin, range.end - range.begin);
    size_t common = 0;
    for (const Token& token : analyzer.Tokenize(sentence)) common += words.contains(token.term);
    if (common <= most) continue;
    most = common;
    nearest = sentence;
  }
  return model::DenyEachOther(claim, nearest);
}

std::string_view WithoutEndMark(std::string_view text) {
  constexpr std::string_view kMarks[] = {".", "。", "；", ";", "!", "！", "?", "？"};
  RemoveAnySuffix(text, kMarks);
  return text;
}

// Whether `cell` is a whole cell of the line of a table, or a whole value of "name: value; name: value".
bool IsCellOf(std::string_view cell, std::string_view line) {
  constexpr std::string_view kBefore[] = {"|",  ":", "：", ";", "；", ",", "，",
                                          "\t", "*", "`",  "_", "[",  "\""};
  constexpr std::string_view kBehind[] = {"|", ";", "；", ",",  "，", "\t", "*",
                                          "`", "_", "]",  "\"", ".",  "。"};
  if (cell.empty()) return true;
  for (size_t at = line.find(cell); at != std::string_view::npos; at = line.find(cell, at + 1)) {
    size_t begin = at;
    size_t end = at + cell.size();
    if (!HasWordBorders(line, begin, end)) continue;
    while (begin > 0 && line[begin - 1] == ' ') --begin;
    while (end < line.size() && line[end] == ' ') ++end;
    const std::string_view before = line.substr(0, begin);
    const std::string_view behind = line.substr(end);
    const bool opens = before.empty() || EndsWithAny(before, kBefore);
    const bool closes = behind.empty() || StartsWithAny(behind, kBehind);
    if (opens && closes) return true;
  }
  return false;
}

// Whether all cells of a row as answers write it ("Code: A1; Meaning: pipe empty") stand in one line.
bool IsRowOf(std::string_view row, std::string_view text) {
  std::vector<std::string_view> cells;
  for (std::string_view rest = WithoutEndMark(Trim(row)); !rest.empty();) {
    const size_t end = std::min(rest.find("; "), rest.size());
    const std::string_view cell = rest.substr(0, end);
    const size_t colon = cell.find(": ");
    if (colon == std::string_view::npos) return false;
    cells.push_back(Trim(cell.substr(colon + 2)));
    rest.remove_prefix(std::min(rest.size(), end + 2));
  }
  for (size_t begin = 0; begin < text.size() && cells.size() > 1;) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    const std::string_view line = text.substr(begin, end - begin);
    const bool all =
        std::ranges::all_of(cells, [&](std::string_view cell) { return IsCellOf(cell, line); });
    if (all) return true;
    begin = end + 1;
  }
  return false;
}

constexpr std::string_view kChineseNumerals[] = {"零", "一", "二", "两", "三", "四", "五", "六",
                                                 "七", "八", "九", "十", "百", "千", "万", "亿"};

// Whether a quantity goes on behind text[begin, end): "5 m" of "5 mm", "5万" of "5万亿元", "8" of "80
// kg" and "2" of "2 million" are other quantities.
bool CutsQuantity(std::string_view text, size_t begin, size_t end) {
  constexpr size_t kLongestUnit = 24;  // with the space before it
  const std::string_view quote = text.substr(begin, end - begin);
  const std::string_view behind = text.substr(end);
  if (quote.empty() || behind.empty()) return false;
  const bool ends_in_number = IsAsciiDigit(quote.back()) || EndsWithAny(quote, kChineseNumerals);
  if (ends_in_number && StartsWithAny(behind, kChineseNumerals)) return true;
  const std::vector<Quantity> said = generation::QuantitiesOf(quote);
  const std::vector<Quantity> there =
      generation::QuantitiesOf(TruncateUtf8(text.substr(begin), quote.size() + kLongestUnit));
  if (said.empty() || there.size() < said.size()) return false;
  const Quantity& last = said.back();
  const Quantity& whole = there[said.size() - 1];
  if (last.number != whole.number || last.unit != whole.unit) return true;
  // "5 m" of "5 m/s", "22千瓦" of "22千瓦时".
  if (!last.unit.empty()) {
    for (const std::string_view join : {"/", "·", "²", "³", "^", "每"}) {
      if (behind.starts_with(join)) return true;
    }
  }
  return quote.ends_with("瓦") && behind.starts_with("时");
}

enum class QuoteMatch : uint8_t {
  kNone,
  kCut,  // it stands there, and its last quantity is a part of another
  kWhole,
};

// Whether the claim stands in the text as it is, from the beginning of a sentence, a line or a cell on,
// to the end of a word. Of a row of a table that an answer named ("VX-220 > Motor — Power: 22 kW") the
// row alone.
QuoteMatch MatchQuote(std::string_view claim, std::string_view text) {
  constexpr std::string_view kDash = " — ";
  const size_t dash = claim.rfind(kDash);
  if (dash != std::string_view::npos) {
    const std::string_view row = claim.substr(dash + kDash.size());
    if (MatchQuote(row, text) == QuoteMatch::kWhole || IsRowOf(row, text)) {
      return QuoteMatch::kWhole;
    }
  }
  const std::string_view quote = WithoutEndMark(Trim(claim));
  if (quote.size() < kQuoted) return QuoteMatch::kNone;
  QuoteMatch match = QuoteMatch::kNone;
  for (size_t at = text.find(quote); at != std::string_view::npos; at = text.find(quote, at + 1)) {
    const std::string_view before = Trim(text.substr(0, at));
    const bool begins = before.empty() || text[at - 1] == '\n' ||
                        WithoutEndMark(before) != before || before.ends_with('|') ||
                        before.ends_with(':');
    if (!begins) continue;
    if (CutsQuantity(text, at, at + quote.size())) {
      match = QuoteMatch::kCut;
    } else if (HasWordBorders(text, at, at + quote.size())) {
      return QuoteMatch::kWhole;
    }
  }
  return match;
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
  const QuoteMatch match = MatchQuote(claim, evidence.text);
  if (match == QuoteMatch::kWhole) {
    return {.verdict = ClaimVerdict::kEntailed, .score = result.score, .reason = "quoted"};
  }
  const bool denies = features.near >= kRelated && Denies(claim, piece, analyzer);
  const bool denied = denies && features.near >= kDenied;
  const bool miscounted =
      features.near >= kSameWords && (features.unit_conflict > 0 || HasOtherNumber(claim, piece));
  Judgement judgement{.score = result.score, .reason = result.reason};
  if (denied || miscounted) {
    judgement.verdict = ClaimVerdict::kContradicted;
  } else if (result.score >= threshold && !denies && features.numbers_missing == 0 &&
             features.unit_conflict == 0 && match != QuoteMatch::kCut) {
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
      fingerprint_("local-" + std::to_string(kLocalJudgeVersion) + "-" +
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
    if (judged.declined) return 0.0;  // else the question's own words would count for it
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
