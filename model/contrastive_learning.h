#pragma once

// Contrastive learning of term vectors from plain text: a sentence should lie closer to the rest of
// its passage than to other passages.
//
// A text is embedded as the unit vector of sum over its terms of (1 + ln tf) * exp(weight) * row.
// Each step takes a batch of passages, of each one sentence (half the time a run of a few of its
// words) as the question and the rest as the answer, and lowers the symmetric InfoNCE loss of the
// batch (van den Oord, Li, Vinyals: "Representation learning with contrastive predictive coding",
// 2018; the inverse cloze task of Lee, Chang, Toutanova: "Latent retrieval for weakly supervised
// open domain question answering", 2019) by Adam on the rows of the terms in it.
//
// Deterministic on one kind of processor, whatever the number of threads: each passage draws from a
// seed of its own, every row is computed by one thread in a fixed order, sums over blocks are added
// in block order.

#include <cstdint>
#include <functional>
#include <vector>

#include "base/call_context.h"
#include "base/status.h"
#include "base/thread_pool.h"
#include "model/passages.h"

namespace quarry::model {

struct TermVectors {
  uint32_t stride = 0;         // values a row, a multiple of 8
  std::vector<float> rows;     // terms x stride
  std::vector<float> weights;  // by term: the logarithm of its weight in a text

  size_t terms() const { return weights.size(); }
  const float* Row(size_t term) const { return rows.data() + term * stride; }
  float* Row(size_t term) { return rows.data() + term * stride; }
};

struct ContrastiveOptions {
  uint64_t pairs = 0;  // questions in all; each passage gives one before any gives a second
  uint32_t batch = 512;
  float temperature = 0.1f;
  float learning_rate = 0.01f;  // rises over the first 10 steps, then falls to 5 % of it
  uint64_t seed = 42;
};

// Improves `vectors`. Does nothing when fewer than two passages have two terms. A null pool means
// this thread only; `progress(done, total)` is called from this thread, in steps.
// Memory: two more arrays like vectors.rows, 3 * batch^2 and 8 * batch * stride floats.
// Errors: those of `context`.
// REQUIRES: every token is below vectors.terms(), options.batch >= 8.
Status LearnContrastively(const Passages& passages, const ContrastiveOptions& options,
                          ThreadPool* pool, const CallContext& context,
                          const std::function<void(uint64_t done, uint64_t total)>& progress,
                          TermVectors& vectors);

}  // namespace quarry::model
