#include "server/question.h"

#include <algorithm>
#include <utility>

#include "base/answer_guide.h"
#include "base/text.h"
#include "eval/corpus_collection.h"
#include "generation/profile.h"
#include "server/conversation_store.h"

namespace quarry::server {
namespace {

Status ReadMode(const JsonValue& value, const std::string& place, SearchMode& mode) {
  const std::string* name = value.AsString();
  if (name == nullptr) {
    return InvalidArgumentError(place + ": expected a string, not " + value.TypeName());
  }
  Result<SearchMode> parsed = ParseSearchMode(*name);
  if (!parsed.ok()) return std::move(parsed).status().Annotate(place);
  mode = *parsed;
  return OkStatus();
}

struct AsRetrievalValue {
  RetrievalValue value;
  bool operator()(bool flag) { return Take(flag); }
  bool operator()(int64_t integer) {
    return integer >= 0 ? Take(static_cast<uint64_t>(integer)) : Take(static_cast<double>(integer));
  }
  bool operator()(uint64_t integer) { return Take(integer); }
  bool operator()(double number) { return Take(number); }
  bool operator()(const std::string& text) { return Take(text); }
  template <typename Other>
  bool operator()(const Other&) {
    return false;
  }
  template <typename Value>
  bool Take(const Value& taken) {
    value = taken;
    return true;
  }
};

// What `options` sets, over the server's own.
Status ReadOptions(const JsonValue& json, const std::string& place,
                   const RetrievalOptions& defaults, Query& query) {
  query.options = defaults;
  ObjectReader reader(json, place);
  for (const RetrievalOption& option : RetrievalOptionTable()) {
    reader.Optional(option.request_name)
        .Value([&](const JsonValue& value, const std::string& where) -> Status {
          AsRetrievalValue given;
          if (!std::visit(given, value.value)) {
            return InvalidArgumentError(where + ": expected " + option.type + ", not " +
                                        value.TypeName());
          }
          // What the question says stands over what its collection has.
          if (option.request_name == "dense_weight")
            query.options->collection_dense_weights.clear();
          return option.set(*query.options, given.value).Annotate(where);
        });
  }
  return reader.Finish();
}

}  // namespace

Question DefaultQuestion(const ServerOptions& options) {
  Question question;
  question.collection = options.default_collection;
  question.query.k = options.default_k;
  question.query.mode = options.default_mode;
  return question;
}

void ReadSearchSetting(ObjectReader& reader, const ServerOptions& options, Query& query) {
  reader.Optional("k").Uint(query.k, 1, kMaxK);
  reader.Optional("mode").Value([&](const JsonValue& value, const std::string& place) {
    return ReadMode(value, place, query.mode);
  });
  reader.Optional("options").Value([&](const JsonValue& value, const std::string& place) {
    return ReadOptions(value, place, options.default_retrieval, query);
  });
}

void ReadQuestionScope(ObjectReader& reader, Question& question) {
  Query& query = question.query;
  reader.Optional("collection").String(question.collection);
  reader.Optional("filter").Value([&](const JsonValue& value, const std::string&) -> Status {
    QUARRY_ASSIGN_OR_RETURN(Filter filter, ParseFilter(ToJson(value)));
    generation::AddFilter(std::move(filter), query);  // to that of a profile
    return OkStatus();
  });
  ObjectReader::Field principals = reader.Optional("principals");
  if (principals.present()) query.principals.unrestricted = false;
  principals.Strings(query.principals.names);
}

void ReadQuestionFields(ObjectReader& reader, const ServerOptions& options, Question& question) {
  ReadQuestionScope(reader, question);
  ReadSearchSetting(reader, options, question.query);
}

void ReadHistory(ObjectReader& reader, Question& question) {
  reader.Optional("history").Value([&](const JsonValue& value, const std::string& place) -> Status {
    if (value.AsArray() == nullptr || value.AsArray()->size() > kMaxTurns) {
      return InvalidArgumentError(place + ": expected a list of at most " +
                                  std::to_string(kMaxTurns) + " turns");
    }
    for (size_t i = 0; i < value.AsArray()->size(); ++i) {
      const std::string turn_place = place + '[' + std::to_string(i) + ']';
      std::string role;
      generation::ConversationTurn turn;
      ObjectReader reads((*value.AsArray())[i], turn_place);
      reads.Required("role").String(role);
      reads.Required("content").String(turn.text);
      QUARRY_RETURN_IF_ERROR(reads.Finish());
      if (role != "user" && role != "assistant") {
        return InvalidArgumentError(turn_place + ".role: expected \"user\" or \"assistant\"");
      }
      turn.by_user = role == "user";
      question.turns.push_back(std::move(turn));
    }
    return OkStatus();
  });
}

Status BindTo(const Caller& caller, Question& question) {
  AddInstructions(caller.instructions, question.query);
  QUARRY_RETURN_IF_ERROR(caller.CheckCollection(question.collection));
  if (!caller.principals) return OkStatus();
  Principals& asked = question.query.principals;
  if (asked.unrestricted) {
    asked = {.unrestricted = false, .names = *caller.principals};
    return OkStatus();
  }
  for (const std::string& name : asked.names) {
    if (std::ranges::find(*caller.principals, name) != caller.principals->end()) continue;
    return InvalidArgumentError("principals: \"" + name + "\" is none of this key's");
  }
  return OkStatus();
}

generation::CacheUse CacheUseOf(const Request& request) {
  generation::CacheUse use = generation::CacheUse::kRead;
  for (const auto& [name, value] : request.headers) {
    const std::string folded = Fold(value);
    if (Fold(name) != "cache-control") continue;
    if (folded.find("no-store") != std::string::npos) return generation::CacheUse::kOff;
    if (folded.find("no-cache") != std::string::npos) use = generation::CacheUse::kRefresh;
  }
  return use;
}

bool IsListed(std::string_view collection) {
  return !IsConversationId(collection) && !eval::IsCorpusCollection(collection);
}

Result<CollectionId> FindCollection(const HandlerEnvironment& environment, const Caller& caller,
                                    const std::string& name) {
  const index::Index& index = environment.services.index;
  const bool is_own = caller.MayUse(name) && (!IsConversationId(name) ||
                                              environment.conversations->Get(caller, name).ok());
  if (is_own) {
    Result<CollectionId> found = index.FindCollection(name);
    if (found.status().code() != Code::kNotFound) return found;
  }
  std::string known;
  for (const index::StoredCollection& other : index.Collections()) {
    if (!caller.MayUse(other.name) || !IsListed(other.name)) continue;
    known += (known.empty() ? "" : ", ") + other.name;
  }
  return NotFoundError("no collection \"" + name + "\"; " +
                       (known.empty() ? "there is none" : "there is: " + known));
}

Result<std::shared_ptr<const index::Snapshot>> SnapshotOf(const HandlerEnvironment& environment,
                                                          const Caller& caller,
                                                          const std::string& collection) {
  QUARRY_ASSIGN_OR_RETURN(const CollectionId id, FindCollection(environment, caller, collection));
  return environment.services.index.GetSnapshot(id);
}

Result<FoundDocument> FindDocument(const HandlerEnvironment& environment, const Caller& caller,
                                   const std::string& collection, const DocumentId& id) {
  FoundDocument found;
  QUARRY_ASSIGN_OR_RETURN(found.snapshot, SnapshotOf(environment, caller, collection));
  QUARRY_ASSIGN_OR_RETURN(found.document, found.snapshot->FindDocument(id));
  if (caller.MayRead(found.document.access)) return found;
  // As if it were not there.
  return NotFoundError("no document \"" + id + "\" in collection \"" + collection + "\"");
}

Result<std::shared_ptr<const model::Embedder>> EmbedderOf(const Services& services,
                                                          const index::Snapshot& snapshot) {
  if (!snapshot.generation()) return std::shared_ptr<const model::Embedder>();
  const index::StoredGeneration& generation = *snapshot.generation();
  return services.embedders.Get(generation.space, generation.embedder_kind,
                                [&] { return snapshot.ReadEmbedderBlob(); });
}

Result<SearchedCollections> SnapshotsOf(const HandlerEnvironment& environment, const Caller& caller,
                                        std::vector<std::string> names) {
  SearchedCollections collections;
  for (std::string& name : names) {
    if (std::ranges::find(collections.names, name) != collections.names.end()) {
      return InvalidArgumentError("collections: \"" + name + "\" stands there twice");
    }
    QUARRY_ASSIGN_OR_RETURN(auto snapshot, SnapshotOf(environment, caller, name));
    collections.snapshots.push_back(snapshot.get());
    collections.held.push_back(std::move(snapshot));
    collections.names.push_back(std::move(name));
  }
  return collections;
}

}  // namespace quarry::server
