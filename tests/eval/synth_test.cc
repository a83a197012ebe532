#include "eval/synth.h"

#include <map>

#include "base/text.h"
#include "eval/suite_run.h"
#include "tests/testing/engine_testing.h"

namespace quarry::eval {
namespace {

using ::testing::HasSubstr;

Document SynthDocument(const std::string& id, const std::string& title, const std::string& text) {
  Document document = testing::TextDocument(id, title, text);
  document.language = DetectLanguage(text);
  return document;
}

class SynthTest : public ::testing::Test {
 protected:
  SynthTest() {
    engine_.Add({SynthDocument("a.md", "VX-220 data sheet",
                               "Property: Mass; Value: 318 kg\n\nProperty: Rated head; Value: "
                               "48 m\n\nThe bearing temperature must not exceed 82 °C."),
                 SynthDocument("b.md", "VX-240 data sheet",
                               "Property: Mass; Value: 402 kg\n\nThe pump is not submersible."),
                 SynthDocument("c.md", "Member rules",
                               "The general meeting is quorate when 400 members are present.")});
  }
  std::map<std::string, std::vector<Case>> Drafts(const SynthOptions& options) {
    const SynthReport report = DraftCases(*engine_.snapshot(), options, {}, CallContext()).value();
    std::map<std::string, std::vector<Case>> by_kind;
    for (const Case& one : report.cases) by_kind[one.tags[0]].push_back(one);
    return by_kind;
  }
  testing::TestEngine engine_;
};

TEST_F(SynthTest, EveryKindIsDraftedWithItsPlace) {
  auto drafts = Drafts({});
  ASSERT_FALSE(drafts["span"].empty());
  ASSERT_FALSE(drafts["cloze"].empty());
  ASSERT_FALSE(drafts["number-swap"].empty());
  ASSERT_FALSE(drafts["negation-swap"].empty());
  ASSERT_FALSE(drafts["conflict"].empty());
  for (const auto& [kind, cases] : drafts) {
    for (const Case& one : cases) {
      EXPECT_TRUE(one.draft);
      for (const GoldSpan& span : one.gold_spans) {
        EXPECT_TRUE(ResolveSpan(span, *engine_.snapshot()).value().present) << one.query;
      }
      // What is written is read.
      EXPECT_OK(ParseCase(CaseLine(one)).status());
    }
  }
  const Case& conflict = drafts["conflict"][0];
  EXPECT_EQ(conflict.gold_spans.size(), 2u);
  EXPECT_THAT(conflict.query, HasSubstr("what is the Mass?"));
  for (const Case& one : drafts["twin"]) {
    EXPECT_FALSE(one.answerable);
    EXPECT_THAT(one.query, HasSubstr(": what is the "));
  }
  for (const Case& one : drafts["negation-swap"]) {
    EXPECT_THAT(one.query, ::testing::Not(HasSubstr(" not ")));
  }
}

TEST(SynthNameTest, NoPartOfASentenceIsAskedForByName) {
  testing::TestEngine engine;
  engine.Add({SynthDocument("a.md", "Handbook",
                            "Availability: below 99.9 %; Credit: 10 per cent\n\n"
                            "Status: 408, 425, 429; Retried: yes, three times\n\n"
                            "Status: 503; Value: unavailable\n\n"
                            "Status: 504; Meaning: gateway timeout\n\n"
                            "Variable: MILL_PORT; Default: 8088\n\n"
                            "Property: Mass; Value: 318 kg\n\n"
                            "Question: Is it safe?; Answer: It is safe.\n\n"
                            "Command: mill start; What it does: opens the gate\n\n"
                            "Role: Miller; Opens gates: yes; Since: 1931\n\n"
                            "Role: Clerk; Is it paid: monthly; Since: 1950\n\n"
                            "The handbook is kept by the office of the mill."),
              SynthDocument("b.md", "手册",
                            "可用性: 低于标准; 赔偿: 一成\n\n"
                            "时长: 30天以内; 费用: 全免\n\n"
                            "职级: 总监及以上; 住宿: 单间\n\n"
                            "参数: 线程数; 需重启: 是; 单位: 个\n\n"
                            "参数: 超时时间; 默认值: 30秒\n\n"
                            "项目: 额定扬程; 数值: 48米")});
  const SynthReport report =
      DraftCases(*engine.snapshot(), {.cases = 1000}, {}, CallContext()).value();
  std::vector<std::string> asked;
  for (const Case& one : report.cases) {
    if (one.tags[0] == "span") asked.push_back(one.query);
  }
  EXPECT_THAT(asked,
              ::testing::UnorderedElementsAre(
                  "Handbook: what is the Meaning of 504?",
                  "Handbook: what is the Default of MILL_PORT?", "Handbook: what is the Mass?",
                  "Handbook: what is the mill start?", "手册：总监及以上的住宿是什么？",
                  "手册：超时时间的默认值是什么？", "手册：额定扬程是多少？"));
}

TEST(SynthDateTest, NoNumberIsCutOutOfADate) {
  testing::TestEngine engine;
  engine.Add({SynthDocument("a.md", "Rota",
                            "Week: W42; Start: 2025-10-13; Who: Anna\n\n"
                            "Week: W43; Start: 20 October 2025; Who: Nils\n\n"
                            "Week: W44; Start: October 27, 2025; Who: Ines\n\n"
                            "Week: W45; Start: 8:30; Who: Hugo\n\n"
                            "Week: W46; Hours: 38 h; Who: Olaf\n\n"
                            "The rota is made by the office of the mill."),
              SynthDocument("b.md", "值班安排",
                            "周次: 第42周; 日期: 2025年10月13日; 值班: 林晓彤\n\n"
                            "周次: 第43周; 日期: 10月20日; 值班: 高文博\n\n"
                            "周次: 第44周; 时长: 3年; 值班: 李嘉怡")});
  const SynthReport report =
      DraftCases(*engine.snapshot(), {.cases = 1000}, {}, CallContext()).value();
  std::vector<std::string> accepted;
  for (const Case& one : report.cases) {
    if (one.tags[0] == "span") accepted.push_back(one.accept.at(0).texts.at(0));
    if (one.tags[0] == "number-swap") {
      EXPECT_THAT(one.query, ::testing::AnyOf(HasSubstr("is the Hours of W46"),
                                              HasSubstr("值班安排：第44周的时长是")));
    }
  }
  EXPECT_THAT(accepted,
              ::testing::UnorderedElementsAre("2025-10-13", "20 October 2025", "October 27, 2025",
                                              "8:30", "38", "2025年10月13日", "10月20日", "3"));
}

std::vector<std::string> TwinsOf(testing::TestEngine& engine) {
  const SynthReport report =
      DraftCases(*engine.snapshot(), {.cases = 1000}, {}, CallContext()).value();
  std::vector<std::string> questions;
  for (const Case& one : report.cases) {
    if (one.tags[0] == "twin") questions.push_back(one.query);
  }
  return questions;
}

TEST(SynthTwinTest, WhatIsAskedInVainNoDocumentAnswers) {
  testing::TestEngine engine;
  engine.Add({SynthDocument("a.md", "VX-220 data sheet",
                            "Property: Mass; Value: 318 kg\n\n"
                            "Property: Rated head; Value: 48 m\n\n"
                            "Property: Rated speed; Value: 2900 rpm\n\n"
                            "The pump stands in the mill by the river."),
              SynthDocument("b.md", "VX-240 data sheet",
                            "Property: Mass; Value: 402 kg\n\nProperty: Speed; Value: 9 rpm\n\n"
                            "The pump stands in the cellar of the inn."),
              SynthDocument("c.md", "Settings", "Property: Port; Value: 8088"),
              SynthDocument("d.md", "VX-220 数据手册", "项目: 额定扬程; 数值: 48米"),
              SynthDocument("e.md", "VX-240 数据手册", "项目: 质量; 数值: 402千克")});
  // The mass stands in both sheets, a speed too; a port is that of no pump.
  EXPECT_THAT(TwinsOf(engine),
              ::testing::UnorderedElementsAre("VX-240 data sheet: what is the Rated head?",
                                              "VX-220 数据手册：质量是多少？",
                                              "VX-240 数据手册：额定扬程是多少？"));
  engine.Add({SynthDocument("f.md", "Comparison", "The rated head of VX-240 is 60 m."),
              SynthDocument("g.md", "比较", "VX-240的额定扬程为60米。")});
  EXPECT_THAT(TwinsOf(engine), ::testing::ElementsAre("VX-220 数据手册：质量是多少？"));
}

TEST(SynthTwinTest, ANameWithAnotherFigureIsAskedForWhereNoDocumentHoldsIt) {
  testing::TestEngine engine;
  engine.Add({SynthDocument("a.md", "Errors",
                            "Code: HW-5021; Status: closed; Meaning: the gate is shut\n\n"
                            "Code: HALT; Status: open; Meaning: the mill stands still\n\n"
                            "HW-5020, HW-5022, HW-5023, HW-5024, HW-5025, HW-5026 and "
                            "HW-5028 are of other mills."),
              SynthDocument("b.md", "HW-5029", "The code of the second mill."),
              SynthDocument("c.md", "错误码", "错误码: SB-2001; 含义: 任务不存在")});
  const std::vector<std::string> twins = TwinsOf(engine);
  ASSERT_EQ(twins.size(), 2u);
  EXPECT_THAT(twins, ::testing::Contains("Errors: what is the Status of HW-5027?"));
  EXPECT_THAT(twins, ::testing::Contains(HasSubstr("错误码：SB-200")));
  EXPECT_THAT(twins, ::testing::Not(::testing::Contains(HasSubstr("SB-2001"))));
}

// Each row is looked up in all documents.
TEST(SynthTwinTest, OfManyRowsNotAllAreTried) {
  std::string text = "Property: HW-5021; Value: steel\n\n";  // the only one that has a twin
  for (int i = 0; i < 400; ++i) {
    const std::string name = {static_cast<char>('a' + i / 26), static_cast<char>('a' + i % 26)};
    text += "Property: Part " + name + "; Value: steel\n\n";
  }
  testing::TestEngine engine;
  engine.Add({SynthDocument("a.md", "Parts", text)});
  int found = 0;
  for (uint64_t seed = 1; seed <= 10; ++seed) {
    const SynthReport report =
        DraftCases(*engine.snapshot(), {.cases = 2, .seed = seed}, {}, CallContext()).value();
    for (const Case& one : report.cases) found += one.tags[0] == "twin" ? 1 : 0;
  }
  EXPECT_LT(found, 8) << "40 of 401 rows are tried";
}

// The number of a model is no figure that may be missing.
TEST(SynthClozeTest, AGapIsWhereTheQuantityStands) {
  testing::TestEngine engine;
  engine.Add({SynthDocument("a.md", "Notes", "The pump VX-240 weighs 318 kg when dry."),
              SynthDocument("b.md", "记录", "水泵VX-240的质量为318千克，已经核对。")});
  const SynthReport report = DraftCases(*engine.snapshot(), {}, {}, CallContext()).value();
  size_t gaps = 0;
  for (const Case& one : report.cases) {
    if (one.tags[0] != "cloze") continue;
    ++gaps;
    EXPECT_THAT(one.query, HasSubstr("VX-240"));
    EXPECT_THAT(one.query, HasSubstr("____"));
    ASSERT_EQ(one.accept.size(), 1u);
    EXPECT_EQ(one.accept[0].texts, std::vector<std::string>{"318"});
  }
  EXPECT_EQ(gaps, 2u);
}

TEST(SynthChangeLogTest, WhatTellsOfChangesIsNotAskedFor) {
  testing::TestEngine engine;
  engine.Add(
      {SynthDocument("a.txt", "Handbook",
                     "Duties\n======\n\nThe tank must not be filled above 82 percent.\n\n"
                     "Revision history\n================\n\n"
                     "Issue: B; Date: 2024-03-01; By: Anna\n\n"
                     "The limit of the tank is not 90 percent any more.\n\n"
                     "Contacts\n========\n\nName: Anna; Telephone: 4471\n"),
       SynthDocument("b.txt", "手册",
                     "职责\n====\n\n水箱的液位不得超过82%，由值班员检查。\n\n"
                     "修订记录\n========\n\n日期：2024年3月1日，水箱的液位不再是90%。\n\n"
                     "Version: 1.2; Date: 2024-03-01; Change: New limit of the tank\n"),
       SynthDocument("c.txt", "Panel changelog", "The panel must not be older than 30 days.")});
  const SynthReport report =
      DraftCases(*engine.snapshot(), {.cases = 1000}, {}, CallContext()).value();
  std::string all;
  for (const Case& one : report.cases) all += CaseLine(one) + "\n";
  EXPECT_THAT(all, HasSubstr("above 82 percent"));
  EXPECT_THAT(all, HasSubstr("不得超过82%"));
  EXPECT_THAT(all, HasSubstr("Telephone"));
  for (const char* change : {"90 percent", "90%", "2024", "New limit", "30 days"}) {
    EXPECT_THAT(all, ::testing::Not(HasSubstr(change)));
  }
}

TEST(SynthChangeLogTest, LinesThatBeginWithAWordOfChangeAreAskedFor) {
  testing::TestEngine engine;
  engine.Add({SynthDocument("a.txt", "操作手册",
                            "调整时间不得超过2小时，由值班员检查。\n\n"
                            "删除的数据不得恢复，保留30天以上。\n\n"
                            "更新频率不得低于每5分钟一次。\n"),
              SynthDocument("b.txt", "Rules",
                            "New: members must not pay more than 20 euros.\n\n"
                            "Security: the gate must not be open for more than 3 hours.\n\n"
                            "Fixed assets must not be older than 9 years.\n")});
  const SynthReport report =
      DraftCases(*engine.snapshot(), {.cases = 1000}, {}, CallContext()).value();
  std::string all;
  for (const Case& one : report.cases) all += CaseLine(one) + "\n";
  for (const char* rule : {"调整时间不得", "删除的数据不得", "更新频率不得", "pay more than 20",
                           "more than 3 hours", "older than 9 years"}) {
    EXPECT_THAT(all, HasSubstr(rule));
  }
}

TEST_F(SynthTest, TheSameSeedDraftsTheSame) {
  const auto lines = [&](uint64_t seed) {
    std::string text;
    for (const auto& [kind, cases] : Drafts({.cases = 6, .seed = seed})) {
      for (const Case& one : cases) text += CaseLine(one) + "\n";
    }
    return text;
  };
  EXPECT_EQ(lines(1), lines(1));
}

// Says the same whatever it is asked.
class FixedModel final : public model::ChatModel {
 public:
  explicit FixedModel(std::string reply) : reply_(std::move(reply)) {}
  const std::string& name() const override { return reply_; }
  Result<model::ChatReply> Complete(const model::ChatRequest&, const model::ChatSink&,
                                    const CallContext&) const override {
    if (reply_.empty()) return UnavailableError("no upstream");
    return model::ChatReply{.content = reply_};
  }

 private:
  const std::string reply_;
};

TEST_F(SynthTest, AModelWordsTheQuestionsUnlessItGivesTheAnswerAway) {
  const FixedModel good("How heavy is it?");
  SynthReport report =
      DraftCases(*engine_.snapshot(), {.cases = 3, .model = &good}, {}, CallContext()).value();
  EXPECT_EQ(report.reworded, 3u);
  EXPECT_EQ(report.cases[0].query, "How heavy is it?");
  const FixedModel leaking("Is it 318, 402, 48, 82 or 400?");
  report =
      DraftCases(*engine_.snapshot(), {.cases = 3, .model = &leaking}, {}, CallContext()).value();
  for (const Case& one : report.cases) {
    EXPECT_TRUE(one.accept.empty() || one.query != "Is it 318, 402, 48, 82 or 400?");
  }
  const FixedModel down("");
  report = DraftCases(*engine_.snapshot(), {.cases = 3, .model = &down}, {}, CallContext()).value();
  EXPECT_EQ(report.cases.size(), 3u);
  EXPECT_EQ(report.reworded, 0u);
}

}  // namespace
}  // namespace quarry::eval
