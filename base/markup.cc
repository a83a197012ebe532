#include "base/markup.h"

#include "base/text.h"

namespace quarry {

std::string EscapeMarkup(std::string_view text) {
  std::string escaped;
  for (size_t offset = 0; offset < text.size();) {
    const char32_t c = NextCodePoint(text, offset);
    if (c == '&') {
      escaped += "&amp;";
    } else if (c == '<') {
      escaped += "&lt;";
    } else if (c == '>') {
      escaped += "&gt;";
    } else if (c == '"') {
      escaped += "&quot;";
    } else if (c == '\'') {
      escaped += "&#39;";
    } else if ((c < 0x20 && c != '\n' && c != '\t') || c == 0xFFFE || c == 0xFFFF) {
      AppendCodePoint(escaped, 0xFFFD);
    } else {
      AppendCodePoint(escaped, c);
    }
  }
  return escaped;
}

}  // namespace quarry
