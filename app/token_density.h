#pragma once

// How many tokens a character is, by language, in a sample of a collection: what turns a budget of
// tokens into a size of texts.

#include <vector>

#include "app/results.h"
#include "index/snapshot.h"
#include "model/token_counter.h"

namespace quarry::app {

// Of the beginnings of the first documents; by language, the one of most characters first, ties by
// name. Languages that are not told are left out. Errors: those of the store and the counter.
Result<std::vector<TokenDensity>> MeasureTokenDensity(const index::Snapshot& snapshot,
                                                      model::TokenCounter& counter);

}  // namespace quarry::app
