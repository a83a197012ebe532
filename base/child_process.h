#pragma once

// Helper programs: run with limits, fed with bytes that nobody vouches for.
//
// A helper gets its input as a file without a name (kInputPath), so nothing is left behind however
// it or this process ends. It runs in a process group of its own, in "/", with an empty environment
// but for PATH, LANG=C.UTF-8 and OMP_THREAD_LIMIT=1, without open files besides its three streams,
// without new privileges, without core dumps, and may not write files. When the deadline passes,
// when it writes too much, and when it ends, whatever is left of the group is killed; it dies with
// this process too.
//
// All functions are thread-safe.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace quarry {

// How a helper names its input among its arguments. Its standard input is the same file.
inline constexpr const char* kInputPath = "/proc/self/fd/0";

struct ChildCommand {
  std::string program;  // looked up on PATH
  std::vector<std::string> arguments;
  std::string package;  // the Debian package that brings it, for the message where it is absent
};

struct ChildLimits {
  std::chrono::milliseconds wall{10'000};
  uint64_t cpu_seconds = 10;
  uint64_t address_space_bytes = uint64_t{512} << 20;
  uint64_t output_bytes = uint64_t{64} << 20;
  uint64_t open_files = 64;
};

// Where `program` is on PATH; nullopt if it is not.
std::optional<std::string> FindProgram(std::string_view program);

// What `command` writes to its standard output, given `input`. Errors name the program, how it
// ended and the last line that it wrote to its standard error:
//   kFailedPrecondition  it is not installed: "pdftotext is not installed (Debian package
//                        poppler-utils)"
//   kInvalidArgument     it ended with a status other than 0, or by a signal
//   kResourceExhausted   it ran into a limit: time, processor time, output; or it was killed, as
//                        the system does where memory ends
//   kInternal            the system refused a process, a pipe, a file
// `wrote_too_much`: whether the limit was that of the output, which is of the input alone: it is run into again,
// whatever else the machine does.
Result<std::string> RunChild(const ChildCommand& command, std::string_view input,
                             const ChildLimits& limits = {}, bool* wrote_too_much = nullptr);

}  // namespace quarry
