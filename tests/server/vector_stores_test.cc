// Files and vector stores, over a real engine.

#include "server/vector_store.h"

#include <chrono>
#include <initializer_list>
#include <set>
#include <thread>

#include "server/store_file_indexer.h"
#include "server/store_search.h"
#include "tests/server/server_testing.h"
#include "tests/testing/test_environment.h"

namespace quarry::server {
namespace {

using nlohmann::json;
using std::string;
using testing::JsonReply;
using testing::SmallCorpus;
using testing::TestEngine;
using testing::TestServer;

constexpr const char* kPump = "# Pump\n\nThe zorblax pump delivers 12 litres per second.\n";
constexpr const char* kValve = "The brimstone valve closes within 7 seconds.\n";

string Form(const std::vector<std::pair<string, string>>& parts) {
  string body;
  for (const auto& [disposition, content] : parts) {
    body +=
        "--xyz\r\nContent-Disposition: form-data; " + disposition + "\r\n\r\n" + content + "\r\n";
  }
  return body + "--xyz--\r\n";
}

class StoresTest : public ::testing::Test {
 protected:
  JsonReply Send(const string& body) {
    return server_.Send("POST", "/v1/files", body, "multipart/form-data; boundary=xyz");
  }
  string Upload(const string& filename, const string& content) {
    const JsonReply reply = Send(Form({{"name=\"purpose\"", "assistants"},
                                       {"name=\"file\"; filename=\"" + filename + "\"", content}}));
    EXPECT_EQ(reply.status, 200) << reply.http.body;
    return reply.json.at("id");
  }
  string MakeStore(const json& request = {{"name", "Manuals"}}) {
    return server_.Post("/v1/vector_stores", request).json.at("id");
  }
  // Attaches and waits until it is no longer in progress.
  json Attach(const string& store, const json& request) {
    const JsonReply reply = server_.Post("/v1/vector_stores/" + store + "/files", request);
    EXPECT_EQ(reply.status, 200) << reply.http.body;
    return Settled(store, request.at("file_id"));
  }
  json Settled(const string& store, const string& file) {
    for (int i = 0; i < 2000; ++i) {
      const json shown = server_.Get("/v1/vector_stores/" + store + "/files/" + file).json;
      if (shown.at("status") != "in_progress") return shown;
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    ADD_FAILURE() << file << " stays in progress";
    return {};
  }
  json Search(const string& store, const json& request) {
    const JsonReply reply = server_.Post("/v1/vector_stores/" + store + "/search", request);
    EXPECT_EQ(reply.status, 200) << reply.http.body;
    return reply.json.value("data", json::array());
  }
  std::vector<string> Ids(const JsonReply& list) {
    std::vector<string> ids;
    for (const json& one : list.json.at("data")) ids.push_back(one.at("id"));
    return ids;
  }

  TestEngine engine_;
  TestServer server_{engine_, {}};
};

TEST_F(StoresTest, AFileComesBackAsItWasUploaded) {
  string content = "\xFF\x00 any bytes\r\n--xy\r\n";
  content.resize(3'000'000, 'x');  // of several parts
  const string id = Upload("C:\\notes\\a \\\"b\\\".bin", content);
  const JsonReply shown = server_.Get("/v1/files/" + id);
  EXPECT_EQ(shown.json.at("filename"), "a \"b\".bin");
  EXPECT_EQ(shown.json.at("bytes"), content.size());
  EXPECT_EQ(shown.json.at("purpose"), "assistants");
  EXPECT_EQ(shown.json.at("created_at"), 1'700'000'000);
  const JsonReply bytes = server_.Get("/v1/files/" + id + "/content");
  EXPECT_TRUE(bytes.http.body == content);
  EXPECT_EQ(bytes.http.Header("content-disposition"), "attachment");
  EXPECT_EQ(server_.Delete("/v1/files/" + id).json.at("deleted"), true);
  EXPECT_EQ(server_.Get("/v1/files/" + id).Message(), "there is no file \"" + id + "\"");
  EXPECT_EQ(server_.Get("/v1/files/" + id + "/content").status, 404);
  EXPECT_EQ(server_.Delete("/v1/files/" + id).status, 404);
}

TEST_F(StoresTest, FilesAreListedByPages) {
  std::vector<string> ids;
  for (int i = 0; i < 5; ++i) ids.push_back(Upload("f" + std::to_string(i), "x"));
  const std::vector<string> newest_first(ids.rbegin(), ids.rend());
  EXPECT_EQ(Ids(server_.Get("/v1/files")), newest_first);
  EXPECT_EQ(Ids(server_.Get("/v1/files?order=asc")), ids);
  const JsonReply page = server_.Get("/v1/files?limit=2&after=" + ids[4]);
  EXPECT_EQ(Ids(page), (std::vector<string>{ids[3], ids[2]}));
  EXPECT_EQ(page.json.at("has_more"), true);
  EXPECT_EQ(page.json.at("first_id"), ids[3]);
  EXPECT_EQ(page.json.at("last_id"), ids[2]);
  EXPECT_EQ(server_.Get("/v1/files?limit=2&after=" + ids[2]).json.at("has_more"), false);
  EXPECT_TRUE(Ids(server_.Get("/v1/files?purpose=batch")).empty());
  EXPECT_EQ(server_.Get("/v1/files?order=up").Message(),
            "query parameter \"order\": expected asc or desc, not \"up\"");
  EXPECT_EQ(server_.Get("/v1/files?after=file-x").status, 404);
}

TEST_F(StoresTest, AnUploadThatIsNoneSaysWhatIsMissing) {
  const string file = "name=\"file\"; filename=\"a.txt\"";
  const auto message = [&](const string& body) {
    const JsonReply reply = Send(body);
    EXPECT_EQ(reply.status, 400) << body;
    return reply.Message();
  };
  EXPECT_EQ(message(Form({{file, "x"}})), "purpose: is missing");
  EXPECT_EQ(message(Form({{"name=\"purpose\"", "batch"}})), "file: is missing");
  EXPECT_EQ(message(Form({{"name=\"purpose\"", "fun"}, {file, "x"}})),
            "purpose: \"fun\" is none; expected one of assistants, batch, fine-tune, vision, "
            "user_data, evals");
  EXPECT_EQ(message(Form({{"name=\"purpose\"", "batch"}, {"name=\"file\"", "x"}})),
            "file: expected a file with its name");
  EXPECT_EQ(message(Form({{"name=\"purpose\"", "batch"}, {file, ""}})), "file: is empty");
  EXPECT_EQ(message(Form({{"name=\"colour\"", "red"}})),
            "body: unknown field \"colour\"; expected file and purpose");
  EXPECT_EQ(message("--xyz\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nx"),
            "body: part \"file\" does not end with the boundary");
  EXPECT_EQ(server_.Send("POST", "/v1/files", "{}", "application/json").status, 415);
}

TEST_F(StoresTest, AnAttachedFileIsFoundWithItsNameAndAttributes) {
  const string file = Upload("pump.md", kPump);
  const string store = MakeStore();
  const json attached = Attach(
      store, {{"file_id", file}, {"attributes", {{"team", "ops"}, {"year", 2024}, {"ok", true}}}});
  EXPECT_EQ(attached.at("status"), "completed") << attached;
  EXPECT_TRUE(attached.at("last_error").is_null());
  EXPECT_GT(attached.at("usage_bytes"), 40);
  EXPECT_EQ(attached.at("chunking_strategy"), (json{{"type", "other"}}));

  const json found = Search(store, {{"query", "How much does the zorblax pump deliver?"}});
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].at("file_id"), file);
  EXPECT_EQ(found[0].at("filename"), "pump.md");
  EXPECT_EQ(found[0].at("attributes"), (json{{"team", "ops"}, {"year", 2024}, {"ok", true}}));
  EXPECT_THAT(found[0].at("content")[0].at("text").get<string>(),
              ::testing::HasSubstr("12 litres"));
  const JsonReply content =
      server_.Get("/v1/vector_stores/" + store + "/files/" + file + "/content");
  EXPECT_EQ(content.json.at("data")[0].at("text"),
            "Pump\n\nThe zorblax pump delivers 12 litres per second.");

  const json shown = server_.Get("/v1/vector_stores/" + store).json;
  EXPECT_EQ(shown.at("name"), "Manuals");
  EXPECT_EQ(shown.at("status"), "completed");
  EXPECT_EQ(shown.at("file_counts").at("completed"), 1);
  EXPECT_EQ(shown.at("file_counts").at("total"), 1);
  EXPECT_EQ(shown.at("usage_bytes"), attached.at("usage_bytes"));
  EXPECT_EQ(shown.at("quarry").at("documents"), 1);
}

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

TEST_F(StoresTest, AFileThatCannotBeReadFailsVisibly) {
  const string store = MakeStore();
  const string broken = Upload("broken.docx", string("PK\x03\x04", 4) + "not an archive");
  const json failed = Attach(store, {{"file_id", broken}});
  EXPECT_EQ(failed.at("status"), "failed");
  EXPECT_THAT(failed.at("last_error").at("message").get<string>(),
              ::testing::StartsWith("broken.docx: "));
  const string picture = Upload("a.gif", string("GIF89a\x01\x00\x01\x00\x00\x00\x00;", 14));
  EXPECT_EQ(Attach(store, {{"file_id", picture}}).at("last_error").at("code"), "unsupported_file");
  const string path = "/v1/vector_stores/" + store + "/files";
  EXPECT_EQ(Ids(server_.Get(path + "?filter=failed")).size(), 2u);
  EXPECT_TRUE(Ids(server_.Get(path + "?filter=completed")).empty());
  EXPECT_EQ(server_.Get(path + "?filter=odd").Message(),
            "query parameter \"filter\": expected in_progress, completed, failed or cancelled, not "
            "\"odd\"");
}

TEST_F(StoresTest, AFileThatMayBeReadLaterIsTriedAgain) {
  const testing::ScriptedProgram tesseract(
      "tesseract", "if [ \"$1\" = --list-langs ]; then echo eng; else kill -9 $$; fi");
  const string store = MakeStore();
  const string file = Upload("a.png", string("\x89PNG\r\n\x1A\n\0\0\0\rIHDR", 16));
  ::testing::internal::CaptureStderr();
  const string files = "/v1/vector_stores/" + store + "/files";
  EXPECT_EQ(server_.Post(files, {{"file_id", file}}).status, 200);
  json shown;
  for (int i = 0; i < 2000; ++i) {
    shown = server_.Get(files + "/" + file).json;
    if (!shown.at("last_error").is_null()) break;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  ::testing::internal::GetCapturedStderr();
  EXPECT_EQ(shown.at("status"), "in_progress") << shown;
  EXPECT_EQ(shown.at("last_error"),
            (json{{"code", "server_error"},
                  {"message", "a.png: PNG image: tesseract was killed (out of memory?)"}}));
}

TEST_F(StoresTest, AFileMayBeInManyStoresAndGoesFromAllWhenItIsDeleted) {
  const string file = Upload("pump.md", kPump);
  const string one = MakeStore();
  const string two = MakeStore();
  Attach(one, {{"file_id", file}});
  Attach(two, {{"file_id", file}});
  const string path = "/v1/vector_stores/" + one + "/files/" + file;
  EXPECT_EQ(server_.Delete(path).json.at("deleted"), true);
  EXPECT_EQ(server_.Get(path).status, 404);
  EXPECT_TRUE(Search(one, {{"query", "zorblax"}}).empty());
  EXPECT_EQ(Search(two, {{"query", "zorblax"}}).size(), 1u);
  EXPECT_EQ(server_.Delete("/v1/files/" + file).status, 200);
  EXPECT_TRUE(Search(two, {{"query", "zorblax"}}).empty());
  EXPECT_EQ(server_.Get("/v1/vector_stores/" + two).json.at("file_counts").at("total"), 0);
}

TEST_F(StoresTest, ABatchAttachesSeveralFiles) {
  const string store = MakeStore();
  const string one = Upload("pump.md", kPump);
  const string two = Upload("valve.txt", kValve);
  const string path = "/v1/vector_stores/" + store + "/file_batches";
  const JsonReply batch = server_.Post(
      path, {{"files", {{{"file_id", one}, {"attributes", {{"n", 1}}}}, {{"file_id", two}}}}});
  ASSERT_EQ(batch.status, 200) << batch.http.body;
  const string id = batch.json.at("id");
  Settled(store, one);
  Settled(store, two);
  const json shown = server_.Get(path + "/" + id).json;
  EXPECT_EQ(shown.at("status"), "completed");
  EXPECT_EQ(shown.at("file_counts").at("completed"), 2);
  EXPECT_EQ(Ids(server_.Get(path + "/" + id + "/files?order=asc")),
            (std::vector<string>{one, two}));
  EXPECT_EQ(server_.Post(path + "/" + id + "/cancel", json::object()).json.at("status"),
            "completed");
  EXPECT_EQ(server_.Post(path, {{"file_ids", {one, one}}}).Message(),
            "body: file \"" + one + "\" stands twice");
  EXPECT_EQ(server_.Post(path, json::object()).Message(),
            "body: expected either file_ids or files, not empty");
  EXPECT_EQ(server_.Post(path, {{"file_ids", {"file-x"}}}).Message(),
            "there is no file \"file-x\"");
  EXPECT_EQ(server_.Get(path + "/vsfb_x").status, 404);
}

// The indexer waits for a store whose writer is taken; what is behind it is in progress until then.
TEST_F(StoresTest, ACancelledBatchIndexesNoMore) {
  const string store = MakeStore();
  const string busy = MakeStore();
  const string file = Upload("pump.md", kPump);
  const string path = "/v1/vector_stores/" + store + "/file_batches";
  {
    const index::IndexWriter writer =
        engine_.index->OpenWriter(engine_.index->FindCollection(busy).value()).value();
    server_.Post("/v1/vector_stores/" + busy + "/files", {{"file_id", file}});
    const JsonReply batch = server_.Post(path, {{"file_ids", {file}}});
    EXPECT_EQ(batch.json.at("status"), "in_progress");
    EXPECT_EQ(batch.http.Header("openai-poll-after-ms"), "200");
    const string one = path + "/" + batch.json.at("id").get<string>();
    const json cancelled = server_.Post(one + "/cancel", json::object()).json;
    EXPECT_EQ(cancelled.at("status"), "cancelled");
    EXPECT_EQ(cancelled.at("file_counts").at("cancelled"), 1);
  }
  Settled(busy, file);
  Attach(busy, {{"file_id", file}});  // again, behind the turn of the cancelled one
  EXPECT_EQ(Settled(store, file).at("status"), "cancelled");
  EXPECT_TRUE(Search(store, {{"query", "zorblax"}}).empty());
}

TEST_F(StoresTest, StaticChunksHaveTheSizeThatIsAskedFor) {
  string text;
  for (int i = 0; i < 400; ++i) text += "Sentence number " + std::to_string(i) + " is here. ";
  const string file = Upload("long.txt", text);
  const string store = MakeStore();
  const json sizes = {{"max_chunk_size_tokens", 100}, {"chunk_overlap_tokens", 20}};
  const json attached = Attach(
      store, {{"file_id", file}, {"chunking_strategy", {{"type", "static"}, {"static", sizes}}}});
  EXPECT_EQ(attached.at("chunking_strategy"), (json{{"type", "static"}, {"static", sizes}}));
  EXPECT_GT(server_.Get("/v1/vector_stores/" + store).json.at("quarry").at("chunks"), 20);
  const json wrong = {{"max_chunk_size_tokens", 100}, {"chunk_overlap_tokens", 51}};
  EXPECT_EQ(
      server_
          .Post("/v1/vector_stores/" + store + "/files",
                {{"file_id", file}, {"chunking_strategy", {{"type", "static"}, {"static", wrong}}}})
          .Message(),
      "chunking_strategy.static.chunk_overlap_tokens: expected at most half of 100, not 51");
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

TEST_F(StoresTest, WhatAStopInterruptedIsDoneByTheNextServer) {
  const string file = Upload("pump.md", kPump);
  const string store = MakeStore();
  // As it is when the process dies behind the answer of the request.
  ASSERT_OK(engine_.index->objects().Put(AttachedName(store, file), Encode(AttachedFile{})));
  ASSERT_OK(engine_.index->objects().Put(AttachedName("vs_gone", file), Encode(AttachedFile{})));
  TestServer next(engine_, {});
  EXPECT_EQ(Settled(store, file).at("status"), "completed");
  EXPECT_EQ(Search(store, {{"query", "zorblax"}}).size(), 1u);
}

TEST_F(StoresTest, AFileThatWasDeletedWhileItWasBeingAttachedFails) {
  const string store = MakeStore();
  ASSERT_OK(engine_.index->objects().Put(AttachedName(store, "file-gone"), Encode(AttachedFile{})));
  TestServer next(engine_, {});
  EXPECT_EQ(Settled(store, "file-gone").at("last_error").at("message"), "the file was deleted");
}

TEST_F(StoresTest, AFileThatCannotBeIndexedHasFailed) {
  const string store = MakeStore();
  const string file = Upload("pump.md", kPump);
  // As a process leaves it that did not survive the file three times.
  AttachedFile attached{.created = 1, .attempts = StoreFileIndexer::kMostAttempts};
  ASSERT_OK(engine_.index->objects().Put(AttachedName(store, file), Encode(attached)));
  {
    const TestServer again(engine_, {});
    const json shown = Settled(store, file);
    EXPECT_EQ(shown.at("status"), "failed");
    EXPECT_EQ(shown.at("last_error"),
              (json{{"code", "server_error"},
                    {"message", "it was tried 3 times and did not come to an end"}}));
  }
  // Attached anew it is tried anew.
  EXPECT_EQ(Attach(store, {{"file_id", file}}).at("status"), "completed");

  const string damaged = Upload("valve.txt", kValve);
  ASSERT_OK(engine_.index->objects().Put({.kind = index::ObjectKind::kFile, .id = damaged}, "{}"));
  attached.attempts = 0;
  ASSERT_OK(engine_.index->objects().Put(AttachedName(store, damaged), Encode(attached)));
  const TestServer again(engine_, {});
  const json shown = Settled(store, damaged);
  EXPECT_EQ(shown.at("status"), "failed");
  EXPECT_EQ(shown.at("last_error").at("code"), "server_error");
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

// A store with two files that wait, the record of one damaged.
class DamagedAttachmentTest : public StoresTest {
 protected:
  void SetUp() override {
    index::ObjectTable& objects = engine_.index->objects();
    ASSERT_OK(objects.Put(AttachedName(store_, damaged_), "{}"));
    ASSERT_OK(objects.Put(AttachedName(store_, whole_), Encode(AttachedFile{.created = 1})));
  }

  const string store_ = MakeStore();
  const string damaged_ = Upload("pump.md", kPump);
  const string whole_ = Upload("valve.txt", kValve);
};

TEST_F(DamagedAttachmentTest, KeepsNoServerFromStarting) {
  const TestServer again(engine_, {});
  EXPECT_EQ(Settled(store_, whole_).at("status"), "completed");
  EXPECT_EQ(server_.Get("/v1/vector_stores/" + store_ + "/files/" + damaged_).status, 500);
  EXPECT_EQ(server_.Get("/v1/vector_stores/" + store_ + "/files").json.at("data").size(), 1u);
  // Nor the store that it is attached to from being shown.
  const json shown = server_.Get("/v1/vector_stores/" + store_).json;
  EXPECT_EQ(shown.at("file_counts").at("completed"), 1) << shown;
}

TEST_F(DamagedAttachmentTest, IsLoggedOnceAndNotTriedAgain) {
  MetricsRegistry metrics;
  ::testing::internal::CaptureStderr();
  StoreFileIndexer indexer(testing::ServicesOf(engine_, metrics));
  indexer.Notice(store_, damaged_);
  indexer.Notice(store_, whole_);  // the next of the same store
  EXPECT_EQ(Settled(store_, whole_).at("status"), "completed");
  const string log = ::testing::internal::GetCapturedStderr();
  EXPECT_EQ(indexer.TroubleOf(store_, damaged_), "");
  const size_t told = log.find("file " + damaged_ + " of vector store " + store_ + ": ");
  ASSERT_NE(told, string::npos) << log;
  EXPECT_EQ(log.find(damaged_ + " of vector store", told + damaged_.size()), string::npos) << log;
  EXPECT_EQ(log.find("tried again"), string::npos) << log;
}

TEST_F(StoresTest, ADamagedAttachmentIsToldOfEachStore) {
  const string file = Upload("pump.md", kPump);
  const string first = MakeStore();
  const string second = MakeStore();
  ::testing::internal::CaptureStderr();
  for (const string& store : {first, second}) {
    ASSERT_OK(engine_.index->objects().Put(AttachedName(store, file), "{}"));
    EXPECT_EQ(server_.Get("/v1/vector_stores/" + store + "/files").status, 200);
  }
  const string log = ::testing::internal::GetCapturedStderr();
  for (const string& store : {first, second}) {
    const string named = "file \"" + file + "\" of vector store \"" + store + "\": ";
    EXPECT_NE(log.find(named), string::npos) << log;
    const JsonReply reply = server_.Get("/v1/vector_stores/" + store + "/files/" + file);
    EXPECT_EQ(reply.Message().substr(0, named.size()), named);
  }
}

TEST_F(StoresTest, ADamagedRecordIsSaid) {
  const string file = Upload("pump.md", kPump);
  ASSERT_OK(engine_.index->objects().Put({.kind = index::ObjectKind::kFile, .id = file},
                                         R"({"version":1,"filename":"x"})"));
  const JsonReply reply = server_.Get("/v1/files/" + file);
  EXPECT_EQ(reply.status, 500);
  EXPECT_EQ(reply.Message(), "file \"" + file + "\": purpose: is missing");
  // It hides no other.
  const string other = Upload("valve.txt", kValve);
  const json page = server_.Get("/v1/files").json;
  ASSERT_EQ(page.at("data").size(), 1u) << page;
  EXPECT_EQ(page.at("data").at(0).at("id"), other);
}

TEST_F(StoresTest, ARecordOfWhichNotEvenTheIdIsReadHidesNoOtherAndIsLoggedOnce) {
  const string damaged = Upload("pump.md", kPump);
  const string file = Upload("valve.txt", kValve);
  const string store = MakeStore();
  index::ObjectTable& objects = engine_.index->objects();
  ASSERT_OK(objects.Put(AttachedName(store, damaged), Encode(AttachedFile{.created = 1})));
  ASSERT_OK(objects.Put(AttachedName(store, file), Encode(AttachedFile{.created = 1})));
  testing::DamageRecord(objects, {.kind = index::ObjectKind::kFile, .id = damaged});
  testing::DamageRecord(objects, AttachedName(store, damaged));
  ::testing::internal::CaptureStderr();
  for (int i = 0; i < 2; ++i) {
    for (const string& path : {string("/v1/files"), "/v1/vector_stores/" + store + "/files"}) {
      const json page = server_.Get(path).json;
      ASSERT_EQ(page.at("data").size(), 1u) << page;
      EXPECT_EQ(page.at("data").at(0).at("id"), file);
    }
  }
  const string log = ::testing::internal::GetCapturedStderr();
  size_t told = 0;
  for (size_t at = 0; (at = log.find("left out of lists: ", at)) != string::npos; ++at) ++told;
  EXPECT_EQ(told, 2u) << log;
  EXPECT_EQ(server_.Get("/v1/files/" + damaged).status, 500);
  // Nor does that of a store.
  testing::DamageRecord(objects,
                        {.kind = index::ObjectKind::kVectorStore, .id = store, .scope = store});
  const string other = MakeStore();
  EXPECT_EQ(Ids(server_.Get("/v1/vector_stores")).at(0), other);
  EXPECT_EQ(server_.Get("/v1/vector_stores/" + store).status, 500);
  // It keeps no server from starting, and no other from being deleted.
  const TestServer again(engine_, {});
  EXPECT_EQ(again.Delete("/v1/files/" + file).status, 200);
}

}  // namespace
}  // namespace quarry::server
