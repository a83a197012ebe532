#pragma once

// What of a conversation is read again: as much as fits a budget of tokens, the newest whole, of older answers
// the sentence that says most to their question, the oldest not at all. Pure and thread-safe.

#include <cstdint>
#include <span>
#include <vector>

#include "base/analyzer.h"
#include "base/answer.h"
#include "generation/follow_up.h"

namespace quarry::generation {

struct ConversationMemory {
  std::vector<ConversationTurn> turns;  // oldest first
  MemoryReport report;
};

// `turns` oldest first. A turn of the user that does not fit alone is cut; the newest turn is always there.
ConversationMemory Remember(std::span<const ConversationTurn> turns, uint32_t token_budget,
                            const Analyzer& analyzer);

}  // namespace quarry::generation
