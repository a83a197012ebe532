#pragma once

// Opens an embedder from what a generation of an index keeps of it.

#include <memory>
#include <string>
#include <string_view>

#include "base/shared_bytes.h"
#include "model/embedder.h"

namespace quarry::model {

// Kind of the learnt embedder, as it is stored with a generation.
inline constexpr std::string_view kLsaKind = "lsa";

// Keeps `table` and reads from it. Errors: kFailedPrecondition for a kind that this program does not know, kDataLoss for damaged
// bytes.
Result<std::shared_ptr<const Embedder>> OpenEmbedder(std::string_view kind, SharedBytes table);

}  // namespace quarry::model
