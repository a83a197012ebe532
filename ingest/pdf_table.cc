// Tables by alignment: rows are lines at one height, and two or more rows one after the other whose
// cells fall into columns are a table. Running text in columns is told apart by its blocks: they
// have several long lines.

#include "ingest/pdf_table.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "base/ascii.h"
#include "base/text.h"

namespace quarry::ingest {
namespace {

// More than any page of a reader has. The rows of a longer run are several tables, and what falls
// into more columns is none: where a run is no table, the next row looks at all of it again.
constexpr size_t kMaxPdfRows = 300;
constexpr size_t kMaxPdfColumns = 200;

struct Cell {
  float x0 = 0;
  float x1 = 0;
  std::vector<size_t> lines;  // of the page, from the left to the right
};

struct PdfTableRow {
  float y0 = 0;
  float y1 = 0;
  std::vector<Cell> cells;
  float height() const { return y1 - y0; }
};

// Lines of blocks of running text.
std::vector<bool> FindProse(const std::vector<PdfLine>& lines) {
  constexpr size_t kLines = 3;
  constexpr size_t kWordsPerLine = 5;
  struct Size {
    size_t lines = 0;
    size_t words = 0;
  };
  std::map<uint32_t, Size> blocks;
  // Chinese and Japanese lines are one word or few: their characters are counted.
  const auto words = [](const PdfLine& line) {
    return std::max<size_t>(line.words,
                            DetectLanguage(line.text) == "en" ? 0 : line.text.size() / 6);
  };
  for (const PdfLine& line : lines) {
    ++blocks[line.block].lines;
    blocks[line.block].words += words(line);
  }
  std::vector<bool> prose(lines.size());
  for (size_t i = 0; i < lines.size(); ++i) {
    const Size& size = blocks[lines[i].block];
    prose[i] = size.lines >= kLines && size.words >= kWordsPerLine * size.lines;
  }
  return prose;
}

std::vector<PdfTableRow> FindRows(const std::vector<PdfLine>& lines) {
  const std::vector<bool> prose = FindProse(lines);
  std::vector<size_t> order;
  for (size_t i = 0; i < lines.size(); ++i) {
    if (!prose[i]) order.push_back(i);
  }
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    return std::pair(lines[a].middle(), a) < std::pair(lines[b].middle(), b);
  });
  std::vector<PdfTableRow> rows;
  for (size_t begin = 0; begin < order.size();) {
    size_t end = begin + 1;
    const PdfLine& first = lines[order[begin]];
    while (end < order.size() && lines[order[end]].middle() - first.middle() <
                                     0.4f * std::min(first.height(), lines[order[end]].height())) {
      ++end;
    }
    std::sort(
        order.begin() + static_cast<ptrdiff_t>(begin), order.begin() + static_cast<ptrdiff_t>(end),
        [&](size_t a, size_t b) { return std::pair(lines[a].x0, a) < std::pair(lines[b].x0, b); });
    PdfTableRow row{.y0 = first.y0, .y1 = first.y1, .cells = {}};
    for (; begin < end; ++begin) {
      const PdfLine& line = lines[order[begin]];
      row.y0 = std::min(row.y0, line.y0);
      row.y1 = std::max(row.y1, line.y1);
      if (row.cells.empty() || line.x0 - row.cells.back().x1 > 0.6f * line.height()) {
        row.cells.push_back({.x0 = line.x0, .x1 = line.x1, .lines = {}});
      }
      row.cells.back().x1 = std::max(row.cells.back().x1, line.x1);
      row.cells.back().lines.push_back(order[begin]);
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

using Interval = std::pair<float, float>;

// The columns that the cells of rows with several of them fall into.
std::vector<Interval> ColumnsOf(const PdfTableRow* begin, const PdfTableRow* end) {
  std::vector<Interval> cells;
  for (const PdfTableRow* row = begin; row != end; ++row) {
    if (row->cells.size() < 2) continue;
    for (const Cell& cell : row->cells) cells.push_back({cell.x0, cell.x1});
  }
  std::sort(cells.begin(), cells.end());
  std::vector<Interval> columns;
  for (const Interval& cell : cells) {
    if (columns.empty() || cell.first > columns.back().second) {
      columns.push_back(cell);
    } else {
      columns.back().second = std::max(columns.back().second, cell.second);
    }
  }
  return columns;
}

// The column that a cell lies in, or the nearest.
size_t ColumnOf(const Cell& cell, const std::vector<Interval>& columns) {
  const float middle = (cell.x0 + cell.x1) / 2;
  size_t best = 0;
  float distance = INFINITY;
  for (size_t i = 0; i < columns.size(); ++i) {
    const float d = std::max({columns[i].first - middle, middle - columns[i].second, 0.0f});
    if (d < distance) best = i;
    distance = std::min(d, distance);
  }
  return best;
}

class TableFinder {
 public:
  explicit TableFinder(const PdfPage& page) : page_(page), taken_(page.lines.size()) {}

  PdfRows Find() {
    const std::vector<PdfTableRow> rows = FindRows(page_.lines);
    for (size_t begin = 0; begin < rows.size();) {
      const size_t end = EndOfTable(rows, begin);
      if (end - begin < 2 || !TakeTable(rows.data() + begin, rows.data() + end)) {
        TakeLabel(rows[begin]);
        ++begin;
        continue;
      }
      begin = end;
    }
    PdfRows found;
    std::sort(tables_.begin(), tables_.end(),
              [](const PdfTable& a, const PdfTable& b) { return a.first < b.first; });
    size_t table = 0;
    for (size_t i = 0; i < page_.lines.size(); ++i) {
      for (; table < tables_.size() && tables_[table].first == i; ++table) {
        found.tables.push_back(std::move(tables_[table]));
        found.tables.back().first = found.lines.size();
      }
      if (taken_[i]) continue;
      PdfLine line = page_.lines[i];
      if (const auto label = labels_.find(i); label != labels_.end()) {
        const PdfLine& mark = page_.lines[label->second];
        line.text.insert(0, mark.text + ' ');
        line.x0 = mark.x0;
        ++line.words;
      }
      found.lines.push_back(std::move(line));
    }
    return found;
  }

 private:
  // Behind the last row with several cells of the run that begins at `begin`. Rows of one cell may
  // stand between: not all columns need be filled.
  static size_t EndOfTable(const std::vector<PdfTableRow>& rows, size_t begin) {
    if (rows[begin].cells.size() < 2) return begin + 1;
    size_t end = begin + 1;
    const float left = rows[begin].cells.front().x0;
    const float right = rows[begin].cells.back().x1;
    const size_t last = std::min(rows.size(), begin + kMaxPdfRows);
    for (size_t i = end; i < last; ++i) {
      const float gap = rows[i].y0 - rows[i - 1].y1;
      if (gap > 3 * rows[i - 1].height()) break;
      if (rows[i].cells.size() >= 2) {
        end = i + 1;
        continue;
      }
      const Cell& cell = rows[i].cells[0];
      if (cell.x1 - cell.x0 > 0.5f * (right - left) || cell.x0 < left - 2) break;
    }
    return end;
  }

  std::string TextOf(const Cell& cell) const {
    std::string text;
    for (const size_t line : cell.lines) {
      if (!text.empty()) text += ' ';
      text += page_.lines[line].text;
    }
    return text;
  }

  // Whether the rows are a table; then its lines are taken. A first column of labels only makes
  // them numbered paragraphs.
  bool TakeTable(const PdfTableRow* begin, const PdfTableRow* end) {
    const std::vector<Interval> columns = ColumnsOf(begin, end);
    if (columns.size() < 2 || columns.size() > kMaxPdfColumns) return false;
    size_t cells = 0;
    size_t words = 0;
    bool labelled = true;
    for (const PdfTableRow* row = begin; row != end; ++row) {
      labelled = labelled && row->cells.size() == 2 && IsPdfLabel(TextOf(row->cells[0]));
      for (const Cell& cell : row->cells) {
        ++cells;
        for (const size_t line : cell.lines) words += page_.lines[line].words;
      }
    }
    if (labelled || words > (columns.size() == 2 ? 6 : 10) * cells) return false;

    PdfTable table{.first = SIZE_MAX, .rows = {}, .columns = columns.size()};
    for (const PdfTableRow* row = begin; row != end; ++row) {
      std::vector<std::string> texts(columns.size());
      for (const Cell& cell : row->cells) {
        std::string& text = texts[ColumnOf(cell, columns)];
        if (!text.empty()) text += ' ';
        text += TextOf(cell);
        for (const size_t line : cell.lines) {
          table.first = std::min(table.first, line);
          taken_[line] = true;
        }
      }
      // The second line of cells that are broken.
      const bool continues =
          !table.rows.empty() && texts[0].empty() && row->y0 - row[-1].y1 < 0.3f * row->height();
      if (!continues) {
        table.rows.push_back(std::move(texts));
        continue;
      }
      for (size_t i = 0; i < texts.size(); ++i) {
        std::string& cell = table.rows.back()[i];
        if (!cell.empty() && !texts[i].empty()) cell += ' ';
        cell += texts[i];
      }
    }
    tables_.push_back(std::move(table));
    return true;
  }

  void TakeLabel(const PdfTableRow& row) {
    if (row.cells.size() < 2 || row.cells[0].lines.size() != 1) return;
    const size_t mark = row.cells[0].lines[0];
    const size_t named = row.cells[1].lines[0];
    if (taken_[mark] || taken_[named] || !IsPdfLabel(page_.lines[mark].text)) return;
    if (row.cells[1].x0 - row.cells[0].x1 > 6 * row.height()) return;
    taken_[mark] = true;
    labels_[named] = mark;
  }

  const PdfPage& page_;
  std::vector<bool> taken_;
  std::map<size_t, size_t> labels_;  // line -> the line of its label
  std::vector<PdfTable> tables_;
};

}  // namespace

bool IsPdfLabel(std::string_view text) {
  static constexpr std::string_view kMarks[] = {"•", "-", "–", "—", "*", "·", "■", "□",
                                                "▪", "○", "●", "◦", "o", "→", "✓"};
  if (std::find(std::begin(kMarks), std::end(kMarks), text) != std::end(kMarks)) return true;
  if (text.empty() || text.size() > 10) return false;
  size_t letters = 0;
  bool digit = false;
  bool mark = false;
  for (const char c : text) {
    const bool is_digit = IsAsciiDigit(c);
    const bool is_mark = c == '.' || c == ')' || c == '(' || c == ']' || c == '[';
    const bool is_letter = IsAsciiLetter(c);
    if (!is_digit && !is_mark && !is_letter) return false;
    digit = digit || is_digit;
    mark = mark || is_mark;
    letters += is_letter ? 1 : 0;
  }
  if (letters == 0) return digit;
  return letters == 1 && (digit || mark);
}

PdfRows FindTables(const PdfPage& page) { return TableFinder(page).Find(); }

}  // namespace quarry::ingest
