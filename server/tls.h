#pragma once

// TLS of the server, 1.2 or later, over sockets that do not block. All waiting is the caller's.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/status.h"

namespace quarry::server {

// One connection. Used by one thread.
class TlsStream {
 public:
  enum class State : uint8_t {
    kDone,       // as far as `bytes` says
    kNeedRead,   // again when the socket can be read
    kNeedWrite,  // again, with the same bytes, when it can be written
    kEnded,      // the other side sends no more
    kFailed,     // the connection is of no use any more
  };
  struct Outcome {
    State state = State::kDone;
    size_t bytes = 0;
  };

  virtual ~TlsStream() = default;
  virtual Outcome Handshake() = 0;
  virtual Outcome Read(char* buffer, size_t size) = 0;
  virtual Outcome Write(std::string_view bytes) = 0;
  // Tells the other side that no more comes, without waiting for anything.
  virtual void EndWriting() = 0;
};

// The certificate of a server and its key. Thread-safe.
class TlsIdentity {
 public:
  // Of PEM files: the certificate, followed by those that it is signed by; its key. kNotFound,
  // kInvalidArgument (no PEM, a key of another certificate), naming the file.
  static Result<std::shared_ptr<const TlsIdentity>> Load(const std::string& certificate_file,
                                                         const std::string& key_file);
  virtual ~TlsIdentity() = default;
  // For a socket that was accepted, which must stay open while the stream lives.
  virtual std::unique_ptr<TlsStream> Accept(int socket) const = 0;
};

}  // namespace quarry::server
