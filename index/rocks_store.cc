// docs/decisions/0003-rocksdb-options.md gives the reasons for the options.

#include "index/rocks_store.h"

#include <rocksdb/cache.h>
#include <rocksdb/convenience.h>
#include <rocksdb/db.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/listener.h>
#include <rocksdb/options.h>
#include <rocksdb/table.h>
#include <rocksdb/utilities/checkpoint.h>

#include <algorithm>
#include <atomic>
#include <cinttypes>
#include <cstdarg>
#include <cstdio>
#include <filesystem>
#include <limits>
#include <mutex>
#include <utility>

#include "base/file.h"
#include "base/log.h"
#include "index/log_check.h"
#include "index/store_directory.h"

namespace quarry::index {
namespace {

rocksdb::Slice ToSlice(std::string_view bytes) { return {bytes.data(), bytes.size()}; }
std::string_view ToView(const rocksdb::Slice& slice) { return {slice.data(), slice.size()}; }

// REQUIRES: the directory of the store exists, so that a file that is not there is a lost one.
Status FromRocks(const rocksdb::Status& status, std::string_view action) {
  if (status.ok()) return OkStatus();
  std::string message = std::string(action) + ": " + status.ToString();
  if (status.IsCorruption()) return DataLossError(std::move(message));
  if (status.IsIOError()) {
    switch (status.subcode()) {
      case rocksdb::Status::kNoSpace:
      case rocksdb::Status::kSpaceLimit:
        return ResourceExhaustedError(std::move(message));
      case rocksdb::Status::kPathNotFound:
        return DataLossError(std::move(message));
      default:
        return UnavailableError(std::move(message));
    }
  }
  // A write that waited for a flush, which failed: the cause is only in the words.
  if (status.IsIncomplete() && message.find("No space") != std::string::npos) {
    return ResourceExhaustedError(std::move(message));
  }
  if (status.IsMemoryLimit()) return ResourceExhaustedError(std::move(message));
  if (status.IsBusy() || status.IsTimedOut() || status.IsTryAgain() ||
      status.IsShutdownInProgress()) {
    return UnavailableError(std::move(message));
  }
  return InternalError(std::move(message));
}

Status FromOpen(const rocksdb::Status& status) {
  const std::string words = status.ToString();
  if (status.IsIOError() && (words.find("lock hold by") != std::string::npos ||
                             words.find("While lock file") != std::string::npos)) {
    return LockedError("in use: " + words);
  }
  // Other column families, another comparator: a RocksDB, but none of ours.
  if (status.IsInvalidArgument()) return FailedPreconditionError("not a Quarry store: " + words);
  return FromRocks(status, "rocksdb");
}

// Background failures are seen here first; everything else comes back as a status. Without a logger
// of ours RocksDB would keep LOG files in the store.
class ForwardingLogger final : public rocksdb::Logger {
 public:
  ForwardingLogger() : rocksdb::Logger(rocksdb::InfoLogLevel::WARN_LEVEL) {}
  using rocksdb::Logger::Logv;
  void Logv(const rocksdb::InfoLogLevel level, const char* format, va_list arguments) override {
    if (level < GetInfoLogLevel() || level >= rocksdb::InfoLogLevel::HEADER_LEVEL) return;
    char line[512];
    std::vsnprintf(line, sizeof line, format, arguments);
    const std::string message = std::string("rocksdb: ") + line;
    if (level == rocksdb::InfoLogLevel::WARN_LEVEL) {
      LogDebug(message);
    } else {
      LogWarning(message);
    }
  }
};

// Raises the watermark of a store whenever a memtable has become a table. Thread-safe.
class WatermarkKeeper final : public rocksdb::EventListener {
 public:
  explicit WatermarkKeeper(std::string directory)
      : directory_(std::move(directory)), sequence_(StoredSequence()) {}

  void OnFlushCompleted(rocksdb::DB*, const rocksdb::FlushJobInfo& flush) override {
    Raise(flush.largest_seqno);
  }

  void Raise(uint64_t sequence) {
    const std::lock_guard lock(mutex_);
    if (sequence <= sequence_) return;
    // A low watermark only notices less.
    if (Status status = WriteWatermark(directory_, sequence); !status.ok()) {
      LogWarning(status.Annotate("watermark").message());
    } else {
      sequence_ = sequence;
    }
  }

 private:
  uint64_t StoredSequence() const {
    const Result<uint64_t> stored = ReadWatermark(directory_);
    return stored.ok() ? *stored : 0;
  }

  const std::string directory_;
  std::mutex mutex_;
  uint64_t sequence_;
};

// When the write of a log fails of which nothing is in memory yet, RocksDB 7.8 would resume with the
// same log, and Debian's ends the process by an assertion at the next write (9.5 takes a fresh one:
// github.com/facebook/rocksdb/pull/12873). This makes such a failure stand until the store is opened
// again. Thread-safe.
class LogFailureKeeper final : public rocksdb::EventListener {
 public:
  void Watch(rocksdb::DB* db) { db_ = db; }

  void OnBackgroundError(rocksdb::BackgroundErrorReason reason, rocksdb::Status* error) override {
    rocksdb::DB* const db = db_;
    if (reason != rocksdb::BackgroundErrorReason::kWriteCallback || db == nullptr) return;
    uint64_t entries = 0;
    db->GetIntProperty(rocksdb::DB::Properties::kNumEntriesActiveMemTable, &entries);
    if (entries > 0) return;
    *error = rocksdb::Status(*error, rocksdb::Status::Severity::kFatalError);
  }

  void OnErrorRecoveryBegin(rocksdb::BackgroundErrorReason, rocksdb::Status error,
                            bool* recover) override {
    if (error.severity() >= rocksdb::Status::Severity::kFatalError) *recover = false;
  }

 private:
  std::atomic<rocksdb::DB*> db_ = nullptr;  // nullptr while it is being opened
};

rocksdb::Options ToRocksOptions(const RocksStoreOptions& ours) {
  rocksdb::Options options;
  options.create_if_missing = true;  // whether it may is decided before RocksDB is asked
  options.paranoid_checks = true;
  options.wal_recovery_mode = rocksdb::WALRecoveryMode::kPointInTimeRecovery;
  options.max_total_wal_size = 2 * ours.write_buffer_bytes;
  options.max_manifest_file_size = 16u << 20;
  options.info_log = std::make_shared<ForwardingLogger>();
  options.stats_dump_period_sec = 0;
  options.stats_persist_period_sec = 0;

  options.max_open_files = ours.max_open_files;
  options.max_background_jobs = 2;
  options.max_file_opening_threads = 2;
  options.skip_stats_update_on_db_open = true;
  options.bytes_per_sync = 1u << 20;

  options.write_buffer_size = ours.write_buffer_bytes;
  options.max_write_buffer_number = 2;
  options.level_compaction_dynamic_level_bytes = true;
  const auto codecs = rocksdb::GetSupportedCompressions();
  const bool lz4 =
      std::find(codecs.begin(), codecs.end(), rocksdb::kLZ4Compression) != codecs.end();
  options.compression = lz4 ? rocksdb::kLZ4Compression : rocksdb::kNoCompression;

  rocksdb::BlockBasedTableOptions table;
  // Few shards: a part of a generation's table is one block of 1 MiB.
  table.block_cache = rocksdb::NewLRUCache(ours.block_cache_bytes, /*num_shard_bits=*/3);
  table.cache_index_and_filter_blocks = true;  // inside the cap
  table.pin_l0_filter_and_index_blocks_in_cache = true;
  table.block_size = 16u << 10;
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  table.optimize_filters_for_memory = true;
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  return options;
}

// An open RocksDB. Shared with its views, so that closing cannot pull it from under a query.
class Database {
 public:
  Database(std::unique_ptr<rocksdb::DB> db, bool read_only)
      : db_(std::move(db)), read_only_(read_only) {}
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  ~Database() {
    if (!read_only_) {
      // The log holds it all, so nothing is lost if this fails; but whoever opens next, perhaps
      // read-only and often, need not replay it.
      Flush().PermitUncheckedError();
    }
    db_->Close().PermitUncheckedError();
  }

  rocksdb::DB* get() const { return db_.get(); }

  // Makes tables of what only the log holds. By default that first waits until there are so few tables
  // at level 0 that one more slows no writer: for ever where a full disk keeps them from being merged.
  rocksdb::Status Flush() const {
    rocksdb::FlushOptions options;
    options.allow_write_stall = true;
    return db_->Flush(options);
  }

 private:
  const std::unique_ptr<rocksdb::DB> db_;
  const bool read_only_;
};

class RocksView final : public StoreView {
 public:
  explicit RocksView(std::shared_ptr<const Database> database)
      : database_(std::move(database)), snapshot_(database_->get()->GetSnapshot()) {
    read_.snapshot = snapshot_;
    read_.verify_checksums = true;
  }
  ~RocksView() override { database_->get()->ReleaseSnapshot(snapshot_); }
  RocksView(const RocksView&) = delete;
  RocksView& operator=(const RocksView&) = delete;

  Result<std::optional<std::string>> Get(std::string_view key) const override {
    std::string value;
    const rocksdb::Status status = database_->get()->Get(read_, ToSlice(key), &value);
    if (status.IsNotFound()) return std::optional<std::string>();
    QUARRY_RETURN_IF_ERROR(FromRocks(status, "read store"));
    return std::optional<std::string>(std::move(value));
  }

  Status Scan(std::string_view prefix, std::string_view from, const Visitor& visit) const override {
    rocksdb::ReadOptions read = read_;
    std::string end;
    rocksdb::Slice bound;
    // With a bound, blocks and files behind the prefix are not read ahead. What has no end of a prefix
    // needs none: every key from it on starts with it.
    if (prefix.find_first_not_of('\xFF') != std::string_view::npos) {
      end = PrefixEnd(prefix);
      bound = end;
      read.iterate_upper_bound = &bound;
    }
    const std::unique_ptr<rocksdb::Iterator> it(database_->get()->NewIterator(read));
    for (it->Seek(ToSlice(std::max(prefix, from))); it->Valid(); it->Next()) {
      if (!visit(ToView(it->key()), ToView(it->value()))) break;
    }
    return FromRocks(it->status(), "scan store");
  }
  using StoreView::Scan;

  Status ScanBackward(std::string_view prefix, std::string_view before,
                      const Visitor& visit) const override {
    rocksdb::ReadOptions read = read_;
    const rocksdb::Slice lower = ToSlice(prefix);
    read.iterate_lower_bound = &lower;
    std::string end(before);
    if (prefix.find_first_not_of('\xFF') != std::string_view::npos) {
      const std::string behind = PrefixEnd(prefix);
      if (end.empty() || behind < end) end = behind;
    }
    const std::unique_ptr<rocksdb::Iterator> it(database_->get()->NewIterator(read));
    if (end.empty()) {
      it->SeekToLast();
    } else {
      it->SeekForPrev(end);
      if (it->Valid() && ToView(it->key()) == end) it->Prev();
    }
    for (; it->Valid(); it->Prev()) {
      if (!visit(ToView(it->key()), ToView(it->value()))) break;
    }
    return FromRocks(it->status(), "scan store");
  }

 private:
  const std::shared_ptr<const Database> database_;
  const rocksdb::Snapshot* const snapshot_;
  rocksdb::ReadOptions read_;
};

// The number of the oldest log whose changes are not all in tables; 0 = none yet.
uint64_t FirstLiveLog(rocksdb::DB& db) {
  uint64_t number = 0;
  db.GetIntProperty(rocksdb::DB::Properties::kMinLogNumberToKeep, &number);
  return number;
}

rocksdb::Status OpenDatabase(const std::string& directory, const rocksdb::Options& options,
                             bool read_only, std::unique_ptr<rocksdb::DB>& db) {
  rocksdb::DB* opened = nullptr;
  rocksdb::Status status = read_only ? rocksdb::DB::OpenForReadOnly(options, directory, &opened)
                                     : rocksdb::DB::Open(options, directory, &opened);
  db.reset(opened);
  return status;
}

// Adds what we want of a store and RocksDB does not copy: a log that is empty, and the watermark.
// The copy must have `sequence` changes at least.
Status CompleteCheckpoint(const std::string& directory, uint64_t sequence) {
  std::unique_ptr<rocksdb::DB> db;
  const rocksdb::Options options = ToRocksOptions({.block_cache_bytes = 1u << 20});
  QUARRY_RETURN_IF_ERROR(FromOpen(OpenDatabase(directory, options, /*read_only=*/true, db)));
  const uint64_t log = FirstLiveLog(*db);
  char name[32];
  std::snprintf(name, sizeof name, "/%06" PRIu64 ".log", log);
  std::error_code error;
  const bool has_log = log == 0 || std::filesystem::exists(directory + name, error);
  if (error) return UnavailableError("look for " + directory + name + ": " + error.message());
  if (!has_log) QUARRY_RETURN_IF_ERROR(WriteFileAtomically(directory + name, ""));
  QUARRY_RETURN_IF_ERROR(CheckWals(directory, log).status());
  const uint64_t copied = db->GetLatestSequenceNumber();
  if (copied < sequence) {
    return InternalError("copy store to " + directory + ": it ends with change " +
                         std::to_string(copied) + ", the store had reached " +
                         std::to_string(sequence));
  }
  return WriteWatermark(directory, copied);
}

class RocksStore final : public Store {
 public:
  RocksStore(std::string directory, std::unique_ptr<rocksdb::DB> db,
             const RocksStoreOptions& options)
      : directory_(std::move(directory)),
        read_only_(options.read_only),
        floor_(FreeBytesFloor(options)),
        database_(std::make_shared<const Database>(std::move(db), options.read_only)) {}

  Status Write(const WriteBatch& batch) override {
    if (read_only_) return FailedPreconditionError("write store: it was opened read-only");
    if (batch.empty()) return OkStatus();
    rocksdb::WriteBatch changes(batch.bytes() + 16 * batch.operations().size());
    for (const WriteBatch::Operation& operation : batch.operations()) {
      QUARRY_RETURN_IF_ERROR(FromRocks(Add(operation, changes), "write store"));
    }
    QUARRY_RETURN_IF_ERROR(CheckSpace(batch.bytes()));
    QUARRY_RETURN_IF_ERROR(Recover());
    rocksdb::WriteOptions options;
    options.sync = true;
    Status status = FromRocks(database_->get()->Write(options, &changes), "write store");
    if (!status.ok()) {
      const std::lock_guard lock(mutex_);
      failure_ = status;
    }
    return status;
  }

  std::shared_ptr<const StoreView> GetView() const override {
    return std::make_shared<const RocksView>(database_);
  }

  Status VerifyChecksums() const override {
    QUARRY_RETURN_IF_ERROR(FromRocks(database_->get()->VerifyChecksum(), "verify store"));
    // A flush meanwhile takes logs away; what was missing then is not lost.
    Status status;
    uint64_t first_live = 0;
    do {
      first_live = FirstLiveLog(*database_->get());
      status = CheckWals(directory_, first_live).status();
    } while (!status.ok() && FirstLiveLog(*database_->get()) != first_live);
    return std::move(status).Annotate("verify store");
  }

  Status Checkpoint(const std::string& directory) const override {
    // Besides the logs' rest nothing is copied where links do; elsewhere everything is.
    QUARRY_RETURN_IF_ERROR(CheckSpace(0));
    rocksdb::Checkpoint* made = nullptr;
    rocksdb::Status status = rocksdb::Checkpoint::Create(database_->get(), &made);
    const std::unique_ptr<rocksdb::Checkpoint> checkpoint(made);
    // A reader has nothing to flush. The logs are copied: its own, and what comes behind the flush.
    constexpr uint64_t kFlushNothing = std::numeric_limits<uint64_t>::max();
    const uint64_t sequence = database_->get()->GetLatestSequenceNumber();
    std::error_code error;
    const std::string target = std::filesystem::absolute(directory, error).string();
    if (error) return UnavailableError("copy store to " + directory + ": " + error.message());
    if (status.ok() && !read_only_) status = database_->Flush();
    if (status.ok()) status = checkpoint->CreateCheckpoint(target, kFlushNothing);
    QUARRY_RETURN_IF_ERROR(FromRocks(status, "copy store to " + directory));
    return CompleteCheckpoint(directory, sequence);
  }

  Status Compact(std::string_view begin, std::string_view end,
                 const CallContext& context) override {
    if (read_only_) return FailedPreconditionError("compact store: it was opened read-only");
    QUARRY_RETURN_IF_ERROR(context.Check());
    QUARRY_RETURN_IF_ERROR(
        CheckSpace(end.empty() ? ApproximateBytes() : ApproximateBytes(begin, end)));
    rocksdb::CompactRangeOptions options;
    // The lowest level too: it is there that deletions still hide what they deleted.
    options.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForceOptimized;
    options.canceled = context.cancel.flag();
    options.allow_write_stall = true;  // of its flush, as in Database::Flush
    const rocksdb::Slice first = ToSlice(begin);
    const rocksdb::Slice last = ToSlice(end);
    const rocksdb::Status status =
        database_->get()->CompactRange(options, &first, end.empty() ? nullptr : &last);
    QUARRY_RETURN_IF_ERROR(context.Check());
    return FromRocks(status, "compact store");
  }

  uint64_t ApproximateBytes(std::string_view begin, std::string_view end) const override {
    if (begin >= end) return 0;
    rocksdb::SizeApproximationOptions options;
    options.include_memtables = true;
    options.include_files = true;
    const rocksdb::Range range(ToSlice(begin), ToSlice(end));
    uint64_t bytes = 0;
    rocksdb::DB* const db = database_->get();
    db->GetApproximateSizes(options, db->DefaultColumnFamily(), &range, 1, &bytes)
        .PermitUncheckedError();
    return bytes;
  }

  StoreMemory Memory() const override {
    const auto property = [&](const std::string& name) {
      uint64_t value = 0;
      database_->get()->GetIntProperty(name, &value);
      return value;
    };
    using Properties = rocksdb::DB::Properties;
    return {.block_cache = property(Properties::kBlockCacheUsage),
            .block_cache_limit = property(Properties::kBlockCacheCapacity),
            .memtables = property(Properties::kSizeAllMemTables),
            .table_readers = property(Properties::kEstimateTableReadersMem)};
  }

  uint64_t ApproximateBytes() const override {
    uint64_t bytes = 0;
    std::error_code error;
    for (std::filesystem::directory_iterator it(directory_, error), end; !error && it != end;
         it.increment(error)) {
      std::error_code vanished;
      const uint64_t size = it->file_size(vanished);
      if (!vanished) bytes += size;
    }
    return bytes;
  }

 private:
  // RocksDB is not to meet a full disk itself: Debian's asserts then, now and again.
  Status CheckSpace(uint64_t bytes) const {
    return CheckFreeSpace(directory_, bytes, floor_).Annotate("write store");
  }

  static rocksdb::Status Add(const WriteBatch::Operation& operation, rocksdb::WriteBatch& changes) {
    using Kind = WriteBatch::Operation::Kind;
    switch (operation.kind) {
      case Kind::kPut:
        return changes.Put(operation.key, operation.value);
      case Kind::kDelete:
        return changes.Delete(operation.key);
      case Kind::kDeleteRange:
        if (operation.key >= operation.value) return rocksdb::Status::OK();  // an empty range
        return changes.DeleteRange(operation.key, operation.value);
    }
    QUARRY_CHECK(false);
  }

  // After a failed write RocksDB refuses all others until it is told to go on. Of a full disk it
  // tries to recover by itself every five seconds, and is busy meanwhile: then the failure still
  // stands.
  Status Recover() {
    const std::lock_guard lock(mutex_);
    if (failure_.ok()) return failure_;
    const rocksdb::Status resumed = database_->get()->Resume();
    if (resumed.IsBusy()) return failure_;
    const bool is_final = resumed.severity() >= rocksdb::Status::Severity::kFatalError;
    failure_ = FromRocks(
        resumed, is_final ? "write store: refused until it is opened again" : "write store");
    return failure_;
  }

  const std::string directory_;
  const bool read_only_;
  const uint64_t floor_;
  const std::shared_ptr<const Database> database_;
  std::mutex mutex_;
  Status failure_;  // of the last write; ok once writing works again
};

// Opens the store read-only and holds what RocksDB makes of it against the files: it trusts them
// too much, and opening for writing would already act on what it believes.
Result<std::unique_ptr<rocksdb::DB>> CheckStore(const std::string& directory,
                                                const rocksdb::Options& options) {
  QUARRY_RETURN_IF_ERROR(CheckManifest(directory));
  std::unique_ptr<rocksdb::DB> db;
  QUARRY_RETURN_IF_ERROR(FromOpen(OpenDatabase(directory, options, /*read_only=*/true, db)));
  QUARRY_ASSIGN_OR_RETURN(const uint64_t logged, CheckWals(directory, FirstLiveLog(*db)));
  const uint64_t reached = db->GetLatestSequenceNumber();
  if (reached < logged) {
    return DataLossError("the logs hold changes up to " + std::to_string(logged) +
                         ", those behind " + std::to_string(reached) + " cannot be read");
  }
  const Result<uint64_t> watermark = ReadWatermark(directory);
  if (watermark.ok() && reached < *watermark) {
    return DataLossError("it ends with change " + std::to_string(reached) + ", but had reached " +
                         std::to_string(*watermark));
  }
  // Only a second line of defence: made anew by the next flush.
  if (watermark.status().code() == Code::kDataLoss) LogWarning(watermark.status().message());
  return db;
}

Result<std::unique_ptr<Store>> Open(const std::string& directory, const RocksStoreOptions& ours) {
  QUARRY_ASSIGN_OR_RETURN(const DirectoryContent content, InspectDirectory(directory));
  rocksdb::Options options = ToRocksOptions(ours);
  std::unique_ptr<rocksdb::DB> db;
  if (content == DirectoryContent::kStore) {
    QUARRY_ASSIGN_OR_RETURN(db, CheckStore(directory, options));
  } else if (ours.read_only || !ours.create_if_missing) {
    return NotFoundError("there is no store");
  } else {
    QUARRY_RETURN_IF_ERROR(CreateDirectories(directory));
  }
  if (!ours.read_only) {
    db.reset();
    RemoveHalfWritten(directory);
    const auto keeper = std::make_shared<WatermarkKeeper>(directory);
    const auto failures = std::make_shared<LogFailureKeeper>();
    options.listeners = {keeper, failures};
    QUARRY_RETURN_IF_ERROR(FromOpen(OpenDatabase(directory, options, /*read_only=*/false, db)));
    failures->Watch(db.get());
    keeper->Raise(db->GetLatestSequenceNumber());  // recovery puts what logs held into tables
  }
  // A creation that was cut short may have made the directory and not synced its name.
  if (content == DirectoryContent::kNothing) QUARRY_RETURN_IF_ERROR(SyncParent(directory));
  return std::unique_ptr<Store>(std::make_unique<RocksStore>(directory, std::move(db), ours));
}

}  // namespace

uint64_t FreeBytesFloor(const RocksStoreOptions& options) {
  return std::max(options.min_free_bytes, 4 * options.write_buffer_bytes);
}

Result<std::unique_ptr<Store>> OpenRocksStore(const std::string& directory,
                                              const RocksStoreOptions& options) {
  Result<std::unique_ptr<Store>> store = Open(directory, options);
  if (!store.ok()) return std::move(store).status().Annotate("open store " + directory);
  return store;
}

}  // namespace quarry::index
