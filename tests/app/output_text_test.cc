#include "app/output_text.h"

#include <algorithm>
#include <cstdio>

#include "app/answer_labels.h"
#include "app/text_layout.h"
#include "base/ascii.h"
#include "tests/testing/test_environment.h"

namespace quarry::app {
namespace {

using ::testing::HasSubstr;

// An answer that has all that is printed beside one, none of it in Latin letters.
AnswerResult FullAnswer(const std::string& language) {
  AnswerResult result;
  result.language = language;
  result.show_context = true;
  Answer& answer = result.answer;
  answer.text = "功率为7千瓦[1]。";
  Passage passage;
  passage.title = "水泵";
  passage.chunk.document = "甲";
  passage.chunk.text = "功率为7千瓦。";
  passage.chunk.span = {.begin = 0, .end = 19, .page = 3, .heading_path = {}};
  answer.context.passages = {passage};
  answer.context.token_count = 12;
  answer.context.dropped = {{ChunkId(2), "乙", "重复"}};
  Citation citation;
  citation.passage = 1;
  citation.document = "甲";
  citation.source = passage.chunk.span;
  citation.quote = passage.chunk.text;
  answer.citations = {citation};
  answer.verdict = {.label = Support::kSupported, .score = 0.5, .reason = "有"};
  answer.sentences = {{.span = {.begin = 0, .end = answer.text.size()},
                       .verdict = {.label = Support::kUnsupported, .score = 0, .reason = "无"}}};
  answer.cache.kind = CacheKind::kExact;
  answer.cache.age_seconds = 5;
  answer.cache.question = "功率？";
  answer.cache.verified_by = "normal form";
  ToolUse use;
  use.name = "计算";
  use.arguments = "{}";
  answer.tools = {use};
  use.failed = true;
  answer.tools.push_back(use);
  return result;
}

std::string TextBeside(const std::string& language) {
  const Console console(stdout, stderr, {.columns = 400});
  return AnswerSourcesText(FullAnswer(language), console);
}

TEST(AnswerSourcesText, OfAChineseAnswerIsChinese) {
  std::string text = TextBeside("zh");
  for (const char* expected :
       {"来源\n", "第3页，字节0-19：\"功率为7千瓦。\"", "有依据，支持度 0.50：有；缓存于5秒前",
        "写法相同", "未得到支持：", "已调用：计算 {}", "调用失败：计算 {}", "上下文（12个词元）",
        "未采用：乙（重复）"}) {
    EXPECT_THAT(text, HasSubstr(expected));
  }
  const std::string flag = "--no-cache";  // is typed as it is
  ASSERT_NE(text.find(flag), std::string::npos);
  text.erase(text.find(flag), flag.size());
  EXPECT_TRUE(std::none_of(text.begin(), text.end(), IsAsciiLetter)) << text;
}

TEST(AnswerSourcesText, OfAnEnglishAnswerAndOfOthersIsEnglish) {
  const std::string text = TextBeside("en");
  for (const char* expected :
       {"Sources\n", "page 3, bytes 0-19: \"", "supported, support 0.50: 有; stored 5 s ago for \"",
        "\" (normal form), --no-cache answers anew", "not carried: \"", "called: 计算",
        "failed: 计算", "Context (12 tokens)", "left out: 乙 (重复)"}) {
    EXPECT_THAT(text, HasSubstr(expected));
  }
  EXPECT_EQ(TextBeside("fr"), text);
  EXPECT_STREQ(LabelsFor("en").understood, "(understood as: ");
  EXPECT_STREQ(LabelsFor("zh").understood, "（理解为：");
}

TEST(AnswerSourcesText, FitsATerminalAndIsLeftAsItIsElsewhere) {
  AnswerResult result = FullAnswer("en");
  std::string& quote = result.answer.citations[0].quote;
  for (int i = 0; i < 12; ++i) quote += " the pump delivers water";
  for (const bool is_terminal : {true, false}) {
    const std::string text = AnswerSourcesText(
        result, Console(stdout, stderr, {.out_is_terminal = is_terminal, .columns = 60}));
    size_t longest = 0;
    for (size_t begin = 0; begin < text.size();) {
      const size_t end = text.find('\n', begin);
      longest = std::max(longest, DisplayWidth(text.substr(begin, end - begin)));
      begin = end + 1;
    }
    EXPECT_EQ(longest <= 60, is_terminal) << text;
    EXPECT_EQ(text.find(quote) == text.npos, is_terminal);
  }
}

}  // namespace
}  // namespace quarry::app
