#include "generation/chinese_phrases.h"

#include <algorithm>
#include <iterator>
#include <vector>

#include "base/ascii.h"
#include "base/word_lists.h"
#include "generation/follow_up_words.h"

namespace quarry::generation::follow_up {
namespace {

// Words that hold a predicate and end nothing.
constexpr std::string_view kWordsWithPredicates[] = {
    "备用", "使用", "专用",   "通用", "费用", "公用", "启用", "停用", "信用", "性能", "功能",
    "智能", "节能", "能耗",   "能力", "供应", "响应", "反应", "应急", "会议", "周会", "例会",
    "工会", "协会", "委员会", "纪要", "摘要", "主要", "重要", "要点", "有效", "有限", "所有",
    "许可", "可靠", "公共",   "共同", "理由", "自由", "在线", "在职", "现在", "所得", "每日"};
constexpr std::string_view kParticles[] = {"呢", "啊", "吧", "呀", "的", "了", "嘛"};
constexpr std::string_view kLeads[] = {"那么", "那",       "还有", "而",     "然后", "另外",
                                       "同样", "再问一下", "请问", "如果是", "换成", "至于",
                                       "，",   ",",        "、",   " "};

// What belongs to a thing or a person and is measured or counted: its last words.
constexpr std::string_view kMeasuredEnds[] = {
    "量",   "率",   "值",   "费",   "费用", "价",   "单价", "价格", "价钱", "数",
    "数量", "次数", "度",   "额",   "重",   "重量", "压力", "寿命", "周期", "期限",
    "期",   "时长", "尺寸", "直径", "宽",   "高",   "耗",   "电压", "电流", "噪声",
    "容积", "面积", "预算", "成本", "工资", "租金", "上限", "下限", "比例"};
// And what is named or dated.
constexpr std::string_view kTimeEnds[] = {"时间", "日期"};
constexpr std::string_view kNamedEnds[] = {"地点", "地址", "电话", "分机", "邮箱", "型号",
                                           "编号", "材质", "颜色", "条件", "原因", "范围",
                                           "方式", "名称", "品牌", "产地", "职务", "住址"};

// Whether the stretch of `size` bytes at `at` is part of a word of the list.
bool StandsInWord(std::string_view text, size_t at, size_t size,
                  std::span<const std::string_view> words) {
  return std::ranges::any_of(words, [&](std::string_view word) {
    const size_t within = word.find(text.substr(at, size));
    return within != std::string_view::npos && within <= at &&
           text.substr(at - within).starts_with(word);
  });
}

bool IsMeasured(std::string_view word) { return EndsWithAny(word, kMeasuredEnds); }

}  // namespace

size_t FindFirst(std::string_view text, std::span<const std::string_view> list, size_t& size) {
  size_t first = std::string_view::npos;
  for (const std::string_view entry : list) {
    const size_t at = text.find(entry);
    if (at >= first) continue;
    first = at;
    size = entry.size();
  }
  return first;
}

bool Asks(std::string_view text) {
  size_t size = 0;
  return FindFirst(text, kChineseAsking, size) != std::string_view::npos;
}

size_t Characters(std::string_view text) {
  return static_cast<size_t>(
      std::ranges::count_if(text, [](char c) { return (c & 0xC0) != 0x80; }));
}

size_t OwnCharacters(std::string_view text) {
  size_t own = 0;
  while (!text.empty()) {
    size_t size = 0;
    if (!StartsWithAny(text, kChineseAsking, size) && !StartsWithAny(text, kPredicates, size)) {
      NextCodePoint(text, size);
      ++own;
    }
    text.remove_prefix(size);
  }
  return own;
}

std::string Timeless(std::string_view text) {
  static constexpr std::string_view kYear = "年";
  static constexpr std::string_view kOf = "的";
  static constexpr std::string_view kFrom[] = {"自从", "从", "截至"};
  static constexpr std::string_view kOn[] = {"以来", "以后", "之后", "至今", "起"};
  static constexpr std::string_view kYearJoints[] = {"到", "至", "和", "与", "及", "、"};
  constexpr size_t kDigits = 4;
  std::string kept;
  size_t behind_year = std::string::npos;  // of what is kept: where the year before stood
  for (size_t at = 0; at < text.size();) {
    const bool is_year = IsYearNumber(text.substr(at, kDigits)) &&
                         text.substr(at + kDigits).starts_with(kYear) &&
                         (at == 0 || !IsCodeByte(text[at - 1]));
    if (!is_year) {
      kept += text[at++];
      continue;
    }
    at += kDigits + kYear.size();
    if (behind_year != std::string::npos &&
        std::ranges::find(kYearJoints, std::string_view(kept).substr(behind_year)) !=
            std::end(kYearJoints)) {
      kept.resize(behind_year);
    }
    size_t size = 0;
    for (const std::string_view from : kFrom) {
      if (!kept.ends_with(from)) continue;
      kept.resize(kept.size() - from.size());
      if (StartsWithAny(text.substr(at), kOn, size)) at += size;
      break;
    }
    if (kept.empty() && text.substr(at).starts_with(kOf)) at += kOf.size();
    behind_year = kept.size();
  }
  return kept;
}

std::string_view WithoutLeads(std::string_view text) {
  size_t size = 0;
  while (StartsWithAny(text, kLeads, size)) text.remove_prefix(size);
  return text;
}

std::string_view WithoutParticles(std::string_view text) {
  bool again = true;
  while (again) {
    again = false;
    for (const std::string_view particle : kParticles) {
      if (!text.ends_with(particle)) continue;
      text.remove_suffix(particle.size());
      again = true;
    }
  }
  return text;
}

std::string ChineseTopicOf(std::string_view question) {
  const std::string whole = WithoutEnd(question);
  std::string_view text = WithoutLeads(whole);
  size_t size = 0;
  const size_t asked = FindFirst(text, kChineseAsking, size);
  if (asked == 0) {  // "谁是...", "为什么...": what is behind
    text = text.substr(size);
    size_t skipped = 0;
    if (StartsWithAny(text, kPredicates, skipped)) text = text.substr(skipped);
    const size_t again = FindFirst(text, kChineseAsking, size);
    if (again != std::string_view::npos && again > 0) text = text.substr(0, again);
  } else if (asked != std::string_view::npos) {
    text = text.substr(0, asked);
  }
  // A predicate behind two characters at least ends it.
  size_t first = std::string_view::npos;
  for (const std::string_view predicate : kPredicates) {
    size_t at = text.find(predicate, std::min<size_t>(text.size(), 6));
    while (at != std::string_view::npos &&
           StandsInWord(text, at, predicate.size(), kWordsWithPredicates)) {
      at = text.find(predicate, at + predicate.size());
    }
    first = std::min(first, at);
  }
  if (first != std::string_view::npos) text = text.substr(0, first);
  return std::string(WithoutParticles(Trim(text)));
}

std::optional<ChinesePlace> ChinesePlaceOf(std::string_view question, std::string_view instead) {
  const std::vector<ByteRange> theirs = CodesOf(instead);
  for (const ByteRange& their : theirs) {
    for (const ByteRange& our : CodesOf(question)) {
      const std::string_view ours = question.substr(our.begin, our.end - our.begin);
      if (!SameShape(ours, instead.substr(their.begin, their.end - their.begin))) continue;
      // A year with its character: "2023年" for "2024年".
      ByteRange place = our;
      const std::string_view behind = instead.substr(their.end);
      if (!behind.empty() && question.substr(our.end).starts_with(behind))
        place.end += behind.size();
      return ChinesePlace{place};
    }
  }
  // As many characters that end, or begin, alike: 晚餐 for 午餐, 西岸 for 东岸.
  const std::vector<std::string_view> ours = CharactersOf(question);
  const std::vector<std::string_view> wanted = CharactersOf(instead);
  size_t size = 0;
  const size_t asked = std::min(FindFirst(question, kChineseAsking, size), question.size());
  std::optional<ChinesePlace> best;
  size_t most = 0;
  for (size_t i = 0; wanted.size() >= 2 && i + wanted.size() <= ours.size(); ++i) {
    size_t same = 0;
    for (size_t j = 0; j < wanted.size(); ++j) same += ours[i + j] == wanted[j] ? 1 : 0;
    const bool ends_alike = ours[i + wanted.size() - 1] == wanted.back();
    const bool begins_alike = ours[i] == wanted.front();
    if (same == 0 || same == wanted.size() || (!ends_alike && !begins_alike)) continue;
    const size_t score = 2 * same + (ends_alike ? 1 : 0);
    if (score <= most) continue;
    size_t begin = static_cast<size_t>(ours[i].data() - question.data());
    const std::string_view last = ours[i + wanted.size() - 1];
    const size_t end = static_cast<size_t>(last.data() - question.data()) + last.size();
    if (begin < asked + size && asked < end) continue;
    most = score;
    // Of a number or code all: "上一年" for "2024年".
    while (begin > 0 && IsCodeByte(question[begin - 1])) --begin;
    const std::string_view left = question.substr(0, begin);
    const std::string_view right = question.substr(end);
    size_t skipped = 0;
    const bool begins = left.empty() || left.ends_with("的") || IsAscii(left.back()) ||
                        EndsWithAny(left, kPredicates);
    const bool ends = end == asked || right.starts_with("的") ||
                      follow_up::StartsWithAny(right, kPredicates, skipped);
    best = ChinesePlace{{begin, end}, same == 1 && (ends_alike ? !begins : !ends), ends_alike};
  }
  return best;
}

bool HoldsNamingCode(std::string_view text) {
  return std::ranges::any_of(CodesOf(text), [&](const ByteRange& code) {
    const std::string_view word = text.substr(code.begin, code.end - code.begin);
    return HoldsAsciiDigit(word) && std::ranges::any_of(word, IsAsciiLetter);
  });
}

bool IsAttribute(std::string_view word) {
  return IsMeasured(word) || EndsWithAny(word, kPersonEnds) || EndsWithAny(word, kTimeEnds) ||
         EndsWithAny(word, kNamedEnds);
}

std::optional<Slots> SlotsOf(std::string_view question) {
  static constexpr std::string_view kOf = "的";
  const std::string topic = ChineseTopicOf(question);
  const size_t begin = question.find(topic);
  if (topic.empty() || begin == std::string_view::npos) return std::nullopt;
  const size_t at = topic.rfind(kOf);
  if (at != std::string::npos && at > 0) {
    return Slots{{begin, begin + at}, {begin + at + kOf.size(), begin + topic.size()}};
  }
  // "网关，雷击保修吗"; not "周末，手续费多少", which says when.
  static constexpr std::string_view kComma = "，";
  const size_t comma = topic.find(kComma);
  if (comma != std::string::npos && comma > 0 &&
      !TellsWhenInChinese(std::string_view(topic).substr(0, comma))) {
    return Slots{{begin, begin + comma}, {begin + comma + kComma.size(), begin + topic.size()}};
  }
  const std::vector<ByteRange> codes = CodesOf(topic);
  if (codes.empty() || codes.front().begin != 0 || codes.front().end == topic.size())
    return std::nullopt;
  const ByteRange code = codes.front();
  if (!HoldsNamingCode(std::string_view(topic).substr(0, code.end))) return std::nullopt;
  const size_t rest = topic.find_first_not_of(' ', code.end);
  return Slots{{begin, begin + code.end}, {begin + rest, begin + topic.size()}};
}

std::optional<Slot> SlotFor(std::string_view question, const Slots& slots,
                            std::string_view instead) {
  const std::string_view owner =
      question.substr(slots.owner.begin, slots.owner.end - slots.owner.begin);
  if (HoldsAsciiDigit(owner) && owner.ends_with("年")) return Slot::kAttribute;
  if (HoldsNamingCode(owner) && !HoldsNamingCode(instead)) {
    // "VX-240拆装课程" is no code.
    if (CodesOf(owner).back().end == owner.size()) return Slot::kAttribute;
  } else if (HoldsNamingCode(instead)) {
    return Slot::kOwner;
  }
  if (IsAttribute(instead) && Characters(owner) >= 2) return Slot::kAttribute;
  if (Characters(owner) < 3) return std::nullopt;
  return Slot::kOwner;
}

std::string AskingFor(std::string_view attribute, std::string_view asked, std::string_view before) {
  // What is counted in a unit of its own; another thing of the kind ends alike.
  static constexpr std::string_view kCountedTime[] = {"多少天", "多少年", "多少个月", "多少小时",
                                                      "多少周", "几天",   "几年",     "几个月",
                                                      "几周",   "多久",   "多长"};
  static constexpr std::string_view kLasting[] = {"期",   "期限", "周期", "时长",
                                                  "寿命", "天数", "假"};
  const bool ends_alike = !before.empty() && !attribute.empty() &&
                          before.substr(CharacterBegin(before, before.size() - 1)) ==
                              attribute.substr(CharacterBegin(attribute, attribute.size() - 1));
  if (ContainsAny(asked, kCountedTime) && IsMeasured(attribute) && !ends_alike &&
      !EndsWithAny(attribute, kLasting)) {
    return "是多少";
  }
  const auto fits = [&](std::span<const std::string_view> asking) {
    size_t size = 0;
    return FindFirst(asked, asking, size) != std::string_view::npos;
  };
  static constexpr std::string_view kHowMuch[] = {"多", "几"};
  static constexpr std::string_view kWhen[] = {"什么时候", "何时", "哪天", "哪年", "几点"};
  static constexpr std::string_view kWhat[] = {"什么", "怎么样", "如何"};
  std::string kept(asked.empty() ? "是什么" : asked);
  if (EndsWithAny(attribute, kPersonEnds)) return fits(kAskingForPersons) ? kept : "是谁";
  if (EndsWithAny(attribute, kTimeEnds)) return fits(kWhen) ? kept : "是什么时候";
  if (IsMeasured(attribute))
    return fits(kHowMuch) || (fits(kWhat) && !fits(kWhen)) ? kept : "是多少";
  if (EndsWithAny(attribute, kNamedEnds)) return fits(kWhat) && !fits(kWhen) ? kept : "是什么";
  return fits(kAskingForPersons) || fits(kWhen) ? "是什么" : kept;
}

bool TellsWhenInChinese(std::string_view text) {
  static constexpr std::string_view kMomentEnds[] = {
      "周末", "月末", "年末", "期末", "日",   "天",   "月",   "年",   "晚",
      "节",   "期间", "时候", "季",   "季度", "午",   "早上", "晚上", "夜间",
      "夜里", "凌晨", "周一", "周二", "周三", "周四", "周五", "周六", "期一",
      "期二", "期三", "期四", "期五", "期六", "现在", "目前", "如今", "当前"};
  return EndsWithAny(text, kMomentEnds);
}

}  // namespace quarry::generation::follow_up
