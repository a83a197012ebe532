#include <array>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

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
  // A timer that fires too early looks again; so a deadline that moves back costs nothing.
  if (!timer_armed_ || deadline_timer_.expiry() > deadline_) ArmTimer();
}

void Session::ArmTimer() {
  deadline_timer_.expires_at(deadline_);
  timer_armed_ = true;
  deadline_timer_.async_wait([self = shared_from_this(), id = ++timer_id_](const error_code&) {
    if (id != self->timer_id_ || self->closed_) return;
    self->timer_armed_ = false;
    if (Clock::now() < self->deadline_) return self->ArmTimer();
    self->timed_out_ = true;
    self->WakeUp();
    error_code ignored;
    self->socket_.cancel(ignored);
  });
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
    error_code error;
    const size_t size = ReadSome(error);
    if (!error) {
      in_.append(shared_.scratch.data(), size);
      co_return true;
    }
    if (error != asio::error::would_block && error != asio::error::try_again) co_return false;
    auto token = asio::redirect_error(asio::use_awaitable, error);
    co_await socket_.async_wait(waits_for_, token);
    if (error && error != asio::error::operation_aborted) co_return false;
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

// ---- watching the client while its request is handled ----

void Session::StartWatch() {
  if (in_.size() < kMaxAhead && !half_closed_) Watch(++watch_id_);
}

void Session::Watch(uint64_t id) {
  socket_.async_wait(Socket::wait_read, [self = shared_from_this(), id](const error_code& error) {
    if (id == self->watch_id_ && !error) self->OnReadable(id);
  });
}

void Session::OnReadable(uint64_t id) {
  error_code error;
  const size_t size = ReadSome(error);
  if (!error) {
    in_.append(shared_.scratch.data(), size);
    if (in_.size() < kMaxAhead) Watch(id);
  } else if (error == asio::error::would_block || error == asio::error::try_again) {
    Watch(id);
  } else if (error == asio::error::eof) {
    half_closed_ = true;
    if (deadline_ > Clock::now() + kHalfClosedGrace) SetDeadline(kHalfClosedGrace);
  } else {
    reset_ = true;
    WakeUp();
  }
}

void Session::StopWatch() {
  ++watch_id_;
  error_code ignored;
  socket_.cancel(ignored);
}

void Session::WakeUp() {
  woken_ = true;
  wake_.cancel();
}

}  // namespace quarry::server
