#pragma once

// Number formats of spreadsheets (ISO 29500-1, 18.8.30 and 18.8.31): what a reader sees of a value.
// Internal to ingest/.

#include <string>
#include <string_view>
#include <vector>

#include "ingest/xml_tree.h"

namespace quarry::ingest {

// A value as `code` shows it: "45292" by "d.m.yy" is "2024-01-01" (dates and times as ISO 8601
// whatever their order in the code, so that they can be searched), "0.125" by "0.0%" is "12.5%",
// "1234.5" by "#,##0.00 €" is "1,234.50 €". Of a code with several sections the first one counts.
// What is no number stays as it is. `is_1904`: days are counted from 1904, else from 1900.
std::string FormatCell(std::string_view value, std::string_view code, bool is_1904);

// The codes of a workbook's cell styles, each cut after the 255 characters that Excel takes at most.
class XlsxFormats {
 public:
  XlsxFormats() = default;
  explicit XlsxFormats(xml::Node style_sheet);
  // "" (general) where there is no such style.
  std::string_view CodeOf(size_t style) const;

 private:
  std::vector<std::string> codes_;  // each once: many styles share one
  std::vector<size_t> styles_;      // the code of each
};

}  // namespace quarry::ingest
