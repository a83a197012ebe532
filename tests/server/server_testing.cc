#include "tests/server/server_testing.h"

namespace quarry::testing {
namespace {

std::unique_ptr<server::Server> StartServer(TestEngine& engine, server::ServerOptions options,
                                            MetricsRegistry& metrics, ThreadPool& pool) {
  options.port = 0;
  auto started = server::Server::Start(options, {.index = *engine.index,
                                                 .analyzer = engine.analyzer,
                                                 .retriever = engine.retriever,
                                                 .answerer = *engine.cached_answerer,
                                                 .assistant = *engine.assistant,
                                                 .ingest = engine.ingest,
                                                 .embedders = engine.embedders,
                                                 .maintainer = engine.maintainer,
                                                 .metrics = metrics,
                                                 .pool = pool,
                                                 .ingest_pool = engine.pool,
                                                 .clock = engine.clock,
                                                 .version = "1.2.3"});
  QUARRY_CHECK(started.ok());
  return std::move(started).value();
}

}  // namespace

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

TestServer::TestServer(server::ServerOptions options, size_t threads, size_t queue)
    : own_engine_(std::make_unique<TestEngine>()),
      engine_(own_engine_.get()),
      pool_(threads, queue),
      server_(StartServer(*engine_, options, metrics_, pool_)) {}

TestServer::TestServer(TestEngine& engine, server::ServerOptions options, size_t threads,
                       size_t queue)
    : engine_(&engine),
      pool_(threads, queue),
      server_(StartServer(*engine_, options, metrics_, pool_)) {}

JsonReply TestServer::Send(const std::string& method, const std::string& target,
                           const std::string& body, const std::string& media_type) const {
  const std::string headers =
      media_type.empty() ? std::string() : "Content-Type: " + media_type + "\r\n";
  const auto reply = Fetch(port(), method, target, body, headers);
  if (!reply) {
    ADD_FAILURE() << method << ' ' << target << ": no response";
    return {};
  }
  return {reply->status, *reply, nlohmann::json::parse(reply->body, nullptr, false)};
}

}  // namespace quarry::testing
