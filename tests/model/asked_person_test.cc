#include "model/asked_person.h"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

namespace quarry::model {
namespace {

TEST(AskedPersonTest, OnlyAQuestionForAPersonNamesOne) {
  const std::pair<const char*, const char*> cases[] = {{"林晓彤是谁？", "林晓彤"},
                                                       {"请问高文博是谁", "高文博"},
                                                       {"谁是林晓彤？", "林晓彤"},
                                                       {"林曉彤是什麼人？", "林曉彤"},
                                                       {"林晓彤担任什么职务？", "林晓彤"},
                                                       {"Who is Ines Vogel?", "Ines Vogel"},
                                                       {"who was Ada Groener", "Ada Groener"},
                                                       // Offices, and what is asked of a person.
                                                       {"总经理是谁？", ""},
                                                       {"董事长是谁？", ""},
                                                       {"安全员是谁？", ""},
                                                       {"林晓彤的上级是谁？", ""},
                                                       {"林晓彤的电话是多少？", ""},
                                                       {"Who is the director?", ""},
                                                       {"Who is CEO?", ""},
                                                       {"Who is Ines Vogel's boss?", ""},
                                                       {"Who wrote Ines Vogel?", ""},
                                                       {"", ""}};
  for (const auto& [question, name] : cases) {
    EXPECT_EQ(PersonAskedAbout(question), name) << question;
  }
}

TEST(AskedPersonTest, AnOfficeStandsRightBesideTheName) {
  for (const auto& [name, sentence] : std::vector<std::pair<const char*, const char*>>{
           {"林晓彤", "客户支持组组长：林晓彤"},
           {"林晓彤", "由客服主管林晓彤负责。"},
           {"林晓彤", "林晓彤（客服主管）出席。"},
           {"林晓彤", "林晓彤是客户支持组组长。"},
           {"林曉彤", "林曉彤擔任總經理。"},
           {"林晓彤", "姓名: 林晓彤; 职务: 客服"},
           {"Ines Vogel", "Questions go to Ines Vogel, head of support."},
           {"Ines Vogel", "Ines Vogel is the director."},
           {"Ines Vogel", "Head of customer support: Ines Vogel"},
           {"Ines Vogel", "Our CTO Ines Vogel signed."},
           {"Ines Vogel", "Head of Support Ines Vogel opened the meeting."},
           {"Ines Vogel", "The director of sales, Ines Vogel, opened it."},
           {"林晓彤", "董事长兼总经理林晓彤致辞。"},
           {"林晓彤", "法定代表人：林晓彤"},
           {"Ines Vogel", "Name: Ines Vogel; Role: Support"}}) {
    EXPECT_TRUE(SaysOfficeOf(name, sentence)) << sentence;
  }
  for (const auto& [name, sentence] : std::vector<std::pair<const char*, const char*>>{
           {"林晓彤", "林晓彤在9月5日前向总经理提交报告。"},
           {"林晓彤", "出席：总经理、林晓彤、陈思远"},
           {"林晓彤", "技术总监高文博批准，林晓彤执行。"},
           {"林晓彤", "一线值班: 林晓彤; 二线值班: 王海涛"},
           {"林晓彤", "组长表扬林晓彤。"},
           {"林晓彤", "董事长任命林晓彤。"},
           {"Ines Vogel", "The director thanked Ines Vogel."},
           {"Ines Vogel", "The head of support thanked Ines Vogel."},
           {"Ines Vogel", "Ines Vogel wrote to the director."},
           {"Ines Vogel", "The director was away. Ines Vogel signed."},
           {"Ines Vogel", "The report is by Rory Keane, director."}}) {
    EXPECT_FALSE(SaysOfficeOf(name, sentence)) << sentence;
  }
}

}  // namespace
}  // namespace quarry::model
