#include "server/document_body.h"

#include <map>
#include <utility>

#include "base/hash.h"
#include "base/text.h"
#include "index/index_writer.h"
#include "ingest/crash_note.h"
#include "server/json_writer.h"
#include "server/media_type.h"

namespace quarry::server {
namespace {

Result<MetadataValue> ReadMetadataValue(const JsonValue& value, const std::string& place) {
  double number = 0;
  if (const bool* flag = value.AsBool()) return MetadataValue(*flag);
  if (const std::string* text = value.AsString()) return MetadataValue(*text);
  if (value.AsDouble(number)) return MetadataValue(number);
  const char* found = value.TypeName();
  if (const JsonValue::Array* array = value.AsArray()) {
    std::vector<std::string> list;
    for (const JsonValue& element : *array) {
      if (element.AsString() == nullptr) break;
      list.push_back(*element.AsString());
    }
    if (list.size() == array->size()) return MetadataValue(std::move(list));
    found = "a list with other values";
  }
  return InvalidArgumentError(
      place + ": expected a string, number, boolean or list of strings, not " + found);
}

Status ReadMetadata(const JsonValue& value, const std::string& place, Metadata& metadata) {
  if (value.AsObject() == nullptr) {
    return InvalidArgumentError(place + ": expected an object, not " + value.TypeName());
  }
  for (const auto& [key, field] : *value.AsObject()) {
    QUARRY_ASSIGN_OR_RETURN(metadata[key], ReadMetadataValue(field, place + '.' + key));
  }
  return OkStatus();
}

// What a parser refuses is the fault of what it is given, its limits too: sent again it is refused again, so
// it is not said to be a limit of this server that passes. What may pass, memory that lacks or a program that
// was stopped, is kUnavailable.
Status RefusalOf(const Status& parsed) {
  return parsed.code() == Code::kResourceExhausted ? InvalidArgumentError(parsed.message())
                                                   : parsed;
}

// The text of a record as `index -` reads it: no title is made up from the id.
Result<ingest::ParsedSource> ParseText(const std::string& text, const ingest::SourceInfo& source) {
  QUARRY_ASSIGN_OR_RETURN(const DecodedText decoded, DecodeText(text));
  QUARRY_ASSIGN_OR_RETURN(ingest::ParsedSource parsed,
                          ingest::ParserFor(*source.format).Parse(decoded.text, source));
  std::erase_if(parsed.documents, [](const Document& document) { return document.blocks.empty(); });
  if (parsed.documents.empty()) return InvalidArgumentError("expected text that is not empty");
  return parsed;
}

// `place` is what messages call the record; `id` what the path says, "" for nothing.
Status ReadRecord(const JsonValue& record, const std::string& place, const std::string& id,
                  std::vector<Document>& documents) {
  const std::string before = place.empty() ? "" : place + '.';
  ObjectReader reader(record, place);
  ingest::SourceInfo source{.id = id, .path = "", .uri = ""};
  source.format = ingest::Format::kPlainText;
  std::string text;
  std::string title;
  std::string media_type;
  std::string language;
  std::vector<std::string> access;
  Metadata metadata;
  id.empty() ? reader.Required("id").String(source.id) : reader.Optional("id").String(source.id);
  reader.Required("text").String(text);
  reader.Optional("title").String(title);
  reader.Optional("uri").String(source.uri);
  reader.Optional("media_type").String(media_type);
  reader.Optional("language").String(language);
  reader.Optional("access").Strings(access);
  reader.Optional("metadata").Value([&](const JsonValue& value, const std::string& at) {
    return ReadMetadata(value, at, metadata);
  });
  QUARRY_RETURN_IF_ERROR(reader.Finish());
  if (const Status usable = index::CheckDocumentId(source.id); !usable.ok()) {
    return place.empty() ? usable : usable.Annotate(place);
  }
  if (!id.empty() && source.id != id) {
    return InvalidArgumentError(before + "id: " + JsonString(source.id) +
                                " is not the id in the path, " + JsonString(id));
  }
  if (!media_type.empty()) {
    source.format = TextFormatOfMediaType(media_type);
    if (!source.format) {
      return InvalidArgumentError(before + "media_type: " + JsonString(media_type) +
                                  " cannot be indexed; expected one of " + TextMediaTypes());
    }
  }
  source.path = source.id;
  Result<ingest::ParsedSource> parsed = ParseText(text, source);
  if (!parsed.ok()) return RefusalOf(parsed.status()).Annotate(before + "text");
  for (Document& document : parsed->documents) {
    document.uri = source.uri;
    if (!title.empty()) document.title = title;
    document.language = language.empty() ? DetectLanguage(document.text) : language;
    for (const auto& [key, value] : metadata) document.metadata[key] = value;
    if (!access.empty()) document.access = access;
    documents.push_back(std::move(document));
  }
  return OkStatus();
}

}  // namespace

Result<std::vector<Document>> ParseRecords(const JsonValue& body) {
  std::vector<Document> documents;
  std::map<DocumentId, std::string> place_of;
  if (body.Find("documents") == nullptr) {
    QUARRY_RETURN_IF_ERROR(ReadRecord(body, "", "", documents));
    return documents;
  }
  ObjectReader reader(body, "");
  reader.Required("documents")
      .Value([&](const JsonValue& list, const std::string& place) -> Status {
        if (list.AsArray() == nullptr) {
          return InvalidArgumentError(place + ": expected a list of documents, not " +
                                      list.TypeName());
        }
        size_t number = 0;
        for (const JsonValue& record : *list.AsArray()) {
          const std::string at = place + '[' + std::to_string(number++) + ']';
          const size_t read = documents.size();
          QUARRY_RETURN_IF_ERROR(ReadRecord(record, at, "", documents));
          for (size_t i = read; i < documents.size(); ++i) {
            const auto [earlier, is_new] = place_of.emplace(documents[i].id, at);
            if (is_new || earlier->second == at) continue;
            // Which of the two is meant nobody can tell, and the other would be lost.
            return InvalidArgumentError(at + ".id: " + JsonString(documents[i].id) +
                                        " is the id of " + earlier->second + " as well");
          }
        }
        return OkStatus();
      });
  QUARRY_RETURN_IF_ERROR(reader.Finish());
  return documents;
}

Result<std::vector<Document>> ParseRecordOf(const JsonValue& body, const std::string& id) {
  std::vector<Document> documents;
  QUARRY_RETURN_IF_ERROR(ReadRecord(body, "", id, documents));
  return documents;
}

Result<ingest::ParsedSource> ParseFile(const std::string& bytes, const ingest::SourceInfo& source,
                                       const std::set<uint64_t>& crashed) {
  Result<ingest::ParsedSource> parsed = ingest::ParseWatched(bytes, Hash64(bytes), source, crashed);
  if (!parsed.ok()) return RefusalOf(parsed.status()).Annotate(source.id);
  return parsed;
}

}  // namespace quarry::server
