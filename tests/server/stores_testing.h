#pragma once

// What the tests of files and vector stores share: a server over a real engine, and what is done
// with it.

#include <chrono>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "tests/server/server_testing.h"
#include "tests/testing/test_environment.h"

namespace quarry::server {

// Two files.
inline constexpr const char* kPump = "# Pump\n\nThe zorblax pump delivers 12 litres per second.\n";
inline constexpr const char* kValve = "The brimstone valve closes within 7 seconds.\n";

// A form of several parts, each with what its disposition says: R"(name="purpose")".
inline std::string Form(const std::vector<std::pair<std::string, std::string>>& parts) {
  std::string body;
  for (const auto& [disposition, content] : parts) {
    body +=
        "--xyz\r\nContent-Disposition: form-data; " + disposition + "\r\n\r\n" + content + "\r\n";
  }
  return body + "--xyz--\r\n";
}

// A server over an empty engine.
class StoresTest : public ::testing::Test {
 protected:
  testing::JsonReply Send(const std::string& body) {
    return server_.Send("POST", "/v1/files", body, "multipart/form-data; boundary=xyz");
  }
  std::string Upload(const std::string& filename, const std::string& content) {
    const testing::JsonReply reply =
        Send(Form({{"name=\"purpose\"", "assistants"},
                   {"name=\"file\"; filename=\"" + filename + "\"", content}}));
    EXPECT_EQ(reply.status, 200) << reply.http.body;
    return reply.json.at("id");
  }
  std::string MakeStore(const nlohmann::json& request = {{"name", "Manuals"}}) {
    return server_.Post("/v1/vector_stores", request).json.at("id");
  }
  // Attaches and waits until it is no longer in progress.
  nlohmann::json Attach(const std::string& store, const nlohmann::json& request) {
    const testing::JsonReply reply = server_.Post("/v1/vector_stores/" + store + "/files", request);
    EXPECT_EQ(reply.status, 200) << reply.http.body;
    return Settled(store, request.at("file_id"));
  }
  nlohmann::json Settled(const std::string& store, const std::string& file) {
    for (int i = 0; i < 2000; ++i) {
      const nlohmann::json shown =
          server_.Get("/v1/vector_stores/" + store + "/files/" + file).json;
      if (shown.at("status") != "in_progress") return shown;
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    ADD_FAILURE() << file << " stays in progress";
    return {};
  }
  nlohmann::json Search(const std::string& store, const nlohmann::json& request) {
    const testing::JsonReply reply =
        server_.Post("/v1/vector_stores/" + store + "/search", request);
    EXPECT_EQ(reply.status, 200) << reply.http.body;
    return reply.json.value("data", nlohmann::json::array());
  }
  // Of what a list shows, in its order.
  std::vector<std::string> Ids(const testing::JsonReply& list) {
    std::vector<std::string> ids;
    for (const nlohmann::json& one : list.json.at("data")) ids.push_back(one.at("id"));
    return ids;
  }

  testing::TestEngine engine_;
  testing::TestServer server_{engine_, {}};
};

}  // namespace quarry::server
