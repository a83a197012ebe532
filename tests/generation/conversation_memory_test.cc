#include "generation/conversation_memory.h"

#include "tests/testing/test_analyzer.h"
#include "tests/testing/test_environment.h"

namespace quarry::generation {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;
using testing::TestAnalyzer;

TEST(ConversationMemoryTest, WhatFitsIsReadWhole) {
  const std::vector<ConversationTurn> turns = {{true, "How long is the pipe?"},
                                               {false, "It is 8 m long. It is red."}};
  const ConversationMemory memory = Remember(turns, 100, TestAnalyzer());
  ASSERT_THAT(memory.turns, SizeIs(2));
  EXPECT_EQ(memory.turns[1].text, turns[1].text);
  EXPECT_EQ(memory.report.turns, 2u);
  EXPECT_EQ(memory.report.condensed, 0u);
  EXPECT_EQ(memory.report.dropped, 0u);
}

TEST(ConversationMemoryTest, OlderAnswersAreCutToTheSentenceThatAnswersTheirQuestion) {
  std::vector<ConversationTurn> turns = {
      {true, "What is the head of the pump?"},
      {false, "It was built in 1990. The head of the pump is 52 m. It is red."}};
  for (int i = 0; i < 2; ++i) {
    turns.push_back({true, "Why?"});
    turns.push_back({false, "Nobody knows. Nobody asks."});
  }
  const ConversationMemory memory = Remember(turns, 100, TestAnalyzer());
  ASSERT_THAT(memory.turns, SizeIs(6));
  EXPECT_EQ(memory.turns[1].text, "The head of the pump is 52 m.");
  EXPECT_EQ(memory.turns[3].text, "Nobody knows. Nobody asks.");
  EXPECT_EQ(memory.report.condensed, 1u);
}

TEST(ConversationMemoryTest, TheOldestTurnsGoFirstAndTheBudgetHolds) {
  std::vector<ConversationTurn> turns;
  for (int i = 0; i < 50; ++i) {
    turns.push_back({true, "第" + std::to_string(i) + "个问题：水泵的扬程是多少？"});
    turns.push_back({false, "扬程是" + std::to_string(i) + "米。功率是22千瓦。"});
  }
  for (const uint32_t budget : {0u, 5u, 40u, 200u, 1000u}) {
    const ConversationMemory memory = Remember(turns, budget, TestAnalyzer());
    uint32_t tokens = 0;
    for (const ConversationTurn& turn : memory.turns) tokens += CountTokens(turn.text);
    EXPECT_LE(tokens, budget + 1);
    EXPECT_EQ(memory.report.turns + memory.report.dropped, turns.size());
  }
  EXPECT_EQ(Remember(turns, 40, TestAnalyzer()).turns.back().text, turns.back().text);
}

TEST(ConversationMemoryTest, ANewestTurnThatIsTooLongIsCut) {
  const std::vector<ConversationTurn> turns = {{true, std::string(10'000, 'x')}};
  const ConversationMemory memory = Remember(turns, 10, TestAnalyzer());
  ASSERT_THAT(memory.turns, SizeIs(1));
  EXPECT_EQ(memory.turns[0].text.size(), 40u);
  EXPECT_EQ(memory.report.condensed, 1u);
  EXPECT_THAT(Remember({}, 10, TestAnalyzer()).turns, IsEmpty());
}

}  // namespace
}  // namespace quarry::generation
