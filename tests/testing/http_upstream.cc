#include "tests/testing/http_upstream.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <utility>

#include "base/ascii.h"

namespace quarry::testing {
namespace {

using std::chrono::milliseconds;

std::string HeadText(int status, std::string_view more) {
  return "HTTP/1.1 " + std::to_string(status) + " Status\r\n" + std::string(more);
}

EVP_PKEY* NewKey() { return EVP_EC_gen("P-256"); }

X509* NewCertificate(EVP_PKEY* key, const char* name, long serial) {
  X509* certificate = X509_new();
  X509_set_version(certificate, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), serial);
  X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate), 24 * 3600);
  X509_set_pubkey(certificate, key);
  X509_NAME* subject = X509_get_subject_name(certificate);
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(name), -1, -1, 0);
  return certificate;
}

void AddExtension(X509* certificate, X509* issuer, int id, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, id, value.c_str());
  QUARRY_CHECK(extension != nullptr);
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

}  // namespace

TestAuthority::TestAuthority(const std::string& host)
    : ca_file_(directory_.path() + "/ca.pem"),
      certificate_file_(directory_.path() + "/server.pem"),
      key_file_(directory_.path() + "/server.key") {
  EVP_PKEY* ca_key = NewKey();
  X509* ca = NewCertificate(ca_key, "Quarry test authority", 1);
  X509_set_issuer_name(ca, X509_get_subject_name(ca));
  AddExtension(ca, ca, NID_basic_constraints, "critical,CA:TRUE");
  AddExtension(ca, ca, NID_subject_key_identifier, "hash");
  QUARRY_CHECK(X509_sign(ca, ca_key, EVP_sha256()) != 0);
  EVP_PKEY* key = NewKey();
  X509* certificate = NewCertificate(key, host.c_str(), 2);
  X509_set_issuer_name(certificate, X509_get_subject_name(ca));
  AddExtension(certificate, ca, NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1,DNS:" + host);
  QUARRY_CHECK(X509_sign(certificate, ca_key, EVP_sha256()) != 0);
  const auto write = [](const std::string& path, auto&& put) {
    FILE* file = std::fopen(path.c_str(), "w");
    QUARRY_CHECK(file != nullptr && put(file) == 1);
    std::fclose(file);
  };
  write(ca_file_, [&](FILE* file) { return PEM_write_X509(file, ca); });
  write(certificate_file_, [&](FILE* file) { return PEM_write_X509(file, certificate); });
  write(key_file_, [&](FILE* file) {
    return PEM_write_PrivateKey(file, key, nullptr, nullptr, 0, nullptr, nullptr);
  });
  X509_free(certificate);
  X509_free(ca);
  EVP_PKEY_free(key);
  EVP_PKEY_free(ca_key);
}

struct HttpUpstream::Tls {
  explicit Tls(const TestAuthority& authority) : context(SSL_CTX_new(TLS_server_method())) {
    QUARRY_CHECK(SSL_CTX_use_certificate_file(context, authority.certificate_file().c_str(),
                                              SSL_FILETYPE_PEM) == 1);
    QUARRY_CHECK(
        SSL_CTX_use_PrivateKey_file(context, authority.key_file().c_str(), SSL_FILETYPE_PEM) == 1);
  }
  ~Tls() { SSL_CTX_free(context); }
  SSL_CTX* const context;
};

void UpstreamCall::Reply(int status, std::string_view body, std::string_view more_headers) {
  Write(HeadText(status, more_headers) + "Content-Length: " + std::to_string(body.size()) +
        "\r\n\r\n" + std::string(body));
}

void UpstreamCall::BeginChunks(std::string_view content_type) {
  Write(HeadText(200, "Content-Type: ") + std::string(content_type) +
        "\r\nTransfer-Encoding: chunked\r\n\r\n");
}

bool UpstreamCall::Chunk(std::string_view bytes) {
  char size[24];
  std::snprintf(size, sizeof(size), "%zx\r\n", bytes.size());
  return Write(size + std::string(bytes) + "\r\n");
}

void UpstreamCall::EndChunks() { Write("0\r\n\r\n"); }

// A connection and the requests that come by it.
class SocketCall final : public UpstreamCall {
 public:
  SocketCall(int fd, SSL* tls) : fd_(fd), tls_(tls) {}

  // The next request; false when there is none any more.
  bool ReadRequest() {
    size_t end = 0;
    while ((end = in_.find("\r\n\r\n")) == std::string::npos) {
      if (!Fill()) return false;
    }
    request_ = {};
    const std::string head = in_.substr(0, end + 2);
    in_.erase(0, end + 4);
    const size_t line = head.find("\r\n");
    const size_t space = head.find(' ');
    request_.method = head.substr(0, space);
    request_.target = head.substr(space + 1, head.find(' ', space + 1) - space - 1);
    for (size_t at = line + 2; at < head.size();) {
      const size_t stop = head.find("\r\n", at);
      const size_t colon = head.find(": ", at);
      std::string name = head.substr(at, colon - at);
      name = AsciiLower(name);
      request_.headers[name] = head.substr(colon + 2, stop - colon - 2);
      at = stop + 2;
    }
    const size_t size = std::strtoull(request_.Header("content-length").c_str(), nullptr, 10);
    while (in_.size() < size) {
      if (!Fill()) return false;
    }
    request_.body = in_.substr(0, size);
    in_.erase(0, size);
    return true;
  }

  void set_number(size_t number) { number_ = number; }
  bool closed() const { return closed_; }

  bool Write(std::string_view bytes) override {
    while (!bytes.empty()) {
      const ssize_t sent = tls_ != nullptr
                               ? SSL_write(tls_, bytes.data(), static_cast<int>(bytes.size()))
                               : ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<size_t>(sent));
    }
    return true;
  }

  void Close(bool reset) override {
    closed_ = true;
    if (!reset) return;
    const linger none{1, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &none, sizeof(none));
  }

  bool ClientCloses(milliseconds time) override {
    const auto end = std::chrono::steady_clock::now() + time;
    while (std::chrono::steady_clock::now() < end) {
      pollfd waiting{fd_, POLLIN, 0};
      if (::poll(&waiting, 1, 5) <= 0) continue;
      char byte = 0;
      if (tls_ != nullptr ? SSL_read(tls_, &byte, 1) <= 0 : ::recv(fd_, &byte, 1, 0) <= 0) {
        return closed_ = true;
      }
    }
    return false;
  }

  void Tunnel(uint16_t port) override {
    closed_ = true;
    const int to = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(to, reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0) {
      ::close(to);
      return;
    }
    Write("HTTP/1.1 200 Connected\r\n\r\n");
    char bytes[4096];
    while (true) {
      pollfd both[2] = {{fd_, POLLIN, 0}, {to, POLLIN, 0}};
      if (::poll(both, 2, 20'000) <= 0) break;
      const int from = both[0].revents != 0 ? fd_ : to;
      const ssize_t got = ::recv(from, bytes, sizeof(bytes), 0);
      if (got <= 0) break;
      ::send(from == fd_ ? to : fd_, bytes, static_cast<size_t>(got), MSG_NOSIGNAL);
    }
    ::close(to);
  }

 private:
  bool Fill() {
    char bytes[16384];
    const ssize_t got = tls_ != nullptr ? SSL_read(tls_, bytes, sizeof(bytes))
                                        : ::recv(fd_, bytes, sizeof(bytes), 0);
    if (got <= 0) return false;
    in_.append(bytes, static_cast<size_t>(got));
    return true;
  }

  const int fd_;
  SSL* const tls_;
  std::string in_;
  bool closed_ = false;
};

HttpUpstream::HttpUpstream(Handler handler, const TestAuthority* authority)
    : handler_(std::move(handler)),
      tls_(authority == nullptr ? nullptr : std::make_unique<Tls>(*authority)) {
  std::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes without MSG_NOSIGNAL
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  auto* as = reinterpret_cast<sockaddr*>(&address);
  QUARRY_CHECK(::bind(listener_, as, size) == 0 && ::listen(listener_, 128) == 0);
  QUARRY_CHECK(::getsockname(listener_, as, &size) == 0);
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { Accept(); });
}

HttpUpstream::~HttpUpstream() {
  stopping_ = true;
  ::shutdown(listener_, SHUT_RDWR);
  thread_.join();
  ::close(listener_);
  std::unique_lock lock(mutex_);
  for (const int fd : open_) ::shutdown(fd, SHUT_RDWR);
  ended_.wait(lock, [&] { return serving_ == 0; });
}

std::string HttpUpstream::url() const {
  return (tls_ == nullptr ? "http://127.0.0.1:" : "https://127.0.0.1:") + std::to_string(port_);
}

std::vector<UpstreamRequest> HttpUpstream::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

void HttpUpstream::Accept() {
  while (!stopping_) {
    const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0) continue;
    const int on = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    ++connections_;
    {
      const std::lock_guard lock(mutex_);
      open_.insert(fd);
      ++serving_;
    }
    std::thread([this, fd] { Serve(fd); }).detach();
  }
}

void HttpUpstream::Serve(int fd) {
  SSL* tls = nullptr;
  if (tls_ != nullptr) {
    tls = SSL_new(tls_->context);
    SSL_set_fd(tls, fd);
  }
  if (tls == nullptr || SSL_accept(tls) == 1) {
    SocketCall call(fd, tls);
    while (!call.closed() && call.ReadRequest()) {
      {
        const std::lock_guard lock(mutex_);
        call.set_number(requests_.size());
        requests_.push_back(call.request());
      }
      handler_(call);
    }
  }
  if (tls != nullptr) {
    SSL_shutdown(tls);
    SSL_free(tls);
    ERR_clear_error();
  }
  const std::lock_guard lock(mutex_);
  open_.erase(fd);
  ::close(fd);
  --serving_;
  ended_.notify_all();  // under the lock: the upstream may go as soon as it is released
}

void Gate::Open() {
  const std::lock_guard lock(mutex_);
  open_ = true;
  changed_.notify_all();
}

bool Gate::Wait(milliseconds time) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, time, [&] { return open_; });
}

}  // namespace quarry::testing
