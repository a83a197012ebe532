#include "server/openai_answer.h"

#include "base/hex.h"
#include "base/text.h"
#include "server/api_json.h"

namespace quarry::server {

std::vector<Marker> MarkersOf(const Answer& answer) {
  std::vector<Marker> markers;
  for (const Citation& citation : answer.citations) {
    const std::string text = '[' + std::to_string(citation.passage) + ']';
    const size_t at = answer.text.find(text, citation.answer_span.end);
    if (at == std::string::npos) continue;
    const size_t start = CountCodePoints(std::string_view(answer.text).substr(0, at));
    markers.push_back({start, start + text.size(), answer.context.passages[citation.passage - 1]});
  }
  return markers;
}

const std::string& TitleOf(const Passage& passage) {
  return passage.title.empty() ? passage.chunk.document : passage.title;
}

std::string UrlOf(const Passage& passage, const std::string& collection, const Request& request) {
  if (!passage.uri.empty()) return passage.uri;
  const std::string* host = FindHeader(request.headers, "Host");
  return (host == nullptr ? "" : (request.is_secure ? "https://" : "http://") + *host) +
         "/api/v1/documents/" + PercentEncode(passage.chunk.document) +
         "?collection=" + PercentEncode(collection);
}

void WriteExtension(const Answer& answer, const std::string& collection, std::string_view id,
                    JsonWriter& json) {
  json.BeginObject();
  if (!id.empty()) json.Key("id").String(id);
  json.Key("collection").String(collection);
  WriteReply(answer, json);
  WriteSentences(answer, json.Key("sentences"));
  json.Key("model").String(answer.model).Key("note").String(answer.note);
  if (!answer.tools.empty()) WriteTools(answer.tools, json.Key("tool_calls"));
  json.Key("cost").Double(answer.usage.cost);
  WriteAttempts(answer, json);
  json.Key("contexts").BeginArray();
  for (const Passage& passage : answer.context.passages) WritePassage(passage, {}, json);
  json.EndArray().Key("commit").Uint(answer.commit.value);
  WriteCache(answer.cache, json.Key("cache"));
  WriteTimings(answer.timings, json.Key("timings_us"));
  json.EndObject();
}

}  // namespace quarry::server
