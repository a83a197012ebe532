#pragma once

// UploadQueue: files that are too large for one request. They come in parts, which are on disk as they
// come, in any order and again where the connection broke; once complete, a thread of the queue parses
// and indexes them one after the other. A server that is started again goes on with what waits.
//
// An upload is an object of kind kTask (index/object_table.h), its parts are the parts of the file. The
// value, JSON: {"version": 1, "owner" (owner.h), "time_us", "document", "collection", "media_type",
// "bytes", "parts": [numbers of those that are there], "state", "attempts", "error", "result": what PUT
// /api/v1/documents/{id...} answered, or null}. What is done, or was left incomplete, stays for a day
// from its last part on ("time_us").
//
// A file that the process does not survive is tried kMostAttempts times and has then failed: a server
// does not die of it at each start. So is one that meets an error that may pass (a full disk, a model that
// cannot be reached), with a pause between that doubles up to a minute; the others wait meanwhile, for they
// would meet it, too, unless it is deleted. An attempt that cannot be counted, since the disk takes not even
// that, is none, and its pause ends where another upload becomes complete or is deleted: then the disk has
// taken that. Why one waits is logged once and told (UploadRecord::last_error).
//
// Thread-safe.

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "index/object_table.h"
#include "server/http_types.h"
#include "server/object_page.h"
#include "server/owner.h"
#include "server/troubles.h"

namespace quarry::server {

inline constexpr uint64_t kUploadPartBytes = 4 << 20;  // of every part but the last
inline constexpr uint32_t kMostAttempts = 3;           // to index a file that was left
static_assert(kUploadPartBytes <= index::kMaxObjectBytes);

// What is to become of a file.
struct UploadTarget {
  std::string document;
  std::string collection;
  std::string media_type;
  uint64_t bytes = 0;
};

struct UploadRecord {
  std::string id;
  Owner owner;
  int64_t time_micros = 0;
  UploadTarget target;
  std::vector<uint32_t> parts;  // that are there, ascending
  std::string state;            // "receiving", "waiting", "done", "failed"
  uint32_t attempts = 0;        // to index it that were begun
  std::string error;            // "failed": why
  std::string result;           // JSON; "" = none
  std::string last_error;       // "waiting": why an attempt came to nothing, if one did; not stored

  uint32_t part_count() const {
    return static_cast<uint32_t>((target.bytes + kUploadPartBytes - 1) / kUploadPartBytes);
  }
};

struct UploadPage {
  std::vector<UploadRecord> uploads;
  bool has_more = false;
};

class UploadQueue {
 public:
  // Puts the file into its collection: the answer of PUT /api/v1/documents/{id...}, errors too.
  using Index = std::function<Response(const UploadTarget& target, std::string bytes)>;

  // All must outlive the queue; `index` is called by its thread, from Start on.
  UploadQueue(index::ObjectTable& objects, OwnerQuota& quota, const Clock& clock, Index index,
              std::chrono::milliseconds retry_pause = std::chrono::seconds(5))
      : objects_(objects),
        quota_(quota),
        clock_(clock),
        index_(std::move(index)),
        troubles_(retry_pause) {}
  // Lets the file end that is being indexed; the others wait for the next start.
  ~UploadQueue();
  UploadQueue(const UploadQueue&) = delete;
  UploadQueue& operator=(const UploadQueue&) = delete;

  // Takes up what waits. One whose record is damaged is left out here and of lists, and logged once. Once.
  Status Start();
  // Takes out what has stayed for long enough, and gives its room back. Start does it, and the
  // thread once an hour.
  Status Sweep();

  // kNotFound where the caller has no upload of that id, kDataLoss naming it; of Create the errors of
  // OwnerQuota.
  Result<UploadRecord> Create(const Caller& caller, UploadTarget target);
  Result<UploadRecord> Get(const Caller& caller, const std::string& id) const;
  // Those that the caller may see. kNotFound: listing.after is no upload.
  Result<UploadPage> List(const Caller& caller, const index::ObjectListing& listing) const;
  // Parts count from 1. kInvalidArgument: there is no such part, or it has another size;
  // kFailedPrecondition: the upload is complete. On disk when it returns.
  Result<UploadRecord> PutPart(const Caller& caller, const std::string& id, uint32_t number,
                               std::string bytes);
  // kFailedPrecondition naming the first part that is missing.
  Result<UploadRecord> Complete(const Caller& caller, const std::string& id);
  Status Delete(const Caller& caller, const std::string& id);

 private:
  void Run();
  // kNotFound: it was deleted meanwhile.
  Status Process(const std::string& id);
  // One attempt, which was counted. Errors: those of the store, and what may pass; then it is to be tried again.
  // kCancelled: the queue stops, and it was none.
  Status Attempt(UploadRecord record);
  // Behind a pause, unless the queue stops. `is_counted`: whether the attempt that failed was.
  void TryAgain(const std::string& id, const Status& why, bool is_counted);
  // The record of what is about to be indexed, with this attempt counted.
  Result<UploadRecord> BeginAttempt(const std::string& id);
  // Writes what became of it; its parts go.
  Status End(UploadRecord record);
  Result<std::string> Assemble(const UploadRecord& record) const;
  // Assemble and `index`; what they throw is an error response, too. Errors: those of the store.
  Result<Response> IndexParts(const UploadRecord& record) const;

  index::ObjectTable& objects_;
  OwnerQuota& quota_;
  const Clock& clock_;
  const Index index_;
  mutable DamagedRecords damaged_;
  Troubles troubles_;   // of the uploads that wait
  std::mutex writing_;  // held from reading to writing an upload
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::string> waiting_;  // guarded by mutex_
  uint64_t changes_ = 0;       // guarded by mutex_; uploads that became complete or were deleted
  uint64_t seen_changes_ = 0;  // guarded by mutex_; when the attempt began
  std::string attempted_;      // guarded by mutex_; "" = it was deleted since
  bool stopping_ = false;      // guarded by mutex_
  std::thread thread_;         // last
};

}  // namespace quarry::server
