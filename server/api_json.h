#pragma once

// What the native API answers with, in JSON. The names are those of `quarry ... --json`
// (app/output_json.cc): a script that reads the one reads the other. Each function writes one
// value.

#include <vector>

#include "base/answer.h"
#include "base/query.h"
#include "index/index.h"
#include "retrieval/retriever.h"
#include "server/json_writer.h"

namespace quarry::server {

void WriteMetadata(const Metadata& metadata, JsonWriter& json);
void WriteTimings(const std::vector<Trace::Stage>& stages, JsonWriter& json);
// How the score of a passage came about, beside what the passage tells itself.
struct Explanation {
  const std::vector<index::TermContribution>& terms;
  const std::vector<ScoreStep>& steps;
};
// `rank` (from 1) is left out where it is 0. With `explanation` how the score came about follows.
void WritePassage(const Passage& passage, uint32_t rank, JsonWriter& json,
                  const Explanation* explanation = nullptr);
// The names of what a query requires or excludes.
void WriteConditions(const std::vector<index::WordCondition>& conditions, JsonWriter& json);
// `passage` is what citation.passage numbers.
void WriteCitation(const Citation& citation, const Passage& passage, JsonWriter& json);
void WriteCitations(const Answer& answer, JsonWriter& json);
void WriteVerdict(const Verdict& verdict, JsonWriter& json);
void WriteCollectionStats(const index::CollectionStats& stats, JsonWriter& json);
void WriteChunk(const index::StoredChunk& chunk, JsonWriter& json);
// The fields of a document, into an object that is open.
void AddDocumentFields(const index::StoredDocument& document, JsonWriter& json);

struct AnswerView {
  const std::string& question;
  const std::string& collection;
  const Answer& answer;
  bool with_context = false;
};
void WriteAnswer(const AnswerView& view, JsonWriter& json);

}  // namespace quarry::server
