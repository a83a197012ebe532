#pragma once

// The steps by which a tokenizer changes a text before it is cut: what tokenizer.json calls
// normalizers. Internal to the tokenizers of model/.
//
// Each agrees with the `tokenizers` library character by character; the steps are pure and
// thread-safe. Errors: those of a regular expression on a text, and of CheckGrowth.

#include <functional>
#include <optional>
#include <string>
#include <variant>

#include "base/status.h"
#include "base/text_regex.h"
#include "base/text_unicode.h"
#include "model/precompiled_charsmap.h"

namespace quarry::model {

using NormalizerStep = std::function<Status(std::string& text)>;

// Text may grow: a ligature comes apart, a prefix is put before it. No tokenizer that was ever used
// needs more than this. kResourceExhausted where a text of `given` bytes has become one of `made`, and
// that is more than 16 times and 1 KiB.
Status CheckGrowth(size_t given, size_t made);

// BERT's: control characters go, white space is a space; spaces round each ideograph; accents go;
// small letters.
struct BertNormalizerOptions {
  bool clean_text = true;
  bool split_ideographs = true;
  bool strip_accents = true;
  bool lower_case = true;
};
NormalizerStep BertNormalizer(BertNormalizerOptions options);

NormalizerStep UnicodeNormalizer(NormalForm form);
NormalizerStep LowerCaseNormalizer();
NormalizerStep StripAccentsNormalizer();  // every combining mark
NormalizerStep StripNormalizer(bool left, bool right);
NormalizerStep PrependNormalizer(std::string prefix);  // an empty text stays empty
NormalizerStep CharsmapNormalizer(PrecompiledCharsmap charsmap);

// What is looked for in a text.
using TextPattern = std::variant<std::string, Regex>;
Result<std::vector<ByteRange>> FindAll(const TextPattern& pattern, std::string_view text);

NormalizerStep ReplaceNormalizer(TextPattern pattern, std::string replacement);

}  // namespace quarry::model
