#include <gumbo.h>

#include <algorithm>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "base/text.h"
#include "ingest/html_prescan.h"
#include "ingest/html_walk.h"
#include "ingest/html_writer.h"

namespace quarry::ingest::html {
namespace {

// Text that rowspan repeats, so that a small page cannot grow without bound.
constexpr size_t kMaxRepeatedBytes = size_t{1} << 20;
// Places that cells fill beside their own. Pages that somebody reads have thousands.
constexpr size_t kMaxFilledPlaces = size_t{1} << 20;

bool IsCell(const Node& node) { return IsTag(node, GUMBO_TAG_TD) || IsTag(node, GUMBO_TAG_TH); }

struct HtmlRow {
  std::vector<const Node*> cells;
  bool in_head = false;

  bool IsHeader() const {
    return in_head || std::all_of(cells.begin(), cells.end(),
                                  [](const Node* cell) { return IsTag(*cell, GUMBO_TAG_TH); });
  }
};

// Looks no further than the first text: tables nest.
bool HoldsText(const Page& page, const Node& cell) {
  bool found = false;
  Walk(
      cell,
      [&](const Node& below) {
        if (found) return false;
        if (IsText(below)) {
          ResolvePrescanText(page.source, below.v.text.text,
                             [&](std::string_view run) { found = found || !Trim(run).empty(); });
          return false;
        }
        if (!IsElement(below) || IsInvisible(below)) return false;
        if (below.v.element.tag == GUMBO_TAG_IMG) found = !Trim(AltOf(below)).empty();
        return !found;
      },
      [](const Node&) {});
  return found;
}

// Whether a row has text in more than one cell.
bool HasTextsBesideEachOther(const Page& page, const HtmlRow& row) {
  return std::ranges::count_if(row.cells,
                               [&](const Node* cell) { return HoldsText(page, *cell); }) > 1;
}

// The rows of `table` and its caption, without those of tables inside.
struct Grid {
  std::vector<HtmlRow> rows;
  const Node* caption = nullptr;
  bool is_layout = false;
};

Grid ReadGrid(const Page& page, const Node& table) {
  Grid grid;
  const char* role = AttributeOf(table, "role");
  grid.is_layout = role != nullptr;  // the prescan keeps "main", "none" and "presentation" only
  size_t columns = 0;
  bool in_head = false;
  bool has_headers = false;
  Walk(
      table,
      [&](const Node& node) {
        if (grid.is_layout || !IsElement(node) || IsInvisible(node)) return false;
        const GumboTag tag = node.v.element.tag;
        const bool is_block = (tag == GUMBO_TAG_TABLE && &node != &table) ||
                              HeadingLevelOf(tag) > 0 || tag == GUMBO_TAG_PRE ||
                              tag == GUMBO_TAG_BLOCKQUOTE;
        if (is_block) {
          grid.is_layout = true;
          return false;
        }
        if (tag == GUMBO_TAG_CAPTION) {
          grid.caption = &node;
          return false;
        }
        if (tag == GUMBO_TAG_THEAD) in_head = true;
        if (tag == GUMBO_TAG_TR) grid.rows.push_back({.cells = {}, .in_head = in_head});
        if (IsCell(node) && !grid.rows.empty()) {
          grid.rows.back().cells.push_back(&node);
          columns = std::max(columns, grid.rows.back().cells.size());
          has_headers = has_headers || tag == GUMBO_TAG_TH;
        }
        return true;
      },
      [&](const Node& node) {
        if (IsTag(node, GUMBO_TAG_THEAD)) in_head = false;
      });
  // An icon beside a note makes no table of it.
  const bool is_one_column =
      columns < 2 ? !has_headers : std::ranges::none_of(grid.rows, [&](const HtmlRow& row) {
        return HasTextsBesideEachOther(page, row);
      });
  grid.is_layout = grid.is_layout || is_one_column;
  return grid;
}

size_t SpanOf(const Node& cell, const char* attribute) {
  const char* value = AttributeOf(cell, attribute);
  const int span = value == nullptr ? 1 : std::atoi(value);
  return static_cast<size_t>(std::clamp(span, 1, static_cast<int>(kMaxRowCells)));
}

// Places the cells of each row in their columns. A cell that spans rows is repeated in each of
// them.
class Placer {
 public:
  explicit Placer(const Page* page) : page_(page) {}

  // The text of each column; of a cell that spans columns in its first one, or in all with
  // `repeat`.
  const std::vector<std::string>& Place(const HtmlRow& row, bool repeat) {
    texts_.clear();
    const bool is_full = filled_ > kMaxFilledPlaces;  // from here on cells fill their own alone
    if (is_full) spanned_.clear();
    size_t column = 0;
    const auto take_spanned = [&] {
      for (; column < spanned_.size() && spanned_[column].rows > 0; ++column) {
        Spanned& cell = spanned_[column];
        --cell.rows;
        ++filled_;
        repeated_ += cell.text.size();
        texts_.push_back(repeated_ <= kMaxRepeatedBytes ? cell.text : std::string());
      }
    };
    for (const Node* cell : row.cells) {
      take_spanned();
      if (column >= kMaxRowCells) {
        ++left_out_;
        continue;
      }
      const size_t columns =
          is_full ? 1 : std::min(SpanOf(*cell, "colspan"), kMaxRowCells - column);
      const size_t rows = is_full ? 1 : SpanOf(*cell, "rowspan");
      filled_ += columns - 1;
      const std::string text = LineOf(*page_, *cell);
      for (size_t i = 0; i < columns; ++i, ++column) {
        texts_.push_back(i == 0 || (repeat && text.size() < 200) ? text : std::string());
        if (rows == 1) continue;
        if (spanned_.size() <= column) spanned_.resize(column + 1);
        spanned_[column] = {rows - 1, texts_.back()};
      }
    }
    take_spanned();
    return texts_;
  }

  // Cells beyond the last column.
  size_t left_out() const { return left_out_; }

 private:
  struct Spanned {
    size_t rows = 0;  // that it still reaches into
    std::string text;
  };

  const Page* page_;
  std::vector<std::string> texts_;
  std::vector<Spanned> spanned_;  // by column
  size_t repeated_ = 0;
  size_t filled_ = 0;
  size_t left_out_ = 0;
};

}  // namespace

bool WriteTable(const Page& page, const Node& table, DocumentBuilder* builder) {
  const Grid grid = ReadGrid(page, table);
  if (grid.is_layout) return false;
  if (grid.caption != nullptr) builder->Add(BlockKind::kParagraph, 0, LineOf(page, *grid.caption));

  Placer placer(&page);
  TableWriter writer(builder);
  // Header rows are joined from above: "Power" over "Min" and "Max" gives "Power Min" and "Power
  // Max".
  std::vector<std::string> labels;
  size_t row = 0;
  for (; row < grid.rows.size() && grid.rows[row].IsHeader(); ++row) {
    const std::vector<std::string>& texts = placer.Place(grid.rows[row], true);
    labels.resize(std::max(labels.size(), texts.size()));
    for (size_t i = 0; i < texts.size(); ++i) {
      if (texts[i].empty() || labels[i].ends_with(texts[i])) continue;
      if (!labels[i].empty()) labels[i] += ' ';
      labels[i] += texts[i];
    }
  }
  // A table of headers only is one of rows.
  if (row == grid.rows.size()) {
    row = 0;
    labels.clear();
    placer = Placer(&page);
  }
  writer.SetHeader(ViewsOf(labels));
  for (; row < grid.rows.size(); ++row) {
    const HtmlRow& cells = grid.rows[row];
    if (cells.cells.empty()) continue;
    std::vector<std::string> texts = placer.Place(cells, false);
    // "Power | 1.5 kW" with the first cell a header reads "Power: 1.5 kW".
    const bool has_row_header = labels.empty() && cells.cells.size() > 1 &&
                                IsTag(*cells.cells[0], GUMBO_TAG_TH) && !texts[0].empty();
    if (has_row_header) {
      if (!texts[0].ends_with(':')) texts[0] += ':';
      texts[1] = texts[0] + ' ' + texts[1];
      texts[0].clear();
    }
    writer.AddRow(ViewsOf(texts));
  }
  writer.Finish();
  builder->LeaveOutCells(placer.left_out());
  return true;
}

}  // namespace quarry::ingest::html
