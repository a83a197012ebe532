#include "base/text_mojibake.h"

#include <unicode/unistr.h>

#include <algorithm>
#include <string>

#include "base/ascii.h"
#include "base/text.h"
#include "base/text_declared_charset.h"
#include "base/text_plausibility.h"
#include "base/text_utf8.h"
#include "base/text_windows_1252.h"

namespace quarry::text_internal {
namespace {

constexpr size_t kSample = 4096;
// Fewer characters outside ASCII say nothing.
constexpr size_t kFewest = 8;
// Above this a text reads like one that somebody wrote, and it takes at least kSurelyText to say
// that another reading of it is better.
constexpr double kReadable = 1.0;
constexpr double kSurelyText = 4.0;

// The bytes that read as `text` in windows-1252 or ISO-8859-1; empty if there are none.
std::string ToSingleBytes(std::u16string_view text) {
  std::string bytes;
  bytes.reserve(text.size());
  for (const char16_t c : text) {
    if (c < 0x100) {
      bytes += static_cast<char>(c);
      continue;
    }
    const auto* found =
        std::find(std::begin(kWindows1252HighBytes), std::end(kWindows1252HighBytes), c);
    if (found == std::end(kWindows1252HighBytes)) return {};
    bytes += static_cast<char>(0x80 + (found - std::begin(kWindows1252HighBytes)));
  }
  return bytes;
}

std::string ToGb18030(const icu::UnicodeString& text) {
  std::string bytes(static_cast<size_t>(text.length()) * 4, '\0');
  const int32_t size =
      text.extract(0, text.length(), bytes.data(), static_cast<uint32_t>(bytes.size()), "gb18030");
  bytes.resize(std::clamp<size_t>(static_cast<size_t>(size), 0, bytes.size()));
  return bytes;
}

// Whether the bytes outside ASCII are well-formed UTF-8 but for a few, which a wrong reading loses.
bool ReadsAsUtf8(std::string_view bytes) {
  size_t good = 0;
  size_t bad = 0;
  for (size_t offset = 0; offset < bytes.size();) {
    char32_t c;
    const size_t size = DecodeUtf8(bytes, offset, c);
    (size == 0 ? bad : good) += size == 1 ? 0 : 1;
    offset += std::max<size_t>(size, 1);
  }
  return good > 0 && bad * 10 <= good;
}

double PlausibilityAs(const Charset& charset, const std::string& bytes) {
  const icu::UnicodeString text(bytes.data(), static_cast<int32_t>(bytes.size()), charset.icu_name);
  return Plausibility({text.getBuffer(), static_cast<size_t>(text.length())}, charset.reading);
}

}  // namespace

std::string MojibakeOf(std::string_view utf8) {
  const auto first =
      static_cast<size_t>(std::find_if_not(utf8.begin(), utf8.end(), IsAscii) - utf8.begin());
  if (first == utf8.size()) return {};
  const std::string_view sample = TruncateUtf8(utf8.substr(first), kSample);
  const icu::UnicodeString text = icu::UnicodeString::fromUTF8(
      icu::StringPiece(sample.data(), static_cast<int32_t>(sample.size())));
  const std::u16string_view view(text.getBuffer(), static_cast<size_t>(text.length()));
  const auto foreign =
      std::count_if(view.begin(), view.end(), [](char16_t c) { return c >= 0x80; });
  if (static_cast<size_t>(foreign) < kFewest) return {};
  if (Plausibility(view, Reading::kAny) >= kReadable) return {};

  if (const std::string bytes = ToSingleBytes(view); !bytes.empty()) {
    if (ReadsAsUtf8(bytes)) return "UTF-8 read as windows-1252";
    double best = kSurelyText;
    std::string how;
    for (const Charset& charset : {kGb18030, kBig5, kShiftJis, kEucKr}) {
      const double plausibility = PlausibilityAs(charset, bytes);
      if (plausibility < best) continue;
      best = plausibility;
      how = std::string(charset.name) + " read as windows-1252";
    }
    return how;
  }
  return ReadsAsUtf8(ToGb18030(text)) ? "UTF-8 read as GB18030" : "";
}

}  // namespace quarry::text_internal
