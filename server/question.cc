#include "server/question.h"

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

}  // namespace

Question DefaultQuestion(const ServerOptions& options) {
  Question question;
  question.collection = options.default_collection;
  question.query.k = options.default_k;
  question.query.mode = options.default_mode;
  return question;
}

void ReadQuestionFields(ObjectReader& reader, Question& question) {
  Query& query = question.query;
  reader.Optional("collection").String(question.collection);
  reader.Optional("k").Uint(query.k, 1, kMaxK);
  reader.Optional("mode").Value([&](const JsonValue& value, const std::string& place) {
    return ReadMode(value, place, query.mode);
  });
  reader.Optional("filter").Value([&](const JsonValue& value, const std::string&) -> Status {
    QUARRY_ASSIGN_OR_RETURN(query.filter, ParseFilter(ToJson(value)));
    return OkStatus();
  });
  ObjectReader::Field principals = reader.Optional("principals");
  if (principals.present()) query.principals.unrestricted = false;
  principals.Strings(query.principals.names);
}

Result<std::shared_ptr<const index::Snapshot>> SnapshotOf(const Services& services,
                                                          const std::string& collection) {
  QUARRY_ASSIGN_OR_RETURN(const CollectionId id, services.index.FindCollection(collection));
  return services.index.GetSnapshot(id);
}

}  // namespace quarry::server
