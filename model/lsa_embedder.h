#pragma once

// LsaEmbedder: a static embedder learnt from the user's own corpus by latent semantic analysis
// (Deerwester et al., "Indexing by latent semantic analysis", 1990), with no file to download.
//
// Learning: terms by the analyzer (stems with stop words kept; every CJK character and character
// pair); chunk x term matrix of (1 + ln tf) * idf with unit rows; randomised SVD (Halko,
// Martinsson, Tropp: "Finding structure with randomness", 2011) of rank dimension + 10 with 2 power
// iterations; term vector = V_t * sqrt(S), minus the mean, unit length. Embedding: sum over
// distinct terms of (1 + ln tf) * idf-weight * term vector, unit length. Terms that were not in the
// corpus add nothing.
//
// Deterministic: the same texts in the same order, options and seed give the same bytes, whatever
// the number of threads.

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/shared_bytes.h"
#include "model/embedder.h"

namespace quarry::model {

struct LsaOptions {
  uint32_t dimension =
      256;  // lowered to what the corpus carries (under ~270 chunks), padded with zeros
  uint32_t power_iterations = 2;
  uint64_t seed = 42;
  uint64_t vocabulary_limit =
      400'000;           // the most frequent terms by document frequency; ties by term
  uint32_t threads = 0;  // that learn; 0 = one per core. The result does not depend on it.
};

// Where the texts come from: calls visit(text) for each, in a fixed order, the same on every call,
// and returns the first error. May be called several times.
using TextSource = std::function<Status(const std::function<void(std::string_view)>& visit)>;

// Learns from all texts of `source`. `progress(done, total)` is called now and then from this
// thread. Errors: kFailedPrecondition when there are fewer than 2 texts with terms; those of source
// and context.
Result<std::shared_ptr<const Embedder>> LearnLsaEmbedder(
    const TextSource& source, const LsaOptions& options, const CallContext& context,
    const std::function<void(uint64_t done, uint64_t total)>& progress = nullptr);

// The learnt table as bytes, and back. Parse keeps the bytes and reads from them; it checks every length and the checksum: kDataLoss.
// REQUIRES (Serialize): the embedder came from LearnLsaEmbedder or ParseLsaEmbedder.
std::string SerializeLsaEmbedder(const Embedder& embedder);
Result<std::shared_ptr<const Embedder>> ParseLsaEmbedder(SharedBytes bytes);

}  // namespace quarry::model
