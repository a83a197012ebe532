#pragma once

// The transport over loopback, with a dispatcher of a few lines behind it: what its tests share.

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "server/transport.h"
#include "tests/testing/http_client.h"
#include "tests/testing/test_environment.h"

namespace quarry::server {

// GET /hello, GET /large, POST /echo, GET /wait (until opened or cancelled), GET /stream (pieces
// without end until nobody listens), GET /three (three pieces), GET /stuck (ignores its
// deadline), GET /quiet (a stream that says nothing until opened).
class TestDispatcher final : public Dispatcher {
 public:
  std::string RequestId(const HeaderList& headers) override {
    const std::string* given = FindHeader(headers, "X-Request-Id");
    return given == nullptr ? "made" : *given;
  }

  Admission Admit(Request& request, std::string_view target) override {
    Admission admission;
    admission.body_limit = 1000;
    target_ = target;
    if (request.path == "/missing") {
      admission.refusal = Response{.status = 404, .body = "missing"};
    }
    return admission;
  }

  void Dispatch(const Admission&, std::shared_ptr<Exchange> exchange, TaskGate& gate) override {
    ++dispatched;
    const Status queued = gate.TryRun([this, exchange] {
      exchange->Finish(Handle(exchange->request(), exchange->context(), *exchange));
    });
    QUARRY_CHECK(queued.ok());
  }

  Response Refuse(const HttpProblem& problem, std::string_view) override {
    return {.status = problem.status, .content_type = "text/plain", .body = problem.message};
  }

  void ConnectionsChanged(int by) override {
    connections += by;
    if (on_connection) on_connection();
  }

  void Done(const Served& served) override {
    const std::lock_guard lock(mutex_);
    served_.push_back(served);
  }

  std::vector<Served> served() {
    const std::lock_guard lock(mutex_);
    return served_;
  }
  void Open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    opened_.notify_all();
  }

  std::function<void()> on_connection;  // that one begins or ends; set before there are any
  std::atomic<int> connections = 0;
  std::atomic<int> dispatched = 0;
  std::atomic<int> cancelled = 0;
  std::atomic<size_t> streamed = 0;

 private:
  Response Handle(const Request& request, const CallContext& context, StreamWriter& stream) {
    if (request.path == "/echo") {
      return {
          .content_type = "text/plain", .headers = {{"X-Evil", "a\r\nb: c"}}, .body = request.body};
    }
    if (request.path == "/wait" || request.path == "/stuck") {
      std::unique_lock lock(mutex_);
      while (!open_) {
        opened_.wait_for(lock, std::chrono::milliseconds(5));
        if (request.path == "/stuck" || context.Check().ok()) continue;
        ++cancelled;
        return {.status = 499, .body = "cancelled"};
      }
      return {.content_type = "text/plain", .body = "waited"};
    }
    if (request.path == "/quiet") {
      stream.KeepAlive({.content_type = "text/event-stream"});
      std::unique_lock lock(mutex_);
      opened_.wait(lock, [&] { return open_; });
      stream.Begin({.content_type = "text/event-stream"});
      stream.Write("data: said\n\n");
      return {};
    }
    if (request.path == "/large") {  // than what the kernel takes of it
      return {.content_type = "text/plain", .body = std::string(size_t{64} << 20, 'x')};
    }
    if (request.path == "/three") {
      stream.Begin({.content_type = "text/event-stream", .body = ""});
      for (const char* piece : {"one ", "two ", "three"}) stream.Write(piece);
      return {};
    }
    if (request.path == "/stream") {
      stream.Begin({.content_type = "text/event-stream", .body = "first"});
      const std::string piece(1000, 'x');
      while (stream.Write(piece)) streamed += piece.size();
      ++cancelled;
      return {};
    }
    return {.content_type = "text/plain", .body = "hello " + request.method};
  }

  std::mutex mutex_;
  std::condition_variable opened_;
  bool open_ = false;           // guarded by mutex_
  std::vector<Served> served_;  // guarded by mutex_
  std::string target_;
};

// A transport that each test starts, and that has no connection left behind it.
class TransportTest : public ::testing::Test {
 protected:
  uint16_t Start(TransportOptions options = {}) {
    options.threads = 4;
    options.queue = 1000;
    auto started = Transport::Start(options, dispatcher_);
    QUARRY_CHECK(started.ok());
    transport_ = std::move(started).value();
    return transport_->port();
  }
  void TearDown() override {
    dispatcher_.Open();
    if (transport_ != nullptr) transport_->Stop();
    EXPECT_TRUE(testing::Eventually([&] { return dispatcher_.connections == 0; }));
  }

  TestDispatcher dispatcher_;
  std::unique_ptr<Transport> transport_;
};

}  // namespace quarry::server
