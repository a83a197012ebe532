#include <unicode/uidna.h>

#include <algorithm>

#include "base/ascii.h"
#include "base/host_name.h"

namespace quarry {
namespace {

constexpr size_t kMaxHostBytes = 1024;  // many times what DNS takes

const UIDNA* Idna() {
  static const UIDNA* const idna = [] {
    UErrorCode error = U_ZERO_ERROR;
    // STD3: else "℀" would become "a/c", and the end of the name the beginning of a path.
    const UIDNA* opened = uidna_openUTS46(UIDNA_USE_STD3_RULES | UIDNA_CHECK_BIDI |
                                              UIDNA_CHECK_CONTEXTJ | UIDNA_NONTRANSITIONAL_TO_ASCII,
                                          &error);
    return U_SUCCESS(error) ? opened : nullptr;
  }();
  return idna;
}

}  // namespace

Result<std::string> AsciiHostName(std::string_view name) {
  std::string ascii = AsciiLower(name);
  if (std::all_of(name.begin(), name.end(), IsAscii)) return ascii;
  if (Idna() == nullptr) return InternalError("ICU cannot read names of hosts");
  const auto wrong = [] {
    return InvalidArgumentError("the name of a host holds characters that none may have");
  };
  if (name.size() > kMaxHostBytes) return wrong();
  ascii.resize(4 * kMaxHostBytes);
  UIDNAInfo info = UIDNA_INFO_INITIALIZER;
  UErrorCode error = U_ZERO_ERROR;
  const int32_t size =
      uidna_nameToASCII_UTF8(Idna(), name.data(), static_cast<int32_t>(name.size()), ascii.data(),
                             static_cast<int32_t>(ascii.size()), &info, &error);
  if (U_FAILURE(error) || info.errors != 0 || size <= 0) return wrong();
  ascii.resize(static_cast<size_t>(size));
  return ascii;
}

}  // namespace quarry
