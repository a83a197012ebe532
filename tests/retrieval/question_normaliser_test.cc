#include "retrieval/question_normaliser.h"

#include <chrono>
#include <map>

#include "retrieval/question_numbers.h"
#include "tests/testing/test_environment.h"

namespace quarry::retrieval {
namespace {

std::string Norm(std::string_view question) { return NormaliseQuestion(question).text; }

// Every question of a group has one normal form, and no two groups share it.
TEST(QuestionNormaliser, EqualQuestionsBecomeEqualAndOthersStayApart) {
  const std::vector<std::vector<std::string_view>> groups = {
      {"What is the torque of the VX-220?", "what is the torque of the vx-220",
       "WHAT IS THE TORQUE OF THE VX‑220?!", "Please tell me what is the torque of the VX-220.",
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

// Every question of every line has a form of its own.
void ExpectApart(const std::vector<std::vector<std::string_view>>& lines) {
  for (const auto& line : lines) {
    std::map<std::string, std::string_view> seen;
    for (const std::string_view question : line) {
      const auto [at, fresh] = seen.emplace(Norm(question), question);
      EXPECT_TRUE(fresh) << question << " and " << at->second << " are both " << at->first;
      EXPECT_EQ(Norm(Norm(question)), Norm(question)) << question;
    }
  }
}

// Every question of every line has the same form.
void ExpectEqual(const std::vector<std::vector<std::string_view>>& lines) {
  for (const auto& line : lines) {
    for (const std::string_view question : line) EXPECT_EQ(Norm(question), Norm(line[0]));
  }
}

TEST(QuestionNormaliser, SignsThatAreAskedAboutStay) {
  ExpectApart({
      {"what does rm -rf ./ do", "what does rm -rf ../ do", "what does rm -rf / do",
       "what does rm -rf do", "what does rm -rf . do", "what does rm -rf * do"},
      {"What does ! mean in bash?", "What does ? mean in bash?", "What does , mean in bash?",
       "What does : mean in bash?", "What does ; mean in bash?", "What does ~ mean in bash?",
       "What does . mean in bash?", "What does .. mean in bash?", "What does && mean in bash?",
       "What does & mean in bash?", "What does !! mean in bash?", "What does mean in bash?"},
      {"what is ?.", "what is ??", "what is ::", "what is ?", "what is"},
      {"what does a?.b mean", "what does a ?? b mean", "what does a.b mean", "what does a b mean"},
      {"cd ..", "cd .", "cd", "cd /", "cd ~"},
      {"git add .", "git add", "git add *"},
      {"what is !ready", "what is ready", "what is !!ready", "what is ready!"},
      {"what is n!", "what is n", "what is !n"},
      {"What is 5!", "What is 5", "What is 5!!"},
      {"what is (n-k)!", "what is (n-k)"},
      {"what matches (ab)?", "what matches (ab)", "what matches (ab)*"},
      {"what matches .*", "what matches *", "what matches .", "what matches .*?",
       "what matches .+"},
      {"when do I use sort!", "when do I use sort", "when do I use sort?."},
      {"what does empty? do in Ruby", "what does empty do in Ruby", "what does empty! do in Ruby"},
      {"what does args... mean", "what does args mean"},
      {"is it ~ 5 bar", "is it 5 bar", "is it ~5 bar", "is it -5 bar"},
      {"温度—5度怎么办", "温度5度怎么办", "温度-5度怎么办"},
      {"10ⁿ", "10n", "10 n"},
      {"xₙ", "xn", "xⁿ"},
      {"5½ bar", "51/2 bar", "5 bar"},
      {"bash里!是什么意思", "bash里?是什么意思", "bash里是什么意思", "bash里.是什么意思"},
      {"、和，有什么区别", "，和、有什么区别", "、和、有什么区别", "、和。有什么区别"},
      {"正则里.*是什么", "正则里*是什么", "正则里是什么"},
      {".git 是什么", "git 是什么"},
      {"目录里.git是什么", "目录里git是什么"},
      {"a*b", "a b", "a/b", "a|b", "a=b", "a==b"},
      {"what does std:: mean", "what does std mean"},
  });
  ExpectEqual({
      {"When does it close, at 5 p.m.?", "when does it close at 5 p.m"},
      {"How do I learn C++?", "How do I learn C++", "how do I learn c++."},
      {"What is the torque (in Nm)?", "What is the torque (in Nm)"},
      {"Who wrote \"The Who\"?", "Who wrote \"The Who\""},
      {"café?", "CAFÉ"},
      {"怎么退款？！", "怎么退款。", "怎么退款", "怎么退款!"},
      {"10²", "10^2"},
  });
}

TEST(QuestionNormaliser, NumbersThatMayBeNoneOrOthersStay) {
  ExpectApart({
      {"no one allowed", "No. 1 allowed", "no 1 allowed"},
      {"no two alike", "No. 2 alike", "no 2 alike"},
      {"which one is red", "which 1 is red"},
      {"两月的费用是多少", "二月的费用是多少", "2月的费用是多少吗"},
      {"十分满意有多少", "10分满意有多少"},
      {"二次检查怎么做", "两次检查怎么做", "2次检查怎么做"},
      {"早一点开门吗", "早1点开门吗"},
      {"what is at 22,443", "what is at 22443"},
      {"三四五号线怎么走", "345号线怎么走"},
      {"一三五号线怎么走", "135号线怎么走"},
      {"is 5 mW enough", "is 5 MW enough"},
      {"is 5mW enough", "is 5MW enough"},
      {"5㎽够吗", "5㎿够吗"},
      {"５ｍＷ够吗", "５ＭＷ够吗"},
      {"is it 10 Mb", "is it 10 MB", "is it 10 mb"},
      {"is it 10 Mb/s", "is it 10 MB/s"},
      {"is it 5 mΩ", "is it 5 MΩ"},
      {"is it 5 mA", "is it 5 MA"},
      {"How many mW is that?", "How many MW is that?"},
      {"is it 5 m", "is it 5 M"},
  });
  ExpectEqual({
      {"is 5 MW enough", "IS 5 MW ENOUGH?", "is five MW enough", "is ５ ＭＷ enough"},
      {"5㎿够吗", "5MW够吗"},
      {"is it 5 BAR", "is it 5 bar"},
      {"is it 5 kW", "is it 5 kw"},
      {"can it be $22,443", "can it be $22443"},
      {"两个人够吗", "2个人够吗", "二个人够吗"},
      {"要十分钟吗", "要10分钟吗"},
  });
}

TEST(QuestionNormaliser, WordsOfPolitenessThatAreAskedAboutStay) {
  ExpectApart({
      {"用日语怎么说谢谢", "用日语怎么说多谢", "用日语怎么说"},
      {"用日语怎么说：谢谢", "用日语怎么说：多谢", "用日语怎么说"},
      {"请问用日语怎么说", "劳驾用日语怎么说", "打扰一下用日语怎么说", "用日语怎么说"},
      {"你好怎么写", "您好怎么写", "怎么写"},
      {"How do you say please", "How do you say"},
      {"How do you say thanks", "How do you say many thanks", "How do you say"},
      {"hello is in which language", "hi is in which language", "is in which language"},
      {"hello: what does it mean", "hi: what does it mean", "what does it mean"},
      {"他住在哪", "他住在"},
      {"谁住在哪", "谁住在"},
      {"please release me lyrics", "release me lyrics"},
  });
  ExpectEqual({
      {"怎么退款", "怎么退款，谢谢", "你好，怎么退款呢？谢谢！", "请问怎么退款",
       "麻烦问一下怎么退款"},
      {"list all valves", "Please list all valves", "list all valves, please"},
      {"what is it", "Hello! Can you tell me what is it? Many thanks!"},
  });
}

TEST(QuestionNormaliser, LongTextsTakeTimeInProportion) {
  const auto repeat = [](std::string_view text, size_t times) {
    std::string all;
    for (size_t i = 0; i < times; ++i) all += text;
    return all;
  };
  const auto start = std::chrono::steady_clock::now();
  for (const std::string& text :
       {repeat("你好", 50'000), repeat("你好，", 50'000),
        repeat("的", 50'000) + "谁" + repeat("呢", 50'000), repeat("请问", 50'000),
        repeat("一", 50'000), repeat("hi, ", 50'000), repeat("，谢谢", 50'000),
        repeat("one hundred and ", 20'000), repeat("?", 50'000), repeat("a)?", 50'000),
        repeat("5 m", 50'000)}) {
    NormaliseQuestion(text);
  }
  // About a second at most where sanitizers watch; quadratic it would be minutes.
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(20));
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
      {"1,234.50", "1,234.50"},
      {"$1,234.50", "$1234.50"},
      {"22,443", "22,443"},
      {"22,443 km", "22443 km"},
      {"1,2,3", "1,2,3"},
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
      {"三〇五", "305"},
      {"三四五号线", "三四五号线"},
      {"一三五", "一三五"},
      {"两个人", "2个人"},
      {"两月", "两月"},
      {"二月", "2月"},
      {"十分满意", "十分满意"},
      {"十分钟", "10分钟"},
      {"no one", "no one"},
      {"which one hundred", "which 100"},
      {"one day", "1 day"},
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
