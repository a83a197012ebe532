#pragma once

// Support: whether what is cited carries a sentence. Lexical, local and quick; English and Chinese.
//
// A claim is compared with the pieces (sentences, table rows, lines) of the texts that it cites: which
// of its words stand in the best piece and which anywhere, how many of its neighbouring words stand
// together there, its longest run of words that is there, how much of it is copied in its own forms,
// what stands beside its longest word, its numbers with their units, its names, and whether one of both
// denies. A logistic regression makes one score of these; how it was fitted and
// what it reaches stands in docs/decisions/0029-generation.md. It reads forms and no meaning: a
// paraphrase with other words scores low, a wrong claim of the right words high.

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/analyzer.h"
#include "base/text.h"
#include "generation/quantities.h"
#include "model/answer_kind.h"

namespace quarry::generation {

// A text that may carry claims, analysed once. Immutable.
class SupportText {
 public:
  // `pieces` are ranges of `text`, in order; none = its sentences. `header` (title, headings) belongs
  // to each piece. Copies what it needs.
  SupportText(std::string_view text, std::vector<ByteRange> pieces, std::string_view header,
              const Analyzer& analyzer);

 private:
  friend class SupportCheck;
  struct Piece {
    ByteRange range;
    uint32_t first_token = 0;
    uint32_t end_token = 0;
    model::Denials denials;
    std::vector<Quantity> quantities;
  };
  std::vector<uint64_t> tokens_;  // hashes of the terms, in order
  std::vector<Piece> pieces_;
  std::unordered_map<uint64_t, uint32_t> counts_;  // of every term, those of the header included
  std::unordered_set<uint64_t> stems_;             // of every term
  // Hashes of the words as they are written, stop words too, of Chinese the characters; those of the
  // header behind a 0.
  std::vector<uint64_t> forms_;
  std::unordered_set<uint64_t> form_set_;  // of each one
  std::unordered_set<uint64_t> phrases_;   // of every kPhrase neighbours
  std::vector<uint64_t> header_;
  std::vector<Quantity> quantities_;
};

// All from 0 to 1.
struct SupportFeatures {
  double near = 0;             // share of the claim's words in the best pieces
  double anywhere = 0;         // in all of the texts
  double pairs = 0;            // share of its neighbouring words that stand together somewhere
  double run = 0;              // its longest run of words that stands somewhere, as a share
  double numbers_missing = 0;  // share of its numbers that stand nowhere
  double numbers_far = 0;      // share that stands somewhere and not in the best pieces
  double unit_conflict = 0;    // 1: a number of it stands there with other units only
  double names_missing = 0;    // share of its names that stand nowhere
  double names_far = 0;        // share that stands somewhere and not in the best pieces
  double negation = 0;         // 1: it denies and the best pieces do not, or the other way
  double length = 0;           // of the claim in words, 40 and more = 1
  // Of its words that say something ("the" does not), by weight: those in the one piece that has most,
  // and those that stand anywhere, if only by their first five letters.
  double sentence = 0;
  double stems = 0;
  // As they are written, "the" and endings too: its words that stand anywhere, its phrases of four
  // words, and its names of several words that stand nowhere so ("Lindow Pumping Station").
  double forms = 0;
  double phrases = 0;
  double full_names_missing = 0;
  // Share of its words in the best piece that holds the longest of those that stand anywhere: what a
  // claim is about is a long word more often than a short one.
  double beside_longest = 0;
};

// Scores from here on are called supported.
inline constexpr double kSupportThreshold = 0.5;

struct SupportResult {
  SupportFeatures features;
  double score = 0;  // probability that it is carried
  // The score is high enough, no number is missing and none counts something else, and it does not
  // deny in the same words.
  bool supported = false;
  std::string reason;             // one line: what is not there; "" where all is
  std::vector<ByteRange> quotes;  // of each text: its best piece
};

// `claim` against what it cites; `language` is that of the reason. Without texts or without words nothing carries it: score 0.
SupportResult CheckSupport(std::string_view claim, const std::vector<const SupportText*>& texts,
                           const Analyzer& analyzer, std::string_view language = "en");

}  // namespace quarry::generation
