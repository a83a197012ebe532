#include "generation/table_conditions.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>

#include "base/ascii.h"
#include "base/text.h"
#include "base/word_lists.h"
#include "generation/condition_reader.h"
#include "generation/context_pieces.h"
#include "generation/extreme_row.h"
#include "generation/found_table.h"
#include "generation/table_numbers.h"
#include "model/answer_kind.h"
#include "model/number_ranges.h"

namespace quarry::generation {
namespace {

constexpr size_t kMostRowsSaid = 8;
constexpr size_t kMostRowsCounted = 20;  // all of them are quoted

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

// Whether the thing asked for is what stands at byte `at`: "which calibration ..."
bool IsAskedFor(std::string_view question, size_t at) {
  const std::string_view before = question.substr(0, at);
  const std::string lower = AsciiLower(before);
  if (lower == kEnglishWhich || lower == "what " || lower.ends_with(", which ")) return true;
  return EndsWithAny(before, kAskingWhich);
}

// "In the North hall, which machines ..."
bool AsksWhichBehindComma(std::string_view lower) {
  const size_t comma = lower.find(", which ");
  if (comma == lower.npos) return false;
  return StartsWithAny(lower, kBeforeWhich) && !ContainsAny(lower.substr(comma + 1), kAskingElse) &&
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
           !ContainsAny(rows, kNoChineseRows);
  }
  constexpr std::string_view kWhat = "what ";
  if (!lower.starts_with(kWhat)) return false;
  const std::string_view rest = lower.substr(kWhat.size());
  const size_t end = rest.find(' ');
  if (end == rest.npos || end < kLeastPlural || rest[end - 1] != 's') return false;
  const std::string_view behind = rest.substr(end + 1);
  return !behind.starts_with("are the") && StartsWithAny(behind, kBehindWhatRows);
}

// Whether it asks which once: "which have a generator, and which have none?" means all of the rows.
bool AsksWhichRows(std::string_view question) {
  const std::string lower = AsciiLower(question);
  const bool asks_at_first =
      lower.starts_with(kEnglishWhich) || AsksWhichBehindComma(lower) || AsksWhatRows(lower);
  size_t times = asks_at_first ? 1 : 0;
  for (size_t at = 0; at < question.size(); NextCodePoint(question, at)) {
    const std::string_view rest = question.substr(at);
    times += StartsWithAny(rest, kAskingWhich) || rest.starts_with("and which ") ? 1 : 0;
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

// "Over 5 kW or under 60 kg", "not within 5 km" are not read.
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
  const FoundTable found_table = TableWith(pieces, context, best.passage, best.range.begin);
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
