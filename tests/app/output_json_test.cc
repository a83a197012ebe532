// The objects of --json are read by scripts: their keys do not change by accident.

#include "app/output_json.h"

#include <nlohmann/json.hpp>

#include "tests/testing/test_environment.h"

namespace quarry::app {
namespace {

using Json = nlohmann::json;
using ::testing::ElementsAre;

// One object on one line.
Json ParseLine(const std::string& line) {
  EXPECT_EQ(line.find('\n'), line.size() - 1);
  Json json = Json::parse(line);
  EXPECT_TRUE(json.is_object());
  return json;
}

std::vector<std::string> KeysOf(const Json& object) {
  std::vector<std::string> keys;
  for (const auto& [key, value] : object.items()) keys.push_back(key);
  return keys;
}

Passage APassage() {
  Passage passage;
  passage.chunk.id = ChunkId(7);
  passage.chunk.document = "a.md";
  passage.chunk.text = "The pump.";
  passage.chunk.span.begin = 3;
  passage.chunk.span.end = 12;
  passage.chunk.span.heading_path = {"Pumps"};
  passage.title = "A";
  passage.score = 1.5;
  passage.metadata = {{"year", 2020.0}};
  return passage;
}

TEST(OutputJson, AnErrorHasCodeAndMessage) {
  EXPECT_EQ(ParseLine(ErrorJson(NotFoundError("no \xFF store"))),
            Json::parse(R"({"error":{"code":"NOT_FOUND","message":"no \uFFFD store"}})"));
}

TEST(OutputJson, AnIndexRunHasItsCountsAndFailures) {
  IndexResult result;
  result.collection = "default";
  result.report.documents_added = 2;
  result.report.failures = {{"a.txt", "empty"}};
  result.report.skipped = {{"b.png", "not text"}};
  result.chunks_total = 5;
  const Json json = ParseLine(IndexJson(result));
  EXPECT_THAT(KeysOf(json), ElementsAre("bytes", "changed_anything", "chunks", "collection",
                                        "documents", "dry_run", "embedding", "failures",
                                        "metadata_taken", "seconds", "skipped", "sources"));
  EXPECT_EQ(json["documents"]["added"], 2);
  EXPECT_EQ(json["documents"]["failed"], 1);
  EXPECT_EQ(json["chunks"]["total"], 5);
  EXPECT_TRUE(json["changed_anything"].get<bool>());
  EXPECT_EQ(json["failures"], Json::parse(R"([{"path":"a.txt","reason":"empty"}])"));
  EXPECT_EQ(json["skipped"], Json::parse(R"([{"path":"b.png","reason":"not text"}])"));
  result.dry_run = true;
  EXPECT_FALSE(ParseLine(IndexJson(result))["changed_anything"].get<bool>());
}

TEST(OutputJson, ASearchHitHasItsPlaceAndTextAndOnRequestItsScores) {
  SearchResult result;
  result.query.text = "pump";
  result.items.push_back({.passage = APassage(), .snippet = {}, .terms = {}});
  const Json json = ParseLine(SearchJson(result));
  EXPECT_THAT(KeysOf(json), ElementsAre("collection", "hits", "k", "mode", "query", "timings_us",
                                        "used_dense", "used_lexical"));
  EXPECT_THAT(
      KeysOf(json["hits"][0]),
      ElementsAre("begin", "chunk", "document", "end", "heading_path", "language", "metadata",
                  "ordinal", "rank", "score", "snippet", "text", "title", "uri"));
  EXPECT_EQ(json["hits"][0]["metadata"]["year"], 2020.0);
  result.explain = true;
  result.items[0].passage.breakdown.lexical_rank = 1;
  const Json explain = ParseLine(SearchJson(result))["hits"][0]["explain"];
  EXPECT_THAT(KeysOf(explain), ElementsAre("lexical", "terms"));
  result.items[0].terms = {{.term = "pump", .query_count = 1},
                           {.term = "val", .prefix = true, .matched = {"valv"}}};
  result.lexical.required = {{.name = "\"oil pump\"", .phrase = {}, .prefix = {}}};
  const Json more = ParseLine(SearchJson(result));
  EXPECT_EQ(more["required"], Json({"\"oil pump\""}));
  EXPECT_EQ(more["excluded"], Json::array());
  const Json& terms = more["hits"][0]["explain"]["terms"];
  EXPECT_THAT(KeysOf(terms[0]),
              ElementsAre("count", "document_frequency", "idf", "query_count", "score", "term"));
  EXPECT_EQ(terms[1]["matched"], Json({"valv"}));
}

TEST(OutputJson, AnAnswerHasCitationsWithTheirSources) {
  AnswerResult result;
  result.question = "pump?";
  result.answer.text = "The pump [1].";
  result.answer.context.passages = {APassage()};
  Citation citation;
  citation.passage = 1;
  citation.document = "a.md";
  citation.quote = "The pump.";
  result.answer.citations = {citation};
  const Json json = ParseLine(AnswerJson(result));
  EXPECT_THAT(KeysOf(json),
              ElementsAre("abstained", "answer", "cache", "citations", "collection", "commit",
                          "fingerprint", "kind", "model", "note", "question", "sentences",
                          "standalone", "timings_us", "usage", "verdict"));
  EXPECT_EQ(json["citations"][0]["title"], "A");
  EXPECT_EQ(json["citations"][0]["quote"], "The pump.");
  result.show_context = true;
  EXPECT_EQ(ParseLine(AnswerJson(result))["context"]["passages"].size(), 1u);
}

TEST(OutputJson, VerifyIsOkWithoutProblems) {
  VerifyResult result;
  result.collections.push_back({"default", {}});
  EXPECT_TRUE(ParseLine(VerifyJson(result))["ok"].get<bool>());
  result.collections[0].report.problems = {"chunk 7: damaged"};
  const Json json = ParseLine(VerifyJson(result));
  EXPECT_FALSE(json["ok"].get<bool>());
  EXPECT_EQ(json["collections"][0]["problems"][0], "chunk 7: damaged");
}

TEST(OutputJson, TheConfigurationHasEveryKeyWithItsOrigin) {
  const Json json = ParseLine(ConfigJson(LoadConfig({.default_file = "/none"}).value()));
  EXPECT_EQ(json["values"].size(), ConfigKeys().size());
  EXPECT_EQ(json["values"]["retrieval.k"], 10);
  EXPECT_EQ(json["origins"]["retrieval.k"], "default");
  EXPECT_EQ(ParseLine(ConfigKeysJson())["keys"].size(), ConfigKeys().size());
}

TEST(OutputJson, SmallObjectsHaveTheirOneKey) {
  EXPECT_EQ(ParseLine(DeleteJson({{"a"}, {"b"}})),
            Json::parse(R"({"deleted":["a"],"not_found":["b"]})"));
  EXPECT_EQ(ParseLine(CollectionChangedJson("created", "x")), Json::parse(R"({"created":"x"})"));
  EXPECT_EQ(ParseLine(ServingJson("http://h:1", 1)),
            Json::parse(R"({"url":"http://h:1","port":1})"));
}

TEST(OutputJson, AFailedCheckOfTheDoctorIsNotOk) {
  Finding finding{.level = Finding::Level::kWarning, .subject = "disk", .detail = "little"};
  EXPECT_TRUE(ParseLine(FindingsJson({finding}))["ok"].get<bool>());
  finding.level = Finding::Level::kFailed;
  const Json json = ParseLine(FindingsJson({finding}));
  EXPECT_FALSE(json["ok"].get<bool>());
  EXPECT_EQ(json["checks"][0]["level"], "fail");
}

}  // namespace
}  // namespace quarry::app
