// Charset detection. Well-formed UTF-8 of more than a few characters is UTF-8 and nothing else; the
// other charsets accept each other's bytes, so each candidate is decoded and the text is judged
// (text_plausibility.h). That tells short Chinese texts apart, for which the byte statistics of
// ICU's detector are too coarse; its detector only proposes single-byte charsets.

#include <unicode/ucnv.h>
#include <unicode/ucsdet.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <memory>

#include "base/ascii.h"
#include "base/text.h"
#include "base/text_declared_charset.h"
#include "base/text_line_ends.h"
#include "base/text_mojibake.h"
#include "base/text_plausibility.h"
#include "base/text_utf8.h"

namespace quarry {
namespace {

using std::string_view_literals::operator""sv;
using text_internal::Reading;

constexpr size_t kNone = std::string_view::npos;
// So many bytes are judged, from the first line on that is not plain ASCII.
constexpr size_t kSampleBytes = 32 * 1024;
constexpr size_t kLineBytes = 4096;  // and at most so many bytes of that line before
// The least plausibility of a text; misread bytes stay below 0.
constexpr double kPlausible = 1.0;
// What a declaration is worth. It decides between charsets in which a text reads about as well, and
// is not believed where the text is nonsense in it.
constexpr double kDeclared = 2.0;
// Control characters beyond this share are not slips in a text.
constexpr size_t kControlsPerThousand = 10;

using text_internal::Charset;

constexpr Charset kMultiByte[] = {text_internal::kGb18030, text_internal::kBig5,
                                  text_internal::kShiftJis, text_internal::kEucJp,
                                  text_internal::kEucKr};
constexpr Charset kUtf16[] = {{"UTF-16LE", "UTF-16LE", Reading::kUtf16},
                              {"UTF-16BE", "UTF-16BE", Reading::kUtf16}};
constexpr Charset kUtf32[] = {{"UTF-32LE", "UTF-32LE", Reading::kUtf16},
                              {"UTF-32BE", "UTF-32BE", Reading::kUtf16}};

struct ByteOrderMark {
  std::string_view bytes;
  Charset charset;
};
// The longer first: UTF-32LE's begins with UTF-16LE's.
constexpr ByteOrderMark kByteOrderMarks[] = {{"\xFF\xFE\0\0"sv, {"UTF-32LE", "UTF-32LE"}},
                                             {"\0\0\xFE\xFF"sv, {"UTF-32BE", "UTF-32BE"}},
                                             {"\xFF\xFE"sv, {"UTF-16LE", "UTF-16LE"}},
                                             {"\xFE\xFF"sv, {"UTF-16BE", "UTF-16BE"}},
                                             {"\x84\x31\x95\x33"sv, {"GB18030", "gb18030"}}};

struct Converted {
  icu::UnicodeString text;
  size_t bad_byte = kNone;  // offset of what could not be converted; the text ends before it
  bool truncated = false;   // a character is cut at the very end
};

Converted Convert(std::string_view bytes, const char* icu_name) {
  UErrorCode error = U_ZERO_ERROR;
  const std::unique_ptr<UConverter, decltype(&ucnv_close)> converter(ucnv_open(icu_name, &error),
                                                                     ucnv_close);
  if (U_FAILURE(error)) return {{}, 0, false};
  ucnv_setToUCallBack(converter.get(), UCNV_TO_U_CALLBACK_STOP, nullptr, nullptr, nullptr, &error);
  Converted result;
  const char* source = bytes.data();
  const char* const source_end = source + bytes.size();
  std::vector<UChar> buffer(16 * 1024);
  for (;;) {
    UChar* target = buffer.data();
    error = U_ZERO_ERROR;
    ucnv_toUnicode(converter.get(), &target, target + buffer.size(), &source, source_end, nullptr,
                   true, &error);
    result.text.append(buffer.data(), static_cast<int32_t>(target - buffer.data()));
    if (error == U_BUFFER_OVERFLOW_ERROR) continue;
    if (U_FAILURE(error)) {
      char invalid[16];
      auto length = static_cast<int8_t>(sizeof(invalid));
      UErrorCode ignored = U_ZERO_ERROR;
      ucnv_getInvalidChars(converter.get(), invalid, &length, &ignored);
      result.bad_byte = static_cast<size_t>(source - bytes.data()) - static_cast<size_t>(length);
      result.truncated = error == U_TRUNCATED_CHAR_FOUND;
    }
    return result;
  }
}

bool IsControl(unsigned char byte) {
  // Besides white space, a text may hold backspaces, escape sequences and the end mark of DOS.
  return byte < 0x20 && (byte < 0x08 || byte > 0x0D) && byte != 0x1A && byte != 0x1B;
}

// Passes over words of eight bytes that are all printable; stops at most seven bytes before a byte
// below 0x20, or before the end.
size_t SkipPrintable(std::string_view bytes, size_t at) {
  constexpr uint64_t kOnes = 0x0101010101010101u;
  for (; at + 8 <= bytes.size(); at += 8) {
    uint64_t w;
    std::memcpy(&w, bytes.data() + at, 8);
    if (((w - 0x20 * kOnes) & ~w & (0x80 * kOnes)) != 0) break;
  }
  return at;
}

Status NotText(const std::string& why) { return InvalidArgumentError("not text: " + why); }

// An error if there are NUL bytes or too many other control characters.
Status CheckControls(std::string_view bytes) {
  size_t controls = 0;
  size_t first = kNone;
  for (size_t i = 0; i < bytes.size(); ++i) {
    i = SkipPrintable(bytes, i);
    if (i == bytes.size()) break;
    if (!IsControl(static_cast<unsigned char>(bytes[i]))) continue;
    if (bytes[i] == '\0') return NotText("NUL byte at offset " + std::to_string(i));
    if (controls++ == 0) first = i;
  }
  if (controls * 1000 <= bytes.size() * kControlsPerThousand) return OkStatus();
  char name[8];
  std::snprintf(name, sizeof(name), "0x%02X", static_cast<unsigned char>(bytes[first]));
  return NotText("control character " + std::string(name) + " at offset " + std::to_string(first));
}

Status Malformed(const char* charset, size_t offset) {
  return InvalidArgumentError("invalid " + std::string(charset) + " at byte " +
                              std::to_string(offset) + " and no other charset fits");
}

// `bytes` from `skip` on, all of it or an error.
Result<DecodedText> DecodeAs(const Charset& charset, std::string_view bytes, size_t skip) {
  const Converted converted = Convert(bytes.substr(skip), charset.icu_name);
  if (converted.bad_byte != kNone) return Malformed(charset.name, skip + converted.bad_byte);
  DecodedText decoded;
  decoded.charset = charset.name;
  converted.text.toUTF8String(decoded.text);
  QUARRY_RETURN_IF_ERROR(CheckControls(decoded.text));
  NormaliseLineEnds(&decoded.text);
  return decoded;
}

Result<DecodedText> DecodeUtf8Text(std::string_view text) {
  QUARRY_RETURN_IF_ERROR(CheckControls(text));
  if (const std::string cause = text_internal::MojibakeOf(text); !cause.empty()) {
    return InvalidArgumentError("garbled text: looks like " + cause +
                                " and written again; expected the text as it was first written");
  }
  DecodedText decoded{std::string(text), "UTF-8"};
  NormaliseLineEnds(&decoded.text);
  return decoded;
}

// Well-formed sequences of several bytes outweigh malformed bytes: UTF-8 with damage. A sequence of
// three bytes or four is stronger evidence than one of two, which EUC-JP has by chance.
bool IsDamagedUtf8(std::string_view bytes) {
  size_t good = 0;
  size_t bad = 0;
  for (size_t offset = 0; offset < bytes.size();) {
    char32_t c;
    const size_t size = text_internal::DecodeUtf8(bytes, offset, c);
    bad += size == 0 ? 1 : 0;
    good += std::max<size_t>(size, 1) - 1;
    offset += std::max<size_t>(size, 1);
  }
  return good >= 2 * bad;
}

// Finds the most plausible of the charsets entered.
class Contest {
 public:
  // Enters `charset` if it can decode `sample`.
  void Enter(const Charset& charset, std::string_view sample, double bonus = 0) {
    const Converted converted = Convert(sample, charset.icu_name);
    // The sample may end within a character.
    if (converted.bad_byte != kNone && !converted.truncated) return;
    const std::u16string_view text(converted.text.getBuffer(),
                                   static_cast<size_t>(converted.text.length()));
    const double plausibility = text_internal::Plausibility(text, charset.reading) + bonus;
    if (plausibility <= plausibility_) return;
    plausibility_ = plausibility;
    best_ = charset;
  }

  // Null if nothing is plausible.
  const Charset* Best() const { return plausibility_ >= kPlausible ? &best_ : nullptr; }

 private:
  Charset best_ = {};
  double plausibility_ = -1000;
};

// Enters what ICU's detector proposes of single-byte charsets; where letters stand alike in
// several, its confidence decides.
void EnterSingleByte(std::string_view sample, Contest& contest) {
  for (const char* name : {"windows-1252", "windows-1251", "KOI8-R"}) {
    // Preferred where nothing speaks against it: it is by far the most frequent of them.
    contest.Enter({name, name}, sample, std::strcmp(name, "windows-1252") == 0 ? 0.5 : 0);
  }
  UErrorCode error = U_ZERO_ERROR;
  const std::unique_ptr<UCharsetDetector, decltype(&ucsdet_close)> detector(ucsdet_open(&error),
                                                                            ucsdet_close);
  ucsdet_setText(detector.get(), sample.data(), static_cast<int32_t>(sample.size()), &error);
  int32_t count = 0;
  const UCharsetMatch** matches = ucsdet_detectAll(detector.get(), &count, &error);
  if (U_FAILURE(error)) return;
  for (int32_t i = 0; i < count; ++i) {
    const char* name = ucsdet_getName(matches[i], &error);
    const double confidence = ucsdet_getConfidence(matches[i], &error) / 100.0;
    if (U_FAILURE(error)) return;
    if (std::strcmp(name, "ISO-8859-1") == 0) name = "windows-1252";  // which contains it
    if (std::strncmp(name, "windows-", 8) == 0 || std::strncmp(name, "ISO-8859-", 9) == 0 ||
        std::strncmp(name, "KOI8", 4) == 0) {
      contest.Enter({name, name}, sample, confidence);
    }
  }
}

}  // namespace

Result<DecodedText> DecodeText(std::string_view bytes) {
  if (const std::string_view format = BinaryFormatOf(bytes); !format.empty()) {
    return NotText("looks like " + std::string(format));
  }
  if (bytes.starts_with("\xEF\xBB\xBF")) {
    const size_t invalid = FindInvalidUtf8(bytes);
    if (invalid != kNone) return Malformed("UTF-8", invalid);
    return DecodeUtf8Text(bytes.substr(3));
  }
  for (const ByteOrderMark& mark : kByteOrderMarks) {
    if (bytes.starts_with(mark.bytes)) return DecodeAs(mark.charset, bytes, mark.bytes.size());
  }

  const size_t invalid = FindInvalidUtf8(bytes);
  const size_t nul = bytes.find('\0');
  if (invalid == kNone && nul == kNone) {
    // Japanese mail is ASCII with escape sequences.
    if (bytes.find("\x1B$B") != kNone || bytes.find("\x1B$@") != kNone) {
      auto decoded = DecodeAs({"ISO-2022-JP", "ISO-2022-JP"}, bytes, 0);
      if (decoded.ok()) return decoded;
    }
    return DecodeUtf8Text(bytes);
  }

  Contest contest;
  if (bytes.size() % 2 == 0) {
    for (const Charset& charset : kUtf16) {
      contest.Enter(charset, bytes.substr(0, kSampleBytes));
    }
  }
  if (bytes.size() % 4 == 0 && nul != kNone) {
    for (const Charset& charset : kUtf32) {
      contest.Enter(charset, bytes.substr(0, kSampleBytes));
    }
  }
  if (nul != kNone) {
    if (contest.Best() != nullptr) return DecodeAs(*contest.Best(), bytes, 0);
    return NotText("NUL byte at offset " + std::to_string(nul));
  }

  const auto first =
      static_cast<size_t>(std::find_if_not(bytes.begin(), bytes.end(), IsAscii) - bytes.begin());
  const size_t line = bytes.rfind('\n', first);
  const size_t begin = std::max(line == kNone ? 0 : line + 1, first - std::min(first, kLineBytes));
  const std::string_view sample = bytes.substr(begin, kSampleBytes);
  if (contest.Best() == nullptr && IsDamagedUtf8(sample)) return Malformed("UTF-8", invalid);
  for (const Charset& charset : kMultiByte) contest.Enter(charset, sample);
  EnterSingleByte(sample, contest);
  if (const Charset* declared = text_internal::DeclaredCharset(bytes)) {
    contest.Enter(*declared, sample, kDeclared);
  }
  if (contest.Best() != nullptr) return DecodeAs(*contest.Best(), bytes, 0);
  QUARRY_RETURN_IF_ERROR(CheckControls(bytes));
  return Malformed("UTF-8", invalid);
}

}  // namespace quarry
