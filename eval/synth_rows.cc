#include "eval/synth_rows.h"

#include <algorithm>
#include <iterator>

#include "base/ascii.h"
#include "base/text.h"
#include "eval/answer_checks.h"

namespace quarry::eval {
namespace {

constexpr size_t kMaxCell = 60;  // bytes

// Headers of a column that only says that there are values: what they are of is the cell before.
bool IsValueHeader(const std::string& header) {
  constexpr std::string_view kHeaders[] = {
      "value",  "values",  "content", "contents",    "data",          "description",
      "detail", "details", "figure",  "information", "specification", "specifications",
      "值",     "数值",    "取值",    "参数值",      "内容",          "说明",
      "描述",   "数据",    "规格"};
  return std::ranges::find(kHeaders, std::string_view(Fold(header))) != std::end(kHeaders);
}

// Whether a header is a question or a part of one, and no name of what its cells say: "What it does",
// "需要重启吗".
bool IsClause(const std::string& header) {
  constexpr std::string_view kOpeners[] = {"are",  "can",  "do",    "does",  "how", "is", "must",
                                           "what", "when", "where", "which", "who", "why"};
  constexpr std::string_view kChineseWords[] = {"什么", "怎么", "如何", "为何", "是否", "吗"};
  const std::string folded = Fold(header);
  const std::string_view first = std::string_view(folded).substr(0, folded.find(' '));
  return folded.find('?') != std::string::npos ||
         std::ranges::find(kOpeners, first) != std::end(kOpeners) ||
         std::ranges::any_of(kChineseWords, [&](std::string_view word) {
           return folded.find(word) != std::string::npos;
         });
}

// A value that stands in every other cell, too: an answer that says it need not say it of what was asked.
bool IsYesOrNo(const std::string& value) {
  constexpr std::string_view kWords[] = {"yes", "no", "true", "false", "none", "n/a", "-",
                                         "–",   "—",  "是",   "否",    "有",   "无",  "没有"};
  return std::ranges::find(kWords, std::string_view(Fold(Trim(value)))) != std::end(kWords);
}

// Whether a question can name it: no list, no comparison and no part of a sentence ("below 99.9 %", "408, 425",
// "30天以内").
bool IsName(std::string_view text) {
  constexpr uint32_t kLongest = 14;  // words or CJK characters
  constexpr std::string_view kMarks[] = {", ", "，", "、", "; ", "；", "?", "？",
                                         "。", "<",  ">",  "≤",  "≥",  "%", ". "};
  constexpr std::string_view kOpeners[] = {
      "above", "after", "and",  "at",   "before", "below", "between", "by",     "each",
      "every", "for",   "from", "if",   "in",     "less",  "more",    "no",     "not",
      "of",    "on",    "only", "or",   "over",   "per",   "than",    "then",   "to",
      "under", "until", "up",   "when", "while",  "with",  "within",  "without"};
  constexpr std::string_view kChineseOpeners[] = {"低于", "高于", "超过", "不足", "不超过", "大于",
                                                  "小于", "少于", "多于", "未满", "每满"};
  // Behind a figure: "总监及以上" is a rank.
  constexpr std::string_view kChineseEnds[] = {"以上", "以下", "以内", "以外", "之内", "之间"};
  const std::string folded = Fold(Trim(text));
  const std::string_view name = folded;
  // Folded, wide marks are narrow ones, and no space stands behind them.
  const auto holds = [&](std::string_view mark) {
    return name.find(mark) != std::string_view::npos || text.find(mark) != std::string_view::npos;
  };
  const auto begins = [&](std::string_view word) { return name.starts_with(word); };
  const auto ends = [&](std::string_view word) { return name.ends_with(word); };
  const bool has_digit = std::ranges::any_of(name, IsAsciiDigit);
  const std::string_view first = name.substr(0, name.find(' '));
  return !name.empty() && CountWords(name) <= kLongest && !std::ranges::any_of(kMarks, holds) &&
         std::ranges::find(kOpeners, first) == std::end(kOpeners) &&
         !std::ranges::any_of(kChineseOpeners, begins) &&
         (!has_digit || !std::ranges::any_of(kChineseEnds, ends)) && !name.ends_with('.') &&
         !name.ends_with(':');
}

// A number is one by its column alone: "what is the Meaning of 429?".
bool CanBeAskedFor(const TableRow& row) {
  const bool is_number =
      std::ranges::none_of(row.name, [](char c) { return IsAsciiLetter(c) || (c & 0x80) != 0; });
  return IsName(row.name) && !IsYesOrNo(row.value) &&
         (row.column.empty() ? !is_number : !IsClause(row.column));
}

}  // namespace

std::optional<RowCells> ParseCells(std::string_view line) {
  RowCells cells;
  for (size_t begin = 0; begin < line.size();) {
    size_t end = line.find("; ", begin);
    if (end == std::string_view::npos) end = line.size();
    const size_t colon = line.find(": ", begin);
    if (colon == std::string_view::npos || colon > end) return std::nullopt;
    cells.emplace_back(Trim(line.substr(begin, colon - begin)),
                       Trim(line.substr(colon + 2, end - colon - 2)));
    begin = std::min(line.size(), end + 2);
  }
  return cells;
}

std::optional<TableRow> ParseRow(const RowCells& cells, std::string_view line) {
  if (cells.size() < 2) return std::nullopt;
  for (const auto& [header, value] : cells) {
    if (header.empty() || value.empty() || header.size() > kMaxCell) return std::nullopt;
  }
  if (cells[0].second.size() > kMaxCell || cells[1].second.size() > kMaxCell) return std::nullopt;
  TableRow row{.line = std::string(line), .name = cells[0].second};
  const bool says_nothing = IsValueHeader(cells[1].first) || IsClause(cells[1].first);
  if (cells.size() > 2 || !says_nothing) row.column = cells[1].first;
  row.value = cells[1].second;
  if (!CanBeAskedFor(row)) return std::nullopt;
  return row;
}

}  // namespace quarry::eval
