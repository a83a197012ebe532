// POST /api/v1/search and /api/v1/answer over a real engine.

#include <set>

#include "tests/server/server_testing.h"

namespace quarry::server {
namespace {

using nlohmann::json;
using testing::Events;
using testing::JsonReply;
using testing::SmallCorpusTest;
using testing::TestEngine;
using testing::TestServer;

class SearchRouteTest : public SmallCorpusTest {
 protected:
  TestServer server_{*engine_, {}};
};

TEST_F(SearchRouteTest, FindsPassagesWithTheNamesOfTheCommandLine) {
  const JsonReply reply =
      server_.Post("/api/v1/search", {{"query", "Where are bicycles parked?"}, {"k", 3}});
  ASSERT_EQ(reply.status, 200);
  EXPECT_EQ(reply.http.Header("content-type"), "application/json");
  EXPECT_EQ(reply.json.at("query"), "Where are bicycles parked?");
  EXPECT_EQ(reply.json.at("collection"), "default");
  EXPECT_EQ(reply.json.at("mode"), "hybrid");
  EXPECT_EQ(reply.json.at("k"), 3);
  EXPECT_EQ(reply.json.at("used_lexical"), true);
  EXPECT_EQ(reply.json.at("used_dense"), true);
  ASSERT_EQ(reply.json.at("hits").size(), 3u);
  const json& hit = reply.json.at("hits")[0];
  EXPECT_EQ(hit.at("rank"), 1);
  EXPECT_EQ(hit.at("document"), "office/parking");
  EXPECT_EQ(hit.at("title"), "Parking");
  EXPECT_EQ(hit.at("uri"), "test:office/parking");
  EXPECT_EQ(hit.at("text"), "Bicycles are parked in the yard. Cars are parked behind the mill.");
  EXPECT_EQ(hit.at("begin"), 0);
  EXPECT_EQ(hit.at("end"), hit.at("text").get<std::string>().size());
  EXPECT_GE(hit.at("score"), reply.json.at("hits")[1].at("score"));
  EXPECT_TRUE(reply.json.at("timings_us").contains("retrieve.lexical"));
}

TEST(SearchCollapseTest, AHitNamesTheDocumentsThatSayTheSame) {
  TestEngine engine;
  const std::string text = "The pump of the northern station runs at nine bar and is oiled weekly.";
  engine.Add({testing::TextDocument("a", "", text), testing::TextDocument("b", "", text)});
  TestServer server(engine, {});
  const json request = {{"query", "northern pump"}, {"options", {{"collapse", 0.9}}}};
  const json found = server.Post("/api/v1/search", request).json;
  ASSERT_EQ(found.at("hits").size(), 1u);
  ASSERT_EQ(found.at("hits")[0].at("also_in").size(), 1u);
  const json& other = found.at("hits")[0].at("also_in")[0];
  EXPECT_EQ(other.at("document"), "b");
  EXPECT_EQ(other.at("ordinal"), 0);
  EXPECT_EQ(other.at("similarity"), 1);
  EXPECT_FALSE(other.contains("collection"));
  const json plain = server.Post("/api/v1/search", {{"query", "northern pump"}}).json;
  ASSERT_EQ(plain.at("hits").size(), 2u);
  EXPECT_FALSE(plain.at("hits")[0].contains("also_in"));
  EXPECT_EQ(other.at("chunk"), plain.at("hits")[1].at("chunk"));
  json why = request;
  why["why"] = "b";
  EXPECT_EQ(server.Post("/api/v1/explain", why).json.at("why").at("reason"), "collapsed");
}

// Of what can be explained, terms times hits, the other language takes nothing.
TEST(SearchExplainTest, ALongQuestionMayBeTranslated) {
  TestEngine engine;
  for (int i = 0; i < 10; ++i) {
    const std::string number = std::to_string(i);
    engine.Add({testing::TextDocument("en/" + number, "Login " + number,
                                      "The password, which has been chosen when the account was "
                                      "made. Other accounts have more rights than " +
                                          number + "."),
                testing::TextDocument("zh/" + number, "登录 " + number,
                                      "可以输入密码。如果没有密码，我们可以进行设置，或者重新申请" +
                                          number + "个。")});
  }
  TestServer server(engine, {});
  const auto search = [&](int words, int k) {
    std::string query;
    for (int i = 0; i < words; ++i) query += "password ";
    return server.Post("/api/v1/search",
                       {{"query", query}, {"k", k}, {"mode", "lexical"}, {"explain", true}});
  };
  const JsonReply reply = search(3'600, 14);  // half of the limit and a little
  ASSERT_EQ(reply.status, 200);
  ASSERT_EQ(reply.json.at("hits").size(), 14u);
  bool translated = false;
  for (const json& term : reply.json.at("hits")[13].at("explain").at("terms")) {
    translated = translated || term.contains("translated");
  }
  EXPECT_TRUE(translated);
  const JsonReply refused = search(7'000, 15);
  EXPECT_EQ(refused.status, 400);
  EXPECT_THAT(refused.json.dump(), ::testing::HasSubstr("explain: 7000 terms of 15 hits"));
}

TEST_F(SearchRouteTest, ModeLexicalLeavesTheVectorsOut) {
  const JsonReply reply =
      server_.Post("/api/v1/search", {{"query", "bicycles"}, {"mode", "lexical"}});
  ASSERT_EQ(reply.status, 200);
  EXPECT_EQ(reply.json.at("used_dense"), false);
  EXPECT_EQ(reply.json.at("mode"), "lexical");
}

TEST_F(SearchRouteTest, AQuestionMaySetEveryOptionOfRetrieval) {
  const auto search = [&](const json& options) {
    return server_.Post(
        "/api/v1/search",
        {{"query", "bronze valve V-3 motor"}, {"k", 4}, {"explain", true}, {"options", options}});
  };
  EXPECT_EQ(search({{"dense_weight", 0}}).json.at("used_dense"), false);
  const JsonReply recall = search({{"feedback", true}, {"feedback_terms", 3}});
  EXPECT_EQ(recall.json.at("feedback").size(), 3u);
  EXPECT_TRUE(recall.json.at("timings_us").contains("retrieve.feedback"));
  const JsonReply hops = search({{"hops", 2}});
  EXPECT_EQ(hops.json.at("hits")[0].at("explain").at("steps")[0].at("stage"), "fusion");
  // Every option of the table is a field.
  json all = json::object();
  for (const RetrievalOption& option : RetrievalOptionTable()) {
    std::visit([&](const auto& value) { all[option.request_name] = value; },
               option.get(RetrievalOptions()));
  }
  EXPECT_EQ(search(all).status, 200);
}

TEST_F(SearchRouteTest, AWrongOptionIsNamedWithWhatWasExpected) {
  const auto message = [&](const json& options) {
    const JsonReply reply =
        server_.Post("/api/v1/search", {{"query", "pump"}, {"options", options}});
    EXPECT_EQ(reply.status, 400);
    return reply.Message();
  };
  EXPECT_EQ(message({{"dense_weight", 1.5}}),
            "options.dense_weight: expected a number from 0 to 1, got 1.5");
  EXPECT_EQ(message({{"hops", -1}}), "options.hops: expected an integer from 1 to 4, got -1");
  EXPECT_EQ(message({{"feedback", {1}}}), "options.feedback: expected true or false, not a list");
  EXPECT_EQ(message({{"dense_wieght", 1}}),
            "options: unknown field \"dense_wieght\"; did you mean \"dense_weight\"?");
  EXPECT_EQ(message(3), "options: expected an object, not a number");
}

TEST_F(SearchRouteTest, SeveralCollectionsAreSearchedTogether) {
  const JsonReply one =
      server_.Post("/api/v1/search", {{"query", "bicycles"}, {"collections", {"default"}}});
  ASSERT_EQ(one.status, 200);
  EXPECT_EQ(one.json.at("collections"), json({"default"}));
  EXPECT_EQ(one.json.at("hits")[0].at("collection"), "default");
  EXPECT_EQ(
      server_
          .Post("/api/v1/search", {{"query", "bicycles"}, {"collections", {"default", "default"}}})
          .Message(),
      "collections: \"default\" stands there twice");
  EXPECT_EQ(
      server_.Post("/api/v1/search", {{"query", "bicycles"}, {"collections", {"none"}}}).status,
      404);
}

TEST_F(SearchRouteTest, ExplainShowsStagesContextAndWhyADocumentIsNotThere) {
  const JsonReply reply = server_.Post(
      "/api/v1/explain", {{"query", "bronze valve V-3"}, {"k", 3}, {"why", "office/parking"}});
  ASSERT_EQ(reply.status, 200);
  EXPECT_EQ(reply.json.at("hits").size(), 3u);
  EXPECT_TRUE(reply.json.at("hits")[0].at("explain").contains("lexical"));
  EXPECT_EQ(reply.json.at("cut")[0].at("rank"), 4);
  const json& context = reply.json.at("context");
  EXPECT_EQ(context.at("passages")[0].at("number"), 1);
  EXPECT_EQ(context.at("passages")[0].at("document"), reply.json.at("hits")[0].at("document"));
  const json& why = reply.json.at("why");
  EXPECT_EQ(why.at("document"), "office/parking");
  EXPECT_TRUE(why.at("reason") == "beyond_k" || why.at("reason") == "not_in_legs");
  EXPECT_TRUE(why.contains("lexical"));
  // The hits are those of a search.
  const JsonReply search =
      server_.Post("/api/v1/search", {{"query", "bronze valve V-3"}, {"k", 3}});
  for (size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(search.json.at("hits")[i].at("chunk"), reply.json.at("hits")[i].at("chunk"));
  }
}

TEST_F(SearchRouteTest, EverySurfaceHasTheSamePassagesInTheSameOrder) {
  // Of a question that is declined the context stays in the order of the search.
  const std::string question = "Which bronze valve did the xylophone orchestra of Atlantis buy?";
  const auto chunks = [](const json& passages) {
    std::vector<uint64_t> ids;
    for (const json& passage : passages) ids.push_back(passage.at("chunk").get<uint64_t>());
    return ids;
  };
  for (const uint32_t hops : {1u, 2u}) {
    const json options = {{"hops", hops}};
    const JsonReply search =
        server_.Post("/api/v1/search", {{"query", question}, {"k", 5}, {"options", options}});
    const JsonReply answer = server_.Post(
        "/api/v1/answer", {{"query", question}, {"k", 5}, {"options", options}, {"context", true}});
    ASSERT_EQ(answer.json.at("abstained"), true);
    json chat = {{"model", "quarry"},
                 {"messages", {{{"role", "user"}, {"content", question}}}},
                 {"quarry", {{"k", 5}, {"options", options}}}};
    const JsonReply completion = server_.Post("/v1/chat/completions", chat);
    chat["stream"] = true;
    const JsonReply streamed = server_.Post("/v1/chat/completions", chat);
    const std::vector<uint64_t> expected = chunks(search.json.at("hits"));
    EXPECT_EQ(expected.size(), 5u);
    EXPECT_EQ(chunks(answer.json.at("context").at("passages")), expected);
    EXPECT_EQ(chunks(completion.json.at("quarry").at("contexts")), expected);
    std::vector<uint64_t> in_stream;
    for (const auto& event : Events(streamed.http.body)) {
      if (event.second == "[DONE]") continue;
      const json data = json::parse(event.second);
      if (data.contains("quarry")) in_stream = chunks(data.at("quarry").at("contexts"));
    }
    EXPECT_EQ(in_stream, expected);
  }
}

TEST_F(SearchRouteTest, FindsChinese) {
  const JsonReply reply = server_.Post("/api/v1/search", {{"query", "带薪休假有几天？"}, {"k", 1}});
  ASSERT_EQ(reply.status, 200);
  EXPECT_EQ(reply.json.at("hits")[0].at("document"), "hr/leave-zh");
  EXPECT_EQ(reply.json.at("query"), "带薪休假有几天？");
}

TEST_F(SearchRouteTest, ReadsOperatorsAndExplainsItsScores) {
  const JsonReply reply = server_.Post(
      "/api/v1/search",
      {{"query", "pump \"cooled by water\" kilo* -P-3"}, {"explain", true}, {"k", 50}});
  ASSERT_EQ(reply.status, 200);
  EXPECT_EQ(reply.json.at("required"), json({"\"cooled by water\""}));
  EXPECT_EQ(reply.json.at("excluded"), json({"\"P-3\""}));
  ASSERT_EQ(reply.json.at("hits").size(), 11u);
  for (const json& hit : reply.json.at("hits")) {
    EXPECT_NE(hit.at("text").get<std::string>().find("cooled by water"), std::string::npos);
    EXPECT_NE(hit.at("document"), "pumps/p3");
    const json& explain = hit.at("explain");
    double sum = 0;
    std::vector<std::string> terms;
    for (const json& term : explain.at("terms")) {
      sum += term.at("score").get<double>();
      terms.push_back(term.at("term"));
      EXPECT_EQ(term.contains("matched"), term.at("term") == "kilo");
    }
    EXPECT_EQ(terms, (std::vector<std::string>{"pump", "cool", "water", "kilo"}));
    EXPECT_EQ(sum, explain.at("lexical").at("score").get<double>());
    const json& prefix = explain.at("terms")[3];
    EXPECT_EQ(prefix.at("matched"), json({"kilowatt"}));
    EXPECT_EQ(prefix.at("count"), 1);
    EXPECT_EQ(prefix.at("document_frequency"), 12);
    EXPECT_GT(prefix.at("idf"), 0);
    EXPECT_TRUE(explain.at("dense").contains("part"));
  }
  const JsonReply plain = server_.Post("/api/v1/search", {{"query", "pump"}});
  EXPECT_FALSE(plain.json.contains("required"));
  EXPECT_FALSE(plain.json.at("hits")[0].contains("explain"));
}

TEST_F(SearchRouteTest, ExplainTellsOfTheSearchThatHasTheSameFields) {
  const json request = {{"query", "bycicles parkd"},
                        {"correct", true},
                        {"highlight", true},
                        {"facets", true},
                        {"k", 3},
                        {"mode", "lexical"}};
  const json found = server_.Post("/api/v1/search", request).json;
  const JsonReply reply = server_.Post("/api/v1/explain", request);
  ASSERT_EQ(reply.status, 200) << reply.http.body;
  const json& explained = reply.json;
  ASSERT_FALSE(found.at("hits").empty());
  EXPECT_EQ(explained.at("query"), "bycicles parkd");
  for (const char* field : {"corrected", "facets"}) {
    EXPECT_EQ(explained.at(field), found.at(field)) << field;
  }
  ASSERT_EQ(explained.at("hits").size(), found.at("hits").size());
  for (size_t i = 0; i < found.at("hits").size(); ++i) {
    json hit = explained.at("hits")[i];
    EXPECT_FALSE(hit.at("explain").at("terms").empty());
    hit.erase("explain");
    EXPECT_EQ(hit, found.at("hits")[i]);
  }
  // What an answer would be made from is looked for by the same words.
  EXPECT_EQ(explained.at("context").at("passages")[0].at("document"), "office/parking");
}

TEST_F(SearchRouteTest, WithoutOperatorsAQueryIsReadAsAQuestionIs) {
  json request = {{"query", "-leak \"leave holiday paid\""}, {"k", 3}};
  EXPECT_EQ(server_.Post("/api/v1/explain", request).json.at("hits").size(), 0u);
  request["operators"] = false;
  for (const char* path : {"/api/v1/search", "/api/v1/explain"}) {
    const json found = server_.Post(path, request).json;
    EXPECT_EQ(found.at("hits").size(), 3u) << path;
  }
}

TEST_F(SearchRouteTest, TheQuotesOfAQuestionAreItsOwn) {
  const JsonReply reply = server_.Post(
      "/api/v1/answer", {{"query", "How many days of \"paid holiday leave\" has an employee?"}});
  EXPECT_EQ(reply.json.at("citations").at(0).at("document"), "hr/leave");
}

TEST_F(SearchRouteTest, ExplainsWhatIsWrongWithARequest) {
  struct Case {
    const char* body;
    int status;
    const char* message;
  };
  const Case cases[] = {
      {R"({"k": 3})", 400, "query: is missing"},
      {R"({"query": 3})", 400, "query: expected a string, not a number"},
      {R"({"query": "  "})", 400, "query: empty; expected a question"},
      {R"({"query": "-leak"})", 400,
       "query: only excludes; expected something to look for beside it"},
      {R"({"query": "x", "explain": 1})", 400, "explain: expected a boolean, not a number"},
      {R"({"query": "x", "k": 0})", 400, "k: expected an integer from 1 to 10000, not 0"},
      {R"({"query": "x", "k": 1.5})", 400, "k: expected an integer from 1 to 10000, not 1.5"},
      {R"({"query": "x", "mod": "dense"})", 400,
       "body: unknown field \"mod\"; did you mean \"mode\"?"},
      {R"({"query": "x", "mode": "fuzzy"})", 400,
       "mode: unknown search mode \"fuzzy\"; expected one of hybrid, dense, lexical"},
      {R"({"query": "x", "filter": {"type": "eqq", "key": "a", "value": 1}})", 400,
       "filter.type: unknown operator \"eqq\"; expected one of and, or, eq, ne, gt, gte, lt, lte, "
       "in, nin"},
      {R"({"query": "x", "principals": "me"})", 400,
       "principals: expected a list of strings, not a string"},
      {R"({"query": "x", "collection": "nope"})", 404, "no collection \"nope\"; there is: default"},
      {R"(["x"])", 400, "body: expected an object, not a list"},
      {R"({"query": "x")", 400, "body: not JSON: line 1, column 14: unexpected end of text"},
  };
  for (const Case& c : cases) {
    const JsonReply reply = server_.Send("POST", "/api/v1/search", c.body, "application/json");
    EXPECT_EQ(reply.status, c.status) << c.body;
    EXPECT_EQ(reply.Message(), c.message) << c.body;
    EXPECT_EQ(reply.json.at("error").at("code"), c.status == 404 ? "NOT_FOUND" : "INVALID_ARGUMENT")
        << c.body;
  }
}

TEST_F(SearchRouteTest, AnswersWithCitationsThatStandInTheText) {
  const JsonReply reply = server_.Post(
      "/api/v1/answer", {{"query", "How many days of paid leave does an employee have?"}});
  ASSERT_EQ(reply.status, 200);
  const std::string answer = reply.json.at("answer");
  EXPECT_NE(answer.find("28 days of paid leave"), std::string::npos) << answer;
  EXPECT_EQ(reply.json.at("abstained"), false);
  EXPECT_EQ(reply.json.at("verdict").at("label"), "supported");
  EXPECT_EQ(reply.json.at("model"), "extractive");
  EXPECT_TRUE(reply.json.at("fingerprint").get<std::string>().starts_with("fp_"));
  EXPECT_FALSE(reply.json.contains("context"));
  ASSERT_FALSE(reply.json.at("citations").empty());
  const json& citation = reply.json.at("citations")[0];
  EXPECT_EQ(citation.at("document"), "hr/leave");
  EXPECT_EQ(citation.at("title"), "Leave");
  const JsonReply source = server_.Get("/api/v1/documents/hr/leave?text=true");
  const std::string text = source.json.at("text");
  const size_t begin = citation.at("begin");
  const size_t end = citation.at("end");
  EXPECT_EQ(text.substr(begin, end - begin), citation.at("quote").get<std::string>());
}

TEST_F(SearchRouteTest, ShowsTheContextWhenItIsAskedFor) {
  const JsonReply reply =
      server_.Post("/api/v1/answer", {{"query", "Where do visitors ring?"}, {"context", true}});
  ASSERT_EQ(reply.status, 200);
  EXPECT_FALSE(reply.json.at("context").at("passages").empty());
}

TEST_F(SearchRouteTest, DeclinesWhatTheDocumentsDoNotSay) {
  const JsonReply reply = server_.Post("/api/v1/answer", {{"query", "Who painted the Mona Lisa?"}});
  ASSERT_EQ(reply.status, 200);
  EXPECT_EQ(reply.json.at("abstained"), true);
  EXPECT_TRUE(reply.json.at("citations").empty());
}

TEST_F(SearchRouteTest, StreamsDeltasThenTheAnswerThenTheEnd) {
  const json question = {{"query", "水泵 B-3 每秒输送多少升水？"}};
  const JsonReply plain = server_.Post("/api/v1/answer", question);
  json streamed = question;
  streamed["stream"] = true;
  const JsonReply reply = server_.Post("/api/v1/answer", streamed);
  ASSERT_EQ(reply.status, 200);
  EXPECT_EQ(reply.http.Header("content-type"), "text/event-stream; charset=utf-8");
  EXPECT_EQ(reply.http.Header("cache-control"), "no-cache");
  const auto events = Events(reply.http.body);
  ASSERT_GE(events.size(), 3u);
  std::string text;
  for (size_t i = 0; i + 2 < events.size(); ++i) {
    EXPECT_EQ(events[i].first, "delta");
    text += json::parse(events[i].second).at("text").get<std::string>();
  }
  EXPECT_EQ(events[events.size() - 2].first, "answer");
  const json answer = json::parse(events[events.size() - 2].second);
  EXPECT_EQ(answer.at("answer"), text);
  EXPECT_EQ(answer.at("answer"), plain.json.at("answer"));
  EXPECT_NE(text.find("23升"), std::string::npos) << text;
  EXPECT_EQ(events.back(), (std::pair<std::string, std::string>("end", "{}")));
}

TEST_F(SearchRouteTest, AStreamThatCannotBeginIsAnOrdinaryError) {
  const JsonReply reply = server_.Post("/api/v1/answer", {{"query", " "}, {"stream", true}});
  EXPECT_EQ(reply.status, 400);
  EXPECT_EQ(reply.Message(), "query: empty; expected a question");
}

TEST(SearchRoute, ReadersSeeOnlyWhatTheyMay) {
  TestServer server;
  ASSERT_EQ(
      server
          .Put("/api/v1/documents",
               {{"documents",
                 {{{"id", "open"}, {"text", "The vault code is printed on the door."}},
                  {{"id", "secret"}, {"text", "The vault code is 4711."}, {"access", {"alice"}}}}}})
          .status,
      201);
  const auto found = [&](const json& principals) {
    json body = {{"query", "vault code"}};
    if (!principals.is_null()) body["principals"] = principals;
    std::set<std::string> documents;
    const JsonReply reply = server.Post("/api/v1/search", body);
    for (const json& hit : reply.json.at("hits")) documents.insert(hit.at("document"));
    return documents;
  };
  EXPECT_EQ(found(nullptr), (std::set<std::string>{"open", "secret"}));
  EXPECT_EQ(found(json::array()), (std::set<std::string>{"open"}));
  EXPECT_EQ(found({"bob"}), (std::set<std::string>{"open"}));
  EXPECT_EQ(found({"bob", "alice"}), (std::set<std::string>{"open", "secret"}));
}

TEST(SearchRoute, FiltersByMetadata) {
  TestServer server;
  for (const int year : {2020, 2024}) {
    server.Put("/api/v1/documents/y" + std::to_string(year),
               {{"text", "Annual report of the mill."}, {"metadata", {{"year", year}}}});
  }
  const JsonReply reply = server.Post(
      "/api/v1/search",
      {{"query", "report"}, {"filter", {{"type", "gt"}, {"key", "year"}, {"value", 2021}}}});
  ASSERT_EQ(reply.status, 200);
  ASSERT_EQ(reply.json.at("hits").size(), 1u);
  EXPECT_EQ(reply.json.at("hits")[0].at("document"), "y2024");
  EXPECT_EQ(reply.json.at("hits")[0].at("metadata"), (json{{"year", 2024.0}}));
}

}  // namespace
}  // namespace quarry::server
