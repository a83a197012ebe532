#include "base/text.h"

namespace quarry {

std::vector<ByteRange> SplitSentences(std::string_view utf8) {
  std::vector<ByteRange> sentences;
  size_t begin = 0;
  const auto end_at = [&](size_t end) {
    const std::string_view sentence = Trim(utf8.substr(begin, end - begin));
    if (!sentence.empty()) {
      const auto first = static_cast<size_t>(sentence.data() - utf8.data());
      sentences.push_back({first, first + sentence.size()});
    }
    begin = end;
  };
  for (size_t offset = 0; offset < utf8.size();) {
    const char32_t c = NextCodePoint(utf8, offset);
    if (c == U'。' || c == U'！' || c == U'？' || c == U'；') end_at(offset);
    if ((c == '.' || c == '!' || c == '?') && offset < utf8.size() && utf8[offset] == ' ') {
      end_at(offset);
    }
  }
  end_at(utf8.size());
  return sentences;
}

}  // namespace quarry
