#include "server/json_writer.h"

#include <charconv>
#include <cmath>
#include <cstring>
#include <utility>

#include "base/text.h"

namespace quarry::server {
namespace {

// What stands in a string for a byte that cannot stand for itself.
std::string_view EscapeOf(unsigned char byte, char (&space)[6]) {
  static constexpr char kDigits[] = "0123456789abcdef";
  switch (byte) {
    case '"':
      return "\\\"";
    case '\\':
      return "\\\\";
    case '\n':
      return "\\n";
    case '\r':
      return "\\r";
    case '\t':
      return "\\t";
    default:
      std::memcpy(space, "\\u00", 4);
      space[4] = kDigits[byte >> 4];
      space[5] = kDigits[byte & 15];
      return {space, sizeof(space)};
  }
}

// How many bytes at the start of `text` stand for themselves in a string; `kAscii`: and are ASCII. Eight at a time:
// what is added to seven bits of each byte carries into the eighth, and no further, unless the byte is one of those.
template <bool kAscii>
size_t PlainRun(std::string_view text) {
  constexpr uint64_t kOnes = 0x0101010101010101u;
  constexpr uint64_t kTop = 0x80 * kOnes;
  size_t at = 0;
  while (at + 8 <= text.size()) {
    uint64_t bytes;
    std::memcpy(&bytes, text.data() + at, 8);
    const uint64_t low = bytes & ~kTop;
    const uint64_t printable = low + (0x80 - 0x20) * kOnes;
    const uint64_t no_quote = (low ^ '"' * kOnes) + 0x7F * kOnes;
    const uint64_t no_backslash = (low ^ '\\' * kOnes) + 0x7F * kOnes;
    const uint64_t plain = printable & no_quote & no_backslash;
    if (((kAscii ? plain & ~bytes : plain | bytes) & kTop) != kTop) break;
    at += 8;
  }
  const auto is_plain = [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0x20 && c != '"' && c != '\\' && (!kAscii || byte < 0x80);
  };
  while (at < text.size() && is_plain(text[at])) ++at;
  return at;
}

void AppendEscaped(std::string& out, std::string_view text) {
  while (true) {
    const size_t plain = PlainRun</*kAscii=*/false>(text);
    out.append(text.data(), plain);
    if (plain == text.size()) return;
    char space[6];
    out += EscapeOf(static_cast<unsigned char>(text[plain]), space);
    text.remove_prefix(plain + 1);
  }
}

template <typename Number>
void AppendNumber(std::string& out, Number value) {
  char digits[32];
  const auto end = std::to_chars(digits, digits + sizeof(digits), value).ptr;
  out.append(digits, end);
}

}  // namespace

void JsonWriter::Separate() {
  if (needs_comma_) text_ += ',';
  needs_comma_ = true;
}

JsonWriter& JsonWriter::Open(char bracket) {
  Separate();
  text_ += bracket;
  needs_comma_ = false;
  return *this;
}

JsonWriter& JsonWriter::Close(char bracket) {
  text_ += bracket;
  needs_comma_ = true;
  return *this;
}

JsonWriter& JsonWriter::Key(std::string_view name) {
  String(name);
  text_ += ':';
  needs_comma_ = false;
  return *this;
}

JsonWriter& JsonWriter::String(std::string_view text) {
  text_ += std::exchange(needs_comma_, true) ? std::string_view(",\"") : std::string_view("\"");
  const size_t plain = PlainRun</*kAscii=*/true>(text);  // all of nearly every name
  text_.append(text.data(), plain);
  text.remove_prefix(plain);
  while (!text.empty()) {
    const size_t bad = FindInvalidUtf8(text);
    AppendEscaped(text_, text.substr(0, bad));
    if (bad == std::string_view::npos) break;
    text_ += "\xEF\xBF\xBD";
    text.remove_prefix(bad + 1);
  }
  text_ += '"';
  return *this;
}

JsonWriter& JsonWriter::Int(int64_t value) {
  Separate();
  AppendNumber(text_, value);
  return *this;
}

JsonWriter& JsonWriter::Uint(uint64_t value) {
  Separate();
  AppendNumber(text_, value);
  return *this;
}

JsonWriter& JsonWriter::Double(double value) {
  if (!std::isfinite(value)) return Null();
  Separate();
  AppendNumber(text_, value);
  return *this;
}

JsonWriter& JsonWriter::Bool(bool value) { return Raw(value ? "true" : "false"); }

JsonWriter& JsonWriter::Null() { return Raw("null"); }

JsonWriter& JsonWriter::Raw(std::string_view json) {
  Separate();
  text_ += json;
  return *this;
}

std::string JsonString(std::string_view text) { return JsonWriter().String(text).Take(); }

}  // namespace quarry::server
