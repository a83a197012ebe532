#include "model/translated_question.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>

#include "base/ascii.h"
#include "base/text.h"
#include "base/text_pinyin.h"
#include "base/word_lists.h"
#include "model/term_translations.h"
#include "model/written_words.h"

namespace quarry::model {
namespace {

constexpr size_t kLeastThere = 2;      // words: one that stands for another is a coincidence
constexpr double kOfHalfAWord = 0.5;   // of what may well mean another
constexpr double kOfACharacter = 0.5;  // emphasis of a Chinese word of one: it means many things

// A passage's terms, as they are written there; "" where only as a part of a code or in capitals: AD-60 adds nothing.
using WrittenTerms = std::unordered_map<std::string, std::string>;

bool IsWord(std::string_view written) {
  return BeginsWithCjk(written) || std::ranges::any_of(written, IsAsciiLower);
}

std::string AllOf(const std::vector<Passage>& passages) {
  std::string all;
  for (const Passage& passage : passages) {
    all += passage.chunk.text + '\n' + passage.title + '\n';
    for (const std::string& heading : passage.chunk.span.heading_path) all += heading + '\n';
  }
  return all;
}

WrittenTerms TermsOf(std::string_view text, const std::vector<Token>& tokens) {
  WrittenTerms written;
  for (const Token& token : tokens) {
    const std::string_view word = text.substr(token.begin, token.end - token.begin);
    std::string& known = written[token.term];
    if (known.empty() && IsWord(word)) known = word;
  }
  return written;
}

// A text folded character by character, and where each byte was written.
struct FoldedText {
  explicit FoldedText(std::string_view text) {
    for (size_t at = 0; at < text.size();) {
      const size_t begin = at;
      NextCodePoint(text, at);
      if (IsAscii(text[begin])) {
        folded += static_cast<char>(AsciiLower(text.substr(begin, 1))[0]);
      } else {
        folded += Fold(text.substr(begin, at - begin));
      }
      written.resize(folded.size(), static_cast<uint32_t>(begin));
    }
    written.push_back(static_cast<uint32_t>(text.size()));
  }

  std::string folded;
  std::vector<uint32_t> written;
};

bool IsSingleCharacter(std::string_view word) {
  size_t end = 0;
  if (!word.empty()) NextCodePoint(word, end);
  return end == word.size();
}

bool HoldsDigit(std::string_view word) { return std::ranges::any_of(word, IsAsciiDigit); }

bool LeavesOut(std::string_view question) {
  if (ContainsAny(question, {"除了", "除外", "以外", "之外"})) return true;
  return std::ranges::any_of(Words(question), [](const Word& word) {
    return IsOneOf(AsciiLower(word.text), {"without", "except", "besides", "excluding"});
  });
}

// A document in Chinese need not say that it is about China, nor one in English that it is in English.
std::string WithoutNameOfLanguage(std::string_view question, bool to_english) {
  std::string asked(question);
  if (to_english) {
    for (const std::string_view name : {"英文", "英语"}) {
      if (const size_t at = asked.find(name); at != asked.npos) asked.erase(at, name.size());
    }
    return asked;
  }
  for (const Word& word : Words(question)) {
    if (!IsOneOf(AsciiLower(word.text), {"china", "chinese"})) continue;
    return asked.erase(static_cast<size_t>(word.text.data() - question.data()), word.text.size());
  }
  return asked;
}

// "兼职员工": what holds for others of the kind is no answer.
bool TellsKindsApart(std::string_view word) {
  constexpr std::string_view kWords[] = {
      "兼职",   "全职", "临时", "正式",   "试用",    "实习",   "旧",   "新",   "以前", "以后",
      "之前",   "之后", "国内", "国外",   "海外",    "男",     "女",   "part", "full", "temporari",
      "perman", "old",  "new",  "domest", "foreign", "abroad", "male", "femal"};
  const std::string folded = Fold(word);
  return std::ranges::any_of(kWords, [&](std::string_view one) {
    return IsAsciiLetter(one[0]) ? folded == one : folded.starts_with(one);
  });
}

// "Points" of "how many charging points does it run": what is counted must be there. Nothing where no word like "does" tells
// where that ends, nor in Chinese.
ByteRange CountedThing(std::string_view question) {
  constexpr std::string_view kHowMany = "how many ";
  const std::string lower = AsciiLower(question);
  const size_t at = lower.find(kHowMany);
  if (at == lower.npos) return {};
  const size_t begin = at + kHowMany.size();
  ByteRange last;
  for (const Word& word : Words(std::string_view(lower).substr(begin))) {
    if (IsAskingWord(word.text)) return last;
    const auto word_begin = static_cast<size_t>(word.text.data() - lower.data());
    last = {word_begin, word_begin + word.text.size()};
  }
  return {};
}

// The question with words in the stead of pairs of characters.
Question OfWords(Question question, const std::vector<TranslatedWord>& words) {
  std::vector<QuestionTerm> terms;
  const auto emphasis_of = [](const TranslatedWord& word) {
    return IsSingleCharacter(word.word) ? kOfACharacter : 1.0;
  };
  for (const TranslatedWord& word : words) {
    if (!BeginsWithCjk(word.word)) continue;
    terms.push_back({.term = word.word,
                     .emphasis = emphasis_of(word),
                     .begin = static_cast<uint32_t>(word.range.begin),
                     .end = static_cast<uint32_t>(word.range.end)});
  }
  for (const QuestionTerm& term : question.terms) {
    if (BeginsWithCjk(term.term)) continue;
    terms.push_back(term);
  }
  std::ranges::stable_sort(terms, {}, &QuestionTerm::begin);
  question.terms = std::move(terms);
  question.pairs.clear();
  question.words = 0;
  for (uint32_t i = 0; i < question.terms.size(); ++i) {
    if (i > 0) question.pairs.emplace_back(i - 1, i);
    question.words += question.terms[i].emphasis;
  }
  return question;
}

// Names that a passage writes in Chinese characters: "Liudu" stands where 柳渡 does.
void AddSpelledNames(std::string_view folded, TranslatedQuestion& translated) {
  constexpr size_t kLeastCharacters = 2;
  for (TranslatedWord& word : translated.words) {
    const std::string_view written = translated.Written(word);
    const std::string name = AsciiLower(written.substr(0, written.find('\'')));
    if (!word.parts.empty() || !IsAsciiUpper(written[0]) ||
        SyllablesOf(name, kMostNameSyllables).empty())
      continue;
    std::vector<std::string> found;
    for (size_t at = 0; at < folded.size();) {
      const size_t end = IsAscii(folded[at]) ? 0 : EndOfReading(folded, at, name);
      const std::string_view characters = folded.substr(at, std::max(at, end) - at);
      if (CountCodePoints(characters) >= kLeastCharacters &&
          std::ranges::find(found, characters) == found.end()) {
        found.emplace_back(characters);
      }
      NextCodePoint(folded, at);
    }
    if (!found.empty()) word.parts = {std::move(found)};
  }
}

bool HasAny(const std::vector<std::string>& terms, std::string_view term) {
  return std::ranges::find(terms, term) != terms.end();
}

// Where a word stands among the tokens of an English text: by its last part, which names the thing where the others tell it
// from others of the kind: a "water meter" is told of as "the meter".
std::vector<ByteRange> PlacesOfWord(const TranslatedWord& word, const std::vector<Token>& tokens) {
  std::vector<ByteRange> places;
  for (const Token& token : tokens) {
    if (HasAny(word.parts.back(), token.term)) places.push_back({token.begin, token.end});
  }
  return places;
}

// Whether the parts of a word stand together somewhere, in any order: "finish" and "work" of different sentences are no
// 下班.
bool StandsTogether(const TranslatedWord& word, const std::vector<Token>& tokens) {
  const size_t parts = word.parts.size();
  std::vector<std::optional<uint32_t>> last(parts);  // where each stood
  for (const Token& token : tokens) {
    bool is_part = false;
    for (size_t i = 0; i < parts; ++i) {
      if (!HasAny(word.parts[i], token.term)) continue;
      last[i] = token.position;
      is_part = true;
    }
    if (is_part && std::ranges::all_of(last, [&](const std::optional<uint32_t>& place) {
          return place && token.position - *place <= parts;
        })) {
      return true;
    }
  }
  return false;
}

// Whether the dictionary has the parts of a word for it, which are what its characters mean else.
Result<bool> IsPhrase(const TranslatedWord& word) {
  QUARRY_ASSIGN_OR_RETURN(const TermTranslations* const dictionary, ShippedDictionary());
  std::string phrase;
  for (const std::vector<std::string>& part : word.parts)
    phrase += (phrase.empty() ? "" : " ") + part.front();
  const std::vector<std::string_view> meanings = dictionary->Of(word.word);
  return std::ranges::find(meanings, phrase) != meanings.end();
}

// Where one of the translations of a word stands in a Chinese text.
std::vector<ByteRange> PlacesOfWord(const TranslatedWord& word, const FoldedText& text) {
  std::vector<ByteRange> places;
  for (const std::string& one : word.parts[0]) {
    for (size_t at = text.folded.find(one); at != std::string::npos;
         at = text.folded.find(one, at + one.size())) {
      places.push_back({text.written[at], text.written[at + one.size()]});
    }
  }
  return places;
}

// What a statement holds, in either language.
struct Statement {
  Statement(std::string_view text, const Analyzer& analyzer)
      : tokens(analyzer.Tokenize(text)), folded(text) {}

  std::vector<Token> tokens;
  FoldedText folded;
};

std::vector<ByteRange> PlacesOf(const TranslatedWord& word, const Statement& said,
                                bool to_english) {
  return to_english ? PlacesOfWord(word, said.tokens) : PlacesOfWord(word, said.folded);
}

// Whether a statement has a word of the question as it is: Chinese characters, or all its stems. Of a code one part will do.
bool IsWrittenIn(const TranslatedWord& word, const Statement& said, const Analyzer& analyzer) {
  const auto stands = [&](std::string_view term) {
    return std::ranges::find(said.tokens, term, &Token::term) != said.tokens.end();
  };
  if (word.parts.empty() && !BeginsWithCjk(word.word)) {
    return std::ranges::any_of(analyzer.Tokenize(word.word),
                               [&](const Token& token) { return stands(token.term); });
  }
  if (BeginsWithCjk(word.word)) return said.folded.folded.find(word.word) != std::string::npos;
  return std::ranges::all_of(Split(word.word, " "), stands);
}

}  // namespace

std::vector<TranslatedQuestion::Place> TranslatedQuestion::PlacesIn(
    std::string_view text, const Analyzer& analyzer) const {
  std::vector<Place> places;
  const std::vector<Token> tokens = to_english ? analyzer.Tokenize(text) : std::vector<Token>();
  const FoldedText folded(to_english ? std::string_view() : text);
  for (const TranslatedWord& word : words) {
    if (word.parts.empty()) continue;
    std::vector<uint32_t> terms;
    for (uint32_t i = 0; i < question.terms.size(); ++i) {
      const QuestionTerm& term = question.terms[i];
      if (word.range.begin <= term.begin && term.end <= word.range.end) terms.push_back(i);
    }
    if (terms.empty()) continue;
    for (const ByteRange& range :
         to_english ? PlacesOfWord(word, tokens) : PlacesOfWord(word, folded)) {
      places.push_back({terms, range});
    }
  }
  std::ranges::stable_sort(places, {}, [](const Place& place) { return place.range.begin; });
  return places;
}

TranslatedQuestion::Share TranslatedQuestion::ShareOf(
    const std::function<double(size_t i)>& has) const {
  Share share;
  size_t wanted = 0;
  const ByteRange counted = CountedThing(question.text);
  for (size_t i = 0; i < words.size(); ++i) {
    const TranslatedWord& word = words[i];
    const double there = has(i);
    share.there += there > 0 ? 1 : 0;
    const bool is_counted = word.range.begin < counted.end && counted.begin < word.range.end;
    const bool has_digit = HoldsDigit(word.word);
    if (there == 0 && (TellsKindsApart(word.word) || is_counted || has_digit)) share.lacks = true;
    if (has_digit || SaysLittle(Written(word))) continue;  // "year": 1936年 need not be one of them
    ++wanted;
    share.words += there;
  }
  share.words = wanted == 0 ? 0 : share.words / static_cast<double>(wanted);
  return share;
}

double TranslatedQuestion::CoveredBy(std::string_view statement, const Analyzer& analyzer) const {
  const Statement said(statement, analyzer);
  const Share share = ShareOf([&](size_t i) -> double {
    const TranslatedWord& word = words[i];
    if (word.parts.empty()) return IsWrittenIn(word, said, analyzer) ? 1 : 0;
    return PlacesOf(word, said, to_english).empty() ? 0 : apart[i] ? kOfHalfAWord : 1;
  });
  if (share.lacks || share.there < std::min(kLeastThere, words.size())) return 0;
  return share.words;
}

bool TranslatedQuestion::IsSaidAsWell(std::string_view own, std::string_view other,
                                      const Analyzer& analyzer) const {
  const Statement in_own(own, analyzer);
  const Statement in_other(other, analyzer);
  const Share of_own =
      ShareOf([&](size_t i) -> double { return IsWrittenIn(words[i], in_own, analyzer) ? 1 : 0; });
  const Share of_other = ShareOf([&](size_t i) -> double {
    const TranslatedWord& word = words[i];
    if (word.parts.empty()) return IsWrittenIn(word, in_other, analyzer) ? 1 : 0;
    const std::vector<ByteRange> places = PlacesOf(word, in_other, to_english);
    if (places.empty()) return 0;
    const auto is_single = [&](const ByteRange& place) {
      return IsSingleCharacter(other.substr(place.begin, place.end - place.begin));
    };
    const bool is_half = apart[i] || (to_english ? IsSingleCharacter(word.word)
                                                 : std::ranges::all_of(places, is_single));
    return is_half ? kOfHalfAWord : 1;
  });
  return !of_own.lacks && !of_other.lacks && of_own.words >= of_other.words;
}

std::string TranslatedQuestion::Reading() const {
  std::string reading;
  for (const TranslatedWord& word : words) {
    if (word.parts.empty()) continue;
    reading += (reading.empty() ? "" : ", ") + word.word + " =";
    for (const std::vector<std::string>& part : word.parts) reading += ' ' + part.front();
  }
  return reading;
}

Result<std::optional<TranslatedQuestion>> TranslateQuestion(std::string_view question,
                                                            bool to_english,
                                                            const std::vector<Passage>& passages,
                                                            const Analyzer& analyzer) {
  if (LeavesOut(question)) return std::optional<TranslatedQuestion>();
  const std::string all = AllOf(passages);
  const std::vector<Token> tokens = to_english ? analyzer.Tokenize(all) : std::vector<Token>();
  const WrittenTerms terms = TermsOf(all, tokens);
  const std::string folded = to_english ? std::string() : Fold(all);
  const auto stands = [&](std::string_view term) {
    if (!to_english) return BeginsWithCjk(term) && folded.find(term) != std::string::npos;
    const auto at = terms.find(std::string(term));
    return at != terms.end() && !at->second.empty();
  };
  const std::string asked = WithoutNameOfLanguage(question, to_english);
  TranslatedQuestion translated{
      .question = AnalyseQuestion(asked, analyzer), .words = {}, .to_english = to_english};
  QUARRY_ASSIGN_OR_RETURN(translated.words, TranslateWords(asked, to_english, analyzer, stands,
                                                           TranslationReach::kWide));
  for (TranslatedWord& word : translated.words) {
    const bool is_apart = to_english && word.parts.size() > 1 && !StandsTogether(word, tokens);
    QUARRY_ASSIGN_OR_RETURN(const bool is_phrase, IsPhrase(word));
    if (is_apart && !is_phrase) word.parts.clear();
    translated.apart.push_back(is_apart && is_phrase);
  }
  if (!to_english) AddSpelledNames(folded, translated);
  if (to_english) translated.question = OfWords(std::move(translated.question), translated.words);
  return std::optional<TranslatedQuestion>(std::move(translated));
}

}  // namespace quarry::model
