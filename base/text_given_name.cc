#include "base/text_given_name.h"

#include <unicode/uchar.h>

#include <cstddef>

#include "base/text.h"
#include "base/text_unicode.h"

namespace quarry {
namespace {

constexpr size_t kMostCharacters = 64;

}  // namespace

bool IsGivenName(std::string_view name) {
  if (!IsValidUtf8(name) || ToNormalForm(name, NormalForm::kNfc) != name) return false;
  size_t characters = 0;
  for (size_t offset = 0; offset < name.size(); ++characters) {
    const char32_t c = NextCodePoint(name, offset);
    const bool is_plain = u_isalnum(static_cast<UChar32>(c)) != 0;
    const bool may_follow = IsMark(c) || c == '-' || c == '_' || c == '.';
    if (!is_plain && (characters == 0 || !may_follow)) return false;
  }
  return characters >= 1 && characters <= kMostCharacters;
}

}  // namespace quarry
