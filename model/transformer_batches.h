#pragma once

// Runs many sequences through a transformer on all cores. Internal to model/.

#include <functional>
#include <span>
#include <vector>

#include "base/call_context.h"
#include "base/thread_pool.h"
#include "model/transformer.h"

namespace quarry::model {

// Takes the states of one of the inputs: `tokens` rows. Called from several threads, once for each
// input that has tokens: a text may have none where its characters are no tokens and the template
// adds no special ones.
using TakeStates = std::function<void(size_t input, const float* states, size_t tokens)>;

// Sequences of like length are run together, some hundreds of tokens at a time; which ones does not
// depend on the number of threads. Errors: those of Transformer::Run. REQUIRES: as there, but for
// inputs without tokens, which are left out.
Status RunBatches(const Transformer& transformer, const std::vector<Encoding>& inputs,
                  ThreadPool& pool, const CallContext& context, const TakeStates& take);

// A pool that makes use of every core together with the thread that calls.
size_t HelperThreads();

}  // namespace quarry::model
