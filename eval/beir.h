#pragma once

// Test collections on disk: the BEIR layout and TREC files.
//
//   DIR/corpus.jsonl       {"_id": "d1", "title": "..", "text": ".."} per line
//   DIR/queries.jsonl      {"_id": "q1", "text": ".."} per line; "is_impossible": true
//                          inside "metadata" marks a question that the corpus does not answer,
//                          "answers": [".."] there has the stretches of text that do
//   DIR/qrels/SPLIT.tsv    a header line, then query <TAB> document <TAB> grade
//
// A title may be missing; keys not named here are ignored. Lines may end in CR LF, blank lines are
// skipped. Every error names the file and the line. The functions may be called from any thread.

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
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
  std::vector<std::string> answers = {};
};

// The queries that a split judges, in the order of queries.jsonl, and their judgements.
struct BeirQueries {
  std::vector<BeirQuery> queries;
  std::vector<BeirQuery> unanswerable;  // marked as such and not judged by the split
  Qrels qrels;
  // What was wrong with the files and what was kept, one message each: a pair judged twice with two
  // grades (the later row counts, as in BEIR's own loader; collections in use have such rows).
  std::vector<std::string> warnings;
};

// Calls visit for every document of DIR/corpus.jsonl, in order, reading line by line: memory does
// not grow with the texts (some 40 bytes per document, to find repeated ids). Stops at the first
// error of visit and returns it, with file and line before its message.
// Errors: kNotFound; kInvalidArgument for a line that is no such object or repeats an earlier _id;
// kResourceExhausted for a line of more than 64 MiB.
Status ReadBeirCorpus(const std::string& directory,
                      const std::function<Status(BeirDocument document)>& visit);

// DIR/queries.jsonl and DIR/qrels/SPLIT.tsv. Errors as above; kNotFound for an unknown split lists
// those that exist; kInvalidArgument also for a missing header, a grade that is not an integer, and
// a query that is judged but not in queries.jsonl.
Result<BeirQueries> ReadBeirQueries(const std::string& directory, const std::string& split);

// Writes DIR/corpus.jsonl of what `documents` gives to `visit`, one after another, and the queries
// as queries.jsonl and qrels/test.tsv, so that the functions above read the same. kAlreadyExists
// where one of the files is there; kInvalidArgument for an id that a row of the judgements cannot
// hold; the errors of `documents`.
using BeirVisit = std::function<Status(const BeirDocument& document)>;
Status WriteBeir(const std::string& directory, const BeirQueries& queries,
                 const std::function<Status(const BeirVisit& visit)>& documents);

// TREC run: "query Q0 document rank score tag" per line, queries by id, ranks from 1 in
// SortRanking's order, scores with as many digits as it takes to read the same number back.
// kInvalidArgument: an id or the tag is empty or holds white space, a query id begins with '#', a
// score is not finite. The format cannot carry those.
Result<std::string> FormatTrecRun(const RankedRun& run, const std::string& tag);
// Of one column, of which `what` says what it is: "document id".
Status CheckTrecColumn(std::string_view what, const std::string& value);

// Reads the same columns, separated by any white space: Q0, rank and tag are not looked at. Blank lines and lines that
// begin with '#' are skipped. A malformed line is refused with its number: `name` and the line are put before the
// message. As in trec_eval, a document that a query ranks twice is an error.
Result<RankedRun> ParseTrecRun(std::string_view text, const std::string& name);

}  // namespace quarry::eval
