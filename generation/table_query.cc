#include "generation/table_query.h"

#include <sqlite3.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <optional>
#include <utility>

#include "base/ascii.h"
#include "base/numbers.h"
#include "base/text.h"
#include "generation/table_query_functions.h"

namespace quarry::generation {
namespace {

using SteadyClock = CallContext::Clock;

constexpr int kOpsPerCheck = 50;  // of SQLite's machine
constexpr size_t kMaxSqlBytes = 10'000;
// No operation on values of this size takes long, but for those of table_query_functions.h.
constexpr int kMaxValueBytes = 64 * 1024;

struct CloseDatabase {
  void operator()(sqlite3* database) const { sqlite3_close(database); }
};
struct FinishStatement {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Database = std::unique_ptr<sqlite3, CloseDatabase>;
using Statement = std::unique_ptr<sqlite3_stmt, FinishStatement>;

// "12", "-0.5", "1,234.50"; nullopt for anything else, "007" too, which is a name.
std::optional<std::string> NumberOf(std::string_view cell) {
  cell = Trim(cell);
  std::string digits;
  for (size_t i = 0; i < cell.size(); ++i) {
    if (cell[i] != ',') {
      digits += cell[i];
      continue;
    }
    size_t group = 0;
    while (i + 1 + group < cell.size() && IsAsciiDigit(cell[i + 1 + group])) ++group;
    if (i == 0 || !IsAsciiDigit(cell[i - 1]) || group != 3) return std::nullopt;
  }
  const size_t sign = digits.starts_with('-') ? 1 : 0;
  const bool is_code = digits.size() > sign + 1 && digits[sign] == '0' && digits[sign + 1] != '.';
  if (is_code || digits.size() == sign || !IsAsciiDigit(digits[sign])) return std::nullopt;
  const std::optional<double> number = ParseNumber<double>(digits);
  if (!number || !std::isfinite(*number)) return std::nullopt;
  return digits;
}

std::string Quoted(std::string_view name) {
  std::string quoted = "\"";
  for (const char c : name) quoted += c == '"' ? "\"\"" : std::string(1, c);
  return quoted + '"';
}

// What ends a query that runs too long.
struct TableWatch {
  const CallContext& context;
  const TableQueryLimits& limits;
  SteadyClock::time_point deadline;
  const char* why = nullptr;
};

int CheckWatch(void* self) {
  TableWatch& watch = *static_cast<TableWatch*>(self);
  if (watch.context.cancel.cancelled() || SteadyClock::now() >= watch.context.deadline) {
    watch.why = "cancelled";
  } else if (SteadyClock::now() >= watch.deadline) {
    watch.why = "it takes too long";
  } else if (static_cast<uint64_t>(sqlite3_memory_used()) > watch.limits.memory_bytes) {
    watch.why = "it needs too much memory";
  }
  return watch.why != nullptr ? 1 : 0;
}

int Authorize(void*, int action, const char*, const char* function, const char*, const char*) {
  if (action == SQLITE_SELECT || action == SQLITE_READ || action == SQLITE_RECURSIVE) {
    return SQLITE_OK;
  }
  if (action != SQLITE_FUNCTION) return SQLITE_DENY;
  // The time of json_patch grows with the product of its arguments.
  const std::string_view name = function == nullptr ? "" : function;
  return name == "load_extension" || name == "json_patch" ? SQLITE_DENY : SQLITE_OK;
}

Status SqlError(sqlite3* database) {
  if (sqlite3_errcode(database) == SQLITE_NOMEM) {
    return ResourceExhaustedError("stopped: it needs too much memory");
  }
  return InvalidArgumentError(sqlite3_errmsg(database));
}

void SetBounds(sqlite3* database) {
  sqlite3_limit(database, SQLITE_LIMIT_LENGTH, kMaxValueBytes);
  sqlite3_limit(database, SQLITE_LIMIT_COLUMN, 250);
  sqlite3_limit(database, SQLITE_LIMIT_EXPR_DEPTH, 100);
  sqlite3_limit(database, SQLITE_LIMIT_COMPOUND_SELECT, 50);
  sqlite3_limit(database, SQLITE_LIMIT_VDBE_OP, 100'000);
  sqlite3_limit(database, SQLITE_LIMIT_FUNCTION_ARG, 50);
  sqlite3_limit(database, SQLITE_LIMIT_ATTACHED, 0);
  sqlite3_limit(database, SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 1'000);
  sqlite3_limit(database, SQLITE_LIMIT_WORKER_THREADS, 0);
}

Status Execute(sqlite3* database, const std::string& sql) {
  return sqlite3_exec(database, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK
             ? OkStatus()
             : SqlError(database);
}

// What of a row's cells stands in the table: of a row that SQLite would not hold those cells that are longer
// than their share are cut, and end in "…".
class RowCells {
 public:
  explicit RowCells(const std::vector<std::string>& row) : row_(row) {
    size_t bytes = 0;
    for (const std::string& cell : row) bytes += cell.size();
    if (bytes > kMaxRowBytes) most_ = kMaxRowBytes / row.size();
  }
  std::string Text(size_t cell) const {
    constexpr std::string_view kCut = "…";
    const std::string& text = row_[cell];
    if (text.size() <= most_) return text;
    return std::string(TruncateUtf8(text, most_ - kCut.size())).append(kCut);
  }

 private:
  static constexpr size_t kMaxRowBytes =
      kMaxValueBytes - 4096;  // without what is stored of each cell

  const std::vector<std::string>& row_;
  size_t most_ = kMaxRowBytes;
};

Status FillTable(sqlite3* database, const SourceTable& table) {
  std::string columns;
  std::string places;
  std::vector<bool> numbers;
  std::vector<std::string> used;
  for (size_t i = 0; i < table.columns.size(); ++i) {
    numbers.push_back(IsNumberColumn(table, i));
    // SQLite takes columns that differ in case alone for the same.
    std::string name = table.columns[i];
    while (std::ranges::find(used, AsciiLower(name)) != used.end()) name += '_';
    used.push_back(AsciiLower(name));
    columns += (i == 0 ? "" : ", ") + Quoted(name) + (numbers[i] ? " NUMERIC" : " TEXT");
    places += i == 0 ? "?" : ", ?";
  }
  QUARRY_RETURN_IF_ERROR(
      Execute(database, "CREATE TABLE " + Quoted(table.name) + " (" + columns + ")"));
  sqlite3_stmt* made = nullptr;
  const std::string insert = "INSERT INTO " + Quoted(table.name) + " VALUES (" + places + ")";
  if (sqlite3_prepare_v2(database, insert.c_str(), -1, &made, nullptr) != SQLITE_OK) {
    return SqlError(database);
  }
  const Statement statement(made);
  for (const std::vector<std::string>& row : table.rows) {
    const RowCells cells(row);
    for (size_t i = 0; i < row.size(); ++i) {
      const int place = static_cast<int>(i) + 1;
      std::string text = cells.Text(i);
      const bool is_empty = Trim(text).empty();
      // A column of type NUMERIC makes a number of it.
      if (numbers[i]) text = NumberOf(text).value_or(text);
      const int bound = is_empty
                            ? sqlite3_bind_null(made, place)
                            : sqlite3_bind_text(made, place, text.data(),
                                                static_cast<int>(text.size()), SQLITE_TRANSIENT);
      if (bound != SQLITE_OK) return SqlError(database);
    }
    if (sqlite3_step(made) != SQLITE_DONE) return SqlError(database);
    sqlite3_reset(made);
  }
  return OkStatus();
}

std::string CellText(sqlite3_stmt* statement, int column, size_t most) {
  const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(statement, column));
  if (bytes == nullptr) return "";
  const std::string_view text(bytes, static_cast<size_t>(sqlite3_column_bytes(statement, column)));
  if (!IsValidUtf8(text)) return "(bytes)";
  return std::string(TruncateUtf8(text, most));
}

Result<TableResult> RunSelect(sqlite3* database, std::string_view sql, TableWatch& watch) {
  const TableQueryLimits& limits = watch.limits;
  sqlite3_stmt* made = nullptr;
  const char* rest = nullptr;
  const int prepared =
      sqlite3_prepare_v2(database, sql.data(), static_cast<int>(sql.size()), &made, &rest);
  const Statement statement(made);
  if (prepared != SQLITE_OK) {
    if (prepared == SQLITE_AUTH) return InvalidArgumentError("only SELECT is allowed");
    return SqlError(database);
  }
  const std::string_view behind = sql.substr(static_cast<size_t>(rest - sql.data()));
  if (made == nullptr || behind.find_first_not_of("; \n\t\r") != std::string_view::npos) {
    return InvalidArgumentError("expected one SELECT");
  }
  if (sqlite3_stmt_readonly(made) == 0) return InvalidArgumentError("only SELECT is allowed");
  TableResult result;
  const int columns = sqlite3_column_count(made);
  for (int i = 0; i < columns; ++i) result.columns.emplace_back(sqlite3_column_name(made, i));
  int step = SQLITE_ROW;
  while ((step = sqlite3_step(made)) == SQLITE_ROW) {
    if (result.rows.size() == limits.rows) {
      result.truncated = true;
      return result;
    }
    std::vector<std::string>& row = result.rows.emplace_back();
    for (int i = 0; i < columns; ++i) row.push_back(CellText(made, i, limits.cell_bytes));
  }
  if (step == SQLITE_DONE) return result;
  QUARRY_RETURN_IF_ERROR(watch.context.Check());
  if (watch.why != nullptr) return ResourceExhaustedError(std::string("stopped: ") + watch.why);
  return SqlError(database);
}

}  // namespace

bool IsNumberColumn(const SourceTable& table, size_t column) {
  bool has_number = false;
  for (const std::vector<std::string>& row : table.rows) {
    if (Trim(row[column]).empty()) continue;
    if (!NumberOf(row[column])) return false;
    has_number = true;
  }
  return has_number;
}

Result<TableResult> QueryTables(const std::vector<SourceTable>& tables, std::string_view sql,
                                const TableQueryLimits& limits, const CallContext& context) {
  if (sql.size() > kMaxSqlBytes) {
    return InvalidArgumentError("expected at most " + std::to_string(kMaxSqlBytes) + " bytes");
  }
  sqlite3* opened = nullptr;
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_MEMORY | SQLITE_OPEN_NOMUTEX;
  const int status = sqlite3_open_v2(":memory:", &opened, flags, nullptr);
  TableWatch watch{context, limits, SteadyClock::now() + limits.time};
  const QueryBrake brake{CheckWatch, &watch};
  const Database database(opened);
  if (status != SQLITE_OK) return InternalError("SQLite cannot be opened");
  SetBounds(opened);
  // Nobody is asked while a query is prepared, and each name of a WITH is a copy of what it names.
  sqlite3_hard_heap_limit64(static_cast<int64_t>(limits.memory_bytes));
  QUARRY_RETURN_IF_ERROR(Execute(opened, "PRAGMA temp_store=MEMORY"));
  QUARRY_RETURN_IF_ERROR(Execute(opened, "BEGIN"));
  for (const SourceTable& table : tables) {
    QUARRY_RETURN_IF_ERROR(context.Check());
    QUARRY_RETURN_IF_ERROR(FillTable(opened, table));
  }
  QUARRY_RETURN_IF_ERROR(Execute(opened, "COMMIT"));
  sqlite3_db_config(opened, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, nullptr);
  sqlite3_db_config(opened, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  if (!AddBoundedFunctions(opened, &brake)) return SqlError(opened);
  sqlite3_set_authorizer(opened, Authorize, nullptr);
  sqlite3_progress_handler(opened, kOpsPerCheck, CheckWatch, &watch);
  return RunSelect(opened, sql, watch);
}

}  // namespace quarry::generation
