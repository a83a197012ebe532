// reStructuredText as its specification has it (docutils), with the directives of Sphinx, as far as
// a reader sees it. What needs other files (include, toctree, autodoc) has no text here.

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "base/ascii.h"
#include "base/text.h"
#include "ingest/document_builder.h"
#include "ingest/parsers.h"
#include "ingest/rst_inline.h"
#include "ingest/rst_reader.h"

namespace quarry::ingest {
namespace {

constexpr size_t kMaxBlockDepth = 40;  // of blocks in blocks

// A paragraph may begin like an item: its next line then stands at the margin.
bool IsItem(const RstLines& lines, size_t i, size_t mark) {
  if (i + 1 >= lines.size() || IsBlankLine(lines[i + 1])) return true;
  bool numbered = false;
  return IndentOf(lines[i + 1]) >= mark || ListMarkSize(lines[i + 1], &numbered) > 0;
}

}  // namespace

void AppendRstRunning(const RstLines& lines, size_t begin, size_t end, std::string* text) {
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

size_t RstBodyIndent(const RstLines& lines, size_t begin, size_t end) {
  for (size_t i = begin; i < end; ++i) {
    if (!IsBlankLine(lines[i])) return IndentOf(lines[i]);
  }
  return 0;
}

void RstReader::ReadBody(const RstLines& lines, size_t depth) {
  size_t i = 0;
  if (depth == 0) i = ReadDocInfo(lines);
  while (i < lines.size()) {
    if (IsBlankLine(lines[i])) {
      ++i;
    } else if (depth > kMaxBlockDepth) {
      Paragraph(lines, i, lines.size());
      return;
    } else {
      i = ReadBlock(lines, i, depth);
    }
  }
}

size_t RstReader::ReadBlock(const RstLines& lines, size_t i, size_t depth) {
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
  if (RstFieldName(line) != line.npos) return ReadField(lines, i, depth);
  bool numbered = false;
  if (const size_t mark = ListMarkSize(line, &numbered); mark > 0 && IsItem(lines, i, mark)) {
    return ReadItem(lines, i, mark, numbered, depth);
  }
  return ReadParagraph(lines, i, depth);
}

size_t RstReader::ReadSection(const RstLines& lines, size_t i) {
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

void RstReader::Heading(char adornment, bool over, std::string_view title) {
  const std::pair<char, bool> style(adornment, over);
  const auto known = std::find(styles_.begin(), styles_.end(), style);
  const auto level = static_cast<uint32_t>(known - styles_.begin()) + 1;
  if (known == styles_.end()) styles_.push_back(style);
  builder_.Add(BlockKind::kHeading, std::min<uint32_t>(level, 6), RstInlineText(title));
}

size_t RstReader::ReadParagraph(const RstLines& lines, size_t i, size_t depth) {
  size_t end = i + 1;
  for (; end < lines.size() && !IsBlankLine(lines[end]) && IndentOf(lines[end]) == 0; ++end) {
    // Before an underlined line it ends: that is a title without the empty line above.
    if (end + 1 < lines.size() && AdornmentOf(lines[end + 1], lines[end]) != '\0') break;
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

size_t RstReader::ReadLiteral(const RstLines& lines, size_t i) {
  while (i < lines.size() && IsBlankLine(lines[i])) ++i;
  if (i == lines.size() || IndentOf(lines[i]) == 0) return i;
  const size_t end = EndOfIndented(lines, i, lines.size(), 1);
  Code(lines, i, end);
  return end;
}

size_t RstReader::ReadDoctest(const RstLines& lines, size_t i) {
  size_t end = i;
  while (end < lines.size() && !IsBlankLine(lines[end])) ++end;
  Code(lines, i, end);
  return end;
}

size_t RstReader::ReadLineBlock(const RstLines& lines, size_t i) {
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

size_t RstReader::ReadItem(const RstLines& lines, size_t i, size_t mark, bool numbered,
                           size_t depth) {
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
  AppendRstRunning(body, 0, own, &text);
  builder_.Add(BlockKind::kListItem, std::min(list_depth_, 6u), text);
  if (literal) own = ReadLiteral(body, own);
  RstLines rest(body.begin() + static_cast<ptrdiff_t>(own), body.end());
  ReadBody(rest, depth + 1);
  --list_depth_;
  return end;
}

void RstReader::ReadQuote(const RstLines& lines, size_t depth) {
  // Plain paragraphs are quoted; lists and the like are only indented.
  size_t i = 0;
  while (i < lines.size()) {
    if (IsBlankLine(lines[i])) {
      ++i;
      continue;
    }
    bool numbered = false;
    const bool plain = depth <= kMaxBlockDepth && IndentOf(lines[i]) == 0 &&
                       ListMarkSize(lines[i], &numbered) == 0 && !lines[i].starts_with("..") &&
                       !lines[i].starts_with(":");
    if (!plain) {
      if (depth > kMaxBlockDepth) return Paragraph(lines, i, lines.size());
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
    AppendRstRunning(lines, i, end, &text);
    builder_.Add(BlockKind::kQuote, 0, text);
    i = end;
  }
}

size_t RstReader::ReadDocInfo(const RstLines& lines) {
  size_t i = 0;
  while (i < lines.size() &&
         (IsBlankLine(lines[i]) || RstFieldName(lines[i]) != std::string_view::npos)) {
    if (IsBlankLine(lines[i])) {
      ++i;
      continue;
    }
    const size_t colon = RstFieldName(lines[i]);
    const std::string name = AsciiLower(lines[i].substr(1, colon - 1));
    const size_t end = EndOfIndented(lines, i + 1, lines.size(), 1);
    std::string value = RstInlineText(Trim(lines[i].substr(colon + 1)));
    AppendRstRunning(lines, i + 1, end, &value);
    if (name != "orphan" && name != "tocdepth" && !Trim(value).empty() && name.size() < 64) {
      document_->metadata[name] = TitleLine(value);
    }
    i = std::max(end, i + 1);
  }
  return i;
}

size_t RstReader::ReadField(const RstLines& lines, size_t i, size_t depth) {
  const std::string_view line = lines[i];
  const size_t colon = RstFieldName(line);
  const size_t end = std::max(EndOfIndented(lines, i + 1, lines.size(), 1), i + 1);
  size_t own = i + 1;
  while (own < end && !IsBlankLine(lines[own])) ++own;
  std::string text = RstInlineText(line.substr(1, colon - 1)) + ": ";
  text += RstInlineText(Trim(line.substr(std::min(colon + 1, line.size()))));
  AppendRstRunning(lines, i + 1, own, &text);
  builder_.Add(BlockKind::kListItem, 1, text);
  ReadBody(Dedented(lines, own, end, own < end ? RstBodyIndent(lines, own, end) : 0), depth + 1);
  return end;
}

void RstReader::Code(const RstLines& lines, size_t begin, size_t end) {
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

void RstReader::Paragraph(const RstLines& lines, size_t begin, size_t end) {
  std::string text;
  AppendRstRunning(lines, begin, end, &text);
  builder_.Add(BlockKind::kParagraph, 0, text);
}

namespace {

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
