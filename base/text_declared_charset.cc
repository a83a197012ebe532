#include "base/text_declared_charset.h"

#include <algorithm>
#include <cstddef>

#include "base/ascii.h"
#include "base/text_sentence_chars.h"

namespace quarry::text_internal {
namespace {

constexpr size_t kHead = 1024;

// What texts call the charsets that they may declare, in lower case. Browsers read GB2312 as GB18030
// and ISO-8859-1 as windows-1252 as well. A charset that is not here is not believed: UTF-7 and
// EBCDIC have been used to smuggle text past filters.
struct Label {
  std::string_view label;
  Charset charset;
};
constexpr Label kLabels[] = {
    {"gb2312", kGb18030},
    {"gbk", kGb18030},
    {"gb18030", kGb18030},
    {"cp936", kGb18030},
    {"big5", kBig5},
    {"big5-hkscs", kBig5},
    {"shift_jis", kShiftJis},
    {"shift-jis", kShiftJis},
    {"sjis", kShiftJis},
    {"x-sjis", kShiftJis},
    {"windows-31j", kShiftJis},
    {"cp932", kShiftJis},
    {"euc-jp", kEucJp},
    {"euc-kr", kEucKr},
    {"ks_c_5601-1987", kEucKr},
    {"cp949", kEucKr},
    {"iso-8859-1", kWindows1252},
    {"latin1", kWindows1252},
    {"windows-1252", kWindows1252},
    {"cp1252", kWindows1252},
    {"iso-8859-2", {"ISO-8859-2", "ISO-8859-2"}},
    {"iso8859-2", {"ISO-8859-2", "ISO-8859-2"}},
    {"iso-8859-3", {"ISO-8859-3", "ISO-8859-3"}},
    {"iso-8859-4", {"ISO-8859-4", "ISO-8859-4"}},
    {"iso-8859-5", {"ISO-8859-5", "ISO-8859-5"}},
    {"iso-8859-6", {"ISO-8859-6", "ISO-8859-6"}},
    {"iso-8859-7", {"ISO-8859-7", "ISO-8859-7"}},
    {"iso-8859-8", {"ISO-8859-8", "ISO-8859-8"}},
    {"iso-8859-9", {"windows-1254", "windows-1254"}},
    {"iso-8859-13", {"ISO-8859-13", "ISO-8859-13"}},
    {"iso-8859-15", {"ISO-8859-15", "ISO-8859-15"}},
    {"windows-874", {"windows-874", "windows-874-2000"}},
    {"tis-620", {"windows-874", "windows-874-2000"}},
    {"windows-1250", {"windows-1250", "windows-1250"}},
    {"windows-1251", {"windows-1251", "windows-1251"}},
    {"windows-1253", {"windows-1253", "windows-1253"}},
    {"windows-1254", {"windows-1254", "windows-1254"}},
    {"windows-1255", {"windows-1255", "windows-1255"}},
    {"windows-1256", {"windows-1256", "windows-1256"}},
    {"windows-1257", {"windows-1257", "windows-1257"}},
    {"windows-1258", {"windows-1258", "windows-1258"}},
    {"koi8-r", {"KOI8-R", "KOI8-R"}},
    {"koi8-u", {"KOI8-U", "KOI8-U"}},
    {"macintosh", {"macintosh", "macintosh"}},
};

// Like find, without regard to case. `lower` is in lower case.
size_t FindLower(std::string_view text, std::string_view lower, size_t from) {
  const auto found =
      std::search(text.begin() + static_cast<ptrdiff_t>(std::min(from, text.size())), text.end(),
                  lower.begin(), lower.end(), [](char a, char b) { return AsciiLower(a) == b; });
  return found == text.end() ? text.npos : static_cast<size_t>(found - text.begin());
}

bool IsLabelByte(char c) {
  return IsLatinLetter(static_cast<unsigned char>(c)) || IsDigit(static_cast<unsigned char>(c)) ||
         c == '-' || c == '_' || c == '.' || c == ':';
}

// What follows `key` and "=" in `tag`, with or without quotes.
std::string_view ValueOf(std::string_view tag, std::string_view key) {
  for (size_t at = FindLower(tag, key, 0); at != tag.npos; at = FindLower(tag, key, at)) {
    at = tag.find_first_not_of(" \t\r\n", at + key.size());
    if (at == tag.npos) return {};
    if (tag[at] != '=') continue;
    at = tag.find_first_not_of(" \t\r\n\"'", at + 1);
    if (at == tag.npos) return {};
    size_t end = at;
    while (end < tag.size() && IsLabelByte(tag[end])) ++end;
    return tag.substr(at, end - at);
  }
  return {};
}

// The label as written; empty if there is none.
std::string_view DeclaredLabel(std::string_view bytes) {
  const std::string_view head = bytes.substr(0, kHead);
  if (head.starts_with("@charset \"")) {
    const std::string_view rest = head.substr(10);
    return rest.substr(0, std::min(rest.find('"'), rest.size()));
  }
  if (const size_t xml = head.find("<?xml"); xml != head.npos) {
    const std::string_view tag = head.substr(xml, head.find("?>", xml) - xml);
    if (const std::string_view label = ValueOf(tag, "encoding"); !label.empty()) return label;
  }
  for (size_t at = FindLower(head, "<meta", 0); at != head.npos;
       at = FindLower(head, "<meta", at + 5)) {
    const std::string_view tag = head.substr(at, head.find('>', at) - at);
    if (const std::string_view label = ValueOf(tag, "charset"); !label.empty()) return label;
  }
  return {};
}

}  // namespace

const Charset* DeclaredCharset(std::string_view bytes) {
  const std::string_view declared = DeclaredLabel(bytes);
  for (const Label& known : kLabels) {
    const bool same =
        std::equal(declared.begin(), declared.end(), known.label.begin(), known.label.end(),
                   [](char a, char b) { return AsciiLower(a) == b; });
    if (same) return &known.charset;
  }
  return nullptr;
}

}  // namespace quarry::text_internal
