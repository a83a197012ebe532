#include "model/embedder_factory.h"

#include <utility>

#include "model/lsa_embedder.h"

namespace quarry::model {

Result<std::shared_ptr<const Embedder>> OpenEmbedder(std::string_view kind, SharedBytes table) {
  if (kind == kLsaKind) return ParseLsaEmbedder(std::move(table));
  return FailedPreconditionError("unknown kind of embedder \"" + std::string(kind) +
                                 "\"; this program knows: lsa");
}

}  // namespace quarry::model
