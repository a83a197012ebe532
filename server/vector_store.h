#pragma once

// Files and vector stores as they are stored (index/object_table.h).
//
// A vector store is a collection: its id is the collection's name, and every collection is one. What
// a collection does not say of itself (name, metadata, expiry) stands in an object beside it. A file
// is an object of its own with its bytes as parts; it may be attached to many stores, and each
// attachment is an object in the store's scope. In the collection its document has the file's id, or
// its documents have "id#record". A batch is a name that attachments bear.
//
// Values are JSON with a version, read strictly: kDataLoss names the object that is damaged.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/document.h"
#include "index/index.h"
#include "ingest/chunker.h"
#include "server/owner.h"
#include "server/strict_json.h"

namespace quarry::server {

struct UploadedFile {
  Owner owner;
  std::string filename;
  std::string purpose;
  uint64_t bytes = 0;
  int64_t created = 0;  // seconds since 1970, here and below
};
std::string Encode(const UploadedFile& file);
Result<UploadedFile> DecodeFile(const index::Object& object);
// kNotFound.
Result<UploadedFile> GetFile(const index::ObjectTable& objects, const std::string& id);
// Likewise where another key made it.
Result<UploadedFile> GetFile(const index::ObjectTable& objects, const Caller& caller,
                             const std::string& id);
// All of its bytes.
Result<std::string> ReadFileBytes(const index::ObjectTable& objects, const std::string& id);

struct StoreProfile {
  std::string name;
  std::string description;
  std::map<std::string, std::string> metadata;
  uint32_t expires_days = 0;  // after last_active; 0: never
  int64_t last_active = 0;    // to the hour; 0: never asked
};
std::string Encode(const StoreProfile& profile);
Result<StoreProfile> DecodeStore(const index::Object& object);
index::ObjectName StoreName(const std::string& store);

// How an attached file is cut; 0: as the server is configured.
struct ChunkSizes {
  uint32_t max_tokens = 0;
  uint32_t overlap_tokens = 0;

  ingest::ChunkOptions ApplyTo(ingest::ChunkOptions options) const;
  friend bool operator==(const ChunkSizes&, const ChunkSizes&) = default;
};

enum class FileStatus : uint8_t { kInProgress, kCompleted, kCancelled, kFailed };
const char* FileStatusName(FileStatus status);  // "in_progress"
std::optional<FileStatus> ParseFileStatus(std::string_view name);

struct AttachedFile {
  FileStatus status = FileStatus::kInProgress;
  std::string error_code;  // of kFailed: "invalid_file", "unsupported_file", "server_error"
  std::string error_message;
  uint64_t usage_bytes = 0;  // of the text that is searched
  int64_t created = 0;
  Metadata attributes;
  ChunkSizes chunks;
  std::string batch;      // "" = attached alone
  uint32_t attempts = 0;  // to index it that were begun
};
std::string Encode(const AttachedFile& file);
Result<AttachedFile> DecodeAttached(const index::Object& object);
index::ObjectName AttachedName(const std::string& store, const std::string& file);
// kNotFound.
Result<AttachedFile> GetAttached(const index::ObjectTable& objects, const std::string& store,
                                 const std::string& file);

struct FileBatch {
  int64_t created = 0;
  bool cancelled = false;
};
std::string Encode(const FileBatch& batch);
Result<FileBatch> DecodeBatch(const index::Object& object);

struct FileCounts {
  uint64_t by_status[4] = {};  // by FileStatus
  uint64_t usage_bytes = 0;

  uint64_t Of(FileStatus status) const { return by_status[static_cast<size_t>(status)]; }
  uint64_t total() const { return by_status[0] + by_status[1] + by_status[2] + by_status[3]; }
};
// Of a store, or of one of its batches.
Result<FileCounts> CountFiles(const index::ObjectTable& objects, const std::string& store,
                              const std::string& batch = "");

// What requests bring: at most 16 pairs, names of at most 64 characters, strings of at most 512.
Status ReadAttributes(const JsonValue& value, const std::string& place, Metadata& attributes);
Status ReadStringMap(const JsonValue& value, const std::string& place,
                     std::map<std::string, std::string>& map);

}  // namespace quarry::server
