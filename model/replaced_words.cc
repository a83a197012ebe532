#include "model/replaced_words.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "base/ascii.h"
#include "base/document.h"
#include "base/names.h"
#include "base/text.h"
#include "model/answer_kind.h"
#include "model/written_words.h"

namespace quarry::model {
namespace {

constexpr size_t kAlikeBeginning = 4;  // bytes by which words are likened
constexpr size_t kLeastWord = 3;
constexpr size_t kLeastFrame = 2;    // Chinese characters that both share
constexpr size_t kLongestLabel = 4;  // of what is another in it
constexpr size_t kLeastName = 2;     // of what is named in the text
constexpr size_t kLongestName = 8;

// What stands before a noun and the words that say which one.
constexpr std::string_view kBeforeNouns[] = {
    "the",    "a",       "an",      "of",   "in",   "for",   "to",      "by",     "with",
    "from",   "on",      "at",      "as",   "and",  "or",    "his",     "her",    "its",
    "their",  "our",     "your",    "my",   "this", "these", "any",     "each",   "every",
    "some",   "all",     "no",      "into", "over", "under", "between", "during", "after",
    "before", "besides", "against", "than", "if",   "when"};

// In a question its subject stands behind these.
constexpr std::string_view kBeforeSubjects[] = {"do",   "does", "did",   "can",   "could", "may",
                                                "must", "will", "would", "shall", "should"};

constexpr std::string_view kAskingForKinds[] = {"which", "what", "whose", "how"};

// Which makes an opposite, and how long the rest is at least: "import" is none of "port".
struct OpposingPrefix {
  std::string_view text;
  size_t least_rest;
};
constexpr OpposingPrefix kOpposingPrefixes[] = {{"un", 4}, {"non", 4}, {"in", 5}, {"im", 5},
                                                {"ir", 5}, {"il", 5},  {"dis", 5}};

// What stands beside one begins or ends a phrase.
constexpr std::u32string_view kJoiningCharacters =
    U"的了是有在由被把和与及其之为于以对从到或而也都这那个";

// No thing is told from another by these: pronouns, numerals, measures, degrees.
constexpr std::u32string_view kTellingNothing =
    U"我你他她它们每各某另该本此同何一二三四五六七八九十两几多少许全所些位名次届年月日时期内外前后"
    U"上下中里来去最很更不没未可能会应须需要将已曾则即就还若如至等向给因";

// What is told from others of its kind by the name before it.
constexpr std::u32string_view kNamedThings[] = {
    U"水厂", U"水廠", U"工厂", U"工廠", U"电厂", U"電廠", U"泵站", U"车站", U"車站",
    U"公司", U"医院", U"醫院", U"学校", U"學校", U"大学", U"大學", U"仓库", U"倉庫",
    U"车间", U"車間", U"门店", U"門店", U"分店", U"银行", U"銀行", U"酒店"};

bool NamesAThing(std::u32string_view characters) {
  return std::ranges::any_of(
      kNamedThings, [&](std::u32string_view thing) { return characters.starts_with(thing); });
}

bool IsLatinWord(std::string_view term) {
  return std::ranges::all_of(term, [](char c) { return IsAsciiLetter(c) || c == '\''; });
}

bool BeginAlike(std::string_view a, std::string_view b) {
  const size_t length = std::min({a.size(), b.size(), kAlikeBeginning});
  return length >= kLeastWord && a.substr(0, length) == b.substr(0, length);
}

bool AreOpposites(std::string_view a, std::string_view b) {
  if (a.size() > b.size()) std::swap(a, b);
  return std::ranges::any_of(kOpposingPrefixes, [&](const OpposingPrefix& prefix) {
    return a.size() >= prefix.least_rest && b.size() == a.size() + prefix.text.size() &&
           b.starts_with(prefix.text) && b.ends_with(a);
  });
}

// "lowest" and "highest", "seller" and "buyer".
bool AreFormedAlike(std::string_view a, std::string_view b) {
  return (a.ends_with("est") && b.ends_with("est")) || (a.ends_with("er") && b.ends_with("er"));
}

// "Groner" and "Groener", "Hamza" and "Hamaz": one is the other, misspelt.
bool AreSpelledAlike(std::string_view a, std::string_view b) {
  std::string first = AsciiLower(a);
  std::string second = AsciiLower(b);
  if (first.size() > second.size()) std::swap(first, second);
  if (first.size() < kAlikeBeginning || second.size() > first.size() + 1) return false;
  if (EditDistance(first, second) <= 1) return true;
  std::ranges::sort(first);
  std::ranges::sort(second);
  return first == second;
}

// The words of a text by their places; a gap is a stop word.
struct PlacedWords {
  PlacedWords(std::string_view words, const Analyzer& analyzer) : text(words) {
    for (Token& token : analyzer.Tokenize(text)) {
      const uint32_t position = token.position;
      by_position.emplace(position, std::move(token));
    }
  }

  std::string_view FormOf(const Token& token) const {
    return text.substr(token.begin, token.end - token.begin);
  }

  // The word at the position beside `token`, with nothing but a space or hyphen between; nullptr if there is none.
  const Token* Beside(const Token& token, int side) const {
    const auto found = by_position.find(token.position + static_cast<uint32_t>(side));
    if (found == by_position.end()) return nullptr;
    const Token& other = found->second;
    const size_t begin = side < 0 ? other.end : token.end;
    const size_t end = side < 0 ? token.begin : other.begin;
    if (begin > end) return nullptr;
    return text.substr(begin, end - begin).find_first_not_of(" -\n") == text.npos ? &other
                                                                                  : nullptr;
  }

  // The word before `token`, be it a stop word, in lower case; "" at the beginning and behind a mark.
  std::string Before(const Token& token) const {
    size_t end = token.begin;
    while (end > 0 && (text[end - 1] == ' ' || text[end - 1] == '-')) --end;
    size_t begin = end;
    while (begin > 0 && IsAsciiLetter(text[begin - 1])) --begin;
    return AsciiLower(text.substr(begin, end - begin));
  }

  // Whether a noun and what describes it may begin at `token`.
  bool BeginsNoun(const Token& token) const {
    const std::string before = Before(token);
    return before.empty() ? token.begin == 0 : IsOneOf(before, kBeforeNouns);
  }

  std::string_view text;
  std::map<uint32_t, Token> by_position;
};

// Seeks words of Latin letters in one sentence and the headings above it.
class LatinReplacement {
 public:
  LatinReplacement(const PassageReading& reading, const Sentence& sentence, std::string_view text,
                   std::string_view header, const Analyzer& analyzer)
      : question_(reading.question()),
        near_(sentence.terms | reading.HeaderOf(sentence)),
        asked_(question_.text, analyzer),
        lines_{PlacedWords(text, analyzer), PlacedWords(header, analyzer)},
        is_negated_(IsNegated(text)) {
    for (size_t i = 0; i < question_.terms.size(); ++i) {
      numbers_.emplace(question_.terms[i].term, i);
    }
    for (const auto& [position, word] : asked_.by_position) {
      if (IsMissing(word)) missing_.insert(word.term);
    }
  }

  std::optional<ReplacedWord> Find() const {
    for (const auto& [position, word] : asked_.by_position) {
      if (!missing_.contains(word.term)) continue;
      if (auto found = OppositeOf(word)) return found;
      for (const int side : {1, -1}) {  // of the neighbour that both share
        const Token* neighbour = asked_.Beside(word, side);
        if (neighbour == nullptr || !IsTold(*neighbour)) continue;
        if (const auto found = InPlaceOf(word, *neighbour, side)) return found;
      }
    }
    return std::nullopt;
  }

 private:
  const QuestionTerm* TermOf(const Token& word) const {
    const auto found = numbers_.find(word.term);
    return found == numbers_.end() ? nullptr : &question_.terms[found->second];
  }

  bool IsNear(const Token& word) const {
    const auto found = numbers_.find(word.term);
    return found != numbers_.end() && near_.test(found->second);
  }

  bool SaysMuch(const Token& word) const {
    const QuestionTerm* term = TermOf(word);
    return term != nullptr && IsLatinWord(word.term) && term->emphasis >= 1;
  }

  bool IsTold(const Token& word) const { return SaysMuch(word) && IsNear(word); }

  // Whether neither the word nor one that begins as it does is there. Behind a question word stands what the answer
  // is, not what it is asked of: "which country".
  bool IsMissing(const Token& word) const {
    if (!SaysMuch(word) || IsNear(word) || word.term.size() < kLeastWord) return false;
    if (IsOneOf(asked_.Before(word), kAskingForKinds)) return false;
    for (const PlacedWords& line : lines_) {
      for (const auto& [position, other] : line.by_position) {
        if (BeginAlike(other.term, word.term)) return false;
      }
    }
    return true;
  }

  ReplacedWord Pair(const Token& word, const PlacedWords& line, const Token& other) const {
    return {.asked = std::string(asked_.FormOf(word)), .there = std::string(line.FormOf(other))};
  }

  // What denies its opposite says the word.
  std::optional<ReplacedWord> OppositeOf(const Token& word) const {
    const std::string before = asked_.Before(word);  // "un-elected"
    if (is_negated_ || question_.negated ||
        std::ranges::find(kOpposingPrefixes, before, &OpposingPrefix::text) !=
            std::end(kOpposingPrefixes)) {
      return std::nullopt;
    }
    for (const auto& [position, other] : lines_[0].by_position) {
      if (!numbers_.contains(other.term) && AreOpposites(word.term, other.term))
        return Pair(word, lines_[0], other);
    }
    return std::nullopt;
  }

  std::optional<ReplacedWord> InPlaceOf(const Token& word, const Token& neighbour, int side) const {
    std::optional<ReplacedWord> found;
    bool stands_alone = false;  // the neighbour, somewhere in the sentence
    for (const PlacedWords& line : lines_) {
      for (const auto& [position, there] : line.by_position) {
        if (there.term != neighbour.term) continue;
        const Token* other = line.Beside(there, -side);
        if (other == nullptr || numbers_.contains(other->term)) {
          stands_alone = stands_alone || &line == &lines_[0];
          continue;
        }
        if (!IsLatinWord(other->term) || SaysLittle(line.FormOf(*other)) ||
            AreSpelledAlike(asked_.FormOf(word), line.FormOf(*other))) {
          continue;
        }
        ReplacedWord pair = Pair(word, line, *other);
        pair.beside = asked_.FormOf(neighbour);
        if (AreSiblings(word, line, *other, side)) return pair;
        if (side > 0 && !found && line.BeginsNoun(*other) && MayDescribeAlike(word, line, *other))
          found = std::move(pair);
      }
    }
    const bool is_only_missing = missing_.size() == 1;
    return stands_alone || !is_only_missing || !MayBeginNoun(word) ? std::nullopt : found;
  }

  bool AreSiblings(const Token& word, const PlacedWords& line, const Token& other, int side) const {
    const std::string_view ours = asked_.FormOf(word);
    const std::string_view theirs = line.FormOf(other);
    if (AreFormedAlike(AsciiLower(ours), AsciiLower(theirs))) return true;
    if (side < 0 || !TermOf(word)->is_name) return false;
    if (IsCountingWord(AsciiLower(ours))) return IsCountingWord(AsciiLower(theirs));
    return IsAsciiUpper(ours[0]) && IsAsciiUpper(theirs[0]);
  }

  bool MayBeginNoun(const Token& word) const {
    return asked_.BeginsNoun(word) || IsOneOf(asked_.Before(word), kBeforeSubjects);
  }

  // No name stands in the place of a word, no adverb or superlative in that of an adjective.
  bool MayDescribeAlike(const Token& word, const PlacedWords& line, const Token& other) const {
    const std::string_view ours = asked_.FormOf(word);
    const std::string_view theirs = line.FormOf(other);
    const auto is_name = [](std::string_view form, const Token& token) {
      return token.begin > 0 && std::ranges::any_of(form, IsAsciiUpper);
    };
    return !is_name(ours, word) && !is_name(theirs, other) &&
           ours.ends_with("ly") == theirs.ends_with("ly") &&
           ours.ends_with("est") == theirs.ends_with("est");
  }

  const Question& question_;
  const TermSet near_;
  const PlacedWords asked_;
  const PlacedWords lines_[2];  // the sentence, the headings
  const bool is_negated_;
  std::map<std::string, size_t> numbers_;  // of the question's terms
  std::set<std::string> missing_;          // terms
};

std::string Written(std::u32string_view characters) {
  std::string text;
  for (const char32_t c : characters) AppendCodePoint(text, c);
  return text;
}

// Seeks stretches of Chinese characters.
class ChineseReplacement {
 public:
  // `names`: those that hold for all of the passage, of which no other word takes the place.
  ChineseReplacement(std::string_view question, std::string_view text, std::string_view header,
                     std::string_view names, bool is_row)
      : asked_(ToUtf32(Fold(question))),
        text_(ToUtf32(Fold(text)) + U"\n" + ToUtf32(Fold(header))),
        known_(text_ + U"\n" + ToUtf32(Fold(names))),
        is_row_(is_row),
        is_told_(asked_.size() + 1) {
    for (size_t i = 0; i + 1 < asked_.size(); ++i) {
      if (!IsCjk(asked_[i]) || !IsCjk(asked_[i + 1])) continue;
      if (known_.find(asked_.substr(i, 2)) != known_.npos) is_told_[i] = is_told_[i + 1] = true;
    }
  }

  std::optional<ReplacedWord> Find() const {
    for (size_t begin = 0; begin < asked_.size(); ++begin) {
      if (!IsMissing(begin)) continue;
      size_t end = begin;
      while (IsMissing(end)) ++end;
      // Behind a question word stands what the answer is, not what it is asked of: "哪家公司".
      size_t before = begin;
      while (before > 0 && Holds(kJoiningCharacters, asked_[before - 1])) --before;
      const bool is_asked_for = before > 0 && asked_[before - 1] == U' ';
      if (!is_asked_for) {
        if (auto found = Before(begin, end)) return found;
        if (auto found = InLabel(begin, end)) return found;
      }
      begin = end;
    }
    return std::nullopt;
  }

 private:
  bool IsMissing(size_t i) const {
    return IsPhrase(asked_, i) && !is_told_[i] && !Holds(kTellingNothing, asked_[i]) &&
           !Holds(known_, asked_[i]);
  }

  static bool Holds(std::u32string_view characters, char32_t c) {
    return characters.find(c) != characters.npos;
  }

  static bool IsPhrase(const std::u32string& text, size_t i) {
    return i < text.size() && IsCjk(text[i]) && !Holds(kJoiningCharacters, text[i]);
  }

  // Another character than the question's.
  bool IsOther(size_t i) const {
    return IsPhrase(text_, i) && !Holds(kTellingNothing, text_[i]) && !Holds(asked_, text_[i]);
  }

  // As many others before the characters behind [begin, end), or of a name any number.
  std::optional<ReplacedWord> Before(size_t begin, size_t end) const {
    if (begin > 0 && IsPhrase(asked_, begin - 1)) return std::nullopt;
    size_t before = begin;
    while (before > 0 && Holds(kJoiningCharacters, asked_[before - 1])) --before;
    size_t frame = end;
    while (is_told_[frame] && IsCjk(asked_[frame])) ++frame;
    const size_t length = end - begin;
    for (; frame >= end + kLeastFrame; --frame) {
      const std::u32string shared = asked_.substr(end, frame - end);
      for (size_t at = text_.find(shared); at != text_.npos; at = text_.find(shared, at + 1)) {
        const bool is_name = length > 1 && NamesAThing(shared);
        size_t from = at;
        while (from > 0 && at - from < (is_name ? kLongestName : length) && IsOther(from - 1))
          --from;
        // At the beginning of a phrase, or behind what the question has there, too.
        const bool is_inside = from > 0 && IsPhrase(text_, from - 1) &&
                               !(before > 0 && text_[from - 1] == asked_[before - 1]);
        if (at - from < (is_name ? kLeastName : length) || is_inside) continue;
        // Where a word ends is not known: a single character is named with all that both share.
        const size_t tail = length == 1 ? shared.size() : 0;
        return ReplacedWord{.asked = Written(asked_.substr(begin, length + tail)),
                            .there = Written(text_.substr(from, at - from + tail)),
                            .beside = Written(shared)};
      }
    }
    return std::nullopt;
  }

  // Others behind the characters before [begin, end), to the end of a label.
  std::optional<ReplacedWord> InLabel(size_t begin, size_t end) const {
    if (!is_row_ || IsPhrase(asked_, end)) return std::nullopt;
    size_t frame = begin;
    while (frame > 0 && is_told_[frame - 1] && IsPhrase(asked_, frame - 1)) --frame;
    if (begin - frame < kLeastFrame) return std::nullopt;
    const std::u32string shared = asked_.substr(frame, begin - frame);
    for (size_t at = text_.find(shared); at != text_.npos; at = text_.find(shared, at + 1)) {
      if (at > 0 && IsCjk(text_[at - 1])) continue;
      const size_t from = at + shared.size();
      size_t to = from;
      while (IsOther(to)) ++to;
      if (to == from || to > from + kLongestLabel || (to < text_.size() && IsCjk(text_[to])))
        continue;
      const std::u32string front = end - begin == 1 || to - from == 1 ? shared : U"";
      return ReplacedWord{.asked = Written(front + asked_.substr(begin, end - begin)),
                          .there = Written(front + text_.substr(from, to - from)),
                          .beside = Written(shared)};
    }
    return std::nullopt;
  }

  const std::u32string asked_;  // without question words
  const std::u32string text_;   // the sentence, the headings
  const std::u32string known_;  // and the names
  const bool is_row_;
  std::vector<bool> is_told_;  // by character of asked_: in a pair that the text holds
};

}  // namespace

std::optional<ReplacedWord> FindReplacedWord(const PassageReading& reading,
                                             const Sentence& sentence, const Analyzer& analyzer) {
  if (sentence.sibling)
    return ReplacedWord{.asked = sentence.sibling->asked, .there = sentence.sibling->there};
  const Passage& passage = reading.passages()[sentence.passage];
  const SourceSpan span = SpanWithin(passage.chunk, sentence.range.begin, sentence.range.end);
  const std::string header = ContextualHeader(passage.title, span.heading_path);
  const std::string_view text = reading.TextOf(sentence);
  std::string near(text);
  near += '\n' + header;
  if (auto kin = reading.asked_codes().FindKin(near, passage.chunk.text, analyzer))
    return ReplacedWord{.asked = std::move(kin->asked), .there = std::move(kin->there)};
  if (auto found = LatinReplacement(reading, sentence, text, header, analyzer).Find()) return found;
  return ChineseReplacement(reading.question().text, text, header, reading.NamesOver(passage),
                            sentence.kind == BlockKind::kTable)
      .Find();
}

}  // namespace quarry::model
