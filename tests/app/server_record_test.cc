#include "app/server_record.h"

#include <sys/stat.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "base/file.h"
#include "tests/testing/test_environment.h"

namespace quarry::app {
namespace {

using testing::MakeTemporaryDirectory;

class ServerRecordTest : public ::testing::Test {
 protected:
  std::string store() const { return directory_.path(); }
  std::string path() const { return store() + "/SERVER.json"; }
  // What reading gives where the file holds `text`.
  Status StatusOf(const std::string& text) {
    QUARRY_CHECK(WriteFileAtomically(path(), text).ok());
    QUARRY_CHECK(::chmod(path().c_str(), 0600) == 0);
    return ReadServerRecord(store()).status();
  }

  TemporaryDirectory directory_ = MakeTemporaryDirectory();
};

TEST_F(ServerRecordTest, IsReadByTheOwnerAloneAndGoesWithTheServer) {
  EXPECT_EQ(ReadServerRecord(store()).status().code(), Code::kNotFound);
  {
    ASSERT_OK_AND_ASSIGN(
        const PublishedServer published,
        PublishedServer::Publish(store(), {.url = "http://127.0.0.1:8420", .token = "qo-1"}));
    struct stat file;
    ASSERT_EQ(::stat(path().c_str(), &file), 0);
    EXPECT_EQ(file.st_mode & 0777, 0600u);
    ASSERT_OK_AND_ASSIGN(const ServerRecord record, ReadServerRecord(store()));
    EXPECT_EQ(record.url, "http://127.0.0.1:8420");
    EXPECT_EQ(record.token, "qo-1");
  }
  EXPECT_EQ(ReadServerRecord(store()).status().code(), Code::kNotFound);
}

TEST_F(ServerRecordTest, OneOfAProcessThatIsNoMoreIsNotBelieved) {
  ASSERT_OK_AND_ASSIGN(
      const PublishedServer published,
      PublishedServer::Publish(store(), {.url = "http://127.0.0.1:1", .token = "t"}));
  ASSERT_OK_AND_ASSIGN(const std::string text, ReadFile(path()));
  EXPECT_OK(StatusOf(text));
  const Status ended = NotFoundError(path() + ": the server that it is of has ended");
  nlohmann::json record = nlohmann::json::parse(text);
  record["process_start"] = record["process_start"].get<uint64_t>() - 1;  // its id was given again
  EXPECT_EQ(StatusOf(record.dump()), ended);
  record["process"] = 0;
  EXPECT_EQ(StatusOf(record.dump()), ended);
  EXPECT_EQ(StatusOf(R"({"url":"http://127.0.0.1:1","token":"t"})"), ended);
}

TEST_F(ServerRecordTest, OneThatOthersMayReadOrThatIsALinkIsNotBelieved) {
  ASSERT_OK_AND_ASSIGN(
      const PublishedServer published,
      PublishedServer::Publish(store(), {.url = "http://127.0.0.1:1", .token = "t"}));
  ASSERT_EQ(::chmod(path().c_str(), 0640), 0);
  EXPECT_EQ(ReadServerRecord(store()).status(),
            DataLossError(path() + ": expected a file of mode 600 that is yours"));
  ASSERT_EQ(::chmod(path().c_str(), 0600), 0);
  EXPECT_OK(ReadServerRecord(store()).status());
  ASSERT_EQ(::rename(path().c_str(), (path() + ".moved").c_str()), 0);
  ASSERT_EQ(::symlink((path() + ".moved").c_str(), path().c_str()), 0);
  EXPECT_FALSE(ReadServerRecord(store()).ok());
}

TEST_F(ServerRecordTest, ReplacesWhatAKilledServerLeft) {
  EXPECT_FALSE(StatusOf(R"({"url":"http://127.0.0.1:1","token":"old"})").ok());
  ASSERT_OK_AND_ASSIGN(
      const PublishedServer published,
      PublishedServer::Publish(store(), {.url = "http://[::1]:2", .token = "new"}));
  EXPECT_EQ(ReadServerRecord(store())->token, "new");
}

TEST_F(ServerRecordTest, NamesNoOtherMachine) {
  for (const char* text :
       {"", "{", "[]", "{}", R"({"url":"http://127.0.0.1:1"})", R"({"url":1,"token":"x"})",
        R"({"url":"http://example.org","token":"x"})",
        R"({"url":"http://127.example.org:80","token":"x"})",
        R"({"url":"https://127.0.0.1:1","token":"x"})",
        R"({"url":"http://localhost.example.org","token":"x"})"}) {
    EXPECT_EQ(
        StatusOf(text),
        DataLossError(path() + ": expected the address of a server on this machine and its token"))
        << text;
  }
}

TEST_F(ServerRecordTest, TokensDiffer) { EXPECT_NE(NewOwnerToken(), NewOwnerToken()); }

}  // namespace
}  // namespace quarry::app
