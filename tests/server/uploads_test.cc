// Files that come in parts, over HTTP.

#include <atomic>
#include <chrono>
#include <future>
#include <optional>
#include <thread>
#include <utility>

#include "base/log.h"
#include "index/index_writer.h"
#include "index/rocks_store.h"
#include "server/errors.h"
#include "server/upload_queue.h"
#include "tests/server/server_testing.h"
#include "tests/testing/fault_store.h"

namespace quarry::testing {
namespace {

using ::testing::HasSubstr;

class UploadsTest : public ::testing::Test {
 protected:
  UploadsTest() { Restart(); }
  void Restart() {
    server_.reset();
    server_ = std::make_unique<TestServer>(engine_, server::ServerOptions());
  }
  std::string Begin(const std::string& document, size_t bytes) {
    const JsonReply begun =
        server_->Post("/api/v1/uploads", {{"document", document}, {"bytes", bytes}});
    EXPECT_EQ(begun.status, 201) << begun.http.body;
    return "/api/v1/uploads/" + begun.json.at("id").get<std::string>();
  }
  JsonReply PutPart(const std::string& path, int number, const std::string& bytes) {
    return server_->Send("PUT", path + "/parts/" + std::to_string(number), bytes,
                         "application/octet-stream");
  }
  // Writes to the store what a process leaves of an upload that it did not come to the end of.
  void LeaveWaiting(const std::string& id, const char* key, uint64_t value) {
    ASSERT_OK(engine_.index->objects().Update({.kind = index::ObjectKind::kTask, .id = id},
                                              [&](const std::string& old) -> Result<std::string> {
                                                nlohmann::json record = nlohmann::json::parse(old);
                                                record["state"] = "waiting";
                                                record[key] = value;
                                                return record.dump();
                                              }));
  }
  nlohmann::json WaitFor(const std::string& path) {
    for (int i = 0; i < 2000; ++i) {
      nlohmann::json found = server_->Get(path).json;
      if (found.at("state") != "waiting") return found;
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    ADD_FAILURE() << "not indexed within ten seconds";
    return {};
  }

  TestEngine engine_;
  std::unique_ptr<TestServer> server_;
  const std::string file_ = "<h1>Quern</h1><!--" + std::string(server::kUploadPartBytes, 'x') +
                            "--><p>The quern grinds 31 kg an hour.</p>";
  const std::string first_ = file_.substr(0, server::kUploadPartBytes);
  const std::string second_ = file_.substr(server::kUploadPartBytes);
};

TEST_F(UploadsTest, AFileThatTheServerDoesNotSurviveHasFailed) {
  const std::string path = Begin("a.txt", 5);
  EXPECT_EQ(PutPart(path, 1, "quern").status, 200);
  const std::string id = path.substr(path.rfind('/') + 1);
  // As a process leaves it that ended three times meanwhile.
  server_.reset();
  LeaveWaiting(id, "attempts", server::kMostAttempts);
  Restart();
  const nlohmann::json failed = WaitFor(path);
  EXPECT_EQ(failed.at("state"), "failed");
  EXPECT_EQ(failed.at("error"),
            "it was tried 3 times and did not come to an end; it is not tried again");
}

TEST_F(UploadsTest, AFileThatDoesNotFitIntoMemoryHasFailed) {
  const std::string path = Begin("a.txt", 5);
  EXPECT_EQ(PutPart(path, 1, "quern").status, 200);
  const std::string id = path.substr(path.rfind('/') + 1);
  server_.reset();
  LeaveWaiting(id, "bytes", UINT64_MAX);
  Restart();
  const nlohmann::json failed = WaitFor(path);
  EXPECT_EQ(failed.at("state"), "failed");
  EXPECT_THAT(failed.at("error").get<std::string>(),
              HasSubstr("a file of 18446744073709551615 bytes: "));
}

TEST_F(UploadsTest, WhatMayPassIsTriedAgainAndTheFileIsKeptMeanwhile) {
  server_.reset();
  server::OwnerQuota quota({});
  const server::Caller caller;
  // What becomes of a file that is refused so many times, and how often it was tried.
  const auto end_of = [&](int refusals, const Status& refusal) {
    std::atomic<int> tries = 0;
    server::UploadQueue queue(
        engine_.index->objects(), quota, engine_.clock,
        [&](const server::UploadTarget&, const std::string& bytes) -> server::Response {
          EXPECT_EQ(bytes, "words");
          if (++tries <= refusals) {
            return server::ErrorResponse(server::Surface::kNative, refusal);
          }
          return {.body = "{}"};
        },
        std::chrono::milliseconds(1));
    EXPECT_OK(queue.Start());
    const std::string id =
        queue.Create(caller, {.document = "note.txt", .collection = "default", .bytes = 5})->id;
    EXPECT_TRUE(queue.PutPart(caller, id, 1, "words").ok());
    EXPECT_TRUE(queue.Complete(caller, id).ok());
    EXPECT_TRUE(Eventually([&] { return queue.Get(caller, id)->state != "waiting"; }));
    const server::UploadRecord ended = queue.Get(caller, id).value();
    return ended.state + " after " + std::to_string(tries.load()) + ": " + ended.error;
  };
  const Status away = UnavailableError("the model cannot be reached");
  EXPECT_EQ(end_of(2, away), "done after 3: ");
  EXPECT_EQ(end_of(9, away), "failed after 3: the model cannot be reached");
  EXPECT_EQ(end_of(1, ResourceExhaustedError("the disk is full")), "done after 2: ");
  EXPECT_EQ(end_of(1, InvalidArgumentError("no text")), "failed after 1: no text");
}

TEST_F(UploadsTest, AStopIsNoEndOfAnUploadThatWaits) {
  server_.reset();
  server::OwnerQuota quota({});
  const server::Caller caller;
  std::atomic<int> tries = 0;
  std::string id;
  ::testing::internal::CaptureStderr();
  SetLogLevel(LogLevel::kInfo);
  {
    server::UploadQueue queue(
        engine_.index->objects(), quota, engine_.clock,
        [&](const server::UploadTarget&, const std::string&) -> server::Response {
          const Status why = ++tries == 1 ? UnavailableError("the model cannot be reached")
                                          : CancelledError("the server stops");
          return server::ErrorResponse(server::Surface::kNative, why);
        },
        std::chrono::milliseconds(1));
    EXPECT_OK(queue.Start());
    id = queue.Create(caller, {.document = "note.txt", .collection = "default", .bytes = 5})->id;
    EXPECT_TRUE(queue.PutPart(caller, id, 1, "words").ok());
    EXPECT_TRUE(queue.Complete(caller, id).ok());
    EXPECT_TRUE(Eventually([&] { return tries >= 2; }));
  }
  SetLogLevel(LogLevel::kWarning);
  const std::string log = ::testing::internal::GetCapturedStderr();
  EXPECT_EQ(tries, 2);
  EXPECT_THAT(log, HasSubstr("upload " + id + " is tried again: "));
  EXPECT_EQ(log.find("came to an end"), std::string::npos) << log;
  const server::UploadQueue stopped(engine_.index->objects(), quota, engine_.clock, nullptr);
  EXPECT_EQ(stopped.Get(caller, id)->state, "waiting");
  EXPECT_EQ(stopped.Get(caller, id)->attempts, 1u) << "that which the stop ended is none";
}

TEST_F(UploadsTest, AFullDiskIsLoggedOnceAndToldWhileItLasts) {
  const TemporaryDirectory directory = MakeTemporaryDirectory();
  ASSERT_OK_AND_ASSIGN(const std::unique_ptr<index::Store> base,
                       index::OpenRocksStore(directory.path() + "/db", {}));
  FaultStore disk(*base);
  index::ObjectTable objects(disk);
  server::OwnerQuota quota({});
  const server::Caller caller;
  server::UploadQueue queue(
      objects, quota, engine_.clock,
      [](const server::UploadTarget&, const std::string&) -> server::Response {
        return {.body = "{}"};
      },
      std::chrono::milliseconds(1));
  ASSERT_OK(queue.Start());
  const std::string id =
      queue.Create(caller, {.document = "note.txt", .collection = "default", .bytes = 5})->id;
  ASSERT_OK(queue.PutPart(caller, id, 1, "words").status());
  // That it is complete is written, and nothing behind it.
  ::testing::internal::CaptureStderr();
  disk.FailWrite(2, FaultStore::When::kBefore, ResourceExhaustedError("the disk is full"));
  const uint64_t writes = disk.writes();
  ASSERT_OK(queue.Complete(caller, id).status());
  EXPECT_TRUE(Eventually([&] { return disk.writes() >= writes + 6; }));
  const server::UploadRecord waits = queue.Get(caller, id).value();
  EXPECT_EQ(waits.state, "waiting");
  EXPECT_THAT(waits.last_error, HasSubstr("the disk is full"));
  EXPECT_EQ(queue.List(caller, {})->uploads.at(0).last_error, waits.last_error);
  disk.Heal();
  EXPECT_TRUE(Eventually([&] { return queue.Get(caller, id)->state == "done"; }));
  EXPECT_EQ(queue.Get(caller, id)->last_error, "");
  const std::string log = ::testing::internal::GetCapturedStderr();
  const size_t told = log.find("upload " + id + " is tried again");
  ASSERT_NE(told, std::string::npos) << log;
  EXPECT_EQ(log.find("upload " + id, told + 1), std::string::npos) << log;
}

// A queue whose pauses do not end by themselves. Of files named "away" the model cannot be reached.
class PausedQueue {
 public:
  PausedQueue(index::Store& store, const Clock& clock)
      : objects_(store),
        queue_(
            objects_, quota_, clock,
            [this](const server::UploadTarget& target, const std::string&) -> server::Response {
              ++tries_;
              if (target.document != "away") return {.body = "{}"};
              return server::ErrorResponse(server::Surface::kNative,
                                           UnavailableError("the model cannot be reached"));
            },
            std::chrono::hours(1)) {
    EXPECT_OK(queue_.Start());
  }

  std::string Send(const std::string& document) {
    const std::string id =
        queue_.Create(caller_, {.document = document, .collection = "default", .bytes = 5})->id;
    EXPECT_OK(queue_.PutPart(caller_, id, 1, "words").status());
    return id;
  }
  void Complete(const std::string& id) { EXPECT_OK(queue_.Complete(caller_, id).status()); }
  void Delete(const std::string& id) { EXPECT_OK(queue_.Delete(caller_, id)); }
  server::UploadRecord Get(const std::string& id) { return queue_.Get(caller_, id).value(); }
  bool Becomes(const std::string& id, const std::string& state) {
    return Eventually([&] { return Get(id).state == state; });
  }
  bool IsInTrouble(const std::string& id) {
    return Eventually([&] { return !Get(id).last_error.empty(); });
  }
  int tries() const { return tries_; }

 private:
  const server::Caller caller_;
  server::OwnerQuota quota_{server::OwnerQuota::Limits{}};
  index::ObjectTable objects_;
  std::atomic<int> tries_ = 0;
  server::UploadQueue queue_;  // last
};

TEST_F(UploadsTest, APauseEndsWhereItsUploadIsDeleted) {
  const TemporaryDirectory directory = MakeTemporaryDirectory();
  ASSERT_OK_AND_ASSIGN(const std::unique_ptr<index::Store> store,
                       index::OpenRocksStore(directory.path() + "/db", {}));
  PausedQueue queue(*store, engine_.clock);
  const std::string away = queue.Send("away");
  const std::string note = queue.Send("note.txt");
  queue.Complete(away);
  ASSERT_TRUE(queue.IsInTrouble(away));
  queue.Complete(note);
  queue.Delete(away);
  EXPECT_TRUE(queue.Becomes(note, "done"));
}

TEST_F(UploadsTest, AnAttemptThatCountsIsNotUsedUpSinceAnotherUploadIsComplete) {
  const TemporaryDirectory directory = MakeTemporaryDirectory();
  ASSERT_OK_AND_ASSIGN(const std::unique_ptr<index::Store> store,
                       index::OpenRocksStore(directory.path() + "/db", {}));
  PausedQueue queue(*store, engine_.clock);
  const std::string away = queue.Send("away");
  queue.Complete(away);
  ASSERT_TRUE(queue.IsInTrouble(away));
  for (int i = 0; i < 3; ++i) {
    queue.Complete(queue.Send("note.txt"));
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  EXPECT_EQ(queue.tries(), 1);
  EXPECT_EQ(queue.Get(away).state, "waiting");
}

TEST_F(UploadsTest, AnAttemptThatDoesNotCountIsMadeAgainOnceTheDiskTakesAnotherUpload) {
  const TemporaryDirectory directory = MakeTemporaryDirectory();
  ASSERT_OK_AND_ASSIGN(const std::unique_ptr<index::Store> store,
                       index::OpenRocksStore(directory.path() + "/db", {}));
  FaultStore disk(*store);
  PausedQueue queue(disk, engine_.clock);
  const std::string first = queue.Send("a.txt");
  const std::string second = queue.Send("b.txt");
  ::testing::internal::CaptureStderr();
  disk.FailWrite(2, FaultStore::When::kBefore, ResourceExhaustedError("the disk is full"));
  queue.Complete(first);
  ASSERT_TRUE(queue.IsInTrouble(first));
  disk.Heal();
  queue.Complete(second);
  EXPECT_TRUE(queue.Becomes(first, "done"));
  EXPECT_TRUE(queue.Becomes(second, "done"));
  ::testing::internal::GetCapturedStderr();
}

TEST_F(UploadsTest, AFileComesInPartsInAnyOrderAndAgain) {
  const std::string path = Begin("docs/quern.html", file_.size());
  EXPECT_EQ(PutPart(path, 2, second_).json.at("parts"), nlohmann::json::array({2}));
  EXPECT_EQ(server_->Post(path + "/complete", nlohmann::json::object()).Message(),
            "upload " + path.substr(path.rfind('/') + 1) + ": part 1 is missing");
  Restart();
  EXPECT_EQ(PutPart(path, 2, second_).json.at("parts"), nlohmann::json::array({2}));
  EXPECT_EQ(PutPart(path, 1, first_).json.at("parts"), nlohmann::json::array({1, 2}));
  EXPECT_EQ(server_->Post(path + "/complete", nlohmann::json::object()).status, 202);
  const nlohmann::json done = WaitFor(path);
  EXPECT_EQ(done.at("state"), "done");
  EXPECT_EQ(done.at("result").at("results")[0],
            nlohmann::json({{"id", "docs/quern.html"}, {"status", "added"}, {"chunks", 1}}));
  EXPECT_THAT(server_->Get("/api/v1/documents/docs/quern.html?text=true")
                  .json.at("text")
                  .get<std::string>(),
              HasSubstr("31 kg an hour"));
  EXPECT_EQ(PutPart(path, 1, first_).status, 412);
  EXPECT_EQ(server_->Delete(path).status, 200);
  EXPECT_EQ(server_->Get(path).status, 404);
}

TEST_F(UploadsTest, WhatIsCompleteIsIndexedAfterARestart) {
  index::ObjectTable& objects = engine_.index->objects();
  std::string id;
  {
    // Killed between the acknowledgement and the indexing.
    server::OwnerQuota quota({});
    server::UploadQueue queue(objects, quota, engine_.clock, nullptr);
    const server::Caller caller;
    id = queue.Create(caller, {.document = "note.txt", .collection = "default", .bytes = 5})->id;
    ASSERT_TRUE(queue.PutPart(caller, id, 1, "words").ok());
    ASSERT_TRUE(queue.Complete(caller, id).ok());
  }
  Restart();
  EXPECT_EQ(WaitFor("/api/v1/uploads/" + id).at("state"), "done");
  EXPECT_EQ(server_->Get("/api/v1/documents/note.txt").status, 200);
}

TEST_F(UploadsTest, AServerThatCannotListenSaysSoWithoutWaitingForAFileThatIsIndexed) {
  std::string id;
  {
    server::OwnerQuota quota({});
    server::UploadQueue queue(engine_.index->objects(), quota, engine_.clock, nullptr);
    const server::Caller caller;
    id = queue.Create(caller, {.document = "note.txt", .collection = "default", .bytes = 5})->id;
    ASSERT_TRUE(queue.PutPart(caller, id, 1, "words").ok());
    ASSERT_TRUE(queue.Complete(caller, id).ok());
  }
  Result<index::IndexWriter> opened = engine_.index->OpenWriter(engine_.collection);
  ASSERT_TRUE(opened.ok());
  std::optional<index::IndexWriter> writer(std::move(opened).value());
  MetricsRegistry metrics;
  std::future<Status> started = std::async(std::launch::async, [&] {
    return server::Server::Start({.port = server_->port()}, ServicesOf(engine_, metrics)).status();
  });
  EXPECT_EQ(started.wait_for(std::chrono::seconds(10)), std::future_status::ready);
  writer.reset();
  EXPECT_EQ(started.get().code(), Code::kUnavailable);
  EXPECT_EQ(server_->Get("/api/v1/uploads/" + id).json.at("state"), "waiting");
}

TEST_F(UploadsTest, AFileThatCannotBeReadFailsAndSaysWhy) {
  const std::string path = Begin("broken.pdf", 8);
  PutPart(path, 1, std::string("\0\1\2\3\0\1\2\3", 8));
  server_->Post(path + "/complete", nlohmann::json::object());
  const nlohmann::json failed = WaitFor(path);
  EXPECT_EQ(failed.at("state"), "failed");
  EXPECT_THAT(failed.at("error").get<std::string>(), HasSubstr("broken.pdf"));
}

TEST_F(UploadsTest, AFileBeyondALimitOfItsParserIsTriedOnce) {
  const std::string deep = std::string(65, '[') + std::string(65, ']');
  const std::string path = Begin("deep.json", deep.size());
  PutPart(path, 1, deep);
  ::testing::internal::CaptureStderr();
  server_->Post(path + "/complete", nlohmann::json::object());
  const nlohmann::json failed = WaitFor(path);
  EXPECT_EQ(failed.at("state"), "failed");
  EXPECT_EQ(failed.at("error"),
            "deep.json: line 1, column 65: JSON nested too deep: expected at most 64 levels");
  EXPECT_EQ(::testing::internal::GetCapturedStderr().find("tried again"), std::string::npos);
}

TEST_F(UploadsTest, WhatIsLeftIsForgottenAfterADay) {
  const std::string left = Begin("a.txt", 5);
  engine_.clock.Advance(std::chrono::hours(25));
  const std::string fresh = Begin("b.txt", 5);
  Restart();
  EXPECT_EQ(server_->Get(left).status, 404);
  EXPECT_EQ(server_->Get(fresh).status, 200);
}

TEST_F(UploadsTest, WhatIsLeftGivesItsRoomBackWhileTheServerRuns) {
  server_.reset();
  server::OwnerQuota quota(server::OwnerQuota::Limits{.bytes = 8});
  server::UploadQueue queue(engine_.index->objects(), quota, engine_.clock, nullptr);
  server::Caller caller;
  caller.key = "k";
  caller.is_admin = false;
  const auto begin = [&](uint64_t bytes) {
    return queue.Create(caller, {.document = "a.txt", .collection = "default", .bytes = bytes});
  };
  const Result<server::UploadRecord> left = begin(8);
  ASSERT_TRUE(left.ok());
  engine_.clock.Advance(std::chrono::hours(23));
  ASSERT_OK(queue.PutPart(caller, left->id, 1, "8 bytes.").status());
  engine_.clock.Advance(std::chrono::hours(23));
  ASSERT_OK(queue.Sweep());
  EXPECT_EQ(begin(1).status().code(), Code::kResourceExhausted) << "a day after its last part";
  engine_.clock.Advance(std::chrono::hours(2));
  ASSERT_OK(queue.Sweep());
  EXPECT_EQ(queue.Get(caller, left->id).status().code(), Code::kNotFound);
  EXPECT_OK(begin(8).status());
}

TEST_F(UploadsTest, ADamagedOneHidesNoOther) {
  const std::string damaged = Begin("a.txt", 5);
  const std::string path = Begin("b.txt", 5);
  EXPECT_EQ(PutPart(path, 1, "quern").status, 200);
  server_.reset();
  ASSERT_OK(engine_.index->objects().Put(
      {.kind = index::ObjectKind::kTask, .id = damaged.substr(damaged.rfind('/') + 1)}, "{}"));
  Restart();  // starts
  const nlohmann::json page = server_->Get("/api/v1/uploads").json;
  ASSERT_EQ(page.at("uploads").size(), 1u) << page;
  EXPECT_EQ(page.at("uploads").at(0).at("document"), "b.txt");
  EXPECT_EQ(server_->Post(path + "/complete", nlohmann::json::object()).status, 202);
  EXPECT_EQ(WaitFor(path).at("state"), "done");
  EXPECT_EQ(server_->Get(damaged).status, 500);
}

TEST_F(UploadsTest, AreListedNewestFirst) {
  EXPECT_EQ(server_->Get("/api/v1/uploads").json,
            nlohmann::json::parse(R"({"uploads": [], "has_more": false})"));
  const std::string first = Begin("a.txt", 5);
  const std::string second = Begin("报告.txt", 5);
  const nlohmann::json page = server_->Get("/api/v1/uploads?limit=1").json;
  EXPECT_EQ(page.at("has_more"), true);
  ASSERT_EQ(page.at("uploads").size(), 1u);
  EXPECT_EQ(page.at("uploads")[0], server_->Get(second).json);
  EXPECT_EQ(page.at("uploads")[0].at("document"), "报告.txt");
  const nlohmann::json rest =
      server_->Get("/api/v1/uploads?after=" + page.at("uploads")[0].at("id").get<std::string>())
          .json;
  EXPECT_EQ(rest.at("has_more"), false);
  ASSERT_EQ(rest.at("uploads").size(), 1u);
  EXPECT_EQ(rest.at("uploads")[0], server_->Get(first).json);
  EXPECT_EQ(server_->Get("/api/v1/uploads?after=up_x").status, 404);
  EXPECT_EQ(server_->Get("/api/v1/uploads?limit=101").status, 400);
}

TEST_F(UploadsTest, WhatIsWrongIsSaid) {
  const auto message = [&](const nlohmann::json& body) {
    return server_->Post("/api/v1/uploads", body).Message();
  };
  EXPECT_EQ(message({{"document", "a"}, {"bytes", 0}}),
            "bytes: expected an integer from 1 to 1073741824, not 0");
  EXPECT_EQ(message({{"document", "a"}, {"bytes", uint64_t{1} << 40}}),
            "bytes: expected an integer from 1 to 1073741824, not 1099511627776");
  EXPECT_THAT(message({{"document", ""}, {"bytes", 1}}), HasSubstr("document: "));
  EXPECT_THAT(message({{"document", "a"}, {"bytes", 1}, {"collection", "none"}}),
              HasSubstr("none"));
  EXPECT_THAT(message({{"document", "a"}, {"bytes", 1}, {"media_type", "video/mp4"}}),
              HasSubstr("media_type: \"video/mp4\" cannot be indexed"));
  const std::string path = Begin("a.txt", 5);
  EXPECT_EQ(PutPart(path, 1, "four").Message(), "part 1: expected 5 bytes, not 4");
  EXPECT_EQ(PutPart(path, 2, "words").Message(), "part 2: expected one from 1 to 1");
  EXPECT_EQ(PutPart("/api/v1/uploads/up_x", 1, "words").Message(), "there is no upload up_x");
  EXPECT_EQ(server_->Send("PUT", path + "/parts/x", "words", "").Message(),
            "part: expected a number, not \"x\"");
}

}  // namespace
}  // namespace quarry::testing
