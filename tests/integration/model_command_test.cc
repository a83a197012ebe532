// A published model in a store's life, as commands.

#include <filesystem>
#include <fstream>

#include "model/digest.h"
#include "tests/testing/command_testing.h"
#include "tests/testing/http_client.h"
#include "tests/testing/http_upstream.h"
#include "tests/testing/model_testing.h"

namespace quarry::app {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;
using testing::QuarryResult;
using ::testing::StartsWith;

class ModelCommandTest : public testing::CommandTest {
 protected:
  ModelCommandTest() {
    for (int i = 0; i < 40; ++i) WriteUnit(i, i % 2 == 0 ? "a pump" : "a valve");
    testing::WriteModel(model(), {});
    testing::WriteVocabulary(model(), 100);
  }

  std::string model() const { return home() + "/model"; }
  void WriteUnit(int number, const std::string& text) const {
    const std::string n = std::to_string(number);
    Write("docs/" + n + ".md", "# Unit " + n + "\n\nThe unit " + n + " has " + text + ".\n");
  }
  Json RunJson(std::vector<std::string> arguments) const {
    arguments.push_back("--json");
    const QuarryResult result = Run(std::move(arguments));
    EXPECT_EQ(result.exit_code, 0) << result.error;
    return Json::parse(result.out);
  }
  Json Hits(std::vector<std::string> extra = {}) const {
    std::vector<std::string> arguments = {"search", "pump of unit 7"};
    arguments.insert(arguments.end(), extra.begin(), extra.end());
    return RunJson(std::move(arguments))["hits"];
  }
};

TEST_F(ModelCommandTest, ACollectionSwitchesToAModelStaysWithItAndReturns) {
  ASSERT_EQ(Run({"index", home() + "/docs"}).exit_code, 0);
  const Json learnt = Hits();
  const Json switched = RunJson({"embedder", "switch", model()});
  EXPECT_EQ(switched["done"], "switched");
  EXPECT_EQ(switched["embedded"], 40);
  EXPECT_EQ(switched["generations"][0]["kind"], "folder");
  EXPECT_EQ(switched["generations"][0]["dimension"], 32);
  const Json by_model = Hits();
  EXPECT_NE(by_model, learnt);
  EXPECT_EQ(Hits({"--mode", "dense"}).size(), 10u);
  EXPECT_EQ(Run({"verify"}).exit_code, 0);

  // New documents are embedded by it, however many there are; nothing is learnt.
  for (int i = 40; i < 120; ++i) WriteUnit(i, "a holiday");
  const Json indexed = RunJson({"index", home() + "/docs"});
  EXPECT_EQ(indexed["embedding"]["embedded"], 80);
  EXPECT_EQ(indexed["embedding"]["learnt"], false);

  const QuarryResult again = Run({"embedder", "switch", model()});
  EXPECT_NE(again.exit_code, 0);
  EXPECT_THAT(again.error, HasSubstr("the vectors are by " + model() + " already (bert:2:"));

  // Back, and to the model again without embedding what it has embedded.
  EXPECT_NE(RunJson({"embedder", "revert"})["generations"][0]["kind"], "folder");
  const Json resumed = RunJson({"embedder", "switch", model()});
  EXPECT_EQ(resumed["embedded"], 0);
  EXPECT_EQ(resumed["generations"][0]["id"], switched["generations"][0]["id"]);
  EXPECT_EQ(Run({"verify"}).exit_code, 0);
}

TEST_F(ModelCommandTest, ATextIsEmbeddedOnceWhereverItComesBack) {
  std::ofstream(home() + "/quarry.yaml") << "embedding:\n  model: model\n";
  const Json first = RunJson({"index", home() + "/docs"});
  EXPECT_EQ(first["embedding"]["embedded"], 40);
  EXPECT_EQ(first["embedding"]["reused"], 0);
  // In another collection, and of documents of the same text.
  fs::create_directory(home() + "/copy");
  fs::copy(home() + "/docs", home() + "/copy/again");
  WriteUnit(7, "a holiday");
  const Json again = RunJson({"index", home() + "/docs", home() + "/copy", "--collection", "two"});
  EXPECT_EQ(again["embedding"]["embedded"], 80);
  EXPECT_EQ(again["embedding"]["reused"], 79);
  EXPECT_EQ(RunJson({"stats"})["kept_vectors"]["vectors"], 41);
  EXPECT_THAT(Run({"stats"}).out, HasSubstr("vectors kept of texts: 41, "));
  EXPECT_EQ(Run({"verify"}).exit_code, 0);

  // By a model that the collection had before the last two, vectors are not made again either.
  testing::WriteModel(home() + "/second", {.seed = 2});
  testing::WriteVocabulary(home() + "/second", 100);
  testing::WriteModel(home() + "/third", {.seed = 3});
  testing::WriteVocabulary(home() + "/third", 100);
  const Json hits = Hits({"--mode", "dense"});
  EXPECT_EQ(RunJson({"embedder", "switch", home() + "/second"})["reused"], 0);
  EXPECT_EQ(RunJson({"embedder", "switch", home() + "/third"})["reused"], 0);
  const Json back = RunJson({"embedder", "switch", model()});
  EXPECT_EQ(back["embedded"], 40);
  EXPECT_EQ(back["reused"], 40);
  EXPECT_EQ(Hits({"--mode", "dense"}), hits);

  EXPECT_THAT(Run({"cache", "clear", "--embeddings"}).out, HasSubstr("121 kept vectors removed"));
  EXPECT_EQ(RunJson({"stats"})["kept_vectors"]["bytes"], 0);
  EXPECT_EQ(RunJson({"embedder", "switch", home() + "/second"})["reused"], 0);
}

TEST_F(ModelCommandTest, AModelOfTheConfigurationEmbedsFromTheFirstDocumentOn) {
  std::ofstream(home() + "/quarry.yaml") << "embedding:\n  model: model\n";
  EXPECT_EQ(RunJson({"index", home() + "/docs"})["embedding"]["embedded"], 40);
  EXPECT_EQ(RunJson({"embedder", "ls"})["generations"][0]["kind"], "folder");

  // Another is refused, with both names and what to do, before anything is indexed.
  testing::WriteModel(home() + "/other", {.seed = 2});
  testing::WriteVocabulary(home() + "/other", 100);
  WriteUnit(1, "changed");
  const Json before = RunJson({"stats"});
  const QuarryResult refused =
      Run({"index", home() + "/docs", "--set", "embedding.model=" + home() + "/other"});
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_THAT(refused.error,
              HasSubstr("the vectors of collection \"default\" are by " + model() + " (bert:2:"));
  EXPECT_THAT(refused.error, HasSubstr("embedding.model is " + home() + "/other"));
  EXPECT_THAT(refused.error, HasSubstr("`quarry embedder switch " + home() + "/other`"));
  EXPECT_EQ(RunJson({"stats"})["collections"], before["collections"]);
  EXPECT_EQ(Run({"embedder", "switch", home() + "/other"}).exit_code, 0);
}

TEST_F(ModelCommandTest, AFolderThatChangedOrIsBadLeavesTheIndexAsItWas) {
  ASSERT_EQ(Run({"index", home() + "/docs"}).exit_code, 0);
  const Json before = Hits();
  const Json generations = RunJson({"embedder", "ls"});
  const std::string weights = testing::RandomTensors({}).Bytes();
  testing::WriteText(model(), "model.safetensors", weights.substr(0, weights.size() / 2));
  const QuarryResult cut = Run({"embedder", "switch", model()});
  EXPECT_EQ(cut.exit_code, 2);
  EXPECT_THAT(cut.error, HasSubstr("model.safetensors: tensor \""));
  EXPECT_THAT(cut.error, HasSubstr("the file is cut short or damaged"));
  EXPECT_EQ(Hits(), before);
  EXPECT_EQ(RunJson({"embedder", "ls"}), generations);

  testing::WriteModel(model(), {});
  ASSERT_EQ(Run({"embedder", "switch", model()}).exit_code, 0);
  testing::WriteModel(model(), {.seed = 3});
  const QuarryResult changed = Run({"search", "pump"});
  EXPECT_EQ(changed.exit_code, 69);
  EXPECT_THAT(changed.error, HasSubstr("embedder fingerprint mismatch: index=bert:2:"));
  EXPECT_THAT(changed.error, HasSubstr("`quarry embedder switch " + model() + "`"));
  EXPECT_EQ(Run({"search", "pump", "--mode", "lexical"}).exit_code, 0);
  ASSERT_EQ(Run({"embedder", "switch", model()}).exit_code, 0);
  EXPECT_EQ(Hits({"--mode", "dense"}).size(), 10u);
}

TEST_F(ModelCommandTest, AChangedFolderIsSwitchedToWithThePrefixesThatItHad) {
  ASSERT_EQ(Run({"index", home() + "/docs"}).exit_code, 0);
  ASSERT_EQ(
      Run({"embedder", "switch", model(), "--query-prefix", "it's: ", "--document-prefix", "text:"})
          .exit_code,
      0);
  testing::WriteModel(model(), {.seed = 3});
  EXPECT_THAT(Run({"search", "pump"}).error,
              HasSubstr("`quarry embedder switch " + model() +
                        " --query-prefix 'it'\\''s: ' --document-prefix text:`"));
  fs::remove_all(model());
  const QuarryResult gone = Run({"search", "pump"});
  EXPECT_EQ(gone.exit_code, 69);
  EXPECT_THAT(gone.error, HasSubstr("embedder of the vectors: " + model() + ": no such folder"));

  // Over HTTP it is the server's fault too, not that of who asks.
  testing::QuarryProcess server(
      {.arguments = {"serve", "--port", "0", "--json", "--store", home() + "/store"}});
  const uint16_t port = Json::parse(server.ReadFirstLine())["port"].get<uint16_t>();
  const auto search = [&](const std::string& body) {
    return testing::Fetch(port, "POST", "/api/v1/search", body,
                          "Content-Type: application/json\r\n");
  };
  const auto refused = search(R"({"query": "pump"})");
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->status, 503);
  EXPECT_EQ(search(R"({"query": "pump", "mode": "lexical"})")->status, 200);
}

TEST_F(ModelCommandTest, AServerRefusesToStartWithAModelThatItCannotOpen) {
  ASSERT_EQ(Run({"index", home() + "/docs"}).exit_code, 0);
  const std::string none = home() + "/none";
  for (const std::string key : {"embedding.model", "rerank.model", "tokens.tokenizer"}) {
    const QuarryResult refused = Run({"serve", "--port", "0", "--set", key + "=" + none});
    EXPECT_GT(refused.exit_code, 0) << key;
    EXPECT_THAT(refused.error, HasSubstr("quarry: error: " + key + ": "));
    EXPECT_THAT(refused.error, HasSubstr(none));
  }
  const QuarryResult other = Run({"serve", "--port", "0", "--set", "embedding.model=" + model()});
  EXPECT_EQ(other.exit_code, 2);
  EXPECT_THAT(other.error, HasSubstr("`quarry embedder switch " + model() + "` embeds"));
}

TEST_F(ModelCommandTest, InfoTellsWhatAFolderIs) {
  const Json info = RunJson({"model", "info", model()});
  EXPECT_EQ(info["use"], "embedder");
  EXPECT_EQ(info["architecture"], "bert");
  EXPECT_EQ(info["dimension"], 32);
  EXPECT_EQ(info["max_tokens"], 66);
  EXPECT_EQ(info["pooling"], "mean");
  EXPECT_EQ(info["tokenizer"], "WordPiece");
  EXPECT_EQ(info["vocabulary"], 100);
  const QuarryResult text = Run({"model", "info", model()});
  EXPECT_THAT(text.out, HasSubstr("embedder, bert, 2 layers of 4 heads\nspace        bert:2:"));
  testing::WriteModel(home() + "/pairs", {.labels = 1});
  testing::WriteVocabulary(home() + "/pairs", 100);
  EXPECT_EQ(RunJson({"model", "info", home() + "/pairs"})["use"], "reranker");
  EXPECT_NE(Run({"model", "info", home() + "/none"}).exit_code, 0);
  EXPECT_THAT(Run({"model", "info", home() + "/docs"}).error,
              HasSubstr("no model folder: " + home() + "/docs has no config.json\n"));
}

TEST_F(ModelCommandTest, PullFetchesAFolderFromAHub) {
  const std::string commit(40, 'c');
  const testing::HttpUpstream hub([&](testing::UpstreamCall& call) {
    const std::string& target = call.request().target;
    if (target == "/api/models/o/tiny/revision/main?blobs=true") {
      Json siblings = Json::array();
      for (const auto& entry : fs::directory_iterator(model())) {
        const std::string bytes = ReadFile(entry.path()).value();
        model::Digest digest(model::Digest::Kind::kGitBlob, bytes.size());
        digest.Update(bytes);
        siblings.push_back({{"rfilename", entry.path().filename()},
                            {"size", bytes.size()},
                            {"blobId", digest.Finish()}});
      }
      return call.Reply(200, Json{{"sha", commit}, {"siblings", siblings}}.dump());
    }
    const std::string prefix = "/o/tiny/resolve/" + commit + "/";
    if (!target.starts_with(prefix)) return call.Reply(404, R"({"error": "no such model"})");
    call.Reply(200, ReadFile(model() + "/" + target.substr(prefix.size())).value());
  });
  const auto pull = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"model", "pull"});
    testing::QuarryCommand command = Command(std::move(arguments));
    command.environment = {{"HF_ENDPOINT", hub.url()}, {"HF_TOKEN", "hf-secret"}};
    return testing::RunQuarryWith(command);
  };
  const QuarryResult pulled = pull({"o/tiny"});
  EXPECT_EQ(pulled.exit_code, 0) << pulled.error;
  EXPECT_THAT(pulled.out, AllOf(StartsWith("fetched o/tiny to models/tiny: "),
                                HasSubstr(", commit " + commit + "\n"),
                                HasSubstr("quarry model info models/tiny says what it is\n")));
  EXPECT_EQ(hub.requests().at(0).Header("authorization"), "Bearer hf-secret");
  EXPECT_EQ(RunJson({"model", "info", "models/tiny"})["fingerprint"],
            RunJson({"model", "info", model()})["fingerprint"]);
  const Json json = Json::parse(pull({"o/tiny", "--to", "again", "--json"}).out);
  EXPECT_EQ(json["directory"], "again");
  EXPECT_EQ(json["commit"], commit);
  EXPECT_EQ(json["fetched"], json["bytes"]);

  const QuarryResult there = pull({"o/tiny"});
  EXPECT_NE(there.exit_code, 0);
  EXPECT_THAT(there.error, HasSubstr("models/tiny"));
  const QuarryResult none = pull({"o/none"});
  EXPECT_NE(none.exit_code, 0);
  EXPECT_THAT(none.error, AllOf(HasSubstr("o/none"), HasSubstr("404")));
  EXPECT_FALSE(fs::exists(home() + "/models/none"));
  EXPECT_EQ(testing::RunQuarry({"model"}).error,
            "quarry: error: a command is missing: expected info or pull; see: quarry model -h\n");
}

TEST_F(ModelCommandTest, TokensAreCountedByATokenizerOrEstimated) {
  ASSERT_EQ(Run({"index", home() + "/docs"}).exit_code, 0);
  const Json estimated = RunJson({"stats"})["collections"][0];
  EXPECT_EQ(estimated["tokens_counted"], "estimated");
  const double estimate = estimated["tokens_per_character"]["en"];
  EXPECT_GT(estimate, 0.2);
  EXPECT_LT(estimate, 0.35);
  // A vocabulary of little but letters.
  const Json exact = RunJson({"stats", "--set", "tokens.tokenizer=" + model()})["collections"][0];
  EXPECT_EQ(exact["tokens_counted"], "exactly");
  EXPECT_GT(exact["tokens_per_character"]["en"], 0.5);
  const Json ask = RunJson({"ask", "What does unit 7 have?"});
  const Json counted =
      RunJson({"ask", "What does unit 7 have?", "--set", "tokens.tokenizer=" + model()});
  EXPECT_EQ(counted["answer"], ask["answer"]);
  EXPECT_GT(counted["usage"]["completion_tokens"], ask["usage"]["completion_tokens"]);
  EXPECT_NE(counted["fingerprint"], ask["fingerprint"]);
}

TEST_F(ModelCommandTest, ARerankerOrdersTheBestHits) {
  ASSERT_EQ(Run({"index", home() + "/docs"}).exit_code, 0);
  testing::WriteModel(home() + "/pairs", {.labels = 1});
  testing::WriteVocabulary(home() + "/pairs", 100);
  const Json plain = Hits();
  const std::string key = "rerank.model=" + home() + "/pairs";
  const Json reranked = Hits({"--set", key});
  ASSERT_EQ(reranked.size(), 10u);
  for (size_t i = 1; i < reranked.size(); ++i) {
    EXPECT_GE(reranked[i - 1]["score"], reranked[i]["score"]);
  }
  EXPECT_NE(reranked[0]["score"], plain[0]["score"]);
  EXPECT_EQ(Hits({"--set", key}), reranked);
  // Explained: the parts of the legs add up to the fused score, the score is the reranker's.
  for (const Json& hit : Hits({"--set", key, "--explain"})) {
    const Json& explain = hit["explain"];
    EXPECT_EQ(explain["rerank_score"], hit["score"]);
    double parts = 0;
    for (const char* leg : {"lexical", "dense"}) {
      if (explain.contains(leg)) parts += explain[leg]["part"].get<double>();
    }
    EXPECT_NEAR(explain["fused_score"].get<double>(), parts, 1e-9);
  }
  EXPECT_FALSE(Hits({"--explain"})[0]["explain"].contains("fused_score"));
  EXPECT_THAT(Run({"search", "pump of unit 7", "--explain", "--set", key}).out,
              HasSubstr(", rerank 0."));
  const Json explained = Hits({"--set", key, "--explain"})[0]["explain"];
  {
    testing::QuarryProcess server({.arguments = {"serve", "--port", "0", "--json", "--set", key,
                                                 "--store", home() + "/store"}});
    const auto reply = testing::Fetch(
        Json::parse(server.ReadFirstLine())["port"].get<uint16_t>(), "POST", "/api/v1/search",
        R"({"query": "pump of unit 7", "explain": true})", "Content-Type: application/json\r\n");
    ASSERT_TRUE(reply);
    const Json served = Json::parse(reply->body)["hits"][0];
    EXPECT_EQ(served["explain"]["rerank_score"], served["score"]);
    EXPECT_EQ(served["explain"]["rerank_score"], explained["rerank_score"]);
    EXPECT_EQ(served["explain"]["fused_score"], explained["fused_score"]);
  }
  // One candidate only: the best of the fused list, then what follows it there.
  const Json one = Hits({"--set", key, "--set", "rerank.candidates=1"});
  for (size_t i = 0; i < one.size(); ++i) EXPECT_EQ(one[i]["chunk"], plain[i]["chunk"]);
  const QuarryResult none = Run({"search", "pump", "--set", "rerank.model=" + home() + "/none"});
  EXPECT_EQ(none.exit_code, 69);
  EXPECT_THAT(none.error, HasSubstr("rerank.model: read " + home() + "/none/config.json"));
}

}  // namespace
}  // namespace quarry::app
