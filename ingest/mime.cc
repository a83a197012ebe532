#include "ingest/mime.h"

#include <algorithm>
#include <cstdio>
#include <optional>

#include "base/ascii.h"
#include "base/base64.h"
#include "base/hex.h"
#include "base/text.h"
#include "base/text_convert.h"
#include "base/text_line_ends.h"
#include "ingest/document_builder.h"

namespace quarry::ingest::mime {
namespace {

constexpr size_t kMaxHeaderFields = 1000;
constexpr size_t kMaxFieldBytes = 64 * 1024;
constexpr size_t kMaxEncodedWordBytes = 1000;

std::string DecodeQuotedPrintable(std::string_view text) {
  std::string joined;  // without soft line breaks
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '=') {
      size_t end = i + 1;
      while (end < text.size() && (text[end] == ' ' || text[end] == '\t' || text[end] == '\r'))
        ++end;
      if (end == text.size() || text[end] == '\n') {
        i = end;
        continue;
      }
    }
    joined += text[i];
  }
  return DecodeHexEscapes(joined, '=');
}

// Charsets that write other characters with bytes of ASCII.
bool IsWrittenInAscii(std::string_view charset) {
  for (const std::string_view name :
       {"hz-gb-2312", "hz", "utf-7", "unicode-1-1-utf-7", "unicode-2-0-utf-7"}) {
    if (EqualsIgnoringCase(charset, name)) return true;
  }
  return false;
}

// `bytes` in `charset`, as text; as found where that does not say it.
std::string ToUtf8(std::string_view bytes, std::string_view charset) {
  const bool is_ascii =
      std::none_of(bytes.begin(), bytes.end(), [](char c) { return !IsAscii(c) || c == '\x1B'; });
  if (is_ascii && !IsWrittenInAscii(charset)) return std::string(bytes);
  // "us-ascii" is what mail says by default, and then it is not true.
  const std::string name = AsciiLower(charset);
  if (name != "us-ascii" && name != "ascii" && name != "unknown-8bit" && name != "x-unknown") {
    if (std::optional<std::string> text = ConvertToUtf8(bytes, charset)) return *std::move(text);
  }
  if (Result<DecodedText> decoded = DecodeText(bytes); decoded.ok())
    return std::move(decoded->text);
  return ConvertToUtf8(bytes, "utf-8").value_or("");
}

// "=?utf-8?B?5Lit?=" at `at`: its text, and the offset behind it; npos if there is none.
// `close` is that of the last "?=" found, at first 0: where a text has none it is looked for once.
size_t DecodeWord(std::string_view text, size_t at, size_t* close, std::string* out) {
  const size_t charset_end = text.find('?', at + 2);
  if (charset_end == text.npos || charset_end + 2 >= text.size() || text[charset_end + 2] != '?') {
    return text.npos;
  }
  const size_t begin = charset_end + 3;
  if (*close < begin) *close = std::min(text.find("?=", begin), text.size());
  const size_t end = *close;
  if (end == text.size() || end - at > kMaxEncodedWordBytes) return text.npos;
  std::string_view charset = text.substr(at + 2, charset_end - at - 2);
  charset = charset.substr(0, charset.find('*'));  // a language may follow
  const char encoding = text[charset_end + 1];
  const std::string_view content = text.substr(begin, end - begin);
  std::string bytes;
  if (encoding == 'B' || encoding == 'b') {
    bytes = DecodeMailBase64(content);
  } else if (encoding == 'Q' || encoding == 'q') {
    std::string spaced(content);
    std::ranges::replace(spaced, '_', ' ');
    bytes = DecodeHexEscapes(spaced, '=');
  } else {
    return text.npos;
  }
  *out += ToUtf8(bytes, charset);
  return end + 2;
}

// A parameter's value at `at`, quoted or not; `at` is moved behind it.
std::string ParameterValue(std::string_view text, size_t* at) {
  std::string value;
  if (*at < text.size() && text[*at] == '"') {
    for (++*at; *at < text.size() && text[*at] != '"'; ++*at) {
      if (text[*at] == '\\' && *at + 1 < text.size()) ++*at;
      value += text[*at];
    }
    *at = std::min(*at + 1, text.size());
    return value;
  }
  const size_t end = std::min(text.find(';', *at), text.size());
  value = std::string(Trim(text.substr(*at, end - *at)));
  *at = end;
  return value;
}

Value ParseValue(std::string_view field) {
  Value parsed;
  const size_t semicolon = std::min(field.find(';'), field.size());
  parsed.value = AsciiLower(Trim(field.substr(0, semicolon)));
  // RFC 2231: name*=charset'language'%41, and name*0=..., name*1=... for long ones.
  std::string charset;
  size_t at = semicolon;
  while (at < field.size() && parsed.parameters.size() < 100) {
    at = field.find_first_not_of("; \t\r\n", at);
    if (at == field.npos) break;
    const size_t equals = field.find('=', at);
    const size_t next = field.find(';', at);
    if (equals == field.npos) break;
    if (next < equals) {
      at = next;
      continue;
    }
    std::string name = AsciiLower(Trim(field.substr(at, equals - at)));
    at = field.find_first_not_of(" \t", equals + 1);
    if (at == field.npos) break;
    std::string value = ParameterValue(field, &at);
    const size_t star = name.find('*');
    if (star == std::string::npos) {
      parsed.parameters.emplace_back(std::move(name), UnstructuredText(value));
      continue;
    }
    const bool is_encoded = name.ends_with('*');
    const bool is_first = name.substr(star) == "*" || name.substr(star).starts_with("*0");
    name.resize(star);
    if (is_encoded && is_first) {
      const size_t first = value.find('\'');
      const size_t second = first == value.npos ? first : value.find('\'', first + 1);
      if (second != value.npos) {
        charset = value.substr(0, first);
        value.erase(0, second + 1);
      }
    }
    if (is_encoded) value = ToUtf8(DecodeHexEscapes(value, '%'), charset);
    const bool goes_on =
        !is_first && !parsed.parameters.empty() && parsed.parameters.back().first == name;
    if (goes_on) {
      parsed.parameters.back().second += value;
    } else {
      parsed.parameters.emplace_back(std::move(name), std::move(value));
    }
  }
  return parsed;
}

// Whether the line ends with `rest`, which stands behind "--boundary", or it closes the parts. The
// boundary of parts within may begin with that of the whole (RFC 2046, 5.1.1).
bool EndsDelimiter(std::string_view rest) {
  if (rest.starts_with("--")) rest.remove_prefix(2);
  const size_t end = rest.find_first_not_of(" \t");
  return end == rest.npos || rest[end] == '\r' || rest[end] == '\n';
}

}  // namespace

std::string_view Value::Parameter(std::string_view name) const {
  for (const auto& [known, content] : parameters) {
    if (known == name) return content;
  }
  return {};
}

std::string_view Entity::Field(std::string_view name) const {
  for (const auto& [known, value] : fields) {
    if (known == name) return value;
  }
  return {};
}

Value Entity::Type() const {
  Value type = ParseValue(Field("content-type"));
  if (type.value.find('/') == std::string::npos) type.value = "text/plain";
  return type;
}

Value Entity::Disposition() const { return ParseValue(Field("content-disposition")); }

std::string Entity::FileName() const {
  std::string name(Disposition().Parameter("filename"));
  if (name.empty()) name = std::string(Type().Parameter("name"));
  if (!IsValidUtf8(name)) name = ConvertToUtf8(name, "utf-8").value_or("");
  // Only the name: senders put paths there.
  return TitleLine(name.substr(name.find_last_of("/\\") + 1));
}

Entity Split(std::string_view bytes) {
  Entity entity;
  size_t at = 0;
  while (at < bytes.size()) {
    const size_t end = std::min(bytes.find('\n', at), bytes.size());
    std::string_view line = bytes.substr(at, end - at);
    at = std::min(end + 1, bytes.size());
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty()) break;
    if (line.front() == ' ' || line.front() == '\t') {
      if (entity.fields.empty()) continue;
      std::string& value = entity.fields.back().second;
      if (value.size() + line.size() < kMaxFieldBytes) value += line;
      continue;
    }
    const size_t colon = line.find(':');
    if (colon == line.npos || colon == 0 || entity.fields.size() >= kMaxHeaderFields) continue;
    entity.fields.emplace_back(AsciiLower(Trim(line.substr(0, colon))),
                               std::string(Trim(line.substr(colon + 1)).substr(0, kMaxFieldBytes)));
  }
  entity.body = bytes.substr(at);
  return entity;
}

std::vector<std::string_view> SplitParts(std::string_view body, std::string_view boundary,
                                         bool* has_more) {
  std::vector<std::string_view> parts;
  *has_more = false;
  if (boundary.empty()) return parts;
  const std::string delimiter = "--" + std::string(boundary);
  size_t part = body.npos;  // where the open part begins
  for (size_t at = 0; at <= body.size() && parts.size() < kMaxParts;) {
    at = body.find(delimiter, at);
    const bool is_line = at == body.npos || ((at == 0 || body[at - 1] == '\n') &&
                                             EndsDelimiter(body.substr(at + delimiter.size())));
    if (!is_line) {
      at += delimiter.size();
      continue;
    }
    if (part != body.npos) {
      std::string_view content = body.substr(part, std::min(at, body.size()) - part);
      // The line break before a boundary belongs to it.
      if (content.ends_with('\n')) content.remove_suffix(1);
      if (content.ends_with('\r')) content.remove_suffix(1);
      parts.push_back(content);
      part = body.npos;
    }
    if (at == body.npos || body.substr(at + delimiter.size()).starts_with("--")) break;
    const size_t newline = body.find('\n', at);
    if (newline == body.npos) break;
    part = at = newline + 1;
  }
  *has_more = part != body.npos;
  return parts;
}

std::string Decoded(const Entity& entity) {
  const std::string encoding = AsciiLower(Trim(entity.Field("content-transfer-encoding")));
  if (encoding == "base64") return DecodeMailBase64(entity.body);
  if (encoding == "quoted-printable") return DecodeQuotedPrintable(entity.body);
  return std::string(entity.body);
}

std::string UnstructuredText(std::string_view field) {
  std::string text;
  size_t raw = 0;  // where text outside of encoded words begins
  size_t close = 0;
  bool after_word = false;
  for (size_t at = 0; at < field.size();) {
    at = field.find("=?", at);
    if (at == field.npos) break;
    std::string word;
    const size_t end = DecodeWord(field, at, &close, &word);
    if (end == field.npos) {
      at += 2;
      continue;
    }
    // White space between two encoded words is not text.
    const std::string_view between = field.substr(raw, at - raw);
    if (!after_word || !Trim(between).empty()) text += ToUtf8(between, "");
    text += word;
    raw = at = end;
    after_word = true;
  }
  text += ToUtf8(field.substr(raw), "");
  return TitleLine(text);
}

std::string IsoDate(std::string_view field) {
  static constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
  if (const size_t comma = field.find(','); comma != field.npos) field.remove_prefix(comma + 1);
  const std::string text(Trim(field));
  int day = 0, year = 0, hour = 0, minute = 0, second = 0, zone = 0;
  char month[4] = {};
  char sign = '+';
  int read = std::sscanf(text.c_str(), "%2d %3s %4d %2d:%2d:%2d %c%4d", &day, month, &year, &hour,
                         &minute, &second, &sign, &zone);
  if (read == 5) {  // seconds may be left out
    second = 0;
    read += std::sscanf(text.c_str(), "%*d %*s %*d %*d:%*d %c%4d", &sign, &zone) + 1;
  }
  const size_t name = kMonths.find(month);
  if (read < 6 || name == kMonths.npos || name % 3 != 0 || month[2] == '\0') return "";
  if (year < 100) year += year < 50 ? 2000 : 1900;
  if (day < 1 || day > 31 || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 ||
      second > 60 || year < 1900) {
    return "";
  }
  char date[40];
  std::snprintf(date, sizeof(date), "%04d-%02d-%02dT%02d:%02d:%02d", year,
                static_cast<int>(name / 3) + 1, day, hour, minute, second);
  std::string iso = date;
  if (read == 8 && (sign == '+' || sign == '-') && zone >= 0 && zone <= 1400) {
    std::snprintf(date, sizeof(date), "%c%02d:%02d", sign, zone / 100, zone % 100);
    iso += zone == 0 ? "Z" : date;
  }
  return iso;
}

std::string TextOf(const Entity& entity) {
  std::string text = ToUtf8(Decoded(entity), entity.Type().Parameter("charset"));
  std::erase(text, '\0');
  NormaliseLineEnds(&text);
  return text;
}

}  // namespace quarry::ingest::mime
