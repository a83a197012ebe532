#include "ingest/rst_inline.h"

#include <algorithm>

#include "base/ascii.h"

namespace quarry::ingest {
namespace {

bool IsRstSpace(char c) { return c == ' ' || c == '\t' || c == '\n'; }

// Markup begins behind white space and opening punctuation, and before something.
bool MayBegin(std::string_view text, size_t at, size_t size) {
  if (at + size >= text.size() || IsRstSpace(text[at + size])) return false;
  if (at == 0) return true;
  const char before = text[at - 1];
  return IsRstSpace(before) ||
         std::string_view("'\"([{<-/:").find(before) != std::string_view::npos || !IsAscii(before);
}

// Offset of the `mark` that closes what begins at `from`; npos if none does.
size_t FindClose(std::string_view text, size_t from, std::string_view mark) {
  constexpr size_t kMaxBytes = 1024;  // of one piece of inline markup
  const std::string_view window = text.substr(0, std::min(text.size(), from + kMaxBytes));
  for (size_t at = window.find(mark, from); at != window.npos; at = window.find(mark, at + 1)) {
    if (at > from && !IsRstSpace(window[at - 1]) && window[at - 1] != '\\') return at;
  }
  return text.npos;
}

// "text" of "text <target>".
std::string_view WithoutTarget(std::string_view content) {
  if (!content.ends_with('>')) return content;
  const size_t open = content.rfind('<');
  if (open == content.npos || open == 0) {
    return open == 0 ? content.substr(1, content.size() - 2) : content;
  }
  content = content.substr(0, open);
  while (!content.empty() && IsRstSpace(content.back())) content.remove_suffix(1);
  return content;
}

// Size of a role such as ":ref:" at `at`; 0 if there is none, or no backquote behind it.
size_t RoleSize(std::string_view text, size_t at) {
  size_t end = at + 1;
  while (end < text.size() && end - at < 64) {
    const char c = text[end];
    const bool is_name =
        IsAsciiAlphanumeric(c) || c == '-' || c == '_' || c == '.' || c == ':' || c == '+';
    if (!is_name) break;
    ++end;
  }
  const bool is_role =
      end - at > 2 && text[end - 1] == ':' && end < text.size() && text[end] == '`';
  return is_role ? end - at : 0;
}

}  // namespace

std::string RstInlineText(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size();) {
    const std::string_view rest = text.substr(i);
    if (text[i] == '\\' && i + 1 < text.size()) {
      // An escaped space joins what stands around it.
      if (!IsRstSpace(text[i + 1])) out += text[i + 1];
      i += 2;
      continue;
    }
    if (text[i] == ':') {
      if (const size_t role = RoleSize(text, i); role > 0) {
        const size_t close = FindClose(text, i + role + 1, "`");
        if (close != text.npos) {
          std::string_view content = WithoutTarget(text.substr(i + role + 1, close - i - role - 1));
          if (content.starts_with('~')) {  // Sphinx shows the last part of a dotted name only
            content.remove_prefix(std::min(content.rfind('.') + 1, content.size()));
            if (content.starts_with('~')) content.remove_prefix(1);
          } else if (content.starts_with('!')) {
            content.remove_prefix(1);
          }
          out += content;
          i = close + 1;
          continue;
        }
      }
    }
    std::string_view mark;
    for (const std::string_view known : {"``", "**", "`", "*"}) {
      if (mark.empty() && rest.starts_with(known)) mark = known;
    }
    if (!mark.empty() && MayBegin(text, i, mark.size())) {
      const size_t close = FindClose(text, i + mark.size(), mark);
      if (close != text.npos) {
        const std::string_view content = text.substr(i + mark.size(), close - i - mark.size());
        out += mark == "`" ? WithoutTarget(content) : content;
        i = close + mark.size();
        // `link`_ and `link`__
        while (mark == "`" && i < text.size() && text[i] == '_') ++i;
        continue;
      }
    }
    if (rest.starts_with("]_")) {  // a footnote reference
      out += ']';
      i += 2;
      continue;
    }
    out += text[i++];
  }
  return out;
}

}  // namespace quarry::ingest
