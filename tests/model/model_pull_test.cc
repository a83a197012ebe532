#include "model/model_pull.h"

#include <filesystem>
#include <nlohmann/json.hpp>

#include "model/digest.h"
#include "tests/testing/http_upstream.h"

namespace quarry::model {
namespace {

using ::testing::HasSubstr;
using testing::HttpUpstream;
using testing::TestAuthority;
using testing::UpstreamCall;
using namespace std::chrono_literals;
using Json = nlohmann::json;

const std::string kCommit(40, 'c');

std::string DigestOf(Digest::Kind kind, const std::string& bytes) {
  Digest digest(kind, bytes.size());
  digest.Update(bytes);
  return digest.Finish();
}

TEST(DigestTest, AgreesWithSha256sumAndGit) {
  EXPECT_EQ(DigestOf(Digest::Kind::kSha256, "abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  // printf 'hello\n' | git hash-object --stdin
  EXPECT_EQ(DigestOf(Digest::Kind::kGitBlob, "hello\n"),
            "ce013625030ba8dba906f756967f9e9ca394464a");
}

// A hub with one model, over TLS; large files lie on another host, behind a redirect.
class ModelPullTest : public ::testing::Test {
 protected:
  ModelPullTest()
      : storage_([this](UpstreamCall& call) { ServeFile(call); }, &authority_),
        hub_([this](UpstreamCall& call) { ServeHub(call); }, &authority_) {
    files_["config.json"] = R"({"model_type": "bert"})";
    files_["1_Pooling/config.json"] = "{}";
    files_["model.safetensors"] = std::string(300'000, 'w');
    files_["pytorch_model.bin"] = "not wanted";
  }

  void ServeHub(UpstreamCall& call) {
    const std::string& target = call.request().target;
    if (target == "/api/models/o/m/revision/main?blobs=true") {
      Json siblings = Json::array();
      for (const auto& [path, bytes] : files_) {
        Json file = {{"rfilename", path}, {"size", bytes.size()}};
        if (path == "model.safetensors") {
          file["lfs"] = {{"size", bytes.size()},
                         {"sha256", DigestOf(Digest::Kind::kSha256, bytes)}};
        } else {
          file["blobId"] = DigestOf(Digest::Kind::kGitBlob, bytes);
        }
        siblings.push_back(file);
      }
      return call.Reply(200, Json{{"sha", kCommit}, {"siblings", siblings}}.dump());
    }
    const std::string prefix = "/o/m/resolve/" + kCommit + "/";
    if (!target.starts_with(prefix)) return call.Reply(404, R"({"error": "Repository not found"})");
    if (target.ends_with("model.safetensors")) {
      return call.Reply(302, "", "Location: " + storage_.url() + "/model.safetensors\r\n");
    }
    call.Reply(200, files_.at(target.substr(prefix.size())));
  }

  void ServeFile(UpstreamCall& call) {
    std::string bytes = files_.at("model.safetensors");
    if (spoilt_) bytes[7] = 'X';
    size_t begin = 0;
    const std::string range = call.request().Header("range");
    if (!range.empty() && ranges_) begin = std::stoul(range.substr(6));
    const std::string rest = bytes.substr(begin);
    if (cut_ && begin == 0) {
      call.Write("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(rest.size()) + "\r\n\r\n" +
                 rest.substr(0, 200'000));
      return call.Close();
    }
    call.Reply(begin > 0 ? 206 : 200, rest);
  }

  Result<PullReport> Pull(const std::string& name = "o/m") {
    PullOptions options;
    options.hub = hub_.url();
    options.token = "hf_key";
    return PullModel(HttpClient({.ca_file = authority_.ca_file()}), name, target_, options,
                     CallContext::WithTimeout(20s), nullptr);
  }

  std::string Fetched(const std::string& path) { return ReadFile(target_ + "/" + path).value(); }

  const TestAuthority authority_;
  std::map<std::string, std::string> files_;
  bool cut_ = false;
  bool ranges_ = true;
  bool spoilt_ = false;
  HttpUpstream storage_;
  HttpUpstream hub_;
  const TemporaryDirectory directory_ = testing::MakeTemporaryDirectory();
  const std::string target_ = directory_.path() + "/models/m";
};

TEST_F(ModelPullTest, TheFolderIsWholeAndHoldsWhatIsWanted) {
  ASSERT_OK_AND_ASSIGN(const PullReport report, Pull());
  EXPECT_EQ(report.commit, kCommit);
  EXPECT_EQ(report.files, 3u);
  EXPECT_EQ(report.fetched, report.bytes);
  EXPECT_EQ(Fetched("model.safetensors"), files_["model.safetensors"]);
  EXPECT_EQ(Fetched("1_Pooling/config.json"), "{}");
  EXPECT_FALSE(std::filesystem::exists(target_ + "/pytorch_model.bin"));
  EXPECT_FALSE(std::filesystem::exists(target_ + ".partial"));
  EXPECT_EQ(hub_.requests().at(0).Header("authorization"), "Bearer hf_key");
  EXPECT_EQ(storage_.requests().at(0).Header("authorization"), "") << "the key is the hub's alone";
  EXPECT_EQ(Pull().status().code(), Code::kAlreadyExists);
}

TEST_F(ModelPullTest, AnInterruptedPullGoesOnWhereItStopped) {
  cut_ = true;
  EXPECT_THAT(Pull().status().message(), HasSubstr("its answer was cut off"));
  EXPECT_FALSE(std::filesystem::exists(target_));
  ASSERT_OK_AND_ASSIGN(const PullReport report, Pull());
  EXPECT_EQ(report.fetched, 100'000u) << "the rest of the one file";
  EXPECT_EQ(storage_.requests().back().Header("range"), "bytes=200000-");
  EXPECT_EQ(Fetched("model.safetensors"), files_["model.safetensors"]);
}

TEST_F(ModelPullTest, AHubWithoutRangesSendsAllAgain) {
  cut_ = true;
  EXPECT_FALSE(Pull().ok());
  cut_ = false;
  ranges_ = false;
  ASSERT_OK(Pull().status());
  EXPECT_EQ(Fetched("model.safetensors"), files_["model.safetensors"]);
}

TEST_F(ModelPullTest, WhatIsNotWhatTheHubSaidIsRefusedAndFetchedAnew) {
  spoilt_ = true;
  const Status status = Pull().status();
  EXPECT_EQ(status.code(), Code::kDataLoss);
  EXPECT_THAT(status.message(), HasSubstr("model.safetensors: 300000 bytes with digest "));
  EXPECT_FALSE(std::filesystem::exists(target_));
  spoilt_ = false;
  ASSERT_OK(Pull().status());
}

TEST_F(ModelPullTest, WrongNamesAndUnknownModelsAreSaid) {
  for (const char* name : {"", "../m", "o/m/x", "/m", "o m", "o/"}) {
    EXPECT_EQ(Pull(name).status().code(), Code::kInvalidArgument) << name;
  }
  const Status unknown = Pull("o/unknown").status();
  EXPECT_EQ(unknown.code(), Code::kNotFound);
  EXPECT_EQ(unknown.message(), "o/unknown: status 404: Repository not found");
}

TEST(HubModelTest, AListThatIsNoneIsRefused) {
  const auto message = [](const std::string& json) {
    return ReadHubModel(json).status().message();
  };
  EXPECT_THAT(message("<html>"), HasSubstr("not JSON"));
  EXPECT_THAT(message(R"({"sha": "main"})"), HasSubstr("\"sha\": expected a commit"));
  const std::string sha = "{\"sha\": \"" + kCommit + "\"";
  EXPECT_THAT(message(sha + "}"), HasSubstr("\"siblings\": expected a list"));
  EXPECT_THAT(message(sha + R"(, "siblings": [{"rfilename": "../config.json", "size": 1}]})"),
              HasSubstr("neither config.json nor modules.json"));
  EXPECT_THAT(message(sha + R"(, "siblings": [{"rfilename": "config.json", "size": 1}]})"),
              HasSubstr("config.json: without size or digest"));
}

}  // namespace
}  // namespace quarry::model
