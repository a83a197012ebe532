#pragma once

// Runs in a store and in files (run.h).

#include <functional>
#include <string>
#include <vector>

#include "eval/run.h"
#include "index/object_table.h"

namespace quarry::eval {

// The part that a record is stored as: by the place of its case among those that are run.
inline uint32_t RecordPart(uint32_t case_index, uint32_t repeat, uint32_t repeats) {
  return 1 + case_index * repeats + repeat;
}

// Thread-safe, as its table. Errors are the table's; kDataLoss names the run whose bytes are
// damaged.
class RunStore {
 public:
  explicit RunStore(index::ObjectTable& objects) : objects_(objects) {}

  // Gives the manifest an id and stores it.
  Result<RunManifest> Create(RunManifest manifest);
  // On disk when it returns. REQUIRES: the run was made.
  Status Append(const std::string& id, uint32_t part, const RunRecord& record);

  // `name` is an id, the start of one, a run's name (the newest of that name) or "latest".
  // kNotFound. The run of id `without` is passed over: one that goes on is not its own baseline. "latest" is
  // of the suite `suite`, unless that is "".
  Result<std::string> FindId(const std::string& name, const std::string& without = "",
                             const std::string& suite = "") const;
  // The run of that id, read.
  Result<Run> Find(const std::string& name, const std::string& without = "",
                   const std::string& suite = "") const;
  // The run that `run` is compared with. "latest" is the newest of its suite besides itself.
  Result<Run> FindBaseline(const std::string& name, const RunManifest& run) const;
  Result<RunManifest> ReadManifest(const std::string& id) const;
  Result<Run> Read(const std::string& id) const;
  // The parts that are there, ascending.
  Result<std::vector<uint32_t>> Parts(const std::string& id) const;
  // Of them, those that need not be asked again: without an error of the answer or of the judge.
  Result<std::vector<uint32_t>> PartsWithoutError(const std::string& id) const;
  // Newest first, without their content_hashes. Runs whose manifests are damaged are left out where
  // `damaged` takes why.
  Result<std::vector<RunManifest>> List(uint32_t limit,
                                        std::vector<Status>* damaged = nullptr) const;
  // The newest run that would ask the same in the same way as `wanted`, if it is not whole: records
  // are missing, or too many of them are errors for it to say anything. "" if there is none.
  Result<std::string> FindUnfinished(const RunManifest& wanted) const;

 private:
  index::ObjectTable& objects_;
};

// JSON lines: the manifest, then the records.
std::string RunLines(const Run& run);
// kNotFound, kDataLoss with file and line.
Result<Run> ReadRunFile(const std::string& path);

}  // namespace quarry::eval
