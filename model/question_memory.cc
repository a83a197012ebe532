#include "model/question_memory.h"

namespace quarry::model {
namespace {

constexpr size_t kMaxQuestionBytes = 8 * 1024;

}  // namespace

QuestionMemory::QuestionMemory(std::shared_ptr<const Embedder> embedder, size_t capacity)
    : embedder_(std::move(embedder)), capacity_(capacity) {}

Result<EmbeddingMatrix> QuestionMemory::Embed(std::span<const std::string> texts,
                                              EmbeddingRole role,
                                              const CallContext& context) const {
  const bool remembers = texts.size() == 1 && role == EmbeddingRole::kQuery &&
                         texts[0].size() <= kMaxQuestionBytes && capacity_ > 0;
  if (!remembers) return embedder_->Embed(texts, role, context);
  {
    std::lock_guard lock(mutex_);
    if (const auto found = by_text_.find(texts[0]); found != by_text_.end()) {
      recent_.splice(recent_.begin(), recent_, found->second);
      return EmbeddingMatrix{.dimension = space().dimension, .values = recent_.front().second};
    }
  }
  // Without the lock: others are not held up, and two who ask the same may both do it.
  QUARRY_ASSIGN_OR_RETURN(EmbeddingMatrix vectors, embedder_->Embed(texts, role, context));
  std::lock_guard lock(mutex_);
  if (by_text_.contains(texts[0])) return vectors;
  recent_.emplace_front(texts[0], vectors.values);
  by_text_[texts[0]] = recent_.begin();
  if (recent_.size() > capacity_) {
    by_text_.erase(recent_.back().first);
    recent_.pop_back();
  }
  return vectors;
}

}  // namespace quarry::model
