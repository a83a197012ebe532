// What the program does with models behind HTTP, as a user sees it.

#include <atomic>
#include <nlohmann/json.hpp>
#include <tuple>

#include "tests/testing/chat_chunks.h"
#include "tests/testing/http_client.h"
#include "tests/testing/http_upstream.h"
#include "tests/testing/run_quarry.h"

namespace quarry {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using testing::HttpUpstream;
using ::testing::Not;
using testing::QuarryResult;
using ::testing::StartsWith;
using testing::UpstreamCall;
using Json = nlohmann::json;

// An upstream with an embedder and a chat model that cites passage 1.
class RemoteCommandTest : public ::testing::Test {
 protected:
  RemoteCommandTest() : upstream_([this](UpstreamCall& call) { Serve(call); }) {
    EXPECT_OK(
        WriteFileAtomically(directory_.path() + "/pump.txt",
                            "The pump runs at 9 bar.\n\nThe valve closes within 3 seconds.\n"));
    EXPECT_EQ(Run({"index", "pump.txt"}).exit_code, 0);
  }

  void Serve(UpstreamCall& call) {
    if (!answer_.empty()) return call.Reply(status_, answer_);
    const Json request = Json::parse(call.request().body);
    if (call.request().target == "/v1/embeddings") {
      Json data = Json::array();
      for (size_t i = 0; i < request["input"].size(); ++i) {
        data.push_back({{"index", i}, {"embedding", {1, i + 1, 2}}});
      }
      return call.Reply(200, Json{{"data", data}}.dump());
    }
    call.BeginChunks("text/event-stream");
    if (gate_.has_value()) {
      call.Chunk(testing::EventOf(testing::ChatChunk({{"content", "First words "}})));
      client_gone_ = call.ClientCloses(std::chrono::milliseconds(waits_for_client_ ? 5000 : 0));
      gone_at_ = std::chrono::steady_clock::now();
      if (client_gone_ || !gate_->Wait()) return;
    }
    Json chunk = testing::ChatChunk({{"content", "The pump runs at 9 bar [1]."}}, "stop");
    chunk["model"] = "scripted";
    call.Chunk(testing::EventOf(chunk) + testing::kDoneEvent);
    call.EndChunks();
  }

  QuarryResult Run(std::vector<std::string> arguments) {
    arguments.push_back("--set");
    arguments.push_back("http.attempts=1");
    return testing::RunQuarryWith({.arguments = std::move(arguments),
                                   .environment = {{"OPENAI_API_KEY", "sk-secret"},
                                                   {"OPENAI_BASE_URL", upstream_.url() + "/v1"},
                                                   {"QUARRY_RERANK_KEY", "rk-secret"}},
                                   .directory = directory_.path()});
  }

  std::optional<testing::Gate> gate_;  // chat: that it waits at behind its first words
  bool waits_for_client_ = false;
  std::atomic<bool> client_gone_ = false;
  std::chrono::steady_clock::time_point gone_at_;
  const TemporaryDirectory directory_ = testing::MakeTemporaryDirectory();
  std::string answer_;  // instead of all else
  int status_ = 200;
  HttpUpstream upstream_;
};

TEST_F(RemoteCommandTest, AskHasTheModelWriteAndChecksIt) {
  const QuarryResult result = Run({"ask", "--model", upstream_.url() + "/v1#m", "--json",
                                   "At what pressure does the pump run?"});
  ASSERT_EQ(result.exit_code, 0) << result.error;
  const Json json = Json::parse(result.out);
  EXPECT_EQ(json["answer"], "The pump runs at 9 bar [1].");
  EXPECT_EQ(json["model"], "scripted");
  EXPECT_EQ(json["verdict"]["label"], "supported");
  EXPECT_EQ(json["citations"][0]["quote"], "The pump runs at 9 bar.");
  EXPECT_EQ(json["sentences"][0]["label"], "supported");
  EXPECT_EQ(upstream_.requests().at(0).Header("authorization"), "Bearer sk-secret");
  const QuarryResult named = Run({"ask", "--model", "m", "At what pressure does the pump run?"});
  EXPECT_THAT(named.out, StartsWith("The pump runs at 9 bar [1]."));
}

TEST_F(RemoteCommandTest, AskAnswersWithoutTheModelWhereItIsDown) {
  answer_ = "ill";
  status_ = 500;
  const QuarryResult result =
      Run({"ask", "--model", "m", "--json", "At what pressure does the pump run?"});
  ASSERT_EQ(result.exit_code, 0) << result.error;
  const Json json = Json::parse(result.out);
  EXPECT_THAT(json["answer"].get<std::string>(),
              AllOf(StartsWith("(The model did not answer; this is quoted from the documents.)"),
                    HasSubstr("9 bar [1]")));
  EXPECT_THAT(json["note"].get<std::string>(), HasSubstr("status 500: ill"));
}

TEST_F(RemoteCommandTest, AnEmbedderBehindHttpTakesTheCollection) {
  const std::string model = upstream_.url() + "/v1#m";
  const QuarryResult switched = Run({"embedder", "switch", model});
  ASSERT_EQ(switched.exit_code, 0) << switched.error;
  const Json list = Json::parse(Run({"embedder", "ls", "--json"}).out);
  EXPECT_THAT(list.dump(), AllOf(HasSubstr("\"kind\":\"remote\""), HasSubstr("\"dimension\":3")));
  const QuarryResult found =
      Run({"search", "pump", "--mode", "dense", "--set", "retrieval.dense_from_chunks=0"});
  EXPECT_EQ(found.exit_code, 0) << found.error;
  EXPECT_THAT(found.out, HasSubstr("pump.txt"));
  EXPECT_EQ(Run({"verify"}).exit_code, 0);
}

TEST_F(RemoteCommandTest, WhereTheEmbedderIsDownWordsAreSearchedAndItIsSaid) {
  ASSERT_EQ(Run({"embedder", "switch", upstream_.url() + "/v1#m"}).exit_code, 0);
  answer_ = "ill";
  status_ = 500;
  const auto run = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--set", "retrieval.dense_from_chunks=0"});
    return Run(std::move(arguments));
  };
  const QuarryResult found = run({"search", "pump"});
  EXPECT_EQ(found.exit_code, 0) << found.error;
  EXPECT_THAT(found.out, HasSubstr("pump.txt"));
  EXPECT_THAT(found.error,
              AllOf(HasSubstr("\"default\" is searched by words alone: "), HasSubstr("500: ill")));
  const Json json = Json::parse(run({"search", "pump", "--json"}).out);
  EXPECT_EQ(json["used_dense"], false);
  EXPECT_THAT(json["notes"][0].get<std::string>(), HasSubstr("500: ill"));
  const Json answer =
      Json::parse(run({"ask", "At what pressure does the pump run?", "--json"}).out);
  EXPECT_THAT(answer["note"].get<std::string>(), HasSubstr("searched by words alone"));
  EXPECT_THAT(answer["answer"].get<std::string>(), HasSubstr("9 bar [1]"));
  EXPECT_NE(run({"search", "pump", "--mode", "dense"}).exit_code, 0) << "there is nothing else";
}

TEST_F(RemoteCommandTest, ABadEmbedderLeavesTheIndexAsItWas) {
  const std::string before = Run({"embedder", "ls", "--json"}).out;
  for (const auto& [status, answer, message] :
       {std::tuple{429, "slow", "status 429: slow"}, std::tuple{500, "ill", "status 500: ill"},
        std::tuple{200, "{\"data\": []}", "expected 1 vectors, got 0"},
        std::tuple{200, "nonsense", "not JSON"}}) {
    status_ = status;
    answer_ = answer;
    const QuarryResult result = Run({"embedder", "switch", upstream_.url() + "/v1#m"});
    EXPECT_EQ(result.exit_code, 69);
    EXPECT_THAT(result.error, HasSubstr(message));
    EXPECT_EQ(Run({"embedder", "ls", "--json"}).out, before);
  }
  EXPECT_EQ(Run({"verify"}).exit_code, 0);
}

TEST_F(RemoteCommandTest, DoctorSaysWhichPromptsTheModelFollows) {
  const QuarryResult result = Run({"doctor", "--model", "--json", "--set", "chat.model=m"});
  EXPECT_THAT(result.out, AllOf(HasSubstr("answer in English: not followed: The pump runs"),
                                HasSubstr("decline: not followed"),
                                HasSubstr("JSON by a schema: not followed")));
  EXPECT_THAT(Run({"doctor", "--model"}).error, HasSubstr("no chat.model is configured"));
}

TEST_F(RemoteCommandTest, DoctorSaysInOneLineThatNobodyAnswers) {
  const QuarryResult nobody =
      Run({"doctor", "--model", "--set", "chat.model=http://127.0.0.1:9#m"});
  EXPECT_EQ(nobody.exit_code, 69);
  EXPECT_THAT(nobody.out, HasSubstr("nothing listens at 127.0.0.1:9 (connection refused)"));
  EXPECT_THAT(nobody.out, Not(HasSubstr("followed")));
  answer_ = "no such page";
  status_ = 404;
  EXPECT_THAT(
      Run({"ask", "--model", upstream_.url() + "#m", "When does the valve close?", "--json"}).out,
      HasSubstr("its address may lack /v1: " + upstream_.url() + "/v1"));
  EXPECT_THAT(Run({"ask", "--model", "m", "When does the valve close?", "--json"}).out,
              AllOf(HasSubstr("status 404"), Not(HasSubstr("may lack /v1"))));
  ASSERT_OK(WriteFileAtomically(directory_.path() + "/url.yaml",
                                "chat:\n  base_url: http://127.0.0.1:9/v1\n"));
  EXPECT_THAT(Run({"stats", "--config", "url.yaml"}).error,
              HasSubstr("chat.base_url: unknown key; the address stands in chat.model: "
                        "http://HOST:PORT/v1#NAME"));
}

TEST_F(RemoteCommandTest, KeysAreNotShownAndWrongNamesAreRefused) {
  const QuarryResult config = Run({"config", "--set", "chat.key=ck-secret"});
  EXPECT_THAT(config.out, AllOf(HasSubstr("***"), Not(HasSubstr("secret"))));
  const QuarryResult wrong = Run({"ask", "--model", "http://127.0.0.1:1/v1", "pump"});
  EXPECT_EQ(wrong.exit_code, 2);
  EXPECT_THAT(wrong.error, HasSubstr("chat.model: http://127.0.0.1:1/v1: expected URL#NAME"));
  const QuarryResult prices = Run({"ask", "--model", "m", "--set", "chat.prices=x", "pump"});
  EXPECT_THAT(prices.error, HasSubstr("chat.prices: \"x\": expected MODEL=PROMPT/COMPLETION"));
}

TEST_F(RemoteCommandTest, NothingIsSentToOpenAiBecauseAnAddressWasForgotten) {
  const auto run = [&](std::vector<std::string> arguments, std::string key) {
    // Whatever should be sent to api.openai.com comes by here.
    return testing::RunQuarryWith({.arguments = std::move(arguments),
                                   .environment = {{"OPENAI_API_KEY", std::move(key)},
                                                   {"OPENAI_BASE_URL", ""},
                                                   {"HTTPS_PROXY", upstream_.url()}},
                                   .directory = directory_.path()});
  };
  answer_ = "no way through here";
  status_ = 403;
  const size_t before = upstream_.connections();
  for (const char* key : {"", "sk-secret"}) {
    const QuarryResult host = run({"ask", "--model", "localhost:11434#llama3", "pump"}, key);
    EXPECT_EQ(host.exit_code, 2);
    EXPECT_THAT(host.error, HasSubstr("did you mean http://localhost:11434/v1#llama3?"));
  }
  const std::string refusal =
      "chat.model: \"llama3\" has no address; name a server (http://HOST:PORT/v1#llama3) or set "
      "OPENAI_API_KEY for api.openai.com";
  const QuarryResult name = run({"ask", "--model", "llama3", "When does the valve close?"}, "");
  EXPECT_EQ(name.exit_code, 2) << name.out;
  EXPECT_THAT(name.error, HasSubstr(refusal));
  const QuarryResult serve = run({"serve", "--port", "0", "--set", "chat.model=llama3"}, "");
  EXPECT_EQ(serve.exit_code, 2);
  EXPECT_THAT(serve.error, HasSubstr(refusal));
  EXPECT_EQ(run({"search", "pump", "--set", "chat.model=llama3"}, "").exit_code, 0)
      << "no model is asked";
  EXPECT_EQ(upstream_.connections(), before);
  run({"ask", "--model", "llama3", "When does the valve close?", "--set", "http.attempts=1"},
      "sk-secret");
  EXPECT_GT(upstream_.connections(), before) << "with a key it is a model of OpenAI";
}

TEST_F(RemoteCommandTest, TheServerStreamsBeforeTheUpstreamHasEndedAndCancelsWithItsClient) {
  testing::QuarryProcess server(
      {.arguments = {"serve", "--port", "0", "--json", "--set",
                     "chat.model=" + upstream_.url() + "/v1#m", "--set", "cache.enabled=false"},
       .directory = directory_.path()});
  const uint16_t port = Json::parse(server.ReadFirstLine())["port"].get<uint16_t>();
  const std::string request = testing::MakeRequest("POST", "/v1/chat/completions",
                                                   R"({"model": "quarry", "stream": true,
          "messages": [{"role": "user", "content": "At what pressure does the pump run?"}]})",
                                                   "Content-Type: application/json\r\n");
  gate_.emplace();
  {
    testing::HttpConnection client(port);
    client.Send(request);
    // The end of it is held back: so may an instruction begin that is not told (OutputGuard).
    EXPECT_TRUE(client.ReadUntil("First"));
    gate_->Open();
    EXPECT_TRUE(client.ReadUntil("[DONE]"));
    EXPECT_THAT(client.buffered(), HasSubstr("\"model\":\"scripted\""));
  }
  waits_for_client_ = true;
  testing::HttpConnection client(port);
  client.Send(request);
  EXPECT_TRUE(client.ReadUntil("First"));
  const auto left_at = std::chrono::steady_clock::now();
  client.Reset();
  EXPECT_TRUE(testing::Eventually([&] { return client_gone_.load(); }));
  EXPECT_LT(gone_at_ - left_at, std::chrono::milliseconds(100));
}

TEST_F(RemoteCommandTest, ARunOfAModelIsTaughtFromAndASmallerOneIsTried) {
  const std::string suite = directory_.path() + "/suite";
  ASSERT_OK(CreateDirectories(suite));
  ASSERT_OK(
      WriteFileAtomically(suite + "/suite.yaml", "name: pumps\ngates:\n  - must_pass: smoke\n"));
  ASSERT_OK(WriteFileAtomically(
      suite + "/cases.jsonl",
      R"({"id":"a","query":"At what pressure does the pump run?","tags":["smoke"],"accept":["9 bar"],)"
      R"("expected_facts":[{"id":"f","text":"The pump runs at 9 bar."}],)"
      R"("gold_spans":[{"doc":"pump.txt","quote":"The pump runs at 9 bar.","fact":"f"}]})"
      "\n"));
  const std::string model = "chat.model=" + upstream_.url() + "/v1#large";
  const QuarryResult run = Run({"eval", "run", "suite", "--set", model});
  ASSERT_EQ(run.exit_code, 0) << run.out << run.error;
  EXPECT_THAT(Run({"eval", "run", "suite", "--judgements", "2"}).error,
              HasSubstr("--judgements: the local judge says the same every time; --judge llm"));

  const QuarryResult rows = Run({"feedback", "export", "--format", "sft", "--run", "latest"});
  ASSERT_EQ(rows.exit_code, 0) << rows.error;
  const Json row = Json::parse(rows.out);
  EXPECT_THAT(row["messages"][1]["content"].get<std::string>(),
              HasSubstr("The pump runs at 9 bar."));
  EXPECT_EQ(row["messages"][2]["content"], "The pump runs at 9 bar [1].");
  const std::string id = Json::parse(Run({"eval", "runs", "--json"}).out)["runs"][0]["id"];
  EXPECT_EQ(
      Run({"feedback", "export", "--format", "sft", "--run", "latest", "--baseline", id}).exit_code,
      0);
  EXPECT_THAT(
      Run({"feedback", "export", "--format", "sft", "--run", "latest", "--baseline", "latest"})
          .error,
      HasSubstr("the store holds none of the suite \"pumps\" besides " + id));
  EXPECT_THAT(Run({"feedback", "export", "--format", "dpo", "--run", "latest"}).error,
              HasSubstr("--run: expected --format sft"));

  const size_t before = upstream_.requests().size();
  const QuarryResult advice = Run(
      {"eval", "advise", "latest", "--suite", "suite", "--small-model", "tiny", "--set", model});
  EXPECT_EQ(advice.exit_code, 0) << advice.error;
  size_t by_small = 0;
  for (size_t i = before; i < upstream_.requests().size(); ++i) {
    by_small += Json::parse(upstream_.requests().at(i).body).at("model") == "tiny" ? 1 : 0;
  }
  EXPECT_EQ(by_small, 1u);  // the gold passage, once
  EXPECT_THAT(Run({"eval", "advise", "latest", "--suite", "suite", "--small-model", "tiny"}).error,
              HasSubstr("--small-model: no chat model is configured (chat.model)"));
}

}  // namespace
}  // namespace quarry
