#pragma once

// What the sentences of the passages hold of a question: its terms, where they stand, the headings above
// them, and how much each term weighs among the sentences at hand. What the extractive answerer ranks
// (sentence_ranking.h), weighs and declines by. Internal to model/.

#include <bitset>
#include <cstdint>
#include <optional>
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
#include "model/synonyms.h"
#include "model/translated_question.h"

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
  uint32_t header =
      0;  // the title, file name and headings above it, as an index into PassageReading's
  uint32_t tokens = 0;
  ByteRange item_term;  // what names the item of a list that it stands in (item_terms.h); or empty
  TermSet terms;        // also those of a number that lies in a range it states, and of synonyms
  std::vector<TermPlace> places;  // in order
  bool in_range = false;          // it is stated for a range that a number of the question lies in
  bool out_of_range = false;      // only for others
  // What it speaks of in the stead of what is asked about (sibling_codes.h).
  std::optional<AskedCodes::Kin> sibling;
  bool is_item_term = false;  // it names the item of a list that other sentences stand in
  bool says_needed = false;   // what the question would do without (asked_without.h)
};

// The name of the passage's file, without folder and ending, as words: "海川物流合同" of "contracts/海川物流合同.docx",
// "minutes 2025" of "minutes_2025-08-14.md", for days and months are numbers that anything may count. "" of a
// document whose id is no file name.
std::string FileNameOf(const Passage& passage);

// Whether `second` stands right behind `first`. Where more white space lies between them, something was taken out of the
// text that is not to be told: nothing is quoted across it.
bool AreSideBySide(const Sentence& first, const Sentence& second);

// Reads once, in its constructor. Question text, passages, analyzer and `translated` must outlive it.
class PassageReading {
 public:
  // `translated`: the question for passages in the other language, whose words are there where a translation is;
  // nullptr for those in its own.
  PassageReading(std::string_view question, const std::vector<Passage>& passages,
                 const Analyzer& analyzer, uint32_t max_tokens,
                 const TranslatedQuestion* translated = nullptr);

  const Question& question() const { return question_; }
  const AskedCodes& asked_codes() const { return asked_codes_; }
  std::string_view question_text() const { return text_; }
  bool is_across() const { return translated_ != nullptr; }
  // Whether the passages are in Chinese: by the question, for they are few in which that could be told.
  bool in_chinese() const { return is_across() ? !translated_->to_english : IsMostlyCjk(text_); }
  const std::vector<Passage>& passages() const { return passages_; }
  const std::vector<Sentence>& sentences() const {
    return sentences_;
  }                                                // in the order of the passages
  const TermSet& codes() const { return codes_; }  // terms with a digit; no asserted values
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
  // Names that hold for all of the passage: of its file, and of the parties of the contract that it is of, where the
  // document's beginning is among the passages.
  std::string NamesOver(const Passage& passage) const;
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
  void FindWhatIsLeftOut();
  void MarkNeeded(Sentence& sentence) const;
  void AddRanges(const std::vector<Token>& tokens, Sentence& sentence);
  void AddItemTerms(size_t first);
  void AddAnnouncedCode(size_t first);
  void AddSiblings(uint32_t passage, size_t first, const std::vector<Token>& tokens);
  uint32_t NumberOf(const Token& token, std::string_view around) const;
  void FindSynonyms();
  void FindCompounds();
  // Of `tokens`, those of `text`, without those of codes and versions that are others than the question's: of "3.2.0" no part is in "3.4.0".
  std::vector<Token> OwnTokens(std::string_view text, std::vector<Token> tokens) const;
  TermSet AddHeader(std::string_view title, const std::vector<std::string>& headings);
  void AddPassage(uint32_t index, uint32_t max_tokens);
  void AddTranslations(uint32_t passage, size_t first, const std::vector<Token>& tokens,
                       TermSet& all);
  void WeighTerms();

  const std::string_view text_;
  const std::vector<Passage>& passages_;
  const Analyzer& analyzer_;
  const TranslatedQuestion* const translated_;
  Question question_;
  AskedCodes asked_codes_;
  std::vector<std::string> asked_versions_;               // "3.2.0"
  std::unordered_map<std::string, std::string> parties_;  // by document
  std::unordered_map<uint64_t, uint32_t> numbers_;        // hash of a term -> its number
  struct SynonymOfTerm {
    Synonym synonym;
    uint32_t number = 0;  // of the question's term
  };
  std::vector<SynonymOfTerm> synonyms_;  // of terms that no passage has
  // Pairs of the question's words, as a term that they may be written as in a passage, and terms that may be a pair there
  // (compound_words.h).
  struct AskedPair {
    std::string term;
    std::vector<uint32_t> numbers;  // of the question's terms
  };
  std::vector<AskedPair> asked_pairs_;
  std::vector<uint32_t> may_be_pairs_;
  TermSet codes_;
  std::vector<AskedNumber> asked_numbers_;
  bool any_in_range_ = false;
  TermSet without_;   // "without" of "can it run without Docker"
  TermSet left_out_;  // what stands right behind
  std::vector<Sentence> sentences_;
  std::vector<TermSet> headers_;  // in the order of the sentences below them
  std::vector<TermSet> passage_terms_;
  std::vector<double> weights_;
  double total_ = 0;
};

}  // namespace quarry::model
