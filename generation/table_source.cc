#include "generation/table_source.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "base/ascii.h"
#include "base/text.h"
#include "index/document_fields.h"

namespace quarry::generation {
namespace {

constexpr size_t kMaxColumns = 200;
constexpr size_t kMaxLabelText = 130;  // of what may head a cell; ingest cuts at 120
constexpr size_t kMaxTableName = 48;

bool IsTableType(std::string_view media_type) {
  return media_type == "text/csv" || media_type == "text/tab-separated-values" ||
         media_type.find("spreadsheet") != std::string_view::npos ||
         media_type == "application/vnd.ms-excel";
}

// What heads a cell; "" for nothing.
std::string_view LabelOf(std::string_view cell) {
  const size_t end = cell.find(": ");
  return end > kMaxLabelText ? "" : cell.substr(0, end);  // npos is
}

using TableCells = std::vector<std::vector<std::string_view>>;  // by row

// The names of the columns, in their order; none where cells have no heads.
std::vector<std::string> FindColumns(const TableCells& rows) {
  std::map<std::string_view, size_t> counts;
  size_t cells = 0;
  for (const auto& row : rows) {
    for (const std::string_view cell : row) {
      ++cells;
      if (!LabelOf(cell).empty()) ++counts[LabelOf(cell)];
    }
  }
  const size_t enough = rows.size() < 4 ? 1 : 2;
  size_t headed = 0;
  std::vector<std::string> columns;
  for (const auto& row : rows) {
    auto place = columns.begin();
    for (const std::string_view cell : row) {
      const std::string label(LabelOf(cell));
      if (label.empty() || counts[label] < enough) continue;
      ++headed;
      const auto known = std::ranges::find(columns, label);
      if (known == columns.end() && columns.size() == kMaxColumns) continue;
      place = (known == columns.end() ? columns.insert(place, label) : known) + 1;
    }
  }
  return headed * 2 >= cells ? columns : std::vector<std::string>();
}

std::string NameFor(std::string_view document, std::string_view sheet,
                    std::set<std::string>& used) {
  std::string_view stem = document.substr(document.rfind('/') + 1);
  if (const size_t dot = stem.find('.'); dot != std::string_view::npos && dot > 0) {
    stem = stem.substr(0, dot);
  }
  std::string name;
  for (const char c : Fold(sheet.empty() ? stem : std::string(stem) + '_' + std::string(sheet))) {
    const bool is_word = IsAsciiAlphanumeric(c) || !IsAscii(c);
    if (is_word || (!name.empty() && name.back() != '_')) name += is_word ? c : '_';
  }
  name = TruncateUtf8(name, kMaxTableName);
  while (name.ends_with('_')) name.pop_back();
  if (name.empty() || IsAsciiDigit(name[0])) name.insert(0, "t_");
  std::string unique = name;
  for (int i = 2; !used.insert(unique).second; ++i) unique = name + '_' + std::to_string(i);
  return unique;
}

// Where the tables of a document stand, by the headings above them.
struct TablePlaces {
  std::vector<std::pair<std::vector<std::string>, std::vector<ByteRange>>> tables;
  std::vector<ChunkId> chunks;
};

Result<TablePlaces> FindTables(const index::Snapshot& snapshot, size_t position) {
  TablePlaces places;
  const index::DocumentEntry entry = snapshot.rows().document(position);
  for (RowId row = entry.first_row; row < entry.first_row + entry.rows; ++row) {
    QUARRY_ASSIGN_OR_RETURN(const Passage passage, snapshot.ReadPassage(row));
    const Chunk& chunk = passage.chunk;
    places.chunks.push_back(chunk.id);
    for (const ChunkBlock& block : chunk.blocks) {
      if (block.kind != BlockKind::kTable) continue;
      const SourceSpan span = SpanWithin(chunk, block.begin, block.end);
      if (places.tables.empty() || places.tables.back().first != span.heading_path) {
        places.tables.push_back({span.heading_path, {}});
      }
      std::vector<ByteRange>& ranges = places.tables.back().second;
      // Chunks may overlap.
      if (!ranges.empty() && span.begin <= ranges.back().end + 1) {
        ranges.back().end = std::max<size_t>(ranges.back().end, span.end);
      } else {
        ranges.push_back({span.begin, span.end});
      }
    }
  }
  return places;
}

}  // namespace

void ParseTableText(std::string_view text, SourceTable& table) {
  TableCells rows;
  for (const std::string_view line : Split(text, "\n")) {
    if (!Trim(line).empty()) rows.push_back(Split(line, "; "));
  }
  table.columns = FindColumns(rows);
  const bool is_headed = !table.columns.empty();
  if (!is_headed) {
    size_t widest = 0;
    for (const auto& row : rows) widest = std::max(widest, row.size());
    for (size_t i = 1; i <= std::min(widest, kMaxColumns); ++i) {
      table.columns.push_back("c" + std::to_string(i));
    }
  }
  for (const auto& row : rows) {
    std::vector<std::string> cells(table.columns.size());
    std::optional<size_t> at;
    for (const std::string_view cell : row) {
      const std::string_view label = is_headed ? LabelOf(cell) : "";
      const auto column = std::ranges::find(table.columns, label);
      const auto number = static_cast<size_t>(column - table.columns.begin());
      if (!is_headed) {
        at = at ? *at + 1 : 0;
        if (*at < cells.size()) cells[*at] = cell;
      } else if (column != table.columns.end() && (!at || number > *at)) {
        at = number;
        cells[*at] = cell.substr(label.size() + 2);
      } else {  // a cell that holds "; "
        if (!at) at = 0;
        cells[*at] += (cells[*at].empty() ? "" : "; ") + std::string(cell);
      }
    }
    table.rows.push_back(std::move(cells));
  }
}

Result<std::vector<SourceTable>> ReadTables(const ToolCallContext& context,
                                            const TableLimits& limits, bool& truncated) {
  std::vector<SourceTable> tables;
  std::set<std::string> names;
  uint64_t bytes = 0;
  uint64_t rows = 0;
  truncated = false;
  const index::Snapshot& snapshot = context.snapshot;
  Status status;
  const auto take = [&](const index::StoredDocument& document) -> Status {
    QUARRY_RETURN_IF_ERROR(context.call.Check());
    const Query& query = context.query;
    if (!IsTableType(document.media_type) || !query.principals.MayRead(document.access) ||
        !Matches(query.filter, document)) {
      return OkStatus();
    }
    const std::optional<size_t> position = snapshot.PositionOf(document.number);
    if (!position) return OkStatus();
    QUARRY_ASSIGN_OR_RETURN(const TablePlaces places, FindTables(snapshot, *position));
    QUARRY_ASSIGN_OR_RETURN(const std::string text, snapshot.ReadText(document.number));
    for (const auto& [headings, ranges] : places.tables) {
      std::string lines;
      for (const ByteRange& range : ranges) {
        lines += text.substr(range.begin, range.end - range.begin) + '\n';
      }
      SourceTable table{.document = document.id, .chunks = places.chunks};
      ParseTableText(lines, table);
      bytes += lines.size();
      rows += table.rows.size();
      if (tables.size() == limits.tables || rows > limits.rows || bytes > limits.bytes) {
        truncated = true;
        return OkStatus();
      }
      if (table.rows.empty()) continue;
      table.name = NameFor(document.id, headings.empty() ? "" : headings.back(), names);
      tables.push_back(std::move(table));
    }
    return OkStatus();
  };
  QUARRY_RETURN_IF_ERROR(snapshot.ForEachDocument([&](const index::StoredDocument& document) {
    status = take(document);
    return status.ok() && !truncated;
  }));
  QUARRY_RETURN_IF_ERROR(status);
  return tables;
}

}  // namespace quarry::generation
