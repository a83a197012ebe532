#include "model/answering_clause.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/ascii.h"

namespace quarry::model {
namespace {

std::string PartOf(const std::string& question, const std::string& sentence) {
  const Analyzer analyzer;
  Passage passage;
  passage.chunk.text = sentence;
  const std::vector<Passage> passages = {passage};
  const PassageReading reading(question, passages, analyzer, 400);
  const ByteRange part = AnsweringPart(reading, reading.sentences().at(0));
  EXPECT_EQ(part.end, reading.sentences()[0].range.end);
  return sentence.substr(part.begin, part.end - part.begin);
}

const char* const kLong =
    "The old pumping station at the northern end of the valley, with its brick tower and the "
    "garden that the "
    "keepers planted, was closed for good in 1987, when the new works at Orrin took over.";

TEST(AnsweringClauseTest, AShortSentenceIsQuotedWhole) {
  const std::string text = "The valve was designed in 1998, in Malmö, by Anna Lindqvist.";
  EXPECT_EQ(PartOf("Who designed the valve?", text), text);
  EXPECT_EQ(PartOf("谁设计了阀门？", "阀门于1998年由李明华设计。"), "阀门于1998年由李明华设计。");
}

TEST(AnsweringClauseTest, ALongOneBeginsWithTheClauseThatAnswers) {
  const std::string part = PartOf("When was the pumping station closed?", kLong);
  EXPECT_LT(part.size(), std::string(kLong).size());
  EXPECT_LT(part.find("1987"), 100u) << part;
}

TEST(AnsweringClauseTest, ALongOneThatAnswersAtItsBeginningIsQuotedWhole) {
  const std::string text =
      "Anna Lindqvist designed the valve, which opens at six bar and closes by itself as soon as "
      "the water that "
      "stands behind it has run off through the side channel.";
  EXPECT_EQ(PartOf("Who designed the valve?", text), text);
}

TEST(AnsweringClauseTest, WhatMayAnswerIsNotLeftOutForALittleMore) {
  // Both names may be it, and the whole sentence is a short answer.
  const std::string text =
      "The footbridge at Orrin was drawn up by Lindqvist as early as the spring of 1911, and then "
      "by Okafor once more after the flood.";
  EXPECT_EQ(PartOf("By whom was the footbridge at Orrin drawn up?", text), text);
  const std::string chinese =
      "奥林的步行桥早在一九一一年春天就由市政处的林德奎斯特先生画出了最初的图纸，"
      "后来又在大洪水之后由欧阳明重新画过一次。";
  EXPECT_EQ(PartOf("奥林的步行桥由谁画的图纸？", chinese), chinese);
}

TEST(AnsweringClauseTest, ChineseClausesBeginBehindTheirMarks) {
  const std::string text =
      "这座老泵站位于山谷的最北端，砖砌的塔楼和看守人种下的花园至今还在，许多游人每年夏天都会来这里"
      "参观，"
      "泵站于一九八七年关闭，此后由新水厂供水。";
  const std::string part = PartOf("泵站于哪一年关闭？", text);
  EXPECT_LT(part.size(), text.size());
  EXPECT_NE(part.find("一九八七"), part.npos);
  EXPECT_TRUE(text.substr(0, text.size() - part.size()).ends_with("，")) << part;
}

// Whatever is asked, a part begins where a word or the sentence does, and not within a number.
TEST(AnsweringClauseTest, NothingIsCutThrough) {
  const std::string text =
      "In the first year the members of the cooperative paid 1,250,000 marks, 3,400 of which were "
      "hardly seen again, "
      "and the ledger-keeper's re-counted totals (of 12.5 per cent: a record) were off by 17:30 "
      "that evening, 10–20 state-of-the-art check-in desks and/or tills later.";
  for (const char* question :
       {"How many marks did the members pay?", "When was the total off?", "What was the record?",
        "Who paid the ledger?", "How many were never seen?", "cooperative evening",
        "Which art is in the desks?", "How many tills are 10?"}) {
    const std::string part = PartOf(question, text);
    const size_t begin = text.size() - part.size();
    EXPECT_EQ(text.substr(begin), part);
    if (begin == 0) continue;
    EXPECT_EQ(text[begin - 1], ' ') << part;
    EXPECT_FALSE(part.starts_with("of 12.5") || part.starts_with("a record")) << "within brackets";
  }
}

TEST(AnsweringClauseTest, HowAndWhyAreToldByWholeClauses) {
  const std::string text =
      "For Intel processors you can execute grep vmx /proc/cpuinfo to check for Intel's Virtual "
      "Machine Extensions.";
  EXPECT_EQ(PartOf("How do I check whether my Intel processor supports virtualization?", text),
            text);
  EXPECT_EQ(PartOf("Why is Intel's virtual machine checked for?", text), text);
  // Not what is asked of another kind.
  EXPECT_TRUE(PartOf("What is checked whether my Intel processor supports virtualization?", text)
                  .starts_with("to check for"));
}

TEST(AnsweringClauseTest, WhatIsDeniedIsNotQuotedWithoutItsDenial) {
  const std::string bridge =
      "The bridge at Orrin was not, whatever the plaque beside the northern gate and the guide to "
      "the valley tell "
      "their readers, designed by Count Orlov in 1812.";
  EXPECT_EQ(PartOf("Who designed the bridge at Orrin?", bridge), bridge);
  const std::string never =
      "It NEVER happened, as the plaque beside the northern gate and the guide to the valley tell "
      "their readers, that "
      "the bridge was designed by Count Orlov in 1812.";
  EXPECT_EQ(PartOf("Who designed the bridge?", never), never);
  const std::string zh =
      "这座桥并非像北门旁边的石碑和山谷的旅游指南一直以来向各地来的众多读者和游客所介绍的那样，由"
      "工程师李明华设计。";
  EXPECT_EQ(PartOf("这座桥由谁设计？", zh), zh);
  std::string zh_not = zh;
  zh_not.replace(zh_not.find("并非"), std::string("并非").size(), "不是");
  EXPECT_EQ(PartOf("这座桥由谁设计？", zh_not), zh_not);
  // Nor does one of a clause before: the sentence begins anew.
  const std::string anew = PartOf(
      "Who rebuilt the bridge?",
      "The bridge was not repaired after the flood in spring, when the council of the valley had "
      "no money for it, but it was rebuilt by Count Orlov in 1912.");
  EXPECT_TRUE(anew.starts_with("but it was rebuilt") || anew.starts_with("was rebuilt") ||
              anew.starts_with("it was rebuilt"))
      << anew;
  // A denial that is quoted with it does no harm.
  const std::string part =
      PartOf("When was the pumping station closed?",
             "The old pumping station at the northern end of the valley, with its brick tower and "
             "the garden that the "
             "keepers planted, was closed for good in 1987 and not opened again.");
  EXPECT_FALSE(part.starts_with("The old")) << part;
  EXPECT_TRUE(part.ends_with("and not opened again.")) << part;
}

TEST(AnsweringClauseTest, ARuleIsNotQuotedWithoutItsException) {
  const std::string unless =
      "Unless the shift supervisor has confirmed in writing that the discharge valve is fully "
      "closed, the pump must be restarted within 30 minutes of the alarm.";
  EXPECT_EQ(PartOf("When must the pump be restarted?", unless), unless);
  const std::string only =
      "Only if the shift supervisor has confirmed in writing that the discharge valve is fully "
      "closed, the pump may be restarted within 30 minutes of the alarm.";
  EXPECT_EQ(PartOf("When may the pump be restarted?", only), only);
  const std::string unless_zh =
      "除非值班长已经书面确认出口阀门完全关闭并且压力表的读数已经回到零，水泵必须在报警后30分钟之内"
      "重新启动。";
  EXPECT_EQ(PartOf("水泵必须在报警后多久重新启动？", unless_zh), unless_zh);
  const std::string except_zh =
      "除节假日和每月第一个星期一上午以及管理处提前三天另行公告的闭馆日以外，图书馆每天8时至20时对"
      "读者"
      "开放。";
  EXPECT_EQ(PartOf("图书馆每天几点开放？", except_zh), except_zh);
  // What is excepted in a clause before is not: the sentence begins anew.
  const std::string anew = PartOf(
      "Who designed the valve?",
      "The gate is locked except in summer when the garden of the keepers is open to all visitors "
      "of the valley; the valve was designed by Anna Lindqvist in 1998.");
  EXPECT_FALSE(anew.starts_with("The gate")) << anew;
}

TEST(AnsweringClauseTest, APronounIsNotQuotedWithoutItsNoun) {
  const std::string text =
      "A certificate of the internal load balancer expired, because its renewal job had been "
      "disabled during the move to the new cluster on 21 March.";
  const std::string part = PartOf("Why was delivery delayed on 8 April 2026?", text);
  EXPECT_FALSE(part.starts_with("because its") || part.starts_with("its")) << part;
  const std::string zh =
      "机房里那台负载均衡器使用的证书在凌晨悄悄到期而当时没有任何人收到通知，因为它的续期任务在迁移"
      "到"
      "新集群的时候被停用了。";
  const std::string part_zh = PartOf("为什么4月8日投递延误？", zh);
  EXPECT_FALSE(part_zh.starts_with("因为它")) << part_zh;
}

TEST(AnsweringClauseTest, CompoundsAndRangesAreNotCutThrough) {
  const std::string filler =
      "Every visiting member reports having seen there one wonderful rather large old brick tower "
      "housing some ";
  for (const char* rest : {"state-of-the-art machinery", "check-in hall", "valves and/or pumps",
                           "10–20 valves", "10—20 valves", "5, 20 valves"}) {
    const std::string text = filler + rest + " Anna Lindqvist once designed.";
    EXPECT_EQ(PartOf("Who designed the valves?", text), text);
  }
  const std::string dash = filler + "valves — they say—Anna Lindqvist once designed them.";
  EXPECT_TRUE(PartOf("Who designed the valves?", dash).starts_with("Anna"));
}

// A glance is as long as its sentence is written, whatever the question is written in.
TEST(AnsweringClauseTest, AGlanceIsMeasuredByTheSentence) {
  const std::string text =
      "The valve at the northern gate was designed by Anna Lindqvist in 1998.";  // 70 bytes
  EXPECT_EQ(PartOf("谁在1998年设计了阀门？", text), text);
  const std::string zh =
      "阀门（VX-220）位于山谷最北端的老泵站内，砖砌的塔楼至今还在，VX-"
      "220由李明华于一九九八年设计。";
  EXPECT_EQ(PartOf("Who designed the VX-220?", zh), PartOf("VX-220由谁设计？", zh));
}

}  // namespace
}  // namespace quarry::model
