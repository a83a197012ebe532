#include "model/remote_models.h"

#include <pthread.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <nlohmann/json.hpp>

#include "base/base64.h"
#include "model/embedder_cache.h"
#include "model/embedder_factory.h"
#include "tests/testing/http_upstream.h"

namespace quarry::model {
namespace {

using ::testing::HasSubstr;
using testing::HttpUpstream;
using ::testing::SizeIs;
using ::testing::StartsWith;
using testing::UpstreamCall;
using namespace std::chrono_literals;
using Json = nlohmann::json;

// A vector that depends on the text: its length, its first byte, 1.
std::vector<float> VectorOf(const std::string& text) {
  return {static_cast<float>(text.size()), static_cast<float>(text[0]), 1};
}

std::string Base64Of(const std::vector<float>& vector) {
  std::string bytes(vector.size() * sizeof(float), '\0');
  std::memcpy(bytes.data(), vector.data(), bytes.size());
  return EncodeBase64(bytes);
}

// Answers as OpenAI does, the last text first: the order is that of "index".
void Embed(UpstreamCall& call, bool base64 = true) {
  const Json request = Json::parse(call.request().body);
  Json data = Json::array();
  for (size_t i = request["input"].size(); i-- > 0;) {
    const std::vector<float> vector = VectorOf(request["input"][i].get<std::string>());
    Json embedding = vector;
    if (base64) embedding = Base64Of(vector);
    data.push_back({{"object", "embedding"}, {"index", i}, {"embedding", embedding}});
  }
  call.Reply(200, Json{{"data", data}}.dump());
}

class RemoteModelsTest : public ::testing::Test {
 protected:
  RemoteModelsTest() {
    options_.remote.retry.initial = 1ms;
    options_.remote.limits.first_byte = 300ms;
    options_.embedding_key = "ek";
    options_.rerank_key = "rk";
  }

  Result<std::shared_ptr<const Embedder>> Open(const HttpUpstream& upstream,
                                               const std::string& rest = "/v1#m",
                                               uint32_t dimension = 0) {
    options_.embedding_model = upstream.url();
    return OpenForeign(upstream, rest, dimension);
  }

  // One that the keys were not given for.
  Result<std::shared_ptr<const Embedder>> OpenForeign(const HttpUpstream& upstream,
                                                      const std::string& rest = "/v1#m",
                                                      uint32_t dimension = 0) {
    models_.emplace(options_);
    return models_->OpenEmbedder({.path = upstream.url() + rest}, dimension,
                                 CallContext::WithTimeout(10s));
  }

  RemoteModelsOptions options_;
  std::optional<RemoteModels> models_;
};

TEST_F(RemoteModelsTest, VectorsComeInTheOrderOfTheTextsAndHaveUnitLength) {
  for (const bool base64 : {true, false}) {
    HttpUpstream upstream([&](UpstreamCall& call) { Embed(call, base64); });
    ASSERT_OK_AND_ASSIGN(const auto embedder, Open(upstream));
    EXPECT_EQ(embedder->space().dimension, 3u);
    EXPECT_THAT(embedder->space().fingerprint, StartsWith("remote:1:"));
    std::vector<std::string> texts;
    for (int i = 0; i < 150; ++i) texts.push_back(std::string(static_cast<size_t>(i % 7 + 1), 'a'));
    texts[5] = " ";  // never sent
    ASSERT_OK_AND_ASSIGN(const EmbeddingMatrix matrix,
                         embedder->Embed(texts, EmbeddingRole::kDocument, {}));
    ASSERT_EQ(matrix.rows(), 150u);
    for (size_t i = 0; i < texts.size(); ++i) {
      const std::vector<float> expected = VectorOf(texts[i]);
      const double length = std::hypot(expected[0], expected[1], expected[2]);
      for (size_t d = 0; d < 3; ++d) {
        EXPECT_NEAR(matrix.Row(i)[d], i == 5 ? 0 : expected[d] / length, 1e-6);
      }
    }
    const auto requests = upstream.requests();
    ASSERT_THAT(requests, SizeIs(4)) << "the probe and batches of 64";
    const Json first = Json::parse(requests[0].body);
    EXPECT_EQ(first["model"], "m");
    EXPECT_EQ(first["encoding_format"], "base64");
    EXPECT_FALSE(first.contains("dimensions"));
    EXPECT_EQ(requests[0].target, "/v1/embeddings");
    EXPECT_EQ(requests[0].Header("authorization"), "Bearer ek");
  }
}

TEST_F(RemoteModelsTest, PrefixesAreSentAndNameTheSpace) {
  HttpUpstream upstream([](UpstreamCall& call) { Embed(call); });
  models_.emplace(options_);
  const EmbedderFolder folder{
      .path = upstream.url() + "#m", .query_prefix = "q: ", .document_prefix = "d: "};
  ASSERT_OK_AND_ASSIGN(const auto embedder, models_->OpenEmbedder(folder, 3, {}));
  ASSERT_OK_AND_ASSIGN(const auto plain,
                       models_->OpenEmbedder({.path = upstream.url() + "#m"}, 3, {}));
  EXPECT_THAT(upstream.requests(), SizeIs(0)) << "with a known dimension nothing is asked";
  EXPECT_NE(embedder->space().fingerprint, plain->space().fingerprint);
  const std::vector<std::string> text = {"x"};
  ASSERT_OK(embedder->Embed(text, EmbeddingRole::kQuery, {}).status());
  ASSERT_OK(embedder->Embed(text, EmbeddingRole::kDocument, {}).status());
  EXPECT_EQ(Json::parse(upstream.requests().at(0).body)["input"][0], "q: x");
  EXPECT_EQ(Json::parse(upstream.requests().at(1).body)["input"][0], "d: x");
}

TEST_F(RemoteModelsTest, DimensionsAreAskedForAndHeldTo) {
  HttpUpstream upstream([](UpstreamCall& call) { Embed(call); });
  ASSERT_OK(Open(upstream, "/v1?dimensions=3#m").status());
  EXPECT_EQ(Json::parse(upstream.requests().at(0).body)["dimensions"], 3);
  EXPECT_EQ(upstream.requests().at(0).target, "/v1/embeddings");
  EXPECT_THAT(Open(upstream, "/v1?dimensions=4#m").status().message(),
              HasSubstr("asked for vectors of 4 values, got 3"));
  ASSERT_OK_AND_ASSIGN(const auto other, Open(upstream, "#m", 8));
  const Status changed =
      other->Embed(std::vector<std::string>{"x"}, EmbeddingRole::kQuery, {}).status();
  EXPECT_THAT(changed.message(),
              HasSubstr("a vector of 3 values; those of the index have 8: the model has changed"));
  EXPECT_THAT(Open(upstream, "/v1").status().message(), HasSubstr("expected BASE_URL#MODEL"));
}

TEST_F(RemoteModelsTest, EachBadAnswerIsAClearError) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const auto one = [](const Json& embedding) {
    return Json{{"data", {{{"index", 0}, {"embedding", embedding}}}}}.dump();
  };
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"<html>", "not JSON: it begins with \"<html>\""},
      {"[服务暂时不可用，请过几分钟再试一次，谢谢您", "请过几分钟再试一次，谢\""},
      {R"({"data": [{"index": 0, "embedding": [1, NaN]}]})", "not JSON"},
      {one(Base64Of({1, nan})), "data[0].embedding: a value is not a finite number"},
      {one({1, "x"}), "data[0].embedding: expected numbers only"},
      {one(Json::array()), "data[0].embedding: 0 values"},
      {one("?"), "data[0].embedding: expected base64 of floats"},
      {one(true), "data[0].embedding: expected a list of numbers or base64"},
      {R"({"data": [{"index": 0}]})", "data[0].embedding: missing"},
      {R"({"data": [{"index": 1, "embedding": [1]}]})", "data[0].index: expected each number"},
      {R"({"data": []})", "\"data\": expected 1 vectors, got 0"},
      {R"({"data": 7})", "\"data\": expected a list"},
      {std::string(100'000, '['), "not JSON"},
  };
  for (const auto& [body, message] : cases) {
    HttpUpstream upstream([&, answer = &body](UpstreamCall& call) { call.Reply(200, *answer); });
    const Status status = Open(upstream).status();
    EXPECT_EQ(status.code(), Code::kUnavailable);
    EXPECT_THAT(status.message(), HasSubstr(message));
    EXPECT_THAT(status.message(), StartsWith("embeddings of " + upstream.url() + "/v1#m: "));
  }
}

TEST_F(RemoteModelsTest, AnAnswerOfFarMoreThanWasAskedForIsNotTakenIn) {
  std::string lists = R"({"data": [)";
  for (int i = 0; i < 20'000; ++i) lists += "[],";
  lists += "[]]}";
  HttpUpstream upstream([&](UpstreamCall& call) {
    if (call.request().target.starts_with("/long")) {
      return call.Reply(200, '"' + std::string(1 << 20, 'x') + '"');
    }
    call.Reply(200, lists);
  });
  const std::vector<std::string> text = {"x"};
  ASSERT_OK_AND_ASSIGN(const auto many, Open(upstream, "/v1#m", 1'000));
  EXPECT_THAT(many->Embed(text, EmbeddingRole::kQuery, {}).status().message(),
              HasSubstr("not JSON that is read here: more than 1128 values"));
  ASSERT_OK_AND_ASSIGN(const auto is_long, Open(upstream, "/long#m", 1'000));
  const Status refused = is_long->Embed(text, EmbeddingRole::kQuery, {}).status();
  EXPECT_EQ(refused.code(), Code::kResourceExhausted);
  EXPECT_THAT(refused.message(), HasSubstr("an answer of more than 72192 bytes"));
}

TEST_F(RemoteModelsTest, TextsAreEmbeddedAlsoWhereNoThreadIsToBeHad) {
  HttpUpstream upstream([](UpstreamCall& call) { Embed(call); });
  ASSERT_OK_AND_ASSIGN(const auto embedder, Open(upstream));  // its connection is kept
  const std::vector<std::string> texts(300, "a");
  pthread_attr_t before;
  pthread_attr_t huge;
  ASSERT_EQ(::pthread_getattr_default_np(&before), 0);
  ASSERT_EQ(::pthread_getattr_default_np(&huge), 0);
  // More than the address space has, so that no stack can be mapped.
  ASSERT_EQ(::pthread_attr_setstacksize(&huge, size_t{1} << 60), 0);
  ASSERT_EQ(::pthread_setattr_default_np(&huge), 0);
  const auto matrix = embedder->Embed(texts, EmbeddingRole::kDocument, {});
  ASSERT_EQ(::pthread_setattr_default_np(&before), 0);
  ::pthread_attr_destroy(&before);
  ::pthread_attr_destroy(&huge);
  ASSERT_OK(matrix.status());
  EXPECT_EQ(matrix->rows(), 300u);
}

TEST_F(RemoteModelsTest, AnUpstreamThatFailsIsAClearError) {
  testing::Gate gate;
  HttpUpstream upstream([&](UpstreamCall& call) {
    const std::string& target = call.request().target;
    if (target.starts_with("/429")) return call.Reply(429, "too many");
    if (target.starts_with("/500")) return call.Reply(500, "ill");
    if (target.starts_with("/half")) {
      call.Write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"data\"");
      return call.Close();
    }
    gate.Wait();
  });
  EXPECT_THAT(Open(upstream, "/429#m").status().message(), HasSubstr("status 429: too many"));
  EXPECT_THAT(Open(upstream, "/500#m").status().message(), HasSubstr("status 500: ill"));
  EXPECT_THAT(Open(upstream, "/half#m").status().message(), HasSubstr("its answer was cut off"));
  options_.remote.retry.attempts = 1;
  EXPECT_THAT(Open(upstream, "/silent#m").status().message(), HasSubstr("no answer within 300 ms"));
  gate.Open();
}

TEST_F(RemoteModelsTest, AStoredNameOpensWithoutAskingAndKeepsItsSpace) {
  HttpUpstream upstream([](UpstreamCall& call) { Embed(call); });
  ASSERT_OK_AND_ASSIGN(const auto embedder, Open(upstream));
  const EmbedderFolder folder{.path = upstream.url() + "/v1#m"};
  const std::string record = SerializeEmbedderFolder(folder);
  EXPECT_EQ(ParseEmbedderFolder(record).value().path, folder.path);
  EXPECT_EQ(KindOfPublished(folder), kRemoteKind);
  EmbedderCache cache(&*models_);
  const size_t before = upstream.requests().size();
  const auto opened =
      cache.Get(embedder->space(), std::string(kRemoteKind), [&] { return ShareString(record); });
  ASSERT_OK(opened.status());
  EXPECT_EQ((*opened)->space(), embedder->space());
  EXPECT_EQ(upstream.requests().size(), before);
}

TEST_F(RemoteModelsTest, OpenAisKeyGoesToItsHostAlone) {
  HttpUpstream theirs([](UpstreamCall& call) { Embed(call); });
  HttpUpstream other([](UpstreamCall& call) { Embed(call); });
  options_.embedding_key = "";
  options_.openai_key = "ok";
  options_.openai_base_url = theirs.url() + "/v1";
  ASSERT_OK(OpenForeign(theirs).status());
  ASSERT_OK(OpenForeign(other).status());
  EXPECT_EQ(theirs.requests().at(0).Header("authorization"), "Bearer ok");
  EXPECT_EQ(other.requests().at(0).Header("authorization"), "");
}

TEST_F(RemoteModelsTest, AKeyGoesToTheOriginOfTheModelThatItWasGivenForAlone) {
  HttpUpstream theirs([](UpstreamCall& call) { Embed(call); });
  HttpUpstream other([](UpstreamCall& call) { call.Reply(401, "who?"); });
  options_.embedding_model = theirs.url() + "/v2#other";
  options_.rerank_model = theirs.url() + "#rr";
  ASSERT_OK(OpenForeign(theirs).status());
  EXPECT_EQ(theirs.requests().at(0).Header("authorization"), "Bearer ek");
  EXPECT_THAT(OpenForeign(other).status().message(),
              HasSubstr("status 401: who?; no key was sent: none is set for " + other.url()));
  ASSERT_OK_AND_ASSIGN(const auto reranker, models_->OpenReranker(other.url() + "#rr"));
  EXPECT_FALSE(reranker->Score("q", std::vector<std::string>{"a"}, {}).ok());
  ASSERT_THAT(other.requests(), SizeIs(2));
  for (const auto& request : other.requests()) EXPECT_EQ(request.Header("authorization"), "");
}

TEST_F(RemoteModelsTest, AKeyIsNotSentOverPlainHttpToAnotherMachine) {
  options_.embedding_model = "http://127.example.invalid/v1#m";
  models_.emplace(options_);
  const Status status = models_->OpenEmbedder({.path = options_.embedding_model}, 0, {}).status();
  EXPECT_EQ(status.code(), Code::kFailedPrecondition);
  EXPECT_THAT(status.message(), HasSubstr("POST http://127.example.invalid/v1/embeddings: a key is "
                                          "set for it and is not sent over plain http"));
}

TEST_F(RemoteModelsTest, RerankersOfBothShapesScoreInTheOrderOfTheTexts) {
  HttpUpstream upstream([](UpstreamCall& call) {
    const Json request = Json::parse(call.request().body);
    if (call.request().target == "/v2/rerank") {
      EXPECT_EQ(request["model"], "rr");
      EXPECT_EQ(request["documents"].size(), 2u);
      return call.Reply(200, R"({"results": [{"index": 1, "relevance_score": 0.9},
                                             {"index": 0, "relevance_score": 0.2}]})");
    }
    EXPECT_EQ(request["texts"][1], "b");
    call.Reply(200, R"([{"index": 1, "score": 2.0}, {"index": 0, "score": -1.0}])");
  });
  options_.rerank_model = upstream.url();
  models_.emplace(options_);
  const std::vector<std::string> texts = {"a", "b"};
  ASSERT_OK_AND_ASSIGN(const auto cohere, models_->OpenReranker(upstream.url() + "/v2#rr"));
  ASSERT_OK_AND_ASSIGN(const auto scores, cohere->Score("q", texts, {}));
  EXPECT_FLOAT_EQ(scores[0], 0.2f);
  EXPECT_FLOAT_EQ(scores[1], 0.9f);
  EXPECT_EQ(upstream.requests().at(0).Header("authorization"), "Bearer rk");
  ASSERT_OK_AND_ASSIGN(const auto tei, models_->OpenReranker(upstream.url()));
  ASSERT_OK_AND_ASSIGN(const auto logits, tei->Score("q", texts, {}));
  EXPECT_NEAR(logits[0], 0.2689, 1e-3);
  EXPECT_NEAR(logits[1], 0.8808, 1e-3);
  EXPECT_NE(cohere->fingerprint(), tei->fingerprint());
}

TEST_F(RemoteModelsTest, ABadRankingIsAClearError) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"{}", "expected a list of results"},
      {R"({"results": []})", "expected 1 results, got 0"},
      {R"([{"index": 0}])", "results[0]: expected a score that is a finite number"},
      {R"([{"index": 0, "score": 1e999}])", "not JSON"},
      {R"([{"index": 3, "score": 1}])", "results[0].index: expected each number below 1 once"},
  };
  for (const auto& [body, message] : cases) {
    HttpUpstream upstream([&, answer = &body](UpstreamCall& call) { call.Reply(200, *answer); });
    models_.emplace(options_);
    ASSERT_OK_AND_ASSIGN(const auto reranker, models_->OpenReranker(upstream.url() + "#rr"));
    EXPECT_THAT(reranker->Score("q", std::vector<std::string>{"a"}, {}).status().message(),
                HasSubstr(message));
  }
}

}  // namespace
}  // namespace quarry::model
