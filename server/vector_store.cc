#include "server/vector_store.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "server/api_json.h"
#include "server/json_writer.h"

namespace quarry::server {
namespace {

using index::ObjectKind;

constexpr uint32_t kVectorStoreVersion = 1;
constexpr size_t kMaxPairs = 16;
constexpr size_t kMaxNameCharacters = 64;
constexpr size_t kMaxValueCharacters = 512;

constexpr const char* kStatusNames[] = {"in_progress", "completed", "cancelled", "failed"};

JsonWriter& BeginRecord(JsonWriter& json) {
  return json.BeginObject().Key("version").Uint(kVectorStoreVersion);
}

void WriteStringMap(const std::map<std::string, std::string>& map, JsonWriter& json) {
  json.BeginObject();
  for (const auto& [name, value] : map) json.Key(name).String(value);
  json.EndObject();
}

// Has `read` take the fields of a record.
template <typename Record>
Result<Record> Decode(const char* what, const index::Object& object,
                      void (*read)(ObjectReader& reader, Record& record)) {
  const auto damage = [&](const Status& status) {
    // A file may be in many stores.
    const std::string store = object.scope.empty() || object.scope == object.id
                                  ? ""
                                  : " of vector store \"" + object.scope + '"';
    return DataLossError(std::string(what) + " \"" + object.id + '"' + store + ": " +
                         status.message());
  };
  const Result<JsonValue> json = ParseJson(object.value);
  if (!json.ok()) return damage(json.status());
  ObjectReader reader(*json, "");
  uint32_t version = 0;
  Record record;
  reader.Required("version").Uint(version, kVectorStoreVersion, kVectorStoreVersion);
  read(reader, record);
  if (const Status finished = reader.Finish(); !finished.ok()) return damage(finished);
  return record;
}

void ReadInt(ObjectReader::Field field, auto& out) {
  double number = 0;
  field.Double(number);
  out = static_cast<std::remove_reference_t<decltype(out)>>(number);
}

Status CheckPairs(const JsonValue& value, const std::string& place) {
  if (value.AsObject() == nullptr) {
    return InvalidArgumentError(place + ": expected an object, not " + value.TypeName());
  }
  if (value.AsObject()->size() > kMaxPairs) {
    return InvalidArgumentError(place + ": expected at most " + std::to_string(kMaxPairs) +
                                " pairs, not " + std::to_string(value.AsObject()->size()));
  }
  for (const JsonField& field : *value.AsObject()) {
    if (field.name.empty() || CountCodePoints(field.name) > kMaxNameCharacters) {
      return InvalidArgumentError(place + ": expected names of 1 to " +
                                  std::to_string(kMaxNameCharacters) + " characters, not " +
                                  JsonString(field.name));
    }
    const std::string* text = field.value.AsString();
    if (text != nullptr && CountCodePoints(*text) > kMaxValueCharacters) {
      return InvalidArgumentError(place + '.' + field.name + ": expected at most " +
                                  std::to_string(kMaxValueCharacters) + " characters, not " +
                                  std::to_string(CountCodePoints(*text)));
    }
  }
  return OkStatus();
}

}  // namespace

Status ReadAttributes(const JsonValue& value, const std::string& place, Metadata& attributes) {
  QUARRY_RETURN_IF_ERROR(CheckPairs(value, place));
  attributes.clear();
  for (const auto& [name, field] : *value.AsObject()) {
    double number = 0;
    if (field.AsString() != nullptr) {
      attributes[name] = *field.AsString();
    } else if (field.AsBool() != nullptr) {
      attributes[name] = *field.AsBool();
    } else if (field.AsDouble(number)) {
      attributes[name] = number;
    } else {
      return InvalidArgumentError(
          place + '.' + name + ": expected a string, number or boolean, not " + field.TypeName());
    }
  }
  return OkStatus();
}

Status ReadStringMap(const JsonValue& value, const std::string& place,
                     std::map<std::string, std::string>& map) {
  QUARRY_RETURN_IF_ERROR(CheckPairs(value, place));
  map.clear();
  for (const auto& [name, field] : *value.AsObject()) {
    if (field.AsString() == nullptr) {
      return InvalidArgumentError(place + '.' + name + ": expected a string, not " +
                                  field.TypeName());
    }
    map[name] = *field.AsString();
  }
  return OkStatus();
}

// ---- files ----

std::string Encode(const UploadedFile& file) {
  JsonWriter json;
  WriteOwner(file.owner, BeginRecord(json));
  json.Key("filename").String(file.filename).Key("purpose").String(file.purpose);
  json.Key("bytes").Uint(file.bytes).Key("created").Int(file.created);
  return json.EndObject().Take();
}

Result<UploadedFile> DecodeFile(const index::Object& object) {
  return Decode<UploadedFile>("file", object, [](ObjectReader& reader, UploadedFile& file) {
    ReadOwner(reader, file.owner);
    reader.Required("filename").String(file.filename);
    reader.Required("purpose").String(file.purpose);
    ReadInt(reader.Required("bytes"), file.bytes);
    ReadInt(reader.Required("created"), file.created);
  });
}

Result<UploadedFile> GetFile(const index::ObjectTable& objects, const std::string& id) {
  QUARRY_ASSIGN_OR_RETURN(const std::optional<index::Object> object,
                          objects.Get({.kind = ObjectKind::kFile, .id = id}));
  if (!object) return NotFoundError("there is no file \"" + id + "\"");
  return DecodeFile(*object);
}

Result<UploadedFile> GetFile(const index::ObjectTable& objects, const Caller& caller,
                             const std::string& id) {
  QUARRY_ASSIGN_OR_RETURN(UploadedFile file, GetFile(objects, id));
  if (!caller.MaySee(file.owner.key)) return NotFoundError("there is no file \"" + id + "\"");
  return file;
}

Result<std::string> ReadFileBytes(const index::ObjectTable& objects, const std::string& id) {
  std::string bytes;
  QUARRY_RETURN_IF_ERROR(objects.ForEachPart({.kind = ObjectKind::kFile, .id = id}, 1,
                                             [&](uint32_t, std::string_view part) {
                                               bytes += part;
                                               return true;
                                             }));
  return bytes;
}

// ---- stores ----

index::ObjectName StoreName(const std::string& store) {
  return {.kind = ObjectKind::kVectorStore, .id = store, .scope = store};
}

std::string Encode(const StoreProfile& profile) {
  JsonWriter json;
  BeginRecord(json).Key("name").String(profile.name);
  json.Key("description").String(profile.description);
  WriteStringMap(profile.metadata, json.Key("metadata"));
  json.Key("expires_days").Uint(profile.expires_days);
  json.Key("last_active").Int(profile.last_active);
  return json.EndObject().Take();
}

Result<StoreProfile> DecodeStore(const index::Object& object) {
  return Decode<StoreProfile>(
      "vector store", object, [](ObjectReader& reader, StoreProfile& profile) {
        reader.Required("name").String(profile.name);
        reader.Required("description").String(profile.description);
        reader.Required("metadata").Value([&](const JsonValue& value, const std::string& place) {
          return ReadStringMap(value, place, profile.metadata);
        });
        ReadInt(reader.Required("expires_days"), profile.expires_days);
        ReadInt(reader.Required("last_active"), profile.last_active);
      });
}

// ---- attached files ----

ingest::ChunkOptions ChunkSizes::ApplyTo(ingest::ChunkOptions options) const {
  if (max_tokens == 0) return options;
  options.mode = ingest::ChunkMode::kFixed;
  options.target_tokens = max_tokens;
  options.max_tokens = max_tokens;
  options.min_tokens = std::min(options.min_tokens, max_tokens);
  options.overlap_tokens = overlap_tokens;
  return options;
}

const char* FileStatusName(FileStatus status) { return kStatusNames[static_cast<size_t>(status)]; }

std::optional<FileStatus> ParseFileStatus(std::string_view name) {
  const auto* found = std::ranges::find(kStatusNames, name);
  if (found == std::end(kStatusNames)) return std::nullopt;
  return static_cast<FileStatus>(found - std::begin(kStatusNames));
}

index::ObjectName AttachedName(const std::string& store, const std::string& file) {
  return {.kind = ObjectKind::kVectorStoreFile, .id = file, .scope = store};
}

std::string Encode(const AttachedFile& file) {
  JsonWriter json;
  BeginRecord(json).Key("status").String(FileStatusName(file.status));
  json.Key("error_code").String(file.error_code).Key("error_message").String(file.error_message);
  json.Key("usage_bytes").Uint(file.usage_bytes).Key("created").Int(file.created);
  WriteMetadata(file.attributes, json.Key("attributes"));
  json.Key("max_tokens").Uint(file.chunks.max_tokens);
  json.Key("overlap_tokens").Uint(file.chunks.overlap_tokens);
  json.Key("batch").String(file.batch).Key("attempts").Uint(file.attempts);
  return json.EndObject().Take();
}

Result<AttachedFile> DecodeAttached(const index::Object& object) {
  return Decode<AttachedFile>("file", object, [](ObjectReader& reader, AttachedFile& file) {
    reader.Required("status").Value(
        [&](const JsonValue& value, const std::string& place) -> Status {
          const std::optional<FileStatus> status =
              ParseFileStatus(value.AsString() == nullptr ? "" : *value.AsString());
          if (!status) return InvalidArgumentError(place + ": " + ToJson(value) + " is none");
          file.status = *status;
          return OkStatus();
        });
    reader.Required("error_code").String(file.error_code);
    reader.Required("error_message").String(file.error_message);
    ReadInt(reader.Required("usage_bytes"), file.usage_bytes);
    ReadInt(reader.Required("created"), file.created);
    reader.Required("attributes").Value([&](const JsonValue& value, const std::string& place) {
      return ReadAttributes(value, place, file.attributes);
    });
    reader.Required("max_tokens").Uint(file.chunks.max_tokens, 0, UINT32_MAX);
    reader.Required("overlap_tokens").Uint(file.chunks.overlap_tokens, 0, UINT32_MAX);
    reader.Required("batch").String(file.batch);
    reader.Optional("attempts").Uint(file.attempts, 0, UINT32_MAX);
  });
}

Result<AttachedFile> GetAttached(const index::ObjectTable& objects, const std::string& store,
                                 const std::string& file) {
  QUARRY_ASSIGN_OR_RETURN(const std::optional<index::Object> object,
                          objects.Get(AttachedName(store, file)));
  if (!object) {
    return NotFoundError("there is no file \"" + file + "\" in vector store \"" + store + "\"");
  }
  return DecodeAttached(*object);
}

// ---- batches ----

std::string Encode(const FileBatch& batch) {
  JsonWriter json;
  BeginRecord(json).Key("created").Int(batch.created).Key("cancelled").Bool(batch.cancelled);
  return json.EndObject().Take();
}

Result<FileBatch> DecodeBatch(const index::Object& object) {
  return Decode<FileBatch>("file batch", object, [](ObjectReader& reader, FileBatch& batch) {
    ReadInt(reader.Required("created"), batch.created);
    reader.Required("cancelled").Bool(batch.cancelled);
  });
}

Result<FileCounts> CountFiles(const index::ObjectTable& objects, const std::string& store,
                              const std::string& batch) {
  FileCounts counts;
  index::ObjectListing listing{.limit = 1000};
  while (true) {
    QUARRY_ASSIGN_OR_RETURN(const index::ObjectPage page,
                            objects.List(ObjectKind::kVectorStoreFile, store, listing));
    for (const index::Object& object : page.objects) {
      listing.after = object.id;
      const Result<AttachedFile> file = DecodeAttached(object);
      if (file.status().code() == Code::kDataLoss) continue;  // the list of the files tells of it
      QUARRY_RETURN_IF_ERROR(file.status());
      if (!batch.empty() && file->batch != batch) continue;
      ++counts.by_status[static_cast<size_t>(file->status)];
      counts.usage_bytes += file->usage_bytes;
    }
    if (!page.has_more) return counts;
  }
}

}  // namespace quarry::server
