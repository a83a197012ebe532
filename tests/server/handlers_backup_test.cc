#include <filesystem>
#include <future>

#include "index/backup.h"
#include "tests/server/server_testing.h"

namespace quarry::testing {
namespace {

using ::testing::HasSubstr;

TEST(Backup, IsOffUnlessADirectoryIsConfigured) {
  TestServer server;
  const JsonReply reply = server.Post("/api/v1/backup", {{"name", "monday"}});
  EXPECT_EQ(reply.status, 412);
  EXPECT_THAT(reply.Message(), HasSubstr("server.backup_directory"));
}

TEST(Backup, IsMadeBesideRequestsAndRestores) {
  const TemporaryDirectory directory = MakeTemporaryDirectory();
  server::ServerOptions options;
  options.backup_directory = directory.path() + "/backups";
  TestServer server(options);
  server.engine().Add(SmallCorpus());
  const JsonReply reply = server.Post("/api/v1/backup", {{"name", "monday"}});
  ASSERT_EQ(reply.status, 201) << reply.http.body;
  EXPECT_EQ(reply.json["created"], "monday");
  EXPECT_GT(reply.json["bytes"], 10'000);
  const std::string backup = options.backup_directory + "/monday";
  const std::string store = directory.path() + "/restored";
  ASSERT_OK(index::RestoreBackup(backup, store, CallContext()).status());
  ASSERT_OK_AND_ASSIGN(const auto restored, index::Index::Open(store, {}, server.engine().analyzer,
                                                               server.engine().clock));
  EXPECT_EQ(restored->GetSnapshot(server.engine().collection).value()->live_documents(),
            SmallCorpus().size());
  EXPECT_EQ(server.Post("/api/v1/backup", {{"name", "monday"}}).status, 409);
}

TEST(Backup, IsAnsweredHoweverLongItTakes) {
  const TemporaryDirectory directory = MakeTemporaryDirectory();
  server::ServerOptions options;
  options.backup_directory = directory.path();
  options.request_seconds = 0;  // which is over before anything is done
  TestServer server(options);
  EXPECT_EQ(server.Get("/api/v1/collections").status, 504);
  const JsonReply reply = server.Post("/api/v1/backup", {{"name", "monday"}});
  EXPECT_EQ(reply.status, 201) << reply.http.body;
}

// Two arrive at the same time until one of them is refused.
TEST(Backup, OneIsMadeAtATime) {
  const TemporaryDirectory directory = MakeTemporaryDirectory();
  server::ServerOptions options;
  options.backup_directory = directory.path();
  TestServer server(options);
  server.engine().Add(SmallCorpus());
  std::optional<JsonReply> refused;
  for (int round = 0; round < 50 && !refused; ++round) {
    const auto post = [&](const char* which) {
      return server.Post("/api/v1/backup", {{"name", which + std::to_string(round)}});
    };
    auto other = std::async(std::launch::async, post, "a");
    for (const JsonReply& reply : {post("b"), other.get()}) {
      if (reply.status != 201) refused = reply;
    }
  }
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->status, 429);
  EXPECT_EQ(refused->Message(), "another backup is being made; there is one at a time");
  EXPECT_EQ(refused->http.Header("retry-after"), "1");
  EXPECT_EQ(server.Post("/api/v1/backup", {{"name", "later"}}).status, 201);
}

TEST(Backup, ANameLeadsNowhereElse) {
  const TemporaryDirectory directory = MakeTemporaryDirectory();
  server::ServerOptions options;
  options.backup_directory = directory.path() + "/backups";
  TestServer server(options);
  for (const char* name : {"../x", "/tmp/x", "a/b", "..", ".", "", "a\\b", "-x"}) {
    const JsonReply reply = server.Post("/api/v1/backup", {{"name", name}});
    EXPECT_EQ(reply.status, 400) << name;
    EXPECT_THAT(reply.Message(), HasSubstr("name: expected 1 to 64 letters"));
  }
  EXPECT_FALSE(std::filesystem::exists(options.backup_directory));
}

TEST(Backup, StatisticsSayWhereTheBytesAre) {
  TestServer server;
  server.engine().Add(SmallCorpus());
  const nlohmann::json stats = server.Get("/api/v1/stats").json;
  EXPECT_GT(stats["memory"]["block_cache_limit"], 0);
  EXPECT_TRUE(stats["memory"].contains("memtables"));
  EXPECT_TRUE(stats.contains("derived_bytes"));
  const nlohmann::json& one = stats["collections"][0];
  for (const char* kind : {"documents", "chunks", "terms", "vectors", "change_log", "other"}) {
    EXPECT_TRUE(one["disk"].contains(kind)) << kind;
  }
  EXPECT_TRUE(one.contains("vector_mapped_bytes"));
}

}  // namespace
}  // namespace quarry::testing
