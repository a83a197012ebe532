#include "eval/beir.h"

#include <algorithm>
#include <filesystem>
#include <unordered_set>

#include "base/hash.h"
#include "eval/beir_line.h"
#include "eval/grade.h"
#include "eval/line_reader.h"

namespace quarry::eval {
namespace {

// Calls visit for every object of a .jsonl file; refuses a repeated _id.
Status ForEachObject(const std::string& path, const std::function<Status(BeirLine line)>& visit) {
  QUARRY_ASSIGN_OR_RETURN(LineReader reader, LineReader::Open(path));
  // Hashes, since the ids of a large corpus would fill memory. Two of ten million ids share a hash
  // with a chance of 3 in a million.
  std::unordered_set<uint64_t> seen;
  while (true) {
    QUARRY_ASSIGN_OR_RETURN(const bool more, reader.Next());
    if (!more) return OkStatus();
    Result<BeirLine> line = ParseBeirLine(reader.line());
    if (!line.ok()) return line.status().Annotate(reader.Place());
    if (!seen.insert(Hash64(line->object.id)).second) {
      return InvalidArgumentError(reader.Place() + ": \"_id\" '" + line->object.id +
                                  "' stands in an earlier line too");
    }
    QUARRY_RETURN_IF_ERROR(visit(*std::move(line)).Annotate(reader.Place()));
  }
}

struct Judgements {
  Qrels qrels;
  std::map<std::string, std::string> places;  // query id -> file:line of its first row
  std::vector<std::string> warnings;
};

struct JudgementRow {
  std::string query;
  std::string document;
  std::string_view grade;
};

Result<JudgementRow> SplitRow(std::string_view line) {
  const size_t first = line.find('\t');
  const size_t second = first == line.npos ? line.npos : line.find('\t', first + 1);
  if (second == line.npos || line.find('\t', second + 1) != line.npos) {
    return InvalidArgumentError("expected 3 columns (query, document, grade) between tabs, found " +
                                std::to_string(std::count(line.begin(), line.end(), '\t') + 1));
  }
  JudgementRow row{std::string(line.substr(0, first)),
                   std::string(line.substr(first + 1, second - first - 1)),
                   line.substr(second + 1)};
  if (row.query.empty()) return InvalidArgumentError("the query id is empty");
  if (row.document.empty()) return InvalidArgumentError("the document id is empty");
  return row;
}

// "has the splits dev, test", for the message that another one is unknown.
std::string DescribeSplits(const std::filesystem::path& directory) {
  std::vector<std::string> splits;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(directory, error), end; !error && entry != end;
       entry.increment(error)) {
    if (entry->path().extension() == ".tsv") splits.push_back(entry->path().stem().string());
  }
  if (splits.empty()) return "has no splits";
  std::sort(splits.begin(), splits.end());
  std::string text = "has the splits ";
  for (const std::string& split : splits) {
    if (&split != &splits.front()) text += ", ";
    text += split;
  }
  return text;
}

// The header is a row of three columns whose last is no grade. A file without one would lose its
// first judgement unnoticed.
Status CheckHeader(std::string_view line) {
  QUARRY_ASSIGN_OR_RETURN(const JudgementRow row, SplitRow(line));
  if (!ParseGrade(row.grade).ok()) return OkStatus();
  return InvalidArgumentError(
      "expected the header line (query-id, corpus-id, score), found a judgement");
}

Status AddRow(std::string_view line, const std::string& place, Judgements& judgements) {
  QUARRY_ASSIGN_OR_RETURN(const JudgementRow row, SplitRow(line));
  QUARRY_ASSIGN_OR_RETURN(const int grade, ParseGrade(row.grade));
  judgements.places.try_emplace(row.query, place);
  const auto [judged, is_new] = judgements.qrels[row.query].try_emplace(row.document, grade);
  if (!is_new && judged->second != grade) {
    judgements.warnings.push_back(place + ": query '" + row.query + "' judges document '" +
                                  row.document + "' again: grade " + std::to_string(grade) +
                                  " replaces " + std::to_string(judged->second));
    judged->second = grade;
  }
  return OkStatus();
}

Result<Judgements> ReadJudgements(const std::string& directory, const std::string& split) {
  const std::filesystem::path folder = std::filesystem::path(directory) / "qrels";
  const std::string path = (folder / (split + ".tsv")).string();
  Result<LineReader> reader = LineReader::Open(path);
  if (std::error_code error; !std::filesystem::is_directory(directory, error)) {
    return NotFoundError(directory + ": no such directory; expected a BEIR collection: " +
                         "corpus.jsonl, queries.jsonl, qrels/SPLIT.tsv");
  }
  if (reader.status().code() == Code::kNotFound) {
    return NotFoundError(path + ": no such split; " + folder.string() + " " +
                         DescribeSplits(folder));
  }
  if (!reader.ok()) return std::move(reader).status();

  Judgements judgements;
  bool is_header = true;
  while (true) {
    QUARRY_ASSIGN_OR_RETURN(const bool more, reader->Next());
    if (!more) break;
    const std::string place = reader->Place();
    const Status status =
        is_header ? CheckHeader(reader->line()) : AddRow(reader->line(), place, judgements);
    if (!status.ok()) return status.Annotate(place);
    is_header = false;
  }
  if (is_header) return InvalidArgumentError(path + ": empty; expected a header line");
  return judgements;
}

}  // namespace

Status ReadBeirCorpus(const std::string& directory,
                      const std::function<Status(BeirDocument document)>& visit) {
  return ForEachObject((std::filesystem::path(directory) / "corpus.jsonl").string(),
                       [&](BeirLine line) { return visit(std::move(line.object)); });
}

Result<BeirQueries> ReadBeirQueries(const std::string& directory, const std::string& split) {
  QUARRY_ASSIGN_OR_RETURN(Judgements judgements, ReadJudgements(directory, split));
  BeirQueries result;
  const std::string path = (std::filesystem::path(directory) / "queries.jsonl").string();
  std::map<std::string, std::string>& not_found = judgements.places;
  QUARRY_RETURN_IF_ERROR(ForEachObject(path, [&](BeirLine line) {
    const bool is_judged = not_found.erase(line.object.id) > 0;
    if (is_judged || line.is_impossible) {
      (is_judged ? result.queries : result.unanswerable)
          .push_back(
              {std::move(line.object.id), std::move(line.object.text), std::move(line.answers)});
    }
    return OkStatus();
  }));
  if (!not_found.empty()) {
    const auto& [query, place] = *not_found.begin();
    return InvalidArgumentError(place + ": query '" + query + "' is judged but is not in " + path);
  }
  result.qrels = std::move(judgements.qrels);
  result.warnings = std::move(judgements.warnings);
  return result;
}

}  // namespace quarry::eval
