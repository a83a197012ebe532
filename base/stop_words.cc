#include "base/stop_words.h"

#include <algorithm>

namespace quarry {
namespace {

// The 33 words of Lucene's EnglishAnalyzer (Apache Lucene, ENGLISH_STOP_WORDS_SET), sorted. Longer
// lists lose questions such as "what is the who" for no gain under BM25. Chinese needs none:
// frequent characters occur in pairs that are not.
constexpr std::string_view kStopWords[] = {
    "a",   "an",    "and",  "are",   "as",    "at",   "be",   "but", "by",  "for",  "if",
    "in",  "into",  "is",   "it",    "no",    "not",  "of",   "on",  "or",  "such", "that",
    "the", "their", "then", "there", "these", "they", "this", "to",  "was", "will", "with"};

}  // namespace

bool IsStopWord(std::string_view word) {
  return std::binary_search(std::begin(kStopWords), std::end(kStopWords), word);
}

}  // namespace quarry
