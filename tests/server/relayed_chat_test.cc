// Chat completions with what only a chat model can do: over a real engine and a scripted upstream.

#include <atomic>
#include <thread>

#include "generation/chat_relay.h"
#include "model/remote_chat_model.h"
#include "tests/server/server_testing.h"
#include "tests/testing/chat_chunks.h"
#include "tests/testing/http_upstream.h"

namespace quarry::server {
namespace {

using nlohmann::json;
using std::string;
using testing::ChatChunk;
using testing::EventOf;
using testing::Events;
using testing::HttpUpstream;
using testing::JsonReply;
using testing::SmallCorpusTest;
using testing::TestServer;
using testing::UpstreamCall;

constexpr const char* kLeaveQuestion = "How many days of paid leave does an employee have?";

json Chat(const string& question, const json& patch) {
  json body = {{"model", "quarry"}, {"messages", {{{"role", "user"}, {"content", question}}}}};
  body.update(patch);
  return body;
}

json Tool(const string& name, const string& description) {
  return {{"type", "function"},
          {"function",
           {{"name", name},
            {"description", description},
            {"parameters", {{"type", "object"}, {"properties", json::object()}}}}}};
}

class RelayTest : public SmallCorpusTest {
 protected:
  // Streams what the test wants: deltas, and why it ends.
  void Serve(UpstreamCall& call) {
    asked_.push_back(json::parse(call.request().body));
    call.BeginChunks("text/event-stream");
    for (const json& delta : deltas_) {
      json chunk = ChatChunk(delta);
      chunk["model"] = "scripted";
      if (!logprobs_.is_null()) chunk["choices"][0]["logprobs"] = logprobs_;
      call.Chunk(EventOf(chunk));
    }
    json end = ChatChunk(json::object(), finish_);
    end["usage"] = {{"prompt_tokens", 20}, {"completion_tokens", 5}};
    call.Chunk(EventOf(end) + testing::kDoneEvent);
    call.EndChunks();
  }

  JsonReply Ask(const json& body) { return server_->Post("/v1/chat/completions", body); }
  const json& choice(const JsonReply& reply, size_t i = 0) {
    return reply.json.at("choices").at(i);
  }

  json deltas_ = {{{"content", "It is "}}, {{"content", "28 days [1]."}}};
  json logprobs_;
  string finish_ = "stop";
  std::vector<json> asked_;
  HttpUpstream upstream_{[this](UpstreamCall& call) { Serve(call); }};
  const model::HttpClient http_{{}};
  const model::RemoteOptions remote_;
  const model::PriceTable prices_ = model::PriceTable::Parse({"*=1000/1000"}).value();
  model::Budget budget_{{}};
  const model::RemoteName name_ = model::ParseRemoteName(upstream_.url() + "/v1#m").value();
  const model::RemoteChatModel chat_{
      std::make_shared<model::RemoteEndpoint>(http_, name_.base_url, "", remote_),
      name_,
      remote_,
      {prices_, budget_, engine_->clock}};
  const generation::ChatRelay relay_{engine_->answerer, chat_, engine_->analyzer};
  std::unique_ptr<TestServer> server_ =
      std::make_unique<TestServer>(*engine_, ServerOptions(), &relay_);
};

TEST_F(RelayTest, CallsOfToolsGoBackToTheCaller) {
  deltas_ = {{{"tool_calls",
               {{{"index", 0},
                 {"id", "call_1"},
                 {"function", {{"name", "book_leave"}, {"arguments", "{\"days\":"}}}}}}},
             {{"tool_calls", {{{"index", 0}, {"function", {{"arguments", " 3}"}}}}}}}};
  finish_ = "tool_calls";
  json request =
      Chat("Book three days of leave for me.", {{"tools", {Tool("book_leave", "Books days off")}}});
  const JsonReply reply = Ask(request);
  ASSERT_EQ(reply.status, 200) << reply.http.body;
  EXPECT_EQ(choice(reply).at("finish_reason"), "tool_calls");
  const json& message = choice(reply).at("message");
  EXPECT_TRUE(message.at("content").is_null());
  const json call = {{"id", "call_1"},
                     {"type", "function"},
                     {"function", {{"name", "book_leave"}, {"arguments", "{\"days\": 3}"}}}};
  EXPECT_EQ(message.at("tool_calls"), json::array({call}));
  EXPECT_EQ(reply.json.at("usage").at("total_tokens"), 25);
  ASSERT_EQ(asked_.size(), 1u);
  EXPECT_EQ(asked_[0].at("tools").size(), 1u);
  EXPECT_THAT(asked_[0].at("messages").back().at("content").get<string>(),
              ::testing::HasSubstr("28 days"));  // retrieval ran

  request["stream"] = true;
  const auto events = Events(Ask(request).http.body);
  ASSERT_GE(events.size(), 4u);
  const json first = json::parse(events[0].second);
  EXPECT_EQ(first.at("choices")[0].at("delta").at("role"), "assistant");
  json streamed = json::parse(events[1].second).at("choices")[0].at("delta").at("tool_calls")[0];
  EXPECT_EQ(streamed.at("index"), 0);
  streamed.erase("index");
  EXPECT_EQ(streamed, call);
  EXPECT_EQ(json::parse(events[2].second).at("choices")[0].at("finish_reason"), "tool_calls");
  EXPECT_EQ(events.back().second, "[DONE]");
}

TEST_F(RelayTest, WhileDocumentsAreReadOnlyToolsThatTheUserSpeaksOfAreOffered) {
  json request = Chat(kLeaveQuestion, {{"tools",
                                        {Tool("send_email", "Sends a mail to anybody"),
                                         Tool("count_days", "Counts days of leave")}}});
  JsonReply reply = Ask(request);
  EXPECT_EQ(asked_.back().at("tools").size(), 1u);
  EXPECT_EQ(asked_.back().at("tools")[0].at("function").at("name"), "count_days");
  EXPECT_EQ(reply.json.at("quarry").at("withheld_tools"), json::array({"send_email"}));

  request["quarry"] = {{"retrieval", false}};
  reply = Ask(request);
  EXPECT_EQ(asked_.back().at("tools").size(), 2u);
  EXPECT_EQ(asked_.back().at("messages"), request.at("messages"));
  EXPECT_TRUE(reply.json.at("quarry").at("contexts").empty());

  request.erase("quarry");
  request["tool_choice"] = {{"type", "function"}, {"function", {{"name", "send_email"}}}};
  EXPECT_TRUE(Ask(request).json.at("quarry").at("withheld_tools").empty());
  EXPECT_EQ(asked_.back().at("tool_choice").at("function").at("name"), "send_email");
}

// Not one that shares a word with the question, or with a question before.
TEST_F(RelayTest, AToolThatChangesSomethingIsOfferedWhereTheLastMessageAsksForIt) {
  const json tools = {Tool("send_email", "Sends an email to a customer"),
                      Tool("cancelOrder", "取消订单"), Tool("mail_parcel", "寄送包裹给客户"),
                      Tool("get_weather", "查询指定城市的天气")};
  const auto offered = [&](const json& messages) {
    json request = Chat("", {{"tools", tools}});
    request["messages"] = messages;
    EXPECT_EQ(Ask(request).status, 200);
    std::vector<string> names;
    for (const json& tool : asked_.back().value("tools", json::array()))
      names.push_back(tool.at("function").at("name"));
    return names;
  };
  const auto of = [&](const string& text) {
    return offered({{{"role", "user"}, {"content", text}}});
  };
  using ::testing::ElementsAre;
  using ::testing::IsEmpty;
  EXPECT_THAT(of("How many days of annual leave does the customer get by email?"), IsEmpty());
  EXPECT_THAT(of("Send an email with the days of annual leave."), ElementsAre("send_email"));
  EXPECT_THAT(of("How many days of annual leave are there? Cancel the order."),
              ElementsAre("cancelOrder"));
  EXPECT_THAT(of("annual leave 订单可以取消吗？"), ElementsAre("cancelOrder"));
  EXPECT_THAT(of("annual leave 客户的订单有几个？"), IsEmpty());
  EXPECT_THAT(of("annual leave 请寄送一个包裹"), ElementsAre("mail_parcel"));
  EXPECT_THAT(of("annual leave 北京今天天气怎么样？"), ElementsAre("get_weather"));
  EXPECT_THAT(offered({{{"role", "user"}, {"content", "Send an email to Ann."}},
                       {{"role", "assistant"}, {"content", "Done."}},
                       {{"role", "user"}, {"content", kLeaveQuestion}}}),
              IsEmpty());
}

TEST_F(RelayTest, WhatAToolSaidGoesToTheModelWithTheConversation) {
  json request = Chat(kLeaveQuestion, json::object());
  request["messages"].push_back(
      {{"role", "assistant"},
       {"content", nullptr},
       {"tool_calls",
        {{{"id", "call_1"},
          {"type", "function"},
          {"function", {{"name", "count_days"}, {"arguments", "{}"}}}}}}});
  request["messages"].push_back({{"role", "tool"}, {"tool_call_id", "call_1"}, {"content", "28"}});
  const JsonReply reply = Ask(request);
  ASSERT_EQ(reply.status, 200) << reply.http.body;
  const json& sent = asked_.back().at("messages");
  ASSERT_EQ(sent.size(), 4u);
  EXPECT_EQ(sent[0].at("role"), "system");
  EXPECT_EQ(sent[2].at("tool_calls")[0].at("id"), "call_1");
  EXPECT_EQ(sent[3].at("tool_call_id"), "call_1");
  EXPECT_EQ(choice(reply).at("message").at("content"), "It is 28 days [1].");
  const json& links = choice(reply).at("message").at("annotations");
  ASSERT_EQ(links.size(), 1u);
  EXPECT_EQ(links[0].at("url_citation").at("start_index"), 14);
  EXPECT_EQ(links[0].at("url_citation").at("end_index"), 17);
}

TEST_F(RelayTest, AnswersInJsonAndWithLogProbabilities) {
  deltas_ = {{{"content", "{\"days\": [28]}"}}};
  json schema = {{"type", "object"}, {"required", {"days"}}};
  json request =
      Chat(kLeaveQuestion,
           {{"response_format",
             {{"type", "json_schema"}, {"json_schema", {{"name", "leave"}, {"schema", schema}}}}},
            {"seed", 7}});
  JsonReply reply = Ask(request);
  ASSERT_EQ(reply.status, 200) << reply.http.body;
  EXPECT_EQ(choice(reply).at("message").at("content"), "{\"days\": [28]}");
  EXPECT_TRUE(choice(reply).at("message").at("annotations").empty());
  EXPECT_EQ(asked_.back().at("response_format").at("json_schema").at("schema"), schema);
  EXPECT_EQ(asked_.back().at("seed"), 7);

  deltas_ = {{{"content", "28"}}};
  logprobs_ = {{"content", {{{"token", "28"}, {"logprob", -0.25}}}}};
  reply = Ask(Chat(kLeaveQuestion, {{"logprobs", true}, {"top_logprobs", 2}}));
  ASSERT_EQ(reply.status, 200) << reply.http.body;
  EXPECT_EQ(asked_.back().at("top_logprobs"), 2);
  EXPECT_EQ(choice(reply).at("logprobs").at("content")[0].at("token"), "28");
  EXPECT_EQ(choice(reply).at("logprobs").at("content")[0].at("logprob"), -0.25);
}

TEST_F(RelayTest, SeveralChoicesDifferByTheirSeed) {
  json request = Chat(kLeaveQuestion, {{"n", 2}, {"seed", 7}});
  const JsonReply reply = Ask(request);
  ASSERT_EQ(reply.json.at("choices").size(), 2u) << reply.http.body;
  EXPECT_EQ(choice(reply, 1).at("index"), 1);
  EXPECT_EQ(asked_.at(0).at("seed"), 7);
  EXPECT_EQ(asked_.at(1).at("seed"), 8);
  EXPECT_EQ(reply.json.at("usage").at("completion_tokens"), 10);
  EXPECT_EQ(reply.json.at("system_fingerprint").get<string>().substr(0, 3), "fp_");

  request["stream"] = true;
  string texts[2];
  for (const auto& [name, data] : Events(Ask(request).http.body)) {
    if (data == "[DONE]") continue;
    const json chunk = json::parse(data);
    const json& one = chunk.at("choices")[0];
    texts[one.at("index").get<size_t>()] += one.at("delta").value("content", "");
  }
  EXPECT_EQ(texts[0], "It is 28 days [1].");
  EXPECT_EQ(texts[1], texts[0]);
}

// With the cache of conversations in front of the upstream.
class RelayCacheTest : public RelayTest {
 protected:
  RelayCacheTest() {
    EXPECT_OK(cache_.Clear());
    cached_server_ =
        std::make_unique<TestServer>(*engine_, ServerOptions{.threads = 20}, &cached_relay_);
  }

  static json Plain(const string& question, const json& patch = json::object()) {
    json request = Chat(question, {{"quarry", {{"retrieval", false}}}});
    request.merge_patch(patch);
    return request;
  }
  JsonReply Post(const json& body) { return cached_server_->Post("/v1/chat/completions", body); }
  static json CacheOf(const JsonReply& reply) { return reply.json.at("quarry").at("cache"); }

  generation::RelayCache cache_{engine_->index->objects(), {}, engine_->clock};
  const generation::ChatRelay cached_relay_{engine_->answerer, chat_, engine_->analyzer, &cache_};
  std::unique_ptr<TestServer> cached_server_;
};

TEST_F(RelayCacheTest, AnEqualConversationIsServedAgainStreamedOrNot) {
  const JsonReply made = Post(Plain("Say hello"));
  ASSERT_EQ(made.status, 200) << made.http.body;
  EXPECT_EQ(CacheOf(made).at("kind"), "miss");
  EXPECT_EQ(made.json.at("usage").at("total_tokens"), 25);
  engine_->clock.Advance(std::chrono::seconds(7));
  const JsonReply served = Post(Plain("Say hello"));
  EXPECT_EQ(CacheOf(served), (json{{"kind", "exact"}, {"hit", true}, {"age_seconds", 7}}));
  EXPECT_EQ(served.json.at("choices"), made.json.at("choices"));
  EXPECT_EQ(served.json.at("usage").at("total_tokens"), 0);
  EXPECT_EQ(asked_.size(), 1u);

  const auto events = Events(Post(Plain("Say hello", {{"stream", true}})).http.body);
  string text;
  for (const auto& [name, data] : events) {
    if (data == "[DONE]") continue;
    text += json::parse(data).at("choices")[0].at("delta").value("content", "");
  }
  EXPECT_EQ(text, "It is 28 days [1].");
  EXPECT_EQ(events.back().second, "[DONE]");
  EXPECT_EQ(asked_.size(), 1u);

  // Not by documents: with them the answer cache of the collection decides.
  EXPECT_EQ(CacheOf(Post(Chat(kLeaveQuestion, {{"n", 2}}))).at("kind"), "off");
}

TEST_F(RelayCacheTest, WhateverDecidesTheReplyIsPartOfTheConversation) {
  Post(Plain("说你好"));
  const json earlier = {{"role", "assistant"}, {"content", "x"}};
  size_t calls = 1;
  for (const json& other :
       {Plain("说你好！"), Plain("说你好", {{"seed", 1}}), Plain("说你好", {{"max_tokens", 7}}),
        Plain("说你好", {{"n", 2}}), Plain("说你好", {{"logprobs", true}}),
        Plain("说你好", {{"messages", {earlier, {{"role", "user"}, {"content", "说你好"}}}}}),
        Plain("说你好", {{"messages",
                          {{{"role", "user"}, {"content", "说你好"}},
                           earlier,
                           {{"role", "user"}, {"content", "说你好"}}}}})}) {
    const JsonReply reply = Post(other);
    ASSERT_EQ(reply.status, 200) << reply.http.body;
    EXPECT_EQ(CacheOf(reply).at("kind"), "miss") << other;
    calls += other.value("n", 1u);
    EXPECT_EQ(asked_.size(), calls) << other;
  }
  EXPECT_EQ(CacheOf(Post(Plain("说你好"))).at("kind"), "exact");
}

TEST_F(RelayCacheTest, SampledRepliesAndToolsAreServedAgainOnlyWhereThatIsAskedFor) {
  const json asked = {{"quarry", {{"cache", true}}}};
  for (const json& patch :
       {json{{"temperature", 0.7}}, json{{"tools", {Tool("send_email", "Sends a mail")}}}}) {
    Post(Plain("Hello", patch));
    const JsonReply again = Post(Plain("Hello", patch));
    EXPECT_EQ(CacheOf(again).at("kind"), "bypassed");
    json wanted = Plain("Hello", patch);
    wanted.merge_patch(asked);
    EXPECT_EQ(CacheOf(Post(wanted)).at("kind"), "miss");
    EXPECT_EQ(CacheOf(Post(wanted)).at("kind"), "exact");
  }
  const json off = {{"quarry", {{"cache", false}}}};
  EXPECT_EQ(CacheOf(Post(Plain("Hello", off))).at("reason"), "the request says so");
  const JsonReply wrong = Post(Chat("Hello", {{"quarry", {{"cache", true}}}}));
  EXPECT_EQ(wrong.status, 400);
  EXPECT_THAT(wrong.http.body, ::testing::HasSubstr("only allowed together with"));
}

TEST_F(RelayCacheTest, OldOnesCutOnesAndThoseOfOthersAreNotServed) {
  const json request = Plain("Hello");
  finish_ = "length";
  Post(request);
  EXPECT_EQ(CacheOf(Post(request)).at("kind"), "miss") << "cut replies are not kept";
  finish_ = "stop";
  Post(request);
  EXPECT_EQ(CacheOf(Post(request)).at("kind"), "exact");
  engine_->clock.Advance(std::chrono::hours(24 * 30));
  EXPECT_EQ(CacheOf(Post(request)).at("kind"), "miss");

  const std::vector<model::ChatReply> replies = {{.content = "yes", .finish_reason = "stop"}};
  ASSERT_OK(cache_.Keep("key_a", "k", replies));
  EXPECT_EQ(cache_.Find("key_a", "k").value()->replies[0].content, "yes");
  EXPECT_FALSE(cache_.Find("key_b", "k").value().has_value());
}

TEST_F(RelayCacheTest, OfManyEqualOnesAtOnceOneGoesToTheModel) {
  std::atomic<int> misses = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 16; ++i) {
    threads.emplace_back([&] {
      const JsonReply reply = Post(Plain("All at once"));
      EXPECT_EQ(reply.status, 200) << reply.http.body;
      EXPECT_EQ(choice(reply).at("message").at("content"), "It is 28 days [1].");
      if (CacheOf(reply).at("kind") == "miss") ++misses;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(misses, 1);
  EXPECT_EQ(asked_.size(), 1u);
}

TEST_F(RelayTest, AModelThatFailsIsAnErrorOfTheServer) {
  deltas_ = json::array();  // it says nothing that is JSON
  const JsonReply reply =
      Ask(Chat(kLeaveQuestion, {{"response_format", {{"type", "json_object"}}}}));
  EXPECT_EQ(reply.status, 503) << reply.http.body;
  EXPECT_EQ(reply.json.at("error").at("type"), "server_error");
}

TEST(Relay, WithoutAChatModelTheFieldThatNeedsOneIsNamed) {
  TestServer server;
  const auto message = [&](const json& patch) {
    const JsonReply reply = server.Post("/v1/chat/completions", Chat("x", patch));
    EXPECT_EQ(reply.status, 400);
    return reply.Message();
  };
  const string needs = ": needs a chat model, and none is configured (chat.model)";
  EXPECT_EQ(message({{"tools", {Tool("a", "b")}}}), "tools" + needs);
  EXPECT_EQ(message({{"tool_choice", "required"}}), "tool_choice" + needs);
  EXPECT_EQ(message({{"response_format", {{"type", "json_object"}}}}), "response_format" + needs);
  EXPECT_EQ(message({{"n", 2}}), "n" + needs);
  EXPECT_EQ(message({{"logprobs", true}}), "logprobs" + needs);
  EXPECT_EQ(message({{"quarry", {{"retrieval", false}}}}), "quarry.retrieval" + needs);
  EXPECT_EQ(message({{"n", 9}}), "n: expected an integer from 1 to 8, not 9");
  EXPECT_EQ(message({{"tools", {{{"type", "custom"}}}}}),
            "tools[0].type: \"custom\" is not supported; expected \"function\"");
  EXPECT_EQ(
      message({{"response_format", {{"type", "xml"}}}}),
      "response_format.type: \"xml\" is none; expected one of text, json_object, json_schema");
}

}  // namespace
}  // namespace quarry::server
