#pragma once

// Answers as they are kept: what was asked, what it was made from, and the answer as it was given. In
// the table of objects (index/object_table.h) as answers of their own (AnswerLog) and as the turns of
// conversations.
//
// The value, JSON: {"version": 2, "owner" (owner.h), "time_us", "collection": number, "request": what was
// asked for, as it came, or null where that was too long, "passages": [{"document", "begin", "end",
// "chunks": [number], "hash": of the text}] by rank, "retrieval": what they were retrieved by
// (stored_query.h) or null where nothing was or the ranks are not known, "seconds", "answer": the object of
// POST /api/v1/answer}. Version 1 has neither "hash" nor "retrieval".
//
// What a kept answer says may have been deleted or changed since. So it is shown only while every
// passage that it was made from still stands: chunks keep their ids while their text is the same, and no
// id is given twice.
//
// Free functions, any thread.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/answer.h"
#include "index/index.h"
#include "server/json_writer.h"
#include "server/owner.h"
#include "server/stored_query.h"

namespace quarry::server {

inline constexpr uint64_t kStoredAnswerVersion = 2;

// What is kept of an answer beside itself.
struct AnswerOrigin {
  const std::string& question;
  const std::string& collection;
  CollectionId collection_id;
  std::string_view request;  // JSON; "" = not known
  std::string owner = {};    // id of the key that asked
  int64_t time_micros = 0;
  double seconds = 0;                      // that it took
  const StoredQuery* retrieval = nullptr;  // null: it cannot be replayed
};
std::string StoredAnswerJson(const Answer& answer, const AnswerOrigin& origin);

struct StoredPassage {
  DocumentId document;
  uint64_t begin = 0;  // bytes of the document's text
  uint64_t end = 0;
  std::vector<ChunkId> chunks;
  uint64_t text_hash = 0;
};
StoredPassage StoredPassageOf(const Passage& passage);

struct StoredAnswer {
  Owner owner;
  int64_t time_micros = 0;
  CollectionId collection_id;
  std::string question;
  std::string standalone;  // what the documents were asked; "" = the question
  std::string collection;  // its name then
  std::string model;
  uint64_t cache_entry = 0;    // that served it; 0 = none
  std::string cache_question;  // the question of that entry
  double seconds = 0;
  std::vector<StoredPassage> passages;
  std::optional<StoredQuery> retrieval;
  CommitSequence commit;
  std::string fingerprint;
  std::string text;
  std::string answer;  // the whole, JSON
};
// `name` is what messages call it. kDataLoss.
Result<StoredAnswer> ParseStoredAnswer(std::string_view name, std::string_view value);

// Whether all that it was made from is still there.
Result<bool> StillStands(const StoredAnswer& answer, index::Index& index);

// Its fields, into an object that is open: those of POST /api/v1/answer behind `created_at`; of one
// that does not stand any more only the question, and "redacted": true.
Status AddStoredAnswer(const StoredAnswer& answer, index::Index& index, JsonWriter& json);

}  // namespace quarry::server
