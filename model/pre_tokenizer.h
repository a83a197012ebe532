#pragma once

// The steps by which a normalised text is cut into the pieces that the token model gets: what
// tokenizer.json calls pre-tokenizers. Internal to the tokenizers of model/.

#include <functional>
#include <string>
#include <vector>

#include "base/status.h"
#include "base/text.h"
#include "model/token_normalizer.h"

namespace quarry::model {

// Pieces of one text, in order and without overlap; what lies between them is left out.
struct Pieces {
  std::string text;
  std::vector<ByteRange> ranges;
  bool at_start = true;  // of what was given to the tokenizer, not behind an added token
};

// Cuts each piece further; may write the text anew. Pure and thread-safe. Errors: those of a
// regular expression on a text.
using PreTokenizerStep = std::function<Status(Pieces& pieces)>;

// What becomes of the matches that a piece is cut at.
enum class SplitBehavior {
  kRemoved,
  kIsolated,            // each a piece
  kContiguous,          // neighbours are one piece
  kMergedWithPrevious,  // the end of the piece before
  kMergedWithNext,      // the start of the piece behind
};

// BERT's: white space goes, each character of punctuation is a piece.
PreTokenizerStep BertPreTokenizer();
PreTokenizerStep WhiteSpaceSplitPreTokenizer();
// With `inverted`, what lies between the matches is taken for the matches.
PreTokenizerStep SplitPreTokenizer(TextPattern pattern, SplitBehavior behavior, bool inverted);
// By a character's property: ASCII or Unicode punctuation, decimal digits.
PreTokenizerStep PunctuationPreTokenizer(SplitBehavior behavior);
PreTokenizerStep DigitsPreTokenizer(bool each);

// sentencepiece's: a space is `replacement`, a piece begins with one, and each begins a piece.
enum class PrependScheme { kAlways, kFirst, kNever };
PreTokenizerStep MetaspacePreTokenizer(std::string replacement, PrependScheme prepend, bool split);

// GPT-2's: each byte is a printable character; cut as GPT-2 does unless `cut` is false.
PreTokenizerStep ByteLevelPreTokenizer(bool add_prefix_space, bool cut);

}  // namespace quarry::model
