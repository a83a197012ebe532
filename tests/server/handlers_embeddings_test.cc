// Embeddings and the order of given documents, over a real engine.

#include <bit>

#include "base/base64.h"
#include "tests/server/server_testing.h"

namespace quarry::server {
namespace {

using nlohmann::json;
using std::string;
using testing::JsonReply;
using testing::SmallCorpusTest;
using testing::TestServer;

class EmbeddingsTest : public SmallCorpusTest {
 protected:
  TestServer server_{*engine_, {}};
};

TEST_F(EmbeddingsTest, GivesOneVectorPerTextInTheirOrder) {
  const JsonReply reply = server_.Post(
      "/v1/embeddings", {{"model", "quarry"}, {"input", {"the pump", "paid leave", "the pump"}}});
  ASSERT_EQ(reply.status, 200) << reply.http.body;
  const json& data = reply.json.at("data");
  ASSERT_EQ(data.size(), 3u);
  for (size_t i = 0; i < data.size(); ++i) EXPECT_EQ(data[i].at("index"), i);
  EXPECT_EQ(data[0].at("embedding"), data[2].at("embedding"));
  EXPECT_NE(data[0].at("embedding"), data[1].at("embedding"));
  EXPECT_EQ(data[0].at("embedding").size(), engine_->snapshot()->generation()->space.dimension);
  EXPECT_EQ(reply.json.at("model"), "quarry");
  EXPECT_EQ(reply.json.at("usage").at("prompt_tokens"), 2 + 3 + 2);
  EXPECT_EQ(reply.json.at("quarry").at("embedder"),
            engine_->snapshot()->generation()->space.fingerprint);
}

TEST_F(EmbeddingsTest, Base64HoldsTheSameFloats) {
  json request = {{"model", "quarry"}, {"input", "cooled by water"}};
  const json floats = server_.Post("/v1/embeddings", request).json.at("data")[0].at("embedding");
  request["encoding_format"] = "base64";
  const json text = server_.Post("/v1/embeddings", request).json.at("data")[0].at("embedding");
  const std::optional<string> bytes = DecodeBase64(text.get<string>());
  ASSERT_TRUE(bytes.has_value());
  ASSERT_EQ(bytes->size(), floats.size() * 4);
  for (size_t i = 0; i < floats.size(); ++i) {
    uint32_t bits = 0;
    for (size_t b = 0; b < 4; ++b) {
      bits |= uint32_t{static_cast<unsigned char>((*bytes)[i * 4 + b])} << (8 * b);
    }
    EXPECT_EQ(std::bit_cast<float>(bits), floats[i].get<float>());
  }
}

TEST(Embeddings, AProfileIsAModelWithACollectionOfItsOwn) {
  testing::TestEngine engine;
  engine.Add(testing::SmallCorpus());
  ASSERT_OK(engine.index->CreateCollection("empty").status());
  TestServer server(engine, {});
  const auto put = [&](const string& name, const string& yaml) {
    ASSERT_LT(server.Put("/api/v1/profiles/" + name, {{"yaml", yaml}}).status, 300);
  };
  put("short", "length: short\n");
  put("elsewhere", "collection: empty\n");
  const auto embed = [&](json request) {
    request["input"] = "the pump";
    return server.Post("/v1/embeddings", request);
  };
  const JsonReply plain = embed({{"model", "quarry"}});
  const JsonReply of_profile = embed({{"model", "quarry/short"}});
  ASSERT_EQ(of_profile.status, 200) << of_profile.http.body;
  EXPECT_EQ(of_profile.json.at("model"), "quarry/short");
  EXPECT_EQ(of_profile.json.at("data"), plain.json.at("data"));
  EXPECT_TRUE(embed({{"model", "quarry/elsewhere"}})
                  .Message()
                  .starts_with("collection \"empty\" has no embedder yet"));
  EXPECT_EQ(embed({{"model", "quarry/elsewhere"}, {"quarry", {{"collection", "default"}}}}).status,
            200);
  EXPECT_EQ(embed({{"model", "quarry/none"}}).status, 404);
}

TEST_F(EmbeddingsTest, SaysWhatItDoesNotTake) {
  struct Case {
    const char* patch;
    int status;
    const char* param;
    const char* message;
  };
  const Case cases[] = {
      {R"({"model": "text-embedding-3-small"})", 404, "model",
       "there is no model \"text-embedding-3-small\"; expected one of: quarry"},
      {R"({"input": [1, 2]})", 400, "input[0]",
       "input[0]: tokens are of another model's vocabulary; expected text"},
      {R"({"input": [[1, 2]]})", 400, "input[0]",
       "input[0]: tokens are of another model's vocabulary; expected text"},
      {R"({"input": []})", 400, "input", "input: expected 1 to 2048 texts, not 0"},
      {R"({"input": ["x", " "]})", 400, "input[1]", "input[1]: expected text that is not empty"},
      {R"({"input": {}})", 400, "input", "input: expected a string, not an object"},
      {R"({"encoding_format": "hex"})", 400, "encoding_format",
       "encoding_format: expected \"float\" or \"base64\""},
      {R"({"dimensions": 3})", 400, "dimensions", nullptr},
      {R"({"dimension": 3})", 400, "body",
       "body: unknown field \"dimension\"; did you mean \"dimensions\"?"},
      {R"({"quarry": {"input_type": "answer"}})", 400, "quarry.input_type",
       "quarry.input_type: expected \"query\" or \"document\""},
  };
  for (const Case& c : cases) {
    json body = {{"model", "quarry"}, {"input", "x"}};
    body.update(json::parse(c.patch));
    const JsonReply reply = server_.Post("/v1/embeddings", body);
    EXPECT_EQ(reply.status, c.status) << c.patch;
    if (c.message != nullptr) {
      EXPECT_EQ(reply.Message(), c.message);
    }
    const json param = string(c.param) == "body" ? json(nullptr) : json(c.param);
    EXPECT_EQ(reply.json.at("error").at("param"), param) << c.patch;
  }
}

TEST(Embeddings, ACollectionWithoutAnEmbedderIsAnErrorThatSaysWhatToDo) {
  TestServer server;
  const JsonReply reply =
      server.Post("/v1/embeddings", {{"model", "quarry"}, {"input", "the pump"}});
  EXPECT_EQ(reply.status, 400);
  EXPECT_EQ(reply.Message(),
            "collection \"default\" has no embedder yet: one is learnt from 30 chunks on, or "
            "configure embedding.model");
}

const json kDocuments = {"The valve is made of bronze.", "The pump is cooled by water.",
                         "Bicycles are parked in the yard."};

TEST_F(EmbeddingsTest, RerankPutsTheDocumentThatAnswersFirst) {
  for (const char* path : {"/v1/rerank", "/v2/rerank"}) {
    const JsonReply reply = server_.Post(path, {{"model", "quarry"},
                                                {"query", "How is the pump cooled?"},
                                                {"documents", kDocuments},
                                                {"top_n", 2}});
    ASSERT_EQ(reply.status, 200) << reply.http.body;
    const json& results = reply.json.at("results");
    ASSERT_EQ(results.size(), 2u);
    EXPECT_EQ(results[0].at("index"), 1);
    EXPECT_GT(results[0].at("relevance_score"), results[1].at("relevance_score"));
    EXPECT_LE(results[0].at("relevance_score"), 1.0);
    EXPECT_FALSE(results[0].contains("document"));
    EXPECT_EQ(reply.json.at("meta").at("api_version").at("version"), string(path).substr(2, 1));
    EXPECT_TRUE(reply.json.at("quarry").at("scorer").get<string>().starts_with("words and "));
  }
}

TEST(Rerank, NeedsNeitherModelNorVectors) {
  TestServer server;
  const JsonReply reply =
      server.Post("/v1/rerank", {{"query", "水泵用什么冷却？"},
                                 {"documents", {"阀门由青铜制成。", "水泵用水冷却。", "Bicycles."}},
                                 {"return_documents", true}});
  ASSERT_EQ(reply.status, 200) << reply.http.body;
  const json& results = reply.json.at("results");
  EXPECT_EQ(results[0].at("index"), 1);
  EXPECT_EQ(results[0].at("document"), (json{{"text", "水泵用水冷却。"}}));
  EXPECT_EQ(results[2].at("relevance_score"), 0.0);
  EXPECT_EQ(reply.json.at("quarry").at("scorer"), "words");
}

TEST(Rerank, RanksObjectsByTheFieldsThatAreNamed) {
  TestServer server;
  const json documents = {{{"text", "pump"}, {"title", "valve"}},
                          {{"text", "valve"}, {"title", "pump"}}};
  json request = {{"query", "pump"}, {"documents", documents}, {"return_documents", true}};
  EXPECT_EQ(server.Post("/v1/rerank", request).json.at("results")[0].at("index"), 0);
  request["rank_fields"] = {"title"};
  const json best = server.Post("/v1/rerank", request).json.at("results")[0];
  EXPECT_EQ(best.at("index"), 1);
  EXPECT_EQ(best.at("document"), documents[1]);
}

TEST(Rerank, ErrorsNameThePlace) {
  TestServer server;
  const auto message = [&](const json& patch) {
    json body = {{"query", "pump"}, {"documents", {"pump"}}};
    body.update(patch);
    const JsonReply reply = server.Post("/v2/rerank", body);
    EXPECT_GE(reply.status, 400);
    return reply.Message();
  };
  EXPECT_EQ(message({{"documents", json::array()}}), "documents: expected 1 to 1000, not 0");
  EXPECT_EQ(message({{"documents", {"a", 5}}}),
            "documents[1]: expected a string or an object, not a number");
  EXPECT_EQ(message({{"documents", {{{"title", "x"}}}}}),
            "documents[0]: has none of the fields that are ranked by");
  EXPECT_EQ(message({{"query", " "}}), "query: expected text that is not empty");
  EXPECT_EQ(message({{"model", "rerank-v3.5"}}),
            "there is no model \"rerank-v3.5\"; expected one of: quarry");
}

}  // namespace
}  // namespace quarry::server
