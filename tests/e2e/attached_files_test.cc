// Files attached to a vector store of a server that is killed: the next one indexes them.

#include <csignal>
#include <memory>
#include <nlohmann/json.hpp>
#include <thread>

#include "tests/testing/http_client.h"
#include "tests/testing/run_quarry.h"

namespace quarry::app {
namespace {

using Json = nlohmann::json;
using testing::Fetch;
using testing::HttpReply;
using testing::QuarryProcess;

constexpr int kFiles = 12;
constexpr const char* kJson = "Content-Type: application/json\r\n";
constexpr const char* kForm = "Content-Type: multipart/form-data; boundary=xyz\r\n";

class RunningServer {
 public:
  explicit RunningServer(const std::string& store)
      : process_({.arguments = {"serve", "--port", "0", "--json", "--store", store}}),
        port_(Json::parse(process_.ReadFirstLine()).at("port").get<uint16_t>()) {}

  Json Call(const std::string& method, const std::string& target, const std::string& body = "",
            const char* headers = "") const {
    const std::optional<HttpReply> reply = Fetch(port_, method, target, body, headers);
    EXPECT_TRUE(reply && reply->status == 200) << target << ": " << (reply ? reply->body : "none");
    return reply ? Json::parse(reply->body, nullptr, false) : Json();
  }
  void Kill() {
    process_.Signal(SIGKILL);
    process_.Wait();
  }

 private:
  QuarryProcess process_;
  const uint16_t port_;
};

TEST(AttachedFiles, AreIndexedByTheNextServerWhereOneIsKilled) {
  const TemporaryDirectory directory = testing::MakeTemporaryDirectory();
  const std::string store_path = directory.path() + "/store";
  for (const int killed_after_ms : {0, 15, 60}) {
    auto server = std::make_unique<RunningServer>(store_path);
    const std::string store = server->Call("POST", "/v1/vector_stores", "{}", kJson).at("id");
    std::vector<std::string> files;
    for (int i = 0; i < kFiles; ++i) {
      const std::string body =
          "--xyz\r\nContent-Disposition: form-data; name=purpose\r\n\r\nassistants\r\n"
          "--xyz\r\nContent-Disposition: form-data; name=file; filename=pump" +
          std::to_string(i) + ".txt\r\n\r\nThe pump P-" + std::to_string(i) + " stands in hall " +
          std::to_string(100 + i) + ".\r\n--xyz--\r\n";
      files.push_back(server->Call("POST", "/v1/files", body, kForm).at("id"));
    }
    const std::string path = "/v1/vector_stores/" + store;
    const std::string batch =
        server->Call("POST", path + "/file_batches", Json{{"file_ids", files}}.dump(), kJson)
            .at("id");
    std::this_thread::sleep_for(std::chrono::milliseconds(killed_after_ms));
    server->Kill();

    server = std::make_unique<RunningServer>(store_path);
    Json shown = Json::object();
    for (int i = 0; i < 1000 && shown.value("status", "in_progress") == "in_progress"; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
      shown = server->Call("GET", path + "/file_batches/" + batch);
    }
    EXPECT_EQ(shown.at("file_counts").at("completed"), kFiles) << shown;
    for (int i = 0; i < kFiles; ++i) {
      const Json query = {{"query", "Where does the pump P-" + std::to_string(i) + " stand?"}};
      const Json found = server->Call("POST", path + "/search", query.dump(), kJson);
      EXPECT_EQ(found.at("data").at(0).at("file_id"), files[static_cast<size_t>(i)]) << found;
    }
    server->Kill();
    EXPECT_EQ(testing::RunQuarry({"verify", "--store", store_path}).exit_code, 0);
  }
}

}  // namespace
}  // namespace quarry::app
