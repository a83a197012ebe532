#include "server/mcp_tools.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/hex.h"
#include "base/log.h"
#include "base/numbers.h"
#include "base/text.h"
#include "server/api_json.h"
#include "server/json_writer.h"
#include "server/question.h"

namespace quarry::server {
namespace {

constexpr uint32_t kDefaultPassages = 10;
constexpr uint32_t kMostPassages = 50;
constexpr uint32_t kDefaultBytes = 100'000;  // of a document at a time
constexpr uint32_t kMostBytes = 1'000'000;
constexpr uint32_t kResourcesPerPage = 100;
constexpr std::string_view kScheme = "quarry://";

// Outputs allow further fields: clients check results by these schemas.
constexpr std::string_view kTools = R"json([
{"name":"search","title":"Search","description":"Finds passages of the documents for a question or some words, best first. Words in quotes are a phrase, +word must be there, -word must not, begin* is a prefix.",
"inputSchema":{"type":"object","properties":{
"query":{"type":"string","description":"what to search for"},
"collection":{"type":"string","description":"where; the server's default if it is left out"},
"k":{"type":"integer","minimum":1,"maximum":50,"description":"passages wanted (10)"},
"filter":{"type":"object","description":"over metadata: {\"type\": \"eq\", \"key\": \"team\", \"value\": \"ops\"}; also ne gt gte lt lte in nin, and and, or with filters"}},
"required":["query"],"additionalProperties":false},
"outputSchema":{"type":"object","properties":{"results":{"type":"array","items":{"type":"object","properties":{
"id":{"type":"string","description":"of the document, for fetch"},"title":{"type":"string"},"url":{"type":"string"},"text":{"type":"string","description":"the passage"},
"score":{"type":"number"},"collection":{"type":"string"},"begin":{"type":"integer"},"end":{"type":"integer"}},
"required":["id","title","url","text"]}}},"required":["results"]},
"annotations":{"readOnlyHint":true,"openWorldHint":false}},
{"name":"ask","title":"Ask","description":"Answers a question with sentences that are cited to the documents, or says that they do not tell.",
"inputSchema":{"type":"object","properties":{
"question":{"type":"string"},
"collection":{"type":"string","description":"where; the server's default if it is left out"},
"filter":{"type":"object","description":"over metadata, as in search"}},
"required":["question"],"additionalProperties":false},
"outputSchema":{"type":"object","properties":{
"answer":{"type":"string","description":"with markers [1] of citations"},
"abstained":{"type":"boolean","description":"the documents do not say"},
"citations":{"type":"array","items":{"type":"object","properties":{"passage":{"type":"integer","description":"the number of the marker"},"document":{"type":"string"},"quote":{"type":"string"}},"required":["passage","document","quote"]}},
"verdict":{"type":"object","description":"how well the answer is supported"}},
"required":["answer","abstained","citations"]},
"annotations":{"readOnlyHint":true,"openWorldHint":false}},
{"name":"fetch","title":"Fetch","description":"The text of a document, by the id that search and ask give.",
"inputSchema":{"type":"object","properties":{
"id":{"type":"string"},
"collection":{"type":"string","description":"where; the server's default if it is left out"},
"begin":{"type":"integer","minimum":0,"description":"the byte to begin at (0): next of the fetch before"},
"bytes":{"type":"integer","minimum":1,"maximum":1000000,"description":"at most so many (100000)"}},
"required":["id"],"additionalProperties":false},
"outputSchema":{"type":"object","properties":{
"id":{"type":"string"},"title":{"type":"string"},"text":{"type":"string"},"url":{"type":"string"},"metadata":{"type":"object"},
"next":{"type":"integer","description":"where the text goes on; absent at its end"}},
"required":["id","title","text","url"]},
"annotations":{"readOnlyHint":true,"openWorldHint":false}},
{"name":"calculate","title":"Calculate","description":"Calculates exactly: + - * / ^, parentheses, 17%, abs ceil floor round sqrt min max sum mean mod, pi.",
"inputSchema":{"type":"object","properties":{
"expression":{"type":"string","description":"0.1 + 0.2"}},
"required":["expression"],"additionalProperties":false},
"outputSchema":{"type":"object","properties":{"result":{"type":"string"}},"required":["result"]},
"annotations":{"readOnlyHint":true,"openWorldHint":false}},
{"name":"query_table","title":"Query tables","description":"Asks the tables of the documents (CSV, spreadsheets) in SQL: one SELECT for SQLite. Without sql it lists the tables and their columns.",
"inputSchema":{"type":"object","properties":{
"sql":{"type":"string"},
"collection":{"type":"string","description":"where; the server's default if it is left out"},
"plot":{"type":"string","enum":["bar","line"],"description":"a plot of the result, too"},
"x":{"type":"string","description":"the column with the names of the points"},
"y":{"type":"string","description":"the column with their values"}},
"additionalProperties":false},
"outputSchema":{"type":"object","properties":{"result":{"type":"string"},"svg":{"type":"string"}},"required":["result"]},
"annotations":{"readOnlyHint":true,"openWorldHint":false}}
])json";

// A handler that is called from here has nobody to stream to.
class NoStream final : public StreamWriter {
 public:
  void Begin(Response) override { begun_ = true; }
  bool Write(std::string_view) override { return false; }
  bool begun() const override { return begun_; }
  void KeepAlive(Response) override {}

 private:
  bool begun_ = false;
};

// What a handler answers, as JSON.
Result<JsonValue> CallHandler(HandlerFunction* handler, const HandlerEnvironment& environment,
                              Request request, const Caller& caller, const CallContext& context) {
  request.caller = caller;
  NoStream stream;
  QUARRY_ASSIGN_OR_RETURN(
      const Response response,
      handler(environment, Call{.request = request, .context = context, .stream = stream}));
  QUARRY_ASSIGN_OR_RETURN(JsonValue json, ParseJson(response.body));
  if (response.status < 400) return json;
  return InternalError(response.body);  // handlers give errors as such
}

// A field that a handler always writes.
const JsonValue& Get(const JsonValue& json, std::string_view field) {
  const JsonValue* value = json.Find(field);
  QUARRY_CHECK(value != nullptr);
  return *value;
}
const std::string& Text(const JsonValue& json, std::string_view field) {
  const std::string* text = Get(json, field).AsString();
  QUARRY_CHECK(text != nullptr);
  return *text;
}

std::string AddressOfDocument(const std::string& collection, const std::string& id) {
  return std::string(kScheme) + PercentEncode(collection) + '/' + PercentEncode(id);
}

// The document's own address where it has one.
std::string UrlOf(const std::string& uri, const std::string& collection, const std::string& id) {
  return uri.empty() ? AddressOfDocument(collection, id) : uri;
}

void AddQuestion(const std::string& text, const std::string& collection, const std::string& filter,
                 JsonWriter& body) {
  body.Key("query").String(text);
  if (!collection.empty()) body.Key("collection").String(collection);
  if (!filter.empty()) body.Key("filter").Raw(filter);
}

// Reads the filter as JSON.
void ReadFilter(ObjectReader& reader, std::string& filter) {
  reader.Optional("filter").Value([&](const JsonValue& value, const std::string&) {
    filter = ToJson(value);
    return OkStatus();
  });
}

Result<std::string> CallSearch(const HandlerEnvironment& environment, const JsonValue& arguments,
                               const Caller& caller, const CallContext& context) {
  std::string query;
  std::string collection;
  std::string filter;
  uint32_t k = kDefaultPassages;
  ObjectReader reader(arguments, "");
  reader.Required("query").String(query);
  reader.Optional("collection").String(collection);
  reader.Optional("k").Uint(k, 1, kMostPassages);
  ReadFilter(reader, filter);
  QUARRY_RETURN_IF_ERROR(reader.Finish());
  JsonWriter body;
  body.BeginObject();
  AddQuestion(query, collection, filter, body);
  body.Key("k").Uint(k).EndObject();
  QUARRY_ASSIGN_OR_RETURN(
      const JsonValue found,
      CallHandler(PostSearch, environment, {.body = body.Take()}, caller, context));
  const std::string& searched = Text(found, "collection");
  JsonWriter json;
  json.BeginObject().Key("results").BeginArray();
  for (const JsonValue& hit : *Get(found, "hits").AsArray()) {
    const std::string& id = Text(hit, "document");
    const std::string& title = Text(hit, "title");
    json.BeginObject().Key("id").String(id).Key("title").String(title.empty() ? id : title);
    json.Key("url").String(UrlOf(Text(hit, "uri"), searched, id));
    json.Key("text").String(Text(hit, "text"));
    json.Key("score").Raw(ToJson(Get(hit, "score"))).Key("collection").String(searched);
    json.Key("begin").Raw(ToJson(Get(hit, "begin"))).Key("end").Raw(ToJson(Get(hit, "end")));
    json.EndObject();
  }
  return json.EndArray().EndObject().Take();
}

Result<std::string> CallAsk(const HandlerEnvironment& environment, const JsonValue& arguments,
                            const Caller& caller, const CallContext& context) {
  std::string question;
  std::string collection;
  std::string filter;
  ObjectReader reader(arguments, "");
  reader.Required("question").String(question);
  reader.Optional("collection").String(collection);
  ReadFilter(reader, filter);
  QUARRY_RETURN_IF_ERROR(reader.Finish());
  JsonWriter body;
  body.BeginObject();
  AddQuestion(question, collection, filter, body);
  body.EndObject();
  QUARRY_ASSIGN_OR_RETURN(
      const JsonValue answer,
      CallHandler(PostAnswer, environment, {.body = body.Take()}, caller, context));
  JsonWriter json;
  json.BeginObject();
  for (const char* field : {"answer", "abstained", "citations", "verdict", "collection"}) {
    json.Key(field).Raw(ToJson(Get(answer, field)));
  }
  return json.EndObject().Take();
}

// A tool of the answers (generation/toolbox.h).
Result<std::string> CallAnswerTool(const HandlerEnvironment& environment, const std::string& name,
                                   const JsonValue& arguments, const Caller& caller,
                                   const CallContext& context) {
  const Services& services = environment.services;
  const std::shared_ptr<const generation::Tool> tool =
      services.tools == nullptr ? nullptr : services.tools->Find(name);
  if (tool == nullptr) return FailedPreconditionError("this server has no tool \"" + name + '"');
  Question question = DefaultQuestion(environment.options);
  JsonValue own = arguments;
  if (auto* fields = std::get_if<JsonValue::Object>(&own.value)) {
    if (const JsonValue* collection = arguments.Find("collection");
        collection != nullptr && collection->AsString() != nullptr) {
      question.collection = *collection->AsString();
    }
    std::erase_if(*fields, [](const JsonField& field) { return field.name == "collection"; });
  }
  QUARRY_RETURN_IF_ERROR(BindTo(caller, question));
  QUARRY_ASSIGN_OR_RETURN(const std::shared_ptr<const index::Snapshot> snapshot,
                          SnapshotOf(environment, caller, question.collection));
  QUARRY_ASSIGN_OR_RETURN(
      const generation::ToolResult result,
      tool->Run(ToJson(own), {.query = question.query, .snapshot = *snapshot, .call = context}));
  std::string text;
  for (const Passage& passage : result.passages) {
    text += (text.empty() ? "" : "\n") + passage.chunk.text;
  }
  JsonWriter json;
  json.BeginObject().Key("result").String(text);
  if (!result.svg.empty()) json.Key("svg").String(result.svg);
  return json.EndObject().Take();
}

Result<std::string> CallFetch(const HandlerEnvironment& environment, const JsonValue& arguments,
                              const Caller& caller) {
  std::string id;
  std::string collection;
  uint32_t begin = 0;
  uint32_t bytes = kDefaultBytes;
  ObjectReader reader(arguments, "");
  reader.Required("id").String(id);
  reader.Optional("collection").String(collection);
  reader.Optional("begin").Uint(begin, 0, UINT32_MAX);
  reader.Optional("bytes").Uint(bytes, 1, kMostBytes);
  QUARRY_RETURN_IF_ERROR(reader.Finish());
  if (collection.empty()) collection = environment.options.default_collection;
  QUARRY_ASSIGN_OR_RETURN(const FoundDocument found,
                          FindDocument(environment, caller, collection, id));
  const index::StoredDocument& document = found.document;
  QUARRY_ASSIGN_OR_RETURN(const std::string text, found.snapshot->ReadText(document.number));
  const size_t first = CharacterBegin(text, begin);
  size_t last = CharacterBegin(text, first + bytes);
  // A single character is given whole.
  if (last == first) last = std::min(text.size(), first + 4);
  last = last == text.size() ? last : CharacterBegin(text, last);
  JsonWriter json;
  json.BeginObject().Key("id").String(document.id);
  json.Key("title").String(document.title.empty() ? document.id : document.title);
  json.Key("text").String(std::string_view(text).substr(first, last - first));
  json.Key("url").String(UrlOf(document.uri, collection, document.id));
  WriteMetadata(document.metadata, json.Key("metadata"));
  if (last < text.size()) json.Key("next").Uint(last);
  return json.EndObject().Take();
}

// Where a list of resources goes on: "3:manuals" = from the fourth document of manuals.
struct Cursor {
  uint32_t offset = 0;
  std::string collection;
};

std::optional<Cursor> ParseCursor(const std::string& text) {
  Cursor cursor;
  const size_t colon = text.find(':');
  if (colon == std::string::npos) return std::nullopt;
  const auto offset = ParseNumber<decltype(cursor.offset)>(std::string_view(text).substr(0, colon));
  if (!offset) return std::nullopt;
  cursor.offset = *offset;
  cursor.collection = text.substr(colon + 1);
  return cursor;
}

}  // namespace

std::string_view McpToolsJson() {
  // On one line: there is a transport whose messages are lines.
  static const std::string json = ToJson(ParseJson(kTools).value());
  return json;
}

McpToolResult CallMcpTool(const HandlerEnvironment& environment, const std::string& name,
                          const JsonValue& arguments, const Caller& caller,
                          const CallContext& context) {
  if (name == "search") return {true, CallSearch(environment, arguments, caller, context)};
  if (name == "ask") return {true, CallAsk(environment, arguments, caller, context)};
  if (name == "fetch") return {true, CallFetch(environment, arguments, caller)};
  if (name == "calculate" || name == "query_table") {
    return {true, CallAnswerTool(environment, name, arguments, caller, context)};
  }
  return {false, NotFoundError("there is no tool \"" + name +
                               "\"; expected search, ask, fetch, calculate or query_table")};
}

Status ListMcpResources(const HandlerEnvironment& environment, const std::string& cursor,
                        const Caller& caller, const CallContext& context, JsonWriter& json) {
  std::vector<std::string> names;
  for (const index::StoredCollection& collection : environment.services.index.Collections()) {
    if (!caller.MayUse(collection.name) || !IsListed(collection.name)) continue;
    names.push_back(collection.name);
  }
  std::optional<Cursor> at = Cursor{0, names.empty() ? "" : names[0]};
  if (!cursor.empty()) at = ParseCursor(cursor);
  if (!at) return InvalidArgumentError("params.cursor: expected one that was given");
  json.Key("resources").BeginArray();
  // A collection that was deleted meanwhile is passed over, as is one that cannot be loaded: there is no
  // place in a list for its error.
  auto name = std::ranges::lower_bound(names, at->collection);
  std::string next;
  for (bool is_read = false; !is_read && name != names.end();) {
    const uint32_t offset = *name == at->collection ? at->offset : 0;
    Request request{.method = "GET",
                    .query = {{"collection", *name},
                              {"limit", std::to_string(kResourcesPerPage)},
                              {"offset", std::to_string(offset)}}};
    const Result<JsonValue> page =
        CallHandler(GetDocuments, environment, std::move(request), caller, context);
    if (!page.ok()) {
      QUARRY_RETURN_IF_ERROR(context.Check());
      LogWarning("left out of MCP resources: " + page.status().ToString());
      ++name;
      continue;
    }
    is_read = true;
    const JsonValue::Array& documents = *Get(*page, "documents").AsArray();
    for (const JsonValue& document : documents) {
      const std::string& id = Text(document, "id");
      const std::string& title = Text(document, "title");
      json.BeginObject().Key("uri").String(AddressOfDocument(*name, id)).Key("name").String(id);
      if (!title.empty()) json.Key("title").String(title);
      json.Key("mimeType").String("text/plain");
      json.Key("size").Raw(ToJson(Get(document, "text_bytes"))).EndObject();
    }
    if (documents.size() == kResourcesPerPage) {
      next = std::to_string(offset + kResourcesPerPage) + ':' + *name;
    } else if (++name != names.end()) {
      next = "0:" + *name;
    }
  }
  json.EndArray();
  if (!next.empty()) json.Key("nextCursor").String(next);
  return OkStatus();
}

Status ReadMcpResource(const HandlerEnvironment& environment, const std::string& uri,
                       const Caller& caller, JsonWriter& json) {
  const size_t slash = uri.find('/', kScheme.size());
  std::optional<std::string> collection;
  std::optional<std::string> id;
  if (uri.starts_with(kScheme) && slash != std::string::npos) {
    collection = PercentDecode(uri.substr(kScheme.size(), slash - kScheme.size()));
    id = PercentDecode(uri.substr(slash + 1));
  }
  if (!collection || !id || collection->empty() || id->empty()) {
    return InvalidArgumentError("params.uri: expected quarry://COLLECTION/DOCUMENT, got " +
                                JsonString(uri));
  }
  QUARRY_ASSIGN_OR_RETURN(const FoundDocument found,
                          FindDocument(environment, caller, *collection, *id));
  QUARRY_ASSIGN_OR_RETURN(const std::string text, found.snapshot->ReadText(found.document.number));
  json.Key("contents").BeginArray().BeginObject().Key("uri").String(uri);
  json.Key("mimeType").String("text/plain").Key("text").String(text);
  json.EndObject().EndArray();
  return OkStatus();
}

}  // namespace quarry::server
