#include "model/quotable.h"

namespace quarry::model {
namespace {

// `range` of `text` without white space around it.
ByteRange Trimmed(std::string_view text, ByteRange range) {
  const std::string_view inner = Trim(text.substr(range.begin, range.end - range.begin));
  if (inner.empty()) return {range.begin, range.begin};
  const size_t begin = static_cast<size_t>(inner.data() - text.data());
  return {begin, begin + inner.size()};
}

// Bytes of the longest prefix of `text` that has at most `max_tokens`, at least one character.
size_t FittingPrefix(std::string_view text, uint32_t max_tokens) {
  size_t fits = 0;
  size_t low = 1;
  size_t high = text.size();
  while (low <= high) {
    const size_t middle = (low + high) / 2;
    const std::string_view prefix = TruncateUtf8(text, middle);
    if (CountTokens(prefix) <= max_tokens) {
      fits = prefix.size();
      low = middle + 1;
    } else {
      high = middle - 1;
    }
  }
  if (fits == 0) NextCodePoint(text, fits);
  return fits;
}

// Where to end a piece of at most `prefix`: behind the last line break, else semicolon, comma or
// space that leaves at least a third of it.
size_t CutBehindMark(std::string_view prefix) {
  for (const std::string_view mark : {"\n", "；", "; ", "，", ", ", " "}) {
    const size_t found = prefix.rfind(mark);
    if (found != std::string_view::npos && found + mark.size() > prefix.size() / 3) {
      return found + mark.size();
    }
  }
  return prefix.size();
}

}  // namespace

std::vector<ByteRange> QuotableRanges(std::string_view text, uint32_t max_tokens) {
  std::vector<ByteRange> ranges;
  for (ByteRange rest : SplitSentences(text)) {
    // A token is at least one byte, so most sentences need no counting.
    while (rest.begin < rest.end) {
      const std::string_view left = text.substr(rest.begin, rest.end - rest.begin);
      if (left.size() <= max_tokens || CountTokens(left) <= max_tokens) {
        ranges.push_back(rest);
        break;
      }
      const size_t cut = CutBehindMark(left.substr(0, FittingPrefix(left, max_tokens)));
      const ByteRange piece = Trimmed(text, {rest.begin, rest.begin + cut});
      if (piece.begin < piece.end) ranges.push_back(piece);
      rest = Trimmed(text, {rest.begin + cut, rest.end});
    }
  }
  return ranges;
}

}  // namespace quarry::model
