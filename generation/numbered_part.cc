#include "generation/numbered_part.h"

#include <algorithm>

#include "generation/chinese_phrases.h"
#include "generation/english_phrases.h"
#include "generation/follow_up_words.h"

namespace quarry::generation::follow_up {
namespace {

constexpr std::string_view kNumberedParts[] = {"步骤", "阶段", "步", "条", "项",
                                               "点",   "章",   "节", "款"};
constexpr std::string_view kNumberCharacters[] = {"一", "二", "三", "四", "五", "六", "七",
                                                  "八", "九", "十", "0",  "1",  "2",  "3",
                                                  "4",  "5",  "6",  "7",  "8",  "9"};

// The size of "第三步" at the beginning of the text; 0 where there is none.
size_t NumberedPartSize(std::string_view text) {
  static constexpr std::string_view kOrdinal = "第";
  if (!text.starts_with(kOrdinal)) return 0;
  size_t end = kOrdinal.size();
  size_t size = 0;
  while (StartsWithAny(text.substr(end), kNumberCharacters, size)) end += size;
  const bool is_part =
      end > kOrdinal.size() && StartsWithAny(text.substr(end), kNumberedParts, size);
  return is_part ? end + size : 0;
}

}  // namespace

// "What is step 3?", "And step 4?": of what the question before is about.
std::optional<StandaloneQuestion> EnglishNumberedPart(const std::string& before,
                                                      std::string_view message) {
  const std::vector<Word> words = WordsOf(message);
  const auto is_number = [](const Word& word) {
    return word.folded.size() <= 2 && std::ranges::all_of(word.folded, IsAsciiDigit);
  };
  const auto number = std::ranges::find_if(words, is_number);
  if (number == words.begin() || number == words.end() || words.size() > 6) return std::nullopt;
  const auto part = number - 1;
  const bool is_part = IsOneOf(part->folded, "step|point|item|section|stage|phase|part|paragraph");
  const bool is_alone = std::all_of(words.begin(), words.end(), [&](const Word& word) {
    return &word == &*part || &word == &*number || (IsFunctionWord(word) && word.folded != "of");
  });
  if (!is_part || !is_alone) return std::nullopt;
  const std::vector<Word> theirs = WordsOf(before);
  // Behind another such question: the other number.
  for (size_t i = 0; i + 1 < theirs.size(); ++i) {
    if (theirs[i].folded != part->folded || !is_number(theirs[i + 1])) continue;
    return StandaloneQuestion{
        before.substr(0, theirs[i + 1].begin) + number->folded + before.substr(theirs[i + 1].end),
        FollowUp::kEllipsis};
  }
  const std::string asked =
      "What is " + std::string(message.substr(part->begin, number->end - part->begin));
  // "How do I reset the pump?": step 3 to reset the pump
  for (size_t i = 0; i + 2 < theirs.size(); ++i) {
    if (!IsOneOf(theirs[i].folded, kAuxiliaries)) continue;
    if (theirs.front().folded == "how" && IsOneOf(theirs[i + 1].folded, "i|you|we|one")) {
      return StandaloneQuestion{
          asked + " to " + WithoutEnd(before.substr(theirs[i + 2].begin)) + "?",
          FollowUp::kEllipsis};
    }
    break;
  }
  for (const Word& word : theirs) {  // "What do I do when the disk is full?"
    if (!IsOneOf(word.folded, "when|if") || &word == &theirs.front()) continue;
    return StandaloneQuestion{asked + " " + WithoutEnd(before.substr(word.begin)) + "?",
                              FollowUp::kEllipsis};
  }
  const std::optional<std::string> topic = EnglishTopicOf(before);
  if (!topic) return std::nullopt;
  return StandaloneQuestion{asked + " of " + *topic + "?", FollowUp::kEllipsis};
}

std::optional<StandaloneQuestion> ChineseNumberedPart(const std::string& before,
                                                      std::string_view message) {
  static constexpr std::string_view kAsked[] = {"",       "是什么", "怎么做",
                                                "做什么", "说什么", "是怎么样的"};
  const std::string whole = WithoutEnd(message);
  const std::string_view text = WithoutParticles(WithoutLeads(whole));
  const size_t size = NumberedPartSize(text);
  if (size == 0 || std::ranges::find(kAsked, text.substr(size)) == std::end(kAsked)) {
    return std::nullopt;
  }
  const std::string part(text.substr(0, size));
  const std::string asked(text.size() == size ? "是什么" : text.substr(size));
  std::string topic = ChineseTopicOf(before);
  // Behind another such question: the other number.
  static constexpr std::string_view kOrdinal = "第";
  const size_t other = topic.rfind(kOrdinal);
  if (other != std::string::npos && NumberedPartSize(std::string_view(topic).substr(other)) > 0) {
    topic.resize(other);
  }
  topic = WithoutParticles(topic);
  if (topic.empty()) return std::nullopt;
  return StandaloneQuestion{topic + "的" + part + asked + "？", FollowUp::kEllipsis};
}

}  // namespace quarry::generation::follow_up
