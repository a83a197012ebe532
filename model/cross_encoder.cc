#include "model/cross_encoder.h"

#include <cmath>
#include <filesystem>
#include <utility>

#include "base/hash.h"
#include "model/model_fault.h"
#include "model/remote_models.h"
#include "model/transformer_batches.h"
#include "model/url.h"

namespace quarry::model {
namespace {

// Of the forward pass and of what is hashed: raised when a folder gives other scores or hashes.
constexpr std::string_view kCrossEncoderVersion = "2";

class CrossEncoder final : public Reranker {
 public:
  CrossEncoder(Transformer transformer, LinearWeights pooler, LinearWeights classifier,
               std::shared_ptr<const Tokenizer> tokenizer, std::string fingerprint)
      : transformer_(std::move(transformer)),
        pooler_(std::move(pooler)),
        classifier_(std::move(classifier)),
        tokenizer_(std::move(tokenizer)),
        fingerprint_(std::move(fingerprint)),
        pool_(HelperThreads(), SIZE_MAX) {}

  const std::string& fingerprint() const override { return fingerprint_; }

  Result<std::vector<float>> Score(const std::string& question, std::span<const std::string> texts,
                                   const CallContext& context) const override {
    std::vector<Encoding> inputs;
    inputs.reserve(texts.size());
    for (const std::string& text : texts) {
      QUARRY_RETURN_IF_ERROR(context.Check());
      QUARRY_ASSIGN_OR_RETURN(
          Encoding input,
          tokenizer_->EncodePair(question, text, transformer_.config().max_tokens()));
      inputs.push_back(std::move(input));
    }
    std::vector<float> scores(texts.size());  // 0 for a pair without tokens
    QUARRY_RETURN_IF_ERROR(
        RunBatches(transformer_, inputs, pool_, context,
                   [&](size_t i, const float* states, size_t) { scores[i] = Judge(states); }));
    return scores;
  }

 private:
  // By the state of the first token.
  float Judge(const float* state) const {
    std::vector<float> pooled(pooler_.outputs);
    Multiply(pooler_, state, 1, pooled.data());
    for (size_t i = 0; i < pooled.size(); ++i) {
      pooled[i] = std::tanh(pooled[i] + pooler_.bias.values[i]);
    }
    float logit = 0;
    Multiply(classifier_, pooled.data(), 1, &logit);
    return 1.0f / (1.0f + std::exp(-(logit + classifier_.bias.values[0])));
  }

  const Transformer transformer_;
  const LinearWeights pooler_;
  const LinearWeights classifier_;
  const std::shared_ptr<const Tokenizer> tokenizer_;
  const std::string fingerprint_;
  mutable ThreadPool pool_;
};

}  // namespace

Result<std::shared_ptr<const Reranker>> OpenCrossEncoder(const std::string& folder) {
  QUARRY_ASSIGN_OR_RETURN(const TransformerConfig config, ReadTransformerConfig(folder));
  QUARRY_ASSIGN_OR_RETURN(std::shared_ptr<const Tokenizer> tokenizer, OpenTokenizer(folder));
  const std::string path = (std::filesystem::path(folder) / "model.safetensors").string();
  QUARRY_ASSIGN_OR_RETURN(const Safetensors file, Safetensors::Open(path));
  QUARRY_RETURN_IF_ERROR(CheckVocabulary(*tokenizer, config).Annotate(folder));
  const bool is_bert = config.model_type == "bert";
  const std::string head = is_bert ? "classifier" : "classifier.out_proj";
  if (!file.Has(head + ".weight")) {
    return InvalidArgumentError(path + ": tensor \"" + head +
                                ".weight\": missing; expected a model with a classification head");
  }
  if (const std::vector<uint64_t>& shape = file.Shape(head + ".weight");
      shape.size() != 2 || shape[0] != 1) {
    return InvalidArgumentError(path + ": tensor \"" + head + ".weight\": shape " +
                                file.ShapeText(head + ".weight") +
                                "; expected a head of one label");
  }
  QUARRY_ASSIGN_OR_RETURN(Transformer transformer, Transformer::Load(config, file));
  QUARRY_ASSIGN_OR_RETURN(
      LinearWeights pooler,
      ReadLinear(file, is_bert ? transformer.prefix() + "pooler.dense" : "classifier.dense",
                 config.hidden, config.hidden));
  QUARRY_ASSIGN_OR_RETURN(LinearWeights classifier, ReadLinear(file, head, config.hidden, 1));
  const uint64_t hash = HashCombine(HashOfModel(config, file), tokenizer->files_hash());
  std::string fingerprint =
      config.model_type + "-pair:" + std::string(kCrossEncoderVersion) + ":" + HashToHex(hash);
  return std::shared_ptr<const Reranker>(std::make_shared<const CrossEncoder>(
      std::move(transformer), std::move(pooler), std::move(classifier), std::move(tokenizer),
      std::move(fingerprint)));
}

Result<std::shared_ptr<const Reranker>> CrossEncoderFolder::Get() {
  std::lock_guard lock(mutex_);
  if (opened_ == nullptr) {
    const bool is_remote = IsUrl(path_) && remote_ != nullptr;
    Result<std::shared_ptr<const Reranker>> opened =
        is_remote ? remote_->OpenReranker(path_) : OpenCrossEncoder(path_);
    if (!opened.ok()) return ModelFault("rerank.model", opened.status());
    opened_ = *std::move(opened);
  }
  return opened_;
}

}  // namespace quarry::model
