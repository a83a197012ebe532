#pragma once

// Transformer: the encoder of BERT (Devlin et al., 2019) and RoBERTa (Liu et al., 2019), whose
// layers are those of "Attention is all you need" (Vaswani et al., 2017).
//
// Sequences of one call are laid end to end without padding: the matrix products run over all of
// their tokens at once, attention inside each sequence alone. So padding cannot change a result, and
// neither can, but for the rounding of sums, what a sequence is run together with.

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/call_context.h"
#include "base/status.h"
#include "model/safetensors.h"
#include "model/tokenizer.h"
#include "model/transformer_config.h"
#include "model/transformer_kernels.h"

namespace quarry::model {

// A linear map y = W x + b.
struct LinearWeights {
  FloatTensor weight;  // outputs x inputs
  FloatTensor bias;
  uint32_t inputs = 0;
  uint32_t outputs = 0;
};
// Of tensors "<name>.weight" and "<name>.bias".
Result<LinearWeights> ReadLinear(const Safetensors& file, const std::string& name, uint32_t inputs,
                                 uint32_t outputs);
// out[row] = W in[row], without the bias, for `rows` rows.
void Multiply(const LinearWeights& linear, const float* in, size_t rows, float* out);

// kInvalidArgument where the tokenizer has ids that the model has no row of.
Status CheckVocabulary(const Tokenizer& tokenizer, const TransformerConfig& config);

// Of all that decides the states of the last layer: the file, and of the configuration what the
// shapes of its tensors do not tell. A file may hold more layers, and types, than are made use of.
uint64_t HashOfModel(const TransformerConfig& config, const Safetensors& file);

// Immutable and thread-safe.
class Transformer {
 public:
  // Keeps the file mapped. Errors: kInvalidArgument naming the file and the tensor.
  static Result<Transformer> Load(const TransformerConfig& config, const Safetensors& file);

  // The states of the last layer, a row of config().hidden values a token, in the order of
  // `inputs`. Runs in the calling thread. REQUIRES: each input has 1 to config().max_tokens()
  // tokens, ids below config().vocabulary. Errors: those of the context, looked at before each
  // layer.
  Result<std::vector<float>> Run(std::span<const Encoding* const> inputs,
                                 const CallContext& context) const;

  const TransformerConfig& config() const { return config_; }
  // Before the names of its tensors in the file: "", "bert.", "roberta.".
  const std::string& prefix() const { return prefix_; }

 private:
  struct Norm {
    FloatTensor scale;
    FloatTensor shift;
  };
  struct Layer {
    LinearWeights query;
    LinearWeights key;
    LinearWeights value;
    LinearWeights attention_output;
    Norm attention_norm;
    LinearWeights intermediate;
    LinearWeights output;
    Norm output_norm;
  };
  struct Buffers;

  Transformer() = default;
  static Result<Norm> ReadNorm(const Safetensors& file, const std::string& name, uint32_t size);
  NormWeights WeightsOf(const Norm& norm) const;
  void Embed(std::span<const Encoding* const> inputs, float* states) const;
  void Attend(std::span<const Encoding* const> inputs, Buffers& buffers) const;
  void RunLayer(const Layer& layer, std::span<const Encoding* const> inputs,
                Buffers& buffers) const;

  TransformerConfig config_;
  std::string prefix_;
  FloatTensor words_;
  FloatTensor positions_;
  FloatTensor types_;  // empty where the model has none
  Norm embedding_norm_;
  std::vector<Layer> layers_;
};

}  // namespace quarry::model
