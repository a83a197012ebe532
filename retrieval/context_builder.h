#pragma once

// Context builder: ranked passages -> the numbered passages that an answer is made from. Pure.
//
// Best first until the token budget is used. A passage whose text is equal to, or lies inside, that
// of one already taken is dropped as a duplicate; one that does not fit is dropped and smaller ones
// after it may still come in. What was dropped and why is kept.

#include <vector>

#include "base/query.h"

namespace quarry::retrieval {

struct ContextOptions {
  uint32_t token_budget = 3000;
  uint32_t max_passages = 8;
};

// `passages` best first. The first passage is always taken, whole, even if it exceeds the
// budget alone.
Context BuildContext(std::vector<Passage> passages, const ContextOptions& options);

}  // namespace quarry::retrieval
