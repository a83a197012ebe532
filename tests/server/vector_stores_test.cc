// Vector stores over a real engine: what they are, and what a search in them finds.

#include <chrono>
#include <initializer_list>
#include <set>
#include <string>
#include <vector>

#include "index/backup.h"
#include "server/environment.h"
#include "server/store_requests.h"
#include "server/store_search.h"
#include "tests/server/stores_testing.h"

namespace quarry::server {
namespace {

using nlohmann::json;
using std::string;
using testing::JsonReply;
using testing::SmallCorpus;
using testing::TestServer;

TEST_F(StoresTest, FiltersActOnAttributesAndFollowTheirChange) {
  const string store = MakeStore();
  const string old_one = Upload("old.txt", "The brimstone valve closes within 9 seconds.\n");
  const string new_one = Upload("new.txt", kValve);
  Attach(store, {{"file_id", old_one}, {"attributes", {{"year", 2019}}}});
  Attach(store, {{"file_id", new_one}, {"attributes", {{"year", 2024}}}});
  const auto found = [&](const json& filter) {
    std::set<string> files;
    for (const json& hit : Search(store, {{"query", "brimstone valve"}, {"filters", filter}})) {
      files.insert(hit.at("file_id"));
    }
    return files;
  };
  const json recent = {{"type", "gte"}, {"key", "year"}, {"value", 2020}};
  const json either = {{"type", "in"}, {"key", "year"}, {"value", {2019, 2024}}};
  EXPECT_EQ(found(recent), (std::set<string>{new_one}));
  EXPECT_EQ(found(either), (std::set<string>{old_one, new_one}));
  EXPECT_EQ(found({{"type", "and"}, {"filters", {recent, either}}}), (std::set<string>{new_one}));

  const string path = "/v1/vector_stores/" + store + "/files/" + old_one;
  const JsonReply changed = server_.Post(path, {{"attributes", {{"year", 2025}}}});
  EXPECT_EQ(changed.json.at("status"), "completed") << changed.http.body;
  EXPECT_EQ(found(recent), (std::set<string>{old_one, new_one}));
  EXPECT_EQ(server_.Post(path, {{"attributes", nullptr}}).json.at("attributes"), json::object());
  EXPECT_EQ(found(recent), (std::set<string>{new_one}));
  EXPECT_EQ(server_.Post(path, {{"attributes", {{"a", {1}}}}}).Message(),
            "attributes.a: expected a string, number or boolean, not a list");
  EXPECT_EQ(server_.Post(path, {{"attributes", {{"a", string(513, 'x')}}}}).Message(),
            "attributes.a: expected at most 512 characters, not 513");
}

TEST_F(StoresTest, EveryCollectionIsAVectorStore) {
  engine_.Add(SmallCorpus());
  const string store = MakeStore({{"metadata", {{"a", "b"}}}});
  EXPECT_EQ(Ids(server_.Get("/v1/vector_stores?order=asc")),
            (std::vector<string>{"default", store}));
  EXPECT_EQ(Ids(server_.Get("/v1/vector_stores?limit=1")), std::vector<string>{store});
  EXPECT_EQ(Ids(server_.Get("/v1/vector_stores?after=" + store)), std::vector<string>{"default"});
  EXPECT_EQ(Ids(server_.Get("/v1/vector_stores?before=default")), std::vector<string>{store});
  const json shown = server_.Get("/v1/vector_stores/default").json;
  EXPECT_EQ(shown.at("name"), "default");
  EXPECT_EQ(shown.at("quarry").at("documents"), 40);
  const json found =
      Search("default", {{"query", {"paid leave", "Where are bicycles parked?"}},
                         {"max_num_results", 4},
                         {"ranking_options", {{"ranker", "none"}, {"score_threshold", 0.1}}}});
  ASSERT_FALSE(found.empty());
  EXPECT_LE(found.size(), 4u);
  std::set<string> files;
  for (const json& hit : found) files.insert(hit.at("file_id"));
  EXPECT_TRUE(files.contains("hr/leave"));
  EXPECT_TRUE(files.contains("office/parking"));
  EXPECT_EQ(server_.Get("/v1/vector_stores/none").Message(), "there is no vector store \"none\"");
}

TEST_F(StoresTest, ADocumentThatASearchFoundIsReadAsAFileOfTheStore) {
  engine_.Add(SmallCorpus());
  const json found = Search("default", {{"query", "Where are bicycles parked?"}});
  ASSERT_FALSE(found.empty());
  ASSERT_EQ(found[0].at("file_id"), "office/parking");
  const string path = "/v1/vector_stores/default/files/office%2Fparking";
  const JsonReply shown = server_.Get(path);
  ASSERT_EQ(shown.status, 200) << shown.http.body;
  EXPECT_EQ(shown.json.at("id"), "office/parking");
  EXPECT_EQ(shown.json.at("status"), "completed");
  EXPECT_EQ(shown.json.at("attributes"), found[0].at("attributes"));
  EXPECT_GT(shown.json.at("usage_bytes"), 10);
  const string text = found[0].at("content")[0].at("text");
  EXPECT_THAT(server_.Get(path + "/content").json.at("data")[0].at("text").get<string>(),
              ::testing::HasSubstr(text));

  const string refusal =
      "\"office/parking\" is a document that was not attached to vector store \"default\"; PUT and "
      "DELETE /api/v1/documents/... change it";
  const JsonReply changed = server_.Post(path, {{"attributes", {{"a", "b"}}}});
  EXPECT_EQ(changed.status, 400);
  EXPECT_EQ(changed.Message(), refusal);
  EXPECT_EQ(server_.Delete(path).Message(), refusal);
  EXPECT_EQ(server_.Get("/v1/vector_stores/default/files/office%2Fnone").Message(),
            "there is no file \"office/none\" in vector store \"default\"");
  EXPECT_EQ(server_.Get("/v1/vector_stores/default/files/office%2Fnone/content").status, 404);
}

// A record of an attached file is a part of that one, and no file besides.
TEST_F(StoresTest, ARecordOfAnAttachedFileIsNoFileOfItsOwn) {
  const string store = MakeStore();
  const string file = Upload("all.jsonl",
                             "{\"id\":\"a\",\"text\":\"alpha zorblax\"}\n"
                             "{\"id\":\"b\",\"text\":\"beta zorblax\"}\n");
  EXPECT_EQ(Attach(store, {{"file_id", file}}).at("status"), "completed");
  const string path = "/v1/vector_stores/" + store + "/files/" + file;
  EXPECT_EQ(server_.Get(path + "/content").json.at("data").size(), 2u);
  EXPECT_EQ(server_.Get(path + "%23a").status, 404);
  EXPECT_EQ(server_.Get(path + "%23a/content").status, 404);
}

// The corpus of a suite stands in the same store, and is there for whoever names it.
TEST_F(StoresTest, TheCorpusOfASuiteIsInNoList) {
  engine_.Add(SmallCorpus());
  const string corpus = "eval-valley-00000000000000ab";
  ASSERT_OK(engine_.index->CreateCollection(corpus).status());
  ASSERT_OK(engine_.index->CreateCollection("eval-reports").status());
  const auto names = [&](const string& target) {
    std::vector<string> found;
    const auto response = server_.Get(target);
    for (const json& one : response.json.at("collections")) {
      found.push_back(one.at("name"));
    }
    return found;
  };
  EXPECT_EQ(Ids(server_.Get("/v1/vector_stores?order=asc")),
            (std::vector<string>{"default", "eval-reports"}));
  EXPECT_EQ(names("/api/v1/collections"), (std::vector<string>{"default", "eval-reports"}));
  EXPECT_EQ(names("/api/v1/stats"), (std::vector<string>{"default", "eval-reports", corpus}));
  EXPECT_EQ(server_.Get("/api/v1/documents?collection=none").Message(),
            "no collection \"none\"; there is: default, eval-reports");
  EXPECT_EQ(server_.Get("/v1/vector_stores/" + corpus).status, 200);
  EXPECT_EQ(server_.Get("/api/v1/documents?collection=" + corpus).status, 200);
}

// Whatever the scale of the legs: fused by ranks, the best passage has about 0.016.
TEST_F(StoresTest, ScoresAreRelativeToTheBestOfAQuestion) {
  ServerOptions options;
  options.default_retrieval.fusion.method = FusionMethod::kReciprocalRank;
  engine_.Add(SmallCorpus());
  const TestServer ranked(engine_, options);
  const json request = {{"query", "Where are bicycles parked?"},
                        {"ranking_options",
                         {{"score_threshold", 0.6},
                          {"hybrid_search", {{"embedding_weight", 1}, {"text_weight", 1}}}}}};
  for (const TestServer* one : std::initializer_list<const TestServer*>{&ranked, &server_}) {
    const json found = one->Post("/v1/vector_stores/default/search", request).json.at("data");
    ASSERT_FALSE(found.empty());
    EXPECT_EQ(found[0].at("file_id"), "office/parking");
    EXPECT_EQ(found[0].at("score"), 1.0);
    for (const json& hit : found) EXPECT_GE(hit.at("score"), 0.6);
  }
  EXPECT_EQ(ShareOfBest(0.2, 0.4), 0.5);
  EXPECT_EQ(ShareOfBest(-1, 0.4), 0.0);
  EXPECT_EQ(ShareOfBest(-2, -1), 0.0);  // a reranker that finds nothing fit
}

TEST_F(StoresTest, AStoreIsChangedAndDeleted) {
  const string store = MakeStore();
  const string path = "/v1/vector_stores/" + store;
  const json changed =
      server_
          .Post(path, {{"name", "Other"},
                       {"metadata", {{"k", "v"}}},
                       {"expires_after", {{"anchor", "last_active_at"}, {"days", 2}}}})
          .json;
  EXPECT_EQ(changed.at("name"), "Other");
  EXPECT_EQ(changed.at("metadata"), (json{{"k", "v"}}));
  EXPECT_EQ(changed.at("expires_at"), 1'700'000'000 + 2 * 24 * 3600);
  EXPECT_EQ(server_.Post(path, {{"nam", "x"}}).Message(),
            "body: unknown field \"nam\"; did you mean \"name\"?");

  engine_.clock.Advance(std::chrono::hours(24));
  Search(store, {{"query", "x"}});  // used: it is kept for two days from now
  engine_.clock.Advance(std::chrono::hours(47));
  EXPECT_EQ(server_.Get(path).json.at("status"), "completed");
  engine_.clock.Advance(std::chrono::hours(1));
  EXPECT_EQ(server_.Get(path).json.at("status"), "expired");
  const JsonReply refused = server_.Post(path + "/search", {{"query", "x"}});
  EXPECT_EQ(refused.status, 400);
  EXPECT_EQ(refused.Message(),
            "vector store \"" + store + "\" has expired; change its expires_after to use it again");
  EXPECT_TRUE(server_.Post(path, {{"expires_after", nullptr}}).json.at("expires_at").is_null());

  EXPECT_EQ(server_.Delete(path).json.at("object"), "vector_store.deleted");
  EXPECT_EQ(server_.Get(path).status, 404);
  EXPECT_EQ(server_.Delete(path).status, 404);
}

// When a store was last used is of no use to who searches it.
TEST_F(StoresTest, OnAFullDiskAStoreIsSearchedAndThatIsLoggedOnce) {
  const string store = MakeStore();
  Attach(store, {{"file_id", Upload("pump.md", kPump)}});
  const string home = engine_.directory.path();
  ASSERT_OK(engine_.index->Backup(home + "/backup", CallContext()).status());
  ASSERT_OK(index::RestoreBackup(home + "/backup", home + "/full", CallContext()).status());
  index::IndexOptions options;
  options.store.min_free_bytes = uint64_t{1} << 62;
  ASSERT_OK_AND_ASSIGN(
      const std::unique_ptr<index::Index> full,
      index::Index::Open(home + "/full", options, engine_.analyzer, engine_.clock));
  engine_.clock.Advance(std::chrono::hours(2));
  MetricsRegistry metrics;
  const ServerEnvironment environment({}, testing::ServicesOf(engine_, metrics, *full));
  ::testing::internal::CaptureStderr();
  for (int i = 0; i < 3; ++i) {
    const Result<VectorStore> used = UseStore(environment.handlers(), store);
    EXPECT_TRUE(used.ok()) << used.status().ToString();
  }
  const string log = ::testing::internal::GetCapturedStderr();
  const size_t told = log.find("noting when vector store \"" + store + "\" was last used");
  ASSERT_NE(told, string::npos) << log;
  EXPECT_NE(log.find("disk full", told), string::npos) << log;
  EXPECT_EQ(log.find("noting when", told + 1), string::npos) << log;
}

TEST_F(StoresTest, ADeletedCollectionLeavesNothingOfItsStoreBehind) {
  const string file = Upload("pump.md", kPump);
  ASSERT_OK(engine_.index->CreateCollection("shelf").status());
  server_.Post("/v1/vector_stores/shelf", {{"name", "Shelf"}});
  Attach("shelf", {{"file_id", file}});
  EXPECT_EQ(server_.Delete("/api/v1/collections/shelf").status, 200);
  ASSERT_OK(engine_.index->CreateCollection("shelf").status());
  EXPECT_EQ(server_.Get("/v1/vector_stores/shelf").json.at("name"), "shelf");
  EXPECT_TRUE(Ids(server_.Get("/v1/vector_stores/shelf/files")).empty());
  EXPECT_EQ(server_.Get("/v1/files/" + file).status, 200);
}

TEST_F(StoresTest, WhatIsSaidOfAStoreIsBounded) {
  const auto message = [&](const json& request) {
    return server_.Post("/v1/vector_stores", request).Message();
  };
  EXPECT_EQ(message({{"name", string(257, 'x')}}), "name: expected at most 256 bytes, not 257");
  EXPECT_EQ(message({{"description", string(1025, 'x')}}),
            "description: expected at most 1024 bytes, not 1025");
  EXPECT_EQ(message({{"file_ids", json::array_t(2001, "file-x")}}),
            "file_ids: expected at most 2000, not 2001");
  const string store = MakeStore();
  EXPECT_EQ(server_.Post("/v1/vector_stores/" + store, {{"name", string(257, 'x')}}).status, 400);
  EXPECT_EQ(server_.Get("/v1/vector_stores/" + store).json.at("name"), "Manuals");
}

}  // namespace
}  // namespace quarry::server
