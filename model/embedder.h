#pragma once

// Embedder: text -> vectors. Implementations: LearntEmbedder (learnt_embedder.h), learnt from the
// corpus; TransformerEmbedder and StaticEmbedder, of published folders (embedder_folder.h).

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/call_context.h"
#include "base/embedding.h"
#include "base/status.h"

namespace quarry::model {

// Some models embed questions and passages differently, and questions to passages in another language.
enum class EmbeddingRole : uint8_t { kQuery, kForeignQuery, kDocument };

// Thread-safe.
class Embedder {
 public:
  virtual ~Embedder() = default;

  // The space of the vectors; its fingerprint changes whenever any vector would.
  virtual const EmbeddingSpace& space() const = 0;

  // One row per text, of space().dimension values. A text without a known word gives a row of
  // zeros, which matches nothing.
  virtual Result<EmbeddingMatrix> Embed(std::span<const std::string> texts, EmbeddingRole role,
                                        const CallContext& context) const = 0;

  // Whether `question` is in another language than what is searched, so that its words lead nowhere
  // and its meaning counts for more. Only an embedder that compares across languages says so.
  virtual bool CrossesLanguages(std::string_view question) const {
    (void)question;
    return false;
  }
};

}  // namespace quarry::model
