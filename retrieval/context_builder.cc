#include "retrieval/context_builder.h"

#include <string>
#include <utility>

namespace quarry::retrieval {
namespace {

// The passage already taken that says all that `candidate` says, or nullptr.
const Passage* FindCovering(const std::vector<Passage>& taken, const Passage& candidate) {
  for (const Passage& passage : taken) {
    const bool equal = passage.chunk.text_hash == candidate.chunk.text_hash &&
                       passage.chunk.text == candidate.chunk.text;
    if (equal || passage.chunk.text.find(candidate.chunk.text) != std::string::npos)
      return &passage;
  }
  return nullptr;
}

}  // namespace

Context BuildContext(std::vector<Passage> passages, const ContextOptions& options) {
  Context context;
  for (Passage& passage : passages) {
    const auto drop = [&](std::string why) {
      context.dropped.push_back({passage.chunk.id, passage.chunk.document, std::move(why)});
    };
    if (const Passage* covering = FindCovering(context.passages, passage)) {
      drop("duplicate of " + covering->chunk.document + "#" +
           std::to_string(covering->chunk.ordinal));
      continue;
    }
    if (context.passages.size() >= options.max_passages) {
      drop("over " + std::to_string(options.max_passages) + " passages");
      continue;
    }
    const uint32_t tokens = passage.chunk.token_count;
    if (!context.passages.empty() && context.token_count + tokens > options.token_budget) {
      drop("token budget of " + std::to_string(options.token_budget) + " used up");
      continue;
    }
    context.token_count += tokens;
    context.passages.push_back(std::move(passage));
  }
  return context;
}

}  // namespace quarry::retrieval
