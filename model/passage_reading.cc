#include "model/passage_reading.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/ascii.h"
#include "base/compound_words.h"
#include "base/document.h"
#include "base/hash.h"
#include "base/text.h"
#include "model/asked_without.h"
#include "model/contract_parties.h"
#include "model/item_terms.h"
#include "model/quotable.h"
#include "model/sibling_codes.h"

namespace quarry::model {
namespace {

// An exponent; 1 would be the usual idf, but ten passages that were found by the question's words say little
// about how rare those are.
constexpr double kRarity = 0.3;

// Of a version, "3.2.0" or "v3.2.0": three numbers or more with dots between them. Without the "v"; "" of all else.
std::string_view VersionOf(std::string_view word) {
  if (word.starts_with('v') || word.starts_with('V')) word.remove_prefix(1);
  size_t numbers = 0;
  bool in_number = false;
  for (const char c : word) {
    if (!IsAsciiDigit(c) && (c != '.' || !in_number)) return {};
    if (IsAsciiDigit(c) && !in_number) ++numbers;
    in_number = c != '.';
  }
  return in_number && numbers >= 3 ? word : std::string_view();
}

// Whether the range, stated in `text`, is of what the number counts: "4-6" of 次 below a column 迟到次数.
bool CountsTheSame(const NumberRange& range, const CountedNumber& number, std::string_view text) {
  if (!range.unit.empty()) return range.unit == number.unit;
  return AsciiLower(text).find(number.unit) != std::string::npos;
}

// Whether what stands before a number says that it is reached, "满12年": such a question is about the number.
bool IsReached(std::string_view before) {
  if (before.ends_with("不满") || before.ends_with("未满") || before.ends_with("不滿") ||
      before.ends_with("未滿")) {
    return false;
  }
  return before.ends_with("满") || before.ends_with("滿") || before.ends_with("达") ||
         before.ends_with("達") || before.ends_with("达到") || before.ends_with("達到");
}

// "Bigger than", "other than".
bool EndsWithComparative(std::string_view before) {
  return AsciiLower(before).ends_with("er than ");
}

// The value that is asked about: the number, or what comes next to it on the one side or the other, "after 30 days",
// 30天以后. "Within 30 days" holds the number and not that.
double AskedValue(double number, std::string_view before, std::string_view behind) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  constexpr std::string_view kAfter[] = {" after ", " past ", " beyond ", "超出", "多过", "多過"};
  constexpr std::string_view kAfterBehind[] = {"后",   "後",   "之后",  "之後",
                                               "以后", "以後", " later"};
  const std::string lower = ' ' + AsciiLower(before);
  const std::string_view number_before = lower;
  const auto stands_behind = [&](std::string_view word) { return behind.starts_with(word); };
  if (std::ranges::any_of(kAfter,
                          [&](std::string_view word) { return number_before.ends_with(word); }) ||
      std::ranges::any_of(kAfterBehind, stands_behind)) {
    return std::nextafter(number, kInfinity);
  }
  // Not 30天前: what is done 30 days ahead is done so many ahead at least.
  if (number_before.ends_with(" before ")) return std::nextafter(number, -kInfinity);
  return number;
}

// Whether `text` has the number itself, not as the bound of one of `ranges`.
bool SaysNumber(std::string_view text, const std::vector<NumberRange>& ranges,
                const CountedNumber& number) {
  return std::ranges::any_of(CountedNumbers(text), [&](const CountedNumber& one) {
    return one.value == number.value && one.unit == number.unit &&
           std::ranges::none_of(ranges, [&](const NumberRange& range) {
             return range.range.begin <= one.range.begin && one.range.begin < range.range.end;
           });
  });
}

// Whether `text` ends in a year of our time: not "VX-2200".
bool EndsInYear(std::string_view text) { return IsYearNumber(TrailingDigits(text)); }

}  // namespace

std::string FileNameOf(const Passage& passage) {
  constexpr size_t kLongestEnding = 5;
  std::string_view name = passage.chunk.document;
  name.remove_prefix(name.rfind('/') + 1);  // behind the last, or nothing
  const size_t dot = name.rfind('.');
  if (dot == name.npos || dot == 0) return {};
  const std::string_view ending = name.substr(dot + 1);
  const bool is_file =
      !ending.empty() && ending.size() <= kLongestEnding && IsAsciiLetter(ending[0]) &&
      std::ranges::all_of(ending, [](char c) { return IsAsciiLetter(c) || IsAsciiDigit(c); });
  if (!is_file) return {};
  name = name.substr(0, dot);
  std::string words;
  for (size_t i = 0; i < name.size();) {
    const size_t begin = i;
    const bool joins = name[i] == '-' || name[i] == '_' || name[i] == '.';
    if (joins) ++i;
    const size_t first = i;
    while (i < name.size() && IsAsciiDigit(name[i])) ++i;
    const bool is_month_or_day = joins && i > first && i <= first + 2 && EndsInYear(words);
    if (i == begin) ++i;
    if (!is_month_or_day) words += name.substr(begin, i - begin);
  }
  std::ranges::replace(words, '_', ' ');
  return words;
}

bool AreSideBySide(const Sentence& first, const Sentence& second) {
  constexpr size_t kMostSpace = 4;
  return first.passage == second.passage && first.block == second.block &&
         second.range.begin <= first.range.end + kMostSpace;
}

PassageReading::PassageReading(std::string_view question, const std::vector<Passage>& passages,
                               const Analyzer& analyzer, uint32_t max_tokens,
                               const TranslatedQuestion* translated)
    : text_(question),
      passages_(passages),
      analyzer_(analyzer),
      translated_(translated),
      question_(translated ? translated->question : AnalyseQuestion(question, analyzer)),
      asked_codes_(question_.text, analyzer) {
  if (question_.terms.size() > kMaxTerms) question_.terms.resize(kMaxTerms);
  for (uint32_t i = 0; i < question_.terms.size(); ++i) {
    numbers_.emplace(Hash64(question_.terms[i].term), i);
    if (question_.terms[i].has_digit && question_.terms[i].is_name) codes_.set(i);
  }
  if (question_.terms.empty()) return;
  FindAskedVersions();
  FindAskedNumbers();
  FindSynonyms();
  FindCompounds();
  FindWhatIsLeftOut();
  for (const Passage& passage : passages_) {
    const Chunk& chunk = passage.chunk;
    if (chunk.ordinal == 0 && !chunk.document.empty())
      parties_[chunk.document] += PartiesOf(chunk.text);
  }
  for (uint32_t i = 0; i < passages_.size(); ++i) AddPassage(i, max_tokens);
  WeighTerms();
}

std::string PassageReading::NamesOver(const Passage& passage) const {
  std::string names = FileNameOf(passage);
  const auto parties = parties_.find(passage.chunk.document);
  if (parties != parties_.end()) names += '\n' + parties->second;
  return names;
}

void PassageReading::FindAskedVersions() {
  ForEachJoined(question_.text, analyzer_.Tokenize(question_.text),
                [&](const Token&, std::string_view joined) {
                  const std::string_view version = VersionOf(joined);
                  if (!version.empty()) asked_versions_.emplace_back(version);
                });
}

std::vector<Token> PassageReading::OwnTokens(std::string_view text,
                                             std::vector<Token> tokens) const {
  tokens = asked_codes_.OwnTokens(text, std::move(tokens));
  if (asked_versions_.empty()) return tokens;
  std::vector<Token> own;
  own.reserve(tokens.size());
  ForEachJoined(text, tokens, [&](const Token& token, std::string_view joined) {
    const std::string_view version = VersionOf(joined);
    if (version.empty() || std::ranges::find(asked_versions_, version) != asked_versions_.end())
      own.push_back(token);
  });
  return own;
}

void PassageReading::FindAskedNumbers() {
  const std::vector<NumberRange> ranges = NumberRanges(question_.text);
  for (CountedNumber& number : CountedNumbers(question_.text)) {
    // "Orders of more than 5,000 euros" are none of 5,000 euros.
    const bool is_bound = std::ranges::any_of(ranges, [&](const NumberRange& range) {
      return range.range.begin <= number.range.begin && number.range.begin < range.range.end;
    });
    const std::string_view text = question_.text;
    const std::string_view before = text.substr(0, number.range.begin);
    // "Bigger than 5 m" tells no more of 5 m than "more than".
    const bool is_compared = EndsWithComparative(before);
    if (number.unit.empty() || is_compared || (is_bound && !IsReached(before))) continue;
    TermSet terms;
    for (size_t i = 0; i < question_.terms.size(); ++i) {
      const QuestionTerm& term = question_.terms[i];
      terms.set(i, term.begin < number.number.end && number.number.begin < term.end);
    }
    const double value = AskedValue(number.value, before, text.substr(number.range.end));
    // The next rule may begin at the next whole number: "within 30 days", "between 31 and 60 days".
    const double next = value > number.value ? std::floor(number.value) + 1 : value;
    if (terms.any()) asked_numbers_.push_back({std::move(number), value, next, terms});
  }
}

void PassageReading::FindWhatIsLeftOut() {
  constexpr size_t kTermsBehind = 3;  // pairs of Chinese characters: 戴安, 安全, 全帽 of 不戴安全帽
  const std::optional<ByteRange> word = FindAskedWithout(text_, question_.text);
  if (!word) return;
  for (size_t i = 0; i < question_.terms.size(); ++i) {
    const QuestionTerm& term = question_.terms[i];
    if (term.begin < word->end && word->begin < term.end) {
      without_.set(i);
    } else if (term.begin >= word->end && term.emphasis >= 1 && left_out_.count() < kTermsBehind) {
      left_out_.set(i);
      if (IsAscii(question_.text[term.begin])) break;  // of English the word itself
    }
  }
}

// "You need Docker" is what a question has whether it runs without Docker.
void PassageReading::MarkNeeded(Sentence& sentence) const {
  const std::string_view text = TextOf(sentence);
  if ((sentence.terms & left_out_).none() || !SaysNeeded(text) || IsNegated(text)) return;
  sentence.says_needed = true;
  sentence.terms |= without_;
}

// What is stated for a range is stated for each number in it. `tokens` are those of the passage.
void PassageReading::AddRanges(const std::vector<Token>& tokens, Sentence& sentence) {
  const std::string_view text = TextOf(sentence);
  const std::vector<NumberRange> ranges = NumberRanges(text);
  if (ranges.empty()) return;
  for (const AskedNumber& asked : asked_numbers_) {
    const NumberRange* holding = nullptr;
    bool has_other = false;
    for (const NumberRange& range : ranges) {
      if (!CountsTheSame(range, asked.number, text)) continue;
      if (!range.Holds(asked.value) && !range.Holds(asked.next)) {
        has_other = true;
      } else if (holding == nullptr) {
        holding = &range;
      }
    }
    if (holding == nullptr) {
      if (has_other && !SaysNumber(text, ranges, asked.number)) sentence.out_of_range = true;
      continue;
    }
    sentence.in_range = true;
    const size_t begin = sentence.range.begin + holding->range.begin;
    const size_t end = sentence.range.begin + holding->range.end;
    const auto token = std::ranges::lower_bound(tokens, begin, {}, &Token::begin);
    for (uint32_t i = 0; i < question_.terms.size(); ++i) {
      if (!asked.terms.test(i) || sentence.terms.test(i)) continue;
      sentence.terms.set(i);
      sentence.places.push_back({i, token == tokens.end() ? 0U : token->position, {begin, end}});
    }
  }
  if (sentence.out_of_range) sentence.in_range = false;
  any_in_range_ = any_in_range_ || sentence.in_range;
  std::ranges::stable_sort(sentence.places, {},
                           [](const TermPlace& place) { return place.range.begin; });
}

// Where none of the passages has a word of the question, others that say the same stand for it.
void PassageReading::FindSynonyms() {
  for (uint32_t i = 0; i < question_.terms.size(); ++i) {
    const QuestionTerm& term = question_.terms[i];
    if (term.is_name || term.emphasis < 1) continue;
    for (Synonym& synonym : SynonymsOf(term.term, analyzer_)) {
      if (!numbers_.contains(Hash64(synonym.term))) synonyms_.push_back({std::move(synonym), i});
    }
  }
  for (const Passage& passage : passages_) {
    if (synonyms_.empty()) return;
    for (const Token& token : analyzer_.Tokenize(IndexedText(passage.title, passage.chunk))) {
      std::erase_if(synonyms_, [&](const SynonymOfTerm& one) {
        return question_.terms[one.number].term == token.term;
      });
    }
  }
}

void PassageReading::FindCompounds() {
  constexpr size_t kShortestWord = 4;  // letters
  for (const WordPair& pair : WordPairs(question_.text)) {
    if (asked_pairs_.size() >= kMaxTerms) break;
    std::vector<uint32_t> numbers;
    for (uint32_t i = 0; i < question_.terms.size(); ++i) {
      const QuestionTerm& term = question_.terms[i];
      if (pair.first.begin <= term.begin && term.end <= pair.second.end) numbers.push_back(i);
    }
    if (numbers.empty()) continue;  // as of words that were there before
    for (std::string& term : JoinedTerms(pair, question_.text, analyzer_))
      asked_pairs_.push_back({std::move(term), numbers});
  }
  for (uint32_t i = 0; i < question_.terms.size(); ++i) {
    const std::string& term = question_.terms[i].term;
    if (term.size() >= kShortestWord && std::ranges::all_of(term, IsAsciiLetter))
      may_be_pairs_.push_back(i);
  }
}

// The number of the question's term that the token is or says, or UINT32_MAX. `around`: the sentence that it stands in.
uint32_t PassageReading::NumberOf(const Token& token, std::string_view around) const {
  const auto found = numbers_.find(Hash64(token.term));
  if (found != numbers_.end() && question_.terms[found->second].term == token.term)
    return found->second;
  for (const SynonymOfTerm& one : synonyms_) {
    if (one.synonym.term == token.term && StandsBeside(one.synonym.beside, around))
      return one.number;
  }
  return UINT32_MAX;
}

void PassageReading::AddPassage(uint32_t index, uint32_t max_tokens) {
  const Passage& passage = passages_[index];
  const std::string_view text = passage.chunk.text;
  const std::string title = passage.title + ' ' + NamesOver(passage);
  TermSet all = AddHeader(title, passage.chunk.span.heading_path);
  std::vector<std::string> headings = passage.chunk.span.heading_path;
  const size_t first = sentences_.size();
  size_t at = first;
  const std::vector<ByteRange> item_terms = ItemTerms(passage.chunk);
  for (const QuotablePiece& piece : QuotablePieces(passage.chunk, max_tokens)) {
    const SourceSpan span = SpanWithin(passage.chunk, piece.range.begin, piece.range.end);
    if (span.heading_path != headings) {
      headings = span.heading_path;
      all |= AddHeader(title, headings);
    }
    Sentence sentence;
    sentence.passage = index;
    sentence.range = piece.range;
    sentence.block = piece.block;
    sentence.kind = BlockKindAt(passage.chunk, piece.range.begin);
    sentence.header = static_cast<uint32_t>(headers_.size() - 1);
    sentence.tokens = CountTokens(TextOf(sentence));
    if (const size_t block = BlockAt(passage.chunk, piece.range.begin); block < item_terms.size())
      sentence.item_term = item_terms[block];
    sentences_.push_back(std::move(sentence));
  }
  std::vector<Token> all_tokens = analyzer_.Tokenize(text);
  AddSiblings(index, first, all_tokens);
  const std::vector<Token> tokens = OwnTokens(text, std::move(all_tokens));
  for (const Token& token : tokens) {
    while (at < sentences_.size() && sentences_[at].range.end <= token.begin) ++at;
    const bool is_quotable = at < sentences_.size() && sentences_[at].range.begin <= token.begin;
    const std::string_view around = is_quotable ? TextOf(sentences_[at]) : std::string_view();
    const auto add = [&](uint32_t number) {
      all.set(number);
      if (!is_quotable) return;
      sentences_[at].terms.set(number);
      sentences_[at].places.push_back({number, token.position, {token.begin, token.end}});
    };
    if (const uint32_t number = NumberOf(token, around); number != UINT32_MAX) add(number);
    for (const AskedPair& pair : asked_pairs_) {
      if (pair.term == token.term) std::ranges::for_each(pair.numbers, add);
    }
    for (const uint32_t i : may_be_pairs_) {
      if (MakesWithNext(question_.terms[i].term, token.term, text, token.end)) add(i);
    }
  }
  if (translated_ != nullptr) AddTranslations(index, first, tokens, all);
  for (size_t i = first; i < sentences_.size() && !asked_numbers_.empty(); ++i) {
    AddRanges(tokens, sentences_[i]);
    all |= sentences_[i].terms;
  }
  for (size_t i = first; i < sentences_.size() && left_out_.any(); ++i) {
    MarkNeeded(sentences_[i]);
    all |= sentences_[i].terms;
  }
  AddItemTerms(first);
  AddAnnouncedCode(first);
  // A question stands above its answer as a heading does.
  for (size_t i = first + 1; i < sentences_.size(); ++i) {
    const Sentence& above = sentences_[i - 1];
    if (!EndsWithQuestionMark(TextOf(above)) || EndsWithQuestionMark(TextOf(sentences_[i])))
      continue;
    headers_.push_back(headers_[sentences_[i].header] | above.terms);
    sentences_[i].header = static_cast<uint32_t>(headers_.size() - 1);
  }
  passage_terms_.push_back(all);
}

// `all`: the terms of the passage. `tokens` are those of it.
void PassageReading::AddTranslations(uint32_t passage, size_t first,
                                     const std::vector<Token>& tokens, TermSet& all) {
  size_t at = first;
  for (const TranslatedQuestion::Place& place :
       translated_->PlacesIn(passages_[passage].chunk.text, analyzer_)) {
    while (at < sentences_.size() && sentences_[at].range.end <= place.range.begin) ++at;
    const bool is_quotable =
        at < sentences_.size() && sentences_[at].range.begin <= place.range.begin;
    const auto token = std::ranges::lower_bound(tokens, place.range.begin, {}, &Token::begin);
    for (const uint32_t term : place.terms) {
      if (term >= question_.terms.size()) continue;
      all.set(term);
      if (!is_quotable) continue;
      sentences_[at].terms.set(term);
      sentences_[at].places.push_back(
          {term, token == tokens.end() ? 0U : token->position, place.range});
    }
  }
  for (size_t i = first; i < sentences_.size(); ++i) {
    std::ranges::stable_sort(sentences_[i].places, {},
                             [](const TermPlace& place) { return place.range.begin; });
  }
}

// What names an item stands above it as a heading does. Of the sentences of the last passage, from the `first` on.
void PassageReading::AddItemTerms(size_t first) {
  for (size_t i = first; i < sentences_.size(); ++i) {
    Sentence& sentence = sentences_[i];
    if (sentence.item_term.begin == sentence.item_term.end) continue;
    TermSet above;
    for (size_t j = first; j < i; ++j) {
      Sentence& other = sentences_[j];
      if (other.range.begin < sentence.item_term.begin || other.range.end > sentence.item_term.end)
        continue;
      other.is_item_term = true;
      above |= other.terms | headers_[other.header];  // it may stand in an item itself
    }
    headers_.push_back(headers_[sentence.header] | above);
    sentence.header = static_cast<uint32_t>(headers_.size() - 1);
  }
}

// What code shows, the sentence above it says: "In a container:" and "docker run ...". Of the sentences of the last
// passage, from the `first` on.
void PassageReading::AddAnnouncedCode(size_t first) {
  for (size_t i = first; i + 1 < sentences_.size(); ++i) {
    Sentence& above = sentences_[i];
    const std::string_view text = TextOf(above);
    const bool announces =
        above.kind != BlockKind::kCode && (text.ends_with(':') || text.ends_with("："));
    if (!announces || sentences_[i + 1].kind != BlockKind::kCode) continue;
    TermSet shown;
    for (size_t j = i + 1; j < sentences_.size() && sentences_[j].block == sentences_[i + 1].block;
         ++j)
      shown |= sentences_[j].terms;
    if (shown.none()) continue;
    headers_.push_back(headers_[above.header] | shown);
    above.header = static_cast<uint32_t>(headers_.size() - 1);
  }
}

// Of its sentences, from the `first` on. `tokens` are all of the passage.
void PassageReading::AddSiblings(uint32_t passage, size_t first, const std::vector<Token>& tokens) {
  if (asked_codes_.empty() || AsksBesideCodes(text_)) return;
  const Chunk& chunk = passages_[passage].chunk;
  const std::vector<AskedCodes::Place> places = asked_codes_.PlacesIn(chunk.text, tokens);
  std::optional<std::vector<std::string>> headings;  // that `above` is of
  CodesAbove above;
  for (size_t i = first; i < sentences_.size(); ++i) {
    Sentence& sentence = sentences_[i];
    if (sentence.kind == BlockKind::kCode) continue;
    SourceSpan span = SpanWithin(chunk, sentence.range.begin, sentence.range.end);
    if (!headings || *headings != span.heading_path) {
      above = CodesAboveOf(passages_[passage].title, span.heading_path, asked_codes_, analyzer_);
      headings = std::move(span.heading_path);
    }
    CodesAbove nearest = above;
    const bool is_answer = i > first && EndsWithQuestionMark(TextOf(sentences_[i - 1]));
    if (is_answer && sentences_[i - 1].sibling) nearest.sibling = sentences_[i - 1].sibling;
    sentence.sibling = SiblingSpokenOf(chunk.text, sentence.range,
                                       sentence.kind == BlockKind::kTable, places, nearest);
  }
}

TermSet PassageReading::TermsIn(std::string_view text) const {
  TermSet terms;
  for (const Token& token : OwnTokens(text, analyzer_.Tokenize(text))) {
    if (const uint32_t number = NumberOf(token, text); number != UINT32_MAX) terms.set(number);
  }
  if (translated_ == nullptr) return terms;
  for (const TranslatedQuestion::Place& place : translated_->PlacesIn(text, analyzer_)) {
    for (const uint32_t term : place.terms) {
      if (term < question_.terms.size()) terms.set(term);
    }
  }
  return terms;
}

bool PassageReading::HoldsAllOf(std::string_view text) const {
  bool holds = false;
  uint32_t position = UINT32_MAX;
  for (const Token& token : analyzer_.Tokenize(text)) {
    if (token.position != position && position != UINT32_MAX && !holds) return false;
    if (token.position != position) holds = false;
    position = token.position;
    holds = holds || NumberOf(token, text) != UINT32_MAX;
  }
  return holds;
}

// The question's terms in a title and its headings, as a new entry of headers_.
TermSet PassageReading::AddHeader(std::string_view title,
                                  const std::vector<std::string>& headings) {
  const std::string text = ContextualHeader(title, headings);
  TermSet header = TermsIn(text);
  const std::vector<NumberRange> ranges =
      asked_numbers_.empty() ? std::vector<NumberRange>() : NumberRanges(text);
  for (const AskedNumber& asked : asked_numbers_) {
    const bool holds = std::ranges::any_of(ranges, [&](const NumberRange& range) {
      return CountsTheSame(range, asked.number, text) &&
             (range.Holds(asked.value) || range.Holds(asked.next));
    });
    if (holds) header |= asked.terms;
  }
  headers_.push_back(header);
  return header;
}

void PassageReading::WeighTerms() {
  const double count = static_cast<double>(sentences_.size());
  for (size_t i = 0; i < question_.terms.size(); ++i) {
    double holding = 0;
    for (const Sentence& sentence : sentences_) holding += sentence.terms.test(i) ? 1 : 0;
    const double idf = std::log(1.0 + (count - holding + 0.5) / (holding + 0.5));
    weights_.push_back(question_.terms[i].emphasis * std::pow(idf, kRarity));
  }
  total_ = WeightOf(TermSet().set());
}

double PassageReading::WeightOf(const TermSet& terms) const {
  double weight = 0;
  for (size_t i = 0; i < weights_.size(); ++i) {
    if (terms.test(i)) weight += weights_[i];
  }
  return weight;
}

double PassageReading::Coverage(const Sentence& sentence) const {
  const TermSet header = HeaderOf(sentence) & ~sentence.terms;
  return (WeightOf(sentence.terms) + kHeader * WeightOf(header)) / total_;
}

std::string_view PassageReading::TextOf(const Sentence& sentence) const {
  return std::string_view(passages_[sentence.passage].chunk.text)
      .substr(sentence.range.begin, sentence.range.end - sentence.range.begin);
}

}  // namespace quarry::model
