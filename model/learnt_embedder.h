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
// English and Chinese: a vector can have a second part, by the table that is shipped with the
// program (shipped_table.h), which was not adapted to the corpus and so still knows both languages.
// A text has both parts, a question one: the learnt one, or, where it is not in the language that
// most texts are in, the shipped one. So one generation of vectors serves both. kBilingualKind;
// costs 256 values a text.
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
#include <vector>

#include "base/shared_bytes.h"
#include "model/embedder.h"
#include "model/embedder_factory.h"

namespace quarry::model {

// Whether vectors get the second part: kAuto gives it where at least 5 % of the texts are in the
// other language, and where there are at most kFewTexts, for whom it costs little.
enum class CrossLanguage : uint8_t { kAuto, kOn, kOff };
const char* CrossLanguageName(CrossLanguage value);  // "auto", "on", "off"
Result<CrossLanguage> ParseCrossLanguage(std::string_view name);
inline constexpr uint64_t kFewTexts = 20'000;

// A question and a text that answers it.
struct LearningPair {
  std::string question;
  std::string text;

  friend bool operator==(const LearningPair&, const LearningPair&) = default;
};

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
  CrossLanguage cross_language = CrossLanguage::kAuto;
  // Judged questions, learnt from as the sentences of the texts are, each four times as often as a
  // passage. Terms that no text of the corpus holds are left out.
  std::vector<LearningPair> pairs;
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

// kLearntKind or kBilingualKind (embedder_factory.h), and what a generation keeps. The latter is
// the learnt table, for kBilingualKind behind a header that names the shipped one:
//   "QBIL"  version:u32  checksum of the shipped table:u64  most texts are Chinese:u8
// REQUIRES: the embedder came from LearnEmbedder or ParseLearntEmbedder.
std::string_view LearntKind(const Embedder& embedder);
std::string SerializeLearntEmbedder(const Embedder& embedder);

// Whether it has a vector for a term of the corpus's analyzer.
// REQUIRES: the embedder came from LearnEmbedder or ParseLearntEmbedder.
bool KnowsTerm(const Embedder& embedder, std::string_view term);

// Keeps the bytes and reads from them; checks every length and the checksum: kDataLoss. `kind`
// begins the fingerprint of the space. Where this program ships another table than the embedder was
// learnt beside, vectors have nothing in their second part until it is learnt anew
// (LearntBesideAnother).
Result<std::shared_ptr<const Embedder>> ParseLearntEmbedder(SharedBytes bytes,
                                                            std::string_view kind = kLearntKind);

// Whether a space of kBilingualKind, by its fingerprint, has a shipped table that is not this
// program's.
bool LearntBesideAnother(std::string_view fingerprint);

}  // namespace quarry::model
