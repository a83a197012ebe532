#include "index/index.h"

#include <chrono>
#include <filesystem>
#include <set>
#include <utility>

#include "base/file.h"
#include "base/hash.h"
#include "base/text_given_name.h"
#include "index/index_impl.h"
#include "index/keys.h"

namespace quarry::index {
namespace {

namespace fs = std::filesystem;

// How often who waits for a collection to be loaded looks whether it is still wanted.
constexpr std::chrono::milliseconds kLoadCheckInterval{20};

// kFailedPrecondition where something in the directory, which holds no store, is somebody else's: no store is
// made of it.
Status CheckHoldsNothingElse(const std::string& directory) {
  std::error_code error;
  if (fs::status(directory, error).type() == fs::file_type::not_found) return OkStatus();
  // A crash during creation leaves only these.
  for (fs::directory_iterator it(directory, error), end; !error && it != end; it.increment(error)) {
    const std::string name = it->path().filename().string();
    if (name != "LOCK" && name != "db" && name != "derived" && !name.starts_with("MANIFEST")) {
      return FailedPreconditionError("not a Quarry store, and not empty (it holds " + name +
                                     "); choose another directory with --store");
    }
  }
  if (error) return UnavailableError("list directory " + directory + ": " + error.message());
  return OkStatus();
}

// Makes an empty store of `directory`, which must be absent or empty: nothing of the user's is
// touched.
Status CreateStore(const std::string& directory) {
  std::error_code error;
  const bool is_new = !fs::exists(directory, error);
  QUARRY_RETURN_IF_ERROR(CheckHoldsNothingElse(directory));
  QUARRY_RETURN_IF_ERROR(CreateDirectories(directory));
  if (is_new) {  // no other user of the machine is meant to read what keys guard
    fs::permissions(directory, fs::perms::owner_all, error);
    if (error) return UnavailableError("create " + directory + ": " + error.message());
  }
  return SyncParent(directory);  // which may have been made, and not synced, before a crash
}

}  // namespace

Status CheckCollectionName(const std::string& name) {
  if (IsGivenName(name)) return OkStatus();
  return InvalidArgumentError("collection name \"" + name + "\": expected " +
                              std::string(kGivenNameRule));
}

Status Index::Impl::LoadRecords() {
  const std::shared_ptr<const StoreView> view = store->GetView();
  Status decoded;
  QUARRY_RETURN_IF_ERROR(
      view->Scan(CollectionTablePrefix(), [&](std::string_view, std::string_view value) {
        Result<StoredCollection> record = DecodeCollection(value);
        decoded = record.status();
        if (decoded.ok()) records.emplace(record->name, *record);
        return decoded.ok();
      }));
  QUARRY_RETURN_IF_ERROR(decoded);
  QUARRY_ASSIGN_OR_RETURN(const std::optional<std::string> next,
                          view->Get(MetaKey(MetaField::kNextCollection)));
  if (next) {
    QUARRY_ASSIGN_OR_RETURN(const uint64_t value, DecodeInteger(*next));
    next_collection = static_cast<uint32_t>(value);
  }
  return OkStatus();
}

// What a crash while a collection was deleted left.
void Index::Impl::RemoveFilesOfNone() {
  std::set<std::string> known;
  for (const auto& [name, record] : records) known.insert(std::to_string(record.id.value));
  for (const auto& [role, file] : derived->files()) {
    if (known.contains(role.substr(0, role.find('/')))) continue;
    derived->Remove(role).IgnoreError();  // only space
  }
}

// Files are made of changes that were acknowledged: one of a later change than the last of its
// collection says that the database forgot some, which a log that was cut does not say itself.
Status Index::Impl::CheckFilesAreReached() const {
  const std::shared_ptr<const StoreView> view = store->GetView();
  std::map<std::string, uint64_t> last;  // change, by the collection's number
  for (const auto& [name, record] : records) {
    QUARRY_ASSIGN_OR_RETURN(const std::optional<std::string> bytes,
                            view->Get(CounterKey(record.id, Counter::kLastCommit)));
    uint64_t& commit = last[std::to_string(record.id.value)];
    if (bytes) {
      QUARRY_ASSIGN_OR_RETURN(commit, DecodeInteger(*bytes));
    }
  }
  for (const auto& [role, file] : derived->files()) {
    const auto reached = last.find(role.substr(0, role.find('/')));
    if (reached == last.end() || file.commit <= reached->second) continue;
    return DataLossError("derived file " + file.name + " (" + role + ") is of change " +
                         std::to_string(file.commit) + ", the collection's last is " +
                         std::to_string(reached->second) +
                         ": the database has lost some, or MANIFEST.json is damaged");
  }
  return OkStatus();
}

Result<std::shared_ptr<Collection>> Index::Impl::Load(CollectionId id) {
  std::unique_lock guard(mutex);
  load_ended.wait(guard, [&] { return !loading.contains(id); });
  if (const auto it = loaded.find(id); it != loaded.end()) return it->second;
  const auto record = std::find_if(records.begin(), records.end(),
                                   [&](const auto& entry) { return entry.second.id == id; });
  if (record == records.end()) {
    return NotFoundError("collection number " + std::to_string(id.value));
  }
  if (record->second.analyzer_fingerprint != analyzer->Fingerprint()) {
    return FailedPreconditionError(
        "collection \"" + record->first +
        "\": analyzer fingerprint mismatch: index=" + record->second.analyzer_fingerprint +
        " program=" + analyzer->Fingerprint() + "; delete the collection and index again");
  }
  const CollectionEnvironment environment{*store,
                                          *derived,
                                          *clock,
                                          options.vectors,
                                          options.limits,
                                          maintenance.get(),
                                          options.keep_previous};
  // Nobody changes or deletes it before it is loaded.
  const StoredCollection stored = record->second;
  loading.insert(id);
  guard.unlock();
  // However loading ends, by an exception too, who waits goes on.
  struct Ending {
    Impl& impl;
    const CollectionId id;
    ~Ending() {
      {
        std::lock_guard held(impl.mutex);
        impl.loading.erase(id);
      }
      impl.load_ended.notify_all();
    }
  };
  std::shared_ptr<Collection> collection;
  {
    const Ending ending{*this, id};
    QUARRY_ASSIGN_OR_RETURN(collection, Collection::Load(environment, stored));
    std::lock_guard held(mutex);
    loaded[id] = collection;
  }
  collection->Notice();
  return collection;
}

std::vector<std::shared_ptr<Collection>> Index::Impl::Loaded() const {
  std::lock_guard guard(mutex);
  std::vector<std::shared_ptr<Collection>> all;
  for (const auto& [id, collection] : loaded) all.push_back(collection);
  return all;
}

Index::Index(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Index::~Index() {
  if (impl_->maintenance != nullptr) impl_->maintenance->Stop();
  if (!impl_->options.save_on_close) return;
  for (const auto& [id, collection] : impl_->loaded) collection->Close();
}

Result<std::unique_ptr<Index>> Index::Open(const std::string& directory,
                                           const IndexOptions& options, const Analyzer& analyzer,
                                           const Clock& clock) {
  auto impl = std::make_unique<Impl>();
  impl->directory = directory;
  impl->options = options;
  impl->analyzer = &analyzer;
  impl->clock = &clock;
  const auto open = [&]() -> Status {
    std::error_code error;
    if (fs::exists(directory, error) && !fs::is_directory(directory, error)) {
      return InvalidArgumentError("is not a directory; expected that of a store");
    }
    if (const std::string backup = BackupAt(directory); !backup.empty()) {
      const std::string what = backup == directory ? "is a backup" : "is of the backup " + backup;
      return FailedPreconditionError(
          what + ", not a store; make a store of it with: quarry backup restore " + backup +
          " --store DIR");
    }
    const bool exists = fs::exists(directory + "/MANIFEST.json", error);
    if (error) return InvalidArgumentError("look for MANIFEST.json: " + error.message());
    if (!exists && (options.read_only || !options.create_if_missing)) {
      QUARRY_RETURN_IF_ERROR(CheckHoldsNothingElse(directory));
      return NotFoundError("no store there; make one with: quarry index PATH --store " + directory);
    }
    if (!exists) QUARRY_RETURN_IF_ERROR(CreateStore(directory));
    QUARRY_ASSIGN_OR_RETURN(
        impl->lock,
        FileLock::Acquire(directory + "/LOCK", options.read_only ? FileLock::Kind::kShared
                                                                 : FileLock::Kind::kExclusive));
    RocksStoreOptions store_options = options.store;
    store_options.read_only = options.read_only;
    store_options.create_if_missing = !exists;
    const uint64_t floor = FreeBytesFloor(store_options);
    // The manifest comes last: a directory that has one has everything.
    if (exists) {
      QUARRY_ASSIGN_OR_RETURN(impl->derived,
                              DerivedFiles::Open(directory, options.read_only, floor));
    }
    Result<std::unique_ptr<Store>> opened = OpenRocksStore(directory + "/db", store_options);
    if (exists && opened.status().code() == Code::kNotFound) {
      return DataLossError("MANIFEST.json is there and db, which it belongs to, is not");
    }
    QUARRY_ASSIGN_OR_RETURN(impl->store, std::move(opened));
    impl->objects.emplace(*impl->store);
    if (!exists) {
      QUARRY_RETURN_IF_ERROR(DerivedFiles::Create(directory, NewStoreId()));
      QUARRY_ASSIGN_OR_RETURN(impl->derived, DerivedFiles::Open(directory, false, floor));
    }
    QUARRY_RETURN_IF_ERROR(impl->LoadRecords());
    impl->RemoveFilesOfNone();
    QUARRY_RETURN_IF_ERROR(impl->CheckFilesAreReached());
    if (options.maintain && !options.read_only) impl->maintenance = std::make_unique<Maintenance>();
    return OkStatus();
  };
  QUARRY_RETURN_IF_ERROR(open().Annotate("store " + directory));
  return std::unique_ptr<Index>(new Index(std::move(impl)));
}

Result<CollectionId> Index::CreateCollection(const std::string& name) {
  QUARRY_RETURN_IF_ERROR(CheckCollectionName(name));
  std::lock_guard guard(impl_->mutex);
  if (impl_->records.contains(name)) {
    return AlreadyExistsError("collection \"" + name + "\" exists already");
  }
  StoredCollection record;
  record.id = CollectionId(impl_->next_collection);
  record.name = name;
  record.analyzer_fingerprint = impl_->analyzer->Fingerprint();
  record.k1 = impl_->options.bm25.k1;
  record.b = impl_->options.bm25.b;
  record.title_weight = impl_->options.title_weight;
  record.created_micros = impl_->clock->NowMicros();
  record.vectors = SettingsOf(impl_->options.vectors);
  WriteBatch batch;
  batch.Put(CollectionKey(record.id), EncodeCollection(record));
  batch.Put(CollectionNameKey(name), EncodeInteger(record.id.value));
  batch.Put(MetaKey(MetaField::kNextCollection), EncodeInteger(record.id.value + 1));
  QUARRY_RETURN_IF_ERROR(impl_->store->Write(batch));
  ++impl_->next_collection;
  impl_->records[name] = record;
  return record.id;
}

Result<CollectionId> Index::Impl::Find(const std::string& name) const {
  if (const auto it = records.find(name); it != records.end()) return it->second.id;
  std::string known;
  for (const auto& [other, record] : records) known += (known.empty() ? "" : ", ") + other;
  return NotFoundError("no collection \"" + name + "\"; " +
                       (known.empty() ? "the store has none" : "there is: " + known));
}

Result<CollectionId> Index::FindCollection(const std::string& name) const {
  std::lock_guard guard(impl_->mutex);
  return impl_->Find(name);
}

Status Index::DeleteCollection(const std::string& name, const CallContext& context) {
  while (true) {
    std::shared_ptr<Collection> collection;  // outlives the lock on its writer
    {
      std::unique_lock guard(impl_->mutex);
      QUARRY_ASSIGN_OR_RETURN(const CollectionId id, impl_->Find(name));
      while (impl_->loading.contains(id)) {
        QUARRY_RETURN_IF_ERROR(
            context.Check().Annotate("collection \"" + name + "\": waiting until it is loaded"));
        impl_->load_ended.wait_for(guard, kLoadCheckInterval);
      }
      if (const auto it = impl_->loaded.find(id); it != impl_->loaded.end()) {
        collection = it->second;
      }
    }
    // Waited for without the mutex: the other collections go on.
    WriterLock writer;
    if (collection != nullptr) {
      QUARRY_ASSIGN_OR_RETURN(writer, collection->LockWriter(context));
      if (impl_->maintenance != nullptr) impl_->maintenance->Forget(*collection);
    }
    std::unique_lock guard(impl_->mutex);
    QUARRY_ASSIGN_OR_RETURN(const CollectionId id, impl_->Find(name));
    const auto it = impl_->loaded.find(id);
    if (it != impl_->loaded.end() && it->second != collection) continue;  // loaded meanwhile
    if (it == impl_->loaded.end() && collection != nullptr) continue;     // another of that name
    if (impl_->loading.contains(id)) continue;                            // by now, or still

    const std::string prefix = CollectionPrefix(id);
    WriteBatch batch;
    batch.DeleteRange(prefix, PrefixEnd(prefix));
    batch.Delete(CollectionKey(id));
    batch.Delete(CollectionNameKey(name));
    // What was said of it as a vector store. By the table: an object that is changed meanwhile would
    // be written again without its id.
    ObjectBatch objects;
    for (const ObjectKind kind :
         {ObjectKind::kVectorStore, ObjectKind::kVectorStoreFile, ObjectKind::kFileBatch}) {
      objects.DeleteScope(kind, name);
    }
    for (const ObjectKind kind : {ObjectKind::kSource, ObjectKind::kWebPage}) {
      objects.DeleteScope(kind, std::to_string(id.value));
    }
    // First: what is written without a writer would come behind the removal, and stay.
    if (collection != nullptr) collection->MarkDeleted(true);
    if (Status removed = impl_->objects->WriteWith(objects, std::move(batch)); !removed.ok()) {
      if (collection != nullptr) collection->MarkDeleted(false);
      return removed;
    }
    impl_->records.erase(name);
    impl_->loaded.erase(id);
    Status removed = impl_->derived->Remove(std::to_string(id.value) + "/");
    guard.unlock();
    // The views of the others show it still, and keep its bytes.
    for (const std::shared_ptr<Collection>& other : impl_->Loaded()) {
      other->RenewView(/*wait=*/false);
    }
    return removed;
  }
}

Status Index::SetVectorSettings(const std::string& name, const VectorSettings& settings,
                                const CallContext& context) {
  if (impl_->options.read_only) {
    return FailedPreconditionError("store " + impl_->directory + " is open for reading only");
  }
  QUARRY_ASSIGN_OR_RETURN(const CollectionId id, FindCollection(name));
  QUARRY_ASSIGN_OR_RETURN(const std::shared_ptr<Collection> collection, impl_->Load(id));
  QUARRY_ASSIGN_OR_RETURN(const WriterLock lock, collection->LockWriter(context));
  if (collection->deleted()) return NotFoundError("the collection was deleted meanwhile");
  QUARRY_RETURN_IF_ERROR(collection->SetVectorSettings(settings, context));
  {
    std::lock_guard guard(impl_->mutex);
    if (const auto it = impl_->records.find(name);
        it != impl_->records.end() && it->second.id == id) {
      it->second.vectors = settings;
    }
  }
  collection->Notice();
  return OkStatus();
}

std::vector<StoredCollection> Index::Collections() const {
  std::lock_guard guard(impl_->mutex);
  std::vector<StoredCollection> records;
  for (const auto& [name, record] : impl_->records) records.push_back(record);
  return records;
}

Result<std::shared_ptr<const Snapshot>> Index::GetSnapshot(CollectionId id) {
  QUARRY_ASSIGN_OR_RETURN(const std::shared_ptr<Collection> collection, impl_->Load(id));
  return collection->snapshot();
}

Result<IndexWriter> Index::OpenWriter(CollectionId id, const CallContext& context) {
  if (impl_->options.read_only) {
    return FailedPreconditionError("store " + impl_->directory + " is open for reading only");
  }
  QUARRY_ASSIGN_OR_RETURN(std::shared_ptr<Collection> collection, impl_->Load(id));
  QUARRY_ASSIGN_OR_RETURN(WriterLock lock, collection->LockWriter(context));
  IndexWriter writer(std::move(collection), std::move(lock), context);
  if (writer.collection_->deleted()) {
    return NotFoundError("the collection was deleted meanwhile");
  }
  QUARRY_RETURN_IF_ERROR(writer.collection_->CheckCounters());
  return writer;
}

Result<CacheTable> Index::OpenCache(CollectionId id) {
  QUARRY_ASSIGN_OR_RETURN(std::shared_ptr<Collection> collection, impl_->Load(id));
  return CacheTable(std::move(collection));
}

ObjectTable& Index::objects() { return *impl_->objects; }

Status Index::WaitForMaintenance(const CallContext& context) {
  if (impl_->maintenance == nullptr) return OkStatus();
  for (const std::shared_ptr<Collection>& collection : impl_->Loaded()) collection->NoticeAll();
  return impl_->maintenance->WaitUntilIdle(context);
}

const Analyzer& Index::analyzer() const { return *impl_->analyzer; }
const std::string& Index::directory() const { return impl_->directory; }

IndexWriter::IndexWriter(std::shared_ptr<Collection> collection, WriterLock lock,
                         CallContext context)
    : collection_(std::move(collection)), context_(std::move(context)), lock_(std::move(lock)) {
  // These may end before the writer does.
  context_.trace = nullptr;
  context_.usage = nullptr;
}
IndexWriter::~IndexWriter() = default;
IndexWriter::IndexWriter(IndexWriter&& other) noexcept = default;

Status IndexWriter::WaitToWrite() {
  Status waited = collection_->WaitUntilMaintained(context_);
  if (outlives_cancel_ && waited.code() == Code::kCancelled) return OkStatus();
  return waited;
}

Result<std::vector<DocumentChange>> IndexWriter::Put(std::vector<DocumentDraft> drafts) {
  QUARRY_RETURN_IF_ERROR(WaitToWrite());
  Result<std::vector<DocumentChange>> changes = collection_->Put(std::move(drafts));
  collection_->Notice();
  return changes;
}
Result<std::vector<DocumentChange>> IndexWriter::Delete(std::span<const DocumentId> ids) {
  QUARRY_RETURN_IF_ERROR(WaitToWrite());
  Result<std::vector<DocumentChange>> changes = collection_->Delete(ids);
  collection_->Notice();
  return changes;
}
Status IndexWriter::DropAliases(const std::string& root) { return collection_->DropAliases(root); }
std::shared_ptr<const Snapshot> IndexWriter::snapshot() const { return collection_->snapshot(); }
Result<GenerationId> IndexWriter::BeginGeneration(std::string_view embedder_kind,
                                                  const EmbeddingSpace& space,
                                                  std::string_view embedder,
                                                  uint64_t learnt_chunks) {
  return collection_->BeginGeneration(embedder_kind, space, embedder, learnt_chunks);
}
uint64_t IndexWriter::PendingCount(GenerationId generation) const {
  return collection_->PendingCount(generation);
}
Result<std::vector<PendingChunk>> IndexWriter::Pending(GenerationId generation, ChunkId after,
                                                       size_t limit) const {
  return collection_->Pending(generation, after, limit);
}
Status IndexWriter::PutVectors(GenerationId generation, std::span<const ChunkId> chunks,
                               const EmbeddingMatrix& vectors) {
  QUARRY_RETURN_IF_ERROR(collection_->WaitUntilMaintained(context_));
  QUARRY_RETURN_IF_ERROR(collection_->PutVectors(generation, chunks, vectors));
  collection_->Notice();
  return OkStatus();
}
IndexWriter::Preparation IndexWriter::PrepareGeneration(GenerationId generation) const {
  return [collection = collection_, generation](const CallContext& context) {
    return collection->PrepareGeneration(generation, context);
  };
}
Status IndexWriter::PublishGeneration(GenerationId generation, const CallContext& context) {
  QUARRY_RETURN_IF_ERROR(collection_->PublishGeneration(generation, context));
  collection_->Notice();
  return OkStatus();
}
Result<GenerationId> IndexWriter::ResumePreviousGeneration() {
  return collection_->ResumePreviousGeneration();
}
Status IndexWriter::DropPreviousGeneration() { return collection_->DropPreviousGeneration(); }

}  // namespace quarry::index
