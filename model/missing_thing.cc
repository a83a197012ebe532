#include "model/missing_thing.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "base/ascii.h"
#include "base/document.h"
#include "base/names.h"
#include "base/text.h"
#include "base/word_lists.h"
#include "model/asking_words.h"
#include "model/written_words.h"

namespace quarry::model {
namespace {

// Not "use" and "run", behind which the product itself stands.
constexpr std::string_view kTakingVerbs[] = {"support", "supports", "offer",     "provide",
                                             "include", "accept",   "integrate", "compatible"};
constexpr std::string_view kBetweenVerbAndThing[] = {"a", "an", "the", "any", "on", "with", "to"};
constexpr size_t kAlikeLetters = 5;  // "Postgres" for "PostgreSQL"
constexpr std::string_view kChineseTaking[] = {"支持", "兼容", "相容", "接受", "提供",
                                               "包含", "包括", "集成", "整合", "对接",
                                               "對接", "适配", "適配"};
constexpr std::string_view kSupporting = "支持";
// Behind these it is a noun: 技术支持周末开通吗.
constexpr std::string_view kBeforeSupport[] = {"技术", "技術", "客户", "客戶",
                                               "售后", "售後", "客服"};
constexpr size_t kLeastMissing = 2;  // characters

// Whether the name may be another way to write the word, or a slip for it. Letters beyond ASCII may be written as any.
bool MayBeMeantBy(std::string_view name, std::string_view word) {
  constexpr size_t kShortName = 4;  // letters, in which two slips make another
  const size_t slips = name.size() <= kShortName ? 1 : 2;
  if (IsAscii(word[0]) && word[0] != name[0]) return false;
  if (word.substr(0, kAlikeLetters) == name.substr(0, kAlikeLetters)) return true;
  std::string plain;
  std::ranges::copy_if(word, std::back_inserter(plain), IsAscii);
  return !plain.empty() && EditDistance(name, plain, slips) <= slips;
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
    if (question_.kind != AnswerKind::kAny) return {};
    std::string thing = TakenEnglish();
    return thing.empty() ? TakenChinese() : thing;
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
    if (!AsksWhether(text_)) return {};
    for (size_t i = 1; i + 1 < words.size(); ++i) {
      if (!IsOneOf(AsciiLower(words[i].text), kTakingVerbs)) continue;
      size_t thing = i + 1;
      while (thing + 1 < words.size() &&
             IsOneOf(AsciiLower(words[thing].text), kBetweenVerbAndThing))
        ++thing;
      return MissingName(static_cast<size_t>(words[thing].text.begin() - text_.begin()));
    }
    return {};
  }

  // Where the question has it as a verb.
  size_t FindTakingVerb(std::string_view verb) const {
    size_t found = text_.find(verb);
    const auto is_noun = [&](std::string_view before) {
      return text_.substr(0, found).ends_with(before);
    };
    while (verb == kSupporting && found != text_.npos &&
           std::ranges::any_of(kBeforeSupport, is_noun)) {
      found = text_.find(verb, found + verb.size());
    }
    return found;
  }

  std::string TakenChinese() const {
    if (!AsksWhether(reading_.question_text())) return {};
    for (const std::string_view verb : kChineseTaking) {
      const size_t found = FindTakingVerb(verb);
      if (found == text_.npos) continue;
      size_t begin = found + verb.size();
      while (begin < text_.size() && text_[begin] == ' ') ++begin;
      if (begin < text_.size() && IsAsciiLetter(text_[begin])) return MissingName(begin);
      const QuestionTerm* term = TermAt(begin);
      if (term == nullptr || term->emphasis < 1 || !IsNowhere(*term)) return {};
      const std::string_view thing = text_.substr(term->begin, term->end - term->begin);
      if (CountCodePoints(thing) != kLeastMissing) return {};
      const bool is_near = HoldsCharacterOf(Fold(thing), Fold(reading_.TextOf(best_)));
      return is_near ? std::string() : std::string(thing);
    }
    return {};
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

bool NamesUnknownThing(const PassageReading& reading, const std::vector<std::string>& unknown,
                       const Analyzer& analyzer) {
  const std::string& text = reading.question().text;
  const auto is_somewhere = [&](const std::string& name) {
    return std::ranges::any_of(reading.passages(), [&](const Passage& passage) {
      return std::ranges::any_of(
          analyzer.Tokenize(IndexedText(passage.title, passage.chunk)),
          [&](const Token& token) { return MayBeMeantBy(name, token.term); });
    });
  };
  return std::ranges::any_of(reading.question().terms, [&](const QuestionTerm& term) {
    // What is in capitals may be short for what is written out: "WWII". What is quoted without one is no name.
    const std::string_view written =
        std::string_view(text).substr(term.begin, term.end - term.begin);
    return term.is_name && !term.has_digit && IsAsciiLetter(text[term.begin]) &&
           std::ranges::any_of(written, IsAsciiLower) &&
           std::ranges::any_of(written, IsAsciiUpper) &&
           std::ranges::find(unknown, term.term) != unknown.end() && !is_somewhere(term.term);
  });
}

}  // namespace quarry::model
