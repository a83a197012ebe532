#pragma once

// What the native API answers with, in JSON. The names are those of `quarry ... --json`
// (app/output_json.cc): a script that reads the one reads the other. Each function writes one
// value.

#include <vector>

#include "base/answer.h"
#include "base/query.h"
#include "index/index.h"
#include "retrieval/absence.h"
#include "retrieval/retriever.h"
#include "server/json_writer.h"

namespace quarry::server {

void WriteMetadata(const Metadata& metadata, JsonWriter& json);
void WriteMetadataValue(const MetadataValue& value, JsonWriter& json);
// The calls of tools that an answer was made with.
void WriteTools(const std::vector<ToolUse>& tools, JsonWriter& json);
void WriteTimings(const std::vector<Trace::Stage>& stages, JsonWriter& json);
// How the score of a passage came about, beside what the passage tells itself.
struct Explanation {
  const std::vector<index::TermContribution>& terms;
  const std::vector<ScoreStep>& steps;
};
// What a list says of a passage beside the passage itself.
struct PassageView {
  uint32_t rank = 0;            // from 1; 0 = left out
  std::string collection = {};  // "" = left out
  bool is_neighbour = false;    // said where it is
  std::string by_name = {};     // that was followed to it; "" = left out
  // What was folded under it; `names` are of all collections, none where one is searched.
  std::vector<retrieval::OtherPlace> also_in = {};
  const std::vector<std::string>* names = nullptr;
  const Explanation* explanation = nullptr;            // how the score came about, where given
  const std::vector<TextRange>* highlights = nullptr;  // in the text, where given
};
void WritePassage(const Passage& passage, const PassageView& view, JsonWriter& json);
// What recall mode added and which names were followed, into an object that is open; nothing where
// neither ran.
void WriteExpansion(const retrieval::Retrieved& retrieved, JsonWriter& json);
// The passages of a context by their numbers, and what was dropped and why.
void WriteContextPlan(const Context& context, JsonWriter& json);
// `context` tells what became of a document that was found; null where none was made.
void WriteAbsence(const retrieval::Absence& absence, const Context* context, JsonWriter& json);
void WriteStrings(const std::vector<std::string>& strings, JsonWriter& json);
// The names of what a query requires or excludes.
void WriteConditions(const std::vector<index::WordCondition>& conditions, JsonWriter& json);
void WriteCitations(const Answer& answer, JsonWriter& json);
// What kind of reply it is and what it stands on, into an object that is open: kind, standalone, memory, abstained,
// verdict, citations.
void WriteReply(const Answer& answer, JsonWriter& json);
// A list of what the support check says of each sentence: begin, end, label, score, reason.
void WriteSentences(const Answer& answer, JsonWriter& json);
void WriteCache(const CacheReport& cache, JsonWriter& json);
// "attempts" of an answer, into an object that is open; nothing where there was one alone.
void WriteAttempts(const Answer& answer, JsonWriter& json);
// `embedding`: whether its vectors are being made.
void WriteCollectionStats(const index::CollectionStats& stats, bool embedding, JsonWriter& json);
void WriteChunk(const index::StoredChunk& chunk, JsonWriter& json);
// The fields of a document, into an object that is open.
void AddDocumentFields(const index::StoredDocument& document, JsonWriter& json);

struct AnswerView {
  const std::string& question;
  const std::string& collection;
  const Answer& answer;
  bool with_context = false;
  std::string_view id = {};  // of the answer log; "" = left out
};
void WriteAnswer(const AnswerView& view, JsonWriter& json);

}  // namespace quarry::server
