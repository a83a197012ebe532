// reStructuredText as its specification has it (docutils), with the directives of Sphinx, as far as
// a reader sees it. What needs other files (include, toctree, autodoc) has no text here.

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "base/text.h"
#include "ingest/document_builder.h"
#include "ingest/parsers.h"
#include "ingest/rst_inline.h"
#include "ingest/rst_lines.h"
#include "ingest/separated_values.h"

namespace quarry::ingest {
namespace {

constexpr size_t kMaxDepth = 40;  // of blocks in blocks

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
    const bool is_name = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                         (c >= '0' && c <= '9') || c == '-' || c == '_' || c == ':' || c == '+' ||
                         c == '.';
    if (!is_name) return line.npos;
  }
  return end;
}

// ":name: value": the offset of the second colon; npos if the line is no field.
size_t FieldName(std::string_view line) {
  if (!line.starts_with(':') || line.size() < 3 || line[1] == ' ' || line[1] == ':') {
    return line.npos;
  }
  const size_t end = line.find(':', 1);
  if (end == line.npos || (end + 1 < line.size() && line[end + 1] != ' ')) return line.npos;
  return end;
}

class RstReader {
 public:
  explicit RstReader(Document* document) : document_(document), builder_(document) {}

  void ReadBody(const RstLines& lines, size_t depth) {
    size_t i = 0;
    if (depth == 0) i = ReadDocInfo(lines);
    while (i < lines.size()) {
      if (IsBlankLine(lines[i])) {
        ++i;
      } else if (depth > kMaxDepth) {
        Paragraph(lines, i, lines.size());
        return;
      } else {
        i = ReadBlock(lines, i, depth);
      }
    }
  }

 private:
  // Reads the block that begins with line `i`; the line behind it.
  size_t ReadBlock(const RstLines& lines, size_t i, size_t depth) {
    const std::string_view line = lines[i];
    if (const size_t indent = IndentOf(line); indent > 0) {
      const size_t end = EndOfIndented(lines, i, lines.size(), 1);
      size_t least = indent;
      for (size_t k = i; k < end; ++k) {
        if (!IsBlankLine(lines[k])) least = std::min(least, IndentOf(lines[k]));
      }
      ReadQuote(Dedented(lines, i, end, least), depth + 1);
      return end;
    }
    if (line.starts_with("..") && (line.size() == 2 || line[2] == ' ')) {
      return ReadExplicit(lines, i, depth);
    }
    if (const size_t end = ReadSection(lines, i); end > i) return end;
    if (RstTable table = ReadRstTable(lines, i, lines.size()); table.end > i) {
      WriteTable(table);
      return table.end;
    }
    if (line.starts_with(">>> ")) return ReadDoctest(lines, i);
    if (line.starts_with("| ") || line == "|") return ReadLineBlock(lines, i);
    if (FieldName(line) != line.npos) return ReadField(lines, i, depth);
    bool numbered = false;
    if (const size_t mark = ListMarkSize(line, &numbered); mark > 0 && IsItem(lines, i, mark)) {
      return ReadItem(lines, i, mark, numbered, depth);
    }
    return ReadParagraph(lines, i, depth);
  }

  // A paragraph may begin like an item: its next line then stands at the margin.
  static bool IsItem(const RstLines& lines, size_t i, size_t mark) {
    if (i + 1 >= lines.size() || IsBlankLine(lines[i + 1])) return true;
    bool numbered = false;
    return IndentOf(lines[i + 1]) >= mark || ListMarkSize(lines[i + 1], &numbered) > 0;
  }

  size_t ReadSection(const RstLines& lines, size_t i) {
    if (i + 2 < lines.size() && lines[i] == lines[i + 2]) {
      const std::string_view title = Trim(lines[i + 1]);
      const char over = AdornmentOf(lines[i], title);
      if (over != '\0' && AdornmentOf(title, "____") == '\0') {
        Heading(over, true, title);
        return i + 3;
      }
    }
    if (i + 1 >= lines.size()) return i;
    const char under = AdornmentOf(lines[i + 1], lines[i]);
    if (under == '\0') {
      // A line between two paragraphs.
      const bool alone = IsBlankLine(lines[i + 1]) && AdornmentOf(lines[i], "____") != '\0';
      return alone ? i + 1 : i;
    }
    if (AdornmentOf(lines[i], "____") != '\0') return i;
    Heading(under, false, lines[i]);
    return i + 2;
  }

  // Levels are in the order in which the adornments come.
  void Heading(char adornment, bool over, std::string_view title) {
    const std::pair<char, bool> style(adornment, over);
    const auto known = std::find(styles_.begin(), styles_.end(), style);
    const auto level = static_cast<uint32_t>(known - styles_.begin()) + 1;
    if (known == styles_.end()) styles_.push_back(style);
    builder_.Add(BlockKind::kHeading, std::min<uint32_t>(level, 6), RstInlineText(title));
  }

  size_t ReadParagraph(const RstLines& lines, size_t i, size_t depth) {
    size_t end = i + 1;
    while (end < lines.size() && !IsBlankLine(lines[end]) && IndentOf(lines[end]) == 0) ++end;
    // Before an underlined line the paragraph ends: its title lacks the empty line above.
    for (size_t k = i + 1; k + 1 < end; ++k) {
      if (AdornmentOf(lines[k + 1], lines[k]) != '\0') end = k;
    }
    const bool is_definition =
        end == i + 1 && end < lines.size() && !IsBlankLine(lines[end]) && IndentOf(lines[end]) > 0;
    std::string_view last = lines[end - 1];
    if (last.ends_with("::") && !is_definition) {
      RstLines own(lines.begin() + static_cast<ptrdiff_t>(i),
                   lines.begin() + static_cast<ptrdiff_t>(end));
      own.back().remove_suffix(own.back() == "::" || own.back().ends_with(" ::") ? 2 : 1);
      Paragraph(own, 0, own.size());
      return ReadLiteral(lines, end);
    }
    Paragraph(lines, i, end);
    if (!is_definition) return end;
    const size_t body = EndOfIndented(lines, end, lines.size(), 1);
    ReadBody(Dedented(lines, end, body, IndentOf(lines[end])), depth + 1);
    return body;
  }

  size_t ReadLiteral(const RstLines& lines, size_t i) {
    while (i < lines.size() && IsBlankLine(lines[i])) ++i;
    if (i == lines.size() || IndentOf(lines[i]) == 0) return i;
    const size_t end = EndOfIndented(lines, i, lines.size(), 1);
    Code(lines, i, end);
    return end;
  }

  size_t ReadDoctest(const RstLines& lines, size_t i) {
    size_t end = i;
    while (end < lines.size() && !IsBlankLine(lines[end])) ++end;
    Code(lines, i, end);
    return end;
  }

  size_t ReadLineBlock(const RstLines& lines, size_t i) {
    std::string text;
    size_t end = i;
    for (; end < lines.size() && !IsBlankLine(lines[end]); ++end) {
      std::string_view line = lines[end];
      if (line.starts_with('|')) line.remove_prefix(1);
      text += RstInlineText(Trim(line)) + '\n';
    }
    builder_.Add(BlockKind::kParagraph, 0, text);
    return end;
  }

  size_t ReadItem(const RstLines& lines, size_t i, size_t mark, bool numbered, size_t depth) {
    const size_t end = std::max(EndOfIndented(lines, i + 1, lines.size(), mark), i + 1);
    RstLines body = Dedented(lines, i + 1, end, mark);
    body.insert(body.begin(), lines[i].substr(std::min(mark, lines[i].size())));
    ++list_depth_;
    size_t own = 0;  // lines of the item's first paragraph
    bool ignored = false;
    while (own < body.size() && !IsBlankLine(body[own]) && !body[own].starts_with("..") &&
           (own == 0 || ListMarkSize(body[own], &ignored) == 0)) {
      ++own;
    }
    std::string text;
    if (numbered) text = std::string(Trim(lines[i].substr(0, mark))) + ' ';
    const bool literal = own > 0 && body[own - 1].ends_with("::");
    if (literal) body[own - 1].remove_suffix(1);
    AppendRunning(body, 0, own, &text);
    builder_.Add(BlockKind::kListItem, std::min(list_depth_, 6u), text);
    if (literal) own = ReadLiteral(body, own);
    RstLines rest(body.begin() + static_cast<ptrdiff_t>(own), body.end());
    ReadBody(rest, depth + 1);
    --list_depth_;
    return end;
  }

  void ReadQuote(const RstLines& lines, size_t depth) {
    // Plain paragraphs are quoted; lists and the like are only indented.
    size_t i = 0;
    while (i < lines.size()) {
      if (IsBlankLine(lines[i])) {
        ++i;
        continue;
      }
      bool numbered = false;
      const bool plain = depth <= kMaxDepth && IndentOf(lines[i]) == 0 &&
                         ListMarkSize(lines[i], &numbered) == 0 && !lines[i].starts_with("..") &&
                         !lines[i].starts_with(":");
      if (!plain) {
        if (depth > kMaxDepth) return Paragraph(lines, i, lines.size());
        i = ReadBlock(lines, i, depth);
        continue;
      }
      size_t end = i;
      while (end < lines.size() && !IsBlankLine(lines[end]) && IndentOf(lines[end]) == 0) ++end;
      if (lines[end - 1].ends_with("::") || (end < lines.size() && !IsBlankLine(lines[end]))) {
        i = ReadBlock(lines, i, depth);
        continue;
      }
      std::string text;
      AppendRunning(lines, i, end, &text);
      builder_.Add(BlockKind::kQuote, 0, text);
      i = end;
    }
  }

  // Fields at the head of the document are about it: ":Author: ...".
  size_t ReadDocInfo(const RstLines& lines) {
    size_t i = 0;
    while (i < lines.size() &&
           (IsBlankLine(lines[i]) || FieldName(lines[i]) != std::string_view::npos)) {
      if (IsBlankLine(lines[i])) {
        ++i;
        continue;
      }
      const size_t colon = FieldName(lines[i]);
      std::string name(lines[i].substr(1, colon - 1));
      for (char& c : name) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
      const size_t end = EndOfIndented(lines, i + 1, lines.size(), 1);
      std::string value = RstInlineText(Trim(lines[i].substr(colon + 1)));
      AppendRunning(lines, i + 1, end, &value);
      if (name != "orphan" && name != "tocdepth" && !Trim(value).empty() && name.size() < 64) {
        document_->metadata[name] = TitleLine(value);
      }
      i = std::max(end, i + 1);
    }
    return i;
  }

  size_t ReadField(const RstLines& lines, size_t i, size_t depth) {
    const std::string_view line = lines[i];
    const size_t colon = FieldName(line);
    const size_t end = std::max(EndOfIndented(lines, i + 1, lines.size(), 1), i + 1);
    size_t own = i + 1;
    while (own < end && !IsBlankLine(lines[own])) ++own;
    std::string text = RstInlineText(line.substr(1, colon - 1)) + ": ";
    text += RstInlineText(Trim(line.substr(std::min(colon + 1, line.size()))));
    AppendRunning(lines, i + 1, own, &text);
    builder_.Add(BlockKind::kListItem, 1, text);
    ReadBody(Dedented(lines, own, end, own < end ? BodyIndent(lines, own, end) : 0), depth + 1);
    return end;
  }

  static size_t BodyIndent(const RstLines& lines, size_t begin, size_t end) {
    for (size_t i = begin; i < end; ++i) {
      if (!IsBlankLine(lines[i])) return IndentOf(lines[i]);
    }
    return 0;
  }

  // Directives, footnotes, link targets, comments.
  size_t ReadExplicit(const RstLines& lines, size_t i, size_t depth) {
    const size_t end = std::max(EndOfIndented(lines, i + 1, lines.size(), 1), i + 1);
    const std::string_view line = lines[i];
    const size_t name_end = DirectiveName(line);
    if (name_end != line.npos) {
      ReadDirective(line.substr(3, name_end - 3), Trim(line.substr(name_end + 2)), lines, i + 1,
                    end, depth);
    } else if (line.starts_with(".. [") && line.find(']') != line.npos) {
      std::string text(line.substr(3, line.find(']') - 2));
      text += ' ' + RstInlineText(Trim(line.substr(line.find(']') + 1)));
      AppendRunning(lines, i + 1, end, &text);
      builder_.Add(BlockKind::kParagraph, 0, text);
    }
    return end;
  }

  void ReadDirective(std::string_view name, std::string_view argument, const RstLines& lines,
                     size_t begin, size_t end, size_t depth) {
    const size_t indent = BodyIndent(lines, begin, end);
    RstLines body = Dedented(lines, begin, end, indent);
    size_t options = 0;
    std::string caption;
    // Lines of the argument may come before the options.
    std::string whole_argument(argument);
    while (options < body.size() && !IsBlankLine(body[options])) {
      const size_t colon = FieldName(body[options]);
      if (colon == std::string_view::npos && !(options == 0 && !argument.empty())) break;
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
        if (name == "math" && !whole_argument.empty()) {
          builder_.Add(BlockKind::kCode, 0, whole_argument);
        }
        if (!caption.empty()) builder_.Add(BlockKind::kParagraph, 0, RstInlineText(caption));
        return Code(body, 0, body.size());
      case Use::kCaption:
        if (!caption.empty()) builder_.Add(BlockKind::kParagraph, 0, RstInlineText(caption));
        return ReadBody(body, depth + 1);
      case Use::kTable:
        builder_.Add(BlockKind::kParagraph, 0, RstInlineText(whole_argument));
        return ReadBody(body, depth + 1);
      case Use::kListTable:
        builder_.Add(BlockKind::kParagraph, 0, RstInlineText(whole_argument));
        return WriteTable(ListTable(body));
      case Use::kCsvTable:
        builder_.Add(BlockKind::kParagraph, 0, RstInlineText(whole_argument));
        return WriteTable(CsvTable(body));
      case Use::kBody:
        builder_.Add(BlockKind::kParagraph, 0, RstInlineText(whole_argument));
        return ReadBody(body, depth + 1);
    }
  }

  // "* - cell", then "  - cell" for the others of the row.
  static RstTable ListTable(const RstLines& lines) {
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

  static RstTable CsvTable(const RstLines& lines) {
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

  void WriteTable(const RstTable& table) {
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

  void Code(const RstLines& lines, size_t begin, size_t end) {
    size_t indent = std::string_view::npos;
    for (size_t i = begin; i < end; ++i) {
      if (!IsBlankLine(lines[i])) indent = std::min(indent, IndentOf(lines[i]));
    }
    std::string code;
    for (const std::string_view line : Dedented(lines, begin, end, indent)) {
      code += line;
      code += '\n';
    }
    builder_.Add(BlockKind::kCode, 0, code);
  }

  void Paragraph(const RstLines& lines, size_t begin, size_t end) {
    std::string text;
    AppendRunning(lines, begin, end, &text);
    builder_.Add(BlockKind::kParagraph, 0, text);
  }

  // Lines as running text, behind what is there.
  static void AppendRunning(const RstLines& lines, size_t begin, size_t end, std::string* text) {
    std::string joined;
    for (size_t i = begin; i < end; ++i) {
      joined += lines[i];
      joined += '\n';
    }
    joined = RstInlineText(joined);
    std::string running;
    RunningText(&running, 0).Append(joined);
    if (running.empty()) return;
    if (!text->empty() && text->back() != ' ' && !JoinsWithoutSpace(*text, running)) *text += ' ';
    *text += running;
  }

  Document* document_;
  DocumentBuilder builder_;
  std::vector<std::pair<char, bool>> styles_;  // of headings, the outermost first
  uint32_t list_depth_ = 0;
};

class RstParser final : public Parser {
 public:
  Result<ParsedSource> Parse(std::string_view text, const SourceInfo& source) const override {
    ParsedSource parsed;
    Document& document = parsed.documents.emplace_back(NewDocument(source, Format::kRst));
    std::string storage;
    RstReader(&document).ReadBody(SplitRstLines(text, &storage), 0);
    return parsed;
  }
};

}  // namespace

std::unique_ptr<Parser> MakeRstParser() { return std::make_unique<RstParser>(); }

}  // namespace quarry::ingest
