#pragma once

// From chosen sentences to an answer's text with markers and citations. Pure.

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/answer.h"
#include "model/extractive_answerer.h"

namespace quarry::generation {

// Numbers citations in the order in which the answer uses them: puts the cited passages first in
// that order, the others behind them by rank, and points the sentences to where theirs went.
// REQUIRES: every ExtractedSentence::passage is one of the context's.
void OrderByUse(std::vector<model::ExtractedSentence>& sentences, Context& context);

// Puts the passages of `order` first, in that order; the others stay behind them in theirs.
void OrderPassages(std::span<const uint32_t> order, Context& context);

// Whether what begins at byte `begin` of the passage's text stands behind its title and heading
// (ComposeCitedText).
bool StandsBehindSubject(const Passage& passage, uint64_t begin);

struct CitedText {
  std::string text;                 // "The pump runs at 9 bar [1]. It weighs 12 kg [2]."
  std::vector<Citation> citations;  // one per sentence, in order
};

// Joins the sentences, each followed by the number of its passage.
//   * Line breaks inside a sentence become spaces in the answer and stay in the quote. A sentence
//     without an end mark gets one in its script.
//   * A row of a table says nothing without what the table is about, so it stands on a line of its
//     own behind title and heading: "VX-220 data sheet > Motor — Property: Power; Value: 22 kW [1]."
//     Of neighbouring rows of one table the first names it. The same of an item of a list below a
//     heading that names a version or a date: "Changelog > 3.1.0 — Added: dead letter queue [1]."
//   * ExtractedSentence::lead stands before it; one that begins with a line break begins a line. So does, last,
//     item_term: "shared_buffers (integer): The default is 128 MB [1]."
//   * `told`, by sentence, is said in its place where it is not "", behind no title; the quote stays (told_cells.h).
// Citation::answer_span is the quoted part. REQUIRES: every range lies inside its passage's text; `told` is empty or one
// of each sentence.
CitedText ComposeCitedText(const std::vector<model::ExtractedSentence>& sentences,
                           const Context& context, const std::vector<std::string>& told = {});

}  // namespace quarry::generation
