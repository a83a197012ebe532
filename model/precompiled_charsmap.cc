#include "model/precompiled_charsmap.h"

#include <algorithm>

#include "base/coding.h"
#include "base/text.h"

namespace quarry::model {
namespace {

// In bytes. A key is a character with its marks; the longest compatibility form of Unicode, that of
// U+FDFA, has 33.
constexpr size_t kMaxKey = 256;
constexpr size_t kMaxReplacement = 256;

// The fields of a unit of the double array.
bool HasLeaf(uint32_t unit) { return ((unit >> 8) & 1) != 0; }
uint32_t ValueOf(uint32_t unit) { return unit & 0x7FFFFFFFu; }
uint32_t LabelOf(uint32_t unit) { return unit & 0x800000FFu; }
uint32_t OffsetOf(uint32_t unit) { return (unit >> 10) << ((unit & (1u << 9)) >> 6); }

}  // namespace

Result<PrecompiledCharsmap> PrecompiledCharsmap::Parse(std::string_view bytes) {
  RecordReader reader(bytes);
  const uint32_t size = reader.Fixed32();
  if (!reader.ok() || size % 4 != 0 || size == 0 || size > reader.remaining()) {
    return InvalidArgumentError("precompiled charsmap: a trie of " + std::to_string(size) +
                                " bytes in " + std::to_string(bytes.size()));
  }
  PrecompiledCharsmap charsmap;
  charsmap.units_.reserve(size / 4);
  for (uint32_t i = 0; i < size / 4; ++i) charsmap.units_.push_back(reader.Fixed32());
  charsmap.replacements_ = bytes.substr(4 + size);
  if (charsmap.replacements_.empty() || charsmap.replacements_.back() != '\0') {
    return InvalidArgumentError("precompiled charsmap: the replacements do not end with NUL");
  }
  const std::string& replacements = charsmap.replacements_;
  for (size_t begin = 0; begin < replacements.size();) {
    const size_t end = replacements.find('\0', begin);
    if (end - begin > kMaxReplacement) {
      return InvalidArgumentError("precompiled charsmap: a replacement of " +
                                  std::to_string(end - begin) + " bytes; expected at most " +
                                  std::to_string(kMaxReplacement));
    }
    begin = end + 1;
  }
  return charsmap;
}

size_t PrecompiledCharsmap::LongestKey(std::string_view text, uint32_t& value) const {
  size_t longest = 0;
  size_t node = OffsetOf(units_[0]);
  // The links of a damaged table may run in a circle.
  for (size_t i = 0; i < std::min(text.size(), kMaxKey); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte == 0) break;  // no key has one
    node ^= byte;
    if (node >= units_.size() || LabelOf(units_[node]) != byte) break;
    const uint32_t unit = units_[node];
    node ^= OffsetOf(unit);
    if (!HasLeaf(unit)) continue;
    if (node >= units_.size()) break;
    const uint32_t at = ValueOf(units_[node]);
    if (at >= replacements_.size()) continue;
    longest = i + 1;
    value = at;
  }
  return longest;
}

std::string PrecompiledCharsmap::Normalize(std::string_view text) const {
  std::string out;
  out.reserve(text.size());
  for (size_t offset = 0; offset < text.size();) {
    uint32_t value = 0;
    if (const size_t size = LongestKey(text.substr(offset), value); size > 0) {
      out += replacements_.c_str() + value;
      offset += size;
    } else {
      AppendCodePoint(out, NextCodePoint(text, offset));
    }
  }
  return out;
}

}  // namespace quarry::model
