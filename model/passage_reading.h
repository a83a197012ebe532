#pragma once

// What the sentences of the passages hold of a question: its terms, where they stand, the headings above
// them, and how much each term weighs among the sentences at hand. What the extractive answerer ranks
// (sentence_ranking.h), weighs and declines by. Internal to model/.

#include <bitset>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/analyzer.h"
#include "base/query.h"
#include "base/text.h"
#include "model/codes.h"
#include "model/number_ranges.h"
#include "model/question.h"

namespace quarry::model {

// What a term counts that only the title or a heading above the sentence holds.
constexpr double kHeader = 0.85;
constexpr size_t kMaxTerms = 128;  // of a question; later ones are not looked at
using TermSet = std::bitset<kMaxTerms>;

// Where a term of the question stands in a sentence.
struct TermPlace {
  uint32_t term = 0;
  uint32_t position = 0;  // of the word, as the analyzer counts
  ByteRange range;        // of the passage's text
};

struct Sentence {
  uint32_t passage = 0;
  ByteRange range;
  ByteRange block;  // what it stands in (quotable.h)
  BlockKind kind = BlockKind::kParagraph;
  uint32_t header = 0;  // the title and headings above it, as an index into PassageReading's
  uint32_t tokens = 0;
  TermSet terms;                  // also those of a number that lies in a range it states
  std::vector<TermPlace> places;  // in order
  bool in_range = false;          // it is stated for a range that a number of the question lies in
  bool out_of_range = false;      // only for others
};

// Whether `second` stands right behind `first`. Where more white space lies between them, something was taken out of the
// text that is not to be told: nothing is quoted across it.
bool AreSideBySide(const Sentence& first, const Sentence& second);

// Reads once, in its constructor. Question text, passages and analyzer must outlive it.
class PassageReading {
 public:
  PassageReading(std::string_view question, const std::vector<Passage>& passages,
                 const Analyzer& analyzer, uint32_t max_tokens);

  const Question& question() const { return question_; }
  const AskedCodes& asked_codes() const { return asked_codes_; }
  std::string_view question_text() const { return text_; }
  const std::vector<Passage>& passages() const { return passages_; }
  const std::vector<Sentence>& sentences() const {
    return sentences_;
  }                                                // in the order of the passages
  const TermSet& codes() const { return codes_; }  // terms with a digit
  const TermSet& HeaderOf(const Sentence& sentence) const { return headers_[sentence.header]; }
  // Of a whole passage, headers included.
  const TermSet& PassageTerms(uint32_t passage) const { return passage_terms_[passage]; }
  // The question's terms that a text has.
  TermSet TermsIn(std::string_view text) const;
  // Whether the question holds all words of a text, and it has some.
  bool HoldsAllOf(std::string_view text) const;
  std::string_view TextOf(const Sentence& sentence) const;

  double weight(size_t term) const { return weights_[term]; }
  double total() const { return total_; }  // of all terms
  double WeightOf(const TermSet& terms) const;
  // Whether any of the sentences is in_range.
  bool any_in_range() const { return any_in_range_; }
  // The share of the question's weight in the sentence, less of it for what only its header holds.
  double Coverage(const Sentence& sentence) const;

 private:
  // A number of the question that may lie in a range, and the terms that write it.
  struct AskedNumber {
    CountedNumber number;
    double value = 0;  // the number, or right beside it: "after 30 days" is asked of more than 30
    double next = 0;   // then the next whole number too; else the same
    TermSet terms;
  };

  void FindAskedVersions();
  void FindAskedNumbers();
  void AddRanges(const std::vector<Token>& tokens, Sentence& sentence);
  // Of `text`, without those of codes and versions that are others than the question's: of "3.2.0" no part is in "3.4.0".
  std::vector<Token> OwnTokens(std::string_view text) const;
  uint32_t NumberOf(const Token& token) const;
  TermSet AddHeader(std::string_view title, const std::vector<std::string>& headings);
  void AddPassage(uint32_t index, uint32_t max_tokens);
  void WeighTerms();

  const std::string_view text_;
  const std::vector<Passage>& passages_;
  const Analyzer& analyzer_;
  Question question_;
  AskedCodes asked_codes_;
  std::vector<std::string> asked_versions_;         // "3.2.0"
  std::unordered_map<uint64_t, uint32_t> numbers_;  // hash of a term -> its number
  TermSet codes_;
  std::vector<AskedNumber> asked_numbers_;
  bool any_in_range_ = false;
  std::vector<Sentence> sentences_;
  std::vector<TermSet> headers_;  // in the order of the sentences below them
  std::vector<TermSet> passage_terms_;
  std::vector<double> weights_;
  double total_ = 0;
};

}  // namespace quarry::model
