#pragma once

// TokenModel: cuts a piece of text into tokens of a vocabulary. The three models that published
// folders use; which pieces they get is the pre-tokenizer's matter (pre_tokenizer.h). Internal to
// the tokenizers of model/.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/status.h"
#include "model/token_vocabulary.h"

namespace quarry::model {

// Immutable and thread-safe.
class TokenModel {
 public:
  virtual ~TokenModel() = default;
  // Appends the ids of the tokens of `piece`, well-formed UTF-8.
  virtual void Tokenize(std::string_view piece, std::vector<uint32_t>& ids) const = 0;
};

// WordPiece (Wu et al., "Google's neural machine translation system", 2016): from the front the
// longest token that fits, tokens inside a word being written with a prefix ("##"). A word with a
// rest that no token fits, and one of too many characters, is the unknown token as a whole.
struct WordPieceParts {
  TokenVocabulary vocabulary;
  uint32_t unknown = 0;
  std::string continuing_prefix = "##";
  uint32_t max_characters = 100;  // of a word
};
std::unique_ptr<const TokenModel> MakeWordPiece(WordPieceParts parts);

// Byte pair encoding (Sennrich et al., "Neural machine translation of rare words with subword
// units", 2016): beginning with characters, the pair that was learnt first is merged, the leftmost
// of equal ones, until no learnt pair is left.
struct BpeParts {
  TokenVocabulary vocabulary;
  std::vector<std::pair<std::string, std::string>> merges;  // in the order they were learnt
  uint32_t unknown =
      TokenVocabulary::kNone;  // of a character without a token; kNone: it is dropped
  bool fuse_unknown = false;   // neighbours of those are one
  bool whole_first = false;    // a piece that is a token itself is that token, whatever the merges
};
// kInvalidArgument: a merge of, or into, what is no token.
Result<std::unique_ptr<const TokenModel>> MakeBpe(BpeParts parts);

// Unigram language model (Kudo, "Subword regularization", 2018): of all ways to cut a piece, the
// most probable, found by Viterbi's algorithm. A character that no token covers is unknown, at 10
// below the least score; neighbours of those are one token.
struct UnigramParts {
  std::vector<std::pair<std::string, double>>
      tokens;  // with log probabilities; the id is the place
  uint32_t unknown = 0;
};
// kInvalidArgument: no token, one twice, a score that is not finite, unknown out of range.
Result<std::unique_ptr<const TokenModel>> MakeUnigram(UnigramParts parts);

}  // namespace quarry::model
