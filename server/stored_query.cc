#include "server/stored_query.h"

#include <type_traits>
#include <utility>

#include "server/api_json.h"

namespace quarry::server {
namespace {

// The value in the type that the option has: a whole number may stand for any.
Result<RetrievalValue> ReadOption(const JsonValue& json, const RetrievalValue& like,
                                  const std::string& place) {
  double number = 0;
  uint64_t whole = 0;
  if (std::holds_alternative<bool>(like) && json.AsBool() != nullptr) {
    return RetrievalValue(*json.AsBool());
  }
  if (std::holds_alternative<uint64_t>(like) && json.AsUint(whole)) return RetrievalValue(whole);
  if (std::holds_alternative<double>(like) && json.AsDouble(number)) return RetrievalValue(number);
  if (std::holds_alternative<std::string>(like) && json.AsString() != nullptr) {
    return RetrievalValue(*json.AsString());
  }
  return InvalidArgumentError(place + ": of another type");
}

Status ReadOptionValues(const JsonValue& json, const std::string& place,
                        RetrievalOptions& options) {
  ObjectReader reader(json, place);
  for (const RetrievalOption& option : RetrievalOptionTable()) {
    // One that came later has the value that it stood for before.
    reader.Optional(option.request_name)
        .Value([&](const JsonValue& value, const std::string& where) -> Status {
          QUARRY_ASSIGN_OR_RETURN(const RetrievalValue read,
                                  ReadOption(value, option.get(options), where));
          return option.set(options, read).Annotate(where);
        });
  }
  return reader.FinishIgnoringUnknown();
}

void WriteFilter(const Filter& filter, JsonWriter& json) {
  json.BeginObject().Key("type").String(FilterOpName(filter.op));
  if (filter.op == Filter::Op::kAnd || filter.op == Filter::Op::kOr) {
    json.Key("filters").BeginArray();
    for (const Filter& child : filter.children) WriteFilter(child, json);
    json.EndArray().EndObject();
    return;
  }
  json.Key("key").String(filter.field).Key("value");
  if (filter.op == Filter::Op::kIn || filter.op == Filter::Op::kNin) {
    json.BeginArray();
    for (const MetadataValue& value : filter.values) WriteMetadataValue(value, json);
    json.EndArray();
  } else {
    WriteMetadataValue(filter.values.front(), json);
  }
  json.EndObject();
}

}  // namespace

void WriteRetrievalValue(const RetrievalValue& value, JsonWriter& json) {
  std::visit(
      [&](const auto& one) {
        using Value = std::decay_t<decltype(one)>;
        if constexpr (std::is_same_v<Value, bool>) {
          json.Bool(one);
        } else if constexpr (std::is_same_v<Value, uint64_t>) {
          json.Uint(one);
        } else if constexpr (std::is_same_v<Value, double>) {
          json.Double(one);
        } else {
          json.String(one);
        }
      },
      value);
}

void WriteStoredQuery(const StoredQuery& stored, JsonWriter& json) {
  const Query& query = stored.query;
  json.BeginObject().Key("text").String(query.text);
  json.Key("mode").String(SearchModeName(query.mode)).Key("k").Uint(query.k);
  json.Key("filter");
  query.filter.IsTrue() ? (void)json.Null() : WriteFilter(query.filter, json);
  json.Key("principals");
  query.principals.unrestricted ? (void)json.Null() : WriteStrings(query.principals.names, json);
  json.Key("own_options").Bool(stored.own_options).Key("options").BeginObject();
  for (const RetrievalOption& option : RetrievalOptionTable()) {
    WriteRetrievalValue(option.get(stored.setting.options), json.Key(option.request_name));
  }
  json.EndObject().Key("token_budget").Uint(stored.setting.context.token_budget);
  json.Key("max_passages").Uint(stored.setting.context.max_passages);
  json.Key("parts").BeginObject();
  for (const auto& [name, fingerprint] : stored.setting.parts) json.Key(name).String(fingerprint);
  json.EndObject().EndObject();
}

Result<StoredQuery> ReadStoredQuery(const JsonValue& json, const std::string& place) {
  StoredQuery stored;
  Query& query = stored.query;
  std::string mode;
  ObjectReader reader(json, place);
  reader.Required("text").String(query.text);
  reader.Required("mode").String(mode);
  reader.Required("k").Uint(query.k, 1, kMaxK);
  reader.Optional("filter").Value([&](const JsonValue& value, const std::string&) -> Status {
    if (value.IsNull()) return OkStatus();
    QUARRY_ASSIGN_OR_RETURN(query.filter, ParseFilter(ToJson(value)));
    return OkStatus();
  });
  reader.Optional("principals").Value([&](const JsonValue& value, const std::string& where) {
    if (value.IsNull()) return OkStatus();
    query.principals.unrestricted = false;
    if (value.AsArray() == nullptr) return InvalidArgumentError(where + ": expected a list");
    for (const JsonValue& name : *value.AsArray()) {
      if (name.AsString() == nullptr) return InvalidArgumentError(where + ": expected strings");
      query.principals.names.push_back(*name.AsString());
    }
    return OkStatus();
  });
  reader.Required("own_options").Bool(stored.own_options);
  reader.Required("options").Value([&](const JsonValue& value, const std::string& where) {
    return ReadOptionValues(value, where, stored.setting.options);
  });
  reader.Required("token_budget").Uint(stored.setting.context.token_budget, 1, UINT32_MAX);
  reader.Required("max_passages").Uint(stored.setting.context.max_passages, 1, UINT32_MAX);
  reader.Required("parts").Value([&](const JsonValue& value, const std::string& where) {
    if (value.AsObject() == nullptr) return InvalidArgumentError(where + ": expected an object");
    for (const JsonField& field : *value.AsObject()) {
      if (field.value.AsString() == nullptr) {
        return InvalidArgumentError(where + '.' + field.name + ": expected a string");
      }
      stored.setting.parts.emplace_back(field.name, *field.value.AsString());
    }
    return OkStatus();
  });
  QUARRY_RETURN_IF_ERROR(reader.Finish());
  QUARRY_ASSIGN_OR_RETURN(query.mode, ParseSearchMode(mode));
  query.options = stored.setting.options;
  return stored;
}

}  // namespace quarry::server
