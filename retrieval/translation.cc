#include "retrieval/translation.h"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

#include "base/hash.h"
#include "base/text.h"
#include "index/bm25.h"
#include "model/word_translations.h"
#include "retrieval/ranked_hit.h"

namespace quarry::retrieval {
namespace {

// Joining the postings of a word that stands in more rows takes longer than it tells.
constexpr uint64_t kMostRows = 1000;
// Where more of the question's own words than this stand in the index, texts of its language may be there: a
// Chinese manual holds half of the English words by its names and code. English texts hold no Chinese by
// chance; of the pairs of characters of a Chinese question that finds its text, those across two words are missing.
constexpr double kMostEnglishByChance = 0.75;
constexpr double kMostChineseByChance = 0.34;
// Goes up where other rules bring other terms: which words tell the held languages, what is translated, its weight.
constexpr uint32_t kTranslationVersion = 6;

bool AnyHolds(Snapshots snapshots, bool chinese) {
  return std::ranges::any_of(snapshots, [chinese](const index::Snapshot* snapshot) {
    const index::HeldLanguages held = snapshot->languages();
    return chinese ? held.chinese : held.english;
  });
}

// Whether more of the question's own words stand in the index than would by chance.
bool OwnWordsStand(std::span<const index::QueryTerm> terms, Snapshots snapshots, bool chinese) {
  size_t own = 0;
  size_t there = 0;
  for (const index::QueryTerm& term : terms) {
    if (term.prefix || !term.translations.empty() || BeginsWithCjk(term.text) != chinese) continue;
    ++own;
    if (DocumentFrequency(term.text, snapshots) > 0) ++there;
  }
  const double by_chance = chinese ? kMostChineseByChance : kMostEnglishByChance;
  return static_cast<double>(there) > by_chance * static_cast<double>(own);
}

bool MayTranslate(const RetrievalOptions& options) {
  return options.translate_terms != TranslateTermsMode::kOff && options.translation_weight > 0;
}

// As it is scored: a rare word tells more.
double Importance(uint64_t rows, Snapshots snapshots) {
  uint64_t all = 0;
  for (const index::Snapshot* snapshot : snapshots) all += snapshot->live_chunks();
  return index::InverseDocumentFrequency(all, std::min(rows, all));
}

// Of a word of the question (TranslatedWord::word): what its terms count together.
double ImportanceOf(std::string_view word, Snapshots snapshots, const Analyzer& analyzer) {
  double sum = 0;
  const auto add = [&](std::string_view term) {
    sum += Importance(DocumentFrequency(term, snapshots), snapshots);
  };
  if (!BeginsWithCjk(word)) {
    for (const std::string_view stem : Split(word, " ")) add(stem);
    return sum;
  }
  for (const Token& token : analyzer.Tokenize(word)) add(token.term);
  return sum;
}

// Whether a question of these terms is in Chinese; else it is taken to be in English. A pair stands for two characters, a
// word for itself.
bool AreChinese(std::span<const index::QueryTerm> terms) {
  const auto chinese = std::ranges::count_if(
      terms, [](const index::QueryTerm& term) { return BeginsWithCjk(term.text); });
  return 2 * static_cast<size_t>(chinese) >= terms.size();
}

}  // namespace

bool FindsChinese(std::span<const index::QueryTerm> terms, Snapshots snapshots) {
  return AreChinese(terms) && OwnWordsStand(terms, snapshots, true);
}

Result<std::vector<index::QueryTerm>> TranslateTerms(std::string_view text,
                                                     std::span<const index::QueryTerm> terms,
                                                     Snapshots snapshots, const Analyzer& analyzer,
                                                     std::string_view only_language,
                                                     const RetrievalOptions& options) {
  std::vector<index::QueryTerm> translated;
  if (!MayTranslate(options) || terms.empty()) return translated;
  const bool chinese = only_language.empty() ? AreChinese(terms) : only_language == "en";
  if (options.translate_terms == TranslateTermsMode::kAuto && only_language.empty() &&
      !AnyHolds(snapshots, !chinese)) {
    return translated;
  }
  // Where nothing is written in the question's language its own words find names and chance.
  const bool leads_nowhere =
      !only_language.empty() || (!AnyHolds(snapshots, chinese) && AnyHolds(snapshots, !chinese) &&
                                 !OwnWordsStand(terms, snapshots, chinese));
  const double weight = leads_nowhere ? 1 : options.translation_weight;
  const auto stands = [&](std::string_view term) { return DocumentFrequency(term, snapshots) > 0; };
  // Where only the other language is searched nothing else leads there.
  const auto reach =
      only_language.empty() ? model::TranslationReach::kDirect : model::TranslationReach::kWide;
  QUARRY_ASSIGN_OR_RETURN(std::vector<model::TranslatedWord> words,
                          model::TranslateWords(text, chinese, analyzer, stands, reach));
  for (model::TranslatedWord& word : words) {
    const auto parts = static_cast<double>(word.parts.size());
    const double most = leads_nowhere ? std::numeric_limits<double>::infinity()
                                      : ImportanceOf(word.word, snapshots, analyzer);
    for (std::vector<std::string>& part : word.parts) {
      uint64_t rows = 0;
      for (const std::string& one : part) rows += DocumentFrequency(one, snapshots);
      if (rows == 0 || rows > kMostRows) continue;
      index::QueryTerm& term = translated.emplace_back(word.word);
      term.translations = std::move(part);
      term.weight = std::min(weight, most / Importance(rows, snapshots)) / parts;
    }
  }
  return translated;
}

Result<std::string> TranslationFingerprint(const RetrievalOptions& options) {
  if (!MayTranslate(options)) return std::string();
  QUARRY_ASSIGN_OR_RETURN(const uint64_t checksum, model::WordTranslationsChecksum());
  return "translations-" + std::to_string(kTranslationVersion) + '-' + HashToHex(checksum);
}

}  // namespace quarry::retrieval
