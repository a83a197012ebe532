// Whole documents over HTTP.

#include "tests/server/server_testing.h"

namespace quarry::server {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;
using testing::TestEngine;
using testing::TestServer;

TEST(WholeDocumentsHttpTest, DocumentsAreSummedUpAndCompared) {
  TestEngine engine;
  engine.Add(testing::SmallCorpus());
  const TestServer server(engine, ServerOptions());
  const auto summary = server.Post("/api/v1/summary", {{"documents", {"hr/leave", "zh/b1"}}});
  ASSERT_EQ(summary.status, 200) << summary.http.body;
  EXPECT_THAT(summary.json.at("answer").get<std::string>(), StartsWith("Leave: "));
  EXPECT_EQ(summary.json.at("verdict").at("label"), "supported");
  EXPECT_EQ(summary.json.at("citations").at(0).at("document"), "hr/leave");

  const auto comparison =
      server.Post("/api/v1/comparison", {{"documents", {"pumps/p1", "pumps/p2"}}});
  ASSERT_EQ(comparison.status, 200) << comparison.http.body;
  EXPECT_THAT(comparison.json.at("answer").get<std::string>(),
              HasSubstr("11 litres per second [1]"));

  EXPECT_EQ(server.Post("/api/v1/summary", {{"documents", {"none"}}}).status, 404);
  EXPECT_THAT(
      server.Post("/api/v1/summary", {{"documents", {"hr/leave"}}, {"language", "fr"}}).Message(),
      HasSubstr("language: expected \"en\" or \"zh\""));
  EXPECT_THAT(server.Post("/api/v1/comparison", {{"documents", {"hr/leave"}}}).Message(),
              HasSubstr("documents: expected two to compare, got 1"));
}

}  // namespace
}  // namespace quarry::server
