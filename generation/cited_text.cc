#include "generation/cited_text.h"

#include <algorithm>
#include <utility>

#include "base/ascii.h"

namespace quarry::generation {
namespace {

constexpr size_t kMaxMarkerBytes = 48;
constexpr std::string_view kWideOpen = "【";
constexpr std::string_view kWideClose = "】";
constexpr std::string_view kWideComma = "，";
constexpr std::string_view kPause = "、";

// Whether `text` is a proper beginning of `whole`.
bool BeginsIn(std::string_view text, std::string_view whole) {
  return text.size() < whole.size() && whole.starts_with(text);
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

std::vector<CitedSentence> SplitCitedSentences(std::string_view text) {
  // Sentences are found with the markers blanked: they would hide the ends.
  struct Marker {
    size_t begin, end;
    std::vector<uint32_t> numbers;
  };
  std::vector<Marker> markers;
  std::string plain;
  std::vector<size_t> origin;  // of each byte of `plain`
  for (size_t i = 0; i < text.size();) {
    MarkerScan scan = ScanMarker(text.substr(i));
    if (scan.state == MarkerScan::State::kMarker) {
      markers.push_back({i, i + scan.size, std::move(scan.numbers)});
      i += scan.size;
      // "9 bar [1]." reads "9 bar."
      continue;
    }
    plain += text[i];
    origin.push_back(i++);
  }
  origin.push_back(text.size());
  std::vector<CitedSentence> sentences;
  size_t next = 0;
  const std::vector<ByteRange> ranges = SplitSentences(plain);
  for (size_t s = 0; s < ranges.size(); ++s) {
    CitedSentence sentence;
    sentence.range = {origin[ranges[s].begin], origin[ranges[s].end - 1] + 1};
    sentence.words = plain.substr(ranges[s].begin, ranges[s].end - ranges[s].begin);
    const size_t stop = s + 1 < ranges.size() ? origin[ranges[s + 1].begin] : text.size();
    sentence.claim = sentence.range;
    bool first = true;
    for (; next < markers.size() && markers[next].begin < stop; ++next) {
      const Marker& marker = markers[next];
      if (first) sentence.claim.end = std::min(sentence.claim.end, marker.begin);
      first = false;
      sentence.range.end = std::max(sentence.range.end, marker.end);
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
    const MarkerScan scan = ScanMarker(std::string_view(held_).substr(i));
    if (scan.state == MarkerScan::State::kIncomplete && !last) break;
    if (scan.state != MarkerScan::State::kMarker) {
      out += held_[i++];
      continue;
    }
    i += scan.size;
    for (const uint32_t number : scan.numbers) {
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
