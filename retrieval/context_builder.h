#pragma once

// Context builder: ranked passages -> the numbered passages that an answer is made from. Pure.
//
// Best first until the token budget is used:
//   * What says nothing new is dropped: a passage whose text is equal to or lies inside that of one
//     already taken, or whose runs of words nearly all do (shingles.h) and that has no word which the
//     other lacks. A copy with another number or name stays: the two may contradict each other.
//   * One that does not fit is dropped, and smaller ones after it may still come in.
//   * Neighbouring chunks of one document become one passage, in the order of the text and without
//     what the second repeats of the first (join_chunks.h). It stands where its best chunk stood.
// What was dropped and why is kept.

#include <string_view>
#include <vector>

#include "base/query.h"

namespace quarry::retrieval {

struct ContextOptions {
  uint32_t token_budget = 3000;
  uint32_t max_passages = 8;  // after joining
};

// `passages` best first. The first passage is always taken, whole, even if it exceeds the
// budget alone. `language`: that of the reasons, "zh" or else English.
Context BuildContext(std::vector<Passage> passages, const ContextOptions& options,
                     std::string_view language = "en");

// In which order a prompt shows `count` passages that are best first, so that the best stand at
// both ends, where models read best (Liu and others: "Lost in the middle", 2023): 0, 2, 4, ..., 3,
// 1.
std::vector<uint32_t> BestAtBothEnds(uint32_t count);

}  // namespace quarry::retrieval
