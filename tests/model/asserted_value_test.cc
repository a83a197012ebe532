#include "model/asserted_value.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace quarry::model {
namespace {

std::string ValueOf(std::string_view question) {
  const size_t begin = AssertedValueBegin(question, question);
  return begin == std::string_view::npos ? "" : std::string(question.substr(begin));
}

TEST(AssertedValueTest, IsTheNumberAtTheEndOfAQuestionWhetherItIsSo) {
  const std::pair<const char*, const char*> cases[] = {
      {"Is the timeout 30 seconds?", "30 seconds?"},
      {"Does the plan cost $190?", "$190?"},
      {"Is the fee 5%?", "5%?"},
      {"Does support answer within 2 working days?", "2 working days?"},
      {"Is it 40 pounds per month?", "40 pounds per month?"},
      {"Was it 12 years old?", "12 years old?"},
      {"Can I return it within 30 days?", "30 days?"},
      {"专业版是不是每年 58000 元", "58000 元"},
      {"试用期可否为6个月？", "6个月？"},
      {"陪产假是否为15天？", "15天？"}};
  for (const auto& [question, value] : cases) EXPECT_EQ(ValueOf(question), value) << question;
  // As AnalyseQuestion gives the text, without the question words.
  EXPECT_EQ(AssertedValueBegin("可以顺延到次年 3 月 31 日吗？", "可以顺延到次年 3 月 31 日 ？"),
            std::string_view("可以顺延到次年 ").size());
}

TEST(AssertedValueTest, IsNoBoundNoConditionAndNoName) {
  for (const char* question :
       {"What is the timeout in 30 seconds?", "Is the timeout more than 30 seconds?",
        "Is approval needed for an order of 800 euros?", "Is it returned after 30 days?",
        "Can I return it after 30 days?", "Is 30 days enough?", "Does it run on Windows 10?",
        "Is it in version 3?", "Is the 30 day limit hard?", "Is the plan free?", "Is it?", ""}) {
    EXPECT_EQ(ValueOf(question), "") << question;
  }
  for (const auto& [question, text] :
       {std::pair("30天后可以退货吗？", "30天后可以退货 ？"),
        std::pair("员工迟到超过 30 分钟吗？", "员工迟到超过 30 分钟 ？"),
        std::pair("支持 Oracle 12 个吗？", "支持 Oracle 12 个 ？"),
        std::pair("在 12 楼吗？", "在 12 楼 ？"), std::pair("年假有几天？", "年假有 ？")}) {
    EXPECT_EQ(AssertedValueBegin(question, text), std::string_view::npos) << question;
  }
}

}  // namespace
}  // namespace quarry::model
