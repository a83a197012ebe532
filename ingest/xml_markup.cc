#include "ingest/xml_markup.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <utility>

#include "base/text.h"

namespace quarry::ingest {
namespace {

void AppendReference(std::string_view name, std::string* out) {
  static constexpr std::pair<std::string_view, char32_t> kNames[] = {
      {"amp", U'&'}, {"lt", U'<'}, {"gt", U'>'}, {"quot", U'"'}, {"apos", U'\''}, {"nbsp", U' '}};
  for (const auto& [known, character] : kNames) {
    if (name == known) return AppendCodePoint(*out, character);
  }
  if (name.starts_with('#')) {
    const bool hexadecimal = name.starts_with("#x") || name.starts_with("#X");
    const std::string_view digits = name.substr(hexadecimal ? 2 : 1);
    uint32_t value = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), value, hexadecimal ? 16 : 10);
    const bool is_character =
        value >= 0x20 && value <= 0x10FFFF && (value < 0xD800 || value > 0xDFFF);
    if (is_character) AppendCodePoint(*out, value);
    if (is_character || value == '\n' || value == '\t') return;
  }
  *out += '&';
  *out += name;
  *out += ';';
}

void AppendUnescaped(std::string_view raw, std::string* out) {
  while (true) {
    const size_t mark = raw.find('&');
    out->append(raw.substr(0, mark));
    if (mark == raw.npos) return;
    raw.remove_prefix(mark + 1);
    const size_t semicolon = raw.substr(0, 32).find(';');
    if (semicolon == raw.npos) {
      *out += '&';
      continue;
    }
    AppendReference(raw.substr(0, semicolon), out);
    raw.remove_prefix(semicolon + 1);
  }
}

}  // namespace

std::string XmlTextBetween(std::string_view raw) {
  std::string text;
  while (!raw.empty()) {
    const size_t open = std::min(raw.find('<'), raw.size());
    AppendUnescaped(raw.substr(0, open), &text);
    raw.remove_prefix(open);
    if (raw.empty()) break;
    constexpr std::string_view kCdata = "<![CDATA[";
    const bool is_cdata = raw.starts_with(kCdata);
    const std::string_view close = is_cdata ? "]]>" : raw.starts_with("<!--") ? "-->" : ">";
    const size_t end = std::min(raw.find(close), raw.size());
    if (is_cdata) text += raw.substr(kCdata.size(), end - std::min(end, kCdata.size()));
    raw.remove_prefix(std::min(end + close.size(), raw.size()));
  }
  return text;
}

std::string XmlAttribute(std::string_view tag, std::string_view name) {
  for (size_t at = tag.find(name); at != tag.npos; at = tag.find(name, at + 1)) {
    if (at == 0 || std::string_view(" \t\n:").find(tag[at - 1]) == std::string_view::npos) continue;
    std::string_view rest = Trim(tag.substr(at + name.size()));
    if (!rest.starts_with('=')) continue;
    rest = Trim(rest.substr(1));
    if (rest.empty() || (rest[0] != '"' && rest[0] != '\'')) continue;
    std::string value;
    AppendUnescaped(rest.substr(1, rest.find(rest[0], 1) - 1), &value);
    return value;
  }
  return "";
}

size_t BehindXmlDeclarations(std::string_view text) {
  const size_t doctype = text.substr(0, 64 * 1024).find("<!DOCTYPE");
  if (doctype == text.npos) return 0;
  const size_t open = text.find('[', doctype);
  if (open == text.npos || text.find('>', doctype) < open) return 0;
  const size_t close = text.find("]>", open);
  return close == text.npos ? 0 : close + 2;
}

}  // namespace quarry::ingest
