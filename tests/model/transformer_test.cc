#include "model/transformer.h"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "base/random.h"
#include "model/transformer_kernels.h"
#include "tests/testing/model_testing.h"
#include "tests/testing/test_environment.h"

namespace quarry::model {
namespace {

using testing::RandomModel;

// As the reference has them (tests/tools/transformer_reference.py).
std::map<std::string, RandomModel> ReferenceModels() {
  const RandomModel bert{};
  RandomModel tanh = bert;
  tanh.activation = "gelu_new";
  tanh.seed = 2;
  RandomModel relu = bert;
  relu.activation = "relu";
  relu.seed = 3;
  RandomModel xlm = bert;
  xlm.type = "xlm-roberta";
  xlm.types = 1;
  xlm.epsilon = 1e-5;
  xlm.seed = 4;
  return {{"bert", bert}, {"bert-tanh", tanh}, {"bert-relu", relu}, {"xlm-roberta", xlm}};
}

Encoding InputOf(size_t length) {
  Random random(length);
  Encoding input;
  for (size_t i = 0; i < length; ++i) {
    input.ids.push_back(static_cast<uint32_t>(random.Next() % 100));
    input.types.push_back(i < length / 2 ? 0 : 1);
  }
  return input;
}

Transformer LoadModel(const RandomModel& model) {
  const TemporaryDirectory folder = testing::MakeTemporaryDirectory();
  testing::WriteModel(folder.path(), model);
  const TransformerConfig config = ReadTransformerConfig(folder.path()).value();
  return Transformer::Load(config, Safetensors::Open(folder.path() + "/model.safetensors").value())
      .value();
}

std::vector<float> Pooled(const std::string& pooling, const float* states, size_t tokens,
                          size_t hidden) {
  std::vector<double> sum(hidden);
  for (size_t j = 0; j < hidden; ++j) {
    double most = states[j];
    for (size_t i = 0; i < tokens; ++i) {
      sum[j] += states[i * hidden + j];
      most = std::max<double>(most, states[i * hidden + j]);
    }
    if (pooling == "cls") sum[j] = states[j];
    if (pooling == "max") sum[j] = most;
  }
  double squares = 0;
  for (const double value : sum) squares += value * value;
  std::vector<float> pooled;
  for (const double value : sum) pooled.push_back(static_cast<float>(value / std::sqrt(squares)));
  return pooled;
}

TEST(TransformerTest, GivesTheVectorsOfTheNumpyReference) {
  std::map<std::string, Transformer> loaded;
  for (const auto& [name, model] : ReferenceModels()) loaded.emplace(name, LoadModel(model));
  std::ifstream fixture(testing::SourceDirectory() + "/tests/fixtures/transformer_vectors.txt");
  size_t compared = 0;
  for (std::string line; std::getline(fixture, line);) {
    std::istringstream in(line);
    std::string name;
    std::string pooling;
    size_t length = 0;
    in >> name >> length >> pooling;
    if (!loaded.contains(name)) continue;
    const Transformer& transformer = loaded.at(name);
    const Encoding input = InputOf(length);
    const Encoding* const inputs[] = {&input};
    ASSERT_OK_AND_ASSIGN(const std::vector<float> states, transformer.Run(inputs, CallContext()));
    const std::vector<float> pooled =
        Pooled(pooling, states.data(), length, transformer.config().hidden);
    for (const float value : pooled) {
      float expected = NAN;
      in >> expected;
      ASSERT_NEAR(value, expected, 2e-6) << line.substr(0, 30);
    }
    ++compared;
  }
  EXPECT_EQ(compared, 60u);
}

TEST(TransformerTest, SequencesThatRunTogetherGiveWhatEachGivesAlone) {
  const Transformer transformer = LoadModel(ReferenceModels().at("bert"));
  const size_t hidden = transformer.config().hidden;
  std::vector<Encoding> sequences;
  for (const size_t length : {5, 64, 1, 33, 33, 2}) sequences.push_back(InputOf(length));
  std::vector<const Encoding*> inputs;
  for (const Encoding& sequence : sequences) inputs.push_back(&sequence);
  ASSERT_OK_AND_ASSIGN(const std::vector<float> together, transformer.Run(inputs, CallContext()));
  size_t at = 0;
  for (const Encoding* input : inputs) {
    const Encoding* const one[] = {input};
    ASSERT_OK_AND_ASSIGN(const std::vector<float> alone, transformer.Run(one, CallContext()));
    ASSERT_EQ(alone.size(), input->ids.size() * hidden);
    for (size_t i = 0; i < alone.size(); ++i) ASSERT_NEAR(alone[i], together[at + i], 1e-5);
    at += alone.size();
  }
  EXPECT_EQ(at, together.size());
}

TEST(TransformerTest, StopsBetweenLayersWhenTheCallerHasLeft) {
  const Transformer transformer = LoadModel(ReferenceModels().at("bert"));
  const Encoding input = InputOf(4);
  const Encoding* const inputs[] = {&input};
  CallContext context;
  context.cancel.Cancel();
  EXPECT_EQ(transformer.Run(inputs, context).status().code(), Code::kCancelled);
}

TEST(TransformerTest, AMissingOrWronglyShapedTensorIsNamed) {
  const TemporaryDirectory folder = testing::MakeTemporaryDirectory();
  const std::string path = folder.path() + "/model.safetensors";
  const RandomModel model;
  testing::WriteModel(folder.path(), model);
  ASSERT_OK_AND_ASSIGN(TransformerConfig config, ReadTransformerConfig(folder.path()));

  testing::TensorFile file = testing::RandomTensors(model);
  file.tensors.erase("encoder.layer.1.output.dense.bias");
  testing::WriteText(folder.path(), "model.safetensors", file.Bytes());
  EXPECT_EQ(Transformer::Load(config, Safetensors::Open(path).value()).status().message(),
            path + ": tensor \"encoder.layer.1.output.dense.bias\": missing");

  file = testing::RandomTensors(model);
  file.tensors["encoder.layer.0.intermediate.dense.weight"].shape = {32, 64};
  testing::WriteText(folder.path(), "model.safetensors", file.Bytes());
  EXPECT_EQ(Transformer::Load(config, Safetensors::Open(path).value()).status().message(),
            path +
                ": tensor \"encoder.layer.0.intermediate.dense.weight\": shape [32, 64]; "
                "expected [64, 32]");
}

// ---- The kernels against their definitions, at every length of a tail.

std::vector<float> Values(size_t count, double range, uint64_t seed) {
  Random random(seed);
  std::vector<float> values(count);
  for (float& value : values) value = static_cast<float>((random.Uniform() - 0.5) * 2 * range);
  return values;
}

TEST(TransformerKernelsTest, GeluIsWithinAMillionthOfTheExactOne) {
  for (size_t count = 1; count < 70; ++count) {
    const std::vector<float> bias = Values(count, 1, count);
    const std::vector<float> given = Values(count, count % 2 == 0 ? 4 : 40, 100 + count);
    std::vector<float> exact = given;
    std::vector<float> tanh = given;
    AddBiasActivate(Activation::kGelu, bias.data(), count, exact.data());
    AddBiasActivate(Activation::kGeluTanh, bias.data(), count, tanh.data());
    for (size_t i = 0; i < count; ++i) {
      const double x = double{given[i]} + bias[i];
      const double near = 3e-6 + 3e-7 * std::abs(x);
      EXPECT_NEAR(exact[i], x * 0.5 * (1 + std::erf(x / std::sqrt(2.0))), near) << x;
      const double u = 0.7978845608028654 * (x + 0.044715 * x * x * x);
      EXPECT_NEAR(tanh[i], 0.5 * x * (1 + std::tanh(u)), near) << x;
    }
  }
}

TEST(TransformerKernelsTest, SoftMaxSumsToOneAndDoesNotOverflow) {
  for (size_t count = 1; count < 70; ++count) {
    std::vector<float> row = Values(count, 500, count);
    const std::vector<float> given = row;
    SoftMax(count, row.data());
    const double top = *std::max_element(given.begin(), given.end());
    double sum = 0;
    for (const float value : given) sum += std::exp(value - top);
    for (size_t i = 0; i < count; ++i) EXPECT_NEAR(row[i], std::exp(given[i] - top) / sum, 1e-6);
  }
}

TEST(TransformerKernelsTest, NormalisesASumToMeanAndVariance) {
  for (size_t count = 2; count < 70; ++count) {
    const std::vector<float> given = Values(count, 3, count);
    const std::vector<float> bias = Values(count, 1, count + 1);
    const std::vector<float> residual = Values(count, 2, count + 2);
    const std::vector<float> scale = Values(count, 1, count + 3);
    const std::vector<float> shift = Values(count, 1, count + 4);
    std::vector<float> row = given;
    AddNormalise(bias.data(), residual.data(), {scale.data(), shift.data(), 1e-5f}, count,
                 row.data());
    std::vector<double> sums(count);
    double mean = 0;
    for (size_t i = 0; i < count; ++i) mean += sums[i] = double{given[i]} + bias[i] + residual[i];
    mean /= static_cast<double>(count);
    double variance = 0;
    for (const double value : sums) variance += (value - mean) * (value - mean);
    variance /= static_cast<double>(count);
    for (size_t i = 0; i < count; ++i) {
      EXPECT_NEAR(row[i], (sums[i] - mean) / std::sqrt(variance + 1e-5) * scale[i] + shift[i],
                  1e-5);
    }
  }
}

}  // namespace
}  // namespace quarry::model
