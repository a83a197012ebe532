#include "ingest/separated_values.h"

#include <algorithm>
#include <map>

namespace quarry::ingest {
namespace {

constexpr size_t kSampleBytes = 64 * 1024;
constexpr size_t kSampleRecords = 20;

}  // namespace

bool SeparatedValues::Next() {
  cells_.clear();
  problem_.clear();
  // Empty lines.
  for (size_t i = at_;
       i < text_.size() && (text_[i] == ' ' || text_[i] == '\n' || text_[i] == '\r'); ++i) {
    if (text_[i] != '\n') continue;
    at_ = i + 1;
    ++line_;
  }
  if (at_ == text_.size()) return false;
  record_begin_ = at_;
  record_line_ = line_;
  unescaped_.clear();
  moved_.clear();
  for (;;) {
    if (quotes_ && at_ < text_.size() && text_[at_] == '"') {
      if (!ReadQuoted()) {
        problem_ =
            "quoted cell is never closed: expected '\"' before the end of the file; from here on "
            "quotes are "
            "read as text";
        quotes_ = false;
        at_ = record_begin_;
        line_ = record_line_;
        cells_.clear();
        moved_.clear();
        continue;
      }
    } else {
      const size_t begin = at_;
      while (at_ < text_.size() && text_[at_] != separator_ && text_[at_] != '\n') ++at_;
      cells_.push_back(text_.substr(begin, at_ - begin));
    }
    if (at_ == text_.size()) break;
    const bool ends = text_[at_] == '\n';
    ++at_;
    if (ends) {
      ++line_;
      break;
    }
  }
  // Only now does unescaped_ stay where it is.
  for (const auto& [cell, offset] : moved_) {
    cells_[cell] = std::string_view(unescaped_).substr(offset, cells_[cell].size());
  }
  return true;
}

// Reads the quoted cell at at_ and moves to what ends it; false if its quote is never closed.
bool SeparatedValues::ReadQuoted() {
  const size_t begin = at_ + 1;
  size_t close = text_.find('"', begin);
  bool escaped = false;
  while (close != text_.npos && close + 1 < text_.size() && text_[close + 1] == '"') {
    escaped = true;
    close = text_.find('"', close + 2);
  }
  if (close == text_.npos) return false;
  size_t end = close + 1;
  while (end < text_.size() && text_[end] != separator_ && text_[end] != '\n') ++end;
  const bool has_tail = end > close + 1;
  if (has_tail && problem_.empty()) {
    problem_ = "text behind a closing quote: expected a separator; the text is kept";
  }
  if (!escaped && !has_tail) {
    cells_.push_back(text_.substr(begin, close - begin));
  } else {
    const size_t offset = unescaped_.size();
    for (size_t i = begin; i < close; ++i) {
      unescaped_ += text_[i];
      if (text_[i] == '"') ++i;
    }
    unescaped_ += text_.substr(close + 1, end - close - 1);
    moved_.emplace_back(cells_.size(), offset);
    // A placeholder of the right size; its content moves while unescaped_ grows.
    cells_.push_back(text_.substr(begin, unescaped_.size() - offset));
  }
  line_ += static_cast<size_t>(std::count(text_.data() + begin, text_.data() + close, '\n'));
  at_ = end;
  return true;
}

ColumnGuess GuessColumns(std::string_view text, char separator) {
  // Whole lines only.
  if (text.size() > kSampleBytes) {
    const size_t newline = text.rfind('\n', kSampleBytes);
    text = text.substr(0, newline == text.npos ? kSampleBytes : newline);
  }
  SeparatedValues reader(text, separator);
  std::map<size_t, size_t> counts;
  ColumnGuess guess;
  guess.separator = separator;
  while (guess.records < kSampleRecords && reader.Next()) {
    if (text[reader.begin()] == '#' && guess.records == 0) continue;
    ++guess.records;
    const size_t same = ++counts[reader.cells().size()];
    if (same > guess.agreeing) {
      guess.agreeing = same;
      guess.columns = reader.cells().size();
    }
  }
  return guess;
}

ColumnGuess FindSeparator(std::string_view text, std::string_view candidates) {
  ColumnGuess best;
  for (const char separator : candidates) {
    const ColumnGuess guess = GuessColumns(text, separator);
    if (guess.columns < 2 || guess.records < 2 || guess.agreeing * 10 < guess.records * 9) continue;
    const auto rank = [](const ColumnGuess& g) {
      return std::pair(g.agreeing * 1000 / std::max<size_t>(g.records, 1), g.columns);
    };
    if (rank(guess) > rank(best)) best = guess;
  }
  return best;
}

}  // namespace quarry::ingest
