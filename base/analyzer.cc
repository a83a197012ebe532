#include "base/analyzer.h"

#include <unicode/uchar.h>

#include <algorithm>
#include <utility>

#include "base/analyzer_tokenizer.h"
#include "base/analyzer_words.h"
#include "base/coding.h"
#include "base/hash.h"
#include "base/status.h"
#include "base/text_folding.h"

namespace quarry {
namespace {

// Raise it with every change of what becomes a term.
constexpr int kGrammarVersion = 1;

// A value that changes when the installed Snowball gives other stems: words whose stems its
// releases have changed, and one for each of its steps.
uint64_t StemmerHash() {
  uint64_t hash = 0;
  for (const char* word :
       {"skis",       "dying",        "news",        "generously", "arsenic",  "communism",
        "emergency",  "universal",    "logged",      "hopping",    "evening",  "inning",
        "proceed",    "exceeding",    "past",        "ties",       "gas",      "consigned",
        "relational", "ionization",   "geologist",   "analogies",  "fluently", "happily",
        "triplicate", "adjustable",   "probate",     "controll",   "youth's",  "don't",
        "yelled",     "organization", "interesting", "intern",     "later"}) {
    hash = HashCombine(hash, Hash64(EnglishStem(word)));
  }
  return hash;
}

}  // namespace

struct Analyzer::Impl {
  WordTerms words;
};

Analyzer::Analyzer(AnalyzerOptions options)
    : options_(options), impl_(new Impl{WordTerms(options.drop_stop_words, options.stem)}) {}

Analyzer::~Analyzer() = default;

std::vector<Token> Analyzer::Tokenize(std::string_view utf8) const {
  QUARRY_CHECK(utf8.size() <= UINT32_MAX);
  std::vector<Token> tokens;
  tokens.reserve(std::min<size_t>(utf8.size() / 6 + 8, size_t{1} << 16));
  Tokenizer(options_, impl_->words, utf8, tokens).Run();
  return tokens;
}

std::string Analyzer::Fingerprint() const {
  UVersionInfo unicode;
  u_getUnicodeVersion(unicode);
  std::string name = "quarry-analyzer:" + std::to_string(kGrammarVersion);
  name += ":unicode=" + std::to_string(unicode[0]) + "." + std::to_string(unicode[1]);
  name += ":han=" + HashToHex(Hash64(text_internal::kHanVariants)).substr(0, 8);
  if (options_.drop_stop_words) name += ":stop=lucene33";
  if (options_.stem) name += ":snowball-english=" + HashToHex(StemmerHash()).substr(0, 8);
  if (options_.cjk_bigrams) name += ":cjk2";
  if (options_.cjk_unigrams || !options_.cjk_bigrams) name += ":cjk1";
  return name;
}

std::vector<TermFrequency> CountTerms(std::vector<Token> tokens) {
  // Most terms are told apart, or found equal, by their first eight bytes as one number.
  struct Row {
    uint64_t prefix;
    std::string* term;
    bool operator<(const Row& other) const {
      if (prefix != other.prefix) return prefix < other.prefix;
      const size_t size = term->size();
      const size_t other_size = other.term->size();
      return size <= 8 && other_size <= 8 ? size < other_size : *term < *other.term;
    }
    bool operator==(const Row& other) const {
      return prefix == other.prefix && term->size() == other.term->size() &&
             (term->size() <= 8 || *term == *other.term);
    }
  };
  std::vector<Row> rows;
  rows.reserve(tokens.size());
  for (Token& token : tokens) rows.push_back({SortPrefix(token.term), &token.term});
  std::sort(rows.begin(), rows.end());
  std::vector<TermFrequency> counts;
  counts.reserve(rows.size());
  for (auto row = rows.begin(); row != rows.end();) {
    auto next = row + 1;
    while (next != rows.end() && *next == *row) ++next;
    counts.push_back({std::move(*row->term), static_cast<uint32_t>(next - row)});
    row = next;
  }
  return counts;
}

}  // namespace quarry
