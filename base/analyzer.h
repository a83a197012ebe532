#pragma once

// Analyzer: text -> terms. The same analyzer serves indexing and queries, BM25, the learnt embedder
// and the support scorer, so that "the same word" means one thing in Quarry.
//
// What it does, per run of text and with no locale switch:
//   * every character is folded first (base/text.h Fold: NFKC, case, Hant -> Hans);
//   * letters and digits of spaced scripts make a word; the possessive 's is dropped, other inner
//     apostrophes are kept ("don't"); words of Latin letters are stemmed (Snowball English, that
//     is "Porter2") and the stop list is dropped;
//   * a word with inner '-', '_', '.', '/' or '#' that holds a digit is a code ("ppr-9087",
//     "vx-220/b", "v1.2.0"): it is kept whole, and its parts are indexed too ("vx-220", "vx",
//     "220", "b"). A decimal number ("3.14") has no parts. Longer than 6 parts or 64 bytes, as URLs
//     and paths are, it is only taken apart; so is all that holds no digit ("well-known");
//   * "1,000" is the term "1000";
//   * "c++", "c#", "notepad++" are terms beside "c" and "notepad";
//   * CJK runs give every pair of neighbouring characters; a lone character gives itself.
// A form cache makes stemming a look-up for words seen before.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace quarry {

struct AnalyzerOptions {
  bool drop_stop_words = true;
  bool stem = true;
  bool cjk_bigrams = true;
  // Additionally every single CJK character (the embedder wants them). Without pairs always so.
  bool cjk_unigrams = false;
};

struct Token {
  std::string term;
  uint32_t begin = 0;  // bytes of the text given, before folding
  uint32_t end = 0;
  // Counts words and CJK characters, stop words too, so that the options do not move it. Parts of a
  // code share the code's, a pair has that of its first character.
  uint32_t position = 0;
};

// Thread-safe: one analyzer is used by many threads.
class Analyzer {
 public:
  explicit Analyzer(AnalyzerOptions options = {});
  ~Analyzer();
  Analyzer(const Analyzer&) = delete;
  Analyzer& operator=(const Analyzer&) = delete;

  // Tokens in text order. Text of more than 4 GiB is not accepted (REQUIRES: utf8.size() < 2^32).
  std::vector<Token> Tokenize(std::string_view utf8) const;

  // Names what Tokenize does: stored in the index, checked when it is opened. Changes whenever the
  // terms of any text would.
  std::string Fingerprint() const;

  const AnalyzerOptions& options() const { return options_; }

 private:
  struct Impl;
  const AnalyzerOptions options_;
  std::unique_ptr<Impl> impl_;
};

// How often each term occurs in a text: what BM25 stores of a chunk. Sorted by term.
struct TermFrequency {
  std::string term;
  uint32_t count = 0;
  friend bool operator==(const TermFrequency&, const TermFrequency&) = default;
};
std::vector<TermFrequency> CountTerms(std::vector<Token> tokens);

}  // namespace quarry
