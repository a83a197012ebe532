// TREC runs; declared in beir.h.

#include <algorithm>
#include <cmath>
#include <functional>
#include <set>

#include "base/numbers.h"
#include "eval/beir.h"

namespace quarry::eval {
namespace {

constexpr std::string_view kSpace = " \t\v\f\r\n";  // what C's isspace() knows

std::vector<std::string_view> SplitColumns(std::string_view line) {
  std::vector<std::string_view> columns;
  size_t begin = line.find_first_not_of(kSpace);
  while (begin != line.npos) {
    const size_t end = std::min(line.find_first_of(kSpace, begin), line.size());
    columns.push_back(line.substr(begin, end - begin));
    begin = line.find_first_not_of(kSpace, end);
  }
  return columns;
}

// Calls visit with the columns of every line that is neither blank nor a comment; an error gets
// "name:line" before its message, and so does a line with another number of columns.
Status ForEachRow(std::string_view text, const std::string& name, std::string_view columns_wanted,
                  const std::function<Status(const std::vector<std::string_view>&)>& visit) {
  const size_t wanted = SplitColumns(columns_wanted).size();
  size_t number = 0;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    const std::vector<std::string_view> columns = SplitColumns(text.substr(begin, end - begin));
    begin = end + 1;
    ++number;
    if (columns.empty() || columns.front().starts_with('#')) continue;
    Status status;
    if (columns.size() == wanted) {
      status = visit(columns);
    } else {
      status = InvalidArgumentError("expected " + std::to_string(wanted) + " columns (" +
                                    std::string(columns_wanted) + "), found " +
                                    std::to_string(columns.size()));
    }
    if (!status.ok()) return std::move(status).Annotate(name + ":" + std::to_string(number));
  }
  return OkStatus();
}

Result<double> ParseScore(std::string_view column) {
  const std::optional<double> score = ParseNumber<double>(column);
  if (score && std::isfinite(*score)) return *score;
  return InvalidArgumentError("score '" + std::string(column) + "' is not a finite number");
}

}  // namespace

Status CheckTrecColumn(std::string_view what, const std::string& value) {
  if (!value.empty() && value.find_first_of(kSpace) == value.npos) return OkStatus();
  return InvalidArgumentError("a TREC run cannot carry the " + std::string(what) + " '" + value +
                              "': it is empty or holds white space");
}

Result<std::string> FormatTrecRun(const RankedRun& run, const std::string& tag) {
  QUARRY_RETURN_IF_ERROR(CheckTrecColumn("tag", tag));
  std::string text;
  for (const auto& [query, unsorted] : run) {
    QUARRY_RETURN_IF_ERROR(CheckTrecColumn("query id", query));
    if (query.starts_with('#')) {
      return InvalidArgumentError("a TREC run cannot carry the query id '" + query +
                                  "': its line would be a comment");
    }
    std::vector<RankedDocument> ranking = unsorted;
    SortRanking(ranking);
    for (size_t i = 0; i < ranking.size(); ++i) {
      const auto& [document, score] = ranking[i];
      QUARRY_RETURN_IF_ERROR(CheckTrecColumn("document id", document));
      if (!std::isfinite(score)) {
        return InvalidArgumentError("query '" + query + "': the score of document '" + document +
                                    "' is not finite");
      }
      text += query + " Q0 " + document + " " + std::to_string(i + 1) + " " + FormatNumber(score) +
              " " + tag + "\n";
    }
  }
  return text;
}

Result<RankedRun> ParseTrecRun(std::string_view text, const std::string& name) {
  RankedRun run;
  std::map<std::string, std::set<std::string, std::less<>>, std::less<>> ranked;
  QUARRY_RETURN_IF_ERROR(
      ForEachRow(text, name, "query Q0 document rank score tag",
                 [&](const std::vector<std::string_view>& columns) -> Status {
                   QUARRY_ASSIGN_OR_RETURN(const double score, ParseScore(columns[4]));
                   const std::string query(columns[0]);
                   if (!ranked[query].emplace(columns[2]).second) {
                     return InvalidArgumentError("query '" + query + "' ranks document '" +
                                                 std::string(columns[2]) + "' twice");
                   }
                   run[query].push_back({std::string(columns[2]), score});
                   return OkStatus();
                 }));
  return run;
}

}  // namespace quarry::eval
