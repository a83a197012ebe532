#include "model/transformer_batches.h"

#include <algorithm>
#include <mutex>
#include <thread>

namespace quarry::model {
namespace {

// Enough rows that a matrix product runs at full speed, few enough that states stay in the cache.
constexpr size_t kBatchTokens = 512;

// Positions of inputs with tokens, by length, cut into batches.
std::vector<std::vector<size_t>> PlanBatches(const std::vector<Encoding>& inputs) {
  std::vector<size_t> order;
  for (size_t i = 0; i < inputs.size(); ++i) {
    if (!inputs[i].ids.empty()) order.push_back(i);
  }
  // The longest first: what is left for the end is short, so no thread waits long for another.
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return inputs[a].ids.size() > inputs[b].ids.size(); });
  std::vector<std::vector<size_t>> batches;
  size_t tokens = 0;
  for (const size_t input : order) {
    const size_t size = inputs[input].ids.size();
    if (batches.empty() || tokens + size > kBatchTokens) {
      batches.emplace_back();
      tokens = 0;
    }
    batches.back().push_back(input);
    tokens += size;
  }
  return batches;
}

}  // namespace

size_t HelperThreads() { return std::max(2u, std::thread::hardware_concurrency()) - 1; }

Status RunBatches(const Transformer& transformer, const std::vector<Encoding>& inputs,
                  ThreadPool& pool, const CallContext& context, const TakeStates& take) {
  const std::vector<std::vector<size_t>> batches = PlanBatches(inputs);
  std::mutex mutex;
  Status failed;  // the first, guarded by mutex
  const auto run = [&](size_t number) {
    std::vector<const Encoding*> batch;
    for (const size_t input : batches[number]) batch.push_back(&inputs[input]);
    const Result<std::vector<float>> states = transformer.Run(batch, context);
    if (!states.ok()) {
      std::lock_guard lock(mutex);
      if (failed.ok()) failed = states.status();
      return;
    }
    const float* at = states->data();
    for (const size_t input : batches[number]) {
      const size_t tokens = inputs[input].ids.size();
      take(input, at, tokens);
      at += tokens * transformer.config().hidden;
    }
  };
  if (batches.size() == 1) {
    run(0);
  } else {
    ParallelFor(pool, batches.size(), 1, run);
  }
  return failed;
}

}  // namespace quarry::model
