// The forward pass of a transformer of random weights beside what the machine's matrix product gives.
//
//   transformer [SEQUENCES [TOKENS [HIDDEN [LAYERS]]]]      defaults: 32 128 384 6, the size of MiniLM-L6
//
// Prints one JSON object: operations a second of sgemm (the model's own largest product, alone on each
// core at once, best of several), of the forward pass (products and attention counted, nothing else), their
// quotient, and tokens a second. Then the same for one short sequence: the latency of a question.

#include <cblas.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

#include "base/file.h"
#include "base/random.h"
#include "model/transformer_batches.h"
#include "tests/testing/model_testing.h"
#include "tests/testing/test_environment.h"

namespace quarry::bench {
namespace {

using Clock = std::chrono::steady_clock;

double Seconds(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// Operations a second of all cores at once; the best of several rounds.
double SgemmPeak(int rows, int columns, int inner, size_t threads) {
  openblas_set_num_threads(1);
  const auto run = [&](int times) {
    const std::vector<float> a(static_cast<size_t>(rows) * inner, 0.5f);
    const std::vector<float> b(static_cast<size_t>(columns) * inner, 0.25f);
    std::vector<float> c(static_cast<size_t>(rows) * columns);
    for (int i = 0; i < times; ++i) {
      cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, rows, columns, inner, 1.0f, a.data(),
                  inner, b.data(), inner, 0.0f, c.data(), columns);
    }
  };
  constexpr int kTimes = 20;
  double best = 0;
  for (int round = 0; round < 7; ++round) {
    const Clock::time_point start = Clock::now();
    std::vector<std::thread> others;
    for (size_t i = 1; i < threads; ++i) others.emplace_back(run, kTimes);
    run(kTimes);
    for (std::thread& other : others) other.join();
    const double operations = 2.0 * rows * columns * inner * kTimes * static_cast<double>(threads);
    best = std::max(best, operations / Seconds(start));
  }
  return best;
}

double OperationsOf(const model::TransformerConfig& config, double sequences, double tokens) {
  const double hidden = config.hidden;
  const double linear = 4 * hidden * hidden + 2 * hidden * config.intermediate;
  const double attention = 2 * tokens * hidden;
  return 2 * sequences * tokens * config.layers * (linear + attention);
}

int Main(int argc, char** argv) {
  const auto argument = [&](int i, uint32_t otherwise) {
    return argc > i ? static_cast<uint32_t>(std::strtoul(argv[i], nullptr, 10)) : otherwise;
  };
  const uint32_t sequences = argument(1, 32);
  const uint32_t tokens = argument(2, 128);
  const uint32_t hidden = argument(3, 384);
  const TemporaryDirectory folder = testing::MakeTemporaryDirectory();
  testing::WriteModel(folder.path(), {.hidden = hidden,
                                      .layers = argument(4, 6),
                                      .heads = hidden / 32,
                                      .intermediate = 4 * hidden,
                                      .vocabulary = 30522,
                                      .positions = 512});
  const model::TransformerConfig config = model::ReadTransformerConfig(folder.path()).value();
  const model::Transformer transformer =
      model::Transformer::Load(
          config, model::Safetensors::Open(folder.path() + "/model.safetensors").value())
          .value();

  Random random(1);
  const auto make = [&](size_t length) {
    model::Encoding input;
    for (size_t i = 0; i < length; ++i) {
      input.ids.push_back(static_cast<uint32_t>(random.Below(config.vocabulary)));
    }
    input.types.resize(length);
    return input;
  };
  ThreadPool pool(model::HelperThreads(), SIZE_MAX);
  const auto best_of = [&](const std::vector<model::Encoding>& inputs, int rounds) {
    double best = 1e9;
    for (int round = 0; round < rounds; ++round) {
      const Clock::time_point start = Clock::now();
      QUARRY_CHECK(model::RunBatches(transformer, inputs, pool, CallContext(),
                                     [](size_t, const float*, size_t) {})
                       .ok());
      best = std::min(best, Seconds(start));
    }
    return best;
  };

  std::vector<model::Encoding> inputs;
  for (uint32_t i = 0; i < sequences; ++i) inputs.push_back(make(tokens));
  const double batch = best_of(inputs, 7);
  const double question = best_of({make(12)}, 200);
  const size_t cores = model::HelperThreads() + 1;
  const double peak = SgemmPeak(512, static_cast<int>(4 * hidden), static_cast<int>(hidden), cores);
  const double rate = OperationsOf(config, sequences, tokens) / batch;
  std::printf(
      "{\"sequences\": %u, \"tokens\": %u, \"cores\": %zu, \"kernels\": \"%s\", \"sgemm_gflops\": "
      "%.1f, "
      "\"forward_gflops\": %.1f, \"share\": %.3f, \"batch_ms\": %.1f, "
      "\"tokens_per_second\": %.0f, \"question_ms\": %.2f}\n",
      sequences, tokens, cores, openblas_get_corename(), peak / 1e9, rate / 1e9, rate / peak,
      batch * 1e3, sequences * static_cast<double>(tokens) / batch, question * 1e3);
  return 0;
}

}  // namespace
}  // namespace quarry::bench

int main(int argc, char** argv) { return quarry::bench::Main(argc, argv); }
