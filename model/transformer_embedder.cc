#include "model/transformer_embedder.h"

#include <algorithm>
#include <filesystem>
#include <utility>
#include <vector>

#include "base/hash.h"
#include "base/text_unicode.h"
#include "model/embedder_folder.h"
#include "model/transformer_batches.h"

namespace quarry::model {
namespace {

// Of the forward pass and of what is hashed: raised when a folder gives other vectors or hashes.
constexpr std::string_view kTransformerVersion = "2";

class TransformerEmbedder final : public Embedder {
 public:
  TransformerEmbedder(Transformer transformer, std::shared_ptr<const Tokenizer> tokenizer,
                      SentenceConfig config, EmbeddingSpace space)
      : transformer_(std::move(transformer)),
        tokenizer_(std::move(tokenizer)),
        config_(std::move(config)),
        space_(std::move(space)),
        pool_(HelperThreads(), SIZE_MAX) {}

  const EmbeddingSpace& space() const override { return space_; }

  Result<EmbeddingMatrix> Embed(std::span<const std::string> texts, EmbeddingRole role,
                                const CallContext& context) const override {
    const std::string& prefix =
        role == EmbeddingRole::kDocument ? config_.document_prefix : config_.query_prefix;
    std::vector<Encoding> inputs;
    inputs.reserve(texts.size());
    std::string text;
    for (const std::string& given : texts) {
      QUARRY_RETURN_IF_ERROR(context.Check());
      text.assign(prefix).append(given);
      if (config_.lower_case) text = ToLowerCase(text);
      QUARRY_ASSIGN_OR_RETURN(Encoding input, tokenizer_->Encode(text, *config_.max_tokens));
      inputs.push_back(std::move(input));
    }
    EmbeddingMatrix matrix;
    matrix.dimension = space_.dimension;
    matrix.values.resize(texts.size() * space_.dimension);
    QUARRY_RETURN_IF_ERROR(RunBatches(transformer_, inputs, pool_, context,
                                      [&](size_t i, const float* states, size_t tokens) {
                                        Pool(states, tokens, matrix.Row(i));
                                      }));
    return matrix;
  }

 private:
  // `row` is of zeros, and stays so for a text without tokens. REQUIRES: tokens > 0.
  void Pool(const float* states, size_t tokens, std::span<float> row) const {
    const size_t hidden = row.size();
    std::copy_n(states, hidden, row.data());
    for (size_t i = 1; i < tokens && config_.pooling != Pooling::kCls; ++i) {
      if (config_.pooling == Pooling::kMean) {
        AddRow(states + i * hidden, hidden, row.data());
      } else {
        MaxRow(states + i * hidden, hidden, row.data());
      }
    }
    NormaliseLength(hidden, row.data());  // the mean is the sum but for its length
  }

  const Transformer transformer_;
  const std::shared_ptr<const Tokenizer> tokenizer_;
  const SentenceConfig config_;
  const EmbeddingSpace space_;
  mutable ThreadPool pool_;
};

// Of all that decides a vector.
uint64_t HashOf(const TransformerConfig& model, const SentenceConfig& config,
                const Tokenizer& tokenizer, const Safetensors& file) {
  uint64_t hash = HashOfModel(model, file);
  for (const uint64_t value :
       {tokenizer.files_hash(), static_cast<uint64_t>(config.pooling), uint64_t{*config.max_tokens},
        static_cast<uint64_t>(config.lower_case), Hash64(config.query_prefix),
        Hash64(config.document_prefix)}) {
    hash = HashCombine(hash, value);
  }
  return hash;
}

}  // namespace

Result<std::shared_ptr<const Embedder>> OpenTransformerEmbedder(const EmbedderFolder& folder) {
  QUARRY_ASSIGN_OR_RETURN(const TransformerConfig model, ReadTransformerConfig(folder.path));
  QUARRY_ASSIGN_OR_RETURN(SentenceConfig config, ReadSentenceConfig(folder.path));
  QUARRY_ASSIGN_OR_RETURN(std::shared_ptr<const Tokenizer> tokenizer, OpenTokenizer(folder.path));
  const std::string weights = (std::filesystem::path(folder.path) / "model.safetensors").string();
  QUARRY_ASSIGN_OR_RETURN(const Safetensors file, Safetensors::Open(weights));
  QUARRY_RETURN_IF_ERROR(CheckVocabulary(*tokenizer, model).Annotate(folder.path));
  QUARRY_ASSIGN_OR_RETURN(Transformer transformer, Transformer::Load(model, file));
  if (!folder.query_prefix.empty()) config.query_prefix = folder.query_prefix;
  if (!folder.document_prefix.empty()) config.document_prefix = folder.document_prefix;
  config.max_tokens = std::min(config.max_tokens.value_or(model.max_tokens()), model.max_tokens());
  EmbeddingSpace space;
  space.fingerprint = model.model_type + ":" + std::string(kTransformerVersion) + ":" +
                      HashToHex(HashOf(model, config, *tokenizer, file));
  space.dimension = model.hidden;
  return std::shared_ptr<const Embedder>(std::make_shared<const TransformerEmbedder>(
      std::move(transformer), std::move(tokenizer), std::move(config), std::move(space)));
}

}  // namespace quarry::model
