#pragma once

// PrecompiledCharsmap: the normalisation table that sentencepiece compiles into its models and
// tokenizer.json carries as "Precompiled": which character sequences become which. Internal to the
// tokenizers of model/.
//
// Bytes: length of the trie (u32, little-endian), the trie as a double array (Yata et al., "A compact
// static double-array keeping character codes", 2007, in the units of darts-clone), then the
// replacements, each ended by a NUL; a key's value is where its replacement begins.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace quarry::model {

// Immutable and thread-safe. Damaged bytes give other replacements, never a read outside.
class PrecompiledCharsmap {
 public:
  // kInvalidArgument for lengths that do not fit and replacements of more than 256 bytes.
  static Result<PrecompiledCharsmap> Parse(std::string_view bytes);

  // From left to right the longest key is replaced, characters without one stay, malformed bytes
  // become U+FFFD: as sentencepiece does it.
  std::string Normalize(std::string_view text) const;

 private:
  // The longest key that `text` begins with; its size and, in `value`, where its replacement
  // begins. 0 where there is none.
  size_t LongestKey(std::string_view text, uint32_t& value) const;

  std::vector<uint32_t> units_;
  std::string replacements_;  // ends with NUL
};

}  // namespace quarry::model
