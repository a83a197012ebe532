#pragma once

// Folders with small models of random weights, as tests/tools/transformer_reference.py makes them
// too: every value is drawn from a sequence that the tensor's name seeds. What writes aborts on failure.

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace quarry::testing {

struct RandomModel {
  std::string type = "bert";  // or "xlm-roberta"
  std::string activation = "gelu";
  uint32_t hidden = 32;
  uint32_t layers = 2;
  uint32_t heads = 4;
  uint32_t intermediate = 64;
  uint32_t vocabulary = 100;
  uint32_t positions = 66;
  uint32_t types = 2;
  double epsilon = 1e-12;
  uint32_t labels = 0;  // with a head of so many
  uint64_t seed = 1;
};

// Values in [-0.2, 0.2) of the tensor `name`; those of layer norms' scales are 1 more.
std::vector<float> RandomTensor(const RandomModel& model, const std::string& name, size_t size);

struct TensorFile {
  struct Tensor {
    std::vector<uint64_t> shape;
    std::vector<float> values;
  };
  std::map<std::string, Tensor> tensors;

  std::string Bytes() const;  // as safetensors
};

TensorFile RandomTensors(const RandomModel& model);

// config.json and model.safetensors.
void WriteModel(const std::string& directory, const RandomModel& model);
// vocab.txt of exactly `size` tokens, the first of them special ones, then the letters and ##letters,
// some words and Chinese characters, and fillers. REQUIRES: size >= 100.
void WriteVocabulary(const std::string& directory, uint32_t size);
// tokenizer.json of a Unigram model with XLM-R's special tokens; its ids are below 100.
void WriteUnigramTokenizer(const std::string& directory);

double LengthOf(const std::vector<float>& vector);

// The bytes of a table (model/term_translations.h, model/learnt_embedder.h) that a test has changed, with the checksum
// that fits them, so that the checks behind it are reached.
std::string WithChecksum(std::string bytes);

}  // namespace quarry::testing
