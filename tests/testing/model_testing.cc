#include "tests/testing/model_testing.h"

#include <bit>
#include <cmath>
#include <string_view>

#include "base/coding.h"
#include "base/hash.h"
#include "base/random.h"
#include "tests/testing/test_environment.h"

namespace quarry::testing {
namespace {

uint64_t SeedOf(const RandomModel& model, const std::string& name) {
  uint64_t hash = 0xCBF29CE484222325u;  // FNV-1a, which Python writes in three lines too
  for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3u;
  return hash + model.seed;
}

std::string Shape(const std::vector<uint64_t>& shape) {
  std::string text;
  for (const uint64_t size : shape) text += (text.empty() ? "" : ",") + std::to_string(size);
  return "[" + text + "]";
}

}  // namespace

std::vector<float> RandomTensor(const RandomModel& model, const std::string& name, size_t size) {
  Random random(SeedOf(model, name));
  const bool is_scale = name.ends_with("LayerNorm.weight");
  std::vector<float> values(size);
  for (float& value : values) {
    value = static_cast<float>((random.Uniform() - 0.5) * 0.4 + (is_scale ? 1.0 : 0.0));
  }
  return values;
}

std::string TensorFile::Bytes() const {
  std::string header;
  std::string values;
  for (const auto& [name, tensor] : tensors) {
    const size_t begin = values.size();
    for (const float value : tensor.values) AppendFixed32(values, std::bit_cast<uint32_t>(value));
    header += (header.empty() ? "\"" : ",\"") + name +
              "\":{\"dtype\":\"F32\",\"shape\":" + Shape(tensor.shape) + ",\"data_offsets\":[" +
              std::to_string(begin) + "," + std::to_string(values.size()) + "]}";
  }
  header = "{" + header + "}";
  header.resize((header.size() + 7) / 8 * 8, ' ');
  std::string bytes;
  AppendFixed64(bytes, header.size());
  return bytes + header + values;
}

TensorFile RandomTensors(const RandomModel& model) {
  TensorFile file;
  const auto add = [&](const std::string& name, std::vector<uint64_t> shape) {
    size_t size = 1;
    for (const uint64_t one : shape) size *= one;
    file.tensors[name] = {std::move(shape), RandomTensor(model, name, size)};
  };
  const auto add_linear = [&](const std::string& name, uint64_t inputs, uint64_t outputs) {
    add(name + ".weight", {outputs, inputs});
    add(name + ".bias", {outputs});
  };
  const auto add_norm = [&](const std::string& name) {
    add(name + ".weight", {model.hidden});
    add(name + ".bias", {model.hidden});
  };
  const bool is_bert = model.type == "bert";
  const std::string prefix = model.labels == 0 ? "" : is_bert ? "bert." : "roberta.";
  const std::string embeddings = prefix + "embeddings.";
  add(embeddings + "word_embeddings.weight", {model.vocabulary, model.hidden});
  add(embeddings + "position_embeddings.weight", {model.positions, model.hidden});
  add(embeddings + "token_type_embeddings.weight", {model.types, model.hidden});
  add_norm(embeddings + "LayerNorm");
  for (uint32_t i = 0; i < model.layers; ++i) {
    const std::string name = prefix + "encoder.layer." + std::to_string(i) + ".";
    for (const char* part : {"query", "key", "value"}) {
      add_linear(name + "attention.self." + part, model.hidden, model.hidden);
    }
    add_linear(name + "attention.output.dense", model.hidden, model.hidden);
    add_norm(name + "attention.output.LayerNorm");
    add_linear(name + "intermediate.dense", model.hidden, model.intermediate);
    add_linear(name + "output.dense", model.intermediate, model.hidden);
    add_norm(name + "output.LayerNorm");
  }
  if (model.labels > 0 && is_bert) {
    add_linear("bert.pooler.dense", model.hidden, model.hidden);
    add_linear("classifier", model.hidden, model.labels);
  } else if (model.labels > 0) {
    add_linear("classifier.dense", model.hidden, model.hidden);
    add_linear("classifier.out_proj", model.hidden, model.labels);
  }
  return file;
}

void WriteModel(const std::string& directory, const RandomModel& model) {
  std::string labels;
  for (uint32_t i = 0; i < model.labels; ++i) {
    labels += (i == 0 ? "" : ", ") + ("\"" + std::to_string(i) + "\": \"LABEL\"");
  }
  WriteText(directory, "config.json",
            "{\"model_type\": \"" + model.type + "\", \"hidden_act\": \"" + model.activation +
                "\", \"hidden_size\": " + std::to_string(model.hidden) +
                ", \"num_hidden_layers\": " + std::to_string(model.layers) +
                ", \"num_attention_heads\": " + std::to_string(model.heads) +
                ", \"intermediate_size\": " + std::to_string(model.intermediate) +
                ", \"vocab_size\": " + std::to_string(model.vocabulary) +
                ", \"max_position_embeddings\": " + std::to_string(model.positions) +
                ", \"type_vocab_size\": " + std::to_string(model.types) +
                ", \"layer_norm_eps\": " + (model.epsilon < 1e-8 ? "1e-12" : "1e-5") +
                ", \"pad_token_id\": " + (model.type == "bert" ? "0" : "1") +
                (model.labels > 0 ? ", \"id2label\": {" + labels + "}" : "") + "}\n");
  WriteText(directory, "model.safetensors", RandomTensors(model).Bytes());
}

void WriteVocabulary(const std::string& directory, uint32_t size) {
  std::vector<std::string> tokens = {"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"};
  for (char c = 'a'; c <= 'z'; ++c) tokens.push_back(std::string(1, c));
  for (char c = 'a'; c <= 'z'; ++c) tokens.push_back("##" + std::string(1, c));
  for (const char* token : {".", ",", "?", ":", "the", "pump", "valve", "pressure", "holiday", "水",
                            "泵", "阀", "门", "压", "力"}) {
    tokens.push_back(token);
  }
  QUARRY_CHECK(tokens.size() <= size);
  for (uint32_t i = 0; tokens.size() < size; ++i)
    tokens.push_back("[unused" + std::to_string(i) + "]");
  std::string text;
  for (const std::string& token : tokens) text += token + "\n";
  WriteText(directory, "vocab.txt", text);
}

void WriteUnigramTokenizer(const std::string& directory) {
  std::string vocabulary;
  double score = 0;
  for (const char* token : {"<s>", "<pad>", "</s>", "<unk>"}) {
    vocabulary += (vocabulary.empty() ? "[\"" : ",[\"") + std::string(token) + "\",0.0]";
  }
  const auto add = [&](const std::string& token) {
    score -= 0.125;
    vocabulary += ",[\"" + token + "\"," + std::to_string(score) + "]";
  };
  for (const char* token : {"▁the", "▁pump", "▁valve", "s", "▁pressure", "▁holiday", "▁", "水泵",
                            "水", "泵", "阀门", "压力", "压", "力", "query", ":", ".", "?"}) {
    add(token);
  }
  for (char c = 'a'; c <= 'z'; ++c) {
    if (c != 's') add(std::string(1, c));
  }
  WriteText(
      directory, "tokenizer.json",
      R"({"version": "1.0", "truncation": {"max_length": 4}, "padding": {"strategy": {"Fixed": 64}},
  "added_tokens": [
    {"id": 0, "content": "<s>", "special": true}, {"id": 1, "content": "<pad>", "special": true},
    {"id": 2, "content": "</s>", "special": true}, {"id": 3, "content": "<unk>", "special": true}],
  "normalizer": {"type": "Sequence", "normalizers": [
    {"type": "NFKC"}, {"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": " "}]},
  "pre_tokenizer": {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always"},
  "post_processor": {"type": "TemplateProcessing",
    "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}},
               {"SpecialToken": {"id": "</s>", "type_id": 0}}],
    "pair": [{"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}},
             {"SpecialToken": {"id": "</s>", "type_id": 0}}, {"SpecialToken": {"id": "</s>", "type_id": 0}},
             {"Sequence": {"id": "B", "type_id": 0}}, {"SpecialToken": {"id": "</s>", "type_id": 0}}],
    "special_tokens": {"<s>": {"id": "<s>", "ids": [0], "tokens": ["<s>"]},
                       "</s>": {"id": "</s>", "ids": [2], "tokens": ["</s>"]}}},
  "model": {"type": "Unigram", "unk_id": 3, "byte_fallback": false, "vocab": [)" +
          vocabulary + "]}}\n");
}

double LengthOf(const std::vector<float>& vector) {
  double squares = 0;
  for (const float value : vector) squares += double{value} * value;
  return std::sqrt(squares);
}

std::string WithChecksum(std::string bytes) {
  std::string checksum;
  AppendFixed64(checksum, Hash64(std::string_view(bytes).substr(12)));
  return bytes.replace(4, 8, checksum);
}

}  // namespace quarry::testing
