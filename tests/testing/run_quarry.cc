#include "tests/testing/run_quarry.h"

#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <utility>

namespace quarry::testing {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::microseconds;

constexpr int kCannotStart = 127;

struct Pipe {
  Pipe() { QUARRY_CHECK(::pipe2(ends, O_CLOEXEC) == 0); }
  int ends[2];
};

std::vector<char*> Pointers(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

void Close(int& fd) {
  if (fd >= 0) ::close(std::exchange(fd, -1));
}

// Appends what is there; closes `fd` at its end.
void ReadInto(int& fd, std::string& text) {
  char bytes[65536];
  const ssize_t size = ::read(fd, bytes, sizeof(bytes));
  if (size > 0) {
    text.append(bytes, static_cast<size_t>(size));
  } else if (size == 0 || errno != EINTR) {
    Close(fd);
  }
}

}  // namespace

QuarryProcess::QuarryProcess(const QuarryCommand& command)
    : to_write_(command.input), deadline_(Clock::now() + command.timeout) {
  // Everything is made before the fork: the child of a process with threads may not allocate.
  std::vector<std::string> words = {command.program.empty() ? QuarryBinary() : command.program};
  words.insert(words.end(), command.arguments.begin(), command.arguments.end());
  const char* path = std::getenv("PATH");
  std::vector<std::string> variables = {std::string("PATH=") + (path == nullptr ? "" : path),
                                        "HOME=/"};
  if (const char* counts = std::getenv("LLVM_PROFILE_FILE"); counts != nullptr) {
    variables.push_back("LLVM_PROFILE_FILE=" +
                        std::string(command.as_nobody ? "/dev/null" : counts));
  }
  for (const auto& [name, value] : command.environment) variables.push_back(name + "=" + value);
  const std::vector<char*> argv = Pointers(words);
  const std::vector<char*> envp = Pointers(variables);
  const Pipe input;
  const Pipe out;
  const Pipe error;
  ::signal(SIGPIPE, SIG_IGN);  // a program that ends before it has read everything

  pid_ = ::fork();
  QUARRY_CHECK(pid_ >= 0);
  if (pid_ == 0) {
    ::signal(SIGPIPE, SIG_DFL);
    ::dup2(input.ends[0], STDIN_FILENO);
    ::dup2(out.ends[1], STDOUT_FILENO);
    ::dup2(error.ends[1], STDERR_FILENO);
    if (!command.directory.empty() && ::chdir(command.directory.c_str()) != 0) {
      ::_exit(kCannotStart);
    }
    if (command.as_nobody &&
        (::setgroups(0, nullptr) != 0 || ::setgid(kNobody) != 0 || ::setuid(kNobody) != 0)) {
      ::_exit(kCannotStart);
    }
    ::execve(argv[0], argv.data(), envp.data());
    ::_exit(kCannotStart);
  }
  ::close(input.ends[0]);
  ::close(out.ends[1]);
  ::close(error.ends[1]);
  input_ = input.ends[1];
  out_ = out.ends[0];
  error_ = error.ends[0];
  ::fcntl(input_, F_SETFL, O_NONBLOCK);
  if (to_write_.empty()) Close(input_);
}

QuarryProcess::~QuarryProcess() {
  if (pid_ > 0) {
    Signal(SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  Close(input_);
  Close(out_);
  Close(error_);
}

void QuarryProcess::Signal(int signal) const {
  if (pid_ > 0) ::kill(pid_, signal);
}

bool QuarryProcess::Pump(microseconds time) {
  if (out_ < 0 && error_ < 0) return false;
  pollfd streams[] = {{out_, POLLIN, 0}, {error_, POLLIN, 0}, {input_, POLLOUT, 0}};
  const auto nanoseconds = std::max<int64_t>(time.count(), 0) * 1000;
  const timespec wait{nanoseconds / 1'000'000'000, nanoseconds % 1'000'000'000};
  if (::ppoll(streams, 3, &wait, nullptr) <= 0) return true;
  if (streams[0].revents != 0) ReadInto(out_, result_.out);
  if (streams[1].revents != 0) ReadInto(error_, result_.error);
  if (streams[2].revents != 0) {
    const std::string_view left = std::string_view(to_write_).substr(written_);
    const ssize_t written = ::write(input_, left.data(), left.size());
    if (written > 0) written_ += static_cast<size_t>(written);
    const bool failed = written < 0 && errno != EAGAIN && errno != EINTR;
    if (failed || written_ == to_write_.size()) Close(input_);
  }
  return out_ >= 0 || error_ >= 0;
}

std::string QuarryProcess::ReadFirstLine() {
  while (result_.out.find('\n') == std::string::npos && Clock::now() < deadline_) {
    if (!Pump(std::chrono::duration_cast<microseconds>(deadline_ - Clock::now()))) break;
  }
  return result_.out.substr(0, result_.out.find('\n') + 1);
}

bool QuarryProcess::EndsWithin(microseconds time) {
  const auto end = Clock::now() + time;
  while (Pump(std::chrono::duration_cast<microseconds>(end - Clock::now()))) {
    if (Clock::now() >= end) return false;
  }
  return true;
}

QuarryResult QuarryProcess::Wait() {
  if (!EndsWithin(std::chrono::duration_cast<microseconds>(deadline_ - Clock::now()))) {
    result_.timed_out = true;
    Signal(SIGKILL);
  }
  int status = 0;
  rusage usage{};
  while (::wait4(pid_, &status, 0, &usage) < 0 && errno == EINTR) {
  }
  pid_ = -1;
  result_.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  result_.peak_memory = static_cast<uint64_t>(usage.ru_maxrss) * 1024;
  return std::move(result_);
}

QuarryResult RunQuarryWith(const QuarryCommand& command) { return QuarryProcess(command).Wait(); }

QuarryResult RunQuarry(std::vector<std::string> arguments) {
  return RunQuarryWith({.arguments = std::move(arguments)});
}

bool RunsWithoutRights() {
  const bool is_root = ::geteuid() == 0;
  return RunQuarryWith({.arguments = {"--version"}, .as_nobody = is_root}).exit_code == 0;
}

}  // namespace quarry::testing
