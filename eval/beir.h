#pragma once

// Test collections on disk: the BEIR layout and TREC files.

#include <functional>
#include <string>
#include <vector>

#include "eval/metrics.h"

namespace quarry::eval {

struct BeirDocument {
  std::string id;
  std::string title;
  std::string text;
};

struct BeirQuery {
  std::string id;
  std::string text;
};

// The queries that a split judges, in the order of queries.jsonl, and their judgements.
struct BeirQueries {
  std::vector<BeirQuery> queries;
  Qrels qrels;
};

// Calls visit for every line of DIR/corpus.jsonl ({"_id","title","text"}). Stops at the first error of
// visit. Errors name file and line: kNotFound, kInvalidArgument.
Status ReadBeirCorpus(const std::string& directory,
                      const std::function<Status(BeirDocument document)>& visit);

// DIR/queries.jsonl and DIR/qrels/SPLIT.tsv (header line, then query, document, grade). A query that is
// judged but missing in queries.jsonl is an error, as is a repeated id.
Result<BeirQueries> ReadBeirQueries(const std::string& directory, const std::string& split);

// TREC run: "query Q0 document rank score tag" per line, ranks from 1 in SortRanking's order.
std::string FormatTrecRun(const RankedRun& run, const std::string& tag);
// Both refuse a malformed line with its number. `name` is put before the message.
Result<RankedRun> ParseTrecRun(std::string_view text, const std::string& name);
Result<Qrels> ParseTrecQrels(std::string_view text, const std::string& name);

}  // namespace quarry::eval
