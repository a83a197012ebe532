#pragma once

// LearntEmbedder: a static embedder learnt from the user's own corpus, with no file to download.
//
// Learning: terms by the analyzer (stems with stop words kept; every CJK character and character
// pair); a start by latent semantic analysis (latent_semantics.h), mixed with a random vector a
// term, so that words which the analysis cannot tell apart differ; then contrastive learning of
// sentence -> rest of its passage (contrastive_learning.h). The rarest terms are not learnt: their
// vector is the mean of the texts they stand in. Embedding: sum over distinct terms of (1 + ln tf)
// * the term's weight * its vector, unit length. Terms that were not in the corpus add nothing.
//
// Deterministic: the same texts in the same order, options and seed give the same bytes, whatever
// the number of threads (on one kind of processor: OpenBLAS picks its kernels by it).
//
// Bounded: what is learnt from is a sample of at most sample_limit texts, what is learnt takes at
// most memory_limit, and the number of steps has a limit. A larger corpus takes no more time than
// reading it.

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/shared_bytes.h"
#include "model/embedder.h"
#include "model/embedder_factory.h"

namespace quarry::model {

struct LearningOptions {
  uint32_t dimension = 256;
  uint32_t power_iterations = 2;  // of the decomposition
  // Times that each passage is learnt from; 0 = 6, of 10,000 and more passages 4. At most
  // kMaxLearntPairs questions are asked in all.
  uint32_t epochs = 0;
  uint64_t seed = 42;
  uint64_t sample_limit = 50'000;  // texts learnt from
  // The most frequent terms by text frequency; ties by term.
  uint64_t vocabulary_limit = 400'000;
  // Bytes of the vectors while they are learnt, 12 a value. Terms beyond that, the rarest, are not
  // learnt but placed between the texts that hold them.
  uint64_t memory_limit = uint64_t{128} << 20;
  uint32_t threads = 0;  // that learn; 0 = one per core. The result does not depend on it.
};
inline constexpr uint64_t kMaxLearntPairs = 400'000;

// Where the texts come from: calls visit(text) for each, in a fixed order, the same on every call,
// and returns the first error.
using TextSource = std::function<Status(const std::function<void(std::string_view)>& visit)>;

// Learns from all texts of `source`. `progress(done, total)` is called now and then from this
// thread. Errors: kFailedPrecondition when there are fewer than 2 texts with terms; those of source
// and context.
Result<std::shared_ptr<const Embedder>> LearnEmbedder(
    const TextSource& source, const LearningOptions& options, const CallContext& context,
    const std::function<void(uint64_t done, uint64_t total)>& progress = nullptr);

// The learnt table as bytes, and back. Parse keeps the bytes and reads from them; it checks every
// length and the checksum: kDataLoss. `kind` begins the fingerprint of the space.
// REQUIRES (Serialize): the embedder came from LearnEmbedder or ParseLearntEmbedder.
std::string SerializeLearntEmbedder(const Embedder& embedder);
Result<std::shared_ptr<const Embedder>> ParseLearntEmbedder(SharedBytes bytes,
                                                            std::string_view kind = kLearntKind);

}  // namespace quarry::model
