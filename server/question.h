#pragma once

// Questions in requests: which fields they have, on every surface alike.

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/query.h"
#include "index/snapshot.h"
#include "server/handlers.h"
#include "server/strict_json.h"

namespace quarry::server {

struct Question {
  Query query;
  std::string collection;
  // What was said before, oldest first; of questions for an answer.
  std::vector<generation::ConversationTurn> turns;
};

// Turns of a conversation together, and of one request.
inline constexpr size_t kMaxTurns = 1000;

// The states of several collections to search together.
struct SearchedCollections {
  std::vector<std::string> names;
  std::vector<std::shared_ptr<const index::Snapshot>> held;
  std::vector<const index::Snapshot*> snapshots;  // the same, as the retriever takes them
};

// A question with the server's defaults and no text.
Question DefaultQuestion(const ServerOptions& options);

// Reads what a question has besides its text: collection, k, mode, filter, principals, and options,
// an object with the options of retrieval that are to be other than the server's
// (RetrievalOption::request_name). Absent principals mean an unrestricted caller; an empty list one
// who reads what everybody may.
void ReadQuestionFields(ObjectReader& reader, const ServerOptions& options, Question& question);

// Reads `history`, the turns before the question: [{"role": "user" | "assistant", "content": "..."}].
void ReadHistory(ObjectReader& reader, Question& question);

// Holds a question to what its caller may read: its collection, and the principals that it is asked
// on behalf of. kNotFound for a collection that is not the caller's, kInvalidArgument for such a
// principal; without principals the question gets the caller's. It also gets the caller's instructions.
Status BindTo(const Caller& caller, Question& question);
// Of these the ones that say what is searched (collection, filter, principals), and how (k, mode,
// options).
void ReadQuestionScope(ObjectReader& reader, Question& question);
void ReadSearchSetting(ObjectReader& reader, const ServerOptions& options, Query& query);

// What a request's Cache-Control asks of the answer cache: no-cache makes the answer anew, no-store
// does not keep it either.
generation::CacheUse CacheUseOf(const Request& request);

// Whether lists of collections name it. Two kinds are somebody's means and asked by name: the files of
// a conversation, and the corpus of a suite.
bool IsListed(std::string_view collection);

// The collection of that name, where the caller may use it: the files of a conversation are there for who
// has the conversation. kNotFound lists the collections that it may use.
Result<CollectionId> FindCollection(const HandlerEnvironment& environment, const Caller& caller,
                                    const std::string& name);
// The state of it to answer from.
Result<std::shared_ptr<const index::Snapshot>> SnapshotOf(const HandlerEnvironment& environment,
                                                          const Caller& caller,
                                                          const std::string& collection);
// The same of several, in their order. kInvalidArgument where one stands twice.
Result<SearchedCollections> SnapshotsOf(const HandlerEnvironment& environment, const Caller& caller,
                                        std::vector<std::string> names);

// A document, in a state of its collection to read it from.
struct FoundDocument {
  std::shared_ptr<const index::Snapshot> snapshot;
  index::StoredDocument document;
};
// The document of that id, or that had it, where the caller may read it. kNotFound.
Result<FoundDocument> FindDocument(const HandlerEnvironment& environment, const Caller& caller,
                                   const std::string& collection, const DocumentId& id);

// The embedder of a collection's vectors; null where it has none yet. Errors: those of opening it.
Result<std::shared_ptr<const model::Embedder>> EmbedderOf(const Services& services,
                                                          const index::Snapshot& snapshot);

}  // namespace quarry::server
