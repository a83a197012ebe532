#pragma once

// QuestionMemory: an embedder that remembers the vectors of the last questions. A stored answer is
// checked by searching for its question again, and a model behind HTTP, or a transformer, takes longer
// to embed a question than all the rest of the search.

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/lru_map.h"
#include "model/embedder.h"

namespace quarry::model {

// Thread-safe. Remembers calls of one text in the role of a question; all others pass through.
class QuestionMemory final : public Embedder {
 public:
  // `capacity` questions, of at most 8 KiB each.
  explicit QuestionMemory(std::shared_ptr<const Embedder> embedder, size_t capacity = 1000);

  const EmbeddingSpace& space() const override { return embedder_->space(); }
  Result<EmbeddingMatrix> Embed(std::span<const std::string> texts, EmbeddingRole role,
                                const CallContext& context) const override;
  bool CrossesLanguages(std::string_view question) const override {
    return embedder_->CrossesLanguages(question);
  }

 private:
  const std::shared_ptr<const Embedder> embedder_;
  mutable LruMap<std::vector<float>> recent_;
};

}  // namespace quarry::model
