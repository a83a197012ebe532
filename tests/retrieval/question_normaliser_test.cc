#include "retrieval/question_normaliser.h"

#include "retrieval/question_numbers.h"
#include "tests/testing/test_environment.h"

namespace quarry::retrieval {
namespace {

std::string Norm(std::string_view question) { return NormaliseQuestion(question).text; }

// Every question of a group has one normal form, and no two groups share it.
TEST(QuestionNormaliser, EqualQuestionsBecomeEqualAndOthersStayApart) {
  const std::vector<std::vector<std::string_view>> groups = {
      {"What is the torque of the VX-220?", "what is the torque of the vx-220",
       "WHAT IS THE TORQUE OF THE VX‑220 ?!", "Please tell me what is the torque of the VX-220.",
       "Hi, what is the torque of the VX-220? Thanks!",
       "Hello! Could you tell me what is the "
       "torque of the VX-220, please?",
       "Ｗｈａｔ　ｉｓ　ｔｈｅ　ｔｏｒｑｕｅ　ｏｆ　ｔｈｅ　ＶＸ－２２０？"},
      {"What is the torque of the VX-221?"},
      {"怎么退款？", "怎么退款", "请问怎么退款", "麻烦问一下，怎么退款呢？谢谢！", "怎麼退款",
       "我想知道怎么退款", "你好，请问一下怎么退款啊"},
      {"怎么付款？"},
      {"他走了吗"},
      {"他走了"},
      {"How do I learn C?", "how do i learn c"},
      {"How do I learn C++?", "how do I learn Ｃ＋＋"},
      {"How do I learn C#?"},
      {"How do I learn .NET?"},
      {"How do I learn net?"},
      {"Is it 5 bar?"},
      {"Is it -5 bar?"},
      {"Is it 5% bar?"},
      {"What is 10² ?"},
      {"What is 102?"},
      {"What is 5!?"},
      {"What is 5?", "what is five"},
      {"Who wrote \"The Who\"?", "who wrote “the who”"},
      {"Who wrote the who?"},
      {"《活着》的意义是什么", "《活着》的意义是什么？"},
      {"活着的意义是什么"},
      {"请假怎么写"},
      {"假怎么写"},
      {"Is A better than B?"},
      {"Is B better than A?"},
      {"hello world in python"},
      {"world in python"},
      {"Please Please Me release date"},
      {"Why isn't it red?"},
      {"Why is it red?"},
      {"please"},
      {"谢谢"},
      {"用 Python 怎么读文件", "用Python怎么读文件？"},
      {"2024年有多少员工", "二〇二四年有多少员工", "２０２４年有多少員工"},
      {"2023年有多少员工"},
      {"三四个人够吗"},
      {"34个人够吗", "三十四个人够吗"},
  };
  std::map<std::string, size_t> seen;
  for (size_t i = 0; i < groups.size(); ++i) {
    const std::string form = Norm(groups[i][0]);
    EXPECT_NE(form, "");
    const auto [at, fresh] = seen.emplace(form, i);
    EXPECT_TRUE(fresh) << groups[i][0] << " and " << groups[at->second][0] << " are both " << form;
    for (const std::string_view question : groups[i]) EXPECT_EQ(Norm(question), form) << question;
  }
}

TEST(QuestionNormaliser, NumbersHaveOneSpelling) {
  const std::vector<std::pair<std::string_view, std::string_view>> cases = {
      {"twenty-five", "25"},
      {"twenty five", "25"},
      {"one hundred and five", "105"},
      {"two thousand and five", "2005"},
      {"two million three hundred thousand and one", "2300001"},
      {"2.5 million", "2500000"},
      {"1,000,000", "1000000"},
      {"1,234.50", "1234.50"},
      {"1,23", "1,23"},
      {"twenty twenty", "20 20"},
      {"nineteen eighty four", "19 84"},
      {"1.10", "1.10"},
      {"agent 007", "agent 007"},
      {"the third floor", "the 3rd floor"},
      {"a second", "a second"},
      {"十", "10"},
      {"十二", "12"},
      {"二十五", "25"},
      {"一百零五", "105"},
      {"一百二", "120"},
      {"两千零五", "2005"},
      {"三万零五", "30005"},
      {"三亿五千万", "350000000"},
      {"3.5万", "35000"},
      {"300万", "3000000"},
      {"二〇二四年", "2024年"},
      {"一九九八年", "1998年"},
      {"百分之五十", "50%"},
      {"百分之3.5", "3.5%"},
      {"三万五", "三万五"},
      {"万一", "万一"},
      {"百度", "百度"},
      {"三四", "三四"},
      {"零", "0"},
      {"一千万亿", "一千万亿"},
      {"two thousand and five million", "2000 and 5000000"},
  };
  for (const auto& [written, form] : cases) {
    std::string text;
    bool last_cjk = true;
    for (const QuestionToken& token : UnifyNumbers(TokenizeQuestion(written))) {
      if (!token.cjk && !last_cjk) text += ' ';
      text += token.text;
      last_cjk = token.cjk;
    }
    EXPECT_EQ(text, form) << written;
  }
}

TEST(QuestionNormaliser, NormalisingTwiceChangesNothing) {
  for (const std::string_view question :
       {"Please tell me what C++ costs, thanks", "请问一百零五加二十等于多少呢", "Hi, hi, what?",
        "3 thousand and 5!", "\xEF\xBC\x8C\xEF\xBC\x8C", "a,b;c:d e!f 1,2"}) {
    EXPECT_EQ(Norm(Norm(question)), Norm(question)) << question;
  }
}

TEST(QuestionNormaliser, NothingAndMarksAloneAreNothing) {
  EXPECT_EQ(Norm(""), "");
  EXPECT_EQ(Norm(" ?!。"), "");
}

}  // namespace
}  // namespace quarry::retrieval
