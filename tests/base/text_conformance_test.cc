// Unicode's and others' cases for segmentation, against what Quarry does. Neither the analyzer nor
// the sentence splitter is an implementation of UAX #29, and both say why (base/analyzer.h,
// base/text_sentences.cc); so what is asserted is that they never cut where UAX #29 forbids it, but
// for the cases that are meant and counted here. Unicode 17 has characters that ICU 72 (Unicode 15)
// does not know; they count as any other.

#include <algorithm>
#include <fstream>
#include <iostream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "base/analyzer.h"
#include "base/text.h"
#include "tests/testing/test_environment.h"

namespace quarry {
namespace {

struct BreakCase {
  std::string text;
  std::set<size_t> breaks;  // byte offsets
  std::string line;
};

// Lines such as "÷ 0061 × 0308 ÷ 0020 ÷".
std::vector<BreakCase> ReadBreakCases(const std::string& path) {
  std::vector<BreakCase> cases;
  std::ifstream file(path);
  std::string line;
  while (std::getline(file, line)) {
    if (!line.starts_with("÷")) continue;
    BreakCase one;
    one.line = line;
    std::istringstream fields(line);
    std::string field;
    while (fields >> field) {
      if (field == "÷") {
        one.breaks.insert(one.text.size());
      } else if (field != "×") {
        AppendCodePoint(one.text, static_cast<char32_t>(std::stoul(field, nullptr, 16)));
      }
    }
    cases.push_back(std::move(one));
  }
  return cases;
}

TEST(UnicodeBreaks, WordsOfTheAnalyzerBeginAndEndAtWordBoundaries) {
  const auto path = testing::DataPath("text/unicode_breaks/WordBreakTest.txt");
  if (!path) GTEST_SKIP() << "text/unicode_breaks is absent";
  const std::vector<BreakCase> cases = ReadBreakCases(*path);
  EXPECT_EQ(cases.size(), 1944u);
  const Analyzer analyzer({.drop_stop_words = false, .stem = false});
  std::vector<std::string> cut;
  for (const BreakCase& one : cases) {
    const std::vector<Token> tokens = analyzer.Tokenize(one.text);
    const bool inside = std::any_of(tokens.begin(), tokens.end(), [&](const Token& token) {
      return !one.breaks.contains(token.begin) || !one.breaks.contains(token.end);
    });
    if (inside) cut.push_back(one.line);
  }
  // Meant: '_' and ':' between letters part words here ("max_size" is found by "size"), and so does
  // an apostrophe that no letter follows; symbols and format characters are no words at all.
  std::map<std::string, size_t> by_cause;
  for (const std::string& line : cut) {
    const auto has = [&](const char* code) { return line.find(code) != line.npos; };
    ++by_cause[has(" 005F ")   ? "underscore"
               : has(" 003A ") ? "colon"
               : has(" 0027 ") ? "apostrophe"
                               : "other"];
  }
  std::cout << cases.size() - cut.size() << " of " << cases.size() << " cases\n";
  for (const auto& [cause, count] : by_cause) std::cout << cause << ": " << count << "\n";
  EXPECT_EQ(cut.size(), 182u);
}

TEST(UnicodeBreaks, SentencesBeginAtSentenceBoundaries) {
  const auto path = testing::DataPath("text/unicode_breaks/SentenceBreakTest.txt");
  if (!path) GTEST_SKIP() << "text/unicode_breaks is absent";
  const std::vector<BreakCase> cases = ReadBreakCases(*path);
  EXPECT_EQ(cases.size(), 512u);
  std::vector<std::string> cut;
  for (const BreakCase& one : cases) {
    const std::vector<ByteRange> sentences = SplitSentences(one.text);
    // A sentence begins behind the white space that UAX #29 gives to the one before it.
    const bool inside = std::any_of(sentences.begin(), sentences.end(), [&](ByteRange sentence) {
      const std::string_view before = std::string_view(one.text).substr(0, sentence.begin);
      const auto from = static_cast<size_t>(Trim(before).end() - before.begin());
      return std::none_of(one.breaks.begin(), one.breaks.end(), [&](size_t at) {
        return (at >= from || Trim(before).empty()) && at <= sentence.begin;
      });
    });
    if (inside) cut.push_back(one.line);
  }
  std::cout << cases.size() - cut.size() << " of " << cases.size() << " cases; the others:\n";
  for (const std::string& line : cut) std::cout << line << "\n";
  // "etc.)’ ‘(the": UAX #29 looks for the small letter behind brackets and quotes of both kinds. The
  // other two have a word joiner (U+2060) between all characters, which hides the white space.
  EXPECT_EQ(cut.size(), 4u);
}

// The analyzer does not segment Chinese: it indexes pairs of neighbouring characters, so there are
// no words of its own that an F1 over the PKU corpus could be of. What that buys is asserted: every
// word of the gold standard is found in its sentence, with all of its terms side by side.
TEST(ChineseWords, EveryWordOfTheGoldStandardIsFoundInItsSentence) {
  const auto path = testing::DataPath("text/sighan_pku/pku_test_gold.utf8");
  if (!path) GTEST_SKIP() << "text/sighan_pku is absent";
  const Analyzer analyzer;
  std::ifstream file(*path);
  std::string line;
  size_t words = 0;
  size_t longer = 0;  // of more than one character
  size_t found = 0;
  while (std::getline(file, line)) {
    std::string sentence;
    std::vector<std::string> gold;
    std::istringstream fields(line);
    std::string word;
    while (fields >> word) {
      gold.push_back(word);
      sentence += word;
    }
    std::map<std::string, std::set<uint32_t>> positions;
    for (const Token& token : analyzer.Tokenize(sentence)) {
      positions[token.term].insert(token.position);
    }
    words += gold.size();
    for (const std::string& one : gold) {
      size_t offset = 0;
      const bool cjk = IsCjk(NextCodePoint(one, offset));
      const std::vector<Token> terms = analyzer.Tokenize(one);
      if (!cjk || offset == one.size() || terms.empty()) continue;
      ++longer;
      const std::set<uint32_t>& starts = positions[terms[0].term];
      found += std::any_of(starts.begin(), starts.end(), [&](uint32_t start) {
        return std::all_of(terms.begin(), terms.end(), [&](const Token& term) {
          return positions[term.term].contains(start + term.position - terms[0].position);
        });
      });
    }
  }
  std::cout << found << " of " << longer << " words of two characters or more (" << words
            << " words in all)\n";
  EXPECT_EQ(words, 104372u);
  // In the others a lone character stands beside a digit or sign: alone it is a term, in the sentence
  // it makes a pair with what is on its other side.
  EXPECT_EQ(longer - found, 26u);
}

}  // namespace
}  // namespace quarry
