#pragma once

// A question's words in the other of English and Chinese, for the lexical leg.
//
// Words lead to texts of their own language only. Where a collection holds texts of the other one, each
// word of the question is searched a second time, by its translations (model/word_translations.h).
// All translations of a word are one term: their postings are joined, their document frequency is that of all
// together, and a text that holds several of them gains no more than one that repeats one
// (Pirkola, "The effects of query structure and dictionary setups in dictionary-based cross-language
// information retrieval", 1998). A translated word counts options.translation_weight of the word
// itself, of however many terms it is translated by; where texts in both languages are searched no more than the word,
// which may be common where its translation is rare. It counts in full where what is searched holds the other language
// and not the question's own,
// and no more than three of four of its words (a third of a Chinese one's) stand there: they lead to names
// and chance only then. A word whose translations stand in more than 1,000 rows is not translated: in a
// collection of 100,000 that would take longer than it tells.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/analyzer.h"
#include "base/retrieval_options.h"
#include "index/lexical_query.h"
#include "retrieval/ranked_hit.h"

namespace quarry::retrieval {

// Whether a question in Chinese finds texts in Chinese by its own words: more of them stand in `snapshots` than
// would by chance, even where the texts are too few or too short to be told by what every text of a
// language says (index/held_languages.h), as ten notes among thousands of English pages are. Terms of
// translations and prefixes are not looked at. A few look-ups in dictionaries. Of English there is no such
// telling: names and code bring its words into every Chinese text.
bool FindsChinese(std::span<const index::QueryTerm> terms, Snapshots snapshots);

// The translated terms to search beside `terms`, those of `text`: of its words that are written in the question's
// language, where one of `snapshots` holds the other (TranslateTerms::kAuto) or whatever they hold
// (kOn), or where only those are searched (`only_language`), as far as they stand in one of them; none where they count nothing. Prefixes are not translated. Errors:
// kDataLoss where the program file is damaged.
Result<std::vector<index::QueryTerm>> TranslateTerms(std::string_view text,
                                                     std::span<const index::QueryTerm> terms,
                                                     Snapshots snapshots, const Analyzer& analyzer,
                                                     std::string_view only_language,
                                                     const RetrievalOptions& options);

// What translates, and by which rules; "" where nothing is translated. Errors: those of TranslateTerms.
Result<std::string> TranslationFingerprint(const RetrievalOptions& options);

}  // namespace quarry::retrieval
