#pragma once

// What the parsing of one file may cost, everything packed in it included: an untrusted file of a
// few kilobytes can ask for gigabytes, for millions of entries, for packages in packages.

#include <chrono>
#include <cstdint>

#include "base/status.h"

namespace quarry::ingest {

struct ParseLimits {
  uint64_t expansion = 100;                     // bytes unpacked per byte of the file,
  uint64_t always_bytes = uint64_t{1} << 20;    // but so many whatever its size,
  uint64_t unpacked_bytes = uint64_t{1} << 30;  // and never more than these
  uint64_t part_bytes = uint64_t{128} << 20;    // of one entry; it is held in memory
  uint64_t entries = 10'000;                    // of all packages together
  uint64_t package_depth = 10;                  // 1 = the file itself
  // Of text that is written more than once; or as many as may be unpacked, if those are more.
  uint64_t repeated_bytes = uint64_t{64} << 20;
  std::chrono::seconds time{60};
  uint64_t recognitions = 200;               // pictures and pages whose text is recognised (ocr.h),
  std::chrono::minutes recognition_time{5};  // begun within so much of it; beside `time`
  std::chrono::seconds conversion_time{300};  // of other helper programs; beside `time` as well
};

// Counts down what is left of the limits. All errors are kInvalidArgument: trying again does not
// help. Once something of the whole file is used up every further call says so, so that nobody goes
// on with its other parts. Not thread-safe: one file is parsed by one thread.
class ParseBudget {
 public:
  explicit ParseBudget(uint64_t file_bytes, const ParseLimits& limits = {});

  // Before so many more bytes are unpacked, `part` of them in the entry that is being read.
  Status TakeBytes(uint64_t bytes, uint64_t part);
  Status TakeEntries(uint64_t entries);
  // Whether so many bytes of text may be written once more: of a cell that goes on in the rows
  // below, of a string that many cells share. Where not, all else that is left stays so.
  bool TakeRepeated(uint64_t bytes);
  // Whether time and all else is left. Long loops call it every few milliseconds of work.
  Status Check() const;
  // Whether a limit other than time was exceeded: the file asks for more than it is worth.
  bool IsUsedUp() const { return !used_up_.ok(); }
  // After a helper program (pdftotext, catdoc) took so much time, which has limits of its own. As
  // far as the limit for all of them goes it does not count.
  void EndConversion(std::chrono::steady_clock::duration took);

  // Whether the text of one more picture or page may be recognised. What that took is told by
  // EndRecognition.
  bool TakeRecognition();
  void EndRecognition(std::chrono::steady_clock::duration took);

  // Around the reading of a package: a zip file, a tar file.
  Status EnterPackage();
  void LeavePackage() { --depth_; }

  // How often text was recognised, or looked for.
  uint64_t recognised() const { return recognised_; }
  const ParseLimits& limits() const { return limits_; }
  uint64_t entries_left() const { return entries_left_; }

 private:
  void ExcuseTime(std::chrono::steady_clock::duration time) { deadline_ += time; }

  const ParseLimits limits_;
  std::chrono::steady_clock::time_point deadline_;
  const uint64_t may_unpack_;
  uint64_t unpacked_ = 0;
  uint64_t repeated_ = 0;
  uint64_t entries_left_;
  uint64_t depth_ = 0;
  uint64_t recognised_ = 0;
  std::chrono::steady_clock::duration recognition_time_{};
  std::chrono::steady_clock::duration conversion_time_{};
  Status used_up_;
};

}  // namespace quarry::ingest
