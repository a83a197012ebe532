#include "model/question_memory.h"

#include <utility>

namespace quarry::model {
namespace {

constexpr size_t kMaxQuestionBytes = 8 * 1024;

}  // namespace

QuestionMemory::QuestionMemory(std::shared_ptr<const Embedder> embedder, size_t capacity)
    : embedder_(std::move(embedder)), recent_(capacity) {}

Result<EmbeddingMatrix> QuestionMemory::Embed(std::span<const std::string> texts,
                                              EmbeddingRole role,
                                              const CallContext& context) const {
  const bool remembers =
      texts.size() == 1 && role == EmbeddingRole::kQuery && texts[0].size() <= kMaxQuestionBytes;
  if (!remembers) return embedder_->Embed(texts, role, context);
  if (std::optional<std::vector<float>> known = recent_.Find(texts[0])) {
    return EmbeddingMatrix{.dimension = space().dimension, .values = *std::move(known)};
  }
  // Without a lock: others are not held up, and two who ask the same may both do it.
  QUARRY_ASSIGN_OR_RETURN(EmbeddingMatrix vectors, embedder_->Embed(texts, role, context));
  recent_.Put(texts[0], vectors.values);
  return vectors;
}

}  // namespace quarry::model
