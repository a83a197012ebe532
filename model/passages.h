#pragma once

// Passages that are learnt from, and the questions that are asked of them: the inverse cloze task
// (Lee, Chang, Toutanova: "Latent retrieval for weakly supervised open domain question answering",
// 2019).

#include <cstdint>
#include <vector>

#include "base/random.h"

namespace quarry::model {

// What is learnt from. Positions are ascending and begin with 0; each has one more than there are.
struct Passages {
  std::vector<uint32_t> tokens;          // terms in the order of the text
  std::vector<uint64_t> sentence_begin;  // positions in `tokens`
  std::vector<uint64_t> passage_begin;   // positions in `sentence_begin`
  // From this passage on they are pairs: two sentences, the first of which asks for the second.
  size_t first_pair = SIZE_MAX;
  // Where the second and later groups begin, ascending: passages of one group are compared with one
  // another only, because telling the groups apart would be too easy.
  std::vector<size_t> group_begin;

  size_t size() const { return passage_begin.empty() ? 0 : passage_begin.size() - 1; }
};

// Draws a question, a sentence of the passage or a run of a few of its terms, and its answer, the
// rest of the passage. A single sentence is cut in two. A pair is given as it is. Both are
// overwritten.
// REQUIRES: the passage has two tokens, and none of its sentences is empty.
void DrawPair(const Passages& passages, size_t passage, Random& random,
              std::vector<uint32_t>& question, std::vector<uint32_t>& answer);

}  // namespace quarry::model
