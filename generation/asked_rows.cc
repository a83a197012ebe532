#include "generation/asked_rows.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/text.h"
#include "generation/column_words.h"
#include "generation/context_pieces.h"
#include "generation/table_question.h"

namespace quarry::generation {
namespace {

constexpr size_t kMostRowsListed = 20;
constexpr size_t kMostEqualRows = 8;

using Rows = std::vector<const ContextPiece*>;

bool IsNumberColumnOf(const Rows& rows, std::string_view column) {
  return std::ranges::all_of(rows, [&](const ContextPiece* row) {
    return NumberInCell({.name = column, .value = CellNamed(row->text, column)}).has_value();
  });
}

// The one column of numbers that the extreme may be of; "" where none is or two are.
std::string_view ColumnCompared(const TableQuestion& question, const std::vector<RowCell>& columns,
                                const Rows& rows, const Analyzer& analyzer) {
  const auto is_bounded = [&](std::string_view name) {
    return std::ranges::any_of(question.numbers,
                               [&](const auto& one) { return one.column == name; });
  };
  const auto only_one = [&](const auto& may_be) {
    std::string_view found;
    for (size_t i = 1; i < columns.size(); ++i) {
      const std::string_view name = columns[i].name;
      if (!may_be(name) || is_bounded(name) || !IsNumberColumnOf(rows, name)) continue;
      if (!found.empty()) return std::string_view();
      found = name;
    }
    return found;
  };
  const auto is_named = [&](std::string_view name) {
    return std::ranges::find(question.columns, name) != question.columns.end();
  };
  const ColumnMeaning* meaning = MeaningNamed(question.extreme->attribute);
  const auto is_meant = [&](std::string_view name) {
    return meaning != nullptr && IsColumnOf(*meaning, name, analyzer);
  };
  if (meaning != nullptr && meaning->is_only) {
    const std::string_view one = only_one(is_meant);
    return one.empty()
               ? only_one([&](std::string_view name) { return is_meant(name) && is_named(name); })
               : one;
  }
  const std::string_view named = only_one(is_named);
  return named.empty() ? only_one(is_meant) : named;
}

// Those with the least or the greatest number; none where they are not of one unit.
Rows ExtremeRows(const Rows& rows, std::string_view column, bool is_least) {
  Rows found;
  CellNumber best;
  for (const ContextPiece* row : rows) {
    const CellNumber number =
        *NumberInCell({.name = column, .value = CellNamed(row->text, column)});
    if (!found.empty() && number.unit != best.unit) return {};
    const bool is_better =
        found.empty() || (is_least ? number.value < best.value : number.value > best.value);
    if (is_better) found.clear();
    if (!is_better && number.value != best.value) continue;
    found.push_back(row);
    best = number;
  }
  return found;
}

std::optional<RowsThatMeet> RowsOf(const TableQuestion& question, const FoundTable& table,
                                   const Analyzer& analyzer) {
  Rows rows;
  for (const ContextPiece* row : table.rows) {
    if (MeetsQuestion(*row, question, analyzer)) rows.push_back(row);
  }
  RowsThatMeet met{.has_all_words = true, .is_sure = true};
  // Values of no one row may belong to several; numbers that none meets are told.
  if (rows.empty() && question.values.size() > 1) return std::nullopt;
  const std::vector<RowCell> columns = CellsOfRow(table.widest->text);
  if (question.asks == RowsAsked::kExtreme && !rows.empty()) {
    const std::string_view column = ColumnCompared(question, columns, rows, analyzer);
    if (column.empty()) return std::nullopt;
    rows = ExtremeRows(rows, column, question.extreme->is_least);
    if (rows.empty() || rows.size() > kMostEqualRows) return std::nullopt;
  }
  met.count = rows.size();
  if (question.asks == RowsAsked::kCount && !rows.empty()) {
    if (rows.size() > kMostRowsListed) return std::nullopt;
    met.total = TotalOf(TotalKind::kCount, {}, columns, rows, table.rows, {}, analyzer);
    if (!met.total) return std::nullopt;
  }
  if (rows.size() > kMostRowsListed) rows.resize(kMostRowsListed);
  for (const ContextPiece* row : rows)
    met.rows.push_back({.passage = row->passage, .range = row->range, .score = 0});
  return met;
}

}  // namespace

Result<std::optional<RowsThatMeet>> FindAskedRows(std::string_view question, const Context& context,
                                                  const IsWholeDocument& is_whole,
                                                  const Analyzer& analyzer) {
  std::optional<RowsThatMeet> found;
  if (!MayAskForRows(question)) return found;
  const std::vector<ContextPiece> pieces = ContextPieces(context, analyzer);
  bool is_own = false;  // the table's own word says what its rows are
  bool are_two = false;
  for (const FoundTable& table : TablesIn(pieces, context)) {
    if (!table.is_complete) continue;
    QUARRY_ASSIGN_OR_RETURN(const std::optional<TableQuestion> read,
                            ReadTableQuestion(question, table, context, analyzer));
    if (!read || (found && is_own && !read->names_rows)) continue;
    if (!is_whole(context.passages[table.rows.front()->passage].chunk.document)) continue;
    std::optional<RowsThatMeet> met = RowsOf(*read, table, analyzer);
    if (!met) continue;
    are_two = found && is_own == read->names_rows;
    is_own = read->names_rows;
    found = std::move(met);
  }
  if (are_two) found.reset();
  return found;
}

}  // namespace quarry::generation
