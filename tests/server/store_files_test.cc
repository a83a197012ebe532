// Files that are attached to vector stores and indexed there, over a real engine.

#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "server/store_file_indexer.h"
#include "server/vector_store.h"
#include "tests/server/stores_testing.h"

namespace quarry::server {
namespace {

using nlohmann::json;
using std::string;
using testing::JsonReply;
using testing::TestServer;

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

}  // namespace
}  // namespace quarry::server
