#include "generation/cited_text.h"

#include <algorithm>
#include <utility>

#include "base/ascii.h"

namespace quarry::generation {
namespace {

constexpr size_t kMaxMarkerBytes = 48;
// Of code within a line: a backtick that is not closed within so much is one.
constexpr size_t kMaxCodeBytes = 500;
constexpr std::string_view kWideOpen = "【";
constexpr std::string_view kWideClose = "】";
constexpr std::string_view kWideComma = "，";
constexpr std::string_view kPause = "、";

// Whether `text` is a proper beginning of `whole`.
bool BeginsIn(std::string_view text, std::string_view whole) {
  return text.size() < whole.size() && whole.starts_with(text);
}

// How many backticks stand at `at`.
size_t BackticksAt(std::string_view text, size_t at) {
  return std::min(text.find_first_not_of('`', at), text.size()) - at;
}

}  // namespace

MarkerScan ScanMarker(std::string_view text) {
  MarkerScan scan;
  MarkerScan none;
  std::string_view close = "]";
  size_t at = 1;
  if (text.starts_with(kWideOpen)) {
    close = kWideClose;
    at = kWideOpen.size();
  } else if (!text.starts_with('[')) {
    if (!text.empty() && BeginsIn(text, kWideOpen)) scan.state = MarkerScan::State::kIncomplete;
    return scan;
  }
  scan.state = MarkerScan::State::kIncomplete;
  if (at < text.size() && text[at] == '^') ++at;
  bool expects_number = true;
  while (at < text.size()) {
    if (at > kMaxMarkerBytes) return none;
    const std::string_view rest = text.substr(at);
    if (rest[0] == ' ') {
      ++at;
    } else if (IsAsciiDigit(rest[0])) {
      if (!expects_number) return none;
      uint32_t number = 0;
      size_t digits = 0;
      while (digits < rest.size() && IsAsciiDigit(rest[digits])) {
        if (digits == 3) return none;  // "[2021]" is a year and no passage
        number = number * 10 + static_cast<uint32_t>(rest[digits] - '0');
        ++digits;
      }
      if (digits == rest.size()) return scan;  // more digits may come
      scan.numbers.push_back(number);
      at += digits;
      expects_number = false;
    } else if (rest.starts_with(close)) {
      if (expects_number) return none;
      scan.state = MarkerScan::State::kMarker;
      scan.size = at + close.size();
      return scan;
    } else if (!expects_number &&
               (rest[0] == ',' || rest.starts_with(kWideComma) || rest.starts_with(kPause))) {
      at += rest[0] == ',' ? 1 : kPause.size();
      expects_number = true;
    } else if (BeginsIn(rest, close) ||
               (!expects_number && (BeginsIn(rest, kWideComma) || BeginsIn(rest, kPause)))) {
      return scan;
    } else {
      return none;
    }
  }
  return scan;
}

CitedTextScanner::Piece CitedTextScanner::Next(std::string_view rest, bool last) {
  Piece piece;
  if (fence_ > 0) {
    piece = InFence(rest, last);
  } else if (rest[0] == '`') {
    piece = AtBackticks(rest, last);
  } else if (MarkerScan scan = ScanMarker(rest); scan.state == MarkerScan::State::kMarker) {
    piece = {Piece::Kind::kMarker, scan.size, std::move(scan.numbers)};
  } else if (scan.state != MarkerScan::State::kIncomplete || last) {
    constexpr std::string_view kMayBegin = "[`\xE3";  // the last is the first byte of "【"
    piece = {Piece::Kind::kText, std::min(rest.find_first_of(kMayBegin, 1), rest.size()), {}};
  }
  // A fence may stand in a list or quote.
  const std::string_view before_fence = fence_ > 0 ? " \t>" : " \t>-*0123456789.)";
  for (const char c : rest.substr(0, piece.size)) {
    at_line_start_ =
        c == '\n' || (at_line_start_ && before_fence.find(c) != std::string_view::npos);
  }
  return piece;
}

CitedTextScanner::Piece CitedTextScanner::InFence(std::string_view rest, bool last) {
  if (at_line_start_) {
    const size_t begin = std::min(rest.find_first_not_of(" \t>"), rest.size());
    const size_t end = begin + BackticksAt(rest, begin);
    const size_t behind = std::min(rest.find_first_not_of(" \t\r", end), rest.size());
    const bool may_close = end - begin >= fence_ || end == rest.size();
    if (may_close && behind == rest.size() && !last) return {};
    if (end - begin >= fence_ && (behind == rest.size() || rest[behind] == '\n')) {
      fence_ = 0;
      return {Piece::Kind::kCode, behind, {}};
    }
  }
  const size_t line = rest.find('\n');
  return {Piece::Kind::kCode, line == rest.npos ? rest.size() : line + 1, {}};
}

CitedTextScanner::Piece CitedTextScanner::AtBackticks(std::string_view rest, bool last) {
  const size_t size = BackticksAt(rest, 0);
  if (size == rest.size() && !last) return {};
  const size_t line = std::min(rest.find('\n', size), rest.size());
  const bool is_whole = line < rest.size() || last;  // the line
  if (at_line_start_ && size >= 3 && rest.substr(size, line - size).find('`') == rest.npos) {
    if (!is_whole) return {};
    fence_ = size;
    return {Piece::Kind::kCode, std::min(line + 1, rest.size()), {}};
  }
  const size_t limit = std::min(line, kMaxCodeBytes);
  for (size_t at = rest.find('`', size); at < limit;) {
    const size_t closing = BackticksAt(rest, at);
    if (at + closing == rest.size() && !last) return {};
    if (closing == size) return {Piece::Kind::kCode, at + closing, {}};
    at = rest.find('`', at + closing);
  }
  if (!is_whole && limit == rest.size()) return {};
  return {Piece::Kind::kText, size, {}};
}

std::vector<CitationMarker> FindMarkers(std::string_view text) {
  std::vector<CitationMarker> markers;
  CitedTextScanner scanner;
  for (size_t i = 0; i < text.size();) {
    CitedTextScanner::Piece piece = scanner.Next(text.substr(i), /*last=*/true);
    if (piece.kind == CitedTextScanner::Piece::Kind::kMarker) {
      markers.push_back({{i, i + piece.size}, std::move(piece.numbers)});
    }
    i += piece.size;
  }
  return markers;
}

std::vector<CitedSentence> SplitCitedSentences(std::string_view text, bool more_comes) {
  // Sentences are found with the markers left out, which hide the ends, "9 bar [1]." reads "9 bar.", and
  // with code blanked, which has ends that are none.
  std::vector<CitationMarker> markers;
  std::string plain;
  std::string blanked;
  std::vector<size_t> origin;  // of each byte of `plain`
  CitedTextScanner scanner;
  for (size_t i = 0; i < text.size();) {
    using Kind = CitedTextScanner::Piece::Kind;
    CitedTextScanner::Piece piece = scanner.Next(text.substr(i), !more_comes);
    const size_t end = piece.kind == Kind::kIncomplete ? text.size() : i + piece.size;
    if (piece.kind == Kind::kMarker) {
      markers.push_back({{i, end}, std::move(piece.numbers)});
      i = end;
      continue;
    }
    plain += text.substr(i, end - i);
    if (piece.kind == Kind::kText) {
      blanked += text.substr(i, end - i);
    } else {
      blanked.append(end - i, '`');
    }
    while (i < end) origin.push_back(i++);
  }
  origin.push_back(text.size());
  std::vector<CitedSentence> sentences;
  size_t next = 0;
  const std::vector<ByteRange> ranges = SplitSentences(blanked);
  for (size_t s = 0; s < ranges.size(); ++s) {
    CitedSentence sentence;
    sentence.range = {origin[ranges[s].begin], origin[ranges[s].end - 1] + 1};
    sentence.words = plain.substr(ranges[s].begin, ranges[s].end - ranges[s].begin);
    const size_t stop = s + 1 < ranges.size() ? origin[ranges[s + 1].begin] : text.size();
    sentence.claim = sentence.range;
    bool first = true;
    for (; next < markers.size() && markers[next].range.begin < stop; ++next) {
      const CitationMarker& marker = markers[next];
      if (first) sentence.claim.end = std::min(sentence.claim.end, marker.range.begin);
      first = false;
      sentence.range.end = std::max(sentence.range.end, marker.range.end);
      for (const uint32_t number : marker.numbers) {
        if (std::ranges::find(sentence.numbers, number) == sentence.numbers.end()) {
          sentence.numbers.push_back(number);
        }
      }
    }
    while (sentence.claim.end > sentence.claim.begin && text[sentence.claim.end - 1] == ' ') {
      --sentence.claim.end;
    }
    // White space that a marker left before the full stop.
    for (size_t at = 0; (at = sentence.words.find(" .", at)) != std::string::npos;) {
      sentence.words.erase(at, 1);
    }
    sentences.push_back(std::move(sentence));
  }
  return sentences;
}

std::string CitationNumbering::Take(std::string_view piece) {
  held_ += piece;
  return Rewrite(/*last=*/false);
}

std::string CitationNumbering::Finish() { return Rewrite(/*last=*/true); }

std::string CitationNumbering::Rewrite(bool last) {
  std::string out;
  size_t i = 0;
  while (i < held_.size()) {
    const CitedTextScanner::Piece piece = scanner_.Next(std::string_view(held_).substr(i), last);
    if (piece.kind == CitedTextScanner::Piece::Kind::kIncomplete) break;
    const size_t begin = std::exchange(i, i + piece.size);
    if (piece.kind != CitedTextScanner::Piece::Kind::kMarker) {
      out.append(held_, begin, piece.size);
      continue;
    }
    for (const uint32_t number : piece.numbers) {
      if (number == 0 || number > places_.size()) continue;
      uint32_t& place = places_[number - 1];
      if (place == 0) {
        order_.push_back(number - 1);
        place = static_cast<uint32_t>(order_.size());
      }
      out += '[' + std::to_string(place) + ']';
    }
  }
  held_.erase(0, i);
  return out;
}

}  // namespace quarry::generation
