#pragma once

// What the JSON files of a model folder say, in the layout of Hugging Face and sentence-transformers.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/status.h"

namespace quarry::model {

enum class Activation : uint8_t { kGelu, kGeluTanh, kRelu };

// config.json of an encoder of the BERT family.
struct TransformerConfig {
  std::string model_type;  // "bert", "roberta", "xlm-roberta", "camembert"
  std::string name;        // "_name_or_path", or ""
  uint32_t hidden = 0;
  uint32_t layers = 0;
  uint32_t heads = 0;
  uint32_t intermediate = 0;
  uint32_t vocabulary = 0;
  uint32_t positions = 0;       // rows of the table of positions
  uint32_t first_position = 0;  // of the first token: RoBERTa's begin behind the padding id
  uint32_t types = 0;
  double epsilon = 1e-12;  // of the layer normalisation
  Activation activation = Activation::kGelu;
  uint32_t labels = 0;       // of a classification head; 0 where the folder says none
  std::string architecture;  // "BertModel"; "" where it is not said

  uint32_t max_tokens() const { return positions - first_position; }
};

enum class Pooling : uint8_t { kCls, kMean, kMax };

// What sentence-transformers writes beside it.
struct SentenceConfig {
  Pooling pooling = Pooling::kMean;
  std::optional<uint32_t> max_tokens;  // sentence_bert_config.json
  bool lower_case = false;             // likewise: small letters before the tokenizer
  // Of config_sentence_transformers.json, "prompts": what goes before each text.
  std::string query_prefix;
  std::string document_prefix;
};

// Errors of all: kNotFound for a folder or file that is missing, kInvalidArgument for what is in it,
// naming the file, the key and what was expected.
Result<TransformerConfig> ReadTransformerConfig(const std::string& folder);
// Where a file is absent, its part is the default above: mean pooling, no prefixes.
Result<SentenceConfig> ReadSentenceConfig(const std::string& folder);

// Whether modules.json or config.json say that the folder is a table of token vectors (Model2Vec)
// and no transformer.
Result<bool> IsStaticFolder(const std::string& folder);

}  // namespace quarry::model
