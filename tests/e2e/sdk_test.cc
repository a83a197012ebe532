// The official SDKs (tests/npm/sdk) against real servers: one on its own, one with a chat model.

#include <filesystem>
#include <nlohmann/json.hpp>

#include "tests/testing/chat_chunks.h"
#include "tests/testing/http_upstream.h"
#include "tests/testing/run_quarry.h"

namespace quarry::app {
namespace {

using Json = nlohmann::json;
using testing::HttpUpstream;
using testing::QuarryProcess;
using testing::QuarryResult;
using testing::RunQuarry;
using testing::RunQuarryWith;
using testing::UpstreamCall;

// A chat model that calls the first tool it is given, tells what a tool said, and else writes JSON.
void ServeModel(UpstreamCall& call) {
  const Json request = Json::parse(call.request().body);
  const Json& last = request.at("messages").back();
  Json delta;
  if (last.at("role") == "tool") {
    delta["content"] = "It is " + last.at("content").get<std::string>() + ".";
  } else if (request.contains("tools")) {
    const Json& name = request.at("tools")[0].at("function").at("name");
    delta["tool_calls"] = {
        {{"index", 0},
         {"id", "call_1"},
         {"type", "function"},
         {"function", {{"name", name}, {"arguments", R"({"place": "Upper Tarn"})"}}}}};
  } else {
    delta["content"] = R"({"rate": 0.3})";
  }
  const char* reason = delta.contains("tool_calls") ? "tool_calls" : "stop";
  call.BeginChunks("text/event-stream");
  for (const Json& chunk :
       {testing::ChatChunk(delta), testing::ChatChunk(Json::object(), reason)}) {
    call.Chunk(testing::EventOf(chunk));
  }
  call.Chunk(testing::kDoneEvent);
  call.EndChunks();
}

TEST(Sdk, OpenAisAndCoheresClientsAreServed) {
  const std::string scripts = testing::SourceDirectory() + "/tests/npm/sdk";
  if (!std::filesystem::exists(scripts + "/node_modules/openai")) {
    GTEST_SKIP() << "no " << scripts << "/node_modules: run scripts/npm_ci.sh";
  }
  constexpr const char* kNode = "/usr/bin/node";
  if (!std::filesystem::exists(kNode)) GTEST_SKIP() << "no " << kNode;

  HttpUpstream upstream(ServeModel);
  const TemporaryDirectory directory = testing::MakeTemporaryDirectory();
  std::vector<std::unique_ptr<QuarryProcess>> servers;
  std::vector<std::string> arguments = {scripts + "/sdk.mjs"};
  for (const std::string& model : {std::string(), upstream.url() + "/v1#scripted"}) {
    const std::string store = directory.path() + "/store" + std::to_string(servers.size());
    ASSERT_EQ(
        RunQuarry({"index", testing::SourceDirectory() + "/examples/corpus", "--store", store})
            .exit_code,
        0);
    servers.push_back(std::make_unique<QuarryProcess>(
        testing::QuarryCommand{.arguments = {"serve", "--port", "0", "--json", "--store", store},
                               .environment = {{"QUARRY_CHAT_MODEL", model}}}));
    arguments.push_back(Json::parse(servers.back()->ReadFirstLine()).at("url"));
  }
  const QuarryResult result = RunQuarryWith({.arguments = arguments, .program = kNode});
  EXPECT_EQ(result.exit_code, 0) << result.out << result.error;
  EXPECT_EQ(result.out.find("FAILED"), std::string::npos) << result.out;
}

}  // namespace
}  // namespace quarry::app
