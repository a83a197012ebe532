#pragma once

// A whole server over a small real engine, and requests to it as a client would make them.

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "server/server.h"
#include "tests/testing/engine_testing.h"
#include "tests/testing/http_client.h"

namespace quarry::testing {

struct JsonReply {
  int status = 0;
  HttpReply http;
  nlohmann::json json;  // discarded where the body is none

  // Of an error, on either surface.
  std::string Message() const { return json.at("error").at("message").get<std::string>(); }
};

// The SSE events of a body: (name, data).
std::vector<std::pair<std::string, std::string>> Events(const std::string& body);

// The parts of a server over `engine`, or over another store in place of its own.
server::Services ServicesOf(TestEngine& engine, MetricsRegistry& metrics, index::Index& index);
inline server::Services ServicesOf(TestEngine& engine, MetricsRegistry& metrics) {
  return ServicesOf(engine, metrics, *engine.index);
}

// What it answers on the OpenAI surface is held to OpenAI's description (openapi_testing.h).
class TestServer {
 public:
  explicit TestServer(server::ServerOptions options = {});
  // For an engine that is filled already and outlives the server.
  TestServer(TestEngine& engine, server::ServerOptions options,
             const generation::ChatRelay* relay = nullptr);

  JsonReply Get(const std::string& target) const { return Send("GET", target, "", ""); }
  JsonReply Delete(const std::string& target) const { return Send("DELETE", target, "", ""); }
  JsonReply Post(const std::string& target, const nlohmann::json& body) const {
    return Send("POST", target, body.dump(), "application/json");
  }
  JsonReply Put(const std::string& target, const nlohmann::json& body) const {
    return Send("PUT", target, body.dump(), "application/json");
  }
  // `media_type` "" sends none.
  JsonReply Send(const std::string& method, const std::string& target, const std::string& body,
                 const std::string& media_type) const;

  TestEngine& engine() { return *engine_; }
  server::Server& server() { return *server_; }
  uint16_t port() const { return server_->port(); }
  MetricsRegistry& metrics() { return metrics_; }

 private:
  std::unique_ptr<TestEngine> own_engine_;
  TestEngine* const engine_;
  MetricsRegistry metrics_;
  std::unique_ptr<server::Server> server_;  // last: it uses all of the above
};

// An engine of the small corpus, made once for the tests of a suite, which add nothing to it.
class SmallCorpusTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    engine_ = new TestEngine();
    engine_->Add(SmallCorpus());
  }
  static void TearDownTestSuite() { delete engine_; }

  inline static TestEngine* engine_ = nullptr;
};

}  // namespace quarry::testing
