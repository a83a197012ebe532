// Follow-ups in Chinese.

#include <algorithm>
#include <utility>

#include "base/ascii.h"
#include "base/text.h"
#include "generation/follow_up_words.h"

namespace quarry::generation::follow_up {
namespace {

// Words that ask; the longer before the shorter that begins it.
constexpr std::string_view kChineseAsking[] = {
    "什么时候", "什么地方", "为什么", "怎么样", "怎么办", "多少钱", "几点钟", "何时",
    "何地",     "为何",     "怎样",   "怎么",   "如何",   "多少",   "多久",   "多长",
    "多高",     "多大",     "多深",   "多远",   "多重",   "多快",   "哪里",   "哪儿",
    "哪一",     "哪个",     "哪些",   "哪位",   "哪天",   "哪年",   "什么",   "几点",
    "几个",     "几天",     "几年",   "几次",   "几",     "谁",     "吗",     "是否",
    "能不能",   "可不可以", "是不是", "有没有", "会不会", "哪"};
// What ends the subject of a question.
constexpr std::string_view kPredicates[] = {
    "不得", "必须", "需要", "可以", "应该", "应当", "能够", "最多", "最少", "至少", "最早",
    "最晚", "最高", "最低", "一共", "总共", "大约", "安排", "设在", "位于", "属于", "超过",
    "低于", "高于", "达到", "规定", "要求", "从",   "是",   "有",   "在",   "要",   "能",
    "会",   "可",   "应",   "由",   "被",   "用",   "叫",   "得",   "每",   "共",   "和"};
// Words that hold one of them and end nothing.
constexpr std::string_view kWordsWithPredicates[] = {
    "备用", "使用", "专用",   "通用", "费用", "公用", "启用", "停用", "信用", "性能", "功能",
    "智能", "节能", "能耗",   "能力", "供应", "响应", "反应", "应急", "会议", "周会", "例会",
    "工会", "协会", "委员会", "纪要", "摘要", "主要", "重要", "要点", "有效", "有限", "所有",
    "许可", "可靠", "公共",   "共同", "理由", "自由", "在线", "在职", "现在", "所得", "每日"};
// Longer before shorter.
constexpr std::string_view kChineseThings[] = {
    "它们的", "他们的", "她们的", "它的", "他的", "她的", "其中的", "它们", "他们",
    "她们",   "那里",   "这里",   "那儿", "这儿", "那边", "这边",   "它",   "他",
    "她",     "这个",   "那个",   "这些", "那些", "该",   "其",     "此"};
// Words of their own that hold one of them.
constexpr std::string_view kWordsWithThings[] = {
    "其他", "其它",   "其余", "其实", "其次", "其间", "其乐",   "极其",     "尤其",
    "何其", "土耳其", "他人", "吉他", "犹他", "他乡", "马耳他", "维他",     "应该",
    "本该", "不该",   "活该", "该死", "因此", "如此", "此外",   "与此同时", "彼此"};
constexpr std::string_view kParticles[] = {"呢", "啊", "吧", "呀", "的", "了", "嘛"};
constexpr std::string_view kLeads[] = {"那么", "那",       "还有", "而",     "然后", "另外",
                                       "同样", "再问一下", "请问", "如果是", "换成", "至于",
                                       "，",   ",",        "、",   " "};
constexpr std::string_view kCorrections[] = {
    "不是，我问的是", "不是,我问的是", "不是，我是问", "不对，我问的是", "不对，我是问",
    "我问的是",       "我说的是",      "我指的是",     "我是问",         "我是说",
    "我想问的是",     "我要问的是",    "说错了，是",   "说错了，应该是", "打错了，是",
    "打错了，应该是", "应该是",        "不对，是",     "不是，是",       "不，是",
    "不对，",         "不是，",        "更正：",       "更正一下，"};

// A question of so many characters may leave out what it is about.
constexpr size_t kMostOfTiny = 5;
constexpr size_t kMostOfShort = 9;
// So many behind what asks are more than a verb: what it is done to is said, too.
constexpr size_t kLeastOfObject = 3;

// What belongs to a thing or a person and is measured or counted: its last words.
constexpr std::string_view kMeasuredEnds[] = {
    "量",   "率",   "值",   "费",   "费用", "价",   "单价", "价格", "价钱", "数",
    "数量", "次数", "度",   "额",   "重",   "重量", "压力", "寿命", "周期", "期限",
    "期",   "时长", "尺寸", "直径", "宽",   "高",   "耗",   "电压", "电流", "噪声",
    "容积", "面积", "预算", "成本", "工资", "租金", "上限", "下限", "比例"};
// And what is named, told or dated.
constexpr std::string_view kPersonEnds[] = {"负责人", "联系人", "主持人", "经理", "主任",
                                            "讲师",   "作者",   "签字人", "主管", "厂长"};
constexpr std::string_view kTimeEnds[] = {"时间", "日期"};
constexpr std::string_view kNamedEnds[] = {"地点", "地址", "电话", "分机", "邮箱", "型号",
                                           "编号", "材质", "颜色", "条件", "原因", "范围",
                                           "方式", "名称", "品牌", "产地", "职务", "住址"};
// Those that ask for a person, and pronouns that stand for one.
constexpr std::string_view kAskingForPersons[] = {"谁", "哪位", "什么人", "哪个人", "何人"};
constexpr std::string_view kPersonPronouns[] = {"他的", "她的", "他", "她"};

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

// How many characters neither ask nor are a predicate's.
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

// Without the years that it names: "有多少参观者" of "2024年有多少参观者", "从2023年起有多少参观者" and
// "2022年和2023年有多少参观者".
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

// Whether the stretch of `size` bytes at `at` is part of a word of the list.
bool StandsInWord(std::string_view text, size_t at, size_t size,
                  std::span<const std::string_view> words) {
  return std::ranges::any_of(words, [&](std::string_view word) {
    const size_t within = word.find(text.substr(at, size));
    return within != std::string_view::npos && within <= at &&
           text.substr(at - within).starts_with(word);
  });
}

// Where the word of the list ends that holds what stands at `at`; `at` where none does.
size_t EndOfWordAt(std::string_view text, size_t at, std::span<const std::string_view> words) {
  for (const std::string_view word : words) {
    size_t found = text.find(word);
    for (; found != std::string_view::npos && found <= at; found = text.find(word, found + 1)) {
      if (at < found + word.size()) return found + word.size();
    }
  }
  return at;
}

// What the question is about: the words before what it says of them.
std::string TopicOf(std::string_view question) {
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

// Where in the question stands what `instead` takes the place of.
std::optional<ByteRange> PlaceOf(std::string_view question, std::string_view instead) {
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
      return place;
    }
  }
  // As many characters that end, or begin, alike: 晚餐 for 午餐, 西岸 for 东岸.
  const std::vector<std::string_view> ours = CharactersOf(question);
  const std::vector<std::string_view> wanted = CharactersOf(instead);
  std::optional<ByteRange> best;
  size_t most = 0;
  for (size_t i = 0; wanted.size() >= 2 && i + wanted.size() <= ours.size(); ++i) {
    size_t same = 0;
    for (size_t j = 0; j < wanted.size(); ++j) same += ours[i + j] == wanted[j] ? 1 : 0;
    const bool ends_alike = ours[i + wanted.size() - 1] == wanted.back();
    const bool begins_alike = ours[i] == wanted.front();
    if (same == 0 || same == wanted.size() || (!ends_alike && !begins_alike)) continue;
    const size_t score = 2 * same + (ends_alike ? 1 : 0);
    if (score <= most) continue;
    most = score;
    const size_t begin = static_cast<size_t>(ours[i].data() - question.data());
    const std::string_view last = ours[i + wanted.size() - 1];
    best = ByteRange{begin, static_cast<size_t>(last.data() - question.data()) + last.size()};
    // Of a number or code all: "上一年" for "2024年".
    while (best->begin > 0 && IsCodeByte(question[best->begin - 1])) --best->begin;
  }
  return best;
}

// Whether a text names a thing by a code of letters and digits: "HY-300", not "2024" or "Q".
bool HoldsNamingCode(std::string_view text) {
  return std::ranges::any_of(CodesOf(text), [&](const ByteRange& code) {
    const std::string_view word = text.substr(code.begin, code.end - code.begin);
    return HoldsAsciiDigit(word) && std::ranges::any_of(word, IsAsciiLetter);
  });
}

bool IsMeasured(std::string_view word) { return EndsWithAny(word, kMeasuredEnds); }

bool IsAttribute(std::string_view word) {
  return IsMeasured(word) || EndsWithAny(word, kPersonEnds) || EndsWithAny(word, kTimeEnds) ||
         EndsWithAny(word, kNamedEnds);
}

// Of "HY-300的额定功率" the thing and what is asked of it; of "HY-300额定功率" too.
struct Slots {
  ByteRange owner;
  ByteRange attribute;
};

std::optional<Slots> SlotsOf(std::string_view question) {
  static constexpr std::string_view kOf = "的";
  const std::string topic = TopicOf(question);
  const size_t begin = question.find(topic);
  if (topic.empty() || begin == std::string_view::npos) return std::nullopt;
  const size_t at = topic.rfind(kOf);
  if (at != std::string::npos && at > 0) {
    return Slots{{begin, begin + at}, {begin + at + kOf.size(), begin + topic.size()}};
  }
  const std::vector<ByteRange> codes = CodesOf(topic);
  if (codes.empty() || codes.front().begin != 0 || codes.front().end == topic.size())
    return std::nullopt;
  const ByteRange code = codes.front();
  if (!HoldsNamingCode(std::string_view(topic).substr(0, code.end))) return std::nullopt;
  const size_t rest = topic.find_first_not_of(' ', code.end);
  return Slots{{begin, begin + code.end}, {begin + rest, begin + topic.size()}};
}

enum class Slot : uint8_t { kOwner, kAttribute };

// Which of both `instead` takes the place of: an attribute that of an attribute, and what has no code that of
// what is asked of a code. Of "东岸2024年的漏损率", whose owner says where and when, what it owns. In doubt the
// thing.
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

// What a question about `attribute` asks with, where the question before asked with `asked`: that is kept where
// it fits.
std::string AskingFor(std::string_view attribute, std::string_view asked) {
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

std::string AskAboutInChinese(const std::string& before, std::string_view instead,
                              std::string_view of) {
  const std::string question = WithoutEnd(before);
  std::optional<ByteRange> place;
  if (!of.empty()) {
    const size_t at = question.find(of);
    if (at != std::string::npos) place = ByteRange{at, at + of.size()};
  }
  if (!place) place = PlaceOf(question, instead);
  size_t size = 0;
  const size_t asked = FindFirst(question, kChineseAsking, size);
  if (!place && instead.find("的") != std::string_view::npos && asked != std::string::npos &&
      asked > 0) {
    return std::string(instead) + question.substr(asked) + "？";  // it has an owner of its own
  }
  const std::optional<Slots> slots = place ? std::nullopt : SlotsOf(question);
  if (slots) {
    const std::optional<Slot> slot = SlotFor(question, *slots, instead);
    if (slot == Slot::kAttribute) {
      return question.substr(0, slots->attribute.begin) + std::string(instead) +
             AskingFor(instead, std::string_view(question).substr(slots->attribute.end)) + "？";
    }
    if (slot == Slot::kOwner) place = slots->owner;
  }
  if (!place) return std::string(instead) + "，" + question + "？";
  return question.substr(0, place->begin) + std::string(instead) + question.substr(place->end) +
         "？";
}

std::optional<StandaloneQuestion> Correction(const std::string& before, std::string_view text) {
  std::string of;
  // "不是西岸，是东岸", "是东岸，不是西岸"
  size_t size = 0;
  std::string_view rest = text;
  if (!StartsWithAny(text, kCorrections, size)) {
    if (!text.starts_with("不是")) return std::nullopt;
    std::string_view wrong = text.substr(std::string_view("不是").size());
    for (const std::string_view divider : {"，我问的是", "，我说的是", "，我想问的是", "，我想问",
                                           "，而是", "，是", ",是", "而是"}) {
      const size_t at = wrong.find(divider);
      if (at == std::string_view::npos) continue;
      rest = wrong.substr(at + divider.size());
      of = wrong.substr(0, at);
      break;
    }
    if (of.empty()) return std::nullopt;
  } else {
    rest = text.substr(size);
    for (const std::string_view divider : {"，不是", ",不是", "，而不是", "而不是"}) {
      const size_t at = rest.find(divider);
      if (at == std::string_view::npos) continue;
      of = WithoutParticles(rest.substr(at + divider.size()));
      rest = rest.substr(0, at);
      break;
    }
  }
  rest = WithoutParticles(Trim(rest));
  if (rest.empty()) return std::nullopt;
  if (Asks(rest)) {
    const bool has_subject =
        !StartsWithAny(rest, kChineseAsking, size) && !StartsWithAny(rest, kPredicates, size);
    return StandaloneQuestion{(has_subject ? "" : TopicOf(before)) + std::string(rest) + "？",
                              FollowUp::kCorrection};
  }
  if (Characters(rest) > 16) return std::nullopt;
  return StandaloneQuestion{AskAboutInChinese(before, rest, of), FollowUp::kCorrection};
}

// "为什么？", "多久？", "那什么时候呢？"
std::optional<StandaloneQuestion> BareAsking(const std::string& before, std::string_view text) {
  std::string_view rest = WithoutParticles(WithoutLeads(text));
  const std::string asked(rest);
  size_t size = 0;
  bool asks = false;
  static constexpr std::string_view kFillers[] = {"是",   "具体", "大概", "一般", "要", "需要",
                                                  "到底", "的",   "钱",   "时间", "呢", "从",
                                                  "由",   "在",   "去",   "找"};
  while (!rest.empty()) {
    if (StartsWithAny(rest, kChineseAsking, size)) {
      asks = true;
    } else if (!StartsWithAny(rest, kFillers, size)) {
      return std::nullopt;
    }
    rest.remove_prefix(size);
  }
  if (!asks) return std::nullopt;
  // What is to be done is no answer to what was asked before, but about the same.
  if (asked.find("怎么办") != std::string::npos) {
    if (const std::string topic = TopicOf(before); !topic.empty()) {
      return StandaloneQuestion{topic + asked + "？", FollowUp::kBareAsking};
    }
  }
  // What the question before asked with gives way.
  const std::string question = WithoutEnd(before);
  const size_t at = FindFirst(question, kChineseAsking, size);
  if (at == std::string::npos)
    return StandaloneQuestion{question + asked + "？", FollowUp::kBareAsking};
  std::string changed = question.substr(0, at) + asked + question.substr(at + size);
  return StandaloneQuestion{changed + "？", FollowUp::kBareAsking};
}

// What a pronoun stands for behind the question and its answer: of a person him who was asked for, else what
// was asked about, of "HY-300的额定功率" the thing and not its power. "" where there is none.
std::string ReferentOf(std::string_view pronoun, const std::string& before,
                       const std::string& answer) {
  size_t size = 0;
  const std::string topic = TopicOf(before);
  if (std::ranges::find(kPersonPronouns, pronoun) != std::end(kPersonPronouns)) {
    const bool asks_for_person = FindFirst(before, kAskingForPersons, size) != std::string::npos ||
                                 EndsWithAny(topic, kPersonEnds);
    // "主任陆文澜，分机544；班长陆文涛": that of whom was asked.
    const std::string_view answered = answer;
    size_t at = topic.empty() ? std::string::npos : answer.find(topic);
    for (const std::string_view person : kPersonEnds) {  // "负责人: 黄丽娟"
      if (at == std::string::npos && topic.ends_with(person)) at = answer.find(person);
    }
    std::string named;
    if (asks_for_person && at != std::string::npos) named = PersonIn(answered.substr(at));
    if (named.empty()) named = PersonIn(asks_for_person ? answered : std::string_view(before));
    return named.empty() ? topic : named;
  }
  const std::string question = WithoutEnd(before);
  const std::optional<Slots> slots = SlotsOf(question);
  if (!slots || FindFirst(question, kChineseAsking, size) == 0) return topic;
  const std::string owner =
      question.substr(slots->owner.begin, slots->owner.end - slots->owner.begin);
  const std::string_view attribute = std::string_view(question).substr(
      slots->attribute.begin, slots->attribute.end - slots->attribute.begin);
  const bool is_thing = !owner.ends_with("年") && Characters(owner) >= 2 &&
                        (HoldsNamingCode(owner) || IsAttribute(attribute));
  return is_thing ? owner : topic;
}

// "它的重量呢？": what it stands for, and what is asked of it. `about` is without the particles.
std::optional<StandaloneQuestion> OfTheSame(const std::string& before, const std::string& answer,
                                            std::string_view about) {
  static constexpr std::string_view kOwners[] = {"它们的", "他们的", "它的", "他的", "她的",
                                                 "其",     "它",     "他",   "她"};
  size_t size = 0;
  if (!StartsWithAny(about, kOwners, size) || size == about.size()) return std::nullopt;
  if (about.starts_with("其中") || EndOfWordAt(about, 0, kWordsWithThings) > 0) return std::nullopt;
  const std::string_view attribute = about.substr(size);
  const std::string owner = ReferentOf(about.substr(0, size), before, answer);
  if (owner.empty()) return std::nullopt;
  const std::string question = WithoutEnd(before);
  const std::optional<Slots> slots = SlotsOf(question);
  const std::string_view asked =
      slots ? std::string_view(question).substr(slots->attribute.end) : std::string_view();
  return StandaloneQuestion{
      owner + "的" + std::string(attribute) + AskingFor(attribute, asked) + "？",
      FollowUp::kEllipsis};
}

// "那QB-350呢，几点发车？": another thing, and what is asked of it.
std::optional<StandaloneQuestion> AskedAnew(std::string_view text) {
  size_t size = 0;
  static constexpr std::string_view kDividers[] = {"呢，", "呢,", "呢？", "呢?"};
  const std::string_view rest = WithoutLeads(text);
  const size_t at = FindFirst(rest, kDividers, size);
  if (at == std::string_view::npos || at == 0) return std::nullopt;
  const std::string_view about = WithoutParticles(rest.substr(0, at));
  std::string_view asks = WithoutLeads(rest.substr(at + size));
  if (about.empty() || Asks(about) || Characters(about) > 12 || !Asks(asks)) return std::nullopt;
  size_t pronoun = 0;
  if (StartsWithAny(about, kChineseThings, pronoun)) return std::nullopt;
  bool owns = false;
  if (StartsWithAny(asks, kChineseThings, pronoun)) {
    owns = asks.substr(0, pronoun).ends_with("的");
    asks.remove_prefix(pronoun);
  }
  return StandaloneQuestion{std::string(about) + (owns ? "的" : "") + std::string(asks) + "？",
                            FollowUp::kEllipsis};
}

// "那另一个呢", "另外一台呢": nothing else is said.
bool IsTheOther(std::string_view text) {
  static constexpr std::string_view kOther[] = {"另一", "另外一"};
  constexpr size_t kMost = 4;  // characters
  size_t size = 0;
  const size_t at = FindFirst(text, kOther, size);
  return at != std::string_view::npos && WithoutLeads(text.substr(0, at)).empty() &&
         Characters(WithoutParticles(text.substr(at))) <= kMost;
}

// Whether it tells when: 周末, 节假日, 上午.
bool TellsWhenInChinese(std::string_view text) {
  static constexpr std::string_view kMomentEnds[] = {
      "周末", "月末", "年末", "期末", "日",   "天",   "月",   "年",   "晚",
      "节",   "期间", "时候", "季",   "季度", "午",   "早上", "晚上", "夜间",
      "夜里", "凌晨", "周一", "周二", "周三", "周四", "周五", "周六", "期一",
      "期二", "期三", "期四", "期五", "期六", "现在", "目前", "如今", "当前"};
  return EndsWithAny(text, kMomentEnds);
}

// "那西岸呢？", "2023年呢？"
std::optional<StandaloneQuestion> Ellipsis(const std::string& before, const std::string& answer,
                                           std::string_view text) {
  const std::string_view rest = WithoutLeads(text);
  const bool leads = rest.size() < text.size();
  const bool ends = rest.ends_with("呢");
  const std::string_view about = WithoutParticles(rest);
  if (about.empty() || Asks(about) || Characters(about) > 12) return std::nullopt;
  if (!ends && !(leads && Characters(about) <= 8)) return std::nullopt;
  if (auto found = OfTheSame(before, answer, about)) return found;
  // "现在呢": not in the year before.
  static constexpr std::string_view kNow[] = {"现在", "目前", "如今", "当前", "今年"};
  if (std::ranges::find(kNow, about) != std::end(kNow)) {
    const std::string question = WithoutEnd(before);
    const std::vector<ByteRange> codes = CodesOf(question);
    const bool names_years =
        std::ranges::count_if(codes, [&](const ByteRange& code) {
          return IsYearNumber(std::string_view(question).substr(code.begin, code.end - code.begin));
        }) > 1;  // 从2022年到2023年: it asks of both
    const std::string timeless = Timeless(question);
    if (!names_years && timeless.size() < question.size()) {
      return StandaloneQuestion{timeless + "？", FollowUp::kEllipsis};
    }
  }
  if (IsTheOther(text)) {
    if (const std::string sibling = SiblingIn(answer, before); !sibling.empty()) {
      return StandaloneQuestion{AskAboutInChinese(before, sibling, ""), FollowUp::kEllipsis};
    }
  }
  std::string asked = AskAboutInChinese(before, about, "");
  const bool is_added = asked == std::string(about) + "，" + WithoutEnd(before) + "？";
  // "周末呢": the question is still the one before.
  const bool is_thing = !TellsWhenInChinese(about);
  return StandaloneQuestion{.text = std::move(asked),
                            .kind = FollowUp::kEllipsis,
                            .added = is_added && is_thing ? std::string(about) : std::string()};
}

std::optional<StandaloneQuestion> Pronoun(const std::string& before, const std::string& answer,
                                          std::string_view text) {
  size_t size = 0;
  size_t at = FindFirst(text, kChineseThings, size);
  while (at != std::string_view::npos) {
    const size_t behind = EndOfWordAt(text, at, kWordsWithThings);
    if (behind == at) break;
    const size_t next = FindFirst(text.substr(behind), kChineseThings, size);
    at = next == std::string_view::npos ? next : behind + next;
  }
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view word = text.substr(at, size);
  const std::string stands_for = ReferentOf(word, before, answer);
  if (stands_for.empty()) return std::nullopt;
  const std::string_view left = text.substr(0, at);
  std::string_view right = text.substr(at + size);
  // "这个阀门", "该站": what is named stays beside what it stands for.
  const bool owns = word.ends_with("的");
  std::string joined = std::string(left) + stands_for + (owns ? "的" : "") + std::string(right);
  return StandaloneQuestion{WithoutEnd(joined) + "？", FollowUp::kPronoun};
}

}  // namespace

std::optional<StandaloneQuestion> ChineseFollowUp(const std::string& before,
                                                  const std::string& answer,
                                                  std::string_view message) {
  const std::string text = WithoutEnd(message);
  if (text.empty()) return std::nullopt;
  if (auto found = Correction(before, text)) return found;
  if (auto found = BareAsking(before, text)) return found;
  if (auto found = AskedAnew(text)) return found;
  if (auto found = Ellipsis(before, answer, text)) return found;
  if (auto found = Pronoun(before, answer, text)) return found;
  // "要多久通知用户？" behind a question, without a subject of its own.
  size_t size = 0;
  const std::string_view rest = WithoutLeads(text);
  const bool leads = rest.size() < text.size();
  const bool has_no_subject =
      StartsWithAny(rest, kPredicates, size) || StartsWithAny(rest, kChineseAsking, size);
  const std::string timeless = Timeless(rest);
  const bool is_tiny = Characters(rest) <= kMostOfTiny && CodesOf(rest).empty();
  // "工期多久？", "2024年工期多久？": of what was asked about, and where it has a subject, perhaps of its own.
  const bool is_short = Characters(timeless) <= kMostOfShort && CodesOf(timeless).empty() &&
                        Asks(rest) && rest.find("哪些") == std::string_view::npos;
  const bool follows =
      StartsWithAny(timeless, kPredicates, size) || StartsWithAny(timeless, kChineseAsking, size);
  std::string about =
      (is_tiny || is_short) && !follows ? ReferentOf("它", before, answer) : TopicOf(before);
  if (timeless.size() < rest.size()) about = Timeless(about);  // it is asked of another
  if ((is_tiny || is_short) && !about.empty() && rest.find(about) == std::string_view::npos) {
    const std::string joined = about + (follows ? "" : "的") + std::string(rest) + "？";
    // "谁批准" lacks what is approved; "怎样交水费" may be about the water bill alone.
    if (has_no_subject && is_tiny && OwnCharacters(rest) < kLeastOfObject) {
      return StandaloneQuestion{joined, FollowUp::kEllipsis};
    }
    if (!has_no_subject || !leads) {
      return StandaloneQuestion{.text = is_tiny ? joined : std::string(Trim(message)),
                                .kind = is_tiny ? FollowUp::kEllipsis : FollowUp::kNone,
                                .with_topic = joined,
                                .topic = about};
    }
  }
  // "影响了多少户？": a verb of two characters begins it.
  const bool begins_with_verb = rest.find("了") == std::string_view("影响").size();
  if (((leads && has_no_subject) || begins_with_verb) && Characters(rest) <= 12) {
    if (const std::string topic = TopicOf(before); !topic.empty()) {
      return StandaloneQuestion{topic + std::string(rest) + "？", FollowUp::kEllipsis};
    }
  }
  return std::nullopt;
}

}  // namespace quarry::generation::follow_up
