#pragma once

// Tables of office documents, row by row, as blocks. Internal to ingest/.

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "ingest/document_builder.h"

namespace quarry::ingest {

// Writes rows as TableWriter does, under the header that they have: the rows that are said to be
// one, joined from above ("Power" over "Min" gives "Power Min"); else the first row if it looks
// like one (table_header.h). Lines of a single cell above a table are paragraphs before it. Holds
// no more than the rows that the guess looks at.
class GridWriter {
 public:
  // What a header cell is cut to before it is repeated in the columns that it spans. More of it is
  // not shown (TableWriter).
  static constexpr size_t kSpannedHeaderBytes = 400;

  explicit GridWriter(DocumentBuilder* builder) : builder_(builder) {}
  GridWriter(const GridWriter&) = delete;
  GridWriter& operator=(const GridWriter&) = delete;

  void AddHeader(const std::vector<std::string>& cells);
  void AddRow(std::vector<std::string> cells);
  // What comes next is another table; without a header of its own it has that of this one. A
  // spreadsheet calls it at each empty row.
  void EndTable();

 private:
  void Begin();
  void Write(const std::vector<std::string>& cells);

  DocumentBuilder* builder_;
  std::vector<std::string> header_;               // said to be one
  std::vector<std::vector<std::string>> sample_;  // not written yet
  std::vector<std::string> last_header_;          // of the table before
  std::optional<TableWriter> table_;              // once it is known how it begins
};

}  // namespace quarry::ingest
