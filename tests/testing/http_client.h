#pragma once

// An HTTP client for tests: a socket, bytes as they are given, responses as they come. It adds nothing
// and forgives nothing, so a test can send what no proper client would.

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/ascii.h"

namespace quarry::testing {

struct HttpReply {
  int status = 0;
  std::string head;                            // status line and headers as they came
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;                            // chunks joined

  std::string Header(const std::string& lower_case_name) const {
    const auto field = headers.find(lower_case_name);
    return field == headers.end() ? "" : field->second;
  }
};

// One connection to 127.0.0.1. Every wait ends after `patience`.
class HttpConnection {
 public:
  explicit HttpConnection(uint16_t port,
                          std::chrono::milliseconds patience = std::chrono::seconds(20))
      : fd_(::socket(AF_INET, SOCK_STREAM, 0)), patience_(patience) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = ::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0;
    const int on = 1;
    ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  }
  ~HttpConnection() { Close(); }
  HttpConnection(const HttpConnection&) = delete;
  HttpConnection& operator=(const HttpConnection&) = delete;

  bool connected() const { return connected_; }

  // False when the other side does not take it any more.
  bool Send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<size_t>(sent));
    }
    return true;
  }

  // The next response; nullopt when the stream ends, breaks or is silent before it is complete.
  // `to_head`: it answers HEAD and so has no body.
  std::optional<HttpReply> Read(bool to_head = false) {
    HttpReply reply;
    while (buffer_.find("\r\n\r\n") == std::string::npos) {
      if (!Fill()) return std::nullopt;
    }
    const size_t end = buffer_.find("\r\n\r\n") + 4;
    reply.head = buffer_.substr(0, end);
    buffer_.erase(0, end);
    ParseHead(reply);
    if (to_head || reply.status == 204 || reply.status == 304 || reply.status < 200) return reply;
    if (reply.Header("transfer-encoding") == "chunked") {
      while (true) {
        const std::optional<std::string> chunk = ReadChunk();
        if (!chunk) return std::nullopt;
        if (chunk->empty()) return reply;
        reply.body += *chunk;
      }
    }
    if (const std::string length = reply.Header("content-length"); !length.empty()) {
      const size_t size = std::strtoull(length.c_str(), nullptr, 10);
      while (buffer_.size() < size) {
        if (!Fill()) return std::nullopt;
      }
      reply.body = buffer_.substr(0, size);
      buffer_.erase(0, size);
      return reply;
    }
    reply.body = ReadToEnd();
    return reply;
  }

  std::optional<HttpReply> Ask(std::string_view bytes, bool to_head = false) {
    Send(bytes);
    return Read(to_head);
  }

  // Everything as it comes, framing included, until it holds `text`; false if it never does.
  bool ReadUntil(std::string_view text) {
    while (buffer_.find(text) == std::string::npos) {
      if (!Fill()) return false;
    }
    return true;
  }
  const std::string& buffered() const { return buffer_; }

  // What is left until the server closes.
  std::string ReadToEnd() {
    while (Fill()) {
    }
    return std::exchange(buffer_, {});
  }
  // Whether the server closes without sending anything more.
  bool IsClosed() {
    const bool more = Fill();
    return !more && ended_ && buffer_.empty();
  }

  void CloseSending() { ::shutdown(fd_, SHUT_WR); }
  void Close() {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  }
  // Closes with a reset instead of a good bye.
  void Reset() {
    const linger none{1, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &none, sizeof(none));
    Close();
  }

 private:
  bool Fill() {
    pollfd waiting{fd_, POLLIN, 0};
    if (::poll(&waiting, 1, static_cast<int>(patience_.count())) <= 0) return false;
    char bytes[16384];
    const ssize_t size = ::recv(fd_, bytes, sizeof(bytes), 0);
    if (size <= 0) {
      ended_ = true;
      return false;
    }
    buffer_.append(bytes, static_cast<size_t>(size));
    return true;
  }

  std::optional<std::string> ReadChunk() {
    while (buffer_.find("\r\n") == std::string::npos) {
      if (!Fill()) return std::nullopt;
    }
    const size_t size = std::strtoull(buffer_.c_str(), nullptr, 16);
    const size_t begin = buffer_.find("\r\n") + 2;
    while (buffer_.size() < begin + size + 2) {
      if (!Fill()) return std::nullopt;
    }
    std::string chunk = buffer_.substr(begin, size);
    buffer_.erase(0, begin + size + 2);
    return chunk;
  }

  static void ParseHead(HttpReply& reply) {
    reply.status = std::atoi(reply.head.c_str() + std::string_view("HTTP/1.1 ").size());
    size_t at = reply.head.find("\r\n") + 2;
    while (at + 2 < reply.head.size()) {
      const size_t end = reply.head.find("\r\n", at);
      const size_t colon = reply.head.find(": ", at);
      std::string name = reply.head.substr(at, colon - at);
      name = AsciiLower(name);
      reply.headers[name] = reply.head.substr(colon + 2, end - colon - 2);
      at = end + 2;
    }
  }

  int fd_;
  const std::chrono::milliseconds patience_;
  bool connected_ = false;
  bool ended_ = false;
  std::string buffer_;
};

// A well-formed request.
inline std::string MakeRequest(std::string_view method, std::string_view target,
                               std::string_view body = {}, std::string_view more_headers = {}) {
  std::string request(method);
  request.append(" ").append(target).append(" HTTP/1.1\r\nHost: localhost\r\n");
  if (!body.empty())
    request.append("Content-Length: ").append(std::to_string(body.size())).append("\r\n");
  request.append(more_headers).append("\r\n").append(body);
  return request;
}

// One request on a connection of its own.
inline std::optional<HttpReply> Fetch(uint16_t port, std::string_view method,
                                      std::string_view target, std::string_view body = {},
                                      std::string_view more_headers = {}) {
  HttpConnection connection(port);
  return connection.Ask(MakeRequest(method, target, body, more_headers), method == "HEAD");
}

}  // namespace quarry::testing
