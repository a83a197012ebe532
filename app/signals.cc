#include "app/signals.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>

namespace quarry::app {
namespace {

constexpr std::array kSignals = {SIGINT, SIGTERM, SIGHUP};
constexpr int kInterrupted = 130;

// What the handler touches: lock-free, so that it may.
static_assert(std::atomic<bool>::is_always_lock_free);
std::atomic<std::atomic<bool>*> cancel_flag = nullptr;
std::atomic<bool> hangup_reloads = false;
int wake_pipe[2] = {-1, -1};
std::array<struct sigaction, kSignals.size()> previous;

constexpr char kEndByte = 'e';
constexpr char kReloadByte = 'r';

void OnSignal(int signal) {
  const int saved = errno;
  if (signal == SIGHUP && hangup_reloads.load(std::memory_order_relaxed)) {
    [[maybe_unused]] const ssize_t ignored = ::write(wake_pipe[1], &kReloadByte, 1);
    errno = saved;
    return;
  }
  std::atomic<bool>* flag = cancel_flag.load(std::memory_order_relaxed);
  if (flag == nullptr || flag->exchange(true, std::memory_order_relaxed)) ::_exit(kInterrupted);
  [[maybe_unused]] const ssize_t ignored = ::write(wake_pipe[1], &kEndByte, 1);
  errno = saved;
}

}  // namespace

SignalScope::SignalScope(const CancelToken& token) : token_(token) {
  cancel_flag = token_.flag();
  QUARRY_CHECK(::pipe2(wake_pipe, O_CLOEXEC) == 0);
  struct sigaction action {};
  action.sa_handler = OnSignal;
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  for (size_t i = 0; i < kSignals.size(); ++i) {
    ::sigaction(kSignals[i], nullptr, &previous[i]);
    if (previous[i].sa_handler != SIG_IGN) ::sigaction(kSignals[i], &action, nullptr);
  }
}

SignalScope::~SignalScope() {
  for (size_t i = 0; i < kSignals.size(); ++i) ::sigaction(kSignals[i], &previous[i], nullptr);
  cancel_flag = nullptr;
  hangup_reloads = false;
  ::close(wake_pipe[0]);
  ::close(wake_pipe[1]);
}

void SignalScope::ReloadOnHangup() { hangup_reloads = true; }

SignalScope::Wish SignalScope::Wait() {
  char byte = kEndByte;
  while (::read(wake_pipe[0], &byte, 1) < 0 && errno == EINTR) {
  }
  return byte == kReloadByte ? Wish::kReload : Wish::kEnd;
}

}  // namespace quarry::app
