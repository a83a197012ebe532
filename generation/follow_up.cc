#include "generation/follow_up.h"

#include <algorithm>
#include <utility>

#include "base/ascii.h"
#include "base/text.h"
#include "base/word_lists.h"
#include "generation/cited_text.h"
#include "generation/follow_up_words.h"
#include "generation/small_talk.h"

namespace quarry::generation {
namespace follow_up {
namespace {

// Longer messages say what they are about.
constexpr size_t kMaxFollowUpBytes = 600;

// What an answer says: where a marker of a citation stands, "Helena Brandt [1].", a blank.
std::string WithoutCitations(std::string_view answer) {
  std::string said;
  size_t begin = 0;
  for (const CitationMarker& marker : FindMarkers(answer)) {
    said += answer.substr(begin, marker.range.begin - begin);
    said += ' ';
    begin = marker.range.end;
  }
  return said.append(answer.substr(begin));
}

bool IsMark(char c) { return std::string_view(".,;:?!\"'()[]").find(c) != std::string_view::npos; }

}  // namespace

std::vector<Word> WordsOf(std::string_view text) {
  std::vector<Word> words;
  for (size_t at = 0; at < text.size();) {
    at = text.find_first_not_of(" \t\r\n", at);
    if (at == std::string_view::npos) break;
    const size_t behind = std::min(text.find_first_of(" \t\r\n", at), text.size());
    size_t begin = at;
    size_t end = behind;
    while (begin < end && IsMark(text[begin])) ++begin;
    while (end > begin && IsMark(text[end - 1])) --end;
    if (begin < end) {
      const std::string_view word = text.substr(begin, end - begin);
      const std::string_view marks = text.substr(end, behind - end);
      // A bracket divides as a comma does.
      if (!words.empty() && text.substr(at, begin - at).find('(') != std::string_view::npos) {
        words.back().ends = true;
      }
      words.push_back({.folded = Fold(word),
                       .begin = begin,
                       .end = end,
                       .capital = IsAsciiUpper(word.front()),
                       .digit = HoldsAsciiDigit(word),
                       .ends = marks.find_first_of(".,;:?!") != std::string_view::npos});
    }
    at = behind;
  }
  return words;
}

bool IsOneOf(std::string_view folded, std::string_view list) {
  if (folded.empty()) return false;
  for (size_t at = list.find(folded); at != std::string_view::npos;
       at = list.find(folded, at + 1)) {
    const size_t end = at + folded.size();
    if ((at == 0 || list[at - 1] == '|') && (end == list.size() || list[end] == '|')) return true;
  }
  return false;
}

std::string CodeShape(std::string_view code) {
  std::string shape;
  for (const char c : code.substr(0, code.find('/'))) {
    const char kind = IsAsciiDigit(c) ? '0' : IsAsciiLetter(c) ? 'a' : c;
    if (shape.empty() || shape.back() != kind) shape += kind;
  }
  return shape;
}

bool SameShape(std::string_view a, std::string_view b) {
  const std::string x = CodeShape(a);
  const std::string y = CodeShape(b);
  return x.starts_with(y) || y.starts_with(x);
}

bool StartsWithAny(std::string_view text, std::span<const std::string_view> list, size_t& size) {
  for (const std::string_view entry : list) {
    if (!text.starts_with(entry)) continue;
    size = entry.size();
    return true;
  }
  return false;
}

bool IsCodeByte(char c) { return IsAsciiAlphanumeric(c) || c == '-' || c == '/' || c == '.'; }

std::vector<ByteRange> CodesOf(std::string_view text) {
  std::vector<ByteRange> codes;
  for (size_t at = 0; at < text.size(); ++at) {
    if (!IsAsciiLetter(text[at]) && !IsAsciiDigit(text[at])) continue;
    size_t end = at;
    while (end < text.size() && IsCodeByte(text[end])) ++end;
    codes.push_back({at, end});
    at = end;
  }
  return codes;
}

std::vector<std::string_view> NamingCodesOf(std::string_view text) {
  std::vector<std::string_view> codes;
  for (const ByteRange& range : CodesOf(text)) {
    std::string_view code = text.substr(range.begin, range.end - range.begin);
    while (!IsAsciiDigit(code.back()) && !IsAsciiLetter(code.back())) code.remove_suffix(1);
    if (HoldsAsciiDigit(code) && std::ranges::any_of(code, IsAsciiLetter)) codes.push_back(code);
  }
  return codes;
}

std::string SiblingIn(std::string_view answer, std::string_view question) {
  const std::vector<std::string_view> own = NamingCodesOf(question);
  std::string sibling;
  for (const std::string_view code : NamingCodesOf(answer)) {
    const auto is_it = [&](std::string_view other) { return EqualsIgnoringCase(other, code); };
    const auto is_like_it = [&](std::string_view mine) { return SameShape(mine, code); };
    if (is_it(sibling) || std::ranges::any_of(own, is_it)) continue;
    if (std::ranges::none_of(own, is_like_it)) continue;
    if (!sibling.empty()) return "";
    sibling = code;
  }
  return sibling;
}

bool SpeaksOfAny(std::string_view text, std::string_view topic) {
  const std::string folded = Fold(text);
  return std::ranges::any_of(Split(topic, kTopicDivider), [&](std::string_view name) {
    return !Trim(name).empty() && folded.find(Fold(Trim(name))) != std::string::npos;
  });
}

std::string WithoutEnd(std::string_view question) {
  static constexpr std::string_view kEnds[] = {"?", "!", ".", "？", "！", "。", " "};
  question = Trim(question);
  while (RemoveAnySuffix(question, kEnds)) {
  }
  return std::string(question);
}

StandaloneQuestion AskingAbout(std::vector<std::string> readings, FollowUp kind, std::string added,
                               const std::string& keywords) {
  StandaloneQuestion question{
      .text = "", .kind = kind, .added = std::move(added), .keywords = keywords};
  question.is_question = !readings.empty();
  if (readings.empty()) {
    question.text = keywords;
    return question;
  }
  question.text = std::move(readings.front());
  readings.erase(readings.begin());
  question.other_readings = std::move(readings);
  return question;
}

}  // namespace follow_up

bool NamesSibling(std::string_view topic, std::string_view text) {
  const std::vector<std::string_view> own = follow_up::NamingCodesOf(topic);
  bool is_sibling = false;
  for (const std::string_view code : follow_up::NamingCodesOf(text)) {
    for (const std::string_view mine : own) {
      if (EqualsIgnoringCase(code, mine)) return false;
      is_sibling = is_sibling || follow_up::SameShape(code, mine);
    }
  }
  return is_sibling;
}

StandaloneQuestion StandAlone(std::span<const ConversationTurn> turns, std::string_view message) {
  // The last question that stands alone, and what was answered; and where that question has two readings the one
  // with the topic: "What is the weight?" behind "What is the impeller diameter?" is of the same thing.
  std::string before;
  std::string with_topic;
  std::string topic;
  std::string answer;
  const auto understand = [&](std::string_view text) -> StandaloneQuestion {
    StandaloneQuestion as_said{.text = std::string(Trim(text))};
    if (before.empty() || as_said.text.size() > follow_up::kMaxFollowUpBytes) return as_said;
    const auto rules = DetectLanguage(as_said.text) == "zh" ? follow_up::ChineseFollowUp
                                                            : follow_up::EnglishFollowUp;
    std::optional<StandaloneQuestion> found;
    if (!with_topic.empty()) found = rules(with_topic, answer, as_said.text);
    // Of a reading that nobody may have meant another reading is made, or one about another code.
    const bool is_reading = found && (!found->topic.empty() || HoldsAsciiDigit(as_said.text));
    if (!is_reading) found = rules(before, answer, as_said.text);
    return found ? *std::move(found) : as_said;
  };
  bool is_talk = false;  // "Thanks!" and what was said to it lead nowhere
  for (const ConversationTurn& turn : turns) {
    if (turn.by_user) {
      is_talk = FindSmallTalk(turn.text, before.empty()).has_value();
      if (is_talk) continue;
      StandaloneQuestion question = understand(turn.text);
      // What is no question leaves the one before it, which was whole.
      if (!question.is_question) continue;
      before = std::move(question.text);
      with_topic = std::move(question.with_topic);
      topic = std::move(question.topic);
    } else if (!is_talk) {
      answer = follow_up::WithoutCitations(turn.text);
      // Of another reading no more is made where it was not the one that was answered.
      if (!follow_up::SpeaksOfAny(answer, topic)) with_topic.clear();
    }
  }
  StandaloneQuestion question = understand(message);
  if (question.kind == FollowUp::kBareAsking) question.answered = answer;
  return question;
}

}  // namespace quarry::generation
