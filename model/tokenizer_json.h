#pragma once

// Reading tokenizer.json, a part a file; tokenizer_json.cc puts them together. Internal to
// model/tokenizer*_json.cc, which alone include it.
//
// Errors name the place in the file: "pre_tokenizer.pretokenizers[1].type: ..".

#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/status.h"
#include "model/tokenizer.h"

namespace quarry::model {

using Json = nlohmann::json;

inline constexpr uint32_t kMaxVocabulary = 4'000'000;
inline constexpr int kMaxSequenceDepth = 8;  // of sequences in sequences

// A value and where it stands: "pre_tokenizer.pretokenizers[1]".
struct JsonNode {
  const Json& json;
  std::string path;

  Status Wrong(const std::string& expected) const;
  // "type" names no part that is known.
  Status UnknownType(const std::string& type, const std::string& known) const;
  std::string Below(const std::string& key) const { return path.empty() ? key : path + "." + key; }
  bool Has(const char* key) const;
  Result<JsonNode> At(const char* key) const;
  Result<std::vector<JsonNode>> Elements(const char* key) const;
  Result<std::string> String(const char* key) const;
  Result<bool> Flag(const char* key, bool otherwise) const;
  Result<uint32_t> AsUint() const;
  Result<uint32_t> Uint(const char* key) const;
};

Result<Json> ParseTokenizerFile(const std::string& bytes);

// Looking for a token takes time by the length of the longest one.
Status CheckToken(const std::string& place, const std::string& token);

// `depth`: of sequences around it.
Status ReadNormalizer(const JsonNode& node, int depth, std::vector<NormalizerStep>& steps);
Status ReadPreTokenizer(const JsonNode& node, int depth, std::vector<PreTokenizerStep>& steps);
Status ReadTokenModel(const JsonNode& root, Tokenizer::Parts& parts);
Status ReadPostProcessor(const JsonNode& node, int depth, Tokenizer::Parts& parts);
// BERT's: the second sequence is of type 1. RoBERTa's: two ends between them, all of type 0.
void SetTemplates(uint32_t begin, uint32_t end, bool is_roberta, Tokenizer::Parts& parts);

// BERT's vocab.txt and tokenizer_config.json.
Result<std::shared_ptr<const Tokenizer>> ReadVocabularyTokenizer(const std::string& vocabulary,
                                                                 const std::string& config);

}  // namespace quarry::model
