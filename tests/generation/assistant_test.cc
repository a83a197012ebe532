// What the assistant does with a question that is declined for its spelling.

#include "generation/assistant.h"

#include "tests/testing/engine_testing.h"

namespace quarry::generation {
namespace {

using ::testing::HasSubstr;
using testing::TextDocument;

class RespellingTest : public ::testing::Test {
 protected:
  RespellingTest() {
    engine_.Add(
        {TextDocument("destinations.txt", "Destinations",
                      "A paused destination receives nothing until somebody resumes it with "
                      "the resume command."),
         TextDocument("holidays.txt", "Holidays", "The office is closed on 25 December."),
         TextDocument("服务.txt", "服务手册", "运行 restart 命令可以重启同步服务。")});
  }
  Answer Ask(const std::string& question, Principals principals = {},
             AssistantOptions options = {}) {
    const Assistant assistant(*engine_.cached_answerer, std::nullopt, options);
    Query query{.text = question, .principals = std::move(principals)};
    told_.clear();
    const AnswerSink sink = [&](std::string_view delta) {
      told_ += delta;
      return true;
    };
    return assistant
        .Ask({}, std::move(query), *engine_.snapshot(), CacheUse::kOff, sink, CallContext())
        .value();
  }

  testing::TestEngine engine_;
  std::string told_;
};

TEST_F(RespellingTest, ADeclinedQuestionIsAskedAgainWithWordsThatAreThere) {
  const Answer english = Ask("How do I resme it?");
  EXPECT_FALSE(english.abstained) << english.text;
  EXPECT_THAT(english.text, HasSubstr("until somebody resumes it"));
  EXPECT_EQ(english.note, "asked with words that the documents hold: resme → resumes");
  EXPECT_EQ(english.standalone, "How do I resumes it?");
  EXPECT_EQ(told_, english.text);  // and nothing of the first one

  const Answer chinese = Ask("如何 restrat？");
  EXPECT_FALSE(chinese.abstained) << chinese.text;
  EXPECT_THAT(chinese.text, HasSubstr("restart 命令可以重启"));
  EXPECT_EQ(chinese.note, "已改用文档中有的词提问：restrat → restart");
  EXPECT_EQ(told_, chinese.text);
}

TEST_F(RespellingTest, WhatIsNotThereIsDeclinedAsBefore) {
  // Nothing is near it; it is a word, though "close" is near; and what stays declined says nothing of
  // another word.
  for (const char* question :
       {"How do I xyzzy it?", "How do I clone the office?", "如何 clone？", "Who resms it?"}) {
    const Answer answer = Ask(question);
    EXPECT_TRUE(answer.abstained) << question << ": " << answer.text;
    EXPECT_EQ(answer.note, "") << question;
    EXPECT_EQ(answer.standalone, "") << question;
    EXPECT_EQ(told_, answer.text);
  }
}

TEST_F(RespellingTest, ItIsLeftAloneWhereItIsTurnedOffOrTheReaderMayNotReadAll) {
  EXPECT_TRUE(Ask("How do I resme it?", {}, {.correct = false}).abstained);
  EXPECT_TRUE(Ask("How do I resme it?", {.unrestricted = false, .names = {"clerk"}}).abstained);
}

}  // namespace
}  // namespace quarry::generation
