// Directives, footnotes, link targets, comments, and the tables of directives.

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "base/ascii.h"
#include "base/text.h"
#include "ingest/rst_inline.h"
#include "ingest/rst_reader.h"
#include "ingest/separated_values.h"

namespace quarry::ingest {
namespace {

enum class Use : uint8_t {
  kBody,       // an argument, if any, and blocks: admonitions, function:: and whatever is not known
  kCode,       // the content as it stands
  kNothing,    // no text of its own
  kCaption,    // the content, not the argument: it is the name of a file
  kTable,      // a title, and a table in the content
  kListTable,  // rows as a list of lists
  kCsvTable,
};

Use UseOf(std::string_view directive) {
  static constexpr std::pair<std::string_view, Use> kUses[] = {{"code-block", Use::kCode},
                                                               {"code", Use::kCode},
                                                               {"sourcecode", Use::kCode},
                                                               {"parsed-literal", Use::kCode},
                                                               {"math", Use::kCode},
                                                               {"testcode", Use::kCode},
                                                               {"doctest", Use::kCode},
                                                               {"prompt", Use::kCode},
                                                               {"ipython", Use::kCode},
                                                               {"highlight", Use::kNothing},
                                                               {"toctree", Use::kNothing},
                                                               {"contents", Use::kNothing},
                                                               {"include", Use::kNothing},
                                                               {"literalinclude", Use::kNothing},
                                                               {"index", Use::kNothing},
                                                               {"raw", Use::kNothing},
                                                               {"default-role", Use::kNothing},
                                                               {"role", Use::kNothing},
                                                               {"meta", Use::kNothing},
                                                               {"sectnum", Use::kNothing},
                                                               {"currentmodule", Use::kNothing},
                                                               {"module", Use::kNothing},
                                                               {"tabs", Use::kCaption},
                                                               {"image", Use::kCaption},
                                                               {"figure", Use::kCaption},
                                                               {"only", Use::kCaption},
                                                               {"class", Use::kCaption},
                                                               {"container", Use::kCaption},
                                                               {"graphviz", Use::kNothing},
                                                               {"table", Use::kTable},
                                                               {"list-table", Use::kListTable},
                                                               {"csv-table", Use::kCsvTable}};
  for (const auto& [name, use] : kUses) {
    if (name == directive) return use;
  }
  return Use::kBody;
}

// ".. name:: argument": where the name ends; npos if the line is something else.
size_t DirectiveName(std::string_view line) {
  const size_t end = line.find("::");
  if (!line.starts_with(".. ") || end == line.npos || end == 3) return line.npos;
  for (const char c : line.substr(3, end - 3)) {
    const bool is_name =
        IsAsciiAlphanumeric(c) || c == '-' || c == '_' || c == ':' || c == '+' || c == '.';
    if (!is_name) return line.npos;
  }
  return end;
}

// "* - cell", then "  - cell" for the others of the row.
RstTable ListTable(const RstLines& lines) {
  RstTable table;
  for (std::string_view line : lines) {
    if (line.starts_with("* ")) {
      table.rows.emplace_back();
      line.remove_prefix(2);
    }
    line = Trim(line);
    if (table.rows.empty() || line.empty()) continue;
    std::vector<std::string>& row = table.rows.back();
    if (line == "-" || line.starts_with("- ")) {
      row.emplace_back(Trim(line.substr(1)));
    } else if (!row.empty()) {
      row.back() += ' ' + std::string(line);
    }
  }
  table.header_rows = table.rows.size() > 1 ? 1 : 0;
  return table;
}

RstTable CsvTable(const RstLines& lines) {
  std::string text;
  for (const std::string_view line : lines) text += std::string(line) + '\n';
  RstTable table;
  SeparatedValues reader(text, ',');
  while (reader.Next()) {
    table.rows.emplace_back();
    for (const std::string_view cell : reader.cells()) table.rows.back().emplace_back(Trim(cell));
  }
  table.header_rows = table.rows.size() > 1 ? 1 : 0;
  return table;
}

}  // namespace

size_t RstReader::ReadExplicit(const RstLines& lines, size_t i, size_t depth) {
  const size_t end = std::max(EndOfIndented(lines, i + 1, lines.size(), 1), i + 1);
  const std::string_view line = lines[i];
  const size_t name_end = DirectiveName(line);
  if (name_end != line.npos) {
    ReadDirective(line.substr(3, name_end - 3), Trim(line.substr(name_end + 2)), lines, i + 1, end,
                  depth);
  } else if (line.starts_with(".. [") && line.find(']') != line.npos) {
    std::string text(line.substr(3, line.find(']') - 2));
    text += ' ' + RstInlineText(Trim(line.substr(line.find(']') + 1)));
    AppendRstRunning(lines, i + 1, end, &text);
    builder_.Add(BlockKind::kParagraph, 0, text);
  }
  return end;
}

void RstReader::ReadDirective(std::string_view name, std::string_view argument,
                              const RstLines& lines, size_t begin, size_t end, size_t depth) {
  const size_t indent = RstBodyIndent(lines, begin, end);
  RstLines body = Dedented(lines, begin, end, indent);
  size_t options = 0;
  std::string caption;
  while (options < body.size() && !IsBlankLine(body[options])) {
    const size_t colon = RstFieldName(body[options]);
    if (colon == std::string_view::npos) break;
    const std::string_view option = body[options].substr(1, colon - 1);
    if (option == "caption" || option == "alt") caption = Trim(body[options].substr(colon + 1));
    ++options;
  }
  body.erase(body.begin(), body.begin() + static_cast<ptrdiff_t>(options));
  const size_t domain = name.rfind(':');
  if (domain != name.npos) name.remove_prefix(domain + 1);
  switch (UseOf(name)) {
    case Use::kNothing:
      return;
    case Use::kCode:
      if (name == "math" && !argument.empty()) {
        builder_.Add(BlockKind::kCode, 0, argument);
      }
      if (!caption.empty()) builder_.Add(BlockKind::kParagraph, 0, RstInlineText(caption));
      return Code(body, 0, body.size());
    case Use::kCaption:
      if (!caption.empty()) builder_.Add(BlockKind::kParagraph, 0, RstInlineText(caption));
      return ReadBody(body, depth + 1);
    case Use::kTable:
      builder_.Add(BlockKind::kParagraph, 0, RstInlineText(argument));
      return ReadBody(body, depth + 1);
    case Use::kListTable:
      builder_.Add(BlockKind::kParagraph, 0, RstInlineText(argument));
      return WriteTable(ListTable(body));
    case Use::kCsvTable:
      builder_.Add(BlockKind::kParagraph, 0, RstInlineText(argument));
      return WriteTable(CsvTable(body));
    case Use::kBody:
      builder_.Add(BlockKind::kParagraph, 0, RstInlineText(argument));
      return ReadBody(body, depth + 1);
  }
}

void RstReader::WriteTable(const RstTable& table) {
  TableWriter writer(&builder_);
  std::vector<std::string> header;
  for (size_t i = 0; i < table.rows.size(); ++i) {
    std::vector<std::string> cells;
    for (const std::string& cell : table.rows[i]) cells.push_back(RstInlineText(cell));
    if (i < table.header_rows) {
      header.resize(std::max(header.size(), cells.size()));
      for (size_t c = 0; c < cells.size(); ++c) {
        header[c] += (header[c].empty() || cells[c].empty() ? "" : " ") + cells[c];
      }
      if (i + 1 == table.header_rows) writer.SetHeader({header.begin(), header.end()});
    } else {
      writer.AddRow({cells.begin(), cells.end()});
    }
  }
  writer.Finish();
}

}  // namespace quarry::ingest
