#include "generation/table_conditions.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <set>
#include <span>
#include <string>
#include <utility>

#include "base/ascii.h"
#include "base/text.h"
#include "generation/context_pieces.h"
#include "generation/extreme_row.h"
#include "generation/table_numbers.h"
#include "model/answer_kind.h"
#include "model/number_ranges.h"

namespace quarry::generation {
namespace {

constexpr size_t kMostRowsSaid = 8;
constexpr size_t kMostRowsCounted = 20;  // all of them are quoted
constexpr size_t kShortAnswer = 24;      // bytes of a cell that denies

constexpr std::string_view kAskingWhich[] = {"哪些", "哪个", "哪個", "哪几", "哪一", "哪种", "哪类",
                                             "哪台", "哪家", "哪款", "哪条", "哪座", "哪位"};
constexpr std::string_view kEnglishWhich = "which ";
// What may stand before a comma and that; behind others it only adds to what they say: "the lathe, which ...".
constexpr std::string_view kBeforeWhich[] = {"in ", "of ",  "among ", "at ",
                                             "on ", "for ", "from ",  "with "};
// What a question goes on with that does not ask which.
constexpr std::string_view kAskingElse[] = {", what ", ", how ", ", who ", ", when ", ", where "};
// "What machines need ..." asks which; "what is needed" does not.
constexpr std::string_view kBehindWhatRows[] = {"need ", "require ",   "have ",         "must ",
                                                "are ",  "do not ",    "don't ",        "in ",
                                                "with ", "that need ", "that require ", "can "};
constexpr std::string_view kChineseWhat[] = {"什么", "什麼"};
constexpr std::string_view kBehindChineseWhatRows[] = {"需", "不", "必", "要", "有", "可", "能"};
constexpr std::string_view kNoChineseRows[] = {"下",   "时", "時", "候", "样", "樣",
                                               "地方", "原", "人", "是", "叫"};
constexpr size_t kLongestRowWord = 4;  // characters
constexpr size_t kLeastPlural = 4;     // bytes; "is", "was" are none

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

bool SaysNo(std::string_view cell) {
  const std::string folded = Fold(Trim(cell));
  return IsListed(folded, kNo) || (folded.size() <= kShortAnswer && model::IsNegated(folded));
}

bool SaysYes(std::string_view cell) { return IsListed(Fold(Trim(cell)), kYes); }

// What the first column of the row is called.
std::string_view RowSubject(const ContextPiece& row) {
  const std::vector<RowCell> cells = CellsOfRow(row.text);
  return cells.empty() ? std::string_view() : cells[0].name;
}

bool HoldsAnyForm(std::string_view text, std::span<const std::string_view> words) {
  return std::ranges::any_of(
      words, [&](std::string_view word) { return text.find(word) != std::string_view::npos; });
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
  const std::string joint = JointOf(text) + ' ';
  return std::ranges::any_of(kAlternatives,
                             [&](std::string_view one) { return joint.starts_with(one); });
}

// A column that the question names.
struct NamedColumn {
  std::string_view name;
  ByteRange range;  // in the question
  bool is_denied = false;
};

// Reads the question once.
class ConditionReader {
 public:
  ConditionReader(std::string_view question, const Analyzer& analyzer)
      : question_(question),
        analyzer_(analyzer),
        tokens_(analyzer.Tokenize(question)),
        joining_(WordsIn(kConditionWords, analyzer)) {}

  // The columns of the row that are named, in the order of the question, with their signs.
  std::vector<NamedColumn> Read(const ContextPiece& row) {
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

  // Whether a row may meet the one or the other: "lubrication or calibration". "Neither lubrication or calibration" is
  // both.
  bool has_alternative() const { return has_alternative_; }

  // Whether one of `words` is denied, in what belongs to none of the columns that Read found.
  bool Denies(const WordSet& words) const {
    return std::ranges::any_of(denied_elsewhere_, [&](std::string_view part) {
      return std::ranges::any_of(analyzer_.Tokenize(part), [&](const Token& token) {
        return words.contains(token.term) &&
               !OtherWords(part.substr(token.begin, token.end - token.begin)).empty();
      });
    });
  }

  // Whether `text` has words that `known` has not and that do not only join.
  bool HasOtherWords(std::string_view text, const WordSet& known,
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

  // Whether a Chinese character of `text` stands in no pair that `known` has and does not only join: 海南 of a table
  // with 上海 and 南京.
  bool HasUnknownPairs(std::string_view text, const WordSet& known) const {
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

 private:
  // Where the question names the column: the words of its name that say something, one behind the other.
  std::optional<ByteRange> PlaceOf(std::string_view name) const {
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

  // The words and Chinese characters of `text` that do not only join, in order.
  std::vector<ByteRange> OtherWords(std::string_view text) const {
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

  // A denial is of the column that it stands right before: "machines in the hall that need no ...".
  void ReadSigns(std::vector<NamedColumn>& columns) {
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
        has_alternative_ = has_alternative_ || BeginsAlternative(between) ||
                           BeginsAlternative(between.substr(tail));
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

  // "for which calibration is not required"; but "calibration no later than March".
  void ReadBehind(std::string_view behind, NamedColumn& last) {
    if (!model::IsNegated(behind)) return;
    const std::vector<ByteRange> others = OtherWords(behind);
    const std::string_view head = others.empty() ? behind : behind.substr(0, others.front().begin);
    const bool is_of_last =
        others.empty() || (model::IsNegated(head) && HoldsAnyForm(head, kNeeded) &&
                           !HoldsAnyForm(head, kClauseJoints));
    if (is_of_last) last.is_denied = true;
    const std::string_view rest = is_of_last ? behind.substr(head.size()) : behind;
    if (model::IsNegated(rest)) denied_elsewhere_.push_back(rest);
  }

  const std::string_view question_;
  const Analyzer& analyzer_;
  const std::vector<Token> tokens_;
  const WordSet joining_;
  std::vector<std::string_view> denied_elsewhere_;  // parts of the question
  bool has_alternative_ = false;
  std::string_view subject_;  // what the first column is called
};

// Whether the thing asked for is what stands at byte `at`: "which calibration ..."
bool IsAskedFor(std::string_view question, size_t at) {
  const std::string_view before = question.substr(0, at);
  const std::string lower = AsciiLower(before);
  if (lower == kEnglishWhich || lower == "what " || lower.ends_with(", which ")) return true;
  return std::ranges::any_of(kAskingWhich,
                             [&](std::string_view which) { return before.ends_with(which); });
}

// "In the North hall, which machines ..."
bool AsksWhichBehindComma(std::string_view lower) {
  const size_t comma = lower.find(", which ");
  if (comma == lower.npos) return false;
  const auto begins = [&](std::string_view word) { return lower.starts_with(word); };
  return std::ranges::any_of(kBeforeWhich, begins) &&
         !HoldsAnyForm(lower.substr(comma + 1), kAskingElse) &&
         lower.find(", ", comma + 1) == std::string_view::npos;  // ", which need oil, are ...?"
}

// "What machines ...", 什么设备...
bool AsksWhatRows(std::string_view lower) {
  for (const std::string_view what : kChineseWhat) {
    if (!lower.starts_with(what)) continue;
    const std::string_view rest = lower.substr(what.size());
    size_t end = rest.size();
    for (const std::string_view behind : kBehindChineseWhatRows)
      end = std::min(end, rest.find(behind));
    const std::string_view rows = rest.substr(0, end);
    return end < rest.size() && end > 0 && CountCodePoints(rows) <= kLongestRowWord &&
           !HoldsAnyForm(rows, kNoChineseRows);
  }
  constexpr std::string_view kWhat = "what ";
  if (!lower.starts_with(kWhat)) return false;
  const std::string_view rest = lower.substr(kWhat.size());
  const size_t end = rest.find(' ');
  if (end == rest.npos || end < kLeastPlural || rest[end - 1] != 's') return false;
  const std::string_view behind = rest.substr(end + 1);
  return !behind.starts_with("are the") &&
         std::ranges::any_of(kBehindWhatRows,
                             [&](std::string_view word) { return behind.starts_with(word); });
}

// Whether it asks which once: "which have a generator, and which have none?" means all of the rows.
bool AsksWhichRows(std::string_view question) {
  const std::string lower = AsciiLower(question);
  const bool asks_at_first =
      lower.starts_with(kEnglishWhich) || AsksWhichBehindComma(lower) || AsksWhatRows(lower);
  size_t times = asks_at_first ? 1 : 0;
  for (size_t at = 0; at < question.size(); NextCodePoint(question, at)) {
    const std::string_view rest = question.substr(at);
    const bool asks = std::ranges::any_of(
        kAskingWhich, [&](std::string_view which) { return rest.starts_with(which); });
    times += asks || rest.starts_with("and which ") ? 1 : 0;
  }
  return times == 1;
}

// The words of the row's values that say neither yes nor no.
WordSet ValuesOf(const ContextPiece& row, const Analyzer& analyzer) {
  WordSet values;
  for (const RowCell& cell : CellsOfRow(row.text)) {
    if (!SaysYes(cell.value) && !SaysNo(cell.value)) values.merge(WordsIn(cell.value, analyzer));
  }
  return values;
}

ptrdiff_t CountAmong(const WordSet& asked, const WordSet& values) {
  return std::ranges::count_if(asked,
                               [&](const std::string& word) { return values.contains(word); });
}

// How many words of the question the values of the row have.
ptrdiff_t ValuesAsked(const ContextPiece& row, const WordSet& asked, const Analyzer& analyzer) {
  return CountAmong(asked, ValuesOf(row, analyzer));
}

// And those of any row.
ptrdiff_t CountAsked(const std::vector<const ContextPiece*>& rows, const WordSet& asked,
                     const Analyzer& analyzer) {
  WordSet values;
  for (const ContextPiece* row : rows) values.merge(ValuesOf(*row, analyzer));
  return CountAmong(asked, values);
}

bool MeetsAll(const ContextPiece& row, const std::vector<NamedColumn>& conditions) {
  return std::ranges::all_of(conditions, [&](const NamedColumn& condition) {
    const std::string_view cell = CellNamed(row.text, condition.name);
    return !Trim(cell).empty() && SaysNo(cell) == condition.is_denied;
  });
}

// The rows of one table, as far as they were found.
struct FoundTable {
  std::vector<const ContextPiece*> rows;
  const ContextPiece* widest = nullptr;  // the one with most cells: what is empty is not told
  bool is_complete = true;               // each piece of it is a row that says what it is of
};

// That which `best` is a row of; without rows where it is none.
FoundTable TableOf(const std::vector<ContextPiece>& pieces, const Context& context,
                   const model::ExtractedSentence& best) {
  FoundTable table;
  const auto answers = std::ranges::find_if(pieces, [&](const ContextPiece& piece) {
    return piece.passage == best.passage && piece.range.begin <= best.range.begin &&
           best.range.begin < piece.range.end;
  });
  if (answers == pieces.end() || answers->kind != BlockKind::kTable) return table;
  const std::string_view subject = RowSubject(*answers);
  if (subject.empty()) return table;
  const DocumentId& document = context.passages[answers->passage].chunk.document;
  size_t most = 0;
  std::set<uint64_t> places;  // in the document: passages may overlap
  for (const ContextPiece& piece : pieces) {
    const Chunk& chunk = context.passages[piece.passage].chunk;
    if (piece.kind != BlockKind::kTable || piece.header != answers->header ||
        chunk.document != document) {
      continue;
    }
    if (CellNamed(piece.text, subject).empty()) {
      table.is_complete = false;
      continue;
    }
    if (!places.insert(chunk.span.begin + piece.range.begin).second) continue;
    table.rows.push_back(&piece);
    const size_t cells = CellsOfRow(piece.text).size();
    if (cells > most) table.widest = &piece;
    most = std::max(most, cells);
  }
  return table;
}

// Half of its cells at least: "-" stands below a price, too.
bool SaysYesOrNo(const std::vector<const ContextPiece*>& rows, std::string_view column) {
  size_t cells = 0;
  size_t saying = 0;
  for (const ContextPiece* row : rows) {
    const std::string_view cell = CellNamed(row->text, column);
    if (Trim(cell).empty()) continue;
    ++cells;
    saying += SaysYes(cell) || SaysNo(cell) ? 1 : 0;
  }
  return saying > 0 && 2 * saying >= cells;
}

// In place of each range spaces.
std::string WithoutRanges(std::string text, const std::vector<model::NumberRange>& ranges) {
  for (const model::NumberRange& range : ranges)
    std::fill(text.begin() + static_cast<ptrdiff_t>(range.range.begin),
              text.begin() + static_cast<ptrdiff_t>(range.range.end), ' ');
  return text;
}

// "Over 5 kW or under 60 kg", "not over 5 kW" are not read.
bool MayBeReadOtherwise(std::string_view without_ranges,
                        const std::vector<NamedColumn>& conditions) {
  const bool denies_column = std::ranges::any_of(conditions, &NamedColumn::is_denied);
  return without_ranges.find(" or ") != without_ranges.npos ||
         without_ranges.find("或") != without_ranges.npos ||
         (!denies_column && model::IsNegated(without_ranges));
}

}  // namespace

std::optional<RowsThatMeet> FindRowsThatMeet(std::string_view question, const Context& context,
                                             const model::ExtractedSentence& best, bool is_whole,
                                             const Analyzer& analyzer) {
  const std::string_view trimmed = Trim(question);
  const std::string folded = Fold(trimmed);
  const bool asks_which = AsksWhichRows(trimmed);
  const bool may_ask_total = is_whole && !asks_which && MayAskTotal(folded);
  if (!asks_which && !may_ask_total && !HasExtreme(folded)) return std::nullopt;
  const std::vector<ContextPiece> pieces = ContextPieces(context, analyzer);
  const FoundTable found_table = TableOf(pieces, context, best);
  const std::vector<const ContextPiece*>& table = found_table.rows;
  if (table.empty()) return std::nullopt;
  const std::vector<RowCell> columns = CellsOfRow(found_table.widest->text);
  const std::string_view subject = RowSubject(*table[0]);
  // What the question has beside the bounds of numbers.
  const std::vector<model::NumberRange> ranges = model::NumberRanges(folded);
  std::string rest = WithoutRanges(folded, ranges);
  const std::optional<AskedExtreme> extreme = ExtremeAsked(rest, subject, analyzer);
  std::optional<TotalKind> total;
  if (may_ask_total && !extreme && found_table.is_complete)
    total = TotalAsked(rest, columns, analyzer);
  if (!extreme && ((!asks_which && !total) || HasExtreme(rest))) return std::nullopt;

  ConditionReader reader(trimmed, analyzer);
  std::vector<NamedColumn> conditions = reader.Read(*found_table.widest);
  std::erase_if(conditions, [&](const NamedColumn& column) {
    return column.name == subject || (!column.is_denied && !SaysYesOrNo(table, column.name));
  });
  if (reader.has_alternative()) return std::nullopt;
  // "Which calibration" asks for the condition itself, "which calibrated machine" does not.
  const auto describes_subject = [&](const NamedColumn& condition) {
    const std::vector<Token> behind = analyzer.Tokenize(trimmed.substr(condition.range.end));
    return !behind.empty() && behind[0].begin <= 1 &&
           WordsIn(subject, analyzer).contains(behind[0].term);
  };
  for (const NamedColumn& condition : conditions) {
    if (IsAskedFor(trimmed, condition.range.begin) && !describes_subject(condition))
      return std::nullopt;
  }
  // Of the rows those that have most of what else is asked.
  WordSet asked = WordsIn(rest, analyzer);
  const std::optional<std::vector<NumberCondition>> numbers =
      NumberConditions(folded, ranges, asked, columns, table, analyzer);
  const bool must_be_sure = total || (numbers && !numbers->empty());
  if (!numbers || (must_be_sure && MayBeReadOtherwise(rest, conditions))) return std::nullopt;
  const bool has_condition =
      !numbers->empty() || std::ranges::any_of(conditions, [&](const NamedColumn& column) {
        return SaysYesOrNo(table, column.name);
      });
  if (!has_condition && !extreme && !total) return std::nullopt;
  if (total == TotalKind::kCount && !has_condition && AsksForNeed(folded, subject))
    return std::nullopt;

  RowsThatMeet found;
  WordSet told;  // by the table, but for what its rows are of
  for (const ContextPiece* row : table) told.insert(row->own.begin(), row->own.end());
  for (const std::string& word : WordsIn(subject, analyzer)) told.erase(word);
  if (reader.Denies(told)) return total ? std::nullopt : std::optional(found);
  WordSet of_values = asked;
  WordSet known;
  std::string known_text = table[0]->header;
  for (const ContextPiece* row : table) {
    for (const RowCell& cell : CellsOfRow(row->text)) {
      for (const std::string& word : WordsIn(cell.name, analyzer)) of_values.erase(word);
    }
    known.insert(row->all.begin(), row->all.end());
    known_text += row->text;
  }
  ptrdiff_t most = 0;
  for (const ContextPiece* row : table)
    most = std::max(most, ValuesAsked(*row, of_values, analyzer));
  std::vector<const ContextPiece*> rows;
  for (const ContextPiece* row : table) {
    const bool meets_numbers = std::ranges::all_of(
        *numbers, [&](const NumberCondition& one) { return MeetsNumber(*row, one); });
    if (ValuesAsked(*row, of_values, analyzer) == most && meets_numbers &&
        MeetsAll(*row, conditions)) {
      rows.push_back(row);
    }
  }
  std::vector<std::string_view> bounded;
  for (const NumberCondition& one : *numbers) bounded.push_back(one.column);
  if (extreme && !rows.empty()) {
    const ContextPiece* row = ExtremeRow(*extreme, asked, columns, rows, bounded, analyzer);
    if (row == nullptr) return std::nullopt;
    rows = {row};
    const size_t place = rest.find(extreme->word);
    if (place != rest.npos) rest.replace(place, extreme->word.size(), " ");
  }
  found.has_all_words = !reader.HasOtherWords(rest, known, Fold(known_text)) &&
                        !((extreme || total) && reader.HasUnknownPairs(rest, known));
  if (total) {
    // A row that has some of the values asked for is not known to be meant.
    const bool has_all_values = most == CountAsked(table, of_values, analyzer);
    if (found.has_all_words && has_all_values && rows.size() <= kMostRowsCounted)
      found.total = TotalOf(*total, asked, columns, rows, table, bounded, analyzer);
    if (!found.total) return std::nullopt;
    // What one row comes to is what it says.
    if (rows.size() == 1 && *total != TotalKind::kCount) found.total.reset();
  }
  found.count = rows.size();
  if (!total && rows.size() > kMostRowsSaid) rows.resize(kMostRowsSaid);
  for (const ContextPiece* row : rows)
    found.rows.push_back({.passage = row->passage, .range = row->range, .score = best.score});
  return found;
}

}  // namespace quarry::generation
