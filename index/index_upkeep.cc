// The part of Index that an operator asks: sizes, verification, copies, compaction.

#include <algorithm>
#include <utility>

#include "index/backup.h"
#include "index/index_impl.h"
#include "index/keys.h"
#include "index/verify.h"

namespace quarry::index {

uint64_t Index::Impl::GraphBytes(CollectionId collection, GenerationId generation) const {
  const auto files = derived->files();
  const auto file = files.find(std::to_string(collection.value) + "/" +
                               std::to_string(generation.value) + "/graph");
  return file == files.end() ? 0 : file->second.bytes;
}

uint64_t Index::Impl::BytesOf(CollectionId collection, const StoredGeneration& generation) const {
  return BytesOf(VectorPrefix(collection, SpaceHash(generation.space), generation.id)) +
         BytesOf(GenerationBlobPrefix(collection, generation.id)) +
         GraphBytes(collection, generation.id);
}

uint64_t Index::Impl::DerivedBytes() const {
  uint64_t bytes = 0;
  for (const auto& [role, file] : derived->files()) bytes += file.bytes;
  return bytes;
}

void Index::Impl::AddDiskUsage(const Snapshot& snapshot, CollectionStats& stats) const {
  const CollectionId id = snapshot.collection().id;
  const auto table = [&](Table name) { return BytesOf(TablePrefix(id, name)); };
  DiskUsage& disk = stats.disk;
  disk.documents = table(Table::kDocument) + table(Table::kDocumentText);
  disk.chunks = table(Table::kChunk);
  disk.terms = table(Table::kChunkTerms);
  disk.vectors = table(Table::kVector);
  disk.change_log = table(Table::kChangeLog);
  const uint64_t named = disk.documents + disk.chunks + disk.terms + disk.vectors + disk.change_log;
  const uint64_t all = BytesOf(CollectionPrefix(id));
  disk.other = all - std::min(all, named);
  const std::string prefix = std::to_string(id.value) + "/";
  for (const auto& [role, file] : derived->files()) {
    if (!role.starts_with(prefix)) continue;
    const std::string name = role.substr(role.rfind('/') + 1);
    const bool is_segment = name != "rows" && name != "graph" && !name.starts_with("embedder-");
    stats.derived[is_segment ? "postings" : name.substr(0, name.find('-'))] += file.bytes;
  }
  if (const std::optional<StoredGeneration>& previous = snapshot.previous_generation()) {
    stats.previous_generation = previous->id;
    stats.previous_bytes = BytesOf(id, *previous);
  }
}

Result<CollectionStats> Index::Stats(CollectionId id) {
  QUARRY_ASSIGN_OR_RETURN(const std::shared_ptr<Collection> collection, impl_->Load(id));
  const std::shared_ptr<const Snapshot> snapshot = collection->snapshot();
  CollectionStats stats;
  stats.maintenance = collection->Health();
  stats.collection = snapshot->collection();
  stats.documents = snapshot->live_documents();
  stats.chunks = snapshot->live_chunks();
  stats.tokens = snapshot->lexical().live_tokens();
  stats.pending_vectors = snapshot->generation() ? snapshot->pending_vectors() : stats.chunks;
  stats.commit = snapshot->commit();
  if (snapshot->generation()) stats.embedder = snapshot->generation()->space.fingerprint;
  stats.lexical_bytes = snapshot->lexical().MemoryBytes();
  stats.lexical_mapped_bytes = snapshot->lexical().MappedBytes();
  stats.row_bytes = snapshot->rows().MemoryBytes();
  stats.row_mapped_bytes = snapshot->rows().MappedBytes();
  for (const std::shared_ptr<const VectorIndex>& index : snapshot->vectors()) {
    stats.vector_bytes += index->MemoryBytes();
    stats.vector_mapped_bytes += index->MappedBytes();
    stats.vector_index += (stats.vector_index.empty() ? "" : "+");
    stats.vector_index += VectorIndexKindName(index->kind());
  }
  impl_->AddDiskUsage(*snapshot, stats);
  return stats;
}

StoreUsage Index::Usage() const {
  return {.database_bytes = impl_->store->ApproximateBytes(),
          .derived_bytes = impl_->DerivedBytes(),
          .memory = impl_->store->Memory()};
}

Result<std::vector<GenerationStats>> Index::Generations(CollectionId id) {
  QUARRY_ASSIGN_OR_RETURN(const std::shared_ptr<const Snapshot> snapshot, GetSnapshot(id));
  std::vector<GenerationStats> generations;
  if (snapshot->generation()) {
    generations.push_back({.record = *snapshot->generation(),
                           .current = true,
                           .chunks = snapshot->live_chunks() - snapshot->pending_vectors(),
                           .bytes = impl_->BytesOf(id, *snapshot->generation())});
  }
  if (const std::optional<StoredGeneration>& kept = snapshot->previous_generation()) {
    GenerationStats& stats = generations.emplace_back(
        GenerationStats{.record = *kept, .bytes = impl_->BytesOf(id, *kept)});
    // The vectors of chunks go with the chunks.
    QUARRY_RETURN_IF_ERROR(snapshot->view().Scan(
        VectorPrefix(id, SpaceHash(kept->space), kept->id),
        [&](std::string_view, std::string_view) { return ++stats.chunks > 0; }));
  }
  return generations;
}

Result<VerifyReport> Index::Verify(CollectionId id, const CallContext& context,
                                   const Progress& progress) {
  const Result<std::shared_ptr<Collection>> loaded = impl_->Load(id);
  if (loaded.status().code() == Code::kDataLoss) {
    VerifyReport report;
    report.problems.push_back("cannot be opened: " + loaded.status().message());
    return report;
  }
  QUARRY_RETURN_IF_ERROR(loaded.status());
  const std::shared_ptr<Collection>& collection = *loaded;
  QUARRY_ASSIGN_OR_RETURN(VerifyReport report, VerifySnapshot(*collection->snapshot(),
                                                              *impl_->analyzer, context, progress));
  // The saved files are held against the state of the same moment, so nobody may change either
  // meanwhile.
  QUARRY_ASSIGN_OR_RETURN(const WriterLock lock, collection->LockWriter(context));
  const Maintenance::Pause pause(impl_->maintenance.get());
  QUARRY_RETURN_IF_ERROR(VerifySavedFiles(*collection, *impl_->derived, context, report));
  return report;
}

Result<std::vector<std::string>> Index::VerifyStore(const CallContext& context,
                                                    const Progress& progress) {
  if (progress) progress("checksums", 0, 0);
  return VerifyStoreWide(*impl_->store, *impl_->derived, context);
}

Result<BackupReport> Index::Backup(const std::string& directory, const CallContext& context,
                                   const Progress& progress) const {
  QUARRY_RETURN_IF_ERROR(CheckOutside(impl_->directory, directory));
  return CreateBackup(*impl_->store, *impl_->derived, impl_->clock->NowMicros(), directory, context,
                      progress);
}

Result<CompactReport> Index::Compact(std::optional<CollectionId> chosen, const CallContext& context,
                                     const Progress& progress) {
  if (impl_->options.read_only) {
    return FailedPreconditionError("store " + impl_->directory + " is open for reading only");
  }
  CompactReport report;
  report.bytes_before = impl_->store->ApproximateBytes() + impl_->DerivedBytes();
  for (const StoredCollection& record : Collections()) {
    if (chosen && record.id != *chosen) continue;
    if (progress) progress("indexes", 0, 0);
    QUARRY_ASSIGN_OR_RETURN(const std::shared_ptr<Collection> collection, impl_->Load(record.id));
    QUARRY_ASSIGN_OR_RETURN(const WriterLock lock, collection->LockWriter(context));
    if (collection->deleted()) continue;
    const Maintenance::Pause pause(impl_->maintenance.get());
    QUARRY_RETURN_IF_ERROR(
        collection->Compact(context).Annotate("compact collection \"" + record.name + "\""));
  }
  if (progress) progress("database", 0, 0);
  // What a view shows is not freed, and a collection that nobody writes to keeps its old one.
  for (const std::shared_ptr<Collection>& collection : impl_->Loaded()) {
    QUARRY_RETURN_IF_ERROR(context.Check());
    // One that holds up its own view is waited for where its own bytes are to be freed.
    collection->RenewView(/*wait=*/!chosen || collection->id() == *chosen);
  }
  const std::string begin = chosen ? CollectionPrefix(*chosen) : "";
  const std::string end = chosen ? PrefixEnd(begin) : "";
  QUARRY_RETURN_IF_ERROR(impl_->store->Compact(begin, end, context));
  report.bytes_after = impl_->store->ApproximateBytes() + impl_->DerivedBytes();
  return report;
}

}  // namespace quarry::index
