#include "ingest/rst_lines.h"

#include <algorithm>
#include <utility>

#include "base/ascii.h"
#include "base/text.h"
#include "ingest/document_builder.h"

namespace quarry::ingest {
namespace {

constexpr size_t kTabColumns = 8;
constexpr size_t kMaxIndentColumns = 200;

std::string_view Part(std::string_view line, size_t begin, size_t end) {
  if (begin >= line.size()) return {};
  return line.substr(begin, std::min(end, line.size()) - begin);
}

void AppendCell(std::string_view text, std::string* cell) {
  text = Trim(text);
  if (text.empty()) return;
  if (!cell->empty()) *cell += ' ';
  *cell += text;
}

// "=====  =====": the columns, as [begin, end) of bytes; none if the line is no ruler.
std::vector<std::pair<size_t, size_t>> SimpleColumns(std::string_view line) {
  std::vector<std::pair<size_t, size_t>> columns;
  if (line.find_first_not_of("= ") != line.npos) return columns;
  for (size_t at = line.find('='); at != line.npos && columns.size() < kMaxIndentColumns;) {
    const size_t end = std::min(line.find(' ', at), line.size());
    columns.push_back({at, end});
    at = line.find('=', end);
  }
  return columns;
}

// Finds where columns of the screen begin in a line: such tables are aligned by them, two for a wide
// character of Chinese. Asked for from the left to the right.
class ScreenColumns {
 public:
  explicit ScreenColumns(std::string_view line) : line_(line) {}

  // Behind the end of a line that is too short.
  size_t OffsetOf(size_t column) {
    while (offset_ < line_.size() && at_ < column) {
      const char32_t c = NextCodePoint(line_, offset_);
      at_ += IsCjkOrItsPunctuation(c) ? 2 : 1;
    }
    return at_ < column ? line_.size() + column - at_ : offset_;
  }

 private:
  const std::string_view line_;
  size_t offset_ = 0;
  size_t at_ = 0;  // the column there
};

// The ruler that ends the simple table which `lines[begin]` begins; `end` if none does.
size_t LastRuler(const RstLines& lines, size_t begin, size_t end) {
  bool has_header = false;
  for (size_t i = begin + 1; i < end; ++i) {
    if (SimpleColumns(lines[i]).empty()) continue;
    const bool ends = i + 1 == end || IsBlankLine(lines[i + 1]);
    if (ends || std::exchange(has_header, true)) return i;
  }
  return end;
}

// The cells of a line up to the last that holds something.
std::vector<std::string> ReadSimpleRow(std::string_view line,
                                       const std::vector<std::pair<size_t, size_t>>& columns) {
  std::vector<std::string> row;
  ScreenColumns screen(line);
  size_t from = screen.OffsetOf(columns[0].first);
  for (size_t c = 0; c < columns.size() && from < line.size(); ++c) {
    // The last one may be longer.
    const size_t to =
        c + 1 < columns.size() ? screen.OffsetOf(columns[c + 1].first) : std::string_view::npos;
    const std::string_view cell = Trim(Part(line, from, to));
    from = to;
    if (cell.empty()) continue;
    row.resize(c);
    row.emplace_back(cell);
  }
  return row;
}

RstTable ReadSimpleTable(const RstLines& lines, size_t begin, size_t end) {
  RstTable table{.rows = {}, .header_rows = 0, .end = begin};
  const auto columns = SimpleColumns(lines[begin]);
  if (columns.size() < 2) return table;
  const size_t last = LastRuler(lines, begin, end);
  if (last == end) return table;
  for (size_t i = begin + 1; i < last; ++i) {
    const std::string_view line = lines[i];
    if (IsBlankLine(line) || line.find_first_not_of("- ") == line.npos) continue;
    if (!SimpleColumns(line).empty()) {
      table.header_rows = table.rows.size();
      continue;
    }
    std::vector<std::string> row = ReadSimpleRow(line, columns);
    if (row.empty()) continue;
    // A line without its first cell goes on with the row above.
    if (row[0].empty() && table.rows.size() > table.header_rows) {
      std::vector<std::string>& above = table.rows.back();
      if (above.size() < row.size()) above.resize(row.size());
      for (size_t c = 0; c < row.size(); ++c) AppendCell(row[c], &above[c]);
    } else {
      table.rows.push_back(std::move(row));
    }
  }
  table.end = last + 1;
  return table;
}

bool IsGridRuler(std::string_view line) {
  return line.size() > 2 && line.starts_with('+') && line.ends_with('+') &&
         line.find_first_not_of("+-=") == line.npos;
}

RstTable ReadGridTable(const RstLines& lines, size_t begin, size_t end) {
  RstTable table{.rows = {}, .header_rows = 0, .end = begin};
  if (!IsGridRuler(lines[begin])) return table;
  std::vector<std::string> row;
  size_t i = begin + 1;
  for (; i < end && (lines[i].starts_with('|') || lines[i].starts_with('+')); ++i) {
    const std::string_view line = lines[i];
    if (line.starts_with('+')) {
      if (!row.empty()) table.rows.push_back(std::exchange(row, {}));
      if (line.find('=') != line.npos) table.header_rows = table.rows.size();
      continue;
    }
    size_t column = 0;
    for (size_t at = 1; at < line.size() && column < kMaxIndentColumns; ++column) {
      const size_t bar = std::min(line.find('|', at), line.size());
      if (bar == line.size()) break;
      if (row.size() <= column) row.resize(column + 1);
      AppendCell(line.substr(at, bar - at), &row[column]);
      at = bar + 1;
    }
  }
  if (!row.empty()) table.rows.push_back(std::move(row));
  if (!table.rows.empty()) table.end = i;
  return table;
}

}  // namespace

RstLines SplitRstLines(std::string_view text, std::string* storage) {
  if (text.find('\t') != text.npos) {
    size_t column = 0;
    for (const char c : text) {
      if (c == '\t') {
        const size_t spaces = kTabColumns - column % kTabColumns;
        storage->append(spaces, ' ');
        column += spaces;
      } else {
        *storage += c;
        column = c == '\n' ? 0 : column + 1;
      }
    }
    text = *storage;
  }
  RstLines lines;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    std::string_view line = text.substr(begin, end - begin);
    while (!line.empty() && (line.back() == ' ' || line.back() == '\f' || line.back() == '\v')) {
      line.remove_suffix(1);
    }
    lines.push_back(line);
    begin = end + 1;
  }
  return lines;
}

size_t IndentOf(std::string_view line) {
  return std::min(line.find_first_not_of(' '), line.size());
}

bool IsBlankLine(std::string_view line) { return line.empty(); }

RstLines Dedented(const RstLines& lines, size_t begin, size_t end, size_t indent) {
  RstLines dedented;
  for (size_t i = begin; i < end; ++i) {
    dedented.push_back(lines[i].substr(std::min(indent, IndentOf(lines[i]))));
  }
  return dedented;
}

size_t EndOfIndented(const RstLines& lines, size_t begin, size_t end, size_t indent) {
  size_t last = begin;
  for (size_t i = begin; i < end; ++i) {
    if (IsBlankLine(lines[i])) continue;
    if (IndentOf(lines[i]) < indent) break;
    last = i + 1;
  }
  return last;
}

char AdornmentOf(std::string_view line, std::string_view title) {
  constexpr size_t kAlways = 4;
  if (line.empty() || title.empty() || title.starts_with(' ')) return '\0';
  const char c = line[0];
  if (std::string_view("=-~`'\"^_*+#:.<>!$%&(),/;?@[\\]{|}").find(c) == std::string_view::npos) {
    return '\0';
  }
  if (line.find_first_not_of(c) != line.npos) return '\0';
  size_t characters = 0;
  for (size_t offset = 0; offset < title.size(); ++characters) NextCodePoint(title, offset);
  return line.size() >= std::min(kAlways, characters) ? c : '\0';
}

size_t ListMarkSize(std::string_view line, bool* numbered) {
  *numbered = false;
  for (const std::string_view bullet : {"-", "*", "+", "•"}) {
    if (!line.starts_with(bullet)) continue;
    if (line.size() == bullet.size()) return bullet.size();
    if (line[bullet.size()] != ' ') return 0;
    return std::min(line.find_first_not_of(' ', bullet.size()), line.size());
  }
  const size_t begin = line.starts_with('(') ? 1 : 0;
  size_t end = begin;
  while (end < line.size() && end - begin < 5 && IsAsciiDigit(line[end])) ++end;
  if (end == begin && end < line.size()) {
    const char c = line[end];
    if (c == '#' || IsAsciiLetter(c)) ++end;
  }
  if (end == begin || end + 1 >= line.size()) return 0;
  if (line[end] != ')' && (line[end] != '.' || begin > 0)) return 0;
  if (line[end + 1] != ' ') return 0;
  *numbered = line[begin] != '#';
  return std::min(line.find_first_not_of(' ', end + 1), line.size());
}

RstTable ReadRstTable(const RstLines& lines, size_t begin, size_t end) {
  if (lines[begin].starts_with('=')) return ReadSimpleTable(lines, begin, end);
  return ReadGridTable(lines, begin, end);
}

size_t RstFieldName(std::string_view line) {
  if (!line.starts_with(':') || line.size() < 3 || line[1] == ' ' || line[1] == ':') {
    return line.npos;
  }
  const size_t end = line.find(':', 1);
  if (end == line.npos || (end + 1 < line.size() && line[end + 1] != ' ')) return line.npos;
  return end;
}

}  // namespace quarry::ingest
