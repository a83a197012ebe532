#include "ingest/chunk_windows.h"

#include <algorithm>

#include "base/ascii.h"
#include "base/text.h"
#include "ingest/chunk_units.h"

namespace quarry::ingest {
namespace {

// The end of the longest stretch from `begin` that has at most `tokens`; behind one character at
// least. Bisection, for token counts grow with the text.
size_t Reach(std::string_view text, size_t begin, uint32_t tokens) {
  size_t low = begin;
  size_t high = std::min(text.size(), begin + size_t{16} * tokens);
  while (low < high) {
    const size_t middle = low + (high - low + 1) / 2;
    if (CountTokens(text.substr(begin, middle - begin)) <= tokens) {
      low = middle;
    } else {
      high = middle - 1;
    }
  }
  while (low > begin && low < text.size() && !IsCharacterStart(text, low)) --low;
  if (low > begin) return low;
  do ++low;
  while (low < text.size() && !IsCharacterStart(text, low));
  return low;
}

// Where the last stretch before `end` begins that has at most `tokens`: at the start of a word if
// there is one in its first half. Not before `from`.
size_t ReachBack(std::string_view text, size_t from, size_t end, uint32_t tokens) {
  size_t low = std::max(from, end - std::min(end, size_t{16} * tokens));
  size_t high = end;
  while (low < high) {
    const size_t middle = low + (high - low) / 2;
    if (CountTokens(text.substr(middle, end - middle)) <= tokens) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  for (size_t at = low; at > from && at < low + (end - low) / 2; ++at) {
    if (IsAsciiSpace(text[at - 1])) return at;
  }
  while (low > from && low < end && !IsCharacterStart(text, low)) ++low;
  return low;
}

// Where a window that begins at `begin` and may reach to `limit` ends.
size_t EndOfWindow(std::string_view text, size_t begin, size_t limit) {
  if (limit == text.size()) return limit;
  for (size_t at = limit; at > limit - (limit - begin) / 4; --at) {
    if (IsAsciiSpace(text[at])) return at;
  }
  return limit;
}

std::vector<ByteRange> CutFixed(std::string_view text, uint32_t tokens, uint32_t overlap) {
  std::vector<ByteRange> windows;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = EndOfWindow(text, begin, Reach(text, begin, tokens));
    const ByteRange window = TrimRange(text, {begin, end});
    // One that ends where the one before does has white space only beyond it.
    const bool adds = windows.empty() || window.end > windows.back().end;
    if (window.begin < window.end && adds) windows.push_back(window);
    begin = overlap == 0 || end == text.size() ? end : ReachBack(text, begin + 1, end, overlap);
  }
  return windows;
}

// All sentences of a document in order.
std::vector<ByteRange> SentencesOf(const Document& document) {
  const std::string_view text = document.text;
  std::vector<ByteRange> sentences;
  const auto add_sentences = [&](size_t begin, size_t end) {
    if (begin >= end) return;
    for (const ByteRange& sentence : SplitSentences(text.substr(begin, end - begin))) {
      sentences.push_back({begin + sentence.begin, begin + sentence.end});
    }
  };
  const auto add_lines = [&](size_t begin, size_t end) {
    while (begin < end) {
      const size_t newline = std::min(text.find('\n', begin), end);
      // Its indentation stays.
      const ByteRange line = TrimRange(text, {begin, newline});
      if (line.begin < line.end) sentences.push_back({begin, line.end});
      begin = newline + 1;
    }
  };
  size_t at = 0;
  for (const Block& block : document.blocks) {
    const size_t begin = std::clamp<size_t>(block.begin, at, text.size());
    const size_t end = std::clamp<size_t>(block.end, begin, text.size());
    add_sentences(at, begin);
    if (block.kind == BlockKind::kTable || block.kind == BlockKind::kCode) {
      add_lines(begin, end);
    } else {
      add_sentences(begin, end);
    }
    at = end;
  }
  add_sentences(at, text.size());
  return sentences;
}

}  // namespace

std::vector<ByteRange> FixedWindows(std::string_view text, const ChunkOptions& options) {
  return CutFixed(text, options.target_tokens, options.overlap_tokens);
}

std::vector<ByteRange> SentenceWindows(const Document& document, const ChunkOptions& options) {
  const std::string_view text = document.text;
  const std::vector<ByteRange> sentences = SentencesOf(document);
  std::vector<ByteRange> windows;
  const auto fits = [&](size_t begin, size_t end) {
    return CountTokens(text.substr(begin, end - begin)) <= options.max_tokens;
  };
  for (size_t first = 0; first < sentences.size();) {
    const ByteRange sentence = sentences[first];
    if (!fits(sentence.begin, sentence.end)) {
      const std::string_view whole = text.substr(sentence.begin, sentence.end - sentence.begin);
      for (const ByteRange& part : CutFixed(whole, options.max_tokens, 0)) {
        windows.push_back({sentence.begin + part.begin, sentence.begin + part.end});
      }
      ++first;
      continue;
    }
    size_t last = first + 1;
    while (last < sentences.size() && last - first < options.window_sentences &&
           fits(sentence.begin, sentences[last].end)) {
      ++last;
    }
    // The sentences repeated may leave no room for another one.
    if (windows.empty() || sentences[last - 1].end > windows.back().end) {
      windows.push_back({sentence.begin, sentences[last - 1].end});
    }
    if (last == sentences.size()) break;
    first = std::max(first + 1, last - std::min<size_t>(last, options.overlap_sentences));
  }
  return windows;
}

}  // namespace quarry::ingest
