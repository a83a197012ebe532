#include "model/embedder_factory.h"

#include "model/lsa_embedder.h"

namespace quarry::model {

Result<std::shared_ptr<const Embedder>> OpenEmbedder(std::string_view kind, std::string_view blob) {
  if (kind == kLsaKind) return ParseLsaEmbedder(blob);
  return FailedPreconditionError("unknown kind of embedder \"" + std::string(kind) +
                                 "\"; this program knows: lsa");
}

}  // namespace quarry::model
