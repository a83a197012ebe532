#include "ingest/embedding.h"

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "model/embedder_factory.h"

namespace quarry::ingest {
namespace {

using Progress = std::function<void(const char* stage, uint64_t done, uint64_t total)>;
using SteadyClock = std::chrono::steady_clock;

double SecondsSince(SteadyClock::time_point start) {
  return std::chrono::duration<double>(SteadyClock::now() - start).count();
}

// Whether the collection should get a new embedder learnt from what it holds now.
bool ShouldLearn(const index::Snapshot& snapshot, const EmbeddingOptions& options) {
  const uint64_t chunks = snapshot.live_chunks();
  if (chunks < options.learn_from_chunks) return false;
  if (!snapshot.generation()) return true;
  const auto learnt = static_cast<double>(snapshot.generation()->learnt_chunks);
  return static_cast<double>(chunks) >= options.relearn_growth * learnt;
}

Result<std::shared_ptr<const model::Embedder>> Learn(const index::Snapshot& snapshot,
                                                     const EmbeddingOptions& options,
                                                     const CallContext& context,
                                                     const Progress& progress) {
  const model::TextSource texts =
      [&](const std::function<void(std::string_view)>& visit) -> Status {
    return snapshot.ForEachIndexedText([&](ChunkId, std::string_view text) {
      visit(text);
      return !context.cancel.cancelled();
    });
  };
  return model::LearnLsaEmbedder(texts, options.lsa, context, [&](uint64_t done, uint64_t total) {
    if (progress) progress("learning", done, total);
  });
}

// Embeds every pending chunk of `generation`, a batch at a time; returns how many.
Result<uint64_t> EmbedPending(index::IndexWriter& writer, GenerationId generation,
                              const model::Embedder& embedder, const EmbeddingOptions& options,
                              const CallContext& context, const Progress& progress) {
  const uint64_t total = writer.PendingCount(generation);
  uint64_t embedded = 0;
  ChunkId after;
  while (true) {
    QUARRY_RETURN_IF_ERROR(context.Check());
    QUARRY_ASSIGN_OR_RETURN(const std::vector<index::PendingChunk> pending,
                            writer.Pending(generation, after, options.batch));
    if (pending.empty()) return embedded;
    std::vector<ChunkId> chunks;
    std::vector<std::string> texts;
    for (const index::PendingChunk& chunk : pending) {
      chunks.push_back(chunk.chunk);
      texts.push_back(chunk.text);
    }
    QUARRY_ASSIGN_OR_RETURN(const EmbeddingMatrix vectors,
                            embedder.Embed(texts, model::EmbeddingRole::kDocument, context));
    QUARRY_RETURN_IF_ERROR(writer.PutVectors(generation, chunks, vectors));
    embedded += chunks.size();
    after = chunks.back();
    if (progress) progress("embedding", embedded, total);
  }
}

}  // namespace

Result<EmbeddingReport> UpdateEmbeddings(index::IndexWriter& writer,
                                         const EmbeddingOptions& options,
                                         const CallContext& context, const Progress& progress) {
  EmbeddingReport report;
  if (!options.enabled) return report;
  const std::shared_ptr<const index::Snapshot> snapshot = writer.snapshot();

  if (ShouldLearn(*snapshot, options)) {
    SteadyClock::time_point start = SteadyClock::now();
    QUARRY_ASSIGN_OR_RETURN(const std::shared_ptr<const model::Embedder> embedder,
                            Learn(*snapshot, options, context, progress));
    report.learn_seconds = SecondsSince(start);

    start = SteadyClock::now();
    QUARRY_ASSIGN_OR_RETURN(
        const GenerationId generation,
        writer.BeginGeneration(model::kLsaKind, embedder->space(),
                               model::SerializeLsaEmbedder(*embedder), snapshot->live_chunks()));
    QUARRY_ASSIGN_OR_RETURN(
        report.embedded, EmbedPending(writer, generation, *embedder, options, context, progress));
    if (progress) progress("linking", 0, 0);  // the graph of the vectors; long for large ones
    QUARRY_RETURN_IF_ERROR(writer.PublishGeneration(generation, context));
    report.embed_seconds = SecondsSince(start);
    report.learnt = true;
    return report;
  }

  if (!snapshot->generation() || snapshot->pending_vectors() == 0) return report;
  const SteadyClock::time_point start = SteadyClock::now();
  QUARRY_ASSIGN_OR_RETURN(const std::string blob, snapshot->ReadEmbedderBlob());
  QUARRY_ASSIGN_OR_RETURN(const std::shared_ptr<const model::Embedder> embedder,
                          model::OpenEmbedder(snapshot->generation()->embedder_kind, blob));
  QUARRY_ASSIGN_OR_RETURN(report.embedded, EmbedPending(writer, snapshot->generation()->id,
                                                        *embedder, options, context, progress));
  report.embed_seconds = SecondsSince(start);
  return report;
}

}  // namespace quarry::ingest
