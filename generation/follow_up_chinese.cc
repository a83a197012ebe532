// Follow-ups in Chinese.

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "generation/chinese_phrases.h"
#include "generation/chinese_replacement.h"
#include "generation/follow_up_words.h"
#include "generation/numbered_part.h"

namespace quarry::generation::follow_up {
namespace {

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

// Those that stand for a person.
constexpr std::string_view kPersonPronouns[] = {"他的", "她的", "他", "她"};

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

// The questions that the one before may be about `instead`. `of`: what was meant before, where it was said.
std::vector<std::string> AskAboutInChinese(const std::string& before, std::string_view instead,
                                           std::string_view of) {
  const std::string question = WithoutEnd(before);
  const auto put = [&](const ByteRange& place) {
    return question.substr(0, place.begin) + std::string(instead) + question.substr(place.end) +
           "？";
  };
  if (const size_t at = question.find(of); !of.empty() && at != std::string::npos) {
    return {put({at, at + of.size()})};
  }
  const std::optional<ChinesePlace> place = ChinesePlaceOf(question, instead);
  if (place && !place->in_doubt) return {put(place->range)};
  std::vector<std::string> readings = ChineseReplacements(
      question, instead, place && place->ends_alike ? std::optional(place->range) : std::nullopt);
  if (place) {
    std::string reading = put(place->range);
    std::erase(readings, reading);
    readings.insert(place->ends_alike ? readings.begin() : readings.end(), std::move(reading));
  }
  return readings;
}

// What is searched where a thing makes no question of the one before.
std::string KeywordsInChinese(std::string_view about, const std::string& before) {
  const std::string topic = ChineseTopicOf(before);
  return std::string(about) + " " + (topic.empty() ? WithoutEnd(before) : topic);
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
    return StandaloneQuestion{
        (has_subject ? "" : ChineseTopicOf(before)) + std::string(rest) + "？",
        FollowUp::kCorrection};
  }
  if (Characters(rest) > 16) return std::nullopt;
  return AskingAbout(AskAboutInChinese(before, rest, of), FollowUp::kCorrection, "",
                     std::string(rest) + "，" + WithoutEnd(before));
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
    if (const std::string topic = ChineseTopicOf(before); !topic.empty()) {
      return StandaloneQuestion{topic + asked + "？", FollowUp::kBareAsking};
    }
  }
  // What the question before asked with gives way.
  const std::string question = WithoutEnd(before);
  const size_t at = FindFirst(question, kChineseAsking, size);
  if (at == std::string::npos)
    return StandaloneQuestion{question + asked + "？", FollowUp::kBareAsking};
  std::string changed = question.substr(0, at) + asked + question.substr(at + size);
  // "重量是为什么" asks nothing.
  static constexpr std::string_view kWhy[] = {"为什么", "为何"};
  const bool is_question = !StartsWithAny(asked, kWhy, size) ||
                           !std::string_view(question).substr(0, at).ends_with("是");
  return StandaloneQuestion{
      .text = changed + "？", .kind = FollowUp::kBareAsking, .is_question = is_question};
}

// What a pronoun stands for behind the question and its answer: of a person him who was asked for, else what
// was asked about, of "HY-300的额定功率" the thing and not its power. "" where there is none.
std::string ReferentOf(std::string_view pronoun, const std::string& before,
                       const std::string& answer) {
  size_t size = 0;
  std::string topic = ChineseTopicOf(before);
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
      return AskingAbout(AskAboutInChinese(before, sibling, ""), FollowUp::kEllipsis, "",
                         KeywordsInChinese(sibling, before));
    }
  }
  // "周末呢": the question is still the one before. A code takes the place of one.
  if (TellsWhenInChinese(about) && !ChinesePlaceOf(WithoutEnd(before), about)) {
    std::string question = WithoutEnd(before);
    const size_t comma = question.find("，");
    if (comma != std::string::npos && TellsWhenInChinese(question.substr(0, comma))) {
      question.erase(0, comma + std::string_view("，").size());
    }
    return StandaloneQuestion{std::string(about) + "，" + question + "？", FollowUp::kEllipsis};
  }
  const bool is_thing = !TellsWhenInChinese(about) && CodesOf(about).empty();
  return AskingAbout(AskAboutInChinese(before, about, ""), FollowUp::kEllipsis,
                     is_thing ? std::string(about) : std::string(),
                     KeywordsInChinese(about, before));
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
  if (auto found = ChineseNumberedPart(before, text)) return found;
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
      (is_tiny || is_short) && !follows ? ReferentOf("它", before, answer) : ChineseTopicOf(before);
  if (timeless.size() < rest.size()) about = Timeless(about);  // it is asked of another
  if ((is_tiny || is_short) && !about.empty() && rest.find(about) == std::string_view::npos) {
    // "李文负责的什么时候上线" behind 李文负责什么: what he does, and not he. "网关，雷击保修吗"
    const bool is_clause = WithoutEnd(before) == about + "什么";
    const bool asks_whether = rest.ends_with("吗") && !follows;
    const std::string_view joint = asks_whether ? "，" : !follows || is_clause ? "的" : "";
    const std::string joined = about + std::string(joint) + std::string(rest) + "？";
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
    if (const std::string topic = ChineseTopicOf(before); !topic.empty()) {
      return StandaloneQuestion{topic + std::string(rest) + "？", FollowUp::kEllipsis};
    }
  }
  return std::nullopt;
}

}  // namespace quarry::generation::follow_up
