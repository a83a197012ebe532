#include "generation/whole_document.h"

#include "generation/number_words.h"
#include "ingest/parser.h"
#include "tests/testing/engine_testing.h"
#include "tests/testing/scripted_models.h"

namespace quarry::generation {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using testing::ScriptedModels;
using ::testing::SizeIs;
using ::testing::StartsWith;
using testing::TextDocument;
using namespace std::chrono_literals;

class WholeDocumentTest : public ::testing::Test {
 protected:
  WholeDocumentTest() {
    engine_.Add(
        {TextDocument("pump.txt", "Pump A",
                      "The pump A lifts water from the lower main to the hill reservoir.\n\n"
                      "Its motor has 22 kW. The rated head of the pump is 48 m.\n\n"
                      "The seal is changed every 16,000 hours by the pump crew.\n\n"
                      "It may not run dry. A green card hangs on its cabinet."),
         TextDocument("pump-b.txt", "Pump B",
                      "The pump B lifts water from the lower main to the hill reservoir.\n\n"
                      "Its motor has 22 kW. The rated head of the pump is 52 m.\n\n"
                      "Its noise at 1 m is 74 dB."),
         TextDocument("泵.txt", "水泵丙",
                      "水泵丙从下游干管向山上水池送水。\n\n电机功率为22千瓦。额定扬程为61米。\n\n"
                      "机械密封每12,000小时更换一次。")});
  }

  Answer Summarize(const WholeDocumentRequest& request) {
    const WholeDocuments whole(engine_.analyzer, engine_.token_counter, std::nullopt);
    return whole.Summarize(request, *engine_.snapshot(), nullptr, CallContext()).value();
  }

  std::string Compared(const char* first, const char* second) {
    const WholeDocuments whole(engine_.analyzer, engine_.token_counter, std::nullopt);
    return whole
        .Compare({.documents = {first, second}}, *engine_.snapshot(), nullptr, CallContext())
        .value()
        .text;
  }

  static void ExpectExactQuotes(const Answer& answer, const index::Snapshot& snapshot) {
    for (const Citation& citation : answer.citations) {
      const auto document = snapshot.ReadDocument(citation.document).value();
      const std::string text = snapshot.ReadText(document.number).value();
      EXPECT_EQ(text.substr(citation.source.begin, citation.source.end - citation.source.begin),
                citation.quote);
      ASSERT_LE(citation.passage, answer.context.passages.size());
    }
  }

  testing::TestEngine engine_;
};

TEST_F(WholeDocumentTest, ASummaryQuotesTheDocumentInItsOrder) {
  std::string streamed;
  const WholeDocuments whole(engine_.analyzer, engine_.token_counter, std::nullopt);
  ASSERT_OK_AND_ASSIGN(const Answer answer, whole.Summarize(
                                                {.documents = {"pump.txt"}}, *engine_.snapshot(),
                                                [&](std::string_view delta) {
                                                  streamed += delta;
                                                  return true;
                                                },
                                                CallContext()));
  EXPECT_EQ(streamed, answer.text);
  EXPECT_THAT(answer.citations, SizeIs(3));
  EXPECT_THAT(answer.text, StartsWith("The pump A lifts water"));
  for (size_t i = 1; i < answer.citations.size(); ++i) {
    EXPECT_LT(answer.citations[i - 1].source.begin, answer.citations[i].source.begin);
  }
  EXPECT_EQ(answer.verdict.label, Support::kSupported);
  EXPECT_EQ(answer.model, "extractive");
  ExpectExactQuotes(answer, *engine_.snapshot());
}

TEST_F(WholeDocumentTest, TheFocusDecidesWhatIsTaken) {
  const Answer answer = Summarize({.documents = {"pump.txt"}, .focus = "seal", .max_sentences = 1});
  ASSERT_THAT(answer.citations, SizeIs(1));
  EXPECT_THAT(answer.citations[0].quote, HasSubstr("seal is changed"));
}

// What stands under a heading speaks of it, though it may repeat none of its words; what speaks of
// something else makes no summary of the focus.
TEST_F(WholeDocumentTest, AHeadingWithTheFocusBringsItsSection) {
  const auto markdown = [&](const std::string& id, const std::string& text) {
    ingest::ParsedSource parsed = ingest::ParserFor(ingest::Format::kMarkdown)
                                      .Parse(text, {.id = id, .path = id, .uri = ""})
                                      .value();
    return std::move(parsed.documents.at(0));
  };
  engine_.Add(
      {markdown(
           "contract.md",
           "# Licence contract\n\n## 1 Scope\n\nThe customer may run two systems for three years."
           "\n\n## 2 Fees and payment\n\nThe total is 960,000 euros with tax. Forty percent are "
           "due "
           "ten days after signing and the rest after acceptance.\n\n## 3 Secrecy\n\nBoth sides "
           "keep the trade secrets of the other for three years after the contract ends."),
       markdown(
           "合同.md",
           "# 许可合同\n\n## 第一条 许可范围\n\n乙方授权甲方使用企业版两套，期限三年。\n\n"
           "## 第二条 "
           "费用与付款\n\n合同总价为人民币960,000元。甲方应在签订后十个工作日内支付百分之四十，"
           "余额于验收后支付。\n\n## 第三条 保密\n\n双方对在履行合同中知悉的商业秘密负有保密义务，"
           "保密期限为合同终止后三年。")});
  const Answer english = Summarize({.documents = {"contract.md"}, .focus = "payment"});
  EXPECT_THAT(english.text, AllOf(HasSubstr("960,000"), HasSubstr("Forty percent"),
                                  Not(HasSubstr("secrets")), Not(HasSubstr("two systems"))));
  const Answer chinese = Summarize({.documents = {"合同.md"}, .focus = "付款"});
  EXPECT_THAT(chinese.text, AllOf(HasSubstr("960,000"), HasSubstr("百分之四十"),
                                  Not(HasSubstr("保密")), Not(HasSubstr("企业版"))));
  // Of what it does not speak of, the document is told as without a focus.
  EXPECT_EQ(Summarize({.documents = {"contract.md"}, .focus = "helicopter"}).text,
            Summarize({.documents = {"contract.md"}}).text);
}

TEST_F(WholeDocumentTest, SeveralDocumentsAreNamed) {
  const Answer answer = Summarize({.documents = {"泵.txt", "pump.txt"}, .max_sentences = 1});
  EXPECT_THAT(answer.text,
              StartsWith("水泵丙：水泵丙从下游干管向山上水池送水[1]。\nPump A：The pump"));
}

TEST_F(WholeDocumentTest, AComparisonPairsWhatDiffersAndListsTheRest) {
  const WholeDocuments whole(engine_.analyzer, engine_.token_counter, std::nullopt);
  ASSERT_OK_AND_ASSIGN(const Answer answer,
                       whole.Compare({.documents = {"pump.txt", "pump-b.txt"}}, *engine_.snapshot(),
                                     nullptr, CallContext()));
  EXPECT_THAT(answer.text, AllOf(StartsWith("Statements: 1 the same, "),
                                 HasSubstr("Pump A: The rated head of the pump is 48 m [1].\n"
                                           "Pump B: The rated head of the pump is 52 m [2]."),
                                 HasSubstr("Only in \"Pump A\":\n"),
                                 HasSubstr("Only in \"Pump B\":\n"), Not(HasSubstr("22 kW"))));
  ExpectExactQuotes(answer, *engine_.snapshot());
}

TEST_F(WholeDocumentTest, OneLabelWithTwoValuesDiffersThoughTheyShareNoWord) {
  engine_.Add(
      {TextDocument("a.txt", "Valve A",
                    "Valve A\n\nColour: red\n\nSeal: rubber\n\nDrive: belt\n\nNote: keep it dry\n\n"
                    "Note: wear gloves"),
       TextDocument("b.txt", "Valve B",
                    "Valve B\n\nColour: blue\n\nSeal: rubber\n\nHousing: bronze\n\n"
                    "Note: two people lift it"),
       TextDocument("甲.txt", "阀门甲", "阀门甲\n\n颜色：红色\n\n密封:橡胶\n\n驱动：皮带"),
       TextDocument("乙.txt", "阀门乙", "阀门乙\n\n颜色：蓝色\n\n密封:石墨\n\n外壳：青铜")});
  const std::string english = Compared("a.txt", "b.txt");
  EXPECT_THAT(english, AllOf(StartsWith("Statements: 1 the same, 0 in other words, 1 different; "
                                        "3 in the first alone, 2 in the second alone."),
                             HasSubstr("Valve A: Colour: red [1].\nValve B: Colour: blue [2].")));
  // What only one has stays there, and so does what stands under a label that one has twice.
  const std::string alone = english.substr(english.find("Only in"));
  EXPECT_THAT(alone, AllOf(HasSubstr("Drive: belt"), HasSubstr("Housing: bronze"),
                           HasSubstr("Note: wear gloves"), Not(HasSubstr("Colour"))));
  const std::string chinese = Compared("甲.txt", "乙.txt");
  EXPECT_THAT(chinese, AllOf(HasSubstr("不同的2处；只有前者有的1处，只有后者有的1处。"),
                             HasSubstr("阀门甲：颜色：红色[1]。\n阀门乙：颜色：蓝色[2]。")));
}

// Two versions: their titles do not say what is of which.
TEST_F(WholeDocumentTest, DocumentsOfOneTitleAreNamedByTheirIds) {
  engine_.Add(
      {TextDocument(
           "rules/2024.txt", "Travel rules",
           "The hotel limit is 300 euros a night.\n\nA taxi needs the consent of the head."),
       TextDocument("rules/2025.txt", "Travel rules",
                    "The hotel limit is 320 euros a night.\n\nReceipts are scanned within a week."),
       TextDocument("制度/旧.txt", "差旅制度", "住宿标准为每晚300元。\n\n乘坐出租车须经主管同意。"),
       TextDocument("制度/新.txt", "差旅制度",
                    "住宿标准为每晚320元。\n\n发票应在一周内扫描上传。")});
  EXPECT_THAT(
      Compared("rules/2024.txt", "rules/2025.txt"),
      AllOf(HasSubstr("rules/2024.txt: The hotel limit"), HasSubstr("rules/2025.txt: The hotel"),
            HasSubstr("Only in \"rules/2024.txt\":"), HasSubstr("Only in \"rules/2025.txt\":")));
  EXPECT_THAT(Compared("制度/旧.txt", "制度/新.txt"),
              AllOf(HasSubstr("只有《制度/旧.txt》有："), HasSubstr("只有《制度/新.txt》有："),
                    HasSubstr("制度/新.txt：住宿标准")));
  // Beside one of another title each keeps its own.
  EXPECT_THAT(Compared("rules/2024.txt", "pump.txt"), HasSubstr("Only in \"Travel rules\":"));
}

TEST_F(WholeDocumentTest, TheColonOfATimeMakesNoLabel) {
  engine_.Add(
      {TextDocument("a.txt", "Day A", "Day A\n\nAt 12:30 lunch is served\n\n12:40 gates shut"),
       TextDocument("b.txt", "Day B", "Day B\n\nAt 12:45 doors open\n\n12:50 music starts"),
       TextDocument("甲.txt", "日程甲", "日程甲\n\n12:30食堂开门\n\n时间:12:30"),
       TextDocument("乙.txt", "日程乙", "日程乙\n\n12:45大厅关灯\n\n时间:14:00")});
  EXPECT_THAT(Compared("a.txt", "b.txt"), HasSubstr(" 0 different; "));
  EXPECT_THAT(Compared("甲.txt", "乙.txt"), HasSubstr("不同的1处；"));
}

TEST_F(WholeDocumentTest, RequestsThatCannotBeServedSayWhy) {
  const WholeDocuments whole(engine_.analyzer, engine_.token_counter, std::nullopt);
  const auto error = [&](WholeDocumentRequest request) {
    return whole.Summarize(request, *engine_.snapshot(), nullptr, CallContext()).status();
  };
  EXPECT_EQ(error({}).message(), "documents: expected at least one");
  EXPECT_EQ(error({.documents = {"pump.txt", "pump.txt"}}).message(),
            "documents: \"pump.txt\" stands there twice");
  const Status missing = error({.documents = {"x"}});
  EXPECT_EQ(missing.code(), Code::kNotFound);
  EXPECT_THAT(missing.message(), HasSubstr("no document \"x\""));
  EXPECT_EQ(whole.Compare({.documents = {"pump.txt"}}, *engine_.snapshot(), nullptr, CallContext())
                .status()
                .message(),
            "documents: expected two to compare, got 1");
  const WholeDocumentRequest many{.documents = std::vector<DocumentId>(51, "pump.txt")};
  EXPECT_EQ(error(many).message(), "documents: expected at most 50, got 51");
}

TEST_F(WholeDocumentTest, WhatThePrincipalsMayNotReadIsNotThere) {
  Document secret = TextDocument("secret.txt", "Secret", "The code is 4711 for the vault door.");
  secret.access = {"boss"};
  engine_.Add({std::move(secret)});
  const WholeDocuments whole(engine_.analyzer, engine_.token_counter, std::nullopt);
  const auto ask = [&](std::vector<std::string> names) {
    return whole
        .Summarize({.documents = {"secret.txt"},
                    .principals = {.unrestricted = false, .names = std::move(names)}},
                   *engine_.snapshot(), nullptr, CallContext())
        .status();
  };
  EXPECT_EQ(ask({"clerk"}).code(), Code::kNotFound);
  EXPECT_OK(ask({"boss"}));
}

// What a scripted model says of whole documents: notes that repeat each passage's first sentence with its
// number, and a text that is the notes.
class WholeDocumentModelTest : public WholeDocumentTest {
 protected:
  std::optional<std::string> Say(const nlohmann::json& request) const {
    if (fails_) return std::nullopt;
    const std::string prompt = ScriptedModels::LastMessage(request);
    std::string content;
    for (size_t at = prompt.find("number=\""); at != std::string::npos;
         at = prompt.find("number=\"", at + 1)) {
      const std::string number = prompt.substr(at + 8, prompt.find('"', at + 8) - at - 8);
      const size_t text = prompt.find(">\n", at) + 2;
      const std::string_view said = std::string_view(prompt).substr(text);
      const ByteRange first = SplitSentences(said.substr(0, said.find("\n</"))).at(0);
      std::string sentence(said.substr(first.begin, first.end - first.begin));
      if (sentence.ends_with('.')) sentence.pop_back();
      content += (content.empty() ? "" : " ") + sentence + " [" + number + "].";
    }
    return content.empty() ? prompt : content;  // notes are repeated
  }

  Result<Answer> Ask(const WholeDocumentRequest& request, MapReduceOptions options = {}) {
    ScriptedModels upstream([&](const nlohmann::json& asked) { return Say(asked); }, engine_.clock);
    const auto chat = upstream.Model("scripted");
    const WholeDocuments whole(engine_.analyzer, engine_.token_counter,
                               AnswerModel{*chat, prompts_}, options);
    Result<Answer> answer =
        whole.Summarize(request, *engine_.snapshot(), nullptr, CallContext::WithTimeout(20s));
    calls_ = upstream.calls();
    return answer;
  }

  Prompts prompts_;
  uint32_t calls_ = 0;
  bool fails_ = false;
};

TEST_F(WholeDocumentModelTest, AShortDocumentTakesOneCallAndIsChecked) {
  ASSERT_OK_AND_ASSIGN(const Answer answer, Ask({.documents = {"pump.txt"}}));
  EXPECT_EQ(calls_, 1u);
  EXPECT_EQ(answer.model, "scripted");
  EXPECT_EQ(answer.verdict.label, Support::kSupported) << answer.verdict.reason;
  EXPECT_GT(answer.usage.cost, 0);
  ASSERT_THAT(answer.citations, Not(IsEmpty()));
  ExpectExactQuotes(answer, *engine_.snapshot());
}

TEST_F(WholeDocumentModelTest, LongDocumentsAreReadInPartsWithinTheCallsAllowed) {
  std::string text;
  for (int i = 0; i < 400; ++i) {
    text += "Station " + std::to_string(i) + " pumps " + std::to_string(100 + i) +
            " litres per second from well " + std::to_string(i * 7) + " to the hill.\n\n";
  }
  engine_.Add({TextDocument("long.txt", "Stations", text)});
  ASSERT_OK_AND_ASSIGN(const Answer whole,
                       Ask({.documents = {"long.txt"}}, {.part_tokens = 2500, .max_calls = 16}));
  EXPECT_THAT(whole.note, IsEmpty());
  EXPECT_GT(calls_, 2u);
  EXPECT_LE(calls_, 16u);
  EXPECT_EQ(whole.verdict.label, Support::kSupported) << whole.verdict.reason;

  ASSERT_OK_AND_ASSIGN(const Answer part,
                       Ask({.documents = {"long.txt"}}, {.part_tokens = 1000, .max_calls = 4}));
  EXPECT_LE(calls_, 4u);
  EXPECT_THAT(part.note, AllOf(StartsWith("read "), HasSubstr("those that say most")));

  text.clear();
  for (int i = 0; i < 400; ++i) {
    text += "第" + std::to_string(i) + "号泵站每秒从水井" + std::to_string(i * 7) + "抽水" +
            std::to_string(100 + i) + "升送往山上的水池。\n\n";
  }
  engine_.Add({TextDocument("长.txt", "泵站", text)});
  ASSERT_OK_AND_ASSIGN(const Answer in_chinese,
                       Ask({.documents = {"长.txt"}}, {.part_tokens = 1000, .max_calls = 4}));
  EXPECT_THAT(in_chinese.note, StartsWith("只读了信息最多的段落："));
}

TEST_F(WholeDocumentModelTest, WithoutTheModelTheDocumentIsQuotedAndSaysSo) {
  fails_ = true;
  ASSERT_OK_AND_ASSIGN(const Answer answer, Ask({.documents = {"泵.txt"}}));
  EXPECT_THAT(answer.text, StartsWith("（模型没有回应，以下内容直接摘自文档。）\n水泵丙从"));
  EXPECT_THAT(answer.note, StartsWith("模型没有回应："));
  ExpectExactQuotes(answer, *engine_.snapshot());
}

TEST(NumberWordsTest, NumbersInWordsBecomeDigits) {
  EXPECT_EQ(WithDigits("At least six minutes, twenty-five days, one day"),
            "At least 6 minutes, 25 days, one day");
  EXPECT_EQ(WithDigits("井深十四米，七孔，两套，一千二百谷元，三万户，一些，三峡"),
            "井深14米，7孔，2套，1200谷元，30000户，一些，三峡");
  EXPECT_EQ(WithDigits("兩萬元，十二個月，二〇二四年，三萬五千元"),
            "20000元，12個月，2024年，35000元");
  // A scale behind digits, and two numbers for one that is not known, are no number in words.
  EXPECT_EQ(WithDigits("5万元，3百台，两三年，三四十人，one or two days, twenty-year-old, fifth"),
            "5万元，3百台，两三年，三四十人，one or 2 days, twenty-year-old, fifth");
  EXPECT_EQ(WithDigits(""), "");
}

}  // namespace
}  // namespace quarry::generation
