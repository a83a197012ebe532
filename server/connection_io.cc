#include <algorithm>
#include <array>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>

#include "server/connection.h"

// What a session does with its socket: deadlines, bytes, watching. Which requests they are: connection.cc.

namespace quarry::server {
namespace {

using boost::system::error_code;

// What a client may send ahead while its request is handled; more stays in the kernel.
constexpr size_t kMaxAhead = 64 * 1024;
// A client that has closed its sending side may still read. Quick answers reach it; after this it
// counts as gone.
constexpr std::chrono::milliseconds kHalfClosedGrace{200};

}  // namespace

// ---- time ----

void Session::SetDeadline(Clock::duration from_now) {
  deadline_ = Clock::now() + from_now;
  timed_out_ = false;
  ArmTimer();
}

// A timer that fires too early looks again; so a time that moves back costs nothing.
void Session::ArmTimer() {
  const Clock::time_point next = std::min(deadline_, beat_);
  if (timer_armed_ && deadline_timer_.expiry() <= next) return;
  deadline_timer_.expires_at(next);
  timer_armed_ = true;
  deadline_timer_.async_wait([self = shared_from_this(), id = ++timer_id_](const error_code&) {
    if (id == self->timer_id_ && !self->closed_) self->OnTimer();
  });
}

void Session::OnTimer() {
  timer_armed_ = false;
  const Clock::time_point now = Clock::now();
  if (now >= deadline_) {
    timed_out_ = true;
    WakeUp();
    error_code ignored;
    socket_.cancel(ignored);
    return;
  }
  if (now >= beat_) {
    beat_ = Clock::time_point::max();
    exchange_->Beat();
    woken_ = true;
    WakeUp();
  }
  ArmTimer();
}

// ---- bytes ----

size_t Session::Take(const TlsStream::Outcome& outcome, error_code& error) {
  switch (outcome.state) {
    case TlsStream::State::kDone:
      break;
    case TlsStream::State::kNeedRead:
    case TlsStream::State::kNeedWrite:
      waits_for_ =
          outcome.state == TlsStream::State::kNeedRead ? Socket::wait_read : Socket::wait_write;
      error = asio::error::would_block;
      break;
    case TlsStream::State::kEnded:
      error = asio::error::eof;
      break;
    case TlsStream::State::kFailed:
      error = asio::error::connection_reset;
      break;
  }
  return outcome.bytes;
}

size_t Session::ReadSome(error_code& error) {
  std::vector<char>& scratch = shared_.scratch;
  if (tls_ != nullptr) return Take(tls_->Read(scratch.data(), scratch.size()), error);
  waits_for_ = Socket::wait_read;
  return socket_.read_some(asio::buffer(scratch), error);
}

size_t Session::WriteSome(std::string_view first, std::string_view second, error_code& error) {
  if (tls_ != nullptr) return Take(tls_->Write(first.empty() ? second : first), error);
  waits_for_ = Socket::wait_write;
  const std::array<asio::const_buffer, 2> buffers = {
      asio::const_buffer(first.data(), first.size()),
      asio::const_buffer(second.data(), second.size())};
  return socket_.write_some(buffers, error);
}

asio::awaitable<bool> Session::Handshake() {
  SetDeadline(std::chrono::seconds(options_.header_seconds));
  idle_ = true;  // nobody waits for an answer
  while (!closed_ && !timed_out_ && !shared_.draining) {
    error_code error;
    Take(tls_->Handshake(), error);
    if (!error) co_return true;
    if (error != asio::error::would_block) co_return false;
    auto token = asio::redirect_error(asio::use_awaitable, error);
    co_await socket_.async_wait(waits_for_, token);
    if (error && error != asio::error::operation_aborted) co_return false;
  }
  co_return false;
}

asio::awaitable<bool> Session::Receive() {
  while (true) {
    if (closed_ || timed_out_ || reset_ || half_closed_ || (idle_ && shared_.draining)) {
      co_return false;
    }
    // While a wait is out there is nothing to read; but what TLS has read itself no wait tells of.
    if (!watching_ || tls_ != nullptr) {
      error_code error;
      const size_t size = ReadSome(error);
      if (!error) {
        in_.append(shared_.scratch.data(), size);
        co_return true;
      }
      if (error != asio::error::would_block && error != asio::error::try_again) co_return false;
      if (waits_for_ == Socket::wait_write) {
        auto token = asio::redirect_error(asio::use_awaitable, error);
        co_await socket_.async_wait(waits_for_, token);
        if (error && error != asio::error::operation_aborted) co_return false;
        continue;
      }
    }
    Watch();
    auto suspending = Suspend();
    co_await std::move(suspending);
  }
}

asio::awaitable<bool> Session::Send(std::string_view first, std::string_view second) {
  while (!first.empty() || !second.empty()) {
    if (closed_ || timed_out_ || reset_) co_return false;
    error_code error;
    const size_t size = WriteSome(first, second, error);
    if (!error) {
      const size_t of_first = std::min(size, first.size());
      first.remove_prefix(of_first);
      second.remove_prefix(size - of_first);
      continue;
    }
    if (error != asio::error::would_block && error != asio::error::try_again) {
      reset_ = true;
      co_return false;
    }
    auto token = asio::redirect_error(asio::use_awaitable, error);
    co_await socket_.async_wait(waits_for_, token);
    if (error && error != asio::error::operation_aborted) co_return false;
  }
  co_return true;
}

// ---- watching the client ----

void Session::Watch() {
  if (std::exchange(watching_, true)) return;
  socket_.async_wait(Socket::wait_read, [self = shared_from_this()](const error_code& error) {
    self->watching_ = false;
    if (!self->handling_) return self->Resume();
    if (!error) self->OnReadable();
  });
}

void Session::StartWatch() {
  handling_ = true;
  if (in_.size() < kMaxAhead && !half_closed_) Watch();
}

void Session::OnReadable() {
  error_code error;
  const size_t size = ReadSome(error);
  if (!error) {
    in_.append(shared_.scratch.data(), size);
    if (in_.size() < kMaxAhead) Watch();
  } else if (error == asio::error::would_block || error == asio::error::try_again) {
    Watch();
  } else if (error == asio::error::eof) {
    half_closed_ = true;
    if (deadline_ > Clock::now() + kHalfClosedGrace) SetDeadline(kHalfClosedGrace);
  } else {
    reset_ = true;
    WakeUp();
  }
}

// The wait that is out serves the next request.
void Session::StopWatch() { handling_ = false; }

// ---- the coroutine ----

asio::awaitable<void> Session::Suspend() {
  return asio::async_initiate<const asio::use_awaitable_t<>, void()>(
      [this](Waiter waiter) { waiter_.emplace(std::move(waiter)); }, asio::use_awaitable);
}

void Session::Resume() {
  if (!waiter_) return;
  Waiter waiter = *std::move(waiter_);
  waiter_.reset();
  waiter();
}

void Session::WakeUp() {
  asio::post(shared_.network, [self = shared_from_this()] { self->Resume(); });
}

}  // namespace quarry::server
