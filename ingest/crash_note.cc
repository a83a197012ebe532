#include "ingest/crash_note.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <csignal>
#include <cstring>
#include <memory>
#include <new>
#include <stdexcept>
#include <string_view>

#include "base/file.h"
#include "base/hash.h"

namespace quarry::ingest {
namespace {

constexpr size_t kHashDigits = 16;
constexpr size_t kNoteBytes = 2 * kHashDigits + 2;  // bytes, build, and what stands behind each
constexpr uint64_t kMaxNoteBytes = 1u << 20;
// For the handler, where a stack has overflowed.
constexpr size_t kHandlerStack = 64u << 10;

// What the handler reads. Written before it is installed, and by the thread itself.
std::array<char, 4001> note_path = {};
std::array<char, kHashDigits> note_build = {};
constexpr std::array kCrashSignals = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
std::array<struct sigaction, kCrashSignals.size()> actions_before = {};
thread_local volatile bool is_parsing = false;
thread_local volatile uint64_t parsed_hash = 0;

void WriteCrashNote() {
  std::array<char, kNoteBytes> note;
  uint64_t hash = parsed_hash;
  for (size_t i = kHashDigits; i-- > 0; hash >>= 4) note[i] = "0123456789abcdef"[hash & 15];
  note[kHashDigits] = ' ';
  std::memcpy(&note[kHashDigits + 1], note_build.data(), kHashDigits);
  note[kNoteBytes - 1] = '\n';
  const int fd = ::open(note_path.data(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (fd < 0) return;
  [[maybe_unused]] const ssize_t ignored = ::write(fd, note.data(), note.size());
  ::fsync(fd);
}

// Only what may be done in a handler. Then what would have been done without it: a fault comes again
// when it returns, what was sent is sent again. The note is first: once the action of before is back,
// another thread that crashes ends the process.
void OnCrash(int signal, siginfo_t* info, void*) {
  const bool is_ours =
      info->si_code > 0 || (info->si_code == SI_TKILL && info->si_pid == ::getpid());
  if (is_parsing && is_ours) WriteCrashNote();
  for (size_t i = 0; i < kCrashSignals.size(); ++i) {
    if (kCrashSignals[i] == signal) ::sigaction(signal, &actions_before[i], nullptr);
  }
  if (info->si_code <= 0) ::raise(signal);
}

std::string BuildDigits(const std::string& build) { return HashToHex(Hash64(build)); }

// Of the calling thread, given once.
void GiveHandlerStack() {
  thread_local const std::unique_ptr<char[]> stack = [] {
    auto memory = std::make_unique<char[]>(kHandlerStack);
    stack_t given = {};
    given.ss_sp = memory.get();
    given.ss_size = kHandlerStack;
    stack_t before = {};
    ::sigaltstack(nullptr, &before);
    if ((before.ss_flags & SS_DISABLE) != 0) ::sigaltstack(&given, nullptr);
    return memory;
  }();
}

// What asks for more memory than there is, or than a string can hold, is one failed file. Later there may be
// more memory; a string never holds more.
Result<ParsedSource> ParseWithinMemory(std::string_view bytes, const SourceInfo& info) {
  constexpr const char* kTooMuch = "its text takes more memory than there is";
  try {
    return ParseSource(bytes, info);
  } catch (const std::bad_alloc&) {
    return UnavailableError(kTooMuch);
  } catch (const std::length_error&) {
    return ResourceExhaustedError(kTooMuch);
  }
}

}  // namespace

void WatchForCrashes(const std::string& path, const std::string& build) {
  if (path.size() >= note_path.size()) return;
  const std::string digits = BuildDigits(build);
  std::copy(digits.begin(), digits.end(), note_build.begin());
  std::copy_n(path.c_str(), path.size() + 1, note_path.begin());
  struct sigaction action {};
  action.sa_sigaction = OnCrash;
  action.sa_flags = SA_ONSTACK | SA_SIGINFO;
  sigemptyset(&action.sa_mask);
  for (size_t i = 0; i < kCrashSignals.size(); ++i) {
    struct sigaction before {};
    ::sigaction(kCrashSignals[i], &action, &before);
    if (before.sa_sigaction != OnCrash) actions_before[i] = before;
  }
}

std::set<uint64_t> ReadCrashNotes(const std::string& path, const std::string& build) {
  std::set<uint64_t> hashes;
  const Result<std::string> notes = ReadFile(path, kMaxNoteBytes);
  if (!notes.ok()) return hashes;
  const std::string digits = BuildDigits(build);
  for (std::string_view rest = *notes; !rest.empty();) {
    const size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (line.size() != kNoteBytes - 1 || line.substr(kHashDigits + 1) != digits) continue;
    uint64_t hash = 0;
    const char* const last = line.data() + kHashDigits;
    const auto [at, error] = std::from_chars(line.data(), last, hash, 16);
    if (error == std::errc() && at == last) hashes.insert(hash);
  }
  return hashes;
}

Result<ParsedSource> ParseWatched(std::string_view bytes, uint64_t hash, const SourceInfo& info,
                                  const std::set<uint64_t>& crashed) {
  if (crashed.contains(hash)) {
    return FailedPreconditionError(
        "the program crashed while it read it; it is read again when it, or the program, has "
        "changed");
  }
  GiveHandlerStack();
  parsed_hash = hash;
  is_parsing = true;
  Result<ParsedSource> parsed = ParseWithinMemory(bytes, info);
  is_parsing = false;
  return parsed;
}

}  // namespace quarry::ingest
