// The OpenAI surface over a real engine.

#include "tests/server/server_testing.h"

namespace quarry::server {
namespace {

using nlohmann::json;
using std::string;
using testing::Events;
using testing::JsonReply;
using testing::SmallCorpusTest;
using testing::TestServer;

json Chat(const string& question) {
  return {{"model", "quarry"}, {"messages", {{{"role", "user"}, {"content", question}}}}};
}

// text[start:end] in code points, as a client in Python or JavaScript would cut it.
string CutCodePoints(const string& text, size_t start, size_t end) {
  string cut;
  size_t index = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if (i > 0 && (text[i] & 0xC0) != 0x80) ++index;
    if (index >= start && index < end) cut += text[i];
  }
  return cut;
}

class ChatTest : public SmallCorpusTest {
 protected:
  TestServer server_{*engine_, {}};
};

TEST_F(ChatTest, AnswersInOpenAisShape) {
  const JsonReply reply = server_.Post("/v1/chat/completions",
                                       Chat("How many days of paid leave does an employee have?"));
  ASSERT_EQ(reply.status, 200) << reply.http.body;
  const json& completion = reply.json;
  EXPECT_TRUE(completion.at("id").get<string>().starts_with("chatcmpl-"));
  EXPECT_EQ(completion.at("object"), "chat.completion");
  EXPECT_EQ(completion.at("created"), 1'700'000'000);
  EXPECT_EQ(completion.at("model"), "quarry");
  EXPECT_TRUE(completion.at("system_fingerprint").get<string>().starts_with("fp_"));
  ASSERT_EQ(completion.at("choices").size(), 1u);
  const json& choice = completion.at("choices")[0];
  EXPECT_EQ(choice.at("index"), 0);
  EXPECT_EQ(choice.at("finish_reason"), "stop");
  EXPECT_TRUE(choice.at("logprobs").is_null());
  const json& message = choice.at("message");
  EXPECT_EQ(message.at("role"), "assistant");
  EXPECT_TRUE(message.at("refusal").is_null());
  EXPECT_NE(message.at("content").get<string>().find("28 days"), string::npos);
  const json& usage = completion.at("usage");
  EXPECT_GT(usage.at("prompt_tokens"), 0);
  EXPECT_EQ(usage.at("total_tokens"),
            usage.at("prompt_tokens").get<int>() + usage.at("completion_tokens").get<int>());
  const json& ours = completion.at("quarry");
  EXPECT_EQ(ours.at("collection"), "default");
  EXPECT_EQ(ours.at("abstained"), false);
  EXPECT_EQ(ours.at("verdict").at("label"), "supported");
  EXPECT_EQ(ours.at("citations")[0].at("document"), "hr/leave");
  EXPECT_EQ(ours.at("contexts")[0].at("text").get<string>().empty(), false);
  EXPECT_TRUE(ours.at("timings_us").contains("answer"));
}

TEST_F(ChatTest, AnnotationsPointAtTheMarkersInCharacters) {
  const JsonReply reply =
      server_.Post("/v1/chat/completions", Chat("水泵 B-3 每秒输送多少升水？电机功率为多少千瓦？"));
  ASSERT_EQ(reply.status, 200);
  const json& message = reply.json.at("choices")[0].at("message");
  const string content = message.at("content");
  const json& annotations = message.at("annotations");
  const json& citations = reply.json.at("quarry").at("citations");
  ASSERT_FALSE(annotations.empty());
  ASSERT_EQ(annotations.size(), citations.size());
  for (size_t i = 0; i < annotations.size(); ++i) {
    EXPECT_EQ(annotations[i].at("type"), "url_citation");
    const json& citation = annotations[i].at("url_citation");
    EXPECT_EQ(CutCodePoints(content, citation.at("start_index"), citation.at("end_index")),
              "[" + std::to_string(citations[i].at("passage").get<int>()) + "]");
    EXPECT_EQ(citation.at("url"), citations[i].at("uri"));
    EXPECT_EQ(citation.at("title"), citations[i].at("title"));
  }
}

TEST_F(ChatTest, TheLastUserMessageIsTheQuestion) {
  const json body = {{"model", "quarry"},
                     {"messages",
                      {{{"role", "system"}, {"content", "Be brief."}},
                       {{"role", "user"}, {"content", "Where are bicycles parked?"}},
                       {{"role", "assistant"}, {"content", nullptr}, {"tool_calls", json::array()}},
                       {{"role", "user"},
                        {"content",
                         {{{"type", "text"}, {"text", "Where does the"}},
                          {{"type", "text"}, {"text", "head office stand?"}}}}}}},
                     {"temperature", 0.2},
                     {"max_tokens", 5},
                     {"seed", 7},
                     {"user", "u"},
                     {"metadata", {{"a", "b"}}},
                     {"n", 1},
                     {"tools", json::array()},
                     {"response_format", {{"type", "text"}}},
                     {"some_new_field", {1, 2}}};
  const JsonReply reply = server_.Post("/v1/chat/completions", body);
  ASSERT_EQ(reply.status, 200) << reply.http.body;
  EXPECT_NE(reply.json.at("choices")[0].at("message").at("content").get<string>().find("Mill Lane"),
            string::npos);
}

TEST_F(ChatTest, AFollowUpIsUnderstoodByTheTurnsBeforeIt) {
  json request = Chat("How many litres per second does the pump P-3 deliver?");
  request["messages"].push_back({{"role", "assistant"}, {"content", "13 litres per second [1]."}});
  request["messages"].push_back({{"role", "user"}, {"content", "And the P-5?"}});
  const JsonReply reply = server_.Post("/v1/chat/completions", request);
  ASSERT_EQ(reply.status, 200) << reply.http.body;
  const json& ours = reply.json.at("quarry");
  EXPECT_EQ(ours.at("standalone"), "How many litres per second does the pump P-5 deliver?");
  EXPECT_EQ(ours.at("kind"), "answer");
  EXPECT_EQ(ours.at("citations")[0].at("document"), "pumps/p5");

  const JsonReply native =
      server_.Post("/api/v1/answer",
                   {{"query", "谢谢！"}, {"history", {{{"role", "user"}, {"content", "hi"}}}}});
  ASSERT_EQ(native.status, 200) << native.http.body;
  EXPECT_EQ(native.json.at("kind"), "small_talk");
  const JsonReply wrong = server_.Post(
      "/api/v1/answer", {{"query", "q"}, {"history", {{{"role", "tool"}, {"content", "x"}}}}});
  EXPECT_EQ(wrong.status, 400);
  EXPECT_EQ(wrong.json.at("error").at("message"),
            "history[0].role: expected \"user\" or \"assistant\"");
}

TEST_F(ChatTest, StreamsChunksAsOpenAiDoes) {
  json body = Chat("How many days of paid leave does an employee have?");
  const JsonReply plain = server_.Post("/v1/chat/completions", body);
  body["stream"] = true;
  body["stream_options"] = {{"include_usage", true}};
  const JsonReply reply = server_.Post("/v1/chat/completions", body);
  ASSERT_EQ(reply.status, 200);
  EXPECT_EQ(reply.http.Header("content-type"), "text/event-stream; charset=utf-8");
  auto events = Events(reply.http.body);
  ASSERT_GE(events.size(), 5u);
  EXPECT_EQ(events.back().second, "[DONE]");
  events.pop_back();

  std::vector<json> chunks;
  for (const auto& [name, data] : events) {
    EXPECT_EQ(name, "");
    chunks.push_back(json::parse(data));
    EXPECT_EQ(chunks.back().at("object"), "chat.completion.chunk");
    EXPECT_EQ(chunks.back().at("id"), chunks[0].at("id"));
    EXPECT_EQ(chunks.back().at("created"), 1'700'000'000);
    EXPECT_EQ(chunks.back().at("model"), "quarry");
  }
  EXPECT_EQ(chunks[0].at("choices")[0].at("delta").at("role"), "assistant");
  const json usage = chunks.back();
  chunks.pop_back();
  EXPECT_TRUE(usage.at("choices").empty());
  EXPECT_EQ(usage.at("usage"), plain.json.at("usage"));

  string content;
  for (const json& chunk : chunks) {
    EXPECT_TRUE(chunk.at("usage").is_null());
    content += chunk.at("choices")[0].at("delta").value("content", "");
    EXPECT_EQ(chunk.at("choices")[0].at("finish_reason").is_null(), &chunk != &chunks.back());
  }
  const json& message = plain.json.at("choices")[0].at("message");
  EXPECT_EQ(message.at("content").get<std::string>(), content);
  const json& last = chunks.back();
  EXPECT_EQ(last.at("choices")[0].at("finish_reason"), "stop");
  EXPECT_EQ(last.at("choices")[0].at("delta").at("annotations"), message.at("annotations"));
  EXPECT_EQ(last.at("system_fingerprint"), plain.json.at("system_fingerprint"));
  EXPECT_EQ(last.at("quarry").at("citations"), plain.json.at("quarry").at("citations"));
}

TEST_F(ChatTest, AStreamWithoutUsageHasNoneInAnyChunk) {
  json body = Chat("Where are bicycles parked?");
  body["stream"] = true;
  const JsonReply reply = server_.Post("/v1/chat/completions", body);
  EXPECT_EQ(reply.http.body.find("\"usage\""), string::npos);
}

// docs/http.md says so: SDKs send what is new.
TEST_F(ChatTest, FieldsThatAreNotKnownAreIgnoredButThoseOfQuarry) {
  json body = Chat("Where are bicycles parked?");
  body["strem"] = true;
  EXPECT_EQ(server_.Post("/v1/chat/completions", body).status, 200);
  body["quarry"] = {{"colection", "default"}};
  EXPECT_EQ(server_.Post("/v1/chat/completions", body).status, 400);
}

TEST_F(ChatTest, AnAbstentionIsAnAnswerWithoutAnnotations) {
  const JsonReply reply = server_.Post("/v1/chat/completions", Chat("Who painted the Mona Lisa?"));
  ASSERT_EQ(reply.status, 200);
  EXPECT_EQ(reply.json.at("quarry").at("abstained"), true);
  EXPECT_TRUE(reply.json.at("choices")[0].at("message").at("annotations").empty());
}

TEST_F(ChatTest, ErrorsNameTheFieldInOpenAisShape) {
  struct Case {
    const char* patch;  // merged into a good request
    int status;
    const char* param;  // "" = null
    const char* message;
  };
  const Case cases[] = {
      {R"({"model": null})", 400, "model", "model: expected a string, not null"},
      {R"({"model": "gpt-4o"})", 404, "model",
       "there is no model \"gpt-4o\"; expected one of: quarry"},
      {R"({"messages": null})", 400, "messages", "messages: expected a list of messages, not null"},
      {R"({"messages": "x"})", 400, "messages",
       "messages: expected a list of messages, not a string"},
      {R"({"messages": []})", 400, "messages", "messages: expected a message of role \"user\""},
      {R"({"messages": [{"content": "x"}]})", 400, "messages[0].role",
       "messages[0].role: is missing"},
      {R"({"messages": [{"role": "bot", "content": "x"}]})", 400, "messages[0].role",
       "messages[0].role: \"bot\" is no role; expected one of developer, system, user, assistant, "
       "tool"},
      {R"({"messages": [{"role": "user"}]})", 400, "messages[0].content",
       "messages[0].content: is missing"},
      {R"({"messages": [{"role": "user", "content": "  "}]})", 400, "messages[0].content",
       "messages[0].content: expected text that is not empty"},
      {R"({"messages": [{"role": "user", "content": 5}]})", 400, "messages[0].content",
       "messages[0].content: expected a string or a list of parts, not a number"},
      {R"({"messages": [{"role": "user", "content": [{"type": "image_url"}]}]})", 400,
       "messages[0].content[0].type",
       "messages[0].content[0].type: \"image_url\" is not supported; expected \"text\""},
      {R"({"modalities": ["text", "audio"]})", 400, "modalities",
       "modalities: this model answers in text only; expected [\"text\"]"},
      {R"({"stream": "yes"})", 400, "stream", "stream: expected a boolean, not a string"},
      {R"({"stream_options": {"include_usage": true}})", 400, "stream_options",
       "stream_options: only allowed together with \"stream\": true"},
      {R"({"quarry": {"colection": "x"}})", 400, "quarry",
       "quarry: unknown field \"colection\"; did you mean \"collection\"?"},
      {R"({"quarry": {"k": 0}})", 400, "quarry.k",
       "quarry.k: expected an integer from 1 to 10000, not 0"},
      {R"({"quarry": {"collection": "x"}})", 404, "", "no collection \"x\"; there is: default"},
  };
  for (const Case& c : cases) {
    json body = Chat("x");
    const json patch = json::parse(c.patch);
    for (const auto& [field, value] : patch.items()) body[field] = value;
    const JsonReply reply = server_.Post("/v1/chat/completions", body);
    EXPECT_EQ(reply.status, c.status) << c.patch;
    const json& error = reply.json.at("error");
    EXPECT_EQ(error.at("message"), c.message) << c.patch;
    EXPECT_EQ(error.at("type"), "invalid_request_error") << c.patch;
    EXPECT_EQ(error.at("param"), *c.param == '\0' ? json(nullptr) : json(c.param)) << c.patch;
  }
  json other = Chat("x");
  other["model"] = "gpt-4o";
  EXPECT_EQ(server_.Post("/v1/chat/completions", other).json.at("error").at("code"),
            "model_not_found");
  EXPECT_EQ(server_.Send("POST", "/v1/chat/completions", "{}", "text/plain").json,
            (json{{"error",
                   {{"message",
                     "Content-Type text/plain is not understood here; expected application/json"},
                    {"type", "invalid_request_error"},
                    {"param", nullptr},
                    {"code", nullptr}}}}));
}

TEST_F(ChatTest, ListsItsModel) {
  const JsonReply list = server_.Get("/v1/models");
  const json model = {
      {"id", "quarry"}, {"object", "model"}, {"created", 1'700'000'000}, {"owned_by", "quarry"}};
  EXPECT_EQ(list.json, (json{{"object", "list"}, {"data", {model}}}));
  EXPECT_EQ(server_.Get("/v1/models/quarry").json, model);
  const JsonReply other = server_.Get("/v1/models/gpt-4o");
  EXPECT_EQ(other.status, 404);
  EXPECT_EQ(other.json.at("error").at("code"), "model_not_found");
  EXPECT_EQ(other.json.at("error").at("param"), "model");
}

TEST(Chat, NamesAnotherCollectionAndLinksDocumentsThatHaveNoUri) {
  TestServer server;
  server.Post("/api/v1/collections", {{"name", "two"}});
  server.Put("/api/v1/documents/notes/z%201?collection=two",
             {{"text", "The zorblax valve opens at 7 bar."}});
  json body = Chat("At which pressure does the zorblax valve open?");
  body["quarry"] = {{"collection", "two"}, {"k", 3}, {"mode", "lexical"}};
  const JsonReply reply = server.Post("/v1/chat/completions", body);
  ASSERT_EQ(reply.status, 200) << reply.http.body;
  const json& annotations = reply.json.at("choices")[0].at("message").at("annotations");
  ASSERT_EQ(annotations.size(), 1u) << reply.http.body;
  const string url = annotations[0].at("url_citation").at("url");
  const string base = "http://localhost";  // the Host that the client sent
  ASSERT_EQ(url, base + "/api/v1/documents/notes%2Fz%201?collection=two");
  EXPECT_EQ(server.Get(url.substr(base.size())).json.at("id"), "notes/z 1");
}

}  // namespace
}  // namespace quarry::server
