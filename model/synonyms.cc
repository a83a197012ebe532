#include "model/synonyms.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "base/ascii.h"
#include "model/written_words.h"

namespace quarry::model {
namespace {

constexpr size_t kAlikeStart = 3;  // bytes that a word and its stem share

// Words, divided by spaces. Each of `told` says what the others of it and `asked` ask for. Of Chinese pairs of
// characters, as the analyzer makes them: 年休 of 年休假.
struct SynonymGroup {
  std::string_view told;
  std::string_view asked = {};
  std::string_view beside = {};  // of the words of `told`
};
constexpr std::string_view kLengthUnits =
    "m metre metres meter meters km kilometres kilometers cm centimetres mm millimetres mile miles "
    "ft foot feet "
    "inch inches yards";
constexpr SynonymGroup kSynonymGroups[] = {
    // What is measured.
    {"weight weigh", "mass heavy heavier heaviest lighter lightest"},
    {"mass", "weight weigh weighs heavy heavier heaviest lighter lightest", "kg kilograms lb 千克"},
    {"price cost fee", "costs priced cheap cheaper cheapest expensive"},
    {"height tall", "high higher highest taller tallest"},
    {"high", "height tall taller tallest", kLengthUnits},
    {"depth", "deep deeper deepest"},
    {"deep", "depth", kLengthUnits},
    {"width", "wide wider widest"},
    {"wide", "width", kLengthUnits},
    {"length", "long longer longest"},
    {"long", "length", kLengthUnits},
    {"thickness", "thick thicker thickest"},
    {"thick", "thickness", kLengthUnits},
    {"duration", "long longer longest"},
    {"temperature", "hot hotter hottest warm warmer cold colder coldest"},
    {"speed", "fast faster fastest slow slower slowest"},
    {"distance", "far farther farthest"},
    {"size", "big bigger biggest"},
    {"capacity", "hold holds"},
    {"holds", "capacity", "l litres liters gallons people persons passengers seats"},
    {"population inhabitants"},
    {"born", "old older oldest age"},
    {"built", "old older oldest age"},
    {"founded established", "old older oldest age"},
    {"maximum max"},
    {"minimum min"},
    {"colour color"},
    {"litre liter"},
    // Persons and things.
    {"phone telephone tel"},
    {"extension", "phone telephone tel", "reach ext call dial"},
    {"reserve book"},
    {"employee staff personnel"},
    {"salary wage"},
    {"client customer"},
    {"supplier vendor"},
    {"vacation holiday"},
    {"doctor physician"},
    {"guarantee warranty"},
    {"lift elevator"},
    {"toilet restroom lavatory"},
    {"film movie"},
    {"photo photograph picture"},
    {"centre center"},
    {"licence license"},
    {"catalogue catalog"},
    {"aluminium aluminum"},
    {"fibre fiber"},
    {"tyre tire"},
    // What is done.
    {"begin start", "begins starts"},
    {"buy purchase"},
    {"repair fix"},
    {"organise organize"},
    {"analyse analyze"},
    // Chinese.
    {"重量 自重", "更重 最重 较重"},
    {"质量", "重量 自重 更重 最重 较重", "kg 千克 公斤 吨"},
    {"千克 公斤", "重量 质量 自重", "重"},
    {"高度", "更高 最高"},
    {"米 厘米 毫米", "高度", "高"},
    {"米 厘米 毫米", "长度", "长"},
    {"米 厘米 毫米", "宽度", "宽"},
    {"米 厘米 毫米", "深度", "深"},
    {"厘米 毫米", "厚度", "厚"},
    {"容量 容积", "能装"},
    {"升 毫升", "容量 容积", "装 容纳 盛"},
    {"价格 单价 售价 价钱", "更贵 最贵 便宜"},
    {"扭矩 力矩 转矩"},
    {"费用 收费 资费"},
    {"年假 年休"},
    {"工资 薪资 薪水 薪酬"},
    {"员工 职工 雇员"},
    {"客户 顾客"},
    {"维修 修理"},
    {"购买 选购 采购"},
    {"保修 质保"},
    {"账号 帐号"},
    {"密码 口令"},
    {"电话", "座机 手机 分机"},
    {"分机 手机 座机", "电话"},
    {"孩子 小孩 儿童"},
    {"老师 教师"},
    {"医生 大夫"},
    {"期限 时限"},
    {"预订 预约 预定"},
    {"最晚 最迟"},
    {"地址 住址"},
    {"开始 起始"},
};

// Calls take(word) for each of `words`.
template <typename Take>
void ForEachWord(std::string_view words, const Take& take) {
  while (!words.empty()) {
    const std::string_view word = words.substr(0, words.find(' '));
    take(word);
    words.remove_prefix(std::min(words.size(), word.size() + 1));
  }
}

// The one term that a word is; "" where it is none or more.
std::string TermOfWord(std::string_view word, const Analyzer& analyzer) {
  std::vector<Token> tokens = analyzer.Tokenize(word);
  return tokens.size() == 1 ? std::move(tokens[0].term) : std::string();
}

bool HoldsTerm(std::string_view words, std::string_view term, const Analyzer& analyzer) {
  bool holds = false;
  ForEachWord(words, [&](std::string_view word) {
    if (holds || word.substr(0, kAlikeStart) != term.substr(0, kAlikeStart)) return;
    holds = word == term || (IsAscii(word[0]) && TermOfWord(word, analyzer) == term);
  });
  return holds;
}

}  // namespace

bool StandsBeside(std::string_view beside, std::string_view sentence) {
  if (beside.empty()) return true;
  const std::vector<Word> words = Words(sentence);
  bool stands = false;
  ForEachWord(beside, [&](std::string_view one) {
    stands = stands ||
             (IsAscii(one[0])
                  ? std::ranges::any_of(words,
                                        [&](const Word& word) {
                                          const size_t digits =
                                              word.text.find_first_not_of("0123456789");  // "318kg"
                                          return digits != word.text.npos &&
                                                 EqualsIgnoringCase(word.text.substr(digits), one);
                                        })
                  : sentence.find(one) != sentence.npos);
  });
  return stands;
}

std::vector<Synonym> SynonymsOf(std::string_view term, const Analyzer& analyzer) {
  std::vector<Synonym> synonyms;
  for (const SynonymGroup& group : kSynonymGroups) {
    if (!HoldsTerm(group.told, term, analyzer) && !HoldsTerm(group.asked, term, analyzer)) continue;
    ForEachWord(group.told, [&](std::string_view word) {
      std::string other = TermOfWord(word, analyzer);
      if (!other.empty() && other != term)
        synonyms.push_back({.term = std::move(other), .beside = group.beside});
    });
  }
  return synonyms;
}

}  // namespace quarry::model
