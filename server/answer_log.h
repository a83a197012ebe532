#pragma once

// AnswerLog: the answers that were given lately, by id: what feedback is about, and what is replayed.
//
// They are written by a thread of the log, all that wait in one write, so that no answer waits for the
// disk; those of the last moment are lost when the process is killed. At most `kept` of them stay, the
// oldest go. Where they cannot be written they are lost, which is logged when it begins and when it is over.
//
// Thread-safe.

#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "index/object_table.h"
#include "server/stored_answer.h"

namespace quarry::server {

class AnswerLog {
 public:
  // `objects` must outlive the log. `kept` 0: none are.
  AnswerLog(index::ObjectTable& objects, uint64_t kept);
  // Writes what waits.
  ~AnswerLog();
  AnswerLog(const AnswerLog&) = delete;
  AnswerLog& operator=(const AnswerLog&) = delete;

  // Keeps a value (StoredAnswerJson) and returns its id; "" where it is not kept: it is too large, or
  // the disk is far behind.
  std::string Keep(std::string value);

  // The value; nullopt where there is none of that id (any more).
  Result<std::optional<std::string>> Get(const std::string& id) const;

  // The same, read. kNotFound, kDataLoss.
  Result<StoredAnswer> Find(const std::string& id) const;

  // Waits until what was kept is on disk. For tests.
  void Flush();

 private:
  void Run();
  Status WriteGroup(const std::map<std::string, std::string>& group);
  // How many the store holds.
  Result<uint64_t> Count() const;

  index::ObjectTable& objects_;
  const uint64_t kept_;
  std::optional<uint64_t> stored_;  // the thread's; nullopt: not counted yet

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, std::string> waiting_;  // guarded by mutex_
  std::map<std::string, std::string> writing_;  // guarded by mutex_
  bool stopping_ = false;                       // guarded by mutex_
  std::thread writer_;                          // last: it uses all of the above
};

// What is said where there is none, or none that the caller may see. kNotFound.
Status NoAnswer(const std::string& id);

// Of the table alone: what a log that runs has not written yet is not there.
Result<StoredAnswer> FindLoggedAnswer(const index::ObjectTable& objects, const std::string& id);

}  // namespace quarry::server
