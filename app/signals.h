#pragma once

// SIGINT (Ctrl-C), SIGTERM and SIGHUP end a command cleanly; a server may take SIGHUP for a wish to
// read its files again.

#include "base/call_context.h"

namespace quarry::app {

// While it lives, the first of these signals cancels `token`, and a second one ends the process at
// once with exit code 130: the store survives that too. A signal that was ignored when the program
// started (nohup) stays ignored. At most one object at a time.
class SignalScope {
 public:
  explicit SignalScope(const CancelToken& token);
  ~SignalScope();
  SignalScope(const SignalScope&) = delete;
  SignalScope& operator=(const SignalScope&) = delete;

  enum class Wish { kEnd, kReload };
  // From now on SIGHUP means kReload and ends nothing.
  void ReloadOnHangup();
  // Returns once a signal has come.
  Wish Wait();

 private:
  const CancelToken token_;  // keeps alive what the handler writes to
};

}  // namespace quarry::app
