// What an English question is about.

#include <algorithm>

#include "generation/english_phrases.h"
#include "generation/quantities.h"

namespace quarry::generation::follow_up {
namespace {

// What a verb is as a thing: "carrying", "using", "running".
std::string Gerund(std::string_view verb) {
  const auto is_vowel = [](char c) {
    return std::string_view("aeiou").find(c) != std::string_view::npos;
  };
  std::string gerund(verb);
  const size_t size = verb.size();
  const bool is_short = size >= 3 && size <= 4 && !is_vowel(verb[size - 1]) &&
                        is_vowel(verb[size - 2]) && !is_vowel(verb[size - 3]) &&
                        std::string_view("wxy").find(verb[size - 1]) == std::string_view::npos;
  if (is_short) {
    gerund += verb.back();
  } else if (size > 2 && verb.back() == 'e' && !is_vowel(verb[size - 2])) {
    gerund.pop_back();
  }
  return gerund + "ing";
}

// Of what the asker does, "Can I carry annual leave over?": what it is done to, else that it is done, "working from
// home". `subject` is "I", "you" or the like.
std::optional<std::string> TopicOfDoing(const std::string& question, const std::vector<Word>& words,
                                        size_t subject) {
  const size_t object = BehindVerb(words, subject + 1);
  const size_t verb = object - 1;
  if (verb >= words.size() || IsFunctionWord(words[verb])) return std::nullopt;
  if (object < words.size() &&
      (!IsFunctionWord(words[object]) || IsOneOf(words[object].folded, kArticles))) {
    if (const std::optional<WordRun> phrase = NounPhraseFrom(words, object)) {
      return Between(question, words, phrase->first, phrase->last);
    }
  }
  const std::string rest =
      object < words.size() ? " " + Between(question, words, object, words.size() - 1) : "";
  return Gerund(words[verb].folded) + rest;
}

// "How many days of annual leave do I get?": annual leave; "How much notice do households get?": the notice that
// households get. `auxiliary` is the first behind what is counted.
std::string TopicCounted(const std::string& question, const std::vector<Word>& words,
                         size_t auxiliary) {
  const size_t subject = auxiliary + 1;
  size_t first = 2;
  for (size_t i = 3; i + 1 < auxiliary; ++i) {
    if (words[i].folded == "of") {
      const auto counted = QuantitiesOf("1 " + words[i - 1].folded);
      if (!counted.empty() && !counted.front().unit.empty()) first = i + 1;
      break;
    }
  }
  const std::string counted = Between(question, words, first, auxiliary - 1);
  if (subject >= words.size() || words[subject].folded == "there") return counted;
  if (first > 2 || IsOneOf(words[subject].folded, kSubjectsWithoutNoun)) return counted;
  const bool is_support = IsOneOf(words[auxiliary].folded, "do|does|did");
  if (!is_support && IsOneOf(words[auxiliary].folded, "is|are|was|were")) {
    return counted + " " + Between(question, words, subject, words.size() - 1);
  }
  return "the " + counted + " that " + Between(question, words, subject, words.size() - 1);
}

}  // namespace

std::optional<std::string> EnglishTopicOf(const std::string& question) {
  const std::vector<Word> words = WordsOf(question);
  const bool counts =
      words.size() > 3 && words[0].folded == "how" && IsOneOf(words[1].folded, "much|many");
  if (counts && !IsOneOf(words[2].folded, kAuxiliaries)) {
    const auto auxiliary = std::ranges::find_if(
        words, [](const Word& word) { return IsOneOf(word.folded, kAuxiliaries); });
    if (auxiliary != words.end()) {
      return TopicCounted(question, words, static_cast<size_t>(auxiliary - words.begin()));
    }
    return Between(question, words, 2, words.size() - 1);  // "How many households founded it?"
  }
  const bool chooses = words.size() > 2 && words[0].folded == "which" &&
                       std::ranges::none_of(words, [](const Word& word) {
                         return IsOneOf(word.folded, kAuxiliaries);
                       });
  if (chooses)
    return "the " + Between(question, words, 1, 1) + " that " +
           Between(question, words, 2, words.size() - 1);
  for (size_t i = 0; i + 1 < words.size(); ++i) {
    if (!IsOneOf(words[i].folded, kAuxiliaries)) continue;
    if (words[i + 1].folded == "there" || IsOneOf(words[i + 1].folded, "not|it|they|he|she")) break;
    if (IsOneOf(words[i + 1].folded, "i|you|we")) {
      if (auto topic = TopicOfDoing(question, words, i + 1)) return topic;
      break;
    }
    const std::optional<WordRun> phrase = NounPhraseFrom(words, i + 1);
    if (phrase) return Between(question, words, phrase->first, phrase->last);
    break;
  }
  const std::vector<WordRun> names = NameRuns(words);
  for (auto name = names.rbegin(); name != names.rend(); ++name) {
    std::string topic = Between(question, words, name->first, name->last);
    if (std::ranges::any_of(topic, IsAsciiLetter)) return topic;  // "20" of 20 hours names nothing
  }
  for (size_t i = 0; i < words.size(); ++i) {
    const bool opens = IsOneOf(words[i].folded, kArticles) || IsOneOf(words[i].folded, "many|much");
    if (!opens || i + 1 == words.size()) continue;
    const size_t first = IsOneOf(words[i].folded, "many|much") ? i + 1 : i;
    if (const std::optional<WordRun> phrase = NounPhraseFrom(words, first)) {
      return Between(question, words, phrase->first, phrase->last);
    }
  }
  return std::nullopt;
}

}  // namespace quarry::generation::follow_up
