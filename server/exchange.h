#pragma once

// Exchange: one request under way, shared by the thread that handles it and the network thread that
// writes its response.
//
//   handler's thread                      network thread
//   Begin, Write, Write, ... Finish  -->  (woken) Take, write to the socket, Take, ...
//   or just Finish                   <--  Abandon when the client is gone
//   KeepAlive                        <--  Beat when nothing came for a while
//
// At most kBufferBytes wait to be written; a handler that is faster than its client waits in Write.

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>

#include "server/held_bodies.h"
#include "server/http_types.h"

namespace quarry::server {

// Thread-safe; StreamWriter's part and Finish are for one thread, the handler's. A handler that calls
// them in the wrong order spoils its own response at most: other requests share the process.
class Exchange final : public StreamWriter {
 public:
  static constexpr size_t kBufferBytes = 64 * 1024;

  // Called, from the handler's thread, when there is something to Take; it must not block. `is_last`: by
  // Finish.
  using WakeUp = std::function<void(bool is_last)>;
  // `hold` is what the body of the request takes.
  Exchange(Request request, CallContext context, WakeUp wake, BodyHold hold = {});

  const Request& request() const { return request_; }
  const CallContext& context() const { return context_; }

  void Begin(Response head) override;
  bool Write(std::string_view bytes) override;
  bool begun() const override;
  void KeepAlive(Response head) override;
  // Ends the exchange: with this response or, once begun, with what has been written. Called
  // once, as the last thing the handler's thread does with the exchange: the body of the request
  // goes with it. A second call changes nothing.
  void Finish(Response response);

  // What there is to write since the last Take. `response` is set once, by Finish without Begin.
  struct Output {
    std::optional<Response> head;
    std::string bytes;
    std::optional<Response> response;
    bool finished = false;
  };
  Output Take();
  // Puts a comment into the output, and the head of the stream before the first; nothing unless
  // KeepAlive was called and nothing else waits.
  void Beat();
  // Nobody will Take any more: cancels the context, and Write returns false from now on.
  void Abandon();

 private:
  void BeginLocked(Response head);
  void Wake(std::unique_lock<std::mutex> lock);

  BodyHold hold_;
  Request request_;  // changed by Finish only
  const CallContext context_;
  const WakeUp wake_;

  mutable std::mutex mutex_;
  std::condition_variable room_;
  Output output_;                            // guarded by mutex_
  std::optional<Response> keep_alive_head_;  // guarded by mutex_; set by KeepAlive
  bool kept_alive_ = false;                  // guarded by mutex_; that head was sent
  bool begun_ = false;                       // guarded by mutex_
  bool abandoned_ = false;                   // guarded by mutex_
  bool awake_ = false;  // guarded by mutex_; the network thread has been told and has not come yet
};

}  // namespace quarry::server
