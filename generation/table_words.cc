#include "generation/table_words.h"

#include <algorithm>
#include <functional>
#include <set>
#include <utility>

#include "base/ascii.h"
#include "base/text.h"
#include "generation/table_numbers.h"

namespace quarry::generation {

TableWords WordsOfTable(const FoundTable& table, const Context& context, const Analyzer& analyzer) {
  TableWords words;
  words.columns = CellsOfRow(table.widest->text);
  for (const RowCell& column : words.columns)
    words.of_columns.push_back(WordsIn(WithoutUnit(column.name), analyzer));
  std::set<std::string> cells;
  for (const ContextPiece* row : table.rows) {
    for (const RowCell& cell : CellsOfRow(row->text)) {
      WordSet values = WordsIn(cell.value, analyzer);
      if (values.size() == 1 && !HoldsAsciiDigit(*values.begin()))
        words.kinds.insert(*values.begin());
      words.values.merge(std::move(values));
      std::string folded = Fold(Trim(cell.value));
      words.all_values += folded + '\n';
      if (BeginsWithCjk(folded) && CountCodePoints(folded) >= 2) cells.insert(std::move(folded));
    }
  }
  words.chinese_values.assign(cells.begin(), cells.end());
  std::ranges::stable_sort(words.chinese_values, std::ranges::greater(), &std::string::size);
  words.rows = RowWordsOf(table, context, analyzer);
  return words;
}

}  // namespace quarry::generation
