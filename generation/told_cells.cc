#include "generation/told_cells.h"

#include <algorithm>

#include "base/ascii.h"
#include "base/text.h"
#include "generation/column_words.h"
#include "generation/context_pieces.h"
#include "generation/extreme_row.h"
#include "generation/found_table.h"
#include "generation/table_numbers.h"
#include "model/number_ranges.h"
#include "model/question.h"

namespace quarry::generation {
namespace {

constexpr size_t kCellsOfLongRow = 4;
constexpr size_t kMostCellsTold = 3;
constexpr std::string_view kCurrenciesInNames[] = {"eur", "usd", "gbp", "cny",
                                                   "rmb", "chf", "jpy", "hkd"};

// The cells that a question may ask for.
class AskedCells {
 public:
  AskedCells(std::string_view question, const Analyzer& analyzer)
      : analyzer_(analyzer),
        question_(question),
        kind_(model::AnalyseQuestion(question, analyzer).kind),
        folded_(Fold(Trim(question))),
        asked_(WordsIn(folded_, analyzer)) {
    for (const AskedMeaning& one : MeaningsAsked(folded_)) meanings_.push_back(one.meaning);
    if (const std::optional<FoundExtreme> extreme = FindExtreme(folded_)) {
      const ColumnMeaning* meaning = MeaningNamed(extreme->asked.attribute);
      if (meaning != nullptr && meaning->is_only) meanings_.push_back(meaning);
    }
    if (kind_ == model::AnswerKind::kMoney) meanings_.push_back(MeaningNamed("price"));
    if (ContainsStockWord()) meanings_.push_back(MeaningNamed("stock"));
    for (model::NumberRange& range : model::NumberRanges(folded_)) {
      if (!range.unit.empty()) units_.push_back(std::move(range.unit));
    }
  }

  bool AskFor(const RowCell& cell) const {
    const std::string_view name = WithoutUnit(cell.name);
    if (name.empty()) return false;
    const bool is_meant = std::ranges::any_of(meanings_, [&](const ColumnMeaning* meaning) {
      return IsColumnOf(*meaning, cell.name, analyzer_);
    });
    if (is_meant) return true;
    if (BeginsWithCjk(name) ? folded_.find(Fold(name)) != std::string::npos
                            : ShareAmong(WordsIn(name, analyzer_), asked_) >= 1) {
      return true;
    }
    const std::optional<CellNumber> number = NumberInCell(cell);
    return number && std::ranges::find(units_, number->unit) != units_.end();
  }

  // Whether a person, a time or a place that is asked for stands in the row and not in what is told of it: 谁讲 of 讲师.
  bool Miss(std::string_view told, std::string_view row) const {
    if (!IsOneOfKinds()) return false;
    return !model::HoldsKind(kind_, told, question_) && model::HoldsKind(kind_, row, question_);
  }

 private:
  bool IsOneOfKinds() const {
    return kind_ == model::AnswerKind::kPerson || kind_ == model::AnswerKind::kTime ||
           kind_ == model::AnswerKind::kPlace;
  }
  bool ContainsStockWord() const {
    return std::ranges::any_of(
        std::initializer_list<std::string_view>{"sold out", "缺货", "断货", "无货", "没货", "有货",
                                                "现货", "售罄", "脱销"},
        [&](std::string_view word) { return PlaceOfPhrase(folded_, word) != folded_.npos; });
  }

  const Analyzer& analyzer_;
  const std::string_view question_;
  const model::AnswerKind kind_;
  const std::string folded_;
  const WordSet asked_;
  std::vector<const ColumnMeaning*> meanings_;
  std::vector<std::string> units_;  // of the bounds that it has
};

// "price: 129.00 EUR"
std::string CellText(const RowCell& cell) {
  std::string text(WithoutUnit(cell.name));
  std::ranges::replace(text, '_', ' ');
  const std::string_view value = Trim(cell.value);
  text += ": " + std::string(value);
  const std::string_view unit = UnitInName(cell.name);
  const bool is_bare =
      !value.empty() && value.find_first_not_of("0123456789.,- ") == std::string_view::npos;
  if (unit.empty() || !is_bare) return text;
  const bool is_currency =
      std::ranges::find(kCurrenciesInNames, unit) != std::end(kCurrenciesInNames);
  text += ' ';
  for (const char c : unit) text += is_currency ? static_cast<char>(c - 'a' + 'A') : c;
  return text;
}

std::string Told(const ContextPiece& row, const FoundTable& table, const AskedCells& asked,
                 bool names_only) {
  const std::vector<RowCell> cells = CellsOfRow(row.text);
  if (cells.size() < kCellsOfLongRow) return {};
  if (std::ranges::any_of(cells, [](const RowCell& cell) { return cell.name.empty(); })) return {};
  const std::string_view name_column = NameColumn(CellsOfRow(table.widest->text));
  const std::string_view name = Trim(CellNamed(row.text, name_column));
  if (name.empty()) return {};
  const auto same_name = std::ranges::count_if(table.rows, [&](const ContextPiece* other) {
    return Trim(CellNamed(other->text, name_column)) == name;
  });
  if (same_name > 1) return {};
  std::string text(name);
  // With its code, or behind that with what else names it: "LX2 (Cargo Max)".
  const RowCell& beside = cells[name_column == cells[0].name ? 1 : 0];
  const bool is_named_beside = name_column != cells[0].name || HoldsAsciiDigit(name);
  if (is_named_beside && !asked.AskFor(beside) && !NumberInCell(beside)) {
    const bool is_chinese = BeginsWithCjk(name);
    text +=
        (is_chinese ? "（" : " (") + std::string(Trim(beside.value)) + (is_chinese ? "）" : ")");
  }
  size_t told = 0;
  for (size_t i = 1; i < cells.size(); ++i) {
    if (cells[i].name == name_column || Trim(cells[i].value).empty() || !asked.AskFor(cells[i]))
      continue;
    text += (told == 0 ? " — " : "; ") + CellText(cells[i]);
    ++told;
  }
  if (told > kMostCellsTold || (told == 0 && !names_only)) return {};
  if (!names_only && asked.Miss(text, row.text)) return {};
  return text;
}

}  // namespace

std::vector<std::string> TellCells(std::string_view question, const Context& context,
                                   const std::vector<model::ExtractedSentence>& sentences,
                                   bool names_only, const Analyzer& analyzer) {
  std::vector<std::string> told;
  const AskedCells asked(question, analyzer);
  const std::vector<ContextPiece> pieces = ContextPieces(context, analyzer);
  for (const model::ExtractedSentence& sentence : sentences) {
    told.emplace_back();
    const FoundTable table = TableWith(pieces, context, sentence.passage, sentence.range.begin);
    const auto row = std::ranges::find_if(table.rows, [&](const ContextPiece* piece) {
      return piece->passage == sentence.passage && piece->range == sentence.range;
    });
    if (row != table.rows.end()) told.back() = Told(**row, table, asked, names_only);
  }
  return told;
}

}  // namespace quarry::generation
