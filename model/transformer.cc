#include "model/transformer.h"

#include <cblas.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <utility>

#include "base/hash.h"
#include "model/blas.h"

namespace quarry::model {
namespace {

// Queries that attend at a time: bounds the table of scores of a long sequence.
constexpr size_t kQueryBlock = 256;

// c = scale * a b^T or, with `transposed` false, scale * a b; leading dimensions as BLAS has them.
void Product(bool transposed, size_t rows, size_t columns, size_t inner, float scale,
             const float* a, size_t lda, const float* b, size_t ldb, float* c, size_t ldc) {
  cblas_sgemm(CblasRowMajor, CblasNoTrans, transposed ? CblasTrans : CblasNoTrans,
              static_cast<int>(rows), static_cast<int>(columns), static_cast<int>(inner), scale, a,
              static_cast<int>(lda), b, static_cast<int>(ldb), 0.0f, c, static_cast<int>(ldc));
}

}  // namespace

Result<LinearWeights> ReadLinear(const Safetensors& file, const std::string& name, uint32_t inputs,
                                 uint32_t outputs) {
  LinearWeights linear{.inputs = inputs, .outputs = outputs};
  QUARRY_ASSIGN_OR_RETURN(linear.weight, file.Floats(name + ".weight", {outputs, inputs}));
  QUARRY_ASSIGN_OR_RETURN(linear.bias, file.Floats(name + ".bias", {outputs}));
  return linear;
}

void Multiply(const LinearWeights& linear, const float* in, size_t rows, float* out) {
  Product(true, rows, linear.outputs, linear.inputs, 1.0f, in, linear.inputs, linear.weight.data(),
          linear.inputs, out, linear.outputs);
}

Status CheckVocabulary(const Tokenizer& tokenizer, const TransformerConfig& config) {
  if (tokenizer.id_limit() <= config.vocabulary) return OkStatus();
  return InvalidArgumentError("the tokenizer has ids up to " +
                              std::to_string(tokenizer.id_limit() - 1) + ", the model only " +
                              std::to_string(config.vocabulary) + " of them");
}

uint64_t HashOfModel(const TransformerConfig& config, const Safetensors& file) {
  uint64_t hash = file.ContentHash();
  for (const uint64_t value :
       {uint64_t{config.layers}, uint64_t{config.heads}, uint64_t{config.types},
        uint64_t{config.first_position}, std::bit_cast<uint64_t>(config.epsilon),
        static_cast<uint64_t>(config.activation)}) {
    hash = HashCombine(hash, value);
  }
  return hash;
}

// What a run needs beside the states; rows of a token each.
struct Transformer::Buffers {
  size_t tokens = 0;
  std::vector<float> states;
  std::vector<float> query, key, value, context;
  std::vector<float> intermediate;
  std::vector<float> scores;  // of a block of queries
};

Result<Transformer::Norm> Transformer::ReadNorm(const Safetensors& file, const std::string& name,
                                                uint32_t size) {
  // The first BERT checkpoints call them gamma and beta.
  const bool is_old = !file.Has(name + ".weight") && file.Has(name + ".gamma");
  Norm norm;
  QUARRY_ASSIGN_OR_RETURN(norm.scale, file.Floats(name + (is_old ? ".gamma" : ".weight"), {size}));
  QUARRY_ASSIGN_OR_RETURN(norm.shift, file.Floats(name + (is_old ? ".beta" : ".bias"), {size}));
  return norm;
}

Result<Transformer> Transformer::Load(const TransformerConfig& config, const Safetensors& file) {
  UseOneBlasThread();
  Transformer made;
  made.config_ = config;
  for (const char* prefix : {"", "bert.", "roberta."}) {
    if (!file.Has(prefix + std::string("embeddings.word_embeddings.weight"))) continue;
    made.prefix_ = prefix;
    break;
  }
  const uint32_t hidden = config.hidden;
  const std::string embeddings = made.prefix_ + "embeddings.";
  QUARRY_ASSIGN_OR_RETURN(
      made.words_, file.Floats(embeddings + "word_embeddings.weight", {config.vocabulary, hidden}));
  QUARRY_ASSIGN_OR_RETURN(made.positions_, file.Floats(embeddings + "position_embeddings.weight",
                                                       {config.positions, hidden}));
  if (config.types > 0) {
    QUARRY_ASSIGN_OR_RETURN(made.types_, file.Floats(embeddings + "token_type_embeddings.weight",
                                                     {config.types, hidden}));
  }
  QUARRY_ASSIGN_OR_RETURN(made.embedding_norm_, ReadNorm(file, embeddings + "LayerNorm", hidden));
  for (uint32_t i = 0; i < config.layers; ++i) {
    const std::string name = made.prefix_ + "encoder.layer." + std::to_string(i) + ".";
    const std::string self = name + "attention.self.";
    Layer layer;
    QUARRY_ASSIGN_OR_RETURN(layer.query, ReadLinear(file, self + "query", hidden, hidden));
    QUARRY_ASSIGN_OR_RETURN(layer.key, ReadLinear(file, self + "key", hidden, hidden));
    QUARRY_ASSIGN_OR_RETURN(layer.value, ReadLinear(file, self + "value", hidden, hidden));
    QUARRY_ASSIGN_OR_RETURN(layer.attention_output,
                            ReadLinear(file, name + "attention.output.dense", hidden, hidden));
    QUARRY_ASSIGN_OR_RETURN(layer.attention_norm,
                            ReadNorm(file, name + "attention.output.LayerNorm", hidden));
    QUARRY_ASSIGN_OR_RETURN(layer.intermediate, ReadLinear(file, name + "intermediate.dense",
                                                           hidden, config.intermediate));
    QUARRY_ASSIGN_OR_RETURN(layer.output,
                            ReadLinear(file, name + "output.dense", config.intermediate, hidden));
    QUARRY_ASSIGN_OR_RETURN(layer.output_norm, ReadNorm(file, name + "output.LayerNorm", hidden));
    made.layers_.push_back(std::move(layer));
  }
  return made;
}

NormWeights Transformer::WeightsOf(const Norm& norm) const {
  return {norm.scale.data(), norm.shift.data(), static_cast<float>(config_.epsilon)};
}

void Transformer::Embed(std::span<const Encoding* const> inputs, float* states) const {
  const size_t hidden = config_.hidden;
  const NormWeights norm = WeightsOf(embedding_norm_);
  for (const Encoding* input : inputs) {
    for (size_t i = 0; i < input->ids.size(); ++i, states += hidden) {
      std::copy_n(words_.data() + input->ids[i] * hidden, hidden, states);
      const float* const position = positions_.data() + (config_.first_position + i) * hidden;
      // Models with one type take no notice of which it is.
      const size_t type = input->types[i] < config_.types ? input->types[i] : 0;
      const float* const of_type = config_.types == 0 ? nullptr : types_.data() + type * hidden;
      AddNormalise(of_type, position, norm, hidden, states);
    }
  }
}

void Transformer::Attend(std::span<const Encoding* const> inputs, Buffers& buffers) const {
  const size_t hidden = config_.hidden;
  const size_t width = hidden / config_.heads;
  const float scale = 1.0f / std::sqrt(static_cast<float>(width));
  size_t first = 0;
  for (const Encoding* input : inputs) {
    const size_t tokens = input->ids.size();
    for (size_t head = 0; head < config_.heads; ++head) {
      const size_t at = first * hidden + head * width;
      for (size_t block = 0; block < tokens; block += kQueryBlock) {
        const size_t queries = std::min(kQueryBlock, tokens - block);
        const size_t from = at + block * hidden;
        float* const scores = buffers.scores.data();
        Product(true, queries, tokens, width, scale, buffers.query.data() + from, hidden,
                buffers.key.data() + at, hidden, scores, tokens);
        for (size_t i = 0; i < queries; ++i) SoftMax(tokens, scores + i * tokens);
        Product(false, queries, width, tokens, 1.0f, scores, tokens, buffers.value.data() + at,
                hidden, buffers.context.data() + from, hidden);
      }
    }
    first += tokens;
  }
}

void Transformer::RunLayer(const Layer& layer, std::span<const Encoding* const> inputs,
                           Buffers& buffers) const {
  const size_t hidden = config_.hidden;
  const size_t tokens = buffers.tokens;
  const auto project = [&](const LinearWeights& linear, std::vector<float>& out) {
    Multiply(linear, buffers.states.data(), tokens, out.data());
    for (size_t i = 0; i < tokens; ++i) {
      AddBias(linear.bias.data(), hidden, out.data() + i * hidden);
    }
  };
  project(layer.query, buffers.query);
  project(layer.key, buffers.key);
  project(layer.value, buffers.value);
  Attend(inputs, buffers);

  // The queries are done with: their room takes what is added to the states.
  const auto add_normalise = [&](const LinearWeights& linear, const std::vector<float>& in,
                                 const Norm& norm) {
    Multiply(linear, in.data(), tokens, buffers.query.data());
    for (size_t i = 0; i < tokens; ++i) {
      AddNormalise(linear.bias.data(), buffers.states.data() + i * hidden, WeightsOf(norm), hidden,
                   buffers.query.data() + i * hidden);
    }
    buffers.states.swap(buffers.query);
  };
  add_normalise(layer.attention_output, buffers.context, layer.attention_norm);

  Multiply(layer.intermediate, buffers.states.data(), tokens, buffers.intermediate.data());
  const size_t wide = config_.intermediate;
  for (size_t i = 0; i < tokens; ++i) {
    AddBiasActivate(config_.activation, layer.intermediate.bias.data(), wide,
                    buffers.intermediate.data() + i * wide);
  }
  add_normalise(layer.output, buffers.intermediate, layer.output_norm);
}

Result<std::vector<float>> Transformer::Run(std::span<const Encoding* const> inputs,
                                            const CallContext& context) const {
  Buffers buffers;
  size_t longest = 0;
  for (const Encoding* input : inputs) {
    buffers.tokens += input->ids.size();
    longest = std::max(longest, input->ids.size());
  }
  const size_t size = buffers.tokens * config_.hidden;
  for (std::vector<float>* buffer :
       {&buffers.states, &buffers.query, &buffers.key, &buffers.value, &buffers.context}) {
    buffer->resize(size);
  }
  buffers.intermediate.resize(buffers.tokens * config_.intermediate);
  buffers.scores.resize(std::min(kQueryBlock, longest) * longest);
  Embed(inputs, buffers.states.data());
  for (const Layer& layer : layers_) {
    QUARRY_RETURN_IF_ERROR(context.Check());
    RunLayer(layer, inputs, buffers);
  }
  return std::move(buffers.states);
}

}  // namespace quarry::model
