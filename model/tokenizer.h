#pragma once

// Tokenizer: text -> the token ids that a transformer was trained on, as the `tokenizers` library
// gives them for the same folder.
//
//   QUARRY_ASSIGN_OR_RETURN(const auto tokenizer, OpenTokenizer("models/all-MiniLM-L6-v2"));
//   QUARRY_ASSIGN_OR_RETURN(const Encoding input, tokenizer->Encode("a question", 256));
//
// A text is cut at added tokens ("[MASK]"), each part is normalised, cut into pieces, and the
// pieces into tokens of the vocabulary; a template puts the special tokens around them. The
// truncation and padding that a tokenizer.json pins are not looked at: they were settings of whoever
// saved it, and what the model takes stands in its own configuration.

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "model/pre_tokenizer.h"
#include "model/token_model.h"
#include "model/token_normalizer.h"

namespace quarry::model {

// What a model is given.
struct Encoding {
  std::vector<uint32_t> ids;
  std::vector<uint8_t>
      types;  // of the sequence that a token belongs to: 0, or 1 of a pair's second
};

// A token that is found in the text itself and not made by the model.
struct AddedToken {
  std::string content;
  uint32_t id = 0;
  bool single_word = false;  // only between characters that are no word characters
  bool strip_left = false;   // takes the white space before it along
  bool strip_right = false;
  bool normalized = false;  // found in the normalised text, not in the given one
};

// The special tokens around one sequence or two.
struct TokenTemplate {
  enum class Kind : uint8_t { kSpecial, kFirst, kSecond };
  struct Part {
    Kind kind = Kind::kFirst;
    std::vector<uint32_t> ids;  // kSpecial
    uint8_t type = 0;
  };
  std::vector<Part> parts;

  size_t special_count() const;  // tokens
};

// Immutable and thread-safe.
class Tokenizer {
 public:
  struct Parts {
    std::string kind;         // "WordPiece", "BPE", "Unigram"
    uint64_t files_hash = 0;  // of the files it was read from
    uint32_t id_limit = 0;    // above every id
    uint32_t unknown =
        TokenVocabulary::kNone;  // stands for what has no token; kNone: there is none
    std::vector<AddedToken> added;
    std::vector<NormalizerStep> normalizers;
    std::vector<PreTokenizerStep> pre_tokenizers;
    std::unique_ptr<const TokenModel> model;
    TokenTemplate single;
    TokenTemplate pair;  // without parts: the tokenizer has none
  };
  explicit Tokenizer(Parts parts);

  // One sequence in its template, cut at the end to `max_length` tokens with the special ones.
  // Errors: kInvalidArgument where the special tokens alone are more; kResourceExhausted where an
  // expression of the tokenizer takes too long on the text or its steps make too much of it.
  Result<Encoding> Encode(std::string_view text, size_t max_length) const;
  // Two; the longer one is cut first. Also kFailedPrecondition: the tokenizer has no template of
  // pairs.
  Result<Encoding> EncodePair(std::string_view first, std::string_view second,
                              size_t max_length) const;

  // The tokens of `text` without template and limit, and their number.
  Result<std::vector<uint32_t>> Tokenize(std::string_view text) const;
  Result<uint64_t> Count(std::string_view text) const;

  const std::string& kind() const { return parts_.kind; }
  uint64_t files_hash() const { return parts_.files_hash; }
  uint32_t id_limit() const { return parts_.id_limit; }
  uint32_t unknown() const { return parts_.unknown; }

 private:
  Status Normalise(std::string& text) const;
  // Appends the tokens of a text, looking for added tokens of one kind first.
  Status TokenizeGiven(std::string_view text, std::vector<uint32_t>& ids) const;
  Status TokenizePlain(std::string_view text, bool at_start, std::vector<uint32_t>& ids) const;
  Status TokenizeNormalised(std::string_view text, bool at_start, std::vector<uint32_t>& ids) const;

  // Added tokens by their first byte, longest first.
  using TokensByByte = std::array<std::vector<AddedToken>, 256>;
  template <typename Between>
  static Status CutAtAdded(const TokensByByte& tokens, std::string_view text,
                           std::vector<uint32_t>& ids, Between between);

  const Parts parts_;
  TokensByByte added_;             // found in the given text
  TokensByByte added_normalized_;  // found in the normalised one
  bool has_normalized_ = false;
};

// Of a folder: tokenizer.json, else vocab.txt with tokenizer_config.json (BERT's). kNotFound where
// neither is there; kInvalidArgument naming the file, the place in it and what was expected.
Result<std::shared_ptr<const Tokenizer>> OpenTokenizer(const std::string& folder);

}  // namespace quarry::model
