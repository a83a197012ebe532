#include "ingest/embedding.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "ingest/embedder_switch.h"
#include "model/embedder_factory.h"

namespace quarry::ingest {
namespace {

using SteadyClock = std::chrono::steady_clock;

double SecondsSince(SteadyClock::time_point start) {
  return std::chrono::duration<double>(SteadyClock::now() - start).count();
}

Result<std::shared_ptr<const model::Embedder>> Learn(const index::Snapshot& snapshot,
                                                     const EmbeddingOptions& options,
                                                     const CallContext& context,
                                                     const EmbeddingProgress& progress) {
  const model::TextSource texts =
      [&](const std::function<void(std::string_view)>& visit) -> Status {
    return snapshot.ForEachIndexedText([&](ChunkId, std::string_view text) {
      visit(text);
      return !context.cancel.cancelled();
    });
  };
  return model::LearnEmbedder(texts, options.learning, context, [&](uint64_t done, uint64_t total) {
    if (progress) progress("learning", done, total);
  });
}

// Chunks of the first batch, and when one was quick enough for the next to be twice as large: a
// slow model stores what it has, and says how far it is, every few seconds.
constexpr uint32_t kFirstBatch = 16;
constexpr double kQuickSeconds = 0.5;

// Embeds every pending chunk of `generation`, a batch at a time; returns how many.
Result<uint64_t> EmbedAll(const WithWriter& with_writer, GenerationId generation,
                          const model::Embedder& embedder, const EmbeddingOptions& options,
                          const CallContext& context, const EmbeddingProgress& progress) {
  uint64_t embedded = 0;
  uint32_t batch = std::min(kFirstBatch, options.batch);
  ChunkId after;
  while (true) {
    QUARRY_RETURN_IF_ERROR(context.Check());
    uint64_t left = 0;
    std::vector<ChunkId> chunks;
    std::vector<std::string> texts;
    QUARRY_RETURN_IF_ERROR(with_writer([&](index::IndexWriter& writer) -> Status {
      left = writer.PendingCount(generation);
      QUARRY_ASSIGN_OR_RETURN(std::vector<index::PendingChunk> pending,
                              writer.Pending(generation, after, batch));
      for (index::PendingChunk& chunk : pending) {
        chunks.push_back(chunk.chunk);
        texts.push_back(std::move(chunk.text));
      }
      return OkStatus();
    }));
    if (chunks.empty()) return embedded;
    const SteadyClock::time_point start = SteadyClock::now();
    QUARRY_ASSIGN_OR_RETURN(const EmbeddingMatrix vectors,
                            embedder.Embed(texts, model::EmbeddingRole::kDocument, context));
    if (SecondsSince(start) < kQuickSeconds) batch = std::min(2 * batch, options.batch);
    QUARRY_RETURN_IF_ERROR(with_writer([&](index::IndexWriter& writer) {
      return writer.PutVectors(generation, chunks, vectors);
    }));
    if (progress) progress("embedding", embedded + chunks.size(), embedded + left);
    embedded += chunks.size();
    after = chunks.back();
  }
}

// Makes a generation the current one that EmbedAll has filled; returns how many chunks it embedded.
Result<uint64_t> Publish(const WithWriter& with_writer, GenerationId generation,
                         const std::shared_ptr<const model::Embedder>& embedder,
                         model::EmbedderCache& cache, const EmbeddingOptions& options,
                         const CallContext& context) {
  uint64_t late = 0;
  QUARRY_RETURN_IF_ERROR(with_writer([&](index::IndexWriter& writer) -> Status {
    // What came since the last batch, under the same writer: then nothing is pending.
    const WithWriter same = [&](const WriterStep& step) { return step(writer); };
    QUARRY_ASSIGN_OR_RETURN(late, EmbedAll(same, generation, *embedder, options, context, nullptr));
    cache.Add(embedder);  // the first query after it finds it open
    return writer.PublishGeneration(generation, context);
  }));
  return late;
}

}  // namespace

bool ShouldLearn(const index::Snapshot& snapshot, const EmbeddingOptions& options) {
  const uint64_t chunks = snapshot.live_chunks();
  if (chunks < options.learn_from_chunks) return false;
  const std::optional<index::StoredGeneration>& current = snapshot.generation();
  const std::optional<index::StoredGeneration>& previous = snapshot.previous_generation();
  if (!current) return true;
  if (model::IsPublishedKind(current->embedder_kind)) return false;
  // What an earlier version of the program learnt is replaced, but not where an operator went back
  // to it.
  if (current->embedder_kind == model::kLsaKind &&
      !(previous && previous->embedder_kind != model::kLsaKind)) {
    return true;
  }
  // The program has a new table for questions in another language; again not after going back.
  if (model::LearntBesideAnother(current->space.fingerprint) &&
      !(previous && previous->embedder_kind == model::kBilingualKind &&
        !model::LearntBesideAnother(previous->space.fingerprint))) {
    return true;
  }
  uint64_t learnt = current->learnt_chunks;
  if (previous) learnt = std::max(learnt, previous->learnt_chunks);
  return static_cast<double>(chunks) >= options.relearn_growth * static_cast<double>(learnt);
}

Result<uint64_t> CompleteGeneration(const WithWriter& with_writer, GenerationId generation,
                                    const std::shared_ptr<const model::Embedder>& embedder,
                                    model::EmbedderCache& cache, const EmbeddingOptions& options,
                                    const CallContext& context, const EmbeddingProgress& progress) {
  QUARRY_ASSIGN_OR_RETURN(const uint64_t embedded,
                          EmbedAll(with_writer, generation, *embedder, options, context, progress));
  index::IndexWriter::Preparation prepare;
  QUARRY_RETURN_IF_ERROR(with_writer([&](index::IndexWriter& writer) {
    prepare = writer.PrepareGeneration(generation);
    return OkStatus();
  }));
  if (progress) progress("linking", 0, 0);  // the graph of the vectors; long for large ones
  QUARRY_RETURN_IF_ERROR(prepare(context));
  QUARRY_ASSIGN_OR_RETURN(const uint64_t late,
                          Publish(with_writer, generation, embedder, cache, options, context));
  return embedded + late;
}

Result<EmbeddingReport> LearnGeneration(const index::Snapshot& snapshot,
                                        const WithWriter& with_writer, model::EmbedderCache& cache,
                                        const EmbeddingOptions& options, const CallContext& context,
                                        const EmbeddingProgress& progress) {
  EmbeddingReport report;
  SteadyClock::time_point start = SteadyClock::now();
  QUARRY_ASSIGN_OR_RETURN(const std::shared_ptr<const model::Embedder> embedder,
                          Learn(snapshot, options, context, progress));
  report.learn_seconds = SecondsSince(start);

  start = SteadyClock::now();
  const std::string table = model::SerializeLearntEmbedder(*embedder);
  GenerationId generation;
  QUARRY_RETURN_IF_ERROR(with_writer([&](index::IndexWriter& writer) -> Status {
    QUARRY_ASSIGN_OR_RETURN(
        generation, writer.BeginGeneration(model::LearntKind(*embedder), embedder->space(), table,
                                           snapshot.live_chunks()));
    return OkStatus();
  }));
  QUARRY_ASSIGN_OR_RETURN(report.embedded, CompleteGeneration(with_writer, generation, embedder,
                                                              cache, options, context, progress));
  report.embed_seconds = SecondsSince(start);
  report.learnt = true;
  return report;
}

Result<EmbeddingReport> RevertGeneration(const index::Snapshot& snapshot,
                                         const WithWriter& with_writer, model::EmbedderCache& cache,
                                         const EmbeddingOptions& options,
                                         const CallContext& context,
                                         const EmbeddingProgress& progress) {
  EmbeddingReport report;
  const SteadyClock::time_point start = SteadyClock::now();
  GenerationId generation;
  QUARRY_RETURN_IF_ERROR(with_writer([&](index::IndexWriter& writer) -> Status {
    QUARRY_ASSIGN_OR_RETURN(generation, writer.ResumePreviousGeneration());
    return OkStatus();
  }));
  const std::optional<index::StoredGeneration>& kept = snapshot.previous_generation();
  if (!kept || kept->id != generation) {
    return FailedPreconditionError("the kept generation was replaced meanwhile");
  }
  QUARRY_ASSIGN_OR_RETURN(const std::shared_ptr<const model::Embedder> embedder,
                          cache.Get(kept->space, kept->embedder_kind,
                                    [&] { return snapshot.ReadEmbedderBlob(*kept); }));
  QUARRY_ASSIGN_OR_RETURN(report.embedded,
                          EmbedAll(with_writer, generation, *embedder, options, context, progress));
  QUARRY_ASSIGN_OR_RETURN(const uint64_t late,
                          Publish(with_writer, generation, embedder, cache, options, context));
  report.embedded += late;
  report.embed_seconds = SecondsSince(start);
  return report;
}

Result<EmbeddingReport> EmbedPending(const index::Snapshot& snapshot, const WithWriter& with_writer,
                                     model::EmbedderCache& cache, const EmbeddingOptions& options,
                                     const CallContext& context,
                                     const EmbeddingProgress& progress) {
  EmbeddingReport report;
  if (!snapshot.generation() || snapshot.pending_vectors() == 0) return report;
  const index::StoredGeneration& generation = *snapshot.generation();
  const SteadyClock::time_point start = SteadyClock::now();
  QUARRY_ASSIGN_OR_RETURN(const std::shared_ptr<const model::Embedder> embedder,
                          cache.Get(generation.space, generation.embedder_kind,
                                    [&] { return snapshot.ReadEmbedderBlob(); }));
  QUARRY_ASSIGN_OR_RETURN(
      report.embedded, EmbedAll(with_writer, generation.id, *embedder, options, context, progress));
  report.embed_seconds = SecondsSince(start);
  return report;
}

Result<EmbeddingReport> UpdateEmbeddings(const index::Snapshot& snapshot,
                                         const WithWriter& with_writer, model::EmbedderCache& cache,
                                         const EmbeddingOptions& options,
                                         const CallContext& context,
                                         const EmbeddingProgress& progress) {
  if (!options.enabled) return EmbeddingReport();
  QUARRY_RETURN_IF_ERROR(CheckEmbedder(snapshot, options));
  if (!options.folder.path.empty() && !snapshot.generation() && snapshot.live_chunks() > 0) {
    return SwitchGeneration(snapshot, with_writer, cache, options.folder, options, context,
                            progress);
  }
  return options.folder.path.empty() && ShouldLearn(snapshot, options)
             ? LearnGeneration(snapshot, with_writer, cache, options, context, progress)
             : EmbedPending(snapshot, with_writer, cache, options, context, progress);
}

}  // namespace quarry::ingest
