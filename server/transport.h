#pragma once

// Transport: HTTP/1.1 over TCP, with TLS or without. What a request means is its Dispatcher's business.
//
// One thread at a time is the network thread: it accepts, reads and writes for all connections. The one that
// has read a request handles it, and the next takes over the network (leader and followers: Schmidt et al.,
// Pattern-Oriented Software Architecture 2, 2000): a request changes no thread on its way. There is one
// thread more than requests that are handled at a time, so there is always one for the network.
//
//   read the header block   idle_seconds until its first byte (of the first request header_seconds), then
//                           header_seconds; http_guard.h
//   Dispatcher::Admit        which body is acceptable, or a refusal
//   read the body            body_seconds; http_body.h
//   Dispatcher::Dispatch     handled beside the network; the connection is watched, and a client that goes
//                            away (closes its side) cancels the call
//   write the response       whole, or chunk by chunk as the handler makes it
//   Dispatcher::Done
//
// Connections that wait for their client (for a request, or for the rest of its headers) are closed, the
// longest waiting first, where room is needed: of an address that has connections_per_address for another
// of that address, and of the address that has most where there are max_connections. Who only holds
// connections open shuts nobody out.
//
// Requests that a client sends without waiting (pipelining) are served one after the other. A
// request that breaks the rules is answered and the connection closed.

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "server/exchange.h"
#include "server/http_guard.h"
#include "server/router.h"
#include "server/task_gate.h"

namespace quarry::server {

struct TransportOptions {
  std::string host = "127.0.0.1";  // an IP address, or "localhost"
  uint16_t port = 0;               // 0 = any free one
  GuardLimits limits = {};
  uint32_t header_seconds = 10;
  uint32_t body_seconds = 30;
  uint32_t idle_seconds = 75;
  uint32_t request_seconds = 60;
  uint32_t requests_per_connection = 1000;
  uint32_t max_connections = 1024;
  uint32_t connections_per_address = 512;  // of those that wait; 0 = any
  uint32_t drain_seconds = 10;
  size_t threads = 2;                           // requests that the gate handles at the same time
  size_t queue = 256;                           // that wait for one of them
  std::chrono::milliseconds heartbeat{15'000};  // of silent streams: StreamWriter::KeepAlive
  // Bodies of all requests together, and half of it those of one key (of one address where there is no
  // key); more is answered 503. At least twice the largest body that is admitted. Small ones are always taken. A body counts until its handler has ended,
  // though its client be gone.
  uint64_t held_body_bytes = 256u << 20;
  uint64_t small_body_bytes = 64u << 10;
  std::string tls_certificate = {};  // PEM files (tls.h); "" = without TLS
  std::string tls_key = {};
};

// What became of one request.
struct Served {
  std::string id;
  std::string method;  // "" where the request line was not understood
  std::string path;
  const Route* route = nullptr;  // nullptr where it was refused before
  std::string remote;
  std::string key;              // id of the caller's; "" = none
  int status = 0;               // 499 when the client went away before it could be sent
  uint64_t bytes_received = 0;  // of the body
  uint64_t bytes_sent = 0;      // of the body
  double seconds = 0;           // from the first byte of the header to the last of the response
};

// All but Dispatch's work is called on the network thread and must be quick; where several
// transports have one dispatcher, on the thread of each.
class Dispatcher {
 public:
  virtual ~Dispatcher() = default;

  // The id of a request: what the client gave, if it is fit to be logged, or a new one.
  virtual std::string RequestId(const HeaderList& headers) = 0;

  struct Admission {
    const Route* route = nullptr;
    uint64_t body_limit = 0;
    uint32_t seconds = 0;             // that it may take; 0 = TransportOptions::request_seconds
    HeaderList headers = {};          // of the response, whatever it is
    std::optional<Response> refusal;  // instead of all else
  };
  // `request` has no body yet; Admit fills params, the caller and, from the target ("/path?a=b"),
  // the query.
  virtual Admission Admit(Request& request, std::string_view target) = 0;

  // Has the request handled, by a task given to `gate` or by a thread of the dispatcher's own;
  // exchange->Finish must be called exactly once, from any thread.
  virtual void Dispatch(const Admission& admission, std::shared_ptr<Exchange> exchange,
                        TaskGate& gate) = 0;

  // The response to what the transport refuses. `path` is "" where it is not known.
  virtual Response Refuse(const HttpProblem& problem, std::string_view path) = 0;

  virtual void ConnectionsChanged(int by) = 0;
  virtual void Done(const Served& served) = 0;
};

// Thread-safe.
class Transport {
 public:
  // Listens and starts its threads. Errors: kInvalidArgument (no address), kUnavailable (the port is taken),
  // both naming host and port; kUnavailable (the system gives no more threads); those of TlsIdentity::Load.
  // `dispatcher` must outlive the transport and every exchange that it was given.
  static Result<std::unique_ptr<Transport>> Start(const TransportOptions& options,
                                                  Dispatcher& dispatcher);
  // Whether it could listen now, without listening; the errors of Start that name host and port.
  static Status CheckAddress(const TransportOptions& options);
  // Stops, and waits for the tasks that its threads still run.
  ~Transport();
  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;

  uint16_t port() const;
  // Takes the certificate from its files again, for connections to come; on errors the old one
  // stays.
  Status ReloadTls();
  // Ends accepting, closes idle connections, lets requests under way finish for drain_seconds, then
  // cancels them; returns when the last connection has ended. Idempotent. Exchanges may still be
  // under way.
  void Stop();
  // Begins that and returns at once.
  void BeginStop();
  // Returns when the transport has stopped.
  void Wait();

 private:
  struct Impl;
  explicit Transport(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace quarry::server
