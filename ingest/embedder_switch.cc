#include "ingest/embedder_switch.h"

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "model/embedder_factory.h"

namespace quarry::ingest {
namespace {

// Whether a generation is by the model that `folder` names.
Result<bool> IsBy(const index::Snapshot& snapshot, const index::StoredGeneration& generation,
                  const model::EmbedderFolder& folder) {
  if (generation.embedder_kind != model::KindOfPublished(folder)) return false;
  QUARRY_ASSIGN_OR_RETURN(const SharedBytes table, snapshot.ReadEmbedderBlob(generation));
  return table.view == model::SerializeEmbedderFolder(folder);
}

}  // namespace

Result<EmbeddingReport> SwitchGeneration(const index::Snapshot& snapshot,
                                         const WithWriter& with_writer, model::EmbedderCache& cache,
                                         const model::EmbedderFolder& folder,
                                         const EmbeddingOptions& options,
                                         const CallContext& context,
                                         const EmbeddingProgress& progress) {
  QUARRY_ASSIGN_OR_RETURN(const std::shared_ptr<const model::Embedder> embedder,
                          cache.OpenPublished(folder, context));
  const std::string record = model::SerializeEmbedderFolder(folder);
  if (const auto& current = snapshot.generation(); current) {
    QUARRY_ASSIGN_OR_RETURN(const bool is_current, IsBy(snapshot, *current, folder));
    if (is_current && current->space == embedder->space()) {
      return AlreadyExistsError("the vectors are by " + folder.path + " already (" +
                                current->space.fingerprint + ")");
    }
  }
  if (const auto& kept = snapshot.previous_generation(); kept) {
    QUARRY_ASSIGN_OR_RETURN(const bool is_kept, IsBy(snapshot, *kept, folder));
    if (is_kept && kept->space == embedder->space()) {
      return RevertGeneration(snapshot, with_writer, cache, options, context, progress);
    }
  }
  EmbeddingReport report;
  const auto start = std::chrono::steady_clock::now();
  GenerationId generation;
  QUARRY_RETURN_IF_ERROR(with_writer([&](index::IndexWriter& writer) -> Status {
    QUARRY_ASSIGN_OR_RETURN(generation, writer.BeginGeneration(model::KindOfPublished(folder),
                                                               embedder->space(), record, 0));
    return OkStatus();
  }));
  QUARRY_RETURN_IF_ERROR(CompleteGeneration(with_writer, generation, embedder, cache.vectors(),
                                            cache, options, context, progress, report));
  report.embed_seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return report;
}

Status CheckEmbedder(const index::Snapshot& snapshot, const EmbeddingOptions& options) {
  const std::optional<index::StoredGeneration>& generation = snapshot.generation();
  if (options.folder.path.empty() || !generation) return OkStatus();
  QUARRY_ASSIGN_OR_RETURN(const bool is_by, IsBy(snapshot, *generation, options.folder));
  if (is_by) return OkStatus();
  std::string maker = generation->space.fingerprint;
  if (model::IsPublishedKind(generation->embedder_kind)) {
    QUARRY_ASSIGN_OR_RETURN(const SharedBytes table, snapshot.ReadEmbedderBlob(*generation));
    QUARRY_ASSIGN_OR_RETURN(const model::EmbedderFolder folder,
                            model::ParseEmbedderFolder(table.view));
    maker = folder.path + " (" + maker + ")";
  }
  const std::string& path = options.folder.path;
  return FailedPreconditionError(
      "embedder mismatch: the vectors of collection \"" + snapshot.collection().name +
      "\" are by " + maker + ", embedding.model is " + path + " with its prefixes; `" +
      model::SwitchCommand(options.folder) + "` embeds the collection by it");
}

}  // namespace quarry::ingest
