#include "server/json_writer.h"

#include <charconv>
#include <cmath>
#include <cstring>

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

void AppendEscaped(std::string& out, std::string_view text) {
  size_t copied = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte >= 0x20 && byte != '"' && byte != '\\') continue;  // nearly all
    char space[6];
    out.append(text, copied, i - copied);
    out += EscapeOf(byte, space);
    copied = i + 1;
  }
  out.append(text, copied);
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
  Separate();
  text_ += '"';
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
