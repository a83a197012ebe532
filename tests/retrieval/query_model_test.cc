// What a chat model does for a search, against a scripted upstream.

#include "retrieval/query_model.h"

#include <nlohmann/json.hpp>

#include "base/file.h"
#include "model/remote_chat_model.h"
#include "tests/testing/chat_chunks.h"
#include "tests/testing/engine_testing.h"
#include "tests/testing/http_upstream.h"

namespace quarry::retrieval {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;
using namespace std::chrono_literals;
using Json = nlohmann::json;

class QueryModelTest : public ::testing::Test {
 protected:
  QueryModelTest() {
    std::vector<Document> documents = testing::SmallCorpus();
    documents.push_back(testing::TextDocument(
        "sedan", "", "The automobile is refuelled at the depot behind the canteen."));
    documents.push_back(testing::TextDocument("轿车", "", "轿车在食堂后面的油库加注燃料。"));
    documents.push_back(
        testing::TextDocument("osprey", "", "The Osprey was designed by Ada Kessler in 1998."));
    documents.push_back(testing::TextDocument("ada", "", "Ada Kessler lives in Rostock."));
    engine_.Add(std::move(documents));
    remote_.retry.attempts = 1;
    remote_.breaker = {.failures = 1000, .open_for = 60s};
    upstream_.emplace([this](testing::UpstreamCall& call) { Serve(call); });
    const model::RemoteName name = model::ParseRemoteName(upstream_->url() + "/v1#m").value();
    chat_.emplace(std::make_shared<model::RemoteEndpoint>(http_, name.base_url, "", remote_), name,
                  remote_, model::ChatPricing{prices_, budget_, engine_.clock});
    query_model_.emplace(*chat_, LoadQueryPrompts("").value());
    retriever_.emplace(engine_.analyzer, engine_.embedders, RetrievalOptions(), nullptr,
                       &*query_model_);
  }

  void Serve(testing::UpstreamCall& call) {
    if (status_ != 200) return call.Reply(status_, "ill");
    if (gate_.has_value()) gate_->Wait();
    const std::string reply = replies_.at(std::min(call.number(), replies_.size() - 1));
    call.BeginChunks("text/event-stream");
    Json chunk = testing::ChatChunk({{"content", reply}}, "stop");
    chunk["model"] = "scripted";
    call.Chunk(testing::EventOf(chunk) + testing::kDoneEvent);
    call.EndChunks();
  }

  Retrieved Search(const std::string& text, const RetrievalOptions& options,
                   SearchMode mode = SearchMode::kHybrid) {
    const Query query{.text = text, .mode = mode, .k = 5, .options = options};
    Result<Retrieved> retrieved =
        retriever_->Retrieve(query, *engine_.snapshot(), CallContext::WithTimeout(20s));
    EXPECT_OK(retrieved.status());
    return retrieved.ok() ? *std::move(retrieved) : Retrieved();
  }
  std::vector<std::string> Ids(const Retrieved& retrieved) {
    std::vector<std::string> ids;
    for (const RankedHit& hit : retrieved.hits) {
      ids.emplace_back(engine_.snapshot()->rows().DocumentOf(hit.row).id);
    }
    return ids;
  }
  std::string Prompt(size_t call, size_t message = 1) {
    return Json::parse(upstream_->requests().at(call).body)["messages"][message]["content"];
  }
  size_t calls() { return upstream_->requests().size(); }

  testing::TestEngine engine_;
  const model::HttpClient http_{{}};
  model::RemoteOptions remote_;
  model::PriceTable prices_ = model::PriceTable::Parse({}).value();
  model::Budget budget_{{}};
  std::vector<std::string> replies_ = {""};
  int status_ = 200;
  std::optional<testing::Gate> gate_;
  std::optional<testing::HttpUpstream> upstream_;
  std::optional<model::RemoteChatModel> chat_;
  std::optional<QueryModel> query_model_;
  std::optional<Retriever> retriever_;
};

constexpr const char* kQuestion = "Where do we fill up the car?";

RetrievalOptions MultiQuery(uint32_t count) {
  RetrievalOptions options;
  options.expansion.multi_query = count;
  return options;
}

TEST_F(QueryModelTest, OtherWordingsFindWhatTheQuestionDoesNot) {
  EXPECT_THAT(Ids(Search(kQuestion, {}, SearchMode::kLexical)), Not(Contains("sedan")));
  replies_ = {
      "Here are two wordings:\n1. Where is the automobile refuelled?\n\n"
      "- \"At which depot is the vehicle filled?\"\n" +
      std::string(kQuestion) + "\nA third one that is not wanted"};
  const Retrieved found = Search(kQuestion, MultiQuery(2), SearchMode::kLexical);
  ASSERT_THAT(found.expansions, SizeIs(2));
  EXPECT_EQ(found.expansions[0].text, "Where is the automobile refuelled?");
  EXPECT_EQ(found.expansions[1].text, "At which depot is the vehicle filled?");
  EXPECT_EQ(found.expansions[1].kind, Expansion::Kind::kRephrased);
  EXPECT_THAT(Ids(found), Contains("sedan"));
  EXPECT_EQ(found.hits[0].steps.back().stage, ScoreStep::Stage::kExpansion);
  EXPECT_THAT(found.notes, IsEmpty());
  EXPECT_THAT(Prompt(0, 0), HasSubstr("Write 2 wordings"));
  EXPECT_THAT(Prompt(0), AllOf(StartsWith("<question-"), HasSubstr(kQuestion)));
}

TEST_F(QueryModelTest, ChineseQuestionsAreRephrasedInChinese) {
  replies_ = {"1、轿车在哪个油库加注燃料？\n（2）“去哪里给轿车加油？”"};
  const Retrieved found = Search("车子去哪儿充能？", MultiQuery(2));
  ASSERT_THAT(found.expansions, SizeIs(2));
  EXPECT_EQ(found.expansions[0].text, "轿车在哪个油库加注燃料？");
  EXPECT_EQ(found.expansions[1].text, "去哪里给轿车加油？");
  EXPECT_EQ(Ids(found).at(0), "轿车");
  EXPECT_THAT(Prompt(0, 0), HasSubstr("写出 2 种说法"));
}

TEST_F(QueryModelTest, PartsOfAQuestionBringTheirPassagesTogether) {
  replies_ = {"Who designed the Osprey?\nWhere does Ada Kessler live?"};
  RetrievalOptions options;
  options.expansion.decompose = 4;
  const Retrieved found = Search("In which city does the Osprey's designer live?", options);
  ASSERT_THAT(found.expansions, SizeIs(2));
  EXPECT_EQ(found.expansions[0].kind, Expansion::Kind::kPart);
  const std::vector<std::string> ids = Ids(found);
  EXPECT_THAT(std::vector(ids.begin(), ids.begin() + 2),
              ::testing::UnorderedElementsAre("osprey", "ada"));
}

TEST_F(QueryModelTest, ASimpleQuestionHasNoParts) {
  replies_ = {kQuestion};
  RetrievalOptions options;
  options.expansion.decompose = 4;
  const Retrieved found = Search(kQuestion, options);
  EXPECT_THAT(found.expansions, IsEmpty());
  EXPECT_THAT(found.notes, IsEmpty());
  EXPECT_EQ(Ids(found), Ids(Search(kQuestion, {})));
}

TEST_F(QueryModelTest, AnImaginedPassageIsForTheVectors) {
  replies_ = {"The automobile is refuelled at the depot behind the canteen."};
  RetrievalOptions options;
  options.expansion.hyde = true;
  const Retrieved found = Search(kQuestion, options, SearchMode::kDense);
  ASSERT_THAT(found.expansions, SizeIs(1));
  EXPECT_EQ(found.expansions[0].kind, Expansion::Kind::kImagined);
  EXPECT_EQ(Ids(found).at(0), "sedan");
  EXPECT_EQ(calls(), 1u);
  Search(kQuestion, options, SearchMode::kLexical);
  EXPECT_EQ(calls(), 1u) << "no vectors are searched";
}

TEST_F(QueryModelTest, TheModelOrdersTheBestHits) {
  const std::string question = "Which pump delivers how many litres per second?";
  RetrievalOptions options;
  const std::vector<std::string> plain = Ids(Search(question, options));
  options.rerank.chat = true;
  options.rerank.candidates = 3;
  replies_ = {"[3] > [1]"};
  const Retrieved found = Search(question, options);
  EXPECT_THAT(Ids(found), ElementsAre(plain[2], plain[0], plain[1], plain[3], plain[4]));
  EXPECT_FLOAT_EQ(static_cast<float>(found.hits[1].hit.score), 2.0f / 3);
  EXPECT_FALSE(found.hits[3].steps.back().judged);
  EXPECT_EQ(calls(), 1u);
  EXPECT_THAT(Prompt(0), AllOf(HasSubstr("number=\"3\""), Not(HasSubstr("number=\"4\""))));
}

TEST_F(QueryModelTest, AModelThatIsDownOrTalksNonsenseIsGoneWithout) {
  const std::string question = "Which pump delivers how many litres per second?";
  const std::vector<std::string> plain = Ids(Search(question, {}));
  RetrievalOptions options;
  options.expansion = {.multi_query = 2, .hyde = true, .decompose = 2};
  options.rerank.chat = true;
  status_ = 500;
  Retrieved found = Search(question, options);
  EXPECT_EQ(Ids(found), plain);
  ASSERT_THAT(found.notes, SizeIs(4));
  EXPECT_THAT(found.notes[0], AllOf(StartsWith("rephrase is left out: "), HasSubstr("500")));
  EXPECT_THAT(found.notes[1], StartsWith("decompose is left out: "));
  EXPECT_THAT(found.notes[2], StartsWith("imagine is left out: "));
  EXPECT_THAT(found.notes[3], StartsWith("rerank is left out: "));

  found = Search("哪台水泵每秒输送多少升水？", options);
  ASSERT_THAT(found.notes, Not(IsEmpty()));
  EXPECT_THAT(found.notes[0], StartsWith("检索步骤 rephrase 已跳过："));

  status_ = 200;
  for (const char* nonsense : {" \n ", "-", "Sure! Here you go:"}) {
    replies_ = {nonsense};
    options.expansion.hyde = false;
    found = Search(question, options);
    EXPECT_EQ(Ids(found), plain) << nonsense;
    EXPECT_THAT(found.notes, SizeIs(3)) << nonsense;
    query_model_.emplace(*chat_, LoadQueryPrompts("").value());  // forgets the reply
  }
  replies_ = {"I cannot order [99] passages."};
  RetrievalOptions rerank;
  rerank.rerank.chat = true;
  found = Search(question, rerank);
  EXPECT_EQ(Ids(found), plain);
  EXPECT_THAT(
      found.notes,
      ElementsAre("rerank is left out: chat.model: expected numbers of passages such as [2] "
                  "> [1], got \"I cannot order [99] passages.\""));
}

TEST_F(QueryModelTest, ASlowModelCostsItsTimeAndNoMore) {
  gate_.emplace();
  const std::vector<std::string> plain = Ids(Search(kQuestion, {}));
  RetrievalOptions options = MultiQuery(2);
  options.expansion.decompose = 2;
  options.rerank.chat = true;
  options.expansion.model_millis = 100;
  const auto start = std::chrono::steady_clock::now();
  const Retrieved found = Search(kQuestion, options);
  EXPECT_LT(std::chrono::steady_clock::now() - start, 5s);
  EXPECT_EQ(Ids(found), plain);
  EXPECT_THAT(found.notes, SizeIs(3));
  gate_->Open();
}

TEST_F(QueryModelTest, TheCallersOwnEndIsAnError) {
  CallContext context;
  context.cancel.Cancel();
  const Query query{.text = kQuestion, .options = MultiQuery(2)};
  EXPECT_EQ(retriever_->Retrieve(query, *engine_.snapshot(), context).status().code(),
            Code::kCancelled);
}

TEST_F(QueryModelTest, TheSameQuestionAsksTheModelOnce) {
  replies_ = {"Where is the automobile refuelled?", "something else"};
  const std::vector<std::string> first = Ids(Search(kQuestion, MultiQuery(1)));
  EXPECT_EQ(Ids(Search(kQuestion, MultiQuery(1))), first);
  EXPECT_EQ(calls(), 1u);
}

TEST_F(QueryModelTest, WhatTheModelTakesCountsForTheCaller) {
  replies_ = {"Where is the automobile refuelled?"};
  UsageMeter usage;
  CallContext context = CallContext::WithTimeout(20s);
  context.usage = &usage;
  const Query query{.text = kQuestion, .k = 5, .options = MultiQuery(1)};
  ASSERT_OK(retriever_->Retrieve(query, *engine_.snapshot(), context).status());
  const uint64_t once = usage.tokens();
  EXPECT_GT(once, 0u);
  ASSERT_OK(retriever_->Retrieve(query, *engine_.snapshot(), context).status());
  EXPECT_EQ(usage.tokens(), once) << "its reply is remembered";
}

TEST_F(QueryModelTest, WithoutAChatModelTheOptionsAreRefused) {
  const Query query{.text = kQuestion, .options = MultiQuery(1)};
  const auto refused = engine_.retriever.Retrieve(query, *engine_.snapshot(), CallContext());
  EXPECT_EQ(refused.status().code(), Code::kInvalidArgument);
  EXPECT_THAT(refused.status().message(), HasSubstr("need a chat model, and none is configured"));
}

TEST_F(QueryModelTest, OwnPromptsAreReadAndChangeTheFingerprint) {
  const auto directory = testing::MakeTemporaryDirectory();
  ASSERT_OK(WriteFileAtomically(directory.path() + "/rephrase.en.txt",
                                "[user]\nSay it {{count}} times: {{question}}\n"));
  ASSERT_OK_AND_ASSIGN(model::PromptTemplates own, LoadQueryPrompts(directory.path()));
  const QueryModel model(*chat_, own);
  EXPECT_NE(model.fingerprint(), query_model_->fingerprint());
  replies_ = {"x y"};
  EXPECT_OK(model.Rephrase("A?", 3, CallContext::WithTimeout(20s)).status());
  EXPECT_THAT(Prompt(0, 0), StartsWith("Say it 3 times: <question-"));
  ASSERT_OK(WriteFileAtomically(directory.path() + "/rank.zh.txt", "[user]\n{{passage}}"));
  EXPECT_THAT(LoadQueryPrompts(directory.path()).status().message(),
              HasSubstr("line 2: unknown variable {{passage}}; known are question, count"));
}

}  // namespace
}  // namespace quarry::retrieval
