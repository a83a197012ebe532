#pragma once

// Opens an embedder from what a generation of an index keeps of it.

#include <memory>
#include <string>
#include <string_view>

#include "model/embedder.h"

namespace quarry::model {

// Kind of the learnt embedder, as it is stored with a generation.
inline constexpr std::string_view kLsaKind = "lsa";

// Errors: kFailedPrecondition for a kind that this program does not know, kDataLoss for damaged
// bytes.
Result<std::shared_ptr<const Embedder>> OpenEmbedder(std::string_view kind, std::string_view blob);

}  // namespace quarry::model
