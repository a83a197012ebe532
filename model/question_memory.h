#pragma once

// QuestionMemory: an embedder that remembers the vectors of the last questions. A stored answer is
// checked by searching for its question again, and a model behind HTTP, or a transformer, takes longer
// to embed a question than all the rest of the search.

#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

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
  using Remembered = std::pair<std::string, std::vector<float>>;

  const std::shared_ptr<const Embedder> embedder_;
  const size_t capacity_;
  mutable std::mutex mutex_;
  mutable std::list<Remembered> recent_;  // guarded by mutex_; the last used first
  mutable std::unordered_map<std::string, std::list<Remembered>::iterator>
      by_text_;  // guarded by mutex_
};

}  // namespace quarry::model
