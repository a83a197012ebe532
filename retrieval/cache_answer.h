#pragma once

// An answer as it is stored in the cache: its words, citations and verdicts. Its passages are stored
// as chunk ids only: they are read anew when it is served, from a context that is known to be the same
// (ContextHash). Pure.

#include <string>
#include <string_view>

#include "base/answer.h"

namespace quarry::retrieval {

std::string EncodeCachedAnswer(const Answer& answer);

// The answer with the passages of `context`, in its own order. kDataLoss when the bytes are damaged, or
// name a passage that the context does not have.
Result<Answer> DecodeCachedAnswer(std::string_view bytes, Context context);

}  // namespace quarry::retrieval
