#include "retrieval/shingles.h"

#include <algorithm>
#include <string>

#include "base/hash.h"
#include "base/text.h"

namespace quarry::retrieval {
namespace {

constexpr size_t kRun = 4;  // words

void SortUnique(std::vector<uint64_t>& values) {
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
}

// Letters and digits of any script but CJK, joined; everything else separates.
bool IsWordCharacter(char32_t c) {
  if (c < 0x80) return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z');
  return c >= 0xC0 && !(c >= 0x2000 && c <= 0x2BFF) && !(c >= 0x3000 && c <= 0x303F) &&
         !(c >= 0xFF00 && c <= 0xFF20);
}

std::vector<uint64_t> HashWords(std::string_view text) {
  const std::string folded = Fold(text);
  const std::string_view view = folded;
  std::vector<uint64_t> words;
  size_t begin = 0;
  const auto end_word = [&](size_t end) {
    if (end > begin) words.push_back(Hash64(view.substr(begin, end - begin)));
  };
  for (size_t at = 0; at < view.size();) {
    size_t next = at;
    const char32_t c = NextCodePoint(view, next);
    if (IsCjk(c)) {
      end_word(at);
      words.push_back(Hash64(view.substr(at, next - at)));
      begin = next;
    } else if (!IsWordCharacter(c)) {
      end_word(at);
      begin = next;
    }
    at = next;
  }
  end_word(view.size());
  return words;
}

}  // namespace

Shingles::Shingles(std::string_view text) : words_(HashWords(text)) {
  const size_t length = std::min(kRun, words_.size());
  for (size_t i = 0; length > 0 && i + length <= words_.size(); ++i) {
    uint64_t run = 0;
    for (size_t j = i; j < i + length; ++j) run = run * 0x9E3779B97F4A7C15 + words_[j];
    runs_.push_back(run);
  }
  SortUnique(words_);
  SortUnique(runs_);
}

double Shingles::ContainedIn(const Shingles& other) const {
  if (runs_.empty()) return 1;
  const auto common = std::count_if(runs_.begin(), runs_.end(), [&](uint64_t run) {
    return std::binary_search(other.runs_.begin(), other.runs_.end(), run);
  });
  return static_cast<double>(common) / static_cast<double>(runs_.size());
}

bool Shingles::HasNoWordBeside(const Shingles& other) const {
  return std::includes(other.words_.begin(), other.words_.end(), words_.begin(), words_.end());
}

}  // namespace quarry::retrieval
