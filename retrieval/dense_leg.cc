#include "retrieval/dense_leg.h"

#include <memory>

namespace quarry::retrieval {

Result<DenseList> SearchDenseLeg(const std::string& text, const DenseLegOptions& options,
                                 const index::Snapshot& snapshot, const index::AllowedRows& allowed,
                                 model::EmbedderCache& embedders, const CallContext& context) {
  const index::StoredGeneration& generation = *snapshot.generation();
  DenseList list;
  EmbeddingMatrix vector;
  {
    StageTimer timer(context, "retrieve.embed");
    QUARRY_ASSIGN_OR_RETURN(const std::shared_ptr<const model::Embedder> embedder,
                            embedders.Get(generation.space, generation.embedder_kind,
                                          [&] { return snapshot.ReadEmbedderBlob(); }));
    const std::string texts[] = {text};
    QUARRY_ASSIGN_OR_RETURN(vector, embedder->Embed(texts, model::EmbeddingRole::kQuery, context));
    list.crosses_languages = embedder->CrossesLanguages(text);
  }
  StageTimer timer(context, "retrieve.dense");
  QUARRY_ASSIGN_OR_RETURN(
      list.rows,
      snapshot.SearchDense(vector.Row(0), index::ResultLimit::Documents(options.documents), allowed,
                           {.width = options.search_width}, context));
  return list;
}

}  // namespace quarry::retrieval
