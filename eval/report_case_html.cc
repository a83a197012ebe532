#include "eval/report_case_html.h"

#include <algorithm>

#include "base/numbers.h"
#include "eval/html_parts.h"

namespace quarry::eval {
namespace {

constexpr size_t kCandidatesShown = 10;

// What was answered when the same was asked again.
std::string RepeatsHtml(const RunRecord& shown, const std::vector<const RunRecord*>& all) {
  std::string text;
  if (all.size() < 2) return text;
  text += "<details class=\"inner\"><summary>asked " + std::to_string(all.size()) +
          " times; above: time " + std::to_string(shown.repeat + 1) + "</summary>";
  for (const RunRecord* record : all) {
    if (record == &shown) continue;
    text += html::Element("div", "dim small", "time " + std::to_string(record->repeat + 1)) +
            AnswerHtml(*record);
  }
  text += "</details>";
  return text;
}

std::string ExpectedHtml(const RunRecord& record) {
  std::string inner;
  if (!record.asked.answerable) inner += html::Element("li", "", "to be declined");
  for (const ExpectedFact& fact : record.asked.expected_facts) {
    inner += html::Element(
        "li", "",
        html::Text(fact.text) + (fact.must ? "" : " <span class=\"dim\">(a plus)</span>"));
  }
  if (!record.asked.reference.empty()) {
    inner += html::Element("li", "", html::Text(record.asked.reference));
  }
  for (const ResolvedSpan& span : record.gold_spans) {
    inner += html::Element("li", "",
                           "<code>" + html::Text(span.span.document) + "</code> “" +
                               html::Text(span.span.quote) + "”" +
                               (span.present ? "" : " <b class=\"down\">not in the corpus</b>"));
  }
  return inner.empty()
             ? inner
             : html::Element("div", "dim small", "expected") + html::Element("ul", "small", inner);
}

// One row per claim of the answer.
std::string MatrixHtml(const RunRecord& record) {
  std::string text;
  if (!record.judge_error.empty()) {
    text += html::Element("div", "why", html::Text(record.judge_error));
  }
  if (!record.matrix || record.matrix->answer.empty()) return text;
  const ClaimMatrix& matrix = *record.matrix;
  text += "<details class=\"inner\"><summary>" + std::to_string(matrix.answer.size()) +
          " claims</summary><div class=\"scroll\"><table>" +
          html::Head({"claim", "passages", "reference", "what it cites"}, 9);
  for (size_t i = 0; i < matrix.answer.size(); ++i) {
    std::string passages;
    for (size_t p = 0; p < matrix.answer_by_passage[i].size(); ++p) {
      const ClaimVerdict verdict = matrix.answer_by_passage[i][p].verdict;
      if (verdict == ClaimVerdict::kNeutral) continue;
      passages += "[" + std::to_string(p + 1) + "] " + ClaimVerdictName(verdict) + " ";
    }
    text += "<tr>" + html::Cell(html::Text(matrix.answer[i].text)) +
            html::Cell(passages.empty() ? "none says it" : passages) +
            html::Cell(matrix.reference.empty()
                           ? ""
                           : ClaimVerdictName(matrix.answer_by_reference[i].verdict)) +
            html::Cell(matrix.answer[i].citations.empty()
                           ? "nothing cited"
                           : ClaimVerdictName(matrix.citations[i].together.verdict)) +
            "</tr>";
  }
  text += "</table></div></details>";
  return text;
}

std::string PassagesHtml(const RunRecord& record) {
  std::string text;
  if (record.passages.empty()) return text;
  text += "<details class=\"inner\"><summary>" + std::to_string(record.passages.size()) +
          " passages in the context</summary>";
  for (size_t i = 0; i < record.passages.size(); ++i) {
    const RunPassage& passage = record.passages[i];
    const bool is_cited = std::ranges::any_of(
        record.citations, [&](const RunCitation& citation) { return citation.passage == i + 1; });
    text += html::Element("div", is_cited ? "passage cited" : "passage",
                          "<b>[" + std::to_string(i + 1) + "] " + html::Text(passage.heading) +
                              "</b> <code>" + html::Text(passage.document) + "</code>\n" +
                              html::Text(passage.text));
  }
  text += "</details>";
  return text;
}

std::string RetrievalHtml(const RunRecord& record) {
  std::string text;
  if (record.candidates.empty()) return text;
  text += "<details class=\"inner\"><summary>retrieval: the first of " +
          std::to_string(record.candidates.size()) +
          " candidates</summary><div class=\"scroll\"><table>" +
          html::Head({"#", "document", "bytes", "score", "by words", "by meaning"}, 2);
  for (size_t i = 0; i < std::min(kCandidatesShown, record.candidates.size()); ++i) {
    const RunCandidate& one = record.candidates[i];
    const auto rank = [](uint32_t place) {
      return place == 0 ? std::string("–") : std::to_string(place);
    };
    text += "<tr>" + html::Cell(std::to_string(i + 1)) + html::Cell(html::Text(one.document)) +
            html::NumberCell(std::to_string(one.begin) + "–" + std::to_string(one.end)) +
            html::NumberCell(FormatFixed(one.score, 4)) + html::NumberCell(rank(one.lexical_rank)) +
            html::NumberCell(rank(one.dense_rank)) + "</tr>";
  }
  text += "</table></div></details>";
  return text;
}

}  // namespace

std::string ReasonsHtml(const std::string& label, const std::vector<std::string>& reasons) {
  std::string text = label.empty() ? "" : html::Text(label) + ": ";
  for (size_t i = 0; i < reasons.size(); ++i) text += (i == 0 ? "" : "; ") + html::Text(reasons[i]);
  return text.empty() ? "" : html::Element("div", "why", text);
}

std::string AnswerHtml(const RunRecord& record) {
  if (!record.error.empty()) return html::Element("div", "answer down", html::Text(record.error));
  std::string inner;
  size_t at = 0;
  for (const RunSentence& sentence : record.sentences) {
    if (sentence.supported || sentence.span.begin < at ||
        sentence.span.end > record.answer.size() || sentence.span.end < sentence.span.begin) {
      continue;
    }
    inner += html::Text(std::string_view(record.answer).substr(at, sentence.span.begin - at)) +
             "<span class=\"weak\" title=\"not carried by what it cites\">" +
             html::Text(std::string_view(record.answer)
                            .substr(sentence.span.begin, sentence.span.end - sentence.span.begin)) +
             "</span>";
    at = sentence.span.end;
  }
  inner += html::Text(std::string_view(record.answer).substr(at));
  return html::Element("div", "answer", (record.abstained ? "<em>declined</em> " : "") + inner);
}

std::string CaseHtml(const CaseScores& one, const RunRecord& record,
                     const std::vector<const RunRecord*>& all) {
  const bool is_known = one.values.contains("pass");
  std::string slices = one.reasons.empty() ? "passes" : "fails";
  for (const std::string& slice : one.slices) slices += " " + slice;
  return "<details class=\"case\" data-slices=\"" + html::Text(slices) + "\"><summary>" +
         html::Element("span",
                       !is_known             ? "dot open"
                       : one.reasons.empty() ? "dot pass"
                                             : "dot fail",
                       !is_known             ? "open"
                       : one.reasons.empty() ? "pass"
                                             : "fail") +
         html::Element("span", "dim small", html::Text(one.id)) +
         html::Element(
             "span", "",
             html::Text(record.asked.query) +
                 (one.reasons.empty()
                      ? ""
                      : html::Element("div", "dim small",
                                      (one.label.empty() ? "" : html::Text(one.label) + ": ") +
                                          html::Text(one.reasons[0])))) +
         "</summary><div class=\"body\">" + ReasonsHtml(one.label, one.reasons) +
         AnswerHtml(record) + RepeatsHtml(record, all) + ExpectedHtml(record) + MatrixHtml(record) +
         PassagesHtml(record) + RetrievalHtml(record) + "</div></details>\n";
}

}  // namespace quarry::eval
