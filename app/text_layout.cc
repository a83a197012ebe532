#include "app/text_layout.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "base/numbers.h"

namespace quarry::app {
namespace {

bool IsZeroWidth(char32_t c) {
  return (c >= 0x0300 && c <= 0x036F) || (c >= 0x200B && c <= 0x200F) ||
         (c >= 0x20D0 && c <= 0x20FF) || (c >= 0xFE00 && c <= 0xFE0F) || c == 0xFEFF ||
         (c >= 0x202A && c <= 0x202E) || (c >= 0x2060 && c <= 0x2069);
}

// Emoji that stand among narrow signs: ✅ ❌ ❓ ⭐ and their like.
bool IsWideSign(char32_t c) {
  return std::u32string_view(U"⌚⌛⏰⏳☔☕⚡⚽⛔✅✊✋✨❌❎❓❔❕❗➕➖➗⭐⭕").find(c) != std::u32string_view::npos;
}

// The blocks of Unicode's East_Asian_Width W and F that occur in text, and emoji.
bool IsWide(char32_t c) {
  return (c >= 0x1100 && c <= 0x115F) || (c >= 0x2E80 && c <= 0x303E) ||
         (c >= 0x3041 && c <= 0xA4CF) || (c >= 0xA960 && c <= 0xA97F) ||
         (c >= 0xAC00 && c <= 0xD7A3) || (c >= 0xF900 && c <= 0xFAFF) ||
         (c >= 0xFE30 && c <= 0xFE6F) || (c >= 0xFF00 && c <= 0xFF60) ||
         (c >= 0xFFE0 && c <= 0xFFE6) || (c >= 0x1F300 && c <= 0x1F64F) ||
         (c >= 0x1F680 && c <= 0x1F6FF) || (c >= 0x1F7E0 && c <= 0x1F7EB) ||
         (c >= 0x1F900 && c <= 0x1F9FF) || (c >= 0x1FA70 && c <= 0x1FAFF) ||
         (c >= 0x20000 && c <= 0x3FFFD) || IsWideSign(c);
}

// C0 and C1 controls and DEL, and the marks that reorder what follows.
bool IsControl(char32_t c) {
  return c < 0x20 || (c >= 0x7F && c < 0xA0) || (c >= 0x202A && c <= 0x202E) ||
         (c >= 0x2066 && c <= 0x2069);
}

bool IsSpace(char32_t c) {
  return c == ' ' || c == 0x3000 || c == 0x00A0 || c == 0x2028 || c == 0x2029;
}

// Appends `text` to `out` as OneLine does; returns for each of `ranges` where it came to stand.
std::vector<ByteRange> AppendOneLine(std::string_view text, const std::vector<ByteRange>& ranges,
                                     std::string& out) {
  std::vector<ByteRange> moved(ranges.size());
  size_t next_begin = 0;
  size_t next_end = 0;
  bool space = false;
  for (size_t offset = 0; offset < text.size();) {
    while (next_begin < ranges.size() && ranges[next_begin].begin <= offset) {
      if (space && !out.empty()) out += ' ';
      space = false;
      moved[next_begin++].begin = out.size();
    }
    while (next_end < next_begin && ranges[next_end].end <= offset) {
      moved[next_end++].end = out.size();
    }
    const char32_t c = NextCodePoint(text, offset);
    if (IsControl(c) || IsSpace(c)) {
      space = true;
      continue;
    }
    if (space && !out.empty() && out.back() != ' ') out += ' ';
    space = false;
    AppendCodePoint(out, c);
  }
  while (next_begin < ranges.size()) moved[next_begin++].begin = out.size();
  while (next_end < ranges.size()) moved[next_end++].end = out.size();
  return moved;
}

// Where each match of a text stands and which of the terms it is.
struct Match {
  size_t term = 0;
  ByteRange range;
};

// Start of the window of `bytes` bytes that holds the most distinct terms.
size_t BestWindow(const std::vector<Match>& matches, size_t terms, size_t bytes) {
  std::vector<uint32_t> inside(terms, 0);
  size_t distinct = 0;
  size_t best = 0;
  size_t best_begin = 0;
  size_t first = 0;
  for (const Match& match : matches) {
    if (inside[match.term]++ == 0) ++distinct;
    while (matches[first].range.begin + bytes < match.range.end) {
      if (--inside[matches[first++].term] == 0) --distinct;
    }
    if (distinct > best) {
      best = distinct;
      best_begin = matches[first].range.begin;
    }
  }
  return best_begin;
}

bool IsContinuation(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

}  // namespace

size_t CodePointWidth(char32_t c) { return IsZeroWidth(c) ? 0 : IsWide(c) ? 2 : 1; }

bool IsClosingMark(char32_t c) {
  return std::u32string_view(U"。，、；：？！）」』】》〉…”’").find(c) != std::u32string_view::npos;
}

bool IsOpeningMark(char32_t c) {
  return std::u32string_view(U"（「『【《〈“‘").find(c) != std::u32string_view::npos;
}

size_t DisplayWidth(std::string_view utf8) {
  size_t width = 0;
  for (size_t offset = 0; offset < utf8.size();)
    width += CodePointWidth(NextCodePoint(utf8, offset));
  return width;
}

std::string OneLine(std::string_view utf8) {
  std::string line;
  AppendOneLine(utf8, {}, line);
  return line;
}

std::string Printable(std::string_view utf8) {
  std::string out;
  for (size_t offset = 0; offset < utf8.size();) {
    const char32_t c = NextCodePoint(utf8, offset);
    AppendCodePoint(out, IsControl(c) && c != '\n' && c != '\t' ? U' ' : c);
  }
  return out;
}

std::string Ellipsize(std::string_view utf8, size_t columns) {
  if (DisplayWidth(utf8) <= columns) return std::string(utf8);
  if (columns == 0) return "";
  size_t width = 0;
  size_t end = 0;
  for (size_t offset = 0; offset < utf8.size(); end = offset) {
    width += CodePointWidth(NextCodePoint(utf8, offset));
    if (width > columns - 1) break;
  }
  return std::string(Trim(utf8.substr(0, end))) + "…";
}

size_t FittingBytes(std::string_view utf8, size_t columns) {
  size_t width = 0;
  size_t best = 0;  // where a line may end
  bool last_wide = false;
  for (size_t offset = 0; offset < utf8.size();) {
    const size_t begin = offset;
    const char32_t c = NextCodePoint(utf8, offset);
    if (begin > 0 && (c == ' ' || (last_wide && IsWide(c) && !IsClosingMark(c)))) best = begin;
    width += CodePointWidth(c);
    if (width > columns) {
      // A word longer than the line is cut.
      return best > 0 ? best : begin > 0 ? begin : offset;
    }
    last_wide = IsWide(c);
  }
  return utf8.size();
}

std::string PadRight(std::string_view utf8, size_t columns) {
  const size_t width = DisplayWidth(utf8);
  return std::string(utf8) + std::string(width < columns ? columns - width : 0, ' ');
}

Snippet MakeSnippet(std::string_view text, const std::vector<std::string>& terms,
                    const Analyzer& analyzer, size_t columns) {
  std::map<std::string_view, size_t> numbers;
  for (const std::string& term : terms) numbers.emplace(term, numbers.size());
  std::vector<Match> matches;
  for (const Token& token : analyzer.Tokenize(text)) {
    const auto found = numbers.find(token.term);
    if (found != numbers.end()) matches.push_back({found->second, {token.begin, token.end}});
  }
  std::sort(matches.begin(), matches.end(),
            [](const Match& a, const Match& b) { return a.range.begin < b.range.begin; });

  // About the bytes that fill the columns: 3 bytes make 2 columns of Chinese, 1 byte 1 of English.
  const size_t width = std::max<size_t>(DisplayWidth(text), 1);
  const size_t bytes = std::max<size_t>(columns * text.size() / width, 16);
  size_t begin = 0;
  if (text.size() > bytes && !matches.empty()) {
    begin = BestWindow(matches, numbers.size(), bytes);
    // Some words before the first match, and no room wasted behind the end.
    begin -= std::min(begin, bytes / 5);
    begin = std::min(begin, text.size() - bytes);
    while (begin > 0 && begin < text.size() && IsContinuation(text[begin])) ++begin;
    // Not in the middle of a word.
    const size_t blank = text.find_first_of(" \n\t", begin);
    if (begin > 0 && text[begin - 1] != ' ' && blank != std::string_view::npos &&
        blank < begin + 20) {
      begin = blank + 1;
    }
  }

  Snippet snippet;
  if (begin > 0) snippet.text = "… ";
  std::vector<ByteRange> ranges;
  for (const Match& match : matches) {
    if (match.range.begin < begin) continue;
    const ByteRange range{match.range.begin - begin, match.range.end - begin};
    if (!ranges.empty() && range.begin <= ranges.back().end) {
      ranges.back().end = std::max(ranges.back().end, range.end);  // CJK pairs overlap
    } else {
      ranges.push_back(range);
    }
  }
  std::string line = snippet.text;
  ranges = AppendOneLine(text.substr(begin), ranges, line);
  snippet.text = Ellipsize(line, columns);
  const bool cut = snippet.text.size() < line.size() || snippet.text != line;
  const size_t end = snippet.text.size() - (cut ? std::string_view("…").size() : 0);
  for (const ByteRange& range : ranges) {
    if (range.begin < end) snippet.matches.push_back({range.begin, std::min(range.end, end)});
  }
  return snippet;
}

std::string WithThousands(uint64_t value) {
  const std::string digits = std::to_string(value);
  std::string grouped;
  for (size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && (digits.size() - i) % 3 == 0) grouped += ',';
    grouped += digits[i];
  }
  return grouped;
}

std::string Counted(uint64_t count, const std::string& noun) {
  return WithThousands(count) + " " + noun + (count == 1 ? "" : "s");
}

std::string FormatBytes(uint64_t bytes) {
  if (bytes < 1000) return std::to_string(bytes) + " B";
  auto value = static_cast<double>(bytes);
  const char* unit = "";
  for (const char* next : {" kB", " MB", " GB", " TB", " PB", " EB"}) {
    if (value < 999.5) break;
    value /= 1000;
    unit = next;
  }
  return FormatFixed(value, value < 9.95 ? 1 : 0) + unit;
}

std::string FormatSeconds(double seconds) {
  if (seconds < 0.0995) return FormatFixed(seconds * 1000, 0) + " ms";
  if (seconds < 9.95) return FormatFixed(seconds, 1) + " s";
  const auto whole = static_cast<uint64_t>(std::llround(seconds));
  if (whole < 60) return std::to_string(whole) + " s";
  if (whole < 3600) return std::to_string(whole / 60) + " min " + std::to_string(whole % 60) + " s";
  return std::to_string(whole / 3600) + " h " + std::to_string(whole / 60 % 60) + " min";
}

}  // namespace quarry::app
