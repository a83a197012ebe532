// POST /v1/embeddings: the vectors of a collection's embedder.

#include <bit>
#include <charconv>
#include <span>
#include <utility>

#include "base/base64.h"
#include "base/text.h"
#include "server/handlers.h"
#include "server/json_writer.h"
#include "server/profile.h"
#include "server/question.h"
#include "server/token_charge.h"

namespace quarry::server {
namespace {

constexpr size_t kMaxInputs = 2048;

struct EmbeddingsRequest {
  std::string model;
  std::vector<std::string> input;
  bool base64 = false;
  uint32_t dimensions = 0;  // 0: as the model has them
  std::string collection;   // "": that of the model
  model::EmbeddingRole role = model::EmbeddingRole::kQuery;
};

Status ReadInput(const JsonValue& value, const std::string& place,
                 std::vector<std::string>& input) {
  const auto add = [&](const JsonValue& one, const std::string& at) -> Status {
    double token = 0;
    if (one.AsArray() != nullptr || one.AsDouble(token)) {
      return WrongValue(at, "tokens are of another model's vocabulary; expected text");
    }
    if (one.AsString() == nullptr) {
      return WrongValue(at, std::string("expected a string, not ") + one.TypeName());
    }
    if (Trim(*one.AsString()).empty()) return WrongValue(at, "expected text that is not empty");
    input.push_back(*one.AsString());
    return OkStatus();
  };
  const JsonValue::Array* list = value.AsArray();
  if (list == nullptr) return add(value, place);
  if (list->empty() || list->size() > kMaxInputs) {
    return WrongValue(place, "expected 1 to " + std::to_string(kMaxInputs) + " texts, not " +
                                 std::to_string(list->size()));
  }
  for (size_t i = 0; i < list->size(); ++i) {
    QUARRY_RETURN_IF_ERROR(add((*list)[i], place + '[' + std::to_string(i) + ']'));
  }
  return OkStatus();
}

// One of two words.
Status ReadChoice(const JsonValue& value, const std::string& place, const char* no, const char* yes,
                  bool& out) {
  const std::string* name = value.AsString();
  if (name == nullptr || (*name != no && *name != yes)) {
    return WrongValue(place, std::string("expected \"") + no + "\" or \"" + yes + "\"");
  }
  out = *name == yes;
  return OkStatus();
}

Result<EmbeddingsRequest> ParseEmbeddings(const std::string& body) {
  QUARRY_ASSIGN_OR_RETURN(const JsonValue json, ParseJson(body));
  EmbeddingsRequest request;
  ObjectReader reader(json, "");
  std::string user;
  reader.Required("model").String(request.model);
  reader.Required("input").Value([&](const JsonValue& value, const std::string& place) {
    return ReadInput(value, place, request.input);
  });
  reader.Optional("encoding_format").Value([&](const JsonValue& value, const std::string& place) {
    return ReadChoice(value, place, "float", "base64", request.base64);
  });
  reader.Optional("dimensions").Uint(request.dimensions, 1, UINT32_MAX);
  reader.Optional("user").String(user);
  reader.Optional("quarry").Value([&](const JsonValue& value, const std::string& place) -> Status {
    ObjectReader extension(value, place);
    extension.Optional("collection").String(request.collection);
    extension.Optional("input_type").Value([&](const JsonValue& type, const std::string& at) {
      bool of_documents = false;
      Status read = ReadChoice(type, at, "query", "document", of_documents);
      if (of_documents) request.role = model::EmbeddingRole::kDocument;
      return read;
    });
    return extension.Finish();
  });
  QUARRY_RETURN_IF_ERROR(reader.Finish());
  return request;
}

// The floats as little-endian bytes, whatever this machine has.
std::string BytesOf(std::span<const float> vector) {
  std::string bytes;
  bytes.reserve(vector.size() * sizeof(float));
  for (const float value : vector) {
    const auto bits = std::bit_cast<uint32_t>(value);
    for (int shift = 0; shift < 32; shift += 8) bytes.push_back(static_cast<char>(bits >> shift));
  }
  return bytes;
}

// The shortest text that reads back as this float; as a double it would have twice the digits.
void WriteFloat(float value, JsonWriter& json) {
  char text[32];
  const std::to_chars_result end = std::to_chars(text, text + sizeof(text), value);
  json.Raw(std::string_view(text, static_cast<size_t>(end.ptr - text)));
}

void WriteEmbedding(size_t index, std::span<const float> vector, bool base64, JsonWriter& json) {
  json.BeginObject().Key("object").String("embedding").Key("index").Uint(index);
  json.Key("embedding");
  if (base64) {
    json.String(EncodeBase64(BytesOf(vector)));
  } else {
    json.BeginArray();
    for (const float value : vector) WriteFloat(value, json);
    json.EndArray();
  }
  json.EndObject();
}

}  // namespace

Result<Response> PostEmbeddings(const HandlerEnvironment& environment, const Call& call) {
  const Services& services = environment.services;
  const Caller& caller = call.request.caller;
  QUARRY_ASSIGN_OR_RETURN(EmbeddingsRequest request, ParseEmbeddings(call.request.body));
  if (auto refusal = RefuseModel(services, caller, request.model)) return *std::move(refusal);
  if (request.collection.empty()) {
    Question question = DefaultQuestion(environment.options);
    QUARRY_RETURN_IF_ERROR(UseModel(services, caller, request.model, question));
    request.collection = std::move(question.collection);
  }
  QUARRY_ASSIGN_OR_RETURN(const std::shared_ptr<const index::Snapshot> snapshot,
                          SnapshotOf(environment, caller, request.collection));
  QUARRY_ASSIGN_OR_RETURN(const std::shared_ptr<const model::Embedder> embedder,
                          EmbedderOf(services, *snapshot));
  if (embedder == nullptr) {
    return FailedPreconditionError("collection \"" + request.collection +
                                   "\" has no embedder yet: one is learnt from " +
                                   std::to_string(services.ingest.embedding.learn_from_chunks) +
                                   " chunks on, or configure embedding.model");
  }
  const uint32_t dimension = embedder->space().dimension;
  if (request.dimensions != 0 && request.dimensions != dimension) {
    return WrongValue("dimensions", "this model has " + std::to_string(dimension) +
                                        " and no others, not " +
                                        std::to_string(request.dimensions));
  }
  const TokenCharge charge(call);
  QUARRY_ASSIGN_OR_RETURN(const EmbeddingMatrix vectors,
                          embedder->Embed(request.input, request.role, call.context));
  uint64_t tokens = 0;
  for (const std::string& text : request.input) tokens += CountTokens(text);
  charge.Took(tokens);

  JsonWriter json;
  json.BeginObject().Key("object").String("list").Key("data").BeginArray();
  for (size_t i = 0; i < request.input.size(); ++i) {
    WriteEmbedding(i, vectors.Row(i), request.base64, json);
  }
  json.EndArray().Key("model").String(request.model);
  json.Key("usage").BeginObject().Key("prompt_tokens").Uint(tokens);
  json.Key("total_tokens").Uint(tokens).EndObject();
  json.Key("quarry").BeginObject().Key("collection").String(request.collection);
  json.Key("embedder").String(embedder->space().fingerprint).EndObject();
  return Response{.body = json.EndObject().Take()};
}

}  // namespace quarry::server
