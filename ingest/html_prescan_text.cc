#include "ingest/html_prescan_text.h"

#include <algorithm>
#include <charconv>

#include "base/ascii.h"
#include "base/text.h"
#include "base/text_windows_1252.h"
#include "ingest/html_prescan.h"
#include "ingest/html_tokenizer.h"

namespace quarry::ingest {
namespace {

// Shorter runs of text are written themselves, in as many characters as their places.
constexpr size_t kMinRun = 4;

// Bytes that leads begin with, and controls.
bool IsOdd(char c) {
  return c == prescan_internal::kRunLeadByte ||
         (static_cast<unsigned char>(c) < ' ' && c != '\n' && c != '\t');
}

}  // namespace

void PrescanTextWriter::Write(std::string_view text, bool preformatted) {
  size_t begin = 0;
  size_t ampersand = std::min(text.find('&'), text.size());
  size_t less = std::min(text.find('<'), text.size());
  for (;;) {
    const size_t end = std::min(ampersand, less);
    WriteRun(text.substr(begin, end - begin), preformatted);
    if (end == text.size()) return;
    if (end == less) {
      *output_ += "&lt;";
      begin = end + 1;
      less = std::min(text.find('<', begin), text.size());
    } else {
      begin = end + WriteReference(text.substr(end));
      ampersand = std::min(text.find('&', begin), text.size());
    }
  }
}

void PrescanTextWriter::WriteRun(std::string_view run, bool preformatted) {
  if (run.empty()) return;
  if (std::all_of(run.begin(), run.end(), IsAsciiSpace)) {
    // White space must stay such: tables treat other text in a way of their own.
    if (preformatted) {
      *output_ += run;
    } else {
      *output_ += run.find('\n') == run.npos ? ' ' : '\n';
    }
    return;
  }
  if (run.size() < kMinRun && std::none_of(run.begin(), run.end(), IsOdd)) {
    *output_ += run;
    return;
  }
  using namespace prescan_internal;
  for (auto begin = static_cast<size_t>(run.data() - html_.data()); !run.empty();) {
    const size_t size = TruncateUtf8(run, kMaxRun).size();
    AppendCodePoint(*output_, kRunLead + static_cast<uint32_t>(begin >> kRunDigitBits));
    AppendCodePoint(*output_, kRunDigit + static_cast<uint32_t>(begin & kMaxRun));
    AppendCodePoint(*output_, kRunDigit + static_cast<uint32_t>(size));
    run.remove_prefix(size);
    begin += size;
  }
}

// Writes the character reference at the start of `text`, which begins with '&'; returns its size.
// Named ones are left to gumbo. Numbers are resolved here, so that no private character gets in.
size_t PrescanTextWriter::WriteReference(std::string_view text) {
  size_t size = 1;
  if (text.size() > 2 && text[1] == '#') {
    const bool hexadecimal = AsciiLower(text[2]) == 'x';
    const char* digits = text.data() + (hexadecimal ? 3 : 2);
    uint32_t code_point = 0;
    const auto [end, error] =
        std::from_chars(digits, text.data() + text.size(), code_point, hexadecimal ? 16 : 10);
    if (end != digits) {
      WriteCodePoint(error == std::errc() ? code_point : UINT32_MAX);
      size = static_cast<size_t>(end - text.data());
      return size < text.size() && text[size] == ';' ? size + 1 : size;
    }
  }
  while (size < text.size() && IsAsciiAlphanumeric(text[size])) ++size;
  if (size == 1 || IsAsciiDigit(text[1])) {
    *output_ += "&amp;";
    return 1;
  }
  if (size < text.size() && text[size] == ';') ++size;
  *output_ += text.substr(0, size);
  return size;
}

void PrescanTextWriter::WriteCodePoint(uint32_t code_point) {
  // The standard reads the C1 controls as windows-1252.
  if (code_point >= 0x80 && code_point < 0xA0) {
    code_point = text_internal::kWindows1252HighBytes[code_point - 0x80];
  }
  using namespace prescan_internal;
  if ((code_point >= 0xE000 && code_point <= 0xF8FF) ||
      (code_point >= kRunLead && code_point < kRunLeadEnd)) {
    code_point = 0xFFFD;
  }
  if (code_point == '<') {
    *output_ += "&lt;";
  } else if (code_point == '&') {
    *output_ += "&amp;";
  } else if (code_point != 0 && (code_point < 0x20 || code_point == 0x7F)) {
    *output_ += ' ';
  } else {
    AppendCodePoint(*output_, code_point == 0 ? 0xFFFD : code_point);
  }
}

std::string_view prescan_internal::RunOf(std::string_view html, std::string_view text) {
  if (text.size() < kReferenceBytes) return {};
  size_t at = 0;
  const uint32_t lead = NextCodePoint(text, at);
  const uint32_t low = NextCodePoint(text, at);
  const uint32_t size = NextCodePoint(text, at);
  const auto is_digit = [](uint32_t c) { return c >= kRunDigit && c - kRunDigit <= kMaxRun; };
  if (lead < kRunLead || lead >= kRunLeadEnd || !is_digit(low) || !is_digit(size)) return {};
  const size_t begin = (size_t{lead - kRunLead} << kRunDigitBits) + (low - kRunDigit);
  if (begin > html.size() || size - kRunDigit > html.size() - begin) return {};
  return html.substr(begin, size - kRunDigit);
}

}  // namespace quarry::ingest
