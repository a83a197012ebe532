#pragma once

// An upstream for tests: a real server on a port of 127.0.0.1, over TCP or TLS, that answers as the
// test says, byte by byte where the test wants that.
//
//   HttpUpstream upstream([](UpstreamCall& call) { call.Reply(200, R"({"ok": true})"); });
//   client.Send({.url = upstream.url() + "/v1/models"}, {}, context);
//   upstream.requests();  // what came

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "tests/testing/test_environment.h"

namespace quarry::testing {

struct UpstreamRequest {
  std::string method;
  std::string target;
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;

  std::string Header(const std::string& lower_case_name) const {
    const auto field = headers.find(lower_case_name);
    return field == headers.end() ? "" : field->second;
  }
};

// One request and the connection that it came by. Used by the thread of its handler.
class UpstreamCall {
 public:
  virtual ~UpstreamCall() = default;

  const UpstreamRequest& request() const { return request_; }
  size_t number() const { return number_; }  // of the request at this upstream, from 0

  // A whole answer.
  void Reply(int status, std::string_view body, std::string_view more_headers = "");
  // The head of a chunked answer, its chunks and its end.
  void BeginChunks(std::string_view content_type);
  bool Chunk(std::string_view bytes);
  void EndChunks();
  // Bytes as they are. False when the client is gone.
  virtual bool Write(std::string_view bytes) = 0;
  // Closes, in order or with a reset, when the handler returns.
  virtual void Close(bool reset = false) = 0;
  // Whether the client closes within `time`.
  virtual bool ClientCloses(std::chrono::milliseconds time) = 0;
  // Turns this plain connection into one to `port` and carries bytes both ways until one side ends.
  virtual void Tunnel(uint16_t port) = 0;

 protected:
  UpstreamRequest request_;
  size_t number_ = 0;
};

// A certificate authority and a certificate by it, made with OpenSSL.
class TestAuthority {
 public:
  // For localhost, 127.0.0.1 and `host`.
  explicit TestAuthority(const std::string& host = "upstream.test");
  const std::string& ca_file() const { return ca_file_; }  // PEM
  const std::string& certificate_file() const { return certificate_file_; }
  const std::string& key_file() const { return key_file_; }

 private:
  TemporaryDirectory directory_ = MakeTemporaryDirectory();
  std::string ca_file_;
  std::string certificate_file_;
  std::string key_file_;
};

class HttpUpstream {
 public:
  using Handler = std::function<void(UpstreamCall& call)>;
  // Called on a thread per connection. With `authority` it speaks TLS.
  explicit HttpUpstream(Handler handler, const TestAuthority* authority = nullptr);
  // Ends every connection and waits for the handlers.
  ~HttpUpstream();
  HttpUpstream(const HttpUpstream&) = delete;
  HttpUpstream& operator=(const HttpUpstream&) = delete;

  uint16_t port() const { return port_; }
  std::string url() const;  // "http://127.0.0.1:4711"

  std::vector<UpstreamRequest> requests() const;
  size_t connections() const { return connections_; }

 private:
  struct Tls;
  friend class SocketCall;
  void Accept();
  void Serve(int fd);

  const Handler handler_;
  std::unique_ptr<Tls> tls_;
  int listener_ = -1;
  uint16_t port_ = 0;
  std::atomic<size_t> connections_{0};
  std::atomic<bool> stopping_{false};
  mutable std::mutex mutex_;
  std::condition_variable ended_;
  std::vector<UpstreamRequest> requests_;  // guarded by mutex_
  std::set<int> open_;                     // guarded by mutex_
  size_t serving_ = 0;                     // guarded by mutex_
  std::thread thread_;
};

// A gate that a test opens: handlers wait at it.
class Gate {
 public:
  void Open();
  // False when it was not opened within `time`.
  bool Wait(std::chrono::milliseconds time = std::chrono::seconds(10));

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = false;
};

}  // namespace quarry::testing
