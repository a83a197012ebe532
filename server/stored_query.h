#pragma once

// What an answer was retrieved by, as it is kept with it: the question, what restricts it, and every option
// of retrieval and context in its effective value, so that the same retrieval can be run again whatever
// the configuration says by then.
//
// JSON: {"text", "mode", "k", "filter": {...}, "principals": [...] or null, "own_options": bool,
// "options": {name of a request: value}, "token_budget", "max_passages", "parts": {name: fingerprint}}.
// Free functions, any thread.

#include <string>

#include "base/query.h"
#include "generation/answerer.h"
#include "server/json_writer.h"
#include "server/strict_json.h"

namespace quarry::server {

struct StoredQuery {
  Query query;               // its `options` are set: all of the setting's
  bool own_options = false;  // the request had options of its own
  generation::RetrievalSetting setting;
};

void WriteStoredQuery(const StoredQuery& stored, JsonWriter& json);
// kInvalidArgument beginning with the place.
Result<StoredQuery> ReadStoredQuery(const JsonValue& json, const std::string& place);

void WriteRetrievalValue(const RetrievalValue& value, JsonWriter& json);

}  // namespace quarry::server
