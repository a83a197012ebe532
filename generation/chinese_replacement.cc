#include "generation/chinese_replacement.h"

#include <algorithm>
#include <optional>

#include "generation/chinese_phrases.h"
#include "generation/follow_up_words.h"

namespace quarry::generation::follow_up {
namespace {

constexpr std::string_view kOf = "的";

// What asks which of several there are: a noun stands behind it.
constexpr std::string_view kAskedChoices[] = {"哪些", "哪种", "哪几种", "什么样的", "什么", "哪个"};

std::string With(const std::string& question, const ByteRange& place, std::string_view put) {
  return question.substr(0, place.begin) + std::string(put) + question.substr(place.end) + "？";
}

// "支持微信吗" behind 支持哪些付款方式: the verb before what asks has the new thing as its object. `asked` is where
// that stands.
std::optional<std::string> AsObject(const std::string& question, size_t asked,
                                    std::string_view about) {
  const std::string_view rest = std::string_view(question).substr(asked);
  size_t size = 0;
  if (!StartsWithAny(rest, kAskedChoices, size) || size == rest.size()) return std::nullopt;
  const std::string before = question.substr(0, asked);
  const std::string topic = ChineseTopicOf(question);
  // Behind 是 or 有 stands what the subject is or has.
  if (topic.size() < before.size() || before.find(kOf) != std::string::npos) return std::nullopt;
  return before + std::string(about) + "吗？";
}

// "怎么恢复密码" behind 怎么恢复出厂设置: behind what asks a verb of two characters, and what it is done to.
std::optional<std::string> BehindChineseVerb(const std::string& question, std::string_view about) {
  constexpr size_t kVerb = 2;  // characters
  const std::string topic = ChineseTopicOf(question);
  const size_t begin = question.find(topic);
  const std::vector<std::string_view> characters = CharactersOf(topic);
  if (begin == std::string::npos || characters.size() <= kVerb || HoldsNamingCode(topic)) {
    return std::nullopt;
  }
  const size_t verb = characters[0].size() + characters[1].size();
  return With(question, {begin + verb, begin + topic.size()}, about);
}

}  // namespace

std::vector<std::string> ChineseReplacements(const std::string& question, std::string_view about,
                                             const std::optional<ByteRange>& alike) {
  size_t size = 0;
  const size_t asked = FindFirst(question, kChineseAsking, size);
  if (about.find(kOf) != std::string_view::npos && asked != std::string::npos && asked > 0) {
    return {std::string(about) + question.substr(asked) + "？"};  // it has an owner of its own
  }
  std::vector<std::string> readings;
  // "谁批准5000元以上的报销": a verb stands behind what asks.
  const bool begins_with_verb =
      asked == 0 && !StartsWithAny(std::string_view(question).substr(size), kPredicates, size);
  if (begins_with_verb) {
    if (auto reading = BehindChineseVerb(question, about)) readings.push_back(*std::move(reading));
    return readings;
  }
  if (const std::optional<Slots> slots = SlotsOf(question)) {
    const std::optional<Slot> slot = SlotFor(question, *slots, about);
    const std::string_view asks = std::string_view(question).substr(slots->attribute.end);
    const std::string attribute = question.substr(0, slots->attribute.begin) + std::string(about) +
                                  AskingFor(about, asks) + "？";
    const std::string owner = With(question, slots->owner, about);
    const bool ends_as_attribute = alike && alike->end == slots->attribute.end;
    if (slot == Slot::kAttribute || ends_as_attribute) return {attribute};
    if (slot == Slot::kOwner) return {owner};
    return {owner, attribute};
  }
  if (asked == 0 || asked == std::string::npos) return readings;
  if (auto reading = AsObject(question, asked, about)) {
    readings.push_back(*std::move(reading));
    return readings;
  }
  const std::string topic = ChineseTopicOf(question);
  const size_t begin = question.find(topic);
  if (topic.empty() || begin == std::string::npos) return readings;
  // "支持微信吗", "雷击保修吗": a verb and its object, or a subject and its verb.
  const bool is_clause = begin + topic.size() == asked && question.substr(asked) == "吗";
  if (is_clause) {
    constexpr size_t kVerb = 2;  // characters
    if (auto reading = BehindChineseVerb(question, about)) readings.push_back(*std::move(reading));
    const std::vector<std::string_view> characters = CharactersOf(topic);
    if (characters.size() <= kVerb) return readings;
    const auto verb =
        static_cast<size_t>(characters[characters.size() - kVerb].data() - topic.data());
    readings.push_back(With(question, {begin, begin + verb}, about));
    return readings;
  }
  readings.push_back(
      std::string(about) +
      AskingFor(about, std::string_view(question).substr(begin + topic.size()), topic) + "？");
  return readings;
}

}  // namespace quarry::generation::follow_up
