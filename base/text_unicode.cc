#include "base/text_unicode.h"

#include <unicode/bytestream.h>
#include <unicode/normalizer2.h>
#include <unicode/stringpiece.h>
#include <unicode/uchar.h>

#include <algorithm>

#include "base/ascii.h"
#include "base/status.h"
#include "base/text.h"

namespace quarry {
namespace {

const icu::Normalizer2& NormalizerOf(NormalForm form) {
  UErrorCode error = U_ZERO_ERROR;
  const icu::Normalizer2* found = nullptr;
  switch (form) {
    case NormalForm::kNfc:
      found = icu::Normalizer2::getNFCInstance(error);
      break;
    case NormalForm::kNfd:
      found = icu::Normalizer2::getNFDInstance(error);
      break;
    case NormalForm::kNfkc:
      found = icu::Normalizer2::getNFKCInstance(error);
      break;
    case NormalForm::kNfkd:
      found = icu::Normalizer2::getNFKDInstance(error);
      break;
  }
  if (U_FAILURE(error)) Fatal(__FILE__, __LINE__, u_errorName(error));
  return *found;
}

uint32_t CategoryOf(char32_t c) { return U_GET_GC_MASK(static_cast<UChar32>(c)); }

}  // namespace

std::string ToNormalForm(std::string_view utf8, NormalForm form) {
  if (std::ranges::all_of(utf8, IsAscii)) return std::string(utf8);
  std::string mended;
  if (!IsValidUtf8(utf8)) {  // ICU's normaliser lets some malformed bytes pass
    for (size_t offset = 0; offset < utf8.size();) {
      AppendCodePoint(mended, NextCodePoint(utf8, offset));
    }
    utf8 = mended;
  }
  std::string out;
  out.reserve(utf8.size());
  icu::StringByteSink<std::string> sink(&out);
  UErrorCode error = U_ZERO_ERROR;
  NormalizerOf(form).normalizeUTF8(
      0, icu::StringPiece(utf8.data(), static_cast<int32_t>(utf8.size())), sink, nullptr, error);
  if (U_FAILURE(error)) Fatal(__FILE__, __LINE__, u_errorName(error));
  return out;
}

bool IsNonspacingMark(char32_t c) { return (CategoryOf(c) & U_GC_MN_MASK) != 0; }

bool IsMark(char32_t c) { return (CategoryOf(c) & U_GC_M_MASK) != 0; }

bool IsPunctuation(char32_t c) { return (CategoryOf(c) & U_GC_P_MASK) != 0; }

bool IsNumeric(char32_t c) { return (CategoryOf(c) & U_GC_N_MASK) != 0; }

bool IsControl(char32_t c) {
  return (CategoryOf(c) & (U_GC_CC_MASK | U_GC_CF_MASK | U_GC_CO_MASK)) != 0;
}

bool IsWhiteSpace(char32_t c) { return u_isUWhiteSpace(static_cast<UChar32>(c)); }

bool IsIdeograph(char32_t c) {
  return (c >= 0x4E00 && c <= 0x9FFF) || (c >= 0x3400 && c <= 0x4DBF) ||
         (c >= 0xF900 && c <= 0xFAFF) || (c >= 0x20000 && c <= 0x2A6DF) ||
         (c >= 0x2A700 && c <= 0x2CEAF) || (c >= 0x2F800 && c <= 0x2FA1F);
}

std::string ToLowerCase(std::string_view utf8) {
  std::string lower;
  lower.reserve(utf8.size());
  for (size_t offset = 0; offset < utf8.size();) {
    const char32_t c = NextCodePoint(utf8, offset);
    if (c == 0x130) {  // the only character whose small form is two
      lower += "i\u0307";
    } else {
      AppendCodePoint(lower, static_cast<char32_t>(u_tolower(static_cast<UChar32>(c))));
    }
  }
  return lower;
}

}  // namespace quarry
