#include "server/tls.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509err.h>
#include <sys/socket.h>

#include <cerrno>
#include <utility>

#include "base/file.h"

namespace quarry::server {
namespace {

constexpr uint64_t kMostFileBytes = 1 << 20;

// ---- a BIO over a socket that raises no SIGPIPE ----

int SocketOf(BIO* bio) { return static_cast<int>(reinterpret_cast<intptr_t>(BIO_get_data(bio))); }

bool IsTransient(ssize_t result) {
  return result < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR);
}

int BioWrite(BIO* bio, const char* bytes, int size) {
  BIO_clear_retry_flags(bio);
  const ssize_t sent = ::send(SocketOf(bio), bytes, static_cast<size_t>(size), MSG_NOSIGNAL);
  if (IsTransient(sent)) BIO_set_retry_write(bio);
  return static_cast<int>(sent);
}

int BioRead(BIO* bio, char* bytes, int size) {
  BIO_clear_retry_flags(bio);
  const ssize_t got = ::recv(SocketOf(bio), bytes, static_cast<size_t>(size), 0);
  if (IsTransient(got)) BIO_set_retry_read(bio);
  return static_cast<int>(got);
}

long BioControl(BIO*, int command, long, void*) { return command == BIO_CTRL_FLUSH ? 1 : 0; }

const BIO_METHOD* SocketMethod() {
  static const BIO_METHOD* const method = [] {
    BIO_METHOD* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "server socket");
    BIO_meth_set_write(made, BioWrite);
    BIO_meth_set_read(made, BioRead);
    BIO_meth_set_ctrl(made, BioControl);
    return made;
  }();
  return method;
}

std::string LastError() {
  const unsigned long error = ERR_peek_last_error();
  ERR_clear_error();
  const char* reason = error == 0 ? nullptr : ERR_reason_error_string(error);
  return reason == nullptr ? "cannot be used" : reason;
}

// ---- one connection ----

class OpenSslStream final : public TlsStream {
 public:
  explicit OpenSslStream(SSL* ssl) : ssl_(ssl) {}
  ~OpenSslStream() override {
    SSL_free(ssl_);
    ERR_clear_error();
  }
  OpenSslStream(const OpenSslStream&) = delete;
  OpenSslStream& operator=(const OpenSslStream&) = delete;

  Outcome Handshake() override {
    ERR_clear_error();
    return Finish(SSL_do_handshake(ssl_), 0);
  }
  Outcome Read(char* buffer, size_t size) override {
    ERR_clear_error();
    size_t bytes = 0;
    const int result = SSL_read_ex(ssl_, buffer, size, &bytes);
    return Finish(result, bytes);
  }
  Outcome Write(std::string_view bytes) override {
    ERR_clear_error();
    size_t written = 0;
    const int result = SSL_write_ex(ssl_, bytes.data(), bytes.size(), &written);
    return Finish(result, written);
  }
  void EndWriting() override {
    ERR_clear_error();
    if (!failed_ && SSL_is_init_finished(ssl_)) SSL_shutdown(ssl_);
    ERR_clear_error();
  }

 private:
  Outcome Finish(int result, size_t bytes) {
    if (result > 0) return {State::kDone, bytes};
    switch (SSL_get_error(ssl_, result)) {
      case SSL_ERROR_WANT_READ:
        return {State::kNeedRead, 0};
      case SSL_ERROR_WANT_WRITE:
        return {State::kNeedWrite, 0};
      case SSL_ERROR_ZERO_RETURN:
        return {State::kEnded, 0};
      default:
        failed_ = true;
        return {State::kFailed, 0};
    }
  }

  SSL* const ssl_;
  bool failed_ = false;
};

class OpenSslIdentity final : public TlsIdentity {
 public:
  explicit OpenSslIdentity(SSL_CTX* context) : context_(context) {}
  ~OpenSslIdentity() override { SSL_CTX_free(context_); }
  OpenSslIdentity(const OpenSslIdentity&) = delete;
  OpenSslIdentity& operator=(const OpenSslIdentity&) = delete;

  std::unique_ptr<TlsStream> Accept(int socket) const override {
    SSL* const ssl = SSL_new(context_);
    BIO* const bio = BIO_new(SocketMethod());
    QUARRY_CHECK(ssl != nullptr && bio != nullptr);  // memory
    BIO_set_data(bio, reinterpret_cast<void*>(static_cast<intptr_t>(socket)));
    BIO_set_init(bio, 1);
    SSL_set_bio(ssl, bio, bio);  // which owns it now
    SSL_set_accept_state(ssl);
    return std::make_unique<OpenSslStream>(ssl);
  }

  SSL_CTX* context() const { return context_; }

 private:
  SSL_CTX* const context_;
};

}  // namespace

Result<std::shared_ptr<const TlsIdentity>> TlsIdentity::Load(const std::string& certificate_file,
                                                             const std::string& key_file) {
  // OpenSSL's errors of missing files say less than ours.
  QUARRY_RETURN_IF_ERROR(ReadFile(certificate_file, kMostFileBytes).status());
  QUARRY_RETURN_IF_ERROR(ReadFile(key_file, kMostFileBytes).status());
  ERR_clear_error();
  SSL_CTX* const context = SSL_CTX_new(TLS_server_method());
  QUARRY_CHECK(context != nullptr);  // memory
  auto identity = std::make_shared<OpenSslIdentity>(context);
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  // What one write could not take whole is offered again from another place in memory.
  SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                SSL_MODE_RELEASE_BUFFERS);
  if (SSL_CTX_use_certificate_chain_file(context, certificate_file.c_str()) != 1) {
    return InvalidArgumentError(certificate_file +
                                ": expected a certificate in PEM: " + LastError());
  }
  if (SSL_CTX_use_PrivateKey_file(context, key_file.c_str(), SSL_FILETYPE_PEM) != 1) {
    if (ERR_GET_REASON(ERR_peek_last_error()) == X509_R_KEY_VALUES_MISMATCH) {
      ERR_clear_error();
      return InvalidArgumentError(key_file + ": is not the key of " + certificate_file);
    }
    return InvalidArgumentError(key_file +
                                ": expected the certificate's key in PEM, without a "
                                "password: " +
                                LastError());
  }
  return std::shared_ptr<const TlsIdentity>(std::move(identity));
}

}  // namespace quarry::server
