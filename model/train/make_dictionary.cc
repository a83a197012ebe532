// Makes of the words and senses of a Chinese-English dictionary (extract_dictionary.py) what the program carries
// of it: translations by word (model/word_translations.h says how they are looked up).
//
//   make_dictionary DICTIONARY.TSV TABLE OUT
//
// A Chinese word leads to the stems of its senses of one word, the first senses first; where it has none, to its
// first sense of several words, its stems with a space between. An English stem, and two or three of them that
// are one sense, lead to the Chinese words of that sense: those first that say it first and that are frequent
// (the table has rows of frequent pairs only). What an index holds of Chinese is pairs of characters: a word of
// more than two is looked for by the pair that the fewest words of the dictionary have, a lone character not at all.

#include <algorithm>
#include <cstdio>
#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/analyzer.h"
#include "base/ascii.h"
#include "base/file.h"
#include "base/text.h"
#include "model/embedder_table.h"
#include "model/term_translations.h"
#include "model/train/write_translations.h"

namespace quarry::model {
namespace {

constexpr size_t kMostTranslations = 6;
constexpr size_t kMostStems = 3;  // of a sense
constexpr double kRare = 0.4;     // how much a word counts that the table has no row of

struct Word {
  std::string text;
  std::vector<std::string> senses;  // stems with spaces between
};

// The content words of a sense, stemmed; "" where there are none, too many, or others than plain words.
std::string Stems(std::string_view sense, const Analyzer& analyzer) {
  std::string stems;
  size_t count = 0;
  for (const Token& token : analyzer.Tokenize(sense)) {
    const bool is_plain = std::ranges::all_of(token.term, IsAsciiLower);
    if (!is_plain || ++count > kMostStems) return "";
    stems += (stems.empty() ? "" : " ") + token.term;
  }
  return stems;
}

std::vector<std::string> Pairs(std::string_view text) {
  const std::vector<std::string_view> characters = CharactersOf(text);
  std::vector<std::string> pairs;
  for (size_t i = 1; i < characters.size(); ++i) {
    pairs.push_back(std::string(characters[i - 1]).append(characters[i]));
  }
  return pairs;
}

std::vector<Word> ReadWords(std::string_view file, const Analyzer& analyzer) {
  std::vector<Word> words;
  for (const std::string_view line : Split(file, "\n")) {
    const std::vector<std::string_view> fields = Split(line, "\t");
    if (fields.size() < 2) continue;
    Word word{.text = Fold(fields[0]), .senses = {}};
    for (size_t i = 1; i < fields.size(); ++i) {
      std::string stems = Stems(fields[i], analyzer);
      if (stems.empty() || std::ranges::find(word.senses, stems) != word.senses.end()) continue;
      word.senses.push_back(std::move(stems));
    }
    if (!word.senses.empty()) words.push_back(std::move(word));
  }
  return words;
}

bool IsOneStem(const std::string& sense) { return sense.find(' ') == std::string::npos; }

// What the word is in English.
std::vector<std::string> EnglishOf(const Word& word) {
  std::vector<std::string> stems;
  std::ranges::copy_if(word.senses, std::back_inserter(stems), IsOneStem);
  if (stems.empty()) stems = {word.senses.front()};
  stems.resize(std::min(stems.size(), kMostTranslations));
  return stems;
}

class Dictionary {
 public:
  Dictionary(std::vector<Word> words, const EmbedderTable& table) : words_(std::move(words)) {
    for (const Word& word : words_) {
      for (const std::string& pair : Pairs(word.text)) ++words_with_[pair];
    }
    for (uint32_t number = 0; number < table.size(); ++number) {
      frequent_.insert(std::string(table.Term(number)));
    }
  }

  std::vector<TermTranslations::Entry> Entries() const {
    std::map<std::string, std::vector<std::string>> entries;
    std::map<std::string, std::vector<std::pair<double, std::string>>> chinese_of;
    for (const Word& word : words_) {
      entries[word.text] = EnglishOf(word);
      const std::string pair = SearchedPair(word.text);
      if (pair.empty()) continue;
      for (size_t i = 0; i < word.senses.size(); ++i) {
        const double frequency = frequent_.contains(pair) ? 1 : kRare;
        chinese_of[word.senses[i]].emplace_back(-frequency / (1 + static_cast<double>(i)), pair);
      }
    }
    for (auto& [sense, found] : chinese_of) {
      std::ranges::sort(found);
      std::vector<std::string>& pairs = entries[sense];
      for (auto& [score, pair] : found) {
        if (pairs.size() == kMostTranslations) break;
        if (std::ranges::find(pairs, pair) == pairs.end()) pairs.push_back(pair);
      }
    }
    // Every translation is a term of its own.
    std::set<std::string> terms;
    for (const auto& [term, translations] : entries) {
      terms.insert(translations.begin(), translations.end());
    }
    for (const std::string& term : terms) entries.try_emplace(term);
    std::vector<TermTranslations::Entry> all;
    for (auto& [term, translations] : entries) all.push_back({term, std::move(translations)});
    return all;
  }

 private:
  // By which the word is looked for in an index; "" of a lone character.
  std::string SearchedPair(const std::string& word) const {
    std::string best;
    for (const std::string& pair : Pairs(word)) {
      if (best.empty() || words_with_.at(pair) < words_with_.at(best)) best = pair;
    }
    return best;
  }

  const std::vector<Word> words_;
  std::unordered_map<std::string, uint32_t> words_with_;  // a pair
  std::set<std::string> frequent_;
};

Status MakeDictionary(const std::string& words, const std::string& table_path,
                      const std::string& out) {
  QUARRY_ASSIGN_OR_RETURN(const std::string text, ReadFile(words));
  QUARRY_ASSIGN_OR_RETURN(std::string bytes, ReadFile(table_path));
  const SharedBytes file = ShareString(std::move(bytes));
  QUARRY_ASSIGN_OR_RETURN(const EmbedderTable table, EmbedderTable::Parse(file));
  const Analyzer analyzer;
  return WriteTranslations(Dictionary(ReadWords(text, analyzer), table).Entries(), file.view, out);
}

}  // namespace
}  // namespace quarry::model

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fprintf(stderr, "usage: make_dictionary DICTIONARY.TSV TABLE OUT\n");
    return 2;
  }
  const quarry::Status status = quarry::model::MakeDictionary(argv[1], argv[2], argv[3]);
  if (status.ok()) return 0;
  std::fprintf(stderr, "%s\n", status.ToString().c_str());
  return 1;
}
