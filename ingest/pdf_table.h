#pragma once

// Tables on a page, found by how its lines stand. Internal to ingest/.

#include <string>
#include <string_view>
#include <vector>

#include "ingest/pdf_layout.h"

namespace quarry::ingest {

struct PdfTable {
  size_t first = 0;                            // line of the page that stands for it
  std::vector<std::vector<std::string>> rows;  // of one cell for each column
  size_t columns = 0;
};

// Lines of a page with the tables taken out. Labels that stand apart from what they number ("1" and
// "Introduction") are put before it.
struct PdfRows {
  std::vector<PdfLine> lines;
  std::vector<PdfTable> tables;  // by PdfTable::first, an index into `lines`: it stands before it
};

PdfRows FindTables(const PdfPage& page);

// Whether `text` is a list mark or a section number: "1", "2.3", "(a)", ".1", "•".
bool IsPdfLabel(std::string_view text);

}  // namespace quarry::ingest
