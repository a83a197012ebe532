#pragma once

// Questions in requests: which fields they have, on every surface alike.

#include <memory>
#include <string>

#include "base/query.h"
#include "index/snapshot.h"
#include "server/handlers.h"
#include "server/strict_json.h"

namespace quarry::server {

struct Question {
  Query query;
  std::string collection;
};

// A question with the server's defaults and no text.
Question DefaultQuestion(const ServerOptions& options);

// Reads what a question has besides its text: collection, k, mode, filter, principals. Absent
// principals mean an unrestricted caller; an empty list one who reads what everybody may.
void ReadQuestionFields(ObjectReader& reader, Question& question);

// The state of `collection` to answer from. kNotFound lists the collections that there are.
Result<std::shared_ptr<const index::Snapshot>> SnapshotOf(const Services& services,
                                                          const std::string& collection);

}  // namespace quarry::server
