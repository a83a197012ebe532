#pragma once

// A run: a suite asked of one configuration, and everything that is needed to score, compare and
// explain it later without asking again. Append-only: the manifest is written first, then a record
// per case and repeat as each is done; a run that was killed goes on with what is missing.
//
// In a store a run is an object (ObjectKind::kRun, index/object_table.h): the manifest is its
// value, record i its part i + 1. Exported, it is JSON lines: the manifest, then the records. Field
// names are those of the structs. Values are plain: copy freely.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/answer.h"
#include "eval/gate_spec.h"
#include "eval/judge.h"
#include "eval/suite.h"

namespace quarry::eval {

struct RunManifest {
  std::string id;
  std::string name;  // for people: "nightly", a branch
  std::string suite;
  uint64_t suite_hash = 0;  // of the cases that are run
  uint32_t cases = 0;
  uint32_t repeats = 1;
  uint32_t judgements = 1;  // of each answer
  uint64_t seed = 0;
  uint32_t max_words = 0;  // of an answer that passes; 0 = no limit
  std::vector<Gate> gates;
  std::string config_hash;
  std::map<std::string, std::string> config;  // options that are not as by default
  std::string collection;
  uint64_t commit = 0;  // state of the collection
  uint64_t documents = 0;
  uint64_t chunks = 0;
  // Of the collection's documents the hash of each text, so that a later run can tell what has changed
  // (corpus_change.h); none where there are more than kMostHashedDocuments.
  std::map<DocumentId, std::string> content_hashes;
  std::string answerer;  // fingerprints
  std::string embedder;
  std::string judge;           // "" = none
  int64_t created_micros = 0;  // since 1970
  std::string program;         // its version
  std::string build;           // and which build of it (base/build_id.h)
};

// A chunk that was found, kept or not. Ranks are from 1; 0 = not among them.
struct RunCandidate {
  ChunkId chunk;
  DocumentId document;
  uint64_t begin = 0;  // in the document's normalised text
  uint64_t end = 0;
  double score = 0;
  uint32_t lexical_rank = 0;
  uint32_t dense_rank = 0;
  double lexical_score = 0;
  double dense_score = 0;
  bool within_k = false;  // else it was ranked behind k
};

// A numbered passage of the prompt: the first is [1].
struct RunPassage {
  ChunkId chunk;  // its best
  DocumentId document;
  uint64_t begin = 0;
  uint64_t end = 0;
  std::string heading;
  std::string text;
};

struct RunDropped {
  ChunkId chunk;
  DocumentId document;
  std::string why;
};

struct RunCitation {
  uint32_t passage = 0;  // from 1
  DocumentId document;
  uint64_t begin = 0;  // of the quote
  uint64_t end = 0;
  std::string quote;
  TextRange span;  // of the answer
};

struct RunSentence {
  TextRange span;  // of the answer, without markers
  bool supported = false;
  double score = 0;
};

// A gold span as found in the corpus when it was asked.
struct ResolvedSpan {
  GoldSpan span;         // with offsets and quote
  bool present = false;  // in the document; else the corpus has changed
};

// Why a case failed, where that was found out.
struct FailureLabel {
  std::string label;     // "retrieval miss"
  std::string evidence;  // one line
};

struct RunRecord {
  std::string case_id;
  Case asked;           // as it stood in the suite; written as "case"
  uint32_t repeat = 0;  // from 0
  std::string error;    // not answered: why; "" = answered

  std::vector<RunCandidate> candidates;  // best first, to depth kRunDepth
  std::vector<RunPassage> passages;
  std::vector<RunDropped> dropped;
  std::vector<ResolvedSpan> gold_spans;
  std::vector<DocumentId> missing_documents;  // that the case names and the corpus has not
  std::string prompt_hash;                    // of question and passages
  std::string question;                       // what was asked, standing alone; "" in older records

  std::string answer;
  bool abstained = false;
  std::vector<RunCitation> citations;
  std::vector<RunSentence> sentences;
  std::string model;
  std::string note;
  Usage usage;
  CacheReport cache;
  std::vector<Trace::Stage> timings;
  double micros = 0;  // of the answer or the error, as the caller waits
  std::string fingerprint;

  std::string judge_error;            // not judged: why
  std::optional<ClaimMatrix> matrix;  // nullopt: no judge, or judge_error
  std::vector<ClaimMatrix> rejudged;  // the same by the same judge, asked anew
  std::optional<FailureLabel> failure;
};
inline constexpr uint32_t kRunDepth = 100;
inline constexpr uint64_t kMostHashedDocuments = 1000;
// Share of answers and of verdicts without which a run says nothing.
inline constexpr double kMinCoverage = 0.98;

struct Run {
  RunManifest manifest;
  std::vector<RunRecord> records;  // in the order in which they were done
};

// JSON on one line. Parsing is strict: kDataLoss names the key and what was expected. Of a record the
// case has the id `case_id`, and each matrix a row for every claim and a column for every passage;
// ranges and numbers of passages may be any.
std::string ManifestLine(const RunManifest& manifest);
// The same without the hashes of documents: for readers.
std::string ManifestSummary(const RunManifest& manifest);
std::string RecordLine(const RunRecord& record);
Result<RunManifest> ParseManifest(std::string_view line);
Result<RunRecord> ParseRecord(std::string_view line);

// The cases of a run, each once, in the order of the suite.
std::vector<Case> CasesOf(const Run& run);

// What a judge is given of a record.
JudgedCase JudgedCaseOf(const Case& one, const RunRecord& record);

}  // namespace quarry::eval
