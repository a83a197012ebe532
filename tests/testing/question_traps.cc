#include "tests/testing/question_traps.h"

#include <set>
#include <string_view>
#include <utility>

#include "base/random.h"

namespace quarry::testing {
namespace {

using Words = std::vector<std::string_view>;
using Change = std::pair<std::string_view, std::string_view>;

// A way to ask, with $S for what it is about and $X for what makes the difference.
struct Frames {
  Words en;
  Words zh;
};

const Words& Subjects(bool chinese) {
  static const Words en = {
      "the coolant pump",   "the night ferry",   "a travel grant",          "the tenant portal",
      "the spare key",      "the river gauge",   "a library card",          "the boiler room",
      "the payroll export", "the visitor badge", "the greenhouse",          "the fire drill",
      "a parking permit",   "the cable car",     "the data retention rule", "the summer school",
      "the fuel tank",      "a refund request",  "the harbour crane",       "the maintenance plan",
      "the water tower",    "the research fund", "the school bus",          "the printer queue",
      "the storage unit",   "the wind turbine"};
  static const Words zh = {
      "冷却水泵",     "夜班渡轮", "差旅补贴", "租户门户", "备用钥匙", "河道水尺", "借书证",
      "锅炉房",       "工资报表", "访客胸牌", "温室大棚", "消防演习", "停车许可", "缆车",
      "数据留存规定", "暑期学校", "油箱",     "退货申请", "港口吊机", "检修计划", "水塔",
      "科研基金",     "校车",     "打印队列", "储物柜",   "风力机组"};
  return chinese ? zh : en;
}

std::string Fill(std::string_view frame, std::string_view subject, std::string_view difference) {
  std::string text(frame);
  for (const auto& [name, value] : {std::pair(std::string_view("$S"), subject),
                                    std::pair(std::string_view("$X"), difference)}) {
    for (size_t at = text.find(name); at != std::string::npos; at = text.find(name)) {
      text.replace(at, name.size(), value);
    }
  }
  return text;
}

class Maker {
 public:
  Maker(std::string name, size_t count) : random_(name.size() * 7919 + name[0]), count_(count) {
    made_.name = std::move(name);
  }

  // `difference` gives two different values. Frames of one list ask the same.
  template <typename Difference>
  TrapClass Make(const std::vector<Frames>& ways, Difference difference) && {
    Fill_(ways, difference, false, made_.edited);
    Fill_(ways, difference, true, made_.rephrased);
    return std::move(made_);
  }

  Random& random() { return random_; }

 private:
  template <typename Difference>
  void Fill_(const std::vector<Frames>& ways, Difference difference, bool rephrased,
             std::vector<QuestionTrap>& traps) {
    std::set<std::pair<std::string, std::string>> seen;
    while (traps.size() < count_) {
      const bool chinese = traps.size() % 2 == 1;
      const Frames& way = ways[random_.Below(ways.size())];
      const Words& frames = chinese ? way.zh : way.en;
      const Words& subjects = Subjects(chinese);
      const std::string_view subject = subjects[random_.Below(subjects.size())];
      const size_t first = random_.Below(frames.size());
      size_t second = first;
      while (rephrased && second == first) second = random_.Below(frames.size());
      const std::pair<std::string, std::string> values = difference(random_, chinese);
      QuestionTrap trap{Fill(frames[first], subject, values.first),
                        Fill(frames[second], subject, values.second)};
      if (trap.a != trap.b && seen.emplace(trap.a, trap.b).second) traps.push_back(std::move(trap));
    }
  }

  Random random_;
  size_t count_;
  TrapClass made_;
};

std::pair<std::string, std::string> TwoOf(const Words& words, Random& random) {
  const size_t first = random.Below(words.size());
  size_t second = first;
  while (second == first) second = random.Below(words.size());
  return {std::string(words[first]), std::string(words[second])};
}

template <size_t N>
std::pair<std::string, std::string> OneOf(const Change (&changes)[N], Random& random) {
  const Change& change = changes[random.Below(N)];
  const bool turned = random.Below(2) == 1;
  return {std::string(turned ? change.second : change.first),
          std::string(turned ? change.first : change.second)};
}

TrapClass Years(size_t count) {
  return Maker("year", count)
      .Make({{{"What did $S cost in $X?", "How expensive was $S during $X?",
               "What was paid for $S back in $X?"},
              {"$X年$S花了多少钱", "$S在$X年的开支是多少", "$X年为$S支付的金额有多大"}},
             {{"Who was responsible for $S in $X?", "Which person looked after $S during $X?"},
              {"$X年谁负责$S", "$S在$X年归哪个人管理"}}},
            [](Random& random, bool) {
              const uint64_t year = 1950 + random.Below(70);
              return std::pair(std::to_string(year), std::to_string(year + 1 + random.Below(9)));
            });
}

TrapClass Numbers(size_t count) {
  return Maker("number", count)
      .Make({{{"Can $S take $X boxes?", "Do $X boxes fit into $S?",
               "Is there room for $X boxes near $S?"},
              {"$S能放$X只箱子吗", "$X只箱子装得进$S吗", "$S附近放得下$X只箱子么"}},
             {{"What happens after $X failed checks of $S?",
               "What is done when $S does not pass $X checks?"},
              {"$S连续$X遍没通过检查会怎样", "检查$S失败$X遍后怎么处理"}}},
            [](Random& random, bool chinese) {
              static const Words kEnglish = {"seven",     "eleven", "forty",
                                             "sixty-two", "ninety", "three hundred"};
              static const Words kChinese = {"七", "十一", "四十", "六十二", "九十", "三百"};
              if (random.Below(3) == 0) return TwoOf(chinese ? kChinese : kEnglish, random);
              const uint64_t number = 2 + random.Below(500);
              return std::pair(std::to_string(number),
                               std::to_string(number + 1 + random.Below(40)));
            });
}

TrapClass Units(size_t count) {
  return Maker("unit", count)
      .Make({{{"Is $X the limit for $S?", "Does $S stop working at $X?",
               "Would $X be too much for $S?"},
              {"$X是$S的极限吗", "$S到了$X就停吗", "$X对$S来说会不会过量"}}},
            [](Random& random, bool chinese) {
              static const Words kEnglish = {"grams",   "tonnes", "metres",  "miles", "litres",
                                             "gallons", "watts",  "joules",  "knots", "degrees",
                                             "bytes",   "acres",  "seconds", "volts"};
              static const Words kChinese = {"克",   "吨", "米", "海里", "升", "加仑", "瓦",
                                             "焦耳", "节", "度", "字节", "亩", "秒",   "伏特"};
              const auto units = TwoOf(chinese ? kChinese : kEnglish, random);
              const std::string number = std::to_string(2 + random.Below(90));
              const std::string gap = chinese ? "" : " ";
              return std::pair(number + gap + units.first, number + gap + units.second);
            });
}

TrapClass Entities(size_t count) {
  return Maker("entity", count)
      .Make({{{"Where is $S in $X kept?", "In what place does $X hold $S?",
               "At which spot would I find $S of $X?"},
              {"$X的$S放在什么位置", "$S在$X存放于何地", "到哪儿能看到$X的$S"}},
             {{"How does $X inspect $S?", "What steps does $X follow to check $S?"},
              {"$X怎样检查$S", "$X检验$S的步骤是什么"}}},
            [](Random& random, bool chinese) {
              static const Words kEnglish = {
                  "Tromso",  "Adelaide", "Lusaka", "Maria Lindqvist", "Siemens", "Okafor",
                  "Quito",   "Airbus",   "Kyoto",  "Nakamura",        "Bergamo", "Volvo",
                  "Cardiff", "Ipswich",  "Odessa", "Fatima Rahman",   "Bosch",   "Sapporo"};
              static const Words kChinese = {"洛阳", "烟台", "赣州", "李晓梅", "西门子", "王志强",
                                             "昆明", "空客", "京都", "中兴",   "大理",   "沃尔沃",
                                             "福州", "襄阳", "拉萨", "陈建国", "博世",   "札幌"};
              return TwoOf(chinese ? kChinese : kEnglish, random);
            });
}

TrapClass Negations(size_t count) {
  static constexpr Change kEnglish[] = {{"be moved", "not be moved"},
                                        {"be lent out", "never be lent out"},
                                        {"be sealed", "not be sealed"},
                                        {"run unattended", "not run unattended"},
                                        {"be shared", "under no account be shared"},
                                        {"be opened with gloves", "be opened without gloves"}};
  static constexpr Change kChinese[] = {{"移动", "不移动"},   {"外借", "不外借"},
                                        {"封存", "无需封存"}, {"无人看管地运行", "有人看管地运行"},
                                        {"共享", "禁止共享"}, {"戴手套打开", "不戴手套打开"},
                                        {"登记", "未登记"},   {"清洗", "不清洗"}};
  return Maker("negation", count)
      .Make(
          {{{"Under what rule can $S $X?", "Which rule says that $S may $X?",
             "According to what rule would $S $X?"},
            {"按什么规定$S可以$X", "哪条规定说$S可以$X", "根据哪一条$S可以$X"}},
           {{"What if $S should $X this season?", "What follows when $S ought to $X this season?"},
            {"要是$S这一季$X怎么办", "$S如果这一季$X要做什么"}}},
          [](Random& random, bool chinese) {
            return chinese ? OneOf(kChinese, random) : OneOf(kEnglish, random);
          });
}

TrapClass Antonyms(size_t count) {
  static constexpr Change kEnglish[] = {
      {"attach", "detach"},  {"lock", "unlock"},      {"fill", "drain"},
      {"raise", "lower"},    {"start", "halt"},       {"expand", "shrink"},
      {"heat", "chill"},     {"approve", "reject"},   {"import", "export"},
      {"tighten", "loosen"}, {"install", "remove"},   {"hide", "reveal"},
      {"enter", "leave"},    {"buy", "sell"},         {"borrow", "return"},
      {"mute", "amplify"},   {"encrypt", "decipher"}, {"subscribe to", "withdraw from"}};
  static constexpr Change kChinese[] = {
      {"安装", "拆卸"}, {"锁上", "解锁"}, {"灌满", "排空"}, {"升高", "降下"}, {"启动", "停下"},
      {"扩大", "缩小"}, {"加热", "冷却"}, {"批准", "驳回"}, {"导入", "导出"}, {"拧紧", "松开"},
      {"隐藏", "显示"}, {"进入", "离开"}, {"购买", "出售"}, {"借出", "归还"}, {"绑定", "解绑"},
      {"订阅", "退订"}, {"加密", "破译"}, {"开启", "关停"}};
  return Maker("antonym", count)
      .Make({{{"How do I $X $S?", "What is the way to $X $S safely?",
               "Which steps does it take to $X $S?"},
              {"怎么$X$S", "$X$S的正确办法是什么", "想要$X$S该走哪些步骤"}},
             {{"Who may $X $S?", "Whom do I ask to $X $S?"}, {"谁有资格$X$S", "$X$S要找哪个部门"}}},
            [](Random& random, bool chinese) {
              return chinese ? OneOf(kChinese, random) : OneOf(kEnglish, random);
            });
}

TrapClass Roles(size_t count) {
  struct Swap {
    std::string_view first, second, first_rephrased;
  };
  // $A does something to $B: asked twice in the same words, and once in others.
  static constexpr Swap kEnglish[] = {
      {"Does $A inspect $B?", "Does $B inspect $A?", "Is $B something that gets inspected by $A?"},
      {"When did $A replace $B?", "When did $B replace $A?", "When was $B replaced by $A?"},
      {"Is $A heavier than $B?", "Is $B heavier than $A?", "Does $A weigh more than $B?"},
      {"Can $A be turned into $B?", "Can $B be turned into $A?", "Could $B be made out of $A?"},
      {"Why does $A depend on $B?", "Why does $B depend on $A?", "Why is $B needed by $A?"}};
  static constexpr Swap kChinese[] = {
      {"$A检查$B吗", "$B检查$A吗", "$B是不是由$A检查"},
      {"$A什么时候替换了$B", "$B什么时候替换了$A", "$B是哪天被$A替换的"},
      {"$A比$B重吗", "$B比$A重吗", "论重量$A是不是超过$B"},
      {"$A能变成$B吗", "$B能变成$A吗", "能不能用$A做出$B"},
      {"为什么$A依赖$B", "为什么$B依赖$A", "$A离不开$B的原因是什么"}};
  TrapClass made{.name = "role swap", .edited = {}, .rephrased = {}};
  Random random(11);
  std::set<std::pair<std::string, std::string>> seen;
  while (made.edited.size() < count || made.rephrased.size() < count) {
    const bool chinese = random.Below(2) == 1;
    const Swap& swap = chinese ? kChinese[random.Below(std::size(kChinese))]
                               : kEnglish[random.Below(std::size(kEnglish))];
    const auto two = TwoOf(Subjects(chinese), random);
    const auto fill = [&](std::string_view frame) {
      std::string text(frame);
      text.replace(text.find("$A"), 2, two.first);
      text.replace(text.find("$B"), 2, two.second);
      return text;
    };
    QuestionTrap edited{fill(swap.first), fill(swap.second)};
    QuestionTrap rephrased{fill(swap.second), fill(swap.first_rephrased)};
    if (!seen.emplace(edited.a, edited.b).second) continue;
    if (made.edited.size() < count) made.edited.push_back(std::move(edited));
    if (made.rephrased.size() < count) made.rephrased.push_back(std::move(rephrased));
  }
  return made;
}

TrapClass Scopes(size_t count) {
  static constexpr Change kEnglish[] = {{"in the north wing", "in the south wing"},
                                        {"for minors", "for pensioners"},
                                        {"on campus", "off campus"},
                                        {"for contractors", "for staff"},
                                        {"during exams", "during holidays"},
                                        {"in Europe", "in Asia"},
                                        {"", "for guests"},
                                        {"", "in the old building"},
                                        {"", "outside of office hours"},
                                        {"at most sites", "at every site"}};
  static constexpr Change kChinese[] = {{"北楼", "南楼"},
                                        {"未成年人", "退休人员"},
                                        {"校内", "校外"},
                                        {"外包人员", "正式员工"},
                                        {"考试期间", "放假期间"},
                                        {"欧洲", "亚洲"},
                                        {"", "访客"},
                                        {"", "老楼"},
                                        {"", "下班时间"},
                                        {"多数站点", "每个站点"}};
  return Maker("scope", count)
      .Make({{{"What are the rules for $S $X?", "Which rules apply to $S $X?",
               "How is $S regulated $X?"},
              {"$X$S的规定是什么", "$X$S适用哪些规定", "$S$X是怎么规定的"}},
             {{"How much does $S cost $X?", "What is the price of $S $X?"},
              {"$X$S多少钱", "$X$S的价格是多少"}}},
            [](Random& random, bool chinese) {
              return chinese ? OneOf(kChinese, random) : OneOf(kEnglish, random);
            });
}

TrapClass Tenses(size_t count) {
  static constexpr Change kEnglish[] = {{"closed", "closes"},
                                        {"has moved", "is about to move"},
                                        {"used to fail", "fails"},
                                        {"was rebuilt", "will be rebuilt"},
                                        {"grew", "is growing"},
                                        {"broke down", "may break down"},
                                        {"was inspected", "is being inspected"}};
  static constexpr Change kChinese[] = {{"关闭过", "将关闭"},     {"搬走了", "正要搬走"},
                                        {"曾经出错", "眼下出错"}, {"重建过", "准备重建"},
                                        {"扩建了", "正在扩建"},   {"坏过", "快要坏"},
                                        {"检修完了", "还在检修"}};
  return Maker("tense", count)
      .Make({{{"Who says that $S $X?", "Which source tells us that $S $X?",
               "Where is it written that $S $X?"},
              {"谁说$S$X", "哪个来源提到$S$X", "什么地方写着$S$X"}}},
            [](Random& random, bool chinese) {
              return chinese ? OneOf(kChinese, random) : OneOf(kEnglish, random);
            });
}

TrapClass Languages(size_t count) {
  static const Words kEnglish = {"German", "Finnish", "Swahili", "Urdu",   "Dutch",  "Korean",
                                 "Polish", "Tamil",   "Hebrew",  "Danish", "Basque", "Zulu"};
  static const Words kChinese = {"德语",     "芬兰语", "斯瓦希里语", "乌尔都语",
                                 "荷兰语",   "韩语",   "波兰语",     "泰米尔语",
                                 "希伯来语", "丹麦语", "英语",       "祖鲁语"};
  TrapClass made =
      Maker("language", count)
          .Make({{{"Is there a guide to $S in $X?", "Where do I get $S explained in $X?",
                   "Who can translate the guide to $S into $X?"},
                  {"有没有$X版的$S说明", "哪里能拿到$S的$X介绍", "谁能把$S的说明译成$X"}}},
                [](Random& random, bool chinese) {
                  return TwoOf(chinese ? kChinese : kEnglish, random);
                });
  // The same question in the other language wants another answer.
  for (size_t i = 0; i < made.rephrased.size(); i += 4) {
    const size_t subject = (i / 4) % Subjects(false).size();
    const std::string value = std::to_string(i);
    made.rephrased[i] = {Fill("Where do I report $S number $X?", Subjects(false)[subject], value),
                         Fill("$X号$S的问题到哪里上报", Subjects(true)[subject], value)};
  }
  return made;
}

}  // namespace

std::vector<TrapClass> MakeQuestionTraps(size_t count) {
  return {Years(count),    Numbers(count), Units(count),  Entities(count), Negations(count),
          Antonyms(count), Roles(count),   Scopes(count), Tenses(count),   Languages(count)};
}

}  // namespace quarry::testing
