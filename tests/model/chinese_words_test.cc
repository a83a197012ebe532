#include "model/chinese_words.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace quarry::model {
namespace {

std::vector<std::string> WordsOf(std::string_view text) {
  std::vector<std::string> words;
  for (const ChineseWord& word : ChineseWords(text)) {
    words.emplace_back(text.substr(word.range.begin, word.range.end - word.range.begin));
  }
  return words;
}

std::vector<std::string> FunctionWordsOf(std::string_view text) {
  std::vector<std::string> words;
  for (const ChineseWord& word : ChineseWords(text)) {
    if (word.is_function)
      words.emplace_back(text.substr(word.range.begin, word.range.end - word.range.begin));
  }
  return words;
}

TEST(ChineseWordsTest, TakesTextApartIntoTheFewestWords) {
  EXPECT_EQ(WordsOf("迟到会扣"), (std::vector<std::string>{"迟到", "会", "扣"}));
  EXPECT_EQ(WordsOf("去上海出差"), (std::vector<std::string>{"去", "上海", "出差"}));
  EXPECT_EQ(WordsOf("光伏供电"), (std::vector<std::string>{"光伏", "供电"}));
}

TEST(ChineseWordsTest, ReadsTraditionalCharactersAsSimplifiedOnes) {
  EXPECT_EQ(WordsOf("遲到會扣"), (std::vector<std::string>{"遲到", "會", "扣"}));
}

TEST(ChineseWordsTest, LeavesOutWhatIsNotChinese) {
  EXPECT_EQ(WordsOf("T2探头 校准, 网关"), (std::vector<std::string>{"探头", "校准", "网关"}));
  EXPECT_TRUE(ChineseWords("gateway").empty());
}

TEST(ChineseWordsTest, KnowsWhatJoinsFromWhatItStandsIn) {
  EXPECT_EQ(FunctionWordsOf("年假可以休到"), (std::vector<std::string>{"可以", "到"}));
  EXPECT_TRUE(FunctionWordsOf("上海会议").empty());
}

TEST(ChineseWordsTest, WhatDeniesIsNoFunctionWord) {
  const std::vector<ChineseWord> words = ChineseWords("不报销");
  ASSERT_EQ(words.size(), 2U);
  EXPECT_TRUE(words[0].denies);
  EXPECT_FALSE(words[0].is_function);
}

}  // namespace
}  // namespace quarry::model
