// How messages of a conversation are handled, over the example corpus, without a model. Each case is a
// question whose direct form the extractive answerer answers, said as people say it in a conversation.

#include <algorithm>
#include <fstream>
#include <iostream>

#include <nlohmann/json.hpp>

#include "generation/assistant.h"
#include "ingest/source.h"
#include "tests/testing/engine_testing.h"
#include "tests/testing/scripted_models.h"

namespace quarry {
namespace {

using testing::SourceDirectory;

class BehaviourTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    engine_ = new testing::TestEngine();
    auto writer = engine_->index->OpenWriter(engine_->collection).value();
    ingest::Pipeline pipeline(writer, engine_->analyzer, engine_->pool, engine_->embedders,
                              engine_->ingest);
    const auto files = ingest::ListFiles(SourceDirectory() + "/examples/corpus", {});
    pipeline.Sync(files.value(), nullptr, CallContext()).value();
  }
  static void TearDownTestSuite() { delete engine_; }

  static Answer Ask(const std::vector<generation::ConversationTurn>& turns,
                    const std::string& message) {
    return engine_->assistant
        ->Ask(turns, {.text = message}, *engine_->snapshot(), generation::CacheUse::kOff, nullptr,
              CallContext())
        .value();
  }

  // The share of the cases of a file that are answered as they should be, by a reply of the kind.
  static double ShareRight(const std::string& name, std::optional<ReplyKind> kind = std::nullopt) {
    std::ifstream file(SourceDirectory() + "/tests/fixtures/behaviours/" + name + ".jsonl");
    size_t right = 0;
    size_t all = 0;
    for (std::string line; std::getline(file, line); ++all) {
      const auto given = nlohmann::json::parse(line);
      std::vector<generation::ConversationTurn> turns;
      for (const std::string turn : given["turns"]) {
        const std::string said = Ask(turns, turn).text;
        turns.push_back({.by_user = true, .text = turn});
        turns.push_back({.by_user = false, .text = said});
      }
      const Answer answer = Ask(turns, given["message"]);
      bool is_right = false;
      for (const std::string fact : given["expect"]) {
        is_right = is_right || answer.text.find(fact) != std::string::npos;
      }
      if (kind) is_right = is_right && answer.kind == *kind && !answer.abstained;
      right += is_right ? 1 : 0;
      if (!is_right) {
        std::cout << "missed: " << given["message"] << " as " << answer.standalone << "\n  "
                  << answer.text << "\n";
      }
    }
    EXPECT_GE(all, 40u) << name;
    std::cout << name << ": " << right << " of " << all << "\n";
    return static_cast<double>(right) / static_cast<double>(all);
  }

  // How many of the questions of a file, of `all`, get a reply of that kind that holds what the case
  // expects. Every third case was not looked at while the rules were written.
  struct Share {
    size_t right = 0;
    size_t all = 0;
    double value() const { return static_cast<double>(right) / static_cast<double>(all); }
  };
  struct Shares {
    Share seen;
    Share unseen;
    size_t asked = 0;  // of all: by a reply of the kind
  };
  static Shares SharesOf(const std::string& name, ReplyKind kind) {
    std::ifstream file(SourceDirectory() + "/tests/fixtures/behaviours/" + name + ".jsonl");
    Shares shares;
    size_t number = 0;
    for (std::string line; std::getline(file, line); ++number) {
      const auto given = nlohmann::json::parse(line);
      const Answer answer = Ask({}, given["message"]);
      const auto holds = [&](const std::string& fact) {
        return answer.text.find(fact) != std::string::npos;
      };
      const std::vector<std::string> expected = given["expect"];
      const bool needs_all = kind == ReplyKind::kAskBack;
      const bool holds_it = expected.empty() || (needs_all ? std::ranges::all_of(expected, holds)
                                                           : std::ranges::any_of(expected, holds));
      // A reader who is told of every thing that an ambiguous question may mean need not be asked.
      const bool lists_all = needs_all && answer.kind == ReplyKind::kAnswer && !answer.abstained;
      const bool is_right = (answer.kind == kind || lists_all) && holds_it;
      shares.asked += answer.kind == kind && holds_it ? 1 : 0;
      const bool is_seen = number % 3 != 2;
      Share& share = is_seen ? shares.seen : shares.unseen;
      ++share.all;
      share.right += is_right ? 1 : 0;
      if (!is_right && is_seen) {
        std::cout << "missed: " << given["message"] << " " << ReplyKindName(answer.kind) << "\n  "
                  << answer.text << "\n";
      }
    }
    EXPECT_GE(number, 40u) << name;
    std::cout << name << ": seen " << shares.seen.right << " of " << shares.seen.all << ", unseen "
              << shares.unseen.right << " of " << shares.unseen.all << "; " << shares.asked
              << " by a reply of the kind\n";
    return shares;
  }

  static testing::TestEngine* engine_;
};
testing::TestEngine* BehaviourTest::engine_ = nullptr;

TEST_F(BehaviourTest, FollowUpsAreUnderstood) {
  EXPECT_GE(ShareRight("follow_up.en"), 0.9);
  EXPECT_GE(ShareRight("follow_up.zh"), 0.9);
}

// Half of them ask about what the question before named, half of something else.
TEST_F(BehaviourTest, ShortQuestionsAreOfWhatTheCollectionSaysThatTheyAre) {
  EXPECT_GE(ShareRight("short_question.en", ReplyKind::kAnswer), 0.8);
  EXPECT_GE(ShareRight("short_question.zh", ReplyKind::kAnswer), 0.9);
}

// Nothing is made up of the thing that was asked about before, nor told of another of its kind.
TEST_F(BehaviourTest, ShortQuestionsThatNothingAnswersAreDeclined) {
  const std::vector<generation::ConversationTurn> english = {
      {true, "What is the rated head of the VX-240?"}, {false, "VX-240: 61 m"}};
  EXPECT_TRUE(Ask(english, "What is the weather?").abstained);
  EXPECT_TRUE(Ask(english, "Who is the president?").abstained);
  const std::vector<generation::ConversationTurn> chinese = {{true, "VX-240的单价是多少？"},
                                                             {false, "VX-240: 2,310.00"}};
  EXPECT_TRUE(Ask(chinese, "今天天气怎么样？").abstained);
}

TEST_F(BehaviourTest, CorrectionsAreTaken) {
  EXPECT_GE(ShareRight("correction.en"), 0.9);
  EXPECT_GE(ShareRight("correction.zh"), 0.9);
}

TEST_F(BehaviourTest, FalsePremisesAreNamed) {
  EXPECT_GE(SharesOf("false_premise.en", ReplyKind::kFalsePremise).seen.value(), 0.9);
  EXPECT_GE(SharesOf("false_premise.zh", ReplyKind::kFalsePremise).seen.value(), 0.8);
  EXPECT_GE(SharesOf("true_premise.en", ReplyKind::kAnswer).seen.value(), 0.8);
  EXPECT_GE(SharesOf("true_premise.zh", ReplyKind::kAnswer).seen.value(), 0.8);
}

TEST_F(BehaviourTest, AmbiguousQuestionsAreAskedBack) {
  EXPECT_GE(SharesOf("ask_back.en", ReplyKind::kAskBack).seen.value(), 0.9);
  EXPECT_GE(SharesOf("ask_back.zh", ReplyKind::kAskBack).seen.value(), 0.9);
  EXPECT_GE(SharesOf("clear_question.en", ReplyKind::kAnswer).seen.value(), 0.8);
  EXPECT_GE(SharesOf("clear_question.zh", ReplyKind::kAnswer).seen.value(), 0.8);
}

TEST_F(BehaviourTest, QuestionsThatExcludeThemselvesAreNotAnswered) {
  EXPECT_GE(SharesOf("contradictory.en", ReplyKind::kContradiction).seen.value(), 0.9);
  EXPECT_GE(SharesOf("contradictory.zh", ReplyKind::kContradiction).seen.value(), 0.9);
  EXPECT_GE(SharesOf("consistent.en", ReplyKind::kAnswer).seen.value(), 0.8);
  EXPECT_GE(SharesOf("consistent.zh", ReplyKind::kAnswer).seen.value(), 0.8);
}

TEST_F(BehaviourTest, SmallTalkAndHarmAreNotSearched) {
  const Answer hello = Ask({}, "Hello!");
  EXPECT_EQ(hello.kind, ReplyKind::kSmallTalk);
  EXPECT_TRUE(hello.citations.empty());
  EXPECT_FALSE(hello.abstained);
  const Answer refused = Ask({}, "怎么破解同事的邮箱密码？");
  EXPECT_EQ(refused.kind, ReplyKind::kRefused);
  EXPECT_EQ(refused.text, "这件事我不能帮忙。关于这里的文档，您可以问我别的问题。");
}

// The same cases with a chat model: a scripted upstream that does what its prompt tells, as well as the
// passages that it is given allow. What is measured is all around it: that the passages hold what the
// reply needs, that the prompt asks for the mark, that the reply is taken for what it is, cited and checked.
class ModelBehaviourTest : public BehaviourTest {
 protected:
  using Json = nlohmann::json;

  // The sentence around `fact` in a prompt, with the number of its passage; "" where it is not there.
  static std::string SentenceWith(const std::string& fact, const std::string& prompt) {
    const std::string number = testing::ScriptedModels::NumberOf(prompt, fact);
    if (number.empty()) return "";
    // A line: a row of a table, a paragraph; not the tag of a passage, which has its title.
    size_t place = prompt.find(fact);
    size_t begin = prompt.rfind('\n', place) + 1;
    while (prompt[begin] == '<') {
      place = prompt.find(fact, prompt.find('\n', place));
      if (place == std::string::npos) return "";
      begin = prompt.rfind('\n', place) + 1;
    }
    const std::string passage = prompt.substr(begin, prompt.find('\n', place) - begin);
    for (const ByteRange& range : SplitSentences(passage)) {
      if (place - begin >= range.end) continue;
      std::string sentence = passage.substr(range.begin, range.end - range.begin);
      std::ranges::replace(sentence, '\n', ' ');
      for (const std::string_view mark : {"。", ".", "；", ";"}) {
        if (sentence.ends_with(mark)) sentence.resize(sentence.size() - mark.size());
      }
      return sentence + " [" + number + "].";
    }
    return "";
  }

  static std::string ReplyTo(const Json& request, ReplyKind kind, const Json& given) {
    const std::string& rules = request["messages"][0]["content"].get_ref<const std::string&>();
    const std::string prompt = testing::ScriptedModels::LastMessage(request);
    const bool chinese = rules.find("规则") != std::string::npos;
    if (rules.find("NO_ANSWER") == std::string::npos) {
      // A rewriting: what rules make of the conversation.
      const std::string message = given["message"];
      std::vector<generation::ConversationTurn> turns;
      for (const std::string turn : given["turns"]) turns.push_back({true, turn});
      return generation::StandAlone(turns, message).text;
    }
    const std::vector<std::string> facts = given["expect"];
    std::string said;
    for (const std::string& fact : facts) {
      const std::string sentence = SentenceWith(fact, prompt);
      if (kind == ReplyKind::kAskBack) {
        if (sentence.empty()) return "NO_ANSWER";
        said += (said.empty() ? "" : " ") + sentence;
      } else if (!sentence.empty()) {
        said = sentence;
        break;
      }
    }
    const auto marked = [&](std::string_view mark, const std::string& text) {
      return rules.find(mark) == std::string::npos ? text : std::string(mark) + ": " + text;
    };
    switch (kind) {
      case ReplyKind::kContradiction:
        return marked("CONTRADICTION", chinese ? "这两个条件不能同时成立。"
                                               : "These two conditions cannot both hold.");
      case ReplyKind::kAskBack:
        return marked("ASK_BACK",
                      (chinese ? "您指的是哪一个？ " : "Which one do you mean? ") + said);
      case ReplyKind::kFalsePremise:
        return said.empty() ? "NO_ANSWER" : marked("FALSE_PREMISE", said);
      default:
        return said.empty() ? "NO_ANSWER" : said;
    }
  }

  static double ShareRight(const std::string& name, ReplyKind kind) {
    std::ifstream file(SourceDirectory() + "/tests/fixtures/behaviours/" + name + ".jsonl");
    Json given;
    testing::ScriptedModels upstream(
        [&](const Json& request) { return ReplyTo(request, kind, given); }, engine_->clock);
    const auto chat = upstream.Model("scripted");
    const generation::Prompts prompts;
    const generation::AnswerModel model{*chat, prompts};
    const generation::Answerer answerer(engine_->analyzer, engine_->retriever,
                                        engine_->token_counter, {}, model);
    const generation::CachedAnswerer cached(answerer, *engine_->index, nullptr, engine_->metrics);
    const generation::Assistant assistant(cached, model, {});
    size_t right = 0;
    size_t all = 0;
    for (std::string line; std::getline(file, line); ++all) {
      given = Json::parse(line);
      std::vector<generation::ConversationTurn> turns;
      if (given.contains("turns")) {
        for (const std::string turn : given["turns"]) turns.push_back({true, turn});
      } else {
        given["turns"] = Json::array();
      }
      const Answer answer = assistant
                                .Ask(turns, {.text = given["message"]}, *engine_->snapshot(),
                                     generation::CacheUse::kOff, nullptr,
                                     CallContext::WithTimeout(std::chrono::seconds(20)))
                                .value();
      const std::vector<std::string> facts = given["expect"];
      const auto holds = [&](const std::string& fact) {
        return answer.text.find(fact) != std::string::npos;
      };
      bool is_right = answer.kind == kind;
      if (kind == ReplyKind::kAskBack) {
        is_right = is_right && std::ranges::all_of(facts, holds) && !answer.citations.empty();
      } else if (kind == ReplyKind::kFalsePremise ||
                 (kind == ReplyKind::kAnswer && !facts.empty())) {
        is_right = is_right && std::ranges::any_of(facts, holds) &&
                   answer.verdict.label == Support::kSupported;
      }
      right += is_right ? 1 : 0;
      if (!is_right) {
        std::cout << "missed: " << given["message"] << " " << ReplyKindName(answer.kind) << "\n  "
                  << answer.text << "\n  " << answer.verdict.reason << "\n";
      }
    }
    EXPECT_GE(all, 40u) << name;
    std::cout << name << " with a model: " << right << " of " << all << "\n";
    return static_cast<double>(right) / static_cast<double>(all);
  }
};

TEST_F(ModelBehaviourTest, EveryBehaviourIsHandledRight) {
  for (const std::string language : {"en", "zh"}) {
    EXPECT_GE(ShareRight("follow_up." + language, ReplyKind::kAnswer), 0.9);
    EXPECT_GE(ShareRight("correction." + language, ReplyKind::kAnswer), 0.9);
    EXPECT_GE(ShareRight("false_premise." + language, ReplyKind::kFalsePremise), 0.9);
    EXPECT_GE(ShareRight("ask_back." + language, ReplyKind::kAskBack), 0.9);
    EXPECT_GE(ShareRight("contradictory." + language, ReplyKind::kContradiction), 0.9);
    EXPECT_GE(ShareRight("true_premise." + language, ReplyKind::kAnswer), 0.8);
    EXPECT_GE(ShareRight("clear_question." + language, ReplyKind::kAnswer), 0.8);
    EXPECT_GE(ShareRight("consistent." + language, ReplyKind::kAnswer), 0.8);
  }
}

}  // namespace
}  // namespace quarry
