#include "retrieval/dense_leg.h"

#include <memory>

#include "retrieval/translation.h"

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
    const index::HeldLanguages held = snapshot.languages();
    const bool is_foreign = embedder->CrossesLanguages(text);
    const index::Snapshot* const searched[] = {&snapshot};
    list.crosses_languages =
        options.crosses_languages ||
        (is_foreign && !(held.english && held.chinese) && !FindsChinese(options.terms, searched));
    // In the language of fewer texts: what was learnt from those knows it, too, so that the question
    // has both parts, as a text has.
    const bool has_both_parts = is_foreign && !list.crosses_languages;
    const auto role = options.crosses_languages ? model::EmbeddingRole::kForeignQuery
                      : has_both_parts          ? model::EmbeddingRole::kDocument
                                                : model::EmbeddingRole::kQuery;
    QUARRY_ASSIGN_OR_RETURN(vector, embedder->Embed(texts, role, context));
  }
  StageTimer timer(context, "retrieve.dense");
  QUARRY_ASSIGN_OR_RETURN(
      list.rows,
      snapshot.SearchDense(vector.Row(0), index::ResultLimit::Documents(options.documents), allowed,
                           {.width = options.search_width}, context));
  return list;
}

}  // namespace quarry::retrieval
