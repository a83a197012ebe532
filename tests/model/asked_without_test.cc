#include "model/asked_without.h"

#include <gtest/gtest.h>

#include <string>

namespace quarry::model {
namespace {

std::string WithoutOf(std::string_view question) {
  const std::optional<ByteRange> found = FindAskedWithout(question, question);
  if (!found) return "";
  return std::string(question.substr(found->begin, found->end - found->begin));
}

TEST(AskedWithoutTest, IsTheOnlyDenialOfAQuestionWhetherSomethingGoes) {
  EXPECT_EQ(WithoutOf("Can I run Hookwell without Docker?"), "without");
  EXPECT_EQ(WithoutOf("没有证件能进吗？"), "没有");
  EXPECT_EQ(WithoutOf("不戴安全帽可以进车间吗？"), "不");
  EXPECT_EQ(WithoutOf("沒有證件能進嗎？"), "沒有");
  for (const char* question :
       {"How do I run it without Docker?", "Can it not run without Docker?", "Can it run?",
        "Which plans come without SSO?", "不能进吗？", "没有证件怎么办？", "没有证件不能进吗？",
        "不锈钢可以焊接吗？", ""}) {
    EXPECT_EQ(WithoutOf(question), "") << question;
  }
}

TEST(AskedWithoutTest, WhatIsNeededIsSaid) {
  for (const char* text : {"You need Docker 24.", "Docker is required.", "进入须出示证件。",
                           "凭证件进入。", "須出示證件。"}) {
    EXPECT_TRUE(SaysNeeded(text)) << text;
  }
  for (const char* text : {"Docker runs it.", "证件每年换发。"}) {
    EXPECT_FALSE(SaysNeeded(text)) << text;
  }
}

}  // namespace
}  // namespace quarry::model
