#include "base/text_convert.h"

#include <unicode/ucnv.h>
#include <unicode/unistr.h>

#include <memory>
#include <utility>

#include "base/ascii.h"
#include "base/text.h"
#include "base/text_utf8.h"

namespace quarry {
namespace {

// In lower case, without '-' and '_'.
std::string Canonical(std::string_view charset) {
  std::string name;
  for (const char c : Trim(charset)) {
    if (c == '-' || c == '_' || c == '"' || c == ' ') continue;
    name += AsciiLower(c);
  }
  return name;
}

// ICU's name for what is meant by `charset`.
std::string MeantBy(std::string_view charset) {
  static constexpr std::pair<std::string_view, const char*> kNames[] = {
      {"usascii", "windows-1252"},
      {"ascii", "windows-1252"},
      {"iso88591", "windows-1252"},
      {"latin1", "windows-1252"},
      {"iso88599", "windows-1254"},
      {"gb2312", "gb18030"},
      {"gbk", "gb18030"},
      {"cp936", "gb18030"},
      {"windows936", "gb18030"},
      {"euccn", "gb18030"},
      {"xgbk", "gb18030"},
      {"big5", "ibm-1375_P100-2008"},
      {"cp950", "ibm-1375_P100-2008"},
      {"windows950", "ibm-1375_P100-2008"},
      {"big5hkscs", "ibm-1375_P100-2008"},
      {"shiftjis", "ibm-943_P15A-2003"},
      {"sjis", "ibm-943_P15A-2003"},
      {"cp932", "ibm-943_P15A-2003"},
      {"windows932", "ibm-943_P15A-2003"},
      {"windows31j", "ibm-943_P15A-2003"},
      {"euckr", "windows-949-2000"},
      {"ksc56011987", "windows-949-2000"},
      {"cp949", "windows-949-2000"},
      {"windows949", "windows-949-2000"},
      {"macintosh", "macos-0_2-10.2"},
      {"cp10000", "macos-0_2-10.2"}};
  const std::string name = Canonical(charset);
  for (const auto& [known, icu] : kNames) {
    if (name == known) return icu;
  }
  return std::string(Trim(charset));
}

std::string Repaired(std::string_view utf8) {
  std::string valid;
  for (size_t offset = 0; offset < utf8.size();)
    AppendCodePoint(valid, NextCodePoint(utf8, offset));
  return valid;
}

}  // namespace

std::optional<std::string> ConvertToUtf8(std::string_view bytes, std::string_view charset) {
  const std::string canonical = Canonical(charset);
  if (canonical == "utf8" || canonical == "utf8mb4") {
    return IsValidUtf8(bytes) ? std::string(bytes) : Repaired(bytes);
  }
  const std::string name = MeantBy(charset);
  if (name.empty()) return std::nullopt;  // ICU would take the system's charset
  UErrorCode error = U_ZERO_ERROR;
  const std::unique_ptr<UConverter, decltype(&ucnv_close)> converter(
      ucnv_open(name.c_str(), &error), ucnv_close);
  if (U_FAILURE(error) || bytes.size() > size_t{1} << 30) return std::nullopt;
  // ICU's default replaces what is malformed by U+FFFD.
  icu::UnicodeString text;
  const char* source = bytes.data();
  const char* const end = source + bytes.size();
  UChar buffer[4096];
  do {
    UChar* target = buffer;
    error = U_ZERO_ERROR;
    ucnv_toUnicode(converter.get(), &target, buffer + std::size(buffer), &source, end, nullptr,
                   true, &error);
    text.append(buffer, static_cast<int32_t>(target - buffer));
  } while (error == U_BUFFER_OVERFLOW_ERROR);
  if (U_FAILURE(error)) return std::nullopt;
  std::string utf8;
  text.toUTF8String(utf8);
  return utf8;
}

}  // namespace quarry
