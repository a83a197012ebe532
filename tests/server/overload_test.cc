// More requests than a server can hold: each is answered or refused at once, and none is lost.

#include <atomic>
#include <thread>

#include "tests/server/server_testing.h"

namespace quarry::testing {
namespace {

TEST(Overload, EachRequestIsAnsweredOrRefusedWithATimeToTryAgain) {
  constexpr int kClients = 40;  // ten for each place that there is
  constexpr int kRequests = 50;
  TestEngine engine;
  engine.Add(SmallCorpus());
  const TestServer server(engine, {.threads = 1, .queue = 3});
  const std::string request =
      MakeRequest("POST", "/api/v1/search", R"({"query":"pump litres 水泵","k":5})",
                  "Content-Type: application/json\r\n");
  std::atomic<int> answered = 0;
  std::atomic<int> refused = 0;
  std::vector<std::thread> clients;
  for (int i = 0; i < kClients; ++i) {
    clients.emplace_back([&] {
      HttpConnection connection(server.port());
      for (int n = 0; n < kRequests; ++n) {
        const auto reply = connection.Ask(request);
        if (!reply) break;
        const bool has_hits = reply->body.find("\"hits\":[{") != std::string::npos;
        if (reply->status == 200 && has_hits) ++answered;
        if (reply->status == 503 && reply->Header("retry-after") == "1") ++refused;
      }
    });
  }
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(answered + refused, kClients * kRequests);
  EXPECT_GT(answered, 0);
  EXPECT_GT(refused, 0);
  // A server that has refused is as good as before.
  EXPECT_EQ(server.Post("/api/v1/search", {{"query", "pump"}}).status, 200);
}

}  // namespace
}  // namespace quarry::testing
