#include "generation/condition_reader.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/ascii.h"
#include "base/word_lists.h"
#include "model/answer_kind.h"

namespace quarry::generation {
namespace {

constexpr size_t kShortAnswer = 24;  // bytes of a cell that denies

constexpr std::string_view kYes[] = {"yes",  "y",  "true", "required", "needed", "✓",    "✔",
                                     "√",    "是", "有",   "需",       "需要",   "要",   "可",
                                     "可以", "能", "支持", "必须",     "必需",   "適用", "适用"};
constexpr std::string_view kNo[] = {"n", "n/a", "false", "-",  "–",  "—",
                                    "×", "✗",   "✘",     "否", "免", "/"};

// Words that say nothing of what a condition is of. The stop words are none anyway.
constexpr std::string_view kConditionWords =
    "which what need needs needed require requires required must have has having do does not no "
    "neither nor without but yet either both only nothing none never any cannot can't don't "
    "doesn't isn't aren't needn't hasn't haven't between whose we you";
constexpr std::string_view kConditionCharacters =
    "哪些个個几幾一种種类類台家款条座位需要须必应應该得用做进行有无無没沒不未非免且而但又也既并都还"
    "是的和与或及以"
    "会能可在中里被同时時只什么麼";
// What denies the column before it says this of it, "calibration is not required", in the same clause.
constexpr std::string_view kNeeded[] = {"required", "needed", "需", "要", "做", "有"};
constexpr std::string_view kClauseJoints[] = {"but", "and", "yet", "但", "而", "且", "又", "也"};
constexpr std::string_view kColumnBefore[] = {"是否需要", "是否", "需要", "有无",
                                              "能否",     "可否", "需"};
constexpr std::string_view kColumnBehind[] = {"要求", "情况", "与否", "否"};
// What stands behind them is said as what stands before.
constexpr std::string_view kConditionJoints[] = {"and", "or", "and/or", ",",  "和", "或",
                                                 "与",  "及", "以及",   "、", "，", "或者"};
constexpr std::string_view kAlternatives[] = {"or ", "and/or ", "或"};

template <size_t n>
bool IsListed(std::string_view text, const std::string_view (&list)[n]) {
  return std::ranges::find(list, text) != std::end(list);
}

// What stands between two columns, without the comma before "and" and "or".
std::string JointOf(std::string_view between) {
  std::string_view joint = Trim(between);
  for (const std::string_view comma : {",", "，"}) {
    if (joint.starts_with(comma) && joint.size() > comma.size())
      joint = Trim(joint.substr(comma.size()));
  }
  return AsciiLower(joint);
}

bool BeginsAlternative(std::string_view text) {
  return StartsWithAny(JointOf(text) + ' ', kAlternatives);
}

}  // namespace

bool SaysNo(std::string_view cell) {
  const std::string folded = Fold(Trim(cell));
  return IsListed(folded, kNo) || (folded.size() <= kShortAnswer && model::IsNegated(folded));
}

bool SaysYes(std::string_view cell) { return IsListed(Fold(Trim(cell)), kYes); }

std::string_view RowSubject(const ContextPiece& row) {
  const std::vector<RowCell> cells = CellsOfRow(row.text);
  return cells.empty() ? std::string_view() : cells[0].name;
}

ConditionReader::ConditionReader(std::string_view question, const Analyzer& analyzer)
    : question_(question),
      analyzer_(analyzer),
      tokens_(analyzer.Tokenize(question)),
      joining_(WordsIn(kConditionWords, analyzer)) {}

std::vector<NamedColumn> ConditionReader::Read(const ContextPiece& row) {
  std::vector<NamedColumn> columns;
  subject_ = RowSubject(row);
  for (const RowCell& cell : CellsOfRow(row.text)) {
    if (const std::optional<ByteRange> range = PlaceOf(cell.name))
      columns.push_back({.name = cell.name, .range = *range});
  }
  std::ranges::stable_sort(columns, [](const NamedColumn& a, const NamedColumn& b) {
    return a.range.begin != b.range.begin ? a.range.begin < b.range.begin
                                          : a.range.end > b.range.end;
  });
  size_t end = 0;
  std::erase_if(columns, [&](const NamedColumn& column) {
    const bool is_inside = column.range.begin < end;
    end = std::max(end, column.range.end);
    return is_inside;
  });
  ReadSigns(columns);
  return columns;
}

bool ConditionReader::Denies(const WordSet& words) const {
  return std::ranges::any_of(denied_elsewhere_, [&](std::string_view part) {
    return std::ranges::any_of(analyzer_.Tokenize(part), [&](const Token& token) {
      return words.contains(token.term) &&
             !OtherWords(part.substr(token.begin, token.end - token.begin)).empty();
    });
  });
}

bool ConditionReader::HasOtherWords(std::string_view text, const WordSet& known,
                                    std::string_view known_text) const {
  for (const Token& token : analyzer_.Tokenize(text)) {
    if (!IsAscii(token.term[0])) continue;
    if (!joining_.contains(token.term) && !known.contains(token.term)) return true;
  }
  for (size_t at = 0; at < text.size();) {
    const size_t begin = at;
    if (!IsCjk(NextCodePoint(text, at))) continue;
    const std::string_view one = text.substr(begin, at - begin);
    if (kConditionCharacters.find(one) == std::string_view::npos &&
        known_text.find(one) == std::string_view::npos) {
      return true;
    }
  }
  return false;
}

bool ConditionReader::HasUnknownPairs(std::string_view text, const WordSet& known) const {
  std::vector<bool> is_known(text.size());
  for (const Token& token : analyzer_.Tokenize(text)) {
    if (IsAscii(token.term[0]) || !known.contains(token.term)) continue;
    for (size_t at = token.begin; at < token.end; ++at) is_known[at] = true;
  }
  for (size_t at = 0; at < text.size();) {
    const size_t begin = at;
    if (!IsCjk(NextCodePoint(text, at)) || is_known[begin]) continue;
    if (kConditionCharacters.find(text.substr(begin, at - begin)) == std::string_view::npos)
      return true;
  }
  return false;
}

std::optional<ByteRange> ConditionReader::PlaceOf(std::string_view name) const {
  const std::string folded = Fold(name);
  std::string_view rest = folded;
  for (const std::string_view before : kColumnBefore) {
    if (!rest.starts_with(before) || rest.size() == before.size()) continue;
    rest.remove_prefix(before.size());
    break;
  }
  for (const std::string_view behind : kColumnBehind) {
    if (!rest.ends_with(behind) || rest.size() == behind.size()) continue;
    rest.remove_suffix(behind.size());
    break;
  }
  std::vector<std::string> key;
  for (Token& token : analyzer_.Tokenize(rest)) {
    if (!joining_.contains(token.term)) key.push_back(std::move(token.term));
  }
  if (key.empty()) return std::nullopt;
  const auto found = std::ranges::search(tokens_, key, {}, &Token::term);
  if (found.empty()) return std::nullopt;
  return ByteRange{found.front().begin, found.back().end};
}

std::vector<ByteRange> ConditionReader::OtherWords(std::string_view text) const {
  std::vector<ByteRange> words;
  for (const Token& token : analyzer_.Tokenize(text)) {
    if (IsAscii(token.term[0]) && !joining_.contains(token.term))
      words.push_back({token.begin, token.end});
  }
  for (size_t at = 0; at < text.size();) {
    const size_t begin = at;
    if (IsCjk(NextCodePoint(text, at)) &&
        kConditionCharacters.find(text.substr(begin, at - begin)) == std::string_view::npos) {
      words.push_back({begin, at});
    }
  }
  std::ranges::sort(words, {}, &ByteRange::begin);
  return words;
}

void ConditionReader::ReadSigns(std::vector<NamedColumn>& columns) {
  denied_elsewhere_.clear();
  has_alternative_ = false;
  size_t end = 0;
  for (size_t i = 0; i < columns.size(); ++i) {
    NamedColumn& column = columns[i];
    const std::string_view between = question_.substr(end, column.range.begin - end);
    end = column.range.end;
    const std::vector<ByteRange> others = OtherWords(between);
    const size_t tail = others.empty() ? 0 : others.back().end;
    const bool is_joined = i > 0 && IsListed(JointOf(between), kConditionJoints);
    const bool is_behind_condition = i > 0 && columns[i - 1].name != subject_;
    if (is_behind_condition && !(is_joined && columns[i - 1].is_denied)) {
      has_alternative_ =
          has_alternative_ || BeginsAlternative(between) || BeginsAlternative(between.substr(tail));
    }
    if (is_joined) {
      column.is_denied = columns[i - 1].is_denied;
      continue;
    }
    column.is_denied = model::IsNegated(between.substr(tail));
    // 校准不需要的设备: what describes the rows.
    if (column.is_denied && is_behind_condition && column.name == subject_ &&
        Trim(between).ends_with("的")) {
      columns[i - 1].is_denied = true;
    }
    if (model::IsNegated(between.substr(0, tail)))
      denied_elsewhere_.push_back(between.substr(0, tail));
  }
  if (columns.empty()) return;
  has_alternative_ = has_alternative_ || BeginsAlternative(question_.substr(end));
  ReadBehind(question_.substr(end), columns.back());
}

void ConditionReader::ReadBehind(std::string_view behind, NamedColumn& last) {
  if (!model::IsNegated(behind)) return;
  const std::vector<ByteRange> others = OtherWords(behind);
  const std::string_view head = others.empty() ? behind : behind.substr(0, others.front().begin);
  const bool is_of_last = others.empty() || (model::IsNegated(head) && ContainsAny(head, kNeeded) &&
                                             !ContainsAny(head, kClauseJoints));
  if (is_of_last) last.is_denied = true;
  const std::string_view rest = is_of_last ? behind.substr(head.size()) : behind;
  if (model::IsNegated(rest)) denied_elsewhere_.push_back(rest);
}

}  // namespace quarry::generation
