#pragma once

// The scope of a stored answer: everything that decides what an answer may be, but for the question's
// words. Only who asks within the same scope, byte for byte, sees the entry. Pure.

#include <string>
#include <string_view>

#include "base/query.h"
#include "index/snapshot.h"

namespace quarry::retrieval {

// The version of the normaliser, collection, principals (as a set), filter, mode, k and the other fields of the query; the embedding
// space of the snapshot; `configuration`, which names model, prompts and options. Fields are set apart
// by their lengths, so that no two scopes are written alike.
std::string CacheScope(const Query& query, const index::Snapshot& snapshot,
                       std::string_view configuration);

// Of the passages that an answer is made from, whatever their order: what they are, where they stand
// and what they say.
uint64_t ContextHash(const Context& context);

}  // namespace quarry::retrieval
