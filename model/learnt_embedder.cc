#include "model/learnt_embedder.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "base/analyzer.h"
#include "base/hash.h"
#include "base/thread_pool.h"
#include "model/embedder_table.h"
#include "model/randomized_svd.h"
#include "model/text_weights.h"

namespace quarry::model {
namespace {

constexpr size_t kTextsPerThread = 128;  // fewer are not worth starting one
constexpr size_t kTextsPerRange = 16;

class LearntEmbedder final : public Embedder {
 public:
  LearntEmbedder(EmbedderTable table, std::string fingerprint)
      : table_(std::move(table)), analyzer_(LearntAnalyzerOptions()) {
    space_.fingerprint = std::move(fingerprint);
    space_.dimension = table_.dimension();
  }

  const EmbeddingSpace& space() const override { return space_; }

  Result<EmbeddingMatrix> Embed(std::span<const std::string> texts, EmbeddingRole,
                                const CallContext& context) const override {
    EmbeddingMatrix matrix;
    matrix.dimension = space_.dimension;
    matrix.values.resize(texts.size() * space_.dimension);
    // A row depends on its text alone, so the number of threads does not show.
    const size_t threads =
        std::min<size_t>(texts.size() / kTextsPerThread, std::thread::hardware_concurrency());
    std::optional<ThreadPool> pool;
    if (threads > 1) pool.emplace(threads - 1, threads);
    QUARRY_RETURN_IF_ERROR(ForEachRange(pool ? &*pool : nullptr, texts.size(), kTextsPerRange,
                                        context, [&](size_t begin, size_t end) {
                                          for (size_t i = begin; i < end; ++i) {
                                            EmbedText(texts[i], matrix.Row(i));
                                          }
                                        }));
    return matrix;
  }

  const EmbedderTable& table() const { return table_; }
  const Analyzer& analyzer() const { return analyzer_; }

 private:
  void EmbedText(std::string_view text, std::span<float> row) const {
    std::vector<uint32_t> numbers;
    for (const Token& token : analyzer_.Tokenize(text)) {
      const uint32_t number = table_.Find(token.term);
      if (number != EmbedderTable::kNoTerm) numbers.push_back(number);
    }
    std::sort(numbers.begin(), numbers.end());
    for (size_t i = 0; i < numbers.size();) {
      const size_t begin = i;
      while (i < numbers.size() && numbers[i] == numbers[begin]) ++i;
      table_.AddRow(numbers[begin], TermFrequencyWeight(i - begin), row);
    }
    double squares = 0;
    for (const float value : row) squares += double{value} * value;
    if (squares < 1e-24) {  // no known term, or terms that cancel out: no direction to speak of
      std::fill(row.begin(), row.end(), 0.0f);
      return;
    }
    const float scale = static_cast<float>(1.0 / std::sqrt(squares));
    for (float& value : row) value *= scale;
  }

  const EmbedderTable table_;
  const Analyzer analyzer_;
  EmbeddingSpace space_;
};

// All that decides a vector stands in the bytes, the analyzer's fingerprint included.
std::string FingerprintOf(std::string_view kind, std::string_view table) {
  return std::string(kind) + ":1:" + HashToHex(Hash64(table));
}

}  // namespace

AnalyzerOptions LearntAnalyzerOptions() {
  AnalyzerOptions options;
  options.drop_stop_words = false;
  options.cjk_unigrams = true;
  return options;
}

float TermFrequencyWeight(uint64_t count) {
  return static_cast<float>(1.0 + std::log(static_cast<double>(count)));
}

std::shared_ptr<const Embedder> MakeLearntEmbedder(EmbedderTable table) {
  std::string fingerprint = FingerprintOf(kLearntKind, table.Serialize());
  return std::make_shared<LearntEmbedder>(std::move(table), std::move(fingerprint));
}

std::string SerializeLearntEmbedder(const Embedder& embedder) {
  const auto* const lsa = dynamic_cast<const LearntEmbedder*>(&embedder);
  QUARRY_CHECK(lsa != nullptr);
  return lsa->table().Serialize();
}

Result<std::shared_ptr<const Embedder>> ParseLearntEmbedder(SharedBytes bytes,
                                                            std::string_view kind) {
  QUARRY_ASSIGN_OR_RETURN(EmbedderTable table, EmbedderTable::Parse(bytes));
  const std::string learnt_with = table.analyzer();
  auto embedder =
      std::make_shared<LearntEmbedder>(std::move(table), FingerprintOf(kind, bytes.view));
  if (embedder->analyzer().Fingerprint() != learnt_with) {
    return FailedPreconditionError("embedder table: analyzer mismatch: table=" + learnt_with +
                                   " program=" + embedder->analyzer().Fingerprint());
  }
  return std::shared_ptr<const Embedder>(std::move(embedder));
}

}  // namespace quarry::model
