#include "model/http_connection.h"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

#include "base/file_descriptor.h"

namespace quarry::model {
namespace {

using SteadyClock = std::chrono::steady_clock;
using std::chrono::milliseconds;

// A caller that cancels is heard within this.
constexpr milliseconds kSlice{20};

std::string Seconds(milliseconds time) {
  const auto count = time.count();
  return count % 1000 == 0 ? std::to_string(count / 1000) + " s" : std::to_string(count) + " ms";
}

// The time that one step has left.
class Patience {
 public:
  explicit Patience(const HttpWait& wait) : wait_(wait), end_(SteadyClock::now() + wait.limit) {}

  // Ok while there is time.
  Status Check() const {
    QUARRY_RETURN_IF_ERROR(wait_.context.Check());
    if (SteadyClock::now() < end_) return OkStatus();
    return UnavailableError(std::string("no ") + wait_.step + " within " + Seconds(wait_.limit));
  }
  // How long to wait before Check is due again.
  milliseconds Slice() const {
    const auto left = std::min(end_, wait_.context.deadline) - SteadyClock::now();
    return std::clamp(std::chrono::ceil<milliseconds>(left), milliseconds(0), kSlice);
  }

 private:
  const HttpWait& wait_;
  const SteadyClock::time_point end_;
};

// Waits until the socket can do `events`.
Status Poll(int fd, short events, const Patience& patience) {
  while (true) {
    QUARRY_RETURN_IF_ERROR(patience.Check());
    pollfd waiting{fd, events, 0};
    const int ready = ::poll(&waiting, 1, static_cast<int>(patience.Slice().count()));
    if (ready > 0) return OkStatus();  // errors too: the next call on the socket tells them
    if (ready < 0 && errno != EINTR) return UnavailableError(std::strerror(errno));
  }
}

// ---- names ----

struct Address {
  sockaddr_storage storage{};
  socklen_t size = 0;
};

struct Resolution {
  std::mutex mutex;
  std::condition_variable changed;
  bool done = false;  // guarded by mutex, as what follows
  int error = 0;      // of getaddrinfo
  std::vector<Address> addresses;
};

int LookUp(const std::string& host, uint16_t port, int flags, std::vector<Address>& addresses) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = flags | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const int error = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found);
  if (error != 0) return error;
  for (const addrinfo* one = found; one != nullptr; one = one->ai_next) {
    Address address;
    std::memcpy(&address.storage, one->ai_addr, one->ai_addrlen);
    address.size = one->ai_addrlen;
    addresses.push_back(address);
  }
  ::freeaddrinfo(found);
  return 0;
}

Result<std::vector<Address>> Resolve(const std::string& host, uint16_t port,
                                     const Patience& patience) {
  std::vector<Address> addresses;
  if (LookUp(host, port, AI_NUMERICHOST, addresses) == 0) return addresses;
  const auto resolution = std::make_shared<Resolution>();
  try {
    std::thread([resolution, host, port] {
      std::vector<Address> found;
      const int error = LookUp(host, port, AI_ADDRCONFIG, found);
      const std::lock_guard lock(resolution->mutex);
      resolution->error = error;
      resolution->addresses = std::move(found);
      resolution->done = true;
      resolution->changed.notify_all();
    }).detach();
  } catch (const std::system_error& error) {
    return ResourceExhaustedError(std::string("no thread to resolve the host: ") + error.what());
  }
  std::unique_lock lock(resolution->mutex);
  while (!resolution->done) {
    QUARRY_RETURN_IF_ERROR(patience.Check());
    resolution->changed.wait_for(lock, patience.Slice());
  }
  if (resolution->error != 0) {
    return UnavailableError("cannot resolve host \"" + host +
                            "\": " + ::gai_strerror(resolution->error));
  }
  return resolution->addresses;
}

IpAddress IpAddressOf(const Address& address) {
  IpAddress ip;
  ip.is_v6 = address.storage.ss_family == AF_INET6;
  if (ip.is_v6) {
    const auto& v6 = reinterpret_cast<const sockaddr_in6&>(address.storage);
    std::memcpy(ip.bytes.data(), &v6.sin6_addr, 16);
  } else {
    const auto& v4 = reinterpret_cast<const sockaddr_in&>(address.storage);
    std::memcpy(ip.bytes.data(), &v4.sin_addr, 4);
  }
  return ip;
}

// ---- TLS over a socket that must not raise SIGPIPE ----

int BioWrite(BIO* bio, const char* bytes, int size) {
  const int fd = static_cast<int>(reinterpret_cast<intptr_t>(BIO_get_data(bio)));
  BIO_clear_retry_flags(bio);
  const ssize_t sent = ::send(fd, bytes, static_cast<size_t>(size), MSG_NOSIGNAL);
  if (sent < 0 && (errno == EAGAIN || errno == EINTR)) BIO_set_retry_write(bio);
  return static_cast<int>(sent);
}

int BioRead(BIO* bio, char* bytes, int size) {
  const int fd = static_cast<int>(reinterpret_cast<intptr_t>(BIO_get_data(bio)));
  BIO_clear_retry_flags(bio);
  const ssize_t got = ::recv(fd, bytes, static_cast<size_t>(size), 0);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) BIO_set_retry_read(bio);
  return static_cast<int>(got);
}

long BioControl(BIO*, int command, long, void*) { return command == BIO_CTRL_FLUSH ? 1 : 0; }

const BIO_METHOD* SocketMethod() {
  static const BIO_METHOD* const method = [] {
    BIO_METHOD* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "socket");
    BIO_meth_set_write(made, BioWrite);
    BIO_meth_set_read(made, BioRead);
    BIO_meth_set_ctrl(made, BioControl);
    return made;
  }();
  return method;
}

class OpenSslTrust final : public TlsTrust {
 public:
  explicit OpenSslTrust(SSL_CTX* context) : context_(context) {}
  ~OpenSslTrust() override { SSL_CTX_free(context_); }
  OpenSslTrust(const OpenSslTrust&) = delete;
  OpenSslTrust& operator=(const OpenSslTrust&) = delete;
  SSL_CTX* context() const { return context_; }

 private:
  SSL_CTX* const context_;
};

std::string LastTlsError() {
  const unsigned long error = ERR_get_error();
  ERR_clear_error();
  const char* reason = error == 0 ? nullptr : ERR_reason_error_string(error);
  return reason == nullptr ? "the connection ended" : reason;
}

class SocketConnection final : public HttpConnection {
 public:
  explicit SocketConnection(FileDescriptor fd) : fd_(std::move(fd)) {}
  ~SocketConnection() override {
    if (tls_ == nullptr) return;
    if (!broken_) SSL_shutdown(tls_);  // says good-bye and does not wait for one
    SSL_free(tls_);
    ERR_clear_error();
  }
  SocketConnection(const SocketConnection&) = delete;
  SocketConnection& operator=(const SocketConnection&) = delete;

  Status StartTls(const std::string& host, const TlsTrust& trust, const HttpWait& wait) override {
    tls_ = SSL_new(static_cast<const OpenSslTrust&>(trust).context());
    if (tls_ == nullptr) return ResourceExhaustedError("TLS: " + LastTlsError());
    BIO* bio = BIO_new(SocketMethod());
    BIO_set_data(bio, reinterpret_cast<void*>(static_cast<intptr_t>(fd_.get())));
    BIO_set_init(bio, 1);
    SSL_set_bio(tls_, bio, bio);
    X509_VERIFY_PARAM* expected = SSL_get0_param(tls_);
    if (X509_VERIFY_PARAM_set1_ip_asc(expected, host.c_str()) != 1) {
      ERR_clear_error();
      SSL_set1_host(tls_, host.c_str());
      SSL_set_tlsext_host_name(tls_, host.c_str());
    }
    const Patience patience(wait);
    while (true) {
      ERR_clear_error();
      const int result = SSL_connect(tls_);
      if (result == 1) return OkStatus();
      const int error = SSL_get_error(tls_, result);
      if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE) {
        broken_ = true;
        const long verified = SSL_get_verify_result(tls_);
        if (verified != X509_V_OK) {
          return UnavailableError(std::string("TLS: the certificate of ") + host +
                                  " is not trusted: " + X509_verify_cert_error_string(verified) +
                                  "; http.ca_file names a file with the authorities to trust");
        }
        return UnavailableError("TLS: " + LastTlsError());
      }
      QUARRY_RETURN_IF_ERROR(WaitFor(error, patience));
    }
  }

  Status Write(std::string_view bytes, const HttpWait& wait) override {
    const Patience patience(wait);
    while (!bytes.empty()) {
      int error = SSL_ERROR_WANT_WRITE;
      ssize_t sent = 0;
      if (tls_ != nullptr) {
        ERR_clear_error();
        sent = SSL_write(tls_, bytes.data(), static_cast<int>(std::min(bytes.size(), kMaxWrite)));
        if (sent <= 0) error = SSL_get_error(tls_, static_cast<int>(sent));
      } else {
        sent = ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent < 0 && errno != EAGAIN && errno != EINTR) error = SSL_ERROR_SYSCALL;
      }
      if (sent > 0) {
        bytes.remove_prefix(static_cast<size_t>(sent));
        continue;
      }
      if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE) {
        broken_ = true;
        return UnavailableError("the connection ended while the request was sent");
      }
      QUARRY_RETURN_IF_ERROR(WaitFor(error, patience));
    }
    return OkStatus();
  }

  Result<size_t> Read(char* buffer, size_t size, const HttpWait& wait) override {
    const Patience patience(wait);
    while (true) {
      int error = SSL_ERROR_WANT_READ;
      ssize_t got = 0;
      if (tls_ != nullptr) {
        ERR_clear_error();
        got = SSL_read(tls_, buffer, static_cast<int>(std::min(size, kMaxWrite)));
        if (got <= 0) error = SSL_get_error(tls_, static_cast<int>(got));
        if (error == SSL_ERROR_ZERO_RETURN) return size_t{0};
      } else {
        got = ::recv(fd_.get(), buffer, size, 0);
        if (got == 0) return size_t{0};
        if (got < 0 && errno != EAGAIN && errno != EINTR) error = SSL_ERROR_SYSCALL;
      }
      if (got > 0) return static_cast<size_t>(got);
      if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE) {
        broken_ = true;
        return UnavailableError(tls_ != nullptr ? "the TLS connection was cut"
                                                : "the connection was reset");
      }
      QUARRY_RETURN_IF_ERROR(WaitFor(error, patience));
    }
  }

  bool IsReusable() override {
    if (broken_) return false;
    char byte = 0;
    if (tls_ != nullptr) {
      ERR_clear_error();
      const int got = SSL_peek(tls_, &byte, 1);  // also takes in what TLS itself has to say
      return got <= 0 && SSL_get_error(tls_, got) == SSL_ERROR_WANT_READ;
    }
    return ::recv(fd_.get(), &byte, 1, MSG_PEEK) < 0 && (errno == EAGAIN || errno == EINTR);
  }

 private:
  static constexpr size_t kMaxWrite = size_t{1} << 20;

  Status WaitFor(int tls_error, const Patience& patience) {
    return Poll(fd_.get(), tls_error == SSL_ERROR_WANT_WRITE ? POLLOUT : POLLIN, patience);
  }

  FileDescriptor fd_;
  SSL* tls_ = nullptr;
  bool broken_ = false;
};

// One attempt. kUnavailable with the system's reason.
Result<FileDescriptor> ConnectTo(const Address& address, const Patience& patience) {
  FileDescriptor fd(
      ::socket(address.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (fd.get() < 0) return UnavailableError(std::string("socket: ") + std::strerror(errno));
  const int on = 1;
  ::setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  const auto* to = reinterpret_cast<const sockaddr*>(&address.storage);
  if (::connect(fd.get(), to, address.size) == 0) return fd;
  if (errno != EINPROGRESS) {
    return UnavailableError(std::string("connect: ") + std::strerror(errno));
  }
  QUARRY_RETURN_IF_ERROR(Poll(fd.get(), POLLOUT, patience));
  int error = 0;
  socklen_t size = sizeof(error);
  ::getsockopt(fd.get(), SOL_SOCKET, SO_ERROR, &error, &size);
  if (error != 0) return UnavailableError(std::string("connect: ") + std::strerror(error));
  return fd;
}

}  // namespace

Result<std::shared_ptr<const TlsTrust>> TlsTrust::Load(const std::string& ca_file) {
  SSL_CTX* context = SSL_CTX_new(TLS_client_method());
  if (context == nullptr) return InternalError("TLS: " + LastTlsError());
  auto trust = std::make_shared<OpenSslTrust>(context);
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  if (ca_file.empty()) {
    SSL_CTX_set_default_verify_paths(context);
  } else if (SSL_CTX_load_verify_locations(context, ca_file.c_str(), nullptr) != 1) {
    return InvalidArgumentError("http.ca_file: " + ca_file +
                                ": expected certificates in PEM: " + LastTlsError());
  }
  ERR_clear_error();
  return std::shared_ptr<const TlsTrust>(std::move(trust));
}

Result<std::unique_ptr<HttpConnection>> HttpConnection::Connect(const std::string& host,
                                                                uint16_t port,
                                                                const AddressFilter& filter,
                                                                const HttpWait& wait) {
  const Patience whole(wait);
  QUARRY_ASSIGN_OR_RETURN(const std::vector<Address> addresses, Resolve(host, port, whole));
  Status last = UnavailableError("host \"" + host + "\" has no address");
  // One that is silent must not use up the time of the others.
  const milliseconds share = wait.limit / std::max<size_t>(1, addresses.size());
  for (const Address& address : addresses) {
    QUARRY_RETURN_IF_ERROR(whole.Check());
    if (filter != nullptr) {
      if (Status refused = filter(host, IpAddressOf(address)); !refused.ok()) {
        last = std::move(refused);
        continue;
      }
    }
    const HttpWait part{wait.context, share, wait.step};
    Result<FileDescriptor> fd = ConnectTo(address, Patience(part));
    if (fd.ok()) {
      return std::unique_ptr<HttpConnection>(std::make_unique<SocketConnection>(*std::move(fd)));
    }
    if (fd.status().code() != Code::kUnavailable) return std::move(fd).status();
    last = std::move(fd).status();
  }
  return last;
}

}  // namespace quarry::model
