#include "ingest/embedding.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ingest/embedder_switch.h"
#include "ingest/learning_pairs.h"
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
  model::LearningOptions learning = options.learning;
  if (!options.pairs.empty()) {
    Result<std::vector<model::LearningPair>> pairs = ReadLearningPairs(options.pairs);
    if (!pairs.ok()) return pairs.status().Annotate("embedding.pairs");
    learning.pairs = *std::move(pairs);
  }
  return model::LearnEmbedder(texts, learning, context, [&](uint64_t done, uint64_t total) {
    if (progress) progress("learning", done, total);
  });
}

// Chunks of the first batch, and when one was quick enough for the next to be twice as large: a
// slow model stores what it has, and says how far it is, every few seconds.
constexpr uint32_t kFirstBatch = 16;
constexpr double kQuickSeconds = 0.5;

// An embedder, and where its vectors are kept: null if nowhere.
struct EmbeddedBy {
  const model::Embedder& embedder;
  model::VectorMemory* vectors = nullptr;
};

// Texts with their vectors, of which `made` had to be made.
struct EmbeddedTexts {
  EmbeddingMatrix vectors;
  std::vector<std::string> made;
  EmbeddingMatrix made_vectors;
};

// Equal texts, and those whose vectors are kept, are not embedded again.
Result<EmbeddedTexts> EmbedTexts(const std::vector<std::string>& texts, const EmbeddedBy& by,
                                 const CallContext& context) {
  using model::EmbeddingRole;
  EmbeddedTexts result;
  if (by.vectors == nullptr) {
    QUARRY_ASSIGN_OR_RETURN(result.vectors,
                            by.embedder.Embed(texts, EmbeddingRole::kDocument, context));
    return result;
  }
  QUARRY_ASSIGN_OR_RETURN(const std::vector<std::vector<float>> kept,
                          by.vectors->Find(by.embedder.space(), texts));
  std::map<std::string_view, size_t> rows;  // of what is made
  for (size_t i = 0; i < texts.size(); ++i) {
    if (!kept[i].empty() || !rows.emplace(texts[i], rows.size()).second) continue;
    result.made.push_back(texts[i]);
  }
  if (!result.made.empty()) {
    QUARRY_ASSIGN_OR_RETURN(result.made_vectors,
                            by.embedder.Embed(result.made, EmbeddingRole::kDocument, context));
  }
  result.vectors.dimension = by.embedder.space().dimension;
  for (size_t i = 0; i < texts.size(); ++i) {
    const std::span<const float> row = kept[i].empty() ? result.made_vectors.Row(rows.at(texts[i]))
                                                       : std::span<const float>(kept[i]);
    result.vectors.values.insert(result.vectors.values.end(), row.begin(), row.end());
  }
  return result;
}

// Embeds every pending chunk of `generation`, a batch at a time; adds them to `report`.
Status EmbedAll(const WithWriter& with_writer, GenerationId generation, const EmbeddedBy& by,
                const EmbeddingOptions& options, const CallContext& context,
                const EmbeddingProgress& progress, EmbeddingReport& report) {
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
    if (chunks.empty()) return OkStatus();
    const SteadyClock::time_point start = SteadyClock::now();
    QUARRY_ASSIGN_OR_RETURN(const EmbeddedTexts made, EmbedTexts(texts, by, context));
    if (SecondsSince(start) < kQuickSeconds) batch = std::min(2 * batch, options.batch);
    QUARRY_RETURN_IF_ERROR(with_writer([&](index::IndexWriter& writer) {
      return writer.PutVectors(generation, chunks, made.vectors);
    }));
    if (by.vectors != nullptr) {
      QUARRY_RETURN_IF_ERROR(by.vectors->Keep(by.embedder.space(), made.made, made.made_vectors));
      report.reused += chunks.size() - made.made.size();
    }
    report.embedded += chunks.size();
    if (progress) progress("embedding", embedded + chunks.size(), embedded + left);
    embedded += chunks.size();
    after = chunks.back();
  }
}

// Makes a generation the current one that EmbedAll has filled.
Status Publish(const WithWriter& with_writer, GenerationId generation,
               const std::shared_ptr<const model::Embedder>& embedder, model::VectorMemory* vectors,
               model::EmbedderCache& cache, const EmbeddingOptions& options,
               const CallContext& context, EmbeddingReport& report) {
  return with_writer([&](index::IndexWriter& writer) -> Status {
    // What came since the last batch, under the same writer: then nothing is pending.
    const WithWriter same = [&](const WriterStep& step) { return step(writer); };
    QUARRY_RETURN_IF_ERROR(
        EmbedAll(same, generation, {*embedder, vectors}, options, context, nullptr, report));
    cache.Add(embedder);  // the first query after it finds it open
    return writer.PublishGeneration(generation, context);
  });
}

// Where vectors of such an embedder are kept: a learnt one is quicker than looking for them.
model::VectorMemory* VectorsOf(const index::StoredGeneration& generation,
                               const model::EmbedderCache& cache) {
  return model::IsPublishedKind(generation.embedder_kind) ? cache.vectors() : nullptr;
}

// Whether more than options.relearn_unknown of the words of the collection, each counted once a chunk,
// are not in its learnt embedder. Looked at when pending chunks bring the collection another tenth of
// what was learnt from: words are counted by reading every segment's dictionary. Errors: those of
// reading the embedder and of the context.
Result<bool> HasUnknownWords(const index::Snapshot& snapshot, const EmbeddingOptions& options,
                             const CallContext& context) {
  constexpr uint32_t kTermsPerCheck = 4096;
  const std::optional<index::StoredGeneration>& current = snapshot.generation();
  if (!current || model::IsPublishedKind(current->embedder_kind)) return false;
  uint64_t learnt = current->learnt_chunks;
  if (snapshot.previous_generation()) {
    learnt = std::max(learnt, snapshot.previous_generation()->learnt_chunks);
  }
  const uint64_t chunks = snapshot.live_chunks();
  const uint64_t before = chunks - std::min(chunks, snapshot.pending_vectors());
  const uint64_t tenth = std::max<uint64_t>(1, learnt / 10);
  if (chunks < learnt + tenth || chunks / tenth == before / tenth) return false;
  QUARRY_ASSIGN_OR_RETURN(SharedBytes table, snapshot.ReadEmbedderBlob());
  QUARRY_ASSIGN_OR_RETURN(const std::shared_ptr<const model::Embedder> embedder,
                          model::ParseLearntEmbedder(std::move(table), current->embedder_kind));
  uint64_t words = 0;
  uint64_t unknown = 0;
  uint32_t seen = 0;
  for (const index::SegmentView& view : snapshot.lexical().segments()) {
    for (auto it = view.segment->terms().From(""); it.valid(); it.Next()) {
      if (++seen % kTermsPerCheck == 0) QUARRY_RETURN_IF_ERROR(context.Check());
      const uint64_t holders = view.DocumentFrequency(it.entry());
      words += holders;
      if (!model::KnowsTerm(*embedder, it.term())) unknown += holders;
    }
  }
  return static_cast<double>(unknown) > options.relearn_unknown * static_cast<double>(words);
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

Status CompleteGeneration(const WithWriter& with_writer, GenerationId generation,
                          const std::shared_ptr<const model::Embedder>& embedder,
                          model::VectorMemory* vectors, model::EmbedderCache& cache,
                          const EmbeddingOptions& options, const CallContext& context,
                          const EmbeddingProgress& progress, EmbeddingReport& report) {
  QUARRY_RETURN_IF_ERROR(
      EmbedAll(with_writer, generation, {*embedder, vectors}, options, context, progress, report));
  index::IndexWriter::Preparation prepare;
  QUARRY_RETURN_IF_ERROR(with_writer([&](index::IndexWriter& writer) {
    prepare = writer.PrepareGeneration(generation);
    return OkStatus();
  }));
  if (progress) progress("linking", 0, 0);  // the graph of the vectors; long for large ones
  QUARRY_RETURN_IF_ERROR(prepare(context));
  return Publish(with_writer, generation, embedder, vectors, cache, options, context, report);
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
  QUARRY_RETURN_IF_ERROR(CompleteGeneration(with_writer, generation, embedder, nullptr, cache,
                                            options, context, progress, report));
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
  model::VectorMemory* const vectors = VectorsOf(*kept, cache);
  QUARRY_RETURN_IF_ERROR(
      EmbedAll(with_writer, generation, {*embedder, vectors}, options, context, progress, report));
  QUARRY_RETURN_IF_ERROR(
      Publish(with_writer, generation, embedder, vectors, cache, options, context, report));
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
  QUARRY_RETURN_IF_ERROR(EmbedAll(with_writer, generation.id,
                                  {*embedder, VectorsOf(generation, cache)}, options, context,
                                  progress, report));
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
  if (options.folder.path.empty()) {
    bool learns = ShouldLearn(snapshot, options);
    if (!learns) {
      QUARRY_ASSIGN_OR_RETURN(learns, HasUnknownWords(snapshot, options, context));
    }
    if (learns) return LearnGeneration(snapshot, with_writer, cache, options, context, progress);
  }
  return EmbedPending(snapshot, with_writer, cache, options, context, progress);
}

}  // namespace quarry::ingest
