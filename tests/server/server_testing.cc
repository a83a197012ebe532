#include "tests/server/server_testing.h"

#include <mutex>

#include "tests/server/openapi_testing.h"

namespace quarry::testing {
namespace {

std::unique_ptr<server::Server> StartServer(TestEngine& engine, server::ServerOptions options,
                                            MetricsRegistry& metrics,
                                            const generation::ChatRelay* relay = nullptr) {
  options.port = 0;
  server::Services services = ServicesOf(engine, metrics);
  services.relay = relay;
  auto started = server::Server::Start(options, services);
  QUARRY_CHECK(started.ok());
  return std::move(started).value();
}

// Holds what the OpenAI surface answers to OpenAI's description of it, where that is there.
void ExpectAsOpenAiHasIt(const std::string& method, const std::string& target,
                         const std::string& request, const JsonReply& reply) {
  const OpenAiDescription* description = OpenAiDescription::Get();
  if (description == nullptr || !target.starts_with("/v1/")) return;
  // It keeps what it has read of the description, and tests post from many threads.
  static std::mutex mutex;
  const std::lock_guard lock(mutex);
  const auto expect = [&](const std::string& schema, const nlohmann::json& value) {
    for (const std::string& problem : description->Check(schema, value)) {
      ADD_FAILURE() << method << ' ' << target << ": " << schema << ": " << problem;
    }
  };
  if (reply.status >= 400) return expect("ErrorResponse", reply.json);
  // It has no word for vectors in base64.
  if (request.find("\"base64\"") != std::string::npos) return;
  const std::string type = reply.http.Header("content-type");
  const std::string media_type = type.substr(0, type.find(';'));
  const std::string path = target.substr(0, target.find('?')).substr(3);
  const std::optional<std::string> schema = description->ResponseSchema(method, path, media_type);
  if (!schema) return;
  if (media_type != "text/event-stream") return expect(*schema, reply.json);
  for (const auto& [name, data] : Events(reply.http.body)) {
    if (data == "[DONE]") continue;
    const nlohmann::json event = nlohmann::json::parse(data, nullptr, false);
    expect(event.contains("error") && !event.contains("type") ? "ErrorResponse" : *schema, event);
  }
}

}  // namespace

server::Services ServicesOf(TestEngine& engine, MetricsRegistry& metrics, index::Index& index) {
  return {.index = index,
          .analyzer = engine.analyzer,
          .retriever = engine.retriever,
          .answerer = *engine.cached_answerer,
          .assistant = *engine.assistant,
          .whole_documents = engine.whole_documents,
          .ingest = engine.ingest,
          .embedders = engine.embedders,
          .maintainer = engine.maintainer,
          .metrics = metrics,
          .ingest_pool = engine.pool,
          .clock = engine.clock,
          .version = "1.2.3",
          .tools = &engine.toolbox};
}

std::vector<std::pair<std::string, std::string>> Events(const std::string& body) {
  std::vector<std::pair<std::string, std::string>> events;
  for (size_t begin = 0; begin < body.size();) {
    const size_t end = body.find("\n\n", begin);
    if (end == std::string::npos) {
      ADD_FAILURE() << "an event without its end: " << body.substr(begin);
      break;
    }
    std::pair<std::string, std::string> event;
    for (size_t at = begin; at < end;) {
      const size_t line_end = std::min(body.find('\n', at), end);
      const std::string line = body.substr(at, line_end - at);
      if (line.starts_with("event: ")) event.first = line.substr(7);
      if (line.starts_with("data: ")) event.second += line.substr(6);
      at = line_end + 1;
    }
    events.push_back(std::move(event));
    begin = end + 2;
  }
  return events;
}

TestServer::TestServer(server::ServerOptions options)
    : own_engine_(std::make_unique<TestEngine>()),
      engine_(own_engine_.get()),
      server_(StartServer(*engine_, options, metrics_)) {}

TestServer::TestServer(TestEngine& engine, server::ServerOptions options,
                       const generation::ChatRelay* relay)
    : engine_(&engine), server_(StartServer(*engine_, options, metrics_, relay)) {}

JsonReply TestServer::Send(const std::string& method, const std::string& target,
                           const std::string& body, const std::string& media_type) const {
  const std::string headers =
      media_type.empty() ? std::string() : "Content-Type: " + media_type + "\r\n";
  const auto reply = Fetch(port(), method, target, body, headers);
  if (!reply) {
    ADD_FAILURE() << method << ' ' << target << ": no response";
    return {};
  }
  JsonReply answer{reply->status, *reply, nlohmann::json::parse(reply->body, nullptr, false)};
  ExpectAsOpenAiHasIt(method, target, body, answer);
  return answer;
}

}  // namespace quarry::testing
