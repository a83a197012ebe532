#include "retrieval/query_terms.h"

#include <algorithm>

#include "base/text.h"

namespace quarry::retrieval {
namespace {

// The Snowball project's English stop list (snowballstem.org), sorted; contractions are left out
// because the analyzer splits them.
constexpr std::string_view kQuestionWords[] = {
    "a",       "about",  "above",  "after",    "again",     "against",    "all",     "am",
    "an",      "and",    "any",    "are",      "as",        "at",         "be",      "because",
    "been",    "before", "being",  "below",    "between",   "both",       "but",     "by",
    "can",     "cannot", "could",  "did",      "do",        "does",       "doing",   "down",
    "during",  "each",   "few",    "for",      "from",      "further",    "had",     "has",
    "have",    "having", "he",     "her",      "here",      "hers",       "herself", "him",
    "himself", "his",    "how",    "i",        "if",        "in",         "into",    "is",
    "it",      "its",    "itself", "me",       "more",      "most",       "my",      "myself",
    "no",      "nor",    "not",    "of",       "off",       "on",         "once",    "only",
    "or",      "other",  "ought",  "our",      "ours",      "ourselves",  "out",     "over",
    "own",     "same",   "she",    "should",   "so",        "some",       "such",    "than",
    "that",    "the",    "their",  "theirs",   "them",      "themselves", "then",    "there",
    "these",   "they",   "this",   "those",    "through",   "to",         "too",     "under",
    "until",   "up",     "very",   "was",      "we",        "were",       "what",    "when",
    "where",   "which",  "while",  "who",      "whom",      "why",        "with",    "would",
    "you",     "your",   "yours",  "yourself", "yourselves"};

bool IsQuestionWord(std::string_view word) {
  return std::binary_search(std::begin(kQuestionWords), std::end(kQuestionWords), word);
}

}  // namespace

std::vector<std::string> QueryTerms(const Analyzer& analyzer, std::string_view question) {
  std::vector<Token> tokens = analyzer.Tokenize(question);
  std::vector<std::string> all;
  std::vector<std::string> content;
  for (Token& token : tokens) {
    const std::string word = Fold(question.substr(token.begin, token.end - token.begin));
    if (!IsQuestionWord(word)) content.push_back(token.term);
    all.push_back(std::move(token.term));
  }
  return content.empty() ? all : content;
}

}  // namespace quarry::retrieval
