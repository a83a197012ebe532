// OpenAI's responses, over a real engine.

#include "tests/server/server_testing.h"

namespace quarry::server {
namespace {

using nlohmann::json;
using std::string;
using testing::Events;
using testing::JsonReply;
using testing::SmallCorpusTest;
using testing::TestServer;

constexpr const char* kLeave = "How many days of paid leave does an employee have?";

json Ask(const string& question, const json& patch = json::object()) {
  json request = {{"model", "quarry"}, {"input", question}};
  request.update(patch);
  return request;
}

const json kFileSearch = {
    {"tools", {{{"type", "file_search"}, {"vector_store_ids", {"default"}}}}}};

class ResponsesTest : public SmallCorpusTest {
 protected:
  TestServer server_{*engine_, {}};
};

TEST_F(ResponsesTest, AnswersWithLinks) {
  const JsonReply reply = server_.Post("/v1/responses", Ask(kLeave, {{"instructions", "Be brief."},
                                                                     {"metadata", {{"a", "b"}}},
                                                                     {"temperature", 0.5}}));
  ASSERT_EQ(reply.status, 200) << reply.http.body;
  const json& response = reply.json;
  EXPECT_EQ(response.at("status"), "completed");
  EXPECT_EQ(response.at("created_at"), 1'700'000'000);
  EXPECT_EQ(response.at("instructions"), "Be brief.");
  EXPECT_EQ(response.at("metadata"), (json{{"a", "b"}}));
  EXPECT_EQ(response.at("temperature"), 0.5);
  ASSERT_EQ(response.at("output").size(), 1u);
  const json& part = response.at("output")[0].at("content")[0];
  EXPECT_THAT(part.at("text").get<string>(), ::testing::HasSubstr("28 days"));
  ASSERT_EQ(part.at("annotations").size(), 1u);
  EXPECT_EQ(part.at("annotations")[0].at("type"), "url_citation");
  EXPECT_EQ(part.at("annotations")[0].at("url"), "test:hr/leave");
  EXPECT_GT(response.at("usage").at("input_tokens"), 0);
  EXPECT_EQ(response.at("quarry").at("citations")[0].at("document"), "hr/leave");
}

TEST_F(ResponsesTest, FileSearchShowsWhatItFoundAndCitesFiles) {
  json request = Ask(kLeave, kFileSearch);
  const json plain = server_.Post("/v1/responses", request).json;
  ASSERT_EQ(plain.at("output").size(), 2u) << plain;
  EXPECT_EQ(plain.at("output")[0].at("type"), "file_search_call");
  EXPECT_EQ(plain.at("output")[0].at("queries"), json::array({kLeave}));
  EXPECT_TRUE(plain.at("output")[0].at("results").is_null());
  const json& part = plain.at("output")[1].at("content")[0];
  const string text = part.at("text");
  EXPECT_EQ(part.at("annotations")[0], (json{{"type", "file_citation"},
                                             {"file_id", "hr/leave"},
                                             {"filename", "hr/leave"},
                                             {"index", text.find("[1]")}}));
  request["include"] = {"file_search_call.results"};
  request["tools"][0]["max_num_results"] = 2;
  const json with = server_.Post("/v1/responses", request).json;
  const json& results = with.at("output")[0].at("results");
  ASSERT_FALSE(results.empty());
  EXPECT_LE(results.size(), 2u);
  EXPECT_EQ(results[0].at("file_id"), "hr/leave");
}

TEST_F(ResponsesTest, StreamsTheEventsOfTheApiInTheirOrder) {
  json request = Ask(kLeave, kFileSearch);
  request["include"] = {"file_search_call.results"};
  const json plain = server_.Post("/v1/responses", request).json;
  for (const bool with_results : {false, true}) {
    request["stream"] = true;
    request["include"] = with_results ? json{"file_search_call.results"} : json::array();
    const JsonReply reply = server_.Post("/v1/responses", request);
    ASSERT_EQ(reply.status, 200) << reply.http.body;
    std::vector<string> types;
    std::vector<json> events;
    string text;
    for (const auto& [name, data] : Events(reply.http.body)) {
      events.push_back(json::parse(data));
      EXPECT_EQ(events.back().at("type"), name);
      EXPECT_EQ(events.back().at("sequence_number"), events.size() - 1);
      if (name == "response.output_text.delta") {
        text += events.back().at("delta").get<string>();
        if (types.back() == name) continue;
      }
      types.push_back(name);
    }
    const auto without = [&](std::vector<string> expected) {
      if (with_results) {
        expected.erase(expected.begin() + 6);
        expected.insert(expected.end() - 1, "response.output_item.done");
      }
      return expected;
    };
    EXPECT_EQ(types, without({"response.created", "response.in_progress",
                              "response.output_item.added", "response.file_search_call.in_progress",
                              "response.file_search_call.searching",
                              "response.file_search_call.completed", "response.output_item.done",
                              "response.output_item.added", "response.content_part.added",
                              "response.output_text.delta", "response.output_text.annotation.added",
                              "response.output_text.done", "response.content_part.done",
                              "response.output_item.done", "response.completed"}));
    const json& response = events.back().at("response");
    const json& message = response.at("output")[1];
    EXPECT_EQ(message.at("content")[0].at("text").get<std::string>(), text);
    EXPECT_EQ(message.at("content"), plain.at("output")[1].at("content"));
    if (with_results) {
      EXPECT_EQ(response.at("output")[0].at("results"), plain.at("output")[0].at("results"));
    }
    EXPECT_EQ(server_.Get("/v1/responses/" + response.at("id").get<string>()).json, response);
  }
}

TEST_F(ResponsesTest, AStoredResponseIsShownUntilItIsDeleted) {
  json request = Ask(
      "",
      {{"input",
        {{{"role", "user"}, {"content", "Hello"}},
         {{"role", "assistant"}, {"content", {{{"type", "output_text"}, {"text", "Good day."}}}}},
         {{"type", "message"},
          {"role", "user"},
          {"content", {{{"type", "input_text"}, {"text", kLeave}}}}}}}});
  const json response = server_.Post("/v1/responses", request).json;
  const string path = "/v1/responses/" + response.at("id").get<string>();
  EXPECT_EQ(server_.Get(path).json, response);

  const json items = server_.Get(path + "/input_items?order=asc").json.at("data");
  ASSERT_EQ(items.size(), 3u);
  EXPECT_EQ(items[1].at("role"), "assistant");
  EXPECT_EQ(items[2].at("content")[0].at("text"), kLeave);
  const json page =
      server_.Get(path + "/input_items?limit=1&after=" + items[2].at("id").get<string>()).json;
  EXPECT_EQ(page.at("data"), json::array({items[1]}));
  EXPECT_EQ(page.at("has_more"), true);
  EXPECT_EQ(server_.Get(path + "/input_items?after=x").status, 404);

  const json next =
      server_.Post("/v1/responses", Ask(kLeave, {{"previous_response_id", response.at("id")}}))
          .json;
  EXPECT_EQ(next.at("previous_response_id"), response.at("id"));
  EXPECT_EQ(server_.Delete(path).json.at("deleted"), true);
  EXPECT_EQ(server_.Get(path).status, 404);
  EXPECT_EQ(server_.Get(path + "/input_items").status, 404);
  EXPECT_EQ(
      server_.Post("/v1/responses", Ask(kLeave, {{"previous_response_id", response.at("id")}}))
          .status,
      404);

  const json unstored = server_.Post("/v1/responses", Ask(kLeave, {{"store", false}})).json;
  EXPECT_EQ(server_.Get("/v1/responses/" + unstored.at("id").get<string>()).status, 404);
}

TEST_F(ResponsesTest, AFollowUpIsUnderstoodByTheResponseBefore) {
  const json first = server_.Post("/v1/responses", Ask("How much does the pump P-3 deliver?")).json;
  const json next = server_
                        .Post("/v1/responses", Ask("And how much does its motor draw?",
                                                   {{"previous_response_id", first.at("id")}}))
                        .json;
  EXPECT_THAT(next.at("quarry").at("standalone").get<string>(), ::testing::HasSubstr("P-3"));
  EXPECT_THAT(next.at("output")[0].at("content")[0].at("text").get<string>(),
              ::testing::HasSubstr("5 kilowatts"));
  const json third = server_
                         .Post("/v1/responses", Ask("And how much does it deliver?",
                                                    {{"previous_response_id", next.at("id")}}))
                         .json;
  EXPECT_THAT(third.at("output")[0].at("content")[0].at("text").get<string>(),
              ::testing::HasSubstr("13 litres"));
}

TEST_F(ResponsesTest, WhatCannotBeHonouredIsAnErrorThatNamesTheField) {
  struct Case {
    const char* patch;
    int status;
    const char* message;
  };
  const Case cases[] = {
      {R"({"model": "gpt-5"})", 404, "there is no model \"gpt-5\"; expected one of: quarry"},
      {R"({"input": null})", 400, "input: expected a string or a list of items, not null"},
      {R"({"input": []})", 400,
       "input: expected a message of role \"user\" with text that is not empty"},
      {R"({"input": [{"type": "function_call_output"}]})", 400,
       "input[0].type: \"function_call_output\" is not supported; expected \"message\""},
      {R"({"input": [{"role": "user", "content": [{"type": "input_image"}]}]})", 400,
       "input[0].content[0].type: \"input_image\" is not supported; expected \"input_text\""},
      {R"({"tools": [{"type": "web_search"}]})", 400,
       "tools[0].type: \"web_search\" is not supported; expected \"file_search\""},
      {R"({"tools": [{"type": "file_search", "vector_store_ids": []}]})", 400,
       "tools[0].vector_store_ids: expected one vector store, not 0"},
      {R"({"tools": [{"type": "file_search", "vector_store_ids": ["vs_x"]}]})", 404,
       "there is no vector store \"vs_x\""},
      {R"({"tool_choice": "required"})", 400,
       "tool_choice: there is no tool file_search to choose"},
      {R"({"include": ["reasoning.encrypted_content"]})", 400,
       "include: \"reasoning.encrypted_content\" is not there; expected "
       "\"file_search_call.results\""},
      {R"({"background": true})", 400,
       "background: a response is made while its caller waits; expected false"},
      {R"({"text": {"format": {"type": "json_object"}}})", 400,
       "text.format: this model answers in sentences; expected {\"type\": \"text\"}"},
      {R"({"quarry": {"k": 0}})", 400, "quarry.k: expected an integer from 1 to 10000, not 0"},
  };
  for (const Case& c : cases) {
    json body = Ask(kLeave);
    const json patch = json::parse(c.patch);
    for (const auto& [field, value] : patch.items()) body[field] = value;
    const JsonReply reply = server_.Post("/v1/responses", body);
    EXPECT_EQ(reply.status, c.status) << c.patch;
    EXPECT_EQ(reply.Message(), c.message);
  }
}

}  // namespace
}  // namespace quarry::server
