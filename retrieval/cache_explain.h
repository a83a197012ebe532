#pragma once

// What the answer cache would do with a question, and why.

#include <string>
#include <vector>

#include "retrieval/answer_cache.h"

namespace quarry::retrieval {

// A stored question of the same scope, and what each check says of it.
struct CacheNeighbour {
  CacheEntry entry;
  double similarity = 0;  // of the questions' vectors; 0 where there are none
  bool equal = false;     // the same normal form
  std::string gate;       // why the gate is closed; "" = it is open
  double score = 0;       // the verifier's, where the gate is open
};

struct CacheExplanation {
  std::string form;         // the normal form of the question
  bool of_the_day = false;  // never looked up
  bool hit = false;
  CacheReport report;                      // of the hit
  std::string why;                         // there is none
  std::string semantic_state;              // CacheStats::semantic_state
  std::vector<CacheNeighbour> neighbours;  // the nearest, best first
};

// Counts as no hit. Errors: those of retrieval and of the context.
Result<CacheExplanation> ExplainCache(AnswerCache& cache, const CacheQuestion& question,
                                      const CallContext& context);

}  // namespace quarry::retrieval
