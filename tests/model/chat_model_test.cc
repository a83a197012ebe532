#include "model/chat_model.h"

#include <nlohmann/json.hpp>
#include <thread>

#include "model/chat_cassette.h"
#include "model/json_schema.h"
#include "model/remote_chat_model.h"
#include "model/sse_parser.h"
#include "tests/testing/chat_chunks.h"
#include "tests/testing/http_upstream.h"

namespace quarry::model {
namespace {

using testing::ChatChunk;
using ::testing::ElementsAre;
using testing::EventOf;
using ::testing::HasSubstr;
using testing::HttpUpstream;
using ::testing::SizeIs;
using testing::UpstreamCall;
using namespace std::chrono_literals;
using Json = nlohmann::json;

std::vector<std::string> EventsOf(std::string_view stream, size_t cut) {
  std::vector<std::string> events;
  SseParser parser([&](const SseEvent& event) {
    events.push_back(event.name + '|' + event.data);
    return OkStatus();
  });
  EXPECT_OK(parser.Feed(stream.substr(0, cut)));
  EXPECT_OK(parser.Feed(stream.substr(cut)));
  return events;
}

TEST(SseParserTest, EventsAreTheSameWhereverTheStreamIsCut) {
  const std::string stream =
      "\xEF\xBB\xBF: comment\ndata: a\n\nevent: e\r\ndata:b\rdata: c\r\n\r\nid: 7\n\n"
      "data\n\nretry: 1\ndata:  d\nunknown: x\n\ndata: lost";
  for (size_t cut = 0; cut <= stream.size(); ++cut) {
    ASSERT_THAT(EventsOf(stream, cut), ElementsAre("|a", "e|b\nc", "|", "| d")) << cut;
  }
}

TEST(SseParserTest, AnEndlessEventIsRefused) {
  SseParser parser([](const SseEvent&) { return OkStatus(); }, 100);
  EXPECT_OK(parser.Feed(std::string(90, 'x')));
  EXPECT_EQ(parser.Feed(std::string(20, 'x')).code(), Code::kResourceExhausted);
}

std::string Delta(const std::string& content) {
  Json chunk = ChatChunk({{"content", content}});
  chunk["model"] = "m-1";
  return EventOf(chunk);
}
const std::string kStop = EventOf(ChatChunk(Json::object(), "stop"));
const std::string kUsage = EventOf(
    {{"choices", Json::array()}, {"usage", {{"prompt_tokens", 11}, {"completion_tokens", 3}}}});
const std::string kDone = testing::kDoneEvent;

class ChatModelTest : public ::testing::Test {
 protected:
  ChatModelTest() {
    options_.retry.initial = 1ms;
    options_.limits.first_byte = 500ms;
    options_.limits.gap = 300ms;
  }

  RemoteChatModel Model(const HttpUpstream& upstream) {
    const RemoteName name = ParseRemoteName(upstream.url() + "/v1#m").value();
    return RemoteChatModel(std::make_shared<RemoteEndpoint>(http_, name.base_url, "k", options_),
                           name, options_, {prices_, budget_, clock_});
  }

  Result<ChatReply> Ask(const HttpUpstream& upstream, ChatRequest request = {},
                        const ChatSink& sink = nullptr) {
    if (request.messages.empty()) request.messages = {{.content = "Hi"}};
    return Model(upstream).Complete(request, sink, CallContext::WithTimeout(10s));
  }

  const HttpClient http_{{}};
  RemoteOptions options_;
  PriceTable prices_ = PriceTable::Parse({"m=10/20"}).value();
  Budget budget_{{}};
  FakeClock clock_{1};
};

TEST_F(ChatModelTest, AReplyIsTheSameWhereverTheStreamIsCut) {
  const std::string stream =
      ": keep-alive\n\n" + Delta("The pump 水") + Delta("泵 [1].") + kStop + kUsage + kDone;
  for (size_t cut = 0; cut <= stream.size(); cut += 1) {
    HttpUpstream upstream([&](UpstreamCall& call) {
      call.BeginChunks("text/event-stream");
      if (cut > 0) call.Chunk(stream.substr(0, cut));
      if (cut < stream.size()) call.Chunk(stream.substr(cut));
      call.EndChunks();
    });
    std::string streamed;
    const Result<ChatReply> reply = Ask(upstream, {}, [&](std::string_view delta) {
      streamed += delta;
      return true;
    });
    ASSERT_TRUE(reply.ok()) << cut << ' ' << reply.status().ToString();
    ASSERT_EQ(reply->content, "The pump 水泵 [1].") << cut;
    ASSERT_EQ(streamed, reply->content);
    ASSERT_EQ(reply->finish_reason, "stop");
    ASSERT_EQ(reply->model, "m-1");
    ASSERT_EQ(reply->usage.prompt_tokens, 11u);
    ASSERT_DOUBLE_EQ(reply->usage.cost, (11 * 10 + 3 * 20) / 1e6);
  }
}

TEST_F(ChatModelTest, TheFirstPieceIsHandedOnBeforeTheUpstreamsLastByte) {
  testing::Gate gate;
  HttpUpstream upstream([&](UpstreamCall& call) {
    call.BeginChunks("text/event-stream");
    call.Chunk(Delta("first"));
    gate.Wait();
    call.Chunk(Delta(" second") + kStop + kDone);
    call.EndChunks();
  });
  options_.limits.gap = 10s;
  const Result<ChatReply> reply = Ask(upstream, {}, [&](std::string_view) {
    gate.Open();
    return true;
  });
  ASSERT_OK(reply.status());
  EXPECT_EQ(reply->content, "first second");
}

TEST_F(ChatModelTest, TheRequestSaysAllThatWasAskedFor) {
  HttpUpstream upstream([](UpstreamCall& call) {
    call.BeginChunks("text/event-stream");
    call.Chunk(Delta(R"({"a": 1})") + kStop + kDone);
    call.EndChunks();
  });
  ChatRequest request;
  request.messages = {{.role = ChatRole::kSystem, .content = "s"},
                      {.content = "u"},
                      {.role = ChatRole::kAssistant, .tool_calls = {{"c1", "add", "{}"}}},
                      {.role = ChatRole::kTool, .content = "3", .tool_call_id = "c1"}};
  request.tools = {{"add", "adds", R"({"type": "object"})"}};
  request.tool_choice = "add";
  request.response_format = {ResponseFormat::Kind::kJsonSchema, "n", R"({"type": "object"})"};
  request.seed = 7;
  request.top_logprobs = 2;
  ASSERT_OK(Ask(upstream, request).status());
  const Json sent = Json::parse(upstream.requests().at(0).body);
  EXPECT_EQ(sent["model"], "m");
  EXPECT_EQ(sent["stream"], true);
  EXPECT_EQ(sent["stream_options"]["include_usage"], true);
  EXPECT_EQ(sent["messages"][0]["role"], "system");
  EXPECT_EQ(sent["messages"][2]["tool_calls"][0]["function"]["name"], "add");
  EXPECT_EQ(sent["messages"][3]["tool_call_id"], "c1");
  EXPECT_EQ(sent["tools"][0]["function"]["parameters"]["type"], "object");
  EXPECT_EQ(sent["tool_choice"]["function"]["name"], "add");
  EXPECT_EQ(sent["response_format"]["json_schema"]["schema"]["type"], "object");
  EXPECT_EQ(sent["seed"], 7);
  EXPECT_EQ(sent["top_logprobs"], 2);
  EXPECT_EQ(sent["temperature"], 0);
  EXPECT_EQ(upstream.requests().at(0).target, "/v1/chat/completions");
  EXPECT_EQ(upstream.requests().at(0).Header("authorization"), "Bearer k");
}

TEST_F(ChatModelTest, ParallelToolCallsInPiecesArePutTogether) {
  const auto piece = [](uint64_t index, const Json& call) {
    Json with = call;
    with["index"] = index;
    return EventOf(ChatChunk({{"tool_calls", {with}}}));
  };
  HttpUpstream upstream([&](UpstreamCall& call) {
    call.BeginChunks("text/event-stream");
    call.Chunk(piece(0, {{"id", "a"}, {"function", {{"name", "search"}, {"arguments", ""}}}}));
    call.Chunk(piece(1, {{"id", "b"}, {"function", {{"name", "fetch"}, {"arguments", "{\"i"}}}}));
    call.Chunk(piece(0, {{"function", {{"arguments", "{\"q\": \"泵"}}}}));
    call.Chunk(piece(1, {{"function", {{"arguments", "d\": 1}"}}}}));
    call.Chunk(piece(0, {{"function", {{"arguments", "\"}"}}}}));
    call.Chunk(EventOf(ChatChunk(Json::object(), "tool_calls")));
    call.Chunk(kDone);
    call.EndChunks();
  });
  ASSERT_OK_AND_ASSIGN(const ChatReply reply, Ask(upstream));
  EXPECT_THAT(reply.tool_calls, ElementsAre(ToolCall{"a", "search", R"({"q": "泵"})"},
                                            ToolCall{"b", "fetch", R"({"id": 1})"}));
  EXPECT_EQ(reply.finish_reason, "tool_calls");
}

TEST_F(ChatModelTest, AnAnswerInOnePieceIsUnderstood) {
  HttpUpstream upstream([](UpstreamCall& call) {
    call.Reply(200,
               R"({"model": "m", "choices": [{"index": 0, "finish_reason": "stop",
                  "message": {"content": "whole"},
                  "logprobs": {"content": [{"token": "whole", "logprob": -0.5}]}}]})",
               "Content-Type: application/json\r\n");
  });
  ASSERT_OK_AND_ASSIGN(const ChatReply reply, Ask(upstream));
  EXPECT_EQ(reply.content, "whole");
  ASSERT_THAT(reply.logprobs, SizeIs(1));
  EXPECT_DOUBLE_EQ(reply.logprobs[0].logprob, -0.5);
  EXPECT_FALSE(reply.has_usage);
  EXPECT_GT(reply.usage.prompt_tokens, 0u);
}

TEST_F(ChatModelTest, EachBrokenStreamIsATypedErrorOrWhole) {
  struct Case {
    std::string stream;
    std::string error;  // "" = the reply is "text"
  };
  const std::vector<Case> cases = {
      {Delta("text") + kStop, ""},                   // [DONE] missing
      {Delta("text") + kDone, ""},                   // finish_reason missing
      {Delta("text") + kStop + "data: {\"cho", ""},  // half an event behind the end
      {Delta("text"), "its answer was cut off"},     // neither
      {Delta("text") + "data: {\"cho", "its answer was cut off"},
      {"data: garbage\n\n", "not JSON: it begins with \"garbage\""},
      {EventOf({{"choices", 7}}), "\"choices\": expected a list"},
      {Delta("te") + EventOf({{"error", {{"message", "overloaded"}}}}),
       "an error in its answer: overloaded"},
      {"", "its answer was cut off"},
      {EventOf(ChatChunk({{"tool_calls", {{{"index", 0}, {"id", "a"}}}}}, "tool_calls")),
       "tool_calls[0]: without a name"},
      {EventOf(ChatChunk(
           {{"tool_calls", {{{"index", 0}, {"function", {{"name", "f"}, {"arguments", "{\"a"}}}}}}},
           "tool_calls")),
       "tool_calls[0]: f: expected a JSON object of arguments"},
  };
  for (const Case& test : cases) {
    HttpUpstream upstream([&](UpstreamCall& call) {
      call.BeginChunks("text/event-stream");
      if (!test.stream.empty()) call.Chunk(test.stream);
      call.EndChunks();
    });
    const Result<ChatReply> reply = Ask(upstream);
    if (test.error.empty()) {
      ASSERT_OK(reply.status());
      EXPECT_EQ(reply->content, "text");
    } else {
      EXPECT_EQ(reply.status().code(), Code::kUnavailable) << test.stream;
      EXPECT_THAT(reply.status().message(), HasSubstr(test.error));
      EXPECT_THAT(reply.status().message(), HasSubstr("chat model " + upstream.url() + "/v1#m: "));
    }
  }
}

TEST_F(ChatModelTest, KeepAliveCommentsAreNoTokens) {
  HttpUpstream upstream([](UpstreamCall& call) {
    call.BeginChunks("text/event-stream");
    for (int i = 0; i < 100 && call.Chunk(": still here\n\n"); ++i) {
      std::this_thread::sleep_for(20ms);
    }
  });
  options_.retry.attempts = 1;
  EXPECT_THAT(Ask(upstream).status().message(), HasSubstr("no first token within 500 ms"));
}

TEST_F(ChatModelTest, AnUpstreamThatStaysOpenBehindDoneHoldsNobodyUp) {
  HttpUpstream upstream([](UpstreamCall& call) {
    call.BeginChunks("text/event-stream");
    call.Chunk(Delta("text") + kStop + kDone);
    call.ClientCloses(5s);
  });
  options_.limits.gap = 5s;
  const auto start = std::chrono::steady_clock::now();
  ASSERT_OK(Ask(upstream).status());
  EXPECT_LT(std::chrono::steady_clock::now() - start, 1s);
}

TEST_F(ChatModelTest, AReaderWhoGoesAwayCancelsTheCall) {
  std::atomic<bool> closed = false;
  HttpUpstream upstream([&](UpstreamCall& call) {
    call.BeginChunks("text/event-stream");
    call.Chunk(Delta("text"));
    closed = call.ClientCloses(5s);
  });
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(Ask(upstream, {}, [](std::string_view) { return false; }).status().code(),
            Code::kCancelled);
  EXPECT_TRUE(testing::Eventually([&] { return closed.load(); }));
  EXPECT_LT(std::chrono::steady_clock::now() - start, 200ms);
}

TEST_F(ChatModelTest, ABudgetThatWouldNotCoverTheCallKeepsItFromBeingMade) {
  HttpUpstream upstream([](UpstreamCall& call) {
    call.BeginChunks("text/event-stream");
    call.Chunk(Delta("text") + kStop + kDone);
    call.EndChunks();
  });
  Budget tight({.per_request = 0.021});
  const RemoteName name = ParseRemoteName(upstream.url() + "#m").value();
  const RemoteChatModel model(std::make_shared<RemoteEndpoint>(http_, name.base_url, "", options_),
                              name, options_, {prices_, tight, clock_});
  ChatRequest request{.messages = {{.content = "Hi"}}, .max_tokens = 1000};  // 0.02 and a little
  ASSERT_OK(model.Complete(request, nullptr, {}).status());
  request.spent = 0.01;
  const Status over = model.Complete(request, nullptr, {}).status();
  EXPECT_EQ(over.code(), Code::kResourceExhausted);
  EXPECT_THAT(over.message(), HasSubstr("chat.request_budget"));
  EXPECT_THAT(upstream.requests(), SizeIs(1));
}

TEST_F(ChatModelTest, WhatACallThatFailsHasUsedIsSpent) {
  HttpUpstream upstream([](UpstreamCall& call) {
    if (call.number() == 0) return call.Reply(400, "no");
    call.BeginChunks("text/event-stream");
    call.Chunk(Delta("one two three"));
    if (call.number() == 1) return call.Close();
    call.ClientCloses(5s);
  });
  EXPECT_FALSE(Ask(upstream).ok());
  EXPECT_EQ(budget_.SpentToday(1), 0) << "refused, not answered";
  EXPECT_FALSE(Ask(upstream).ok());
  const double cut = budget_.SpentToday(1);
  EXPECT_GT(cut, 3 * 20 / 1e6);
  EXPECT_EQ(Ask(upstream, {}, [](std::string_view) { return false; }).status().code(),
            Code::kCancelled);
  EXPECT_GT(budget_.SpentToday(1), cut);
}

TEST_F(ChatModelTest, TokensAreCountedOnceAlsoOfACallThatFails) {
  HttpUpstream upstream([](UpstreamCall& call) {
    call.BeginChunks("text/event-stream");
    call.Chunk(Delta("one two three"));
    if (call.number() > 0) return call.Close();
    call.Chunk(kStop + kUsage + kDone);
    call.EndChunks();
  });
  UsageMeter usage;
  CallContext context = CallContext::WithTimeout(10s);
  context.usage = &usage;
  const ChatRequest request{.messages = {{.content = "Hi"}}};
  ASSERT_OK(Model(upstream).Complete(request, nullptr, context).status());
  EXPECT_EQ(usage.tokens(), 14u);
  EXPECT_FALSE(Model(upstream).Complete(request, nullptr, context).ok());
  EXPECT_GT(usage.tokens(), 14u);
  usage.RaiseTo(10);
  EXPECT_GT(usage.tokens(), 14u);
  usage.RaiseTo(1000);
  EXPECT_EQ(usage.tokens(), 1000u);
}

TEST_F(ChatModelTest, TheClockOfAnAttemptBeginsWithItsAnswer) {
  HttpUpstream upstream([](UpstreamCall& call) {
    if (call.number() == 0) return call.Reply(429, "later", "Retry-After: 1\r\n");
    call.BeginChunks("text/event-stream");
    call.Chunk(": thinking\n\n");
    call.Chunk(Delta("text") + kStop + kDone);
    call.EndChunks();
  });
  ASSERT_OK(Ask(upstream).status());
}

TEST_F(ChatModelTest, AFinishReasonIsEnoughAndNoFailure) {
  HttpUpstream upstream([](UpstreamCall& call) {
    call.BeginChunks("text/event-stream");
    call.Chunk(Delta("text") + kStop);
    if (call.number() == 0) return call.Close();
    if (call.number() == 1) {
      call.Chunk("data: garbage\n\n");
      return call.EndChunks();
    }
    for (int i = 0; i < 500 && call.Chunk(": still here\n\n"); ++i) {
      std::this_thread::sleep_for(10ms);
    }
  });
  options_.breaker.failures = 1;
  const RemoteChatModel model = Model(upstream);
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < 3; ++i) {
    ASSERT_OK_AND_ASSIGN(const ChatReply reply,
                         model.Complete({.messages = {{.content = "Hi"}}}, nullptr, {}));
    EXPECT_EQ(reply.content, "text");
    EXPECT_FALSE(model.is_open());
  }
  EXPECT_LT(std::chrono::steady_clock::now() - start, 3s);
}

TEST_F(ChatModelTest, NoMessageHoldsTheKeyThatTheUpstreamSays) {
  const std::string key = "sk-0123456789abcdef";
  HttpUpstream upstream([&](UpstreamCall& call) {
    if (call.number() == 0) {
      return call.Reply(200, std::string(50, 'x') + key, "Content-Type: application/json\r\n");
    }
    call.BeginChunks("text/event-stream");
    call.Chunk("data: " + std::string(50, 'x') + key + "\n\n");
    call.EndChunks();
  });
  const RemoteName name = ParseRemoteName(upstream.url() + "#m").value();
  const RemoteChatModel model(std::make_shared<RemoteEndpoint>(http_, name.base_url, key, options_),
                              name, options_, {prices_, budget_, clock_});
  for (int i = 0; i < 2; ++i) {
    const Status status = model.Complete({.messages = {{.content = "Hi"}}}, nullptr, {}).status();
    EXPECT_THAT(status.message(), HasSubstr("it begins with \"xxx"));
    EXPECT_THAT(status.message(), HasSubstr("xxx***\""));
  }
}

TEST_F(ChatModelTest, ToolCallsAreHeldToTheirIndexAndToObjects) {
  const auto error = [&](const Json& call) {
    HttpUpstream upstream([&](UpstreamCall& answer) {
      answer.BeginChunks("text/event-stream");
      answer.Chunk(EventOf(ChatChunk({{"tool_calls", {call}}})) + kStop + kDone);
      answer.EndChunks();
    });
    return Ask(upstream).status().message();
  };
  const auto with = [](const Json& index, const std::string& arguments) {
    return Json{{"index", index}, {"function", {{"name", "f"}, {"arguments", arguments}}}};
  };
  EXPECT_EQ(error(with(127, "{}")), "");
  for (const Json& index : {Json(128), Json(-1), Json("0")}) {
    EXPECT_THAT(error(with(index, "{}")), HasSubstr("tool_calls[0]: expected an index below 128"));
  }
  for (const char* arguments : {"[\"{\"]", "\"{\"", "7"}) {
    EXPECT_THAT(error(with(0, arguments)), HasSubstr("f: expected a JSON object of arguments"));
  }
}

TEST_F(ChatModelTest, AReplyThatIsNotTheJsonThatWasAskedForIsAnError) {
  std::string content;
  HttpUpstream upstream([&](UpstreamCall& call) {
    call.BeginChunks("text/event-stream");
    call.Chunk(Delta(content) + kStop + kDone);
    call.EndChunks();
  });
  ChatRequest request;
  request.response_format = {ResponseFormat::Kind::kJsonSchema, "n",
                             R"({"type": "object", "required": ["a"], "additionalProperties": false,
          "properties": {"a": {"type": "array", "items": {"type": "integer", "maximum": 9}}}})"};
  content = R"({"a": [1, 2]})";
  EXPECT_OK(Ask(upstream, request).status());
  const auto error = [&](const char* text) {
    content = text;
    return Ask(upstream, request).status().message();
  };
  EXPECT_THAT(error("Sure!"), HasSubstr("not JSON"));
  EXPECT_THAT(error("{}"), HasSubstr("the reply: expected a field \"a\""));
  EXPECT_THAT(error(R"({"a": [1, "x"]})"), HasSubstr("a[1]: expected integer"));
  EXPECT_THAT(error(R"({"a": [12]})"), HasSubstr("a[0]: expected at most 9"));
  EXPECT_THAT(error(R"({"a": [], "b": 1})"), HasSubstr("b: expected no such field"));
  request.response_format.kind = ResponseFormat::Kind::kJsonObject;
  EXPECT_THAT(error("[1]"), HasSubstr("the reply: expected a JSON object"));
  request.response_format = {ResponseFormat::Kind::kJsonSchema, "n", R"({"pattern": "x"})"};
  EXPECT_THAT(error("{}"), HasSubstr("schema.pattern: is not checked here"));
}

TEST(JsonSchemaTest, WhatIsCombinedIsChecked) {
  const auto check = [](const char* schema, const char* content) {
    return CheckFormat({ResponseFormat::Kind::kJsonSchema, "n", schema}, content).ok();
  };
  EXPECT_TRUE(check(R"({"anyOf": [{"type": "string"}, {"type": "null"}]})", "null"));
  EXPECT_FALSE(check(R"({"anyOf": [{"type": "string"}, {"type": "null"}]})", "1"));
  EXPECT_FALSE(check(R"({"oneOf": [{"type": "number"}, {"type": "integer"}]})", "1"));
  EXPECT_TRUE(check(R"({"$defs": {"x": {"enum": [1, "b"]}}, "items": {"$ref": "#/$defs/x"}})",
                    R"([1, "b"])"));
  EXPECT_FALSE(check(R"({"$defs": {"x": {"enum": [1]}}, "items": {"$ref": "#/$defs/x"}})", "[2]"));
  EXPECT_FALSE(check(R"({"not": {"type": "string"}})", R"("a")"));
  EXPECT_TRUE(check(R"({"type": ["string", "null"], "maxLength": 2})", R"("水泵")"));
  EXPECT_FALSE(check(R"({"type": "string", "minLength": 3})", R"("水泵")"));
}

TEST(JsonSchemaTest, ReferencesToNothingAndInCirclesAreRefused) {
  for (
      const char* schema :
      {R"({"$ref": "#"})", R"({"anyOf": [{"type": "null"}, {"$ref": "#"}]})",
       R"({"$defs": {"a": {"allOf": [{"$ref": "#/$defs/b"}]}, "b": {"not": {"$ref": "#/$defs/a"}}}})"}) {
    const Status status = CheckSchema(schema);
    EXPECT_EQ(status.code(), Code::kInvalidArgument);
    EXPECT_THAT(status.message(), HasSubstr("schema: $ref in a circle")) << schema;
  }
  for (const char* unknown : {"#/none", "other.json", "#/items/x/0", "#a", ""}) {
    EXPECT_THAT(CheckSchema(R"({"items": {"$ref": ")" + std::string(unknown) + R"("}})").message(),
                HasSubstr("schema.items.$ref: " + std::string(unknown) + ": unknown"));
  }
  EXPECT_THAT(CheckSchema(R"({"const": {"pattern": "x"}, "items": {"$ref": "#/const"}})").message(),
              HasSubstr("schema: #/const.pattern: is not checked here"));
  const std::string tree = R"({"properties": {"left": {"$ref": "#"}, "right": {"$ref": "#"}}})";
  EXPECT_OK(CheckSchema(tree));
}

TEST(JsonSchemaTest, AlternativesThatMultiplyAreGivenUp) {
  // Each level asks twice for the next: 2^40 steps.
  Json defs;
  for (int i = 0; i < 40; ++i) {
    const Json next = {{"$ref", "#/$defs/" + std::to_string(i + 1)}};
    defs[std::to_string(i)] = {{"items", {{"anyOf", {next, next}}}}};
  }
  defs["40"] = {{"type", "string"}};
  const Json schema = {{"$ref", "#/$defs/0"}, {"$defs", defs}};
  Json nested = 1;
  for (int i = 0; i < 40; ++i) nested = Json::array({nested});
  const auto start = std::chrono::steady_clock::now();
  const Status status =
      CheckFormat({ResponseFormat::Kind::kJsonSchema, "n", schema.dump()}, nested.dump());
  EXPECT_EQ(status.code(), Code::kInvalidArgument);
  EXPECT_THAT(status.message(), HasSubstr("schema: takes more than 100000 steps to check"));
  EXPECT_LT(std::chrono::steady_clock::now() - start, 5s);
}

TEST_F(ChatModelTest, ACassetteSaysAgainWhatWasSaid) {
  HttpUpstream upstream([](UpstreamCall& call) {
    call.BeginChunks("text/event-stream");
    call.Chunk(Delta("reply " + std::to_string(call.number())) + kStop + kUsage + kDone);
    call.EndChunks();
  });
  const auto directory = testing::MakeTemporaryDirectory();
  const std::string path = directory.path() + "/cassette";
  const ChatRequest one{.messages = {{.content = "one"}}};
  const ChatRequest two{.messages = {{.content = "two"}}};
  {
    ASSERT_OK_AND_ASSIGN(
        const auto recorder,
        CassetteChatModel::Open(path, std::make_shared<RemoteChatModel>(Model(upstream)), "m"));
    EXPECT_EQ(recorder->Complete(one, nullptr, {}).value().content, "reply 0");
    EXPECT_EQ(recorder->Complete(two, nullptr, {}).value().content, "reply 1");
    EXPECT_EQ(recorder->Complete(one, nullptr, {}).value().content, "reply 0");
  }
  ASSERT_OK_AND_ASSIGN(const auto player, CassetteChatModel::Open(path, nullptr, "m"));
  const ChatReply again = player->Complete(two, nullptr, {}).value();
  EXPECT_EQ(again.content, "reply 1");
  EXPECT_EQ(again.usage.prompt_tokens, 11u);
  EXPECT_THAT(upstream.requests(), SizeIs(2));
  const Status unknown =
      player->Complete({.messages = {{.content = "three"}}}, nullptr, {}).status();
  EXPECT_EQ(unknown.code(), Code::kFailedPrecondition);
  EXPECT_THAT(unknown.message(), HasSubstr("no recorded reply to request "));
  ASSERT_OK(WriteFileAtomically(path, "short\n"));
  EXPECT_THAT(CassetteChatModel::Open(path, nullptr, "m").status().message(),
              HasSubstr(path + ":1: expected a hash"));
}

}  // namespace
}  // namespace quarry::model
