// What scripts/quickstart.sh shows, on the command line and over HTTP.

#include <csignal>
#include <nlohmann/json.hpp>

#include "tests/testing/http_client.h"
#include "tests/testing/run_quarry.h"

namespace quarry::app {
namespace {

using testing::Fetch;
using ::testing::HasSubstr;
using testing::HttpReply;
using testing::QuarryProcess;
using testing::QuarryResult;
using testing::RunQuarry;
using Json = nlohmann::json;

constexpr const char* kEnglish = "How fast may the level of Upper Tarn be lowered?";
constexpr const char* kChinese = "青砚水厂的河水浊度超过多少时停止取水？";
constexpr const char* kUnanswerable =
    "How many electric-vehicle charging points does the cooperative run?";

class Quickstart : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    directory_ = new TemporaryDirectory(testing::MakeTemporaryDirectory());
    indexed_ = new QuarryResult(
        RunQuarry({"index", testing::SourceDirectory() + "/examples/corpus", "--store", Store()}));
  }
  static void TearDownTestSuite() {
    delete indexed_;
    delete directory_;
  }

  static std::string Store() { return directory_->path() + "/store"; }
  static const QuarryResult& indexed() { return *indexed_; }

  static Json Ask(const char* question) {
    const QuarryResult result = RunQuarry({"ask", question, "--json", "--store", Store()});
    EXPECT_EQ(result.exit_code, 0) << result.error;
    return Json::parse(result.out);
  }

 private:
  static inline TemporaryDirectory* directory_ = nullptr;
  static inline QuarryResult* indexed_ = nullptr;
};

TEST_F(Quickstart, IndexesTheBundledCorpusWithoutAFailure) {
  EXPECT_EQ(indexed().exit_code, 0) << indexed().out << indexed().error;
  EXPECT_THAT(indexed().out, HasSubstr(", failed 0 in "));
  EXPECT_THAT(indexed().out, HasSubstr("learnt an embedder from the collection"));
  EXPECT_EQ(RunQuarry({"verify", "--store", Store()}).exit_code, 0);
}

TEST_F(Quickstart, AnswersInEnglishWithItsSource) {
  const Json answer = Ask(kEnglish);
  EXPECT_THAT(answer["answer"].get<std::string>(), HasSubstr("0.30 m per day"));
  EXPECT_FALSE(answer["abstained"].get<bool>());
  ASSERT_FALSE(answer["citations"].empty());
  EXPECT_EQ(answer["citations"][0]["document"], "operations/upper-tarn-dam.md");
  EXPECT_THAT(answer["citations"][0]["quote"].get<std::string>(), HasSubstr("0.30 m per day"));
}

TEST_F(Quickstart, AnswersInChineseWithItsSource) {
  const Json answer = Ask(kChinese);
  EXPECT_THAT(answer["answer"].get<std::string>(), HasSubstr("800 NTU时停止取水"));
  ASSERT_FALSE(answer["citations"].empty());
  EXPECT_EQ(answer["citations"][0]["document"], "zh/operations/qingyan-works-procedures.md");
}

TEST_F(Quickstart, DeclinesWhatTheDocumentsDoNotSay) {
  const Json answer = Ask(kUnanswerable);
  EXPECT_TRUE(answer["abstained"].get<bool>());
  EXPECT_TRUE(answer["citations"].empty());
  EXPECT_THAT(answer["answer"].get<std::string>(), HasSubstr("do not contain an answer"));
}

TEST_F(Quickstart, ShowsTheSourcesBelowTheAnswer) {
  const QuarryResult result = RunQuarry({"ask", kEnglish, "--store", Store()});
  EXPECT_THAT(result.out, HasSubstr("[1].\n\nSources\n"
                                    "[1] Upper Tarn dam and reservoir > Drawdown rules\n"
                                    "    operations/upper-tarn-dam.md\n    bytes "));
  EXPECT_THAT(result.out, HasSubstr("\n\nsupported, support 0."));
}

TEST_F(Quickstart, ServesTheSameAnswersOverHttpUntilItIsTerminated) {
  const Json printed = Ask(kEnglish);
  QuarryProcess server({.arguments = {"serve", "--port", "0", "--json", "--store", Store()}});
  const Json serving = Json::parse(server.ReadFirstLine());
  const auto port = serving["port"].get<uint16_t>();
  ASSERT_NE(port, 0);

  const std::optional<HttpReply> health = Fetch(port, "GET", "/healthz");
  ASSERT_TRUE(health);
  EXPECT_EQ(health->status, 200);

  constexpr const char* kJsonType = "Content-Type: application/json\r\n";
  const std::optional<HttpReply> native =
      Fetch(port, "POST", "/api/v1/answer", Json({{"query", kEnglish}}).dump(), kJsonType);
  ASSERT_TRUE(native);
  ASSERT_EQ(native->status, 200) << native->body;
  const Json answer = Json::parse(native->body);
  for (const char* key : {"answer", "citations", "verdict", "fingerprint"}) {
    EXPECT_EQ(answer[key], printed[key]) << key;
  }

  const Json chat = {{"model", "quarry"},
                     {"messages", {{{"role", "user"}, {"content", kChinese}}}}};
  const std::optional<HttpReply> openai =
      Fetch(port, "POST", "/v1/chat/completions", chat.dump(), kJsonType);
  ASSERT_TRUE(openai);
  ASSERT_EQ(openai->status, 200) << openai->body;
  const Json completion = Json::parse(openai->body);
  EXPECT_THAT(completion["choices"][0]["message"]["content"].get<std::string>(),
              HasSubstr("800 NTU时停止取水"));
  EXPECT_EQ(completion["quarry"]["citations"][0]["document"],
            "zh/operations/qingyan-works-procedures.md");

  server.Signal(SIGTERM);
  const QuarryResult result = server.Wait();
  EXPECT_EQ(result.exit_code, 0) << result.error;
  EXPECT_FALSE(result.timed_out);
}

}  // namespace
}  // namespace quarry::app
