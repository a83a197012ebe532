// Documents and collections over a real engine.

#include <atomic>
#include <set>
#include <thread>

#include "server/document_body.h"
#include "server/media_type.h"
#include "tests/server/server_testing.h"
#include "tests/testing/test_environment.h"

namespace quarry::server {
namespace {

using nlohmann::json;
using std::string;
using testing::JsonReply;
using testing::SmallCorpus;
using testing::TestServer;

std::vector<string> FoundBy(const TestServer& server, const string& query,
                            const string& collection = "default") {
  const JsonReply reply = server.Post(
      "/api/v1/search", {{"query", query}, {"mode", "lexical"}, {"collection", collection}});
  std::vector<string> documents;
  for (const json& hit : reply.json.at("hits")) documents.push_back(hit.at("document"));
  return documents;
}

TEST(DocumentBody, AFileForWhichMemoryLackedIsNotTheRequestsFault) {
  const testing::ScriptedProgram tesseract(
      "tesseract", "if [ \"$1\" = --list-langs ]; then echo eng; else kill -9 $$; fi");
  const string png("\x89PNG\r\n\x1A\n\0\0\0\rIHDR", 16);
  const Status killed = ParseFile(png, {.id = "a.png", .path = "a.png", .uri = ""}, {}).status();
  EXPECT_EQ(killed.code(), Code::kUnavailable) << killed.ToString();
  const string deep = string(65, '[') + string(65, ']');
  const Status beyond = ParseFile(deep, {.id = "a.json", .path = "a.json", .uri = ""}, {}).status();
  EXPECT_EQ(beyond.code(), Code::kInvalidArgument) << beyond.ToString();
}

TEST(DocumentRoutes, APutDocumentIsFoundAtOnce) {
  TestServer server;
  const JsonReply reply =
      server.Put("/api/v1/documents", {{"id", "zh/泵"},
                                       {"text", "阀门 ZX-7 在 7 巴时打开。"},
                                       {"title", "阀门"},
                                       {"uri", "https://example.org/zx"},
                                       {"language", "zh"},
                                       {"metadata", {{"tags", {"a", "b"}}, {"new", true}}}});
  ASSERT_EQ(reply.status, 201) << reply.http.body;
  EXPECT_EQ(reply.json.at("ids"), json({"zh/泵"}));
  EXPECT_EQ(reply.json.at("documents").at("added"), 1);
  EXPECT_EQ(reply.json.at("chunks").at("added"), 1);
  EXPECT_EQ(FoundBy(server, "ZX-7"), std::vector<string>{"zh/泵"});

  const JsonReply shown = server.Get("/api/v1/documents/zh/%E6%B3%B5?text=true&chunks=true");
  ASSERT_EQ(shown.status, 200);
  EXPECT_EQ(shown.json.at("id"), "zh/泵");
  EXPECT_EQ(shown.json.at("title"), "阀门");
  EXPECT_EQ(shown.json.at("uri"), "https://example.org/zx");
  EXPECT_EQ(shown.json.at("text"), "阀门 ZX-7 在 7 巴时打开。");
  EXPECT_EQ(shown.json.at("metadata"), (json{{"tags", {"a", "b"}}, {"new", true}}));
  ASSERT_EQ(shown.json.at("chunk_list").size(), 1u);
  EXPECT_EQ(shown.json.at("chunk_list")[0].at("text"), shown.json.at("text"));
  const JsonReply bare = server.Get("/api/v1/documents/zh%2F%E6%B3%B5");
  EXPECT_FALSE(bare.json.contains("text"));
  EXPECT_FALSE(bare.json.contains("chunk_list"));
}

TEST(DocumentRoutes, TheSameDocumentAgainChangesNothing) {
  TestServer server;
  const json document = {{"text", "The zorblax valve opens at 7 bar."}};
  EXPECT_EQ(server.Put("/api/v1/documents/a", document).status, 201);
  const JsonReply again = server.Put("/api/v1/documents/a", document);
  EXPECT_EQ(again.status, 200);
  EXPECT_EQ(again.json.at("documents").at("unchanged"), 1);
  EXPECT_EQ(again.json.at("commit"), 1);
  const JsonReply changed = server.Put("/api/v1/documents/a", {{"text", "Now it is a blorple."}});
  EXPECT_EQ(changed.status, 200);
  EXPECT_EQ(changed.json.at("documents").at("changed"), 1);
  EXPECT_EQ(FoundBy(server, "zorblax"), std::vector<string>{});
  EXPECT_EQ(FoundBy(server, "blorple"), std::vector<string>{"a"});
}

TEST(DocumentRoutes, ADeletedDocumentIsGoneAtOnce) {
  TestServer server;
  server.Put("/api/v1/documents/a", {{"text", "The zorblax valve."}});
  const JsonReply reply = server.Delete("/api/v1/documents/a");
  ASSERT_EQ(reply.status, 200);
  EXPECT_EQ(reply.json.at("deleted"), json({"a"}));
  EXPECT_EQ(FoundBy(server, "zorblax"), std::vector<string>{});
  const JsonReply gone = server.Get("/api/v1/documents/a");
  EXPECT_EQ(gone.status, 404);
  EXPECT_EQ(gone.Message(), "no document \"a\" in collection \"default\"");
  const JsonReply again = server.Delete("/api/v1/documents/a");
  EXPECT_EQ(again.status, 404);
  EXPECT_EQ(again.Message(), "no document \"a\" in collection \"default\"");
}

// Learning is not the client's to wait for; embedding with what was learnt is quick.
TEST(DocumentRoutes, DocumentsGetVectorsInTheBackgroundAndThenWithinTheRequest) {
  TestServer server;
  json documents = json::array();
  for (const Document& document : SmallCorpus()) {
    documents.push_back({{"id", document.id}, {"title", document.title}, {"text", document.text}});
  }
  const JsonReply first = server.Put("/api/v1/documents", {{"documents", documents}});
  ASSERT_EQ(first.status, 201) << first.http.body;
  EXPECT_EQ(first.json.at("embedding"), (json{{"embedded", 0}, {"pending", 40}}));
  server.engine().maintainer.WaitUntilIdle();
  const JsonReply dense = server.Post("/api/v1/search", {{"query", "pump"}, {"mode", "dense"}});
  EXPECT_EQ(dense.json.at("used_dense"), true);
  const JsonReply second = server.Put("/api/v1/documents/new", {{"text", "One more pump."}});
  EXPECT_EQ(second.json.at("embedding"), (json{{"embedded", 1}, {"pending", 0}}));

  // Not by what was learnt where the configuration names a model that has not made the vectors.
  server.engine().ingest.embedding.folder.path = "/some/model";
  const JsonReply third = server.Put("/api/v1/documents/third", {{"text", "A third pump."}});
  EXPECT_EQ(third.json.at("embedding"), (json{{"embedded", 0}, {"pending", 1}}));
}

TEST(DocumentRoutes, TakesFilesInTheFormatOfTheirContentType) {
  TestServer server;
  struct Case {
    const char* id;
    const char* type;
    const char* body;
    const char* text;
    const char* media_type;
  };
  const Case cases[] = {
      {"a.md", "text/markdown; charset=utf-8", "# Head\n\nSome *words*.\n", "Head\n\nSome words.",
       "text/markdown"},
      {"b.html", "text/html", "<p>One</p><p>Two &amp; three</p>", "One\n\nTwo & three",
       "text/html"},
      {"c.txt", "text/plain", "<p>not parsed</p>", "<p>not parsed</p>", "text/plain"},
      {"d", "application/octet-stream", "<!doctype html><p>Found by content</p>",
       "Found by content", "text/html"},
      {"e.md", "", "- one\n- two\n", "one\n\ntwo", "text/markdown"},
  };
  for (const Case& c : cases) {
    const string target = string("/api/v1/documents/") + c.id;
    const JsonReply reply = server.Send("PUT", target, c.body, c.type);
    ASSERT_EQ(reply.status, 201) << c.id << reply.http.body;
    const JsonReply shown = server.Get(target + "?text=true");
    EXPECT_EQ(shown.json.at("text"), c.text) << c.id;
    EXPECT_EQ(shown.json.at("media_type"), c.media_type) << c.id;
  }
}

TEST(DocumentRoutes, JsonIsARecordUnlessItIsRaw) {
  TestServer server;
  const JsonReply record = server.Put("/api/v1/documents/a.json", {{"port", 8420}});
  EXPECT_EQ(record.status, 400);
  EXPECT_EQ(
      record.Message(),
      "body: unknown field \"port\"; expected one of id, text, title, uri, media_type, language, "
      "access, metadata; text: is missing (to index a JSON file as it is, add ?raw=true)");
  const JsonReply raw =
      server.Put("/api/v1/documents/a.json?raw=true&title=Settings&uri=x:y", {{"port", 8420}});
  ASSERT_EQ(raw.status, 201) << raw.http.body;
  const JsonReply shown = server.Get("/api/v1/documents/a.json?text=true");
  EXPECT_EQ(shown.json.at("text"), "port: 8420");
  EXPECT_EQ(shown.json.at("title"), "Settings");
  EXPECT_EQ(shown.json.at("uri"), "x:y");
}

TEST(DocumentRoutes, EachDocumentOfAnUploadHasItsStatus) {
  TestServer server;
  ASSERT_EQ(server
                .Put("/api/v1/documents", {{"documents",
                                            {{{"id", "a"}, {"text", "alpha zorblax"}},
                                             {{"id", "b"}, {"text", "beta zorblax"}}}}})
                .status,
            201);
  const JsonReply reply =
      server.Put("/api/v1/documents", {{"documents",
                                        {{{"id", "c"}, {"text", "gamma zorblax"}},
                                         {{"id", "b"}, {"text", "beta zorblax"}},
                                         {{"id", "a"}, {"text", "alpha again"}}}}});
  ASSERT_EQ(reply.status, 201) << reply.http.body;
  EXPECT_EQ(reply.json.at("results"), json({{{"id", "a"}, {"status", "changed"}, {"chunks", 1}},
                                            {{"id", "b"}, {"status", "unchanged"}, {"chunks", 1}},
                                            {{"id", "c"}, {"status", "added"}, {"chunks", 1}}}));
}

TEST(DocumentRoutes, AFileOfRecordsIsReplacedAndDeletedAsAWhole) {
  TestServer server;
  const string target = "/api/v1/documents/all.jsonl";
  const JsonReply first = server.Send("PUT", target,
                                      "{\"id\":\"a\",\"text\":\"alpha zorblax\"}\n"
                                      "{\"id\":\"b\",\"text\":\"beta zorblax\"}\nnope\n",
                                      "application/jsonl");
  ASSERT_EQ(first.status, 201) << first.http.body;
  EXPECT_EQ(first.json.at("ids"), json({"all.jsonl#a", "all.jsonl#b"}));
  ASSERT_EQ(first.json.at("failures").size(), 1u);
  EXPECT_EQ(first.json.at("failures")[0].at("place"), "line 3");

  const JsonReply second =
      server.Send("PUT", target, "{\"id\":\"b\",\"text\":\"beta zorblax\"}\n", "application/jsonl");
  EXPECT_EQ(second.status, 200);
  EXPECT_EQ(second.json.at("documents").at("removed"), 1);
  EXPECT_EQ(FoundBy(server, "zorblax"), std::vector<string>{"all.jsonl#b"});

  const JsonReply deleted = server.Delete(target);
  EXPECT_EQ(deleted.json.at("deleted"), json({"all.jsonl#b"}));
  EXPECT_EQ(FoundBy(server, "zorblax"), std::vector<string>{});
}

TEST(DocumentRoutes, ABatchIsWrittenWholeOrNotAtAll) {
  TestServer server;
  const JsonReply reply = server.Put(
      "/api/v1/documents", {{"documents", {{{"id", "a"}, {"text", "x"}}, {{"id", "b"}}}}});
  EXPECT_EQ(reply.status, 400);
  EXPECT_EQ(reply.Message(), "documents[1].text: is missing");
  EXPECT_EQ(server.Get("/api/v1/documents").json.at("total"), 0);
  // None of them is lost without a word.
  const JsonReply twice = server.Put("/api/v1/documents", {{"documents",
                                                            {{{"id", "a"}, {"text", "one"}},
                                                             {{"id", "b"}, {"text", "two"}},
                                                             {{"id", "a"}, {"text", "three"}}}}});
  EXPECT_EQ(twice.status, 400);
  EXPECT_EQ(twice.Message(), "documents[2].id: \"a\" is the id of documents[0] as well");
  EXPECT_EQ(server.Get("/api/v1/documents").json.at("total"), 0);
}

TEST(DocumentRoutes, ExplainWhatIsWrongWithADocument) {
  TestServer server;
  struct Case {
    const char* target;
    const char* body;
    const char* type;
    int status;
    const char* message;
  };
  const string no_document =
      "Content-Type image/unknown cannot be indexed; expected one of " + DocumentMediaTypes();
  const string no_text =
      "media_type: \"image/unknown\" cannot be indexed; expected one of " + TextMediaTypes();
  const string deep = string(65, '[') + string(65, ']');
  EXPECT_TRUE(TextMediaTypes().starts_with("text/plain, text/markdown, text/html, "));
  EXPECT_TRUE(DocumentMediaTypes().ends_with(", application/octet-stream"));
  const Case cases[] = {
      {"", R"({"text": "x"})", "application/json", 400, "id: is missing"},
      {"", R"({"id": "", "text": "x"})", "application/json", 400,
       "document id: expected 1 to 1024 bytes, got 0"},
      {"", R"({"id": "a", "text": "x", "metdata": {}})", "application/json", 400,
       "body: unknown field \"metdata\"; did you mean \"metadata\"?"},
      {"", R"({"id": "a", "text": "x", "metadata": {"k": {"l": 1}}})", "application/json", 400,
       "metadata.k: expected a string, number, boolean or list of strings, not an object"},
      {"", R"({"id": "a", "text": "x", "metadata": {"k": [1]}})", "application/json", 400,
       "metadata.k: expected a string, number, boolean or list of strings, not a list with other "
       "values"},
      {"", R"({"id": "a", "text": "x", "access": [1]})", "application/json", 400,
       "access[0]: expected a string, not a number"},
      {"", R"({"documents": {}})", "application/json", 400,
       "documents: expected a list of documents, not an object"},
      {"", R"({"id": "a", "text": "x"})", "text/plain", 415,
       "Content-Type text/plain is not understood here; expected application/json"},
      {"/a", R"({"id": "b", "text": "x"})", "application/json", 400,
       "id: \"b\" is not the id in the path, \"a\""},
      {"/a", R"({"text": " \n "})", "application/json", 400,
       "text: expected text that is not empty"},
      {"/a", "  ", "text/plain", 400, "a: empty: only white space, expected text"},
      {"/a",
       "\x7F"
       "ELF....",
       "application/octet-stream", 400, "a: not text: looks like ELF program"},
      // A limit of a parser: it does not pass, so the client is not asked to try again.
      {"/deep.json", deep.c_str(), "application/octet-stream", 400,
       "deep.json: line 1, column 65: JSON nested too deep: expected at most 64 levels"},
      {"/a", "x", "image/unknown", 415, no_document.c_str()},
      {"/a", R"({"text": "x", "media_type": "image/unknown"})", "application/json", 400,
       no_text.c_str()},
      {"/a?collection=nope", "x", "text/plain", 404, "no collection \"nope\"; there is: default"},
      {"/a?titel=T", "x", "text/plain", 400,
       "unknown query parameter \"titel\"; expected one of collection, raw, uri, title"},
  };
  for (const Case& c : cases) {
    const JsonReply reply =
        server.Send("PUT", string("/api/v1/documents") + c.target, c.body, c.type);
    EXPECT_EQ(reply.status, c.status) << c.body;
    EXPECT_EQ(reply.Message(), c.message) << c.body;
  }
  EXPECT_EQ(
      server.Send("PUT", "/api/v1/documents/a", "x", "image/unknown").json.at("error").at("code"),
      "UNSUPPORTED_MEDIA_TYPE");
  EXPECT_EQ(server.Get("/api/v1/documents").json.at("total"), 0);
}

TEST(DocumentRoutes, ListPageByPage) {
  TestServer server;
  server.engine().Add(SmallCorpus());
  std::vector<string> ids;
  for (uint32_t offset = 0; offset < 40; offset += 15) {
    const JsonReply page =
        server.Get("/api/v1/documents?limit=15&offset=" + std::to_string(offset));
    ASSERT_EQ(page.status, 200);
    EXPECT_EQ(page.json.at("total"), 40);
    EXPECT_EQ(page.json.at("limit"), 15);
    EXPECT_EQ(page.json.at("offset"), offset);
    for (const json& document : page.json.at("documents")) ids.push_back(document.at("id"));
  }
  EXPECT_EQ(ids.size(), 40u);
  EXPECT_EQ(std::set<string>(ids.begin(), ids.end()).size(), 40u);
  EXPECT_TRUE(server.Get("/api/v1/documents?offset=40").json.at("documents").empty());
  EXPECT_EQ(server.Get("/api/v1/documents?limit=0").Message(),
            "query parameter \"limit\": expected an integer from 1 to 1000, not \"0\"");
  EXPECT_EQ(server.Get("/api/v1/documents?limit=1&limit=2").Message(),
            "query parameter \"limit\" is given twice");
}

TEST(CollectionRoutes, CreateUseListAndDelete) {
  TestServer server;
  const JsonReply created = server.Post("/api/v1/collections", {{"name", "two"}});
  EXPECT_EQ(created.status, 201);
  EXPECT_EQ(created.json.at("created"), "two");
  const JsonReply twice = server.Post("/api/v1/collections", {{"name", "two"}});
  EXPECT_EQ(twice.status, 409);
  EXPECT_EQ(twice.Message(), "collection \"two\" exists already");
  const JsonReply bad = server.Post("/api/v1/collections", {{"name", "a/b"}});
  EXPECT_EQ(bad.status, 400);
  EXPECT_EQ(bad.Message(),
            "collection name \"a/b\": expected 1 to 64 letters, digits, '-', '_', '.', starting "
            "with a letter or digit");

  EXPECT_EQ(server.Put("/api/v1/documents/a?collection=two", {{"text", "zorblax"}}).status, 201);
  EXPECT_EQ(FoundBy(server, "zorblax", "two"), std::vector<string>{"a"});
  EXPECT_EQ(FoundBy(server, "zorblax"), std::vector<string>{});
  const JsonReply list = server.Get("/api/v1/collections");
  ASSERT_EQ(list.json.at("collections").size(), 2u);
  EXPECT_EQ(list.json.at("collections")[1].at("name"), "two");
  EXPECT_EQ(list.json.at("collections")[1].at("documents"), 1);

  EXPECT_EQ(server.Delete("/api/v1/collections/two").json.at("deleted"), "two");
  const JsonReply gone = server.Delete("/api/v1/collections/two");
  EXPECT_EQ(gone.status, 404);
  EXPECT_EQ(gone.Message(), "no collection \"two\"; there is: default");
}

TEST(CollectionRoutes, StatsCountWhatTheStoreHolds) {
  TestServer server;
  server.Put("/api/v1/documents/a", {{"text", "three plain words"}});
  const JsonReply stats = server.Get("/api/v1/stats");
  ASSERT_EQ(stats.status, 200);
  EXPECT_EQ(stats.json.at("version"), "1.2.3");
  EXPECT_EQ(stats.json.at("store"), server.engine().index->directory());
  const json& collection = stats.json.at("collections").at(0);
  EXPECT_EQ(collection.at("documents"), 1);
  EXPECT_EQ(collection.at("chunks"), 1);
  EXPECT_EQ(collection.at("pending_vectors"), 1);
  // Too little to learn from: none of them is being made.
  server.engine().maintainer.WaitUntilIdle();
  const json idle = server.Get("/api/v1/stats").json.at("collections").at(0);
  EXPECT_EQ(idle.at("pending_vectors"), 1);
  EXPECT_EQ(idle.at("embedding"), false);
}

TEST(CollectionRoutes, StatsTellWhetherVectorsAreBeingMade) {
  TestServer server;
  testing::TestEngine& engine = server.engine();
  engine.Add(SmallCorpus());
  const auto embedding = [&] {
    return server.Get("/api/v1/stats").json.at("collections").at(0).at("embedding");
  };
  EXPECT_EQ(embedding(), false);
  {
    ASSERT_OK_AND_ASSIGN(index::IndexWriter writer, engine.index->OpenWriter(engine.collection));
    ingest::Pipeline pipeline(writer, engine.analyzer, engine.pool, engine.embedders, {});
    ingest::IngestReport report;
    ASSERT_OK(pipeline.Add({testing::TextDocument("new", "New", "One more pump.")}, report,
                           CallContext()));
    engine.maintainer.Notice(engine.collection);  // and waits for this writer
    EXPECT_EQ(embedding(), true);
  }
  engine.maintainer.WaitUntilIdle();
  EXPECT_EQ(embedding(), false);
}

TEST(DocumentRoutes, ReadersNeverWaitForAWriterNorSeeHalfADocument) {
  TestServer server;
  server.engine().Add(SmallCorpus());
  constexpr int kVersions = 25;
  std::atomic<bool> done = false;
  std::atomic<int> read = 0;
  std::vector<std::thread> readers;
  for (int i = 0; i < 3; ++i) {
    readers.emplace_back([&] {
      while (!done) {
        const JsonReply reply =
            server.Post("/api/v1/search", {{"query", "zorblax"}, {"mode", "lexical"}, {"k", 5}});
        ASSERT_EQ(reply.status, 200);
        // Every version has two parts that belong together.
        for (const json& hit : reply.json.at("hits")) {
          const string text = hit.at("text");
          const string number = text.substr(0, text.find(' '));
          EXPECT_TRUE(text.ends_with(" " + number)) << text;
        }
        ++read;
      }
    });
  }
  for (int version = 0; version < kVersions; ++version) {
    const string number = std::to_string(version);
    const JsonReply reply =
        server.Put("/api/v1/documents/v", {{"text", number + " zorblax version " + number}});
    ASSERT_LE(reply.status, 201) << reply.http.body;
    const JsonReply found =
        server.Post("/api/v1/search", {{"query", "zorblax"}, {"mode", "lexical"}, {"k", 1}});
    EXPECT_EQ(found.json.at("hits").at(0).at("text"), number + " zorblax version " + number);
  }
  done = true;
  for (std::thread& reader : readers) reader.join();
  EXPECT_GT(read, 0);
}

}  // namespace
}  // namespace quarry::server
