#pragma once

// Words of a search or a question that no passage holds, and the nearest that some do.
//
// Without operators, and of so many words as CorrectedText says. A word is corrected when it is of
// Latin letters only, at least four of them, and its term stands in none of the collections; by the term
// that needs the fewest edits (a letter put in, taken out, replaced, or two neighbours swapped), of equal
// ones by that in most passages, then by that which comes first. One edit for words of up to seven
// letters, two for longer ones; the first letter is taken to be right, which leaves a small part of the
// dictionary to be read. Terms are stems: where none is near, a word whose beginning is one becomes the
// word that stands there, if that is near. A word that a passage holds is never touched.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/analyzer.h"
#include "base/call_context.h"
#include "retrieval/ranked_hit.h"

namespace quarry::retrieval {

inline constexpr uint32_t kMostWords = 6;
inline constexpr uint32_t kMostQuestionWords = 40;

enum class CorrectedText : uint8_t {
  kKeywords,  // of a search: at most kMostWords words
  // At most kMostQuestionWords. Here a word that no passage holds may be just what is asked about, and
  // there is no answer; one that is near it must not get in its place. So a word that the shipped
  // dictionary knows (model/term_translations.h) is meant as it is written, and a name (any capital) is
  // another name: it is corrected from seven letters on, by one edit, to one that a tenth of the
  // passages bear, as they do the name of a product.
  kQuestion,
};

struct Correction {
  std::string word;  // as it was written
  std::string by;    // as a passage writes it
};

struct CorrectedQuery {
  std::string
      text;  // the query with the words that are there; as it was where nothing is corrected
  std::vector<Correction> corrections;
};

// Errors: those of the store and of the context; of a question kDataLoss where the program file is
// damaged.
Result<CorrectedQuery> CorrectQuery(const Analyzer& analyzer, std::string_view text,
                                    Snapshots snapshots, const CallContext& context,
                                    CorrectedText kind = CorrectedText::kKeywords);

}  // namespace quarry::retrieval
