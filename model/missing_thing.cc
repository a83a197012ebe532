#include "model/missing_thing.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/ascii.h"
#include "base/document.h"
#include "base/text.h"
#include "model/written_words.h"

namespace quarry::model {
namespace {

constexpr std::string_view kAskingVerbs[] = {"is",  "are", "was",   "were", "do",    "does",  "did",
                                             "can", "may", "could", "will", "would", "should"};
// Not "use" and "run", behind which the product itself stands.
constexpr std::string_view kTakingVerbs[] = {"support", "supports", "offer",     "provide",
                                             "include", "accept",   "integrate", "compatible"};
constexpr std::string_view kBetweenVerbAndThing[] = {"a", "an", "the", "any", "on", "with", "to"};
constexpr size_t kAlikeLetters = 5;  // "Postgres" for "PostgreSQL"
constexpr std::string_view kChineseWhether[] = {"吗",     "嗎",       "是否",  "能否",
                                                "能不能", "可不可以", "是不是"};
constexpr std::string_view kChineseTaking[] = {"支持", "兼容", "相容", "接受", "提供",
                                               "包含", "包括", "集成", "整合", "对接",
                                               "對接", "适配", "適配"};
constexpr std::string_view kBetweenThings =
    "的了是有在由被把和与與及其之为為于於以对對从從到或而也都这這那个個";
// Say of what kind something is, and of no thing that it is one of.
constexpr std::string_view kNoThings[] = {"重要", "主要", "目前", "现在", "現在", "真正",
                                          "根据", "根據", "影响", "影響", "最",   "简述"};
constexpr size_t kLeastMissing = 2;  // characters

// Of the question.
struct Character {
  std::string_view text;
  size_t begin = 0;
  bool is_cjk = false;
  bool is_phrase = false;  // Chinese, and joins nothing
};

std::vector<Character> CharactersIn(std::string_view text) {
  std::vector<Character> characters;
  for (size_t at = 0; at < text.size();) {
    const size_t begin = at;
    const bool is_cjk = IsCjk(NextCodePoint(text, at));
    const std::string_view one = text.substr(begin, at - begin);
    const bool joins = is_cjk && kBetweenThings.find(one) != std::string_view::npos;
    characters.push_back({one, begin, is_cjk, is_cjk && !joins});
  }
  return characters;
}

class MissingThing {
 public:
  MissingThing(const PassageReading& reading, const Sentence& best)
      : reading_(reading),
        question_(reading.question()),
        text_(question_.text),
        best_(best),
        near_(best.terms | reading.HeaderOf(best)) {
    for (uint32_t i = 0; i < reading.passages().size(); ++i) anywhere_ |= reading.PassageTerms(i);
  }

  std::string Find() const {
    if (question_.kind == AnswerKind::kAny) {
      if (std::string thing = TakenEnglish(); !thing.empty()) return thing;
      if (std::string thing = TakenChinese(); !thing.empty()) return thing;
    }
    return KindOfThing();
  }

 private:
  // The term that begins at byte `begin` of the question; nullptr if none does.
  const QuestionTerm* TermAt(size_t begin) const {
    const auto found = std::ranges::find(question_.terms, begin, &QuestionTerm::begin);
    return found == question_.terms.end() ? nullptr : &*found;
  }

  // Whether no passage has the term, and the sentence nothing that stands for it.
  bool IsNowhere(const QuestionTerm& term) const {
    const size_t i = static_cast<size_t>(&term - question_.terms.data());
    return !anywhere_.test(i) && !near_.test(i);
  }

  // A name of Latin letters at byte `begin`, of which no passage has even the beginning.
  std::string MissingName(size_t begin) const {
    size_t end = begin;
    while (end < text_.size() && IsAsciiLetter(text_[end])) ++end;
    const std::string_view name = text_.substr(begin, end - begin);
    const QuestionTerm* term = TermAt(begin);
    if (name.size() < kLeastMissing || term == nullptr || !term->is_name || term->has_digit ||
        !IsNowhere(*term)) {
      return {};
    }
    const std::string beginning = AsciiLower(name.substr(0, kAlikeLetters));
    const auto has_alike = [&](const Passage& passage) {
      return AsciiLower(passage.chunk.text).find(beginning) != std::string::npos;
    };
    return std::ranges::any_of(reading_.passages(), has_alike) ? std::string() : std::string(name);
  }

  std::string TakenEnglish() const {
    const std::vector<Word> words = Words(text_);
    if (words.empty() || !Among(AsciiLower(words[0].text), kAskingVerbs)) return {};
    for (size_t i = 1; i + 1 < words.size(); ++i) {
      if (!Among(AsciiLower(words[i].text), kTakingVerbs)) continue;
      size_t thing = i + 1;
      while (thing + 1 < words.size() && Among(AsciiLower(words[thing].text), kBetweenVerbAndThing))
        ++thing;
      return MissingName(static_cast<size_t>(words[thing].text.begin() - text_.begin()));
    }
    return {};
  }

  std::string TakenChinese() const {
    const std::string_view asked = reading_.question_text();
    const bool asks = std::ranges::any_of(
        kChineseWhether, [&](std::string_view word) { return asked.find(word) != asked.npos; });
    if (!asks) return {};
    for (const std::string_view verb : kChineseTaking) {
      const size_t found = text_.find(verb);
      if (found == text_.npos) continue;
      size_t begin = found + verb.size();
      while (begin < text_.size() && text_[begin] == ' ') ++begin;
      if (begin < text_.size() && IsAsciiLetter(text_[begin])) return MissingName(begin);
      const QuestionTerm* term = TermAt(begin);
      if (term == nullptr || term->emphasis < 1 || !IsNowhere(*term)) return {};
      const std::string_view thing = text_.substr(term->begin, term->end - term->begin);
      if (CharactersIn(thing).size() != kLeastMissing) return {};
      const bool is_near = HoldsCharacterOf(Fold(thing), Fold(reading_.TextOf(best_)));
      return is_near ? std::string() : std::string(thing);
    }
    return {};
  }

  // All that was found, folded.
  std::string Everything() const {
    std::string all;
    for (const Passage& passage : reading_.passages()) {
      all += ContextualHeader(passage.title, passage.chunk.span.heading_path) + '\n' +
             reading_.NamesOver(passage) + '\n' + passage.chunk.text + '\n';
    }
    return Fold(all);
  }

  std::string KindOfThing() const {
    constexpr std::string_view kOf = "的";
    if (text_.find(kOf) == text_.npos) return {};
    const std::vector<Character> asked = CharactersIn(text_);
    std::string all;
    for (size_t begin = 0; begin < asked.size(); ++begin) {
      if (!BeginsPhrase(asked, begin)) continue;
      size_t of = begin;
      while (of < asked.size() && asked[of].is_phrase) ++of;
      if (of == asked.size() || asked[of].text != kOf) continue;
      if (all.empty()) all = Everything();
      const auto is_there = [&](size_t first, size_t count) {
        if (first + count > asked.size()) return false;
        const size_t from = asked[first].begin;
        const Character& last = asked[first + count - 1];
        return all.find(Fold(text_.substr(from, last.begin + last.text.size() - from))) != all.npos;
      };
      size_t end = begin;
      while (end < of && !is_there(end, 1)) ++end;
      // A word of which nothing is there, then one that is, and behind 的 another.
      if (end < begin + kLeastMissing || end + 2 > of || !is_there(end, 2) || !is_there(of + 1, 2))
        continue;
      const size_t from = asked[begin].begin;
      const std::string_view thing = text_.substr(from, asked[end].begin - from);
      const bool is_none = std::ranges::any_of(
          kNoThings, [&](std::string_view word) { return thing.find(word) != thing.npos; });
      if (!is_none && !IsCovered(from, asked[end].begin)) return std::string(thing);
    }
    return {};
  }

  // Not behind a question word: there stands what the answer is.
  static bool BeginsPhrase(const std::vector<Character>& asked, size_t at) {
    if (!asked[at].is_phrase || (at > 0 && asked[at - 1].is_phrase)) return false;
    size_t before = at;
    while (before > 0 && asked[before - 1].is_cjk && !asked[before - 1].is_phrase) --before;
    return before == 0 || asked[before - 1].text != " ";
  }

  // Whether the sentence covers any of the terms there, by other words.
  bool IsCovered(size_t begin, size_t end) const {
    for (size_t i = 0; i < question_.terms.size(); ++i) {
      const QuestionTerm& term = question_.terms[i];
      if (term.begin >= begin && term.end <= end && near_.test(i)) return true;
    }
    return false;
  }

  const PassageReading& reading_;
  const Question& question_;
  const std::string_view text_;
  const Sentence& best_;
  const TermSet near_;
  TermSet anywhere_;
};

}  // namespace

std::string FindMissingThing(const PassageReading& reading, const Sentence& best) {
  return MissingThing(reading, best).Find();
}

}  // namespace quarry::model
