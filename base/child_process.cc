#include "base/child_process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

extern "C" {  // the header of glibc 2.36 does not say it
#include <sys/pidfd.h>
}

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

#include "base/file_descriptor.h"
#include "base/text.h"

namespace quarry {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr const char* kDefaultPath = "/usr/local/bin:/usr/bin:/bin";
constexpr size_t kKeptErrorBytes = 4096;
constexpr size_t kMaxErrorLine = 200;
constexpr int kCannotStart = 127;
// The system looks at the limit on processor time now and then, and counts in ticks.
constexpr double kCpuSlackSeconds = 0.5;

std::string SearchPath() {
  const char* path = std::getenv("PATH");
  return path == nullptr || *path == '\0' ? kDefaultPath : path;
}

Status SystemError(const std::string& action, int error) {
  return InternalError(action + ": " + std::generic_category().message(error));
}

// Above the standard streams, so that the child can put the three in place in any order.
Result<FileDescriptor> MovedUp(FileDescriptor file) {
  if (file.get() > 2) return file;
  FileDescriptor moved(::fcntl(file.get(), F_DUPFD_CLOEXEC, 3));
  if (moved.get() < 0) return SystemError("duplicate a file descriptor", errno);
  return moved;
}

// A file without a name that holds `bytes`, at its start.
Result<FileDescriptor> NamelessFile(std::string_view bytes) {
  std::error_code error;
  const std::filesystem::path parent = std::filesystem::temp_directory_path(error);
  if (error) return SystemError("find the temporary directory", error.value());
  std::string path = (parent / "quarry-input-XXXXXX").string();
  FileDescriptor file(::mkostemp(path.data(), O_CLOEXEC));
  if (file.get() < 0) return SystemError("create " + path, errno);
  if (::unlink(path.c_str()) != 0) return SystemError("unlink " + path, errno);
  while (!bytes.empty()) {
    const ssize_t written = ::write(file.get(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return SystemError("write a temporary file", errno);
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  if (::lseek(file.get(), 0, SEEK_SET) != 0) return SystemError("rewind a temporary file", errno);
  return MovedUp(std::move(file));
}

struct Pipe {
  FileDescriptor read;
  FileDescriptor write;
};

Result<Pipe> MakePipe() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return SystemError("create a pipe", errno);
  FileDescriptor read(ends[0]);
  FileDescriptor write(ends[1]);
  if (::fcntl(read.get(), F_SETFL, O_NONBLOCK) != 0) return SystemError("set up a pipe", errno);
  QUARRY_ASSIGN_OR_RETURN(read, MovedUp(std::move(read)));
  QUARRY_ASSIGN_OR_RETURN(write, MovedUp(std::move(write)));
  return Pipe{std::move(read), std::move(write)};
}

// All that the child needs, made before the fork: between fork and exec it may only make calls that
// are safe in a signal handler, since other threads may have held the allocator's lock.
struct Launch {
  const char* path;
  char* const* arguments;
  char* const* environment;
  int in;
  int out;
  int err;
  pid_t parent;
  ChildLimits limits;
};

void Limit(decltype(RLIMIT_CPU) resource, uint64_t value) {
  const rlimit limit{.rlim_cur = value, .rlim_max = value};
  ::setrlimit(resource, &limit);
}

[[noreturn]] void BecomeProgram(const Launch& launch) {
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != launch.parent) ::_exit(kCannotStart);  // gone before the line above
  ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  ::dup2(launch.in, STDIN_FILENO);
  ::dup2(launch.out, STDOUT_FILENO);
  ::dup2(launch.err, STDERR_FILENO);
  ::closefrom(3);
  // What the parent ignores or blocks stays so across exec.
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::signal(SIGPIPE, SIG_DFL);
  if (::chdir("/") != 0) ::_exit(kCannotStart);
  Limit(RLIMIT_CPU, launch.limits.cpu_seconds);
  Limit(RLIMIT_CORE, 0);
  Limit(RLIMIT_FSIZE, 0);
  Limit(RLIMIT_NOFILE, launch.limits.open_files);
  Limit(RLIMIT_AS, launch.limits.address_space_bytes);
  ::execve(launch.path, launch.arguments, launch.environment);
  static constexpr char kMessage[] = "cannot be started";
  [[maybe_unused]] const ssize_t ignored = ::write(STDERR_FILENO, kMessage, sizeof(kMessage) - 1);
  ::_exit(kCannotStart);
}

std::vector<char*> Pointers(std::vector<std::string>& strings) {
  std::vector<char*> pointers;
  for (std::string& string : strings) pointers.push_back(string.data());
  pointers.push_back(nullptr);
  return pointers;
}

// How a child ended.
struct Ending {
  int status = 0;  // as waitpid() says it
  double cpu_seconds = 0;
};

double Seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
}

// The child while it runs: killed with its group, and reaped, when the object goes.
class Child {
 public:
  explicit Child(pid_t pid) : pid_(pid), exit_(::pidfd_open(pid, 0)) {}
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() {
    if (!reaped_) Reap();
  }

  // Readable once the child has ended; -1 where the system has no such thing.
  int exit_fd() const { return exit_.get(); }

  // Kills what is left of the group; how the child ended.
  Ending Reap() {
    // The leader is not reaped yet, so its group id cannot be another's.
    ::kill(-pid_, SIGKILL);
    ::kill(pid_, SIGKILL);  // if it had no time to make its group; an ended one keeps its status
    Ending ending;
    rusage usage{};
    while (::wait4(pid_, &ending.status, 0, &usage) < 0 && errno == EINTR) {
    }
    reaped_ = true;
    ending.cpu_seconds = Seconds(usage.ru_utime) + Seconds(usage.ru_stime);
    return ending;
  }

 private:
  const pid_t pid_;
  FileDescriptor exit_;
  bool reaped_ = false;
};

// Reads what is there; false at the end of the stream.
bool ReadSome(int fd, std::string& into) {
  char buffer[64 * 1024];
  while (true) {
    const ssize_t count = ::read(fd, buffer, sizeof(buffer));
    if (count > 0) {
      into.append(buffer, static_cast<size_t>(count));
      return true;
    }
    if (count < 0 && errno == EINTR) continue;
    return count < 0 && errno == EAGAIN;
  }
}

// The last line of what a program said, fit for a message.
std::string LastLine(std::string_view text) {
  text = Trim(text);
  if (const size_t newline = text.rfind('\n'); newline != text.npos) {
    text.remove_prefix(newline + 1);
  }
  std::string line;
  for (size_t offset = 0; offset < text.size() && line.size() < kMaxErrorLine;) {
    const char32_t c = NextCodePoint(text, offset);
    AppendCodePoint(line, c < 0x20 || c == 0x7F ? U'?' : c);
  }
  return line;
}

// What a run left.
struct Outcome {
  std::string out;
  std::string err;  // its end
  enum { kEnded, kTooLate, kTooMuch } how = kEnded;
  Ending ending;
};

Result<Outcome> Collect(Child& child, Pipe& out, Pipe& err, const ChildLimits& limits) {
  const SteadyClock::time_point deadline = SteadyClock::now() + limits.wall;
  Outcome outcome;
  bool ended = false;
  while (!ended || out.read.get() >= 0 || err.read.get() >= 0) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline - SteadyClock::now()).count();
    if (left <= 0) {
      outcome.how = Outcome::kTooLate;
      break;
    }
    pollfd fds[] = {{.fd = out.read.get(), .events = POLLIN, .revents = 0},
                    {.fd = err.read.get(), .events = POLLIN, .revents = 0},
                    {.fd = ended ? -1 : child.exit_fd(), .events = POLLIN, .revents = 0}};
    // After the end there is only what the pipes still hold: a process that the child left behind
    // is not waited for.
    const int ready = ::poll(fds, 3, ended ? 0 : static_cast<int>(left));
    if (ready < 0 && errno == EINTR) continue;
    if (ready < 0) return SystemError("wait for a process", errno);
    if (ready == 0 && ended) break;
    if (fds[0].revents != 0 && !ReadSome(out.read.get(), outcome.out)) out.read.Close();
    if (fds[1].revents != 0 && !ReadSome(err.read.get(), outcome.err)) err.read.Close();
    if (outcome.err.size() > 2 * kKeptErrorBytes) {
      outcome.err.erase(0, outcome.err.size() - kKeptErrorBytes);
    }
    if (outcome.out.size() > limits.output_bytes) {
      outcome.how = Outcome::kTooMuch;
      break;
    }
    ended = ended || fds[2].revents != 0;
  }
  outcome.ending = child.Reap();
  return outcome;
}

Status StatusOf(const Outcome& outcome, const ChildLimits& limits) {
  std::string line = LastLine(outcome.err);
  if (!line.empty()) line.insert(0, ": ");
  if (outcome.how == Outcome::kTooLate) {
    return ResourceExhaustedError("was stopped after " + std::to_string(limits.wall.count()) +
                                  " ms" + line);
  }
  if (outcome.how == Outcome::kTooMuch) {
    return ResourceExhaustedError("wrote more than " + std::to_string(limits.output_bytes) +
                                  " bytes" + line);
  }
  const int status = outcome.ending.status;
  if (WIFSIGNALED(status)) {
    const int signal = WTERMSIG(status);
    // At the hard limit the system sends SIGKILL, as it does to one that takes the last memory.
    const bool used_up =
        outcome.ending.cpu_seconds + kCpuSlackSeconds >= static_cast<double>(limits.cpu_seconds);
    if (signal == SIGXCPU || (signal == SIGKILL && used_up)) {
      return ResourceExhaustedError("was stopped after " + std::to_string(limits.cpu_seconds) +
                                    " s of processor time" + line);
    }
    if (signal == SIGKILL) return ResourceExhaustedError("was killed (out of memory?)" + line);
    return InvalidArgumentError("was ended by signal " + std::to_string(signal) + " (" +
                                ::strsignal(signal) + ")" + line);
  }
  if (WEXITSTATUS(status) != 0) {
    return InvalidArgumentError("ended with status " + std::to_string(WEXITSTATUS(status)) + line);
  }
  return OkStatus();
}

Result<Outcome> Run(const std::string& path, const ChildCommand& command, std::string_view input,
                    const ChildLimits& limits) {
  QUARRY_ASSIGN_OR_RETURN(FileDescriptor in, NamelessFile(input));
  QUARRY_ASSIGN_OR_RETURN(Pipe out, MakePipe());
  QUARRY_ASSIGN_OR_RETURN(Pipe err, MakePipe());
  std::vector<std::string> arguments = {command.program};
  arguments.insert(arguments.end(), command.arguments.begin(), command.arguments.end());
  std::vector<std::string> environment = {"PATH=" + SearchPath(), "LANG=C.UTF-8",
                                          "OMP_THREAD_LIMIT=1"};
  const std::vector<char*> argv = Pointers(arguments);
  const std::vector<char*> envp = Pointers(environment);
  const Launch launch{.path = path.c_str(),
                      .arguments = argv.data(),
                      .environment = envp.data(),
                      .in = in.get(),
                      .out = out.write.get(),
                      .err = err.write.get(),
                      .parent = ::getpid(),
                      .limits = limits};
  const pid_t pid = ::fork();
  if (pid < 0) return SystemError("start a process", errno);
  if (pid == 0) BecomeProgram(launch);
  Child child(pid);
  if (child.exit_fd() < 0) return SystemError("watch a process", errno);
  out.write.Close();
  err.write.Close();
  return Collect(child, out, err, limits);
}

}  // namespace

std::optional<std::string> FindProgram(std::string_view program) {
  const std::string path = SearchPath();
  for (size_t begin = 0; begin <= path.size();) {
    const size_t end = std::min(path.find(':', begin), path.size());
    // A relative directory would be another one for the child.
    if (end > begin && path[begin] == '/') {
      std::string candidate = path.substr(begin, end - begin) + '/' + std::string(program);
      std::error_code error;
      if (std::filesystem::is_regular_file(candidate, error) &&
          ::access(candidate.c_str(), X_OK) == 0) {
        return candidate;
      }
    }
    begin = end + 1;
  }
  return std::nullopt;
}

Result<std::string> RunChild(const ChildCommand& command, std::string_view input,
                             const ChildLimits& limits, bool* wrote_too_much) {
  if (wrote_too_much != nullptr) *wrote_too_much = false;
  const std::optional<std::string> path = FindProgram(command.program);
  if (!path) {
    return FailedPreconditionError(command.program + " is not installed (Debian package " +
                                   command.package + ")");
  }
  Result<Outcome> outcome = Run(*path, command, input, limits);
  if (!outcome.ok()) return std::move(outcome).status().Annotate(command.program);
  if (wrote_too_much != nullptr) *wrote_too_much = outcome->how == Outcome::kTooMuch;
  if (Status status = StatusOf(*outcome, limits); !status.ok()) {
    return Status(status.code(), command.program + " " + status.message());
  }
  return std::move(outcome->out);
}

}  // namespace quarry
