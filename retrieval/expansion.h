#pragma once

// What a chat model made of a question, and the one list of what the question and these find.
//
//   rephrased  the question in other words (multi-query)
//   part       a simpler question that it needs the answer of (decomposition)
//   imagined   a passage that would answer it, whose vector is searched for together with the
//              question's (Gao et al., "Precise zero-shot dense retrieval without relevance labels",
//              2023; Wang et al., "Query2doc", 2023)
//
// The first two are searched for as the question is. Scores of each search are scaled to 1 at its best,
// and a hit has the mean of
//   what the question gives it,
//   the mean of what the rephrased ones give it, where there are some,
//   the best of what the parts give it, where there are some:
// rephrased ones say the same, so what all find is good; parts say different things.

#include <cstdint>
#include <string>
#include <vector>

#include "retrieval/ranked_hit.h"

namespace quarry::retrieval {

struct Expansion {
  enum class Kind : uint8_t { kRephrased, kPart, kImagined };
  Kind kind = Kind::kRephrased;
  std::string text;
};
const char* ExpansionKindName(Expansion::Kind kind);  // "rephrased"

struct ExpansionHits {
  Expansion::Kind kind = Expansion::Kind::kRephrased;  // or kPart
  std::vector<RankedHit> hits;                         // best first
};

// Makes `hits`, of the question, the one list, best first.
void JoinExpansions(Snapshots snapshots, const std::vector<ExpansionHits>& searches,
                    std::vector<RankedHit>& hits);

}  // namespace quarry::retrieval
