#pragma once

// The answerer without a model: picks the sentences of the passages that most likely answer the
// question, the likeliest first, tells where in a long one the answer begins, and declines when none
// supports an answer well enough. Pure and deterministic; every sentence is quoted as it stands. Asked when a version
// came out, the heading that says so is quoted.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/analyzer.h"
#include "base/query.h"
#include "base/text.h"
#include "model/translated_question.h"

namespace quarry::model {

struct ExtractiveOptions {
  uint32_t max_sentences = 3;
  uint32_t max_tokens = 160;
  uint32_t max_items =
      20;  // of a list that answers as a whole (section_answer.h); it may have twice the tokens
  // Below this support (0 to 1) the answerer declines. It is that of the sentence said first or of the one that covers
  // most of the question, whichever has less. Support falls with the
  // words of the question that the sentence and its headings lack, and strongly when the passage
  // lacks a code, number or name, the sentence what the question denies, or its block anything of
  // the kind asked for (who, when, where, how much), or the sentence holds another word in the place of one, or no
  // passage speaks of what is asked about (missing_thing.h), or a name of the question is `unknown`. The curve stands in docs/benchmarks.md.
  double decline_below = 0.35;
  std::string language = "en";            // of the reason: "zh" or else English
  std::vector<std::string> unknown = {};  // terms of the question that the collection does not have
};

struct ExtractedSentence {
  uint32_t passage = 0;  // index into the passages
  ByteRange range;       // in that passage's chunk text
  double score = 0;      // a logarithm of odds (sentence_ranking.h)
  // What to quote: of a sentence of prose the part from the clause that answers on (all of a short one), which does
  // where there is little room, or the whole and the few words before it that answer: "No. It needs PostgreSQL." Empty
  // of a row of a table, of code and of an entry of a change log.
  ByteRange answering = {};
  std::string lead = {};  // said before it in the answer, and no quote: "Another source says: "
  // Likewise, right before it: what names the item of a list that it stands in, or the entry of a reference.
  std::string item_term = {};
  // Where it is said, from 0: of those below headings and of a section that is told in its order. Of all others as it
  // comes, behind those.
  uint32_t place = UINT32_MAX;
};

struct ExtractiveDraft {
  // In the order of the answer but for what has a place, the best first; when declined, what would have been said.
  std::vector<ExtractedSentence> sentences;
  size_t left_out = 0;  // items of the list that the sentences quote, for which there is no room
  double support = 0;   // the lesser of the two sentences' (decline_below), also when declined
  bool declined = false;
  // The documents speak of another thing of the kind in the place of the one asked about, and the reason says so.
  bool says_another = false;
  std::string
      reason;  // one line: why it declined, or what the support rests on: of the sentence with that support
};

// `passages` best first, with their retrieval scores. The analyzer decides what "the same word" is, and `translated` where
// they are in the other language than the question.
ExtractiveDraft ExtractAnswer(std::string_view question, const std::vector<Passage>& passages,
                              const Analyzer& analyzer, const ExtractiveOptions& options,
                              const TranslatedQuestion* translated = nullptr);

}  // namespace quarry::model
