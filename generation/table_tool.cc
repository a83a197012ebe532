#include "generation/table_tool.h"

#include <utility>

#include "generation/table_plot.h"
#include "generation/table_query.h"
#include "generation/table_source.h"
#include "generation/tool_arguments.h"

namespace quarry::generation {
namespace {

constexpr size_t kShownRows = 2;  // of each table that is listed

// As a table reads in a document.
std::string RowText(const std::vector<std::string>& columns, const std::vector<std::string>& row) {
  std::string text;
  for (size_t i = 0; i < columns.size(); ++i) {
    if (row[i].empty()) continue;
    text += (text.empty() ? "" : "; ") + columns[i] + ": " + row[i];
  }
  return text;
}

std::string ListOf(const std::vector<SourceTable>& tables, bool truncated) {
  if (tables.empty()) return "The documents have no tables.";
  std::string text = "Tables (for SQLite; names of columns stand in double quotes):";
  for (const SourceTable& table : tables) {
    text += "\n" + table.name + " (" + table.document + ", " + std::to_string(table.rows.size()) +
            " rows):";
    for (size_t i = 0; i < table.columns.size(); ++i) {
      text += std::string(i == 0 ? " \"" : ", \"") + table.columns[i] + '"' +
              (IsNumberColumn(table, i) ? " number" : " text");
    }
    for (size_t i = 0; i < std::min(kShownRows, table.rows.size()); ++i) {
      text += "\n  " + RowText(table.columns, table.rows[i]);
    }
  }
  if (truncated) text += "\nThere are more tables than can be asked at once.";
  return text;
}

class TableTool final : public Tool {
 public:
  const model::ChatTool& spec() const override { return spec_; }

  Result<ToolResult> Run(std::string_view arguments,
                         const ToolCallContext& context) const override {
    QUARRY_ASSIGN_OR_RETURN(const ToolArguments given,
                            ToolArguments::Parse(arguments, spec_.parameters));
    bool truncated = false;
    QUARRY_ASSIGN_OR_RETURN(const std::vector<SourceTable> tables,
                            ReadTables(context, {}, truncated));
    const std::string sql = given.Text("sql");
    ToolResult told;
    if (sql.empty() || tables.empty()) {
      const std::string list = ListOf(tables, truncated);
      told.passages.push_back(MakeResultPassage(spec_.name, "Tables", list));
      return told;
    }
    const Result<TableResult> result = QueryTables(tables, sql, {}, context.call);
    if (result.status().code() == Code::kInvalidArgument) {
      return InvalidArgumentError(result.status().message() + "\n" + ListOf(tables, truncated));
    }
    QUARRY_RETURN_IF_ERROR(result.status());
    if (const std::string kind = given.Text("plot"); !kind.empty()) {
      QUARRY_ASSIGN_OR_RETURN(told.svg, PlotTable(*result, kind, given.Text("x"), given.Text("y")));
      told.text = "The plot is shown to the reader.";
    }
    std::string text;
    for (const std::vector<std::string>& row : result->rows) {
      text += (text.empty() ? "" : "\n") + RowText(result->columns, row);
    }
    if (text.empty()) text = "No rows.";
    if (result->truncated) text += "\n(more rows)";
    told.passages.push_back(MakeResultPassage(spec_.name, sql, std::move(text), ChunksOf(tables)));
    return told;
  }

 private:
  // All of them: which a query reads is SQLite's knowledge.
  static std::vector<ChunkId> ChunksOf(const std::vector<SourceTable>& tables) {
    std::vector<ChunkId> chunks;
    for (const SourceTable& table : tables) {
      for (const ChunkId chunk : table.chunks) {
        if (chunks.empty() || chunks.back() != chunk) chunks.push_back(chunk);
      }
    }
    return chunks;
  }

  const model::ChatTool spec_ = {
      "query_table",
      "Asks the tables of the documents (CSV, spreadsheets) in SQL: one SELECT for SQLite. Without "
      "sql it lists the tables and their columns. With plot (bar or line) the reader sees column y "
      "over column x of the result.",
      R"({"type":"object","properties":{"sql":{"type":"string","maxLength":10000},)"
      R"("plot":{"type":"string","enum":["bar","line"]},"x":{"type":"string"},)"
      R"("y":{"type":"string"}},"additionalProperties":false})"};
};

}  // namespace

std::unique_ptr<Tool> MakeTableTool() { return std::make_unique<TableTool>(); }

}  // namespace quarry::generation
