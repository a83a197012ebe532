#pragma once

// Troubles: work that waits because of what may pass, a full disk or a model that cannot be reached, and is
// tried again until it does.
//
//   pause = troubles.Add("upload up_1", status);   // logged the first time, and where it is another
//   ... waits for `pause` and tries again: the pause doubles from trouble to trouble ...
//   troubles.End("upload up_1");                   // logged, where it was in trouble
//
// What is in trouble can be asked for meanwhile: with a full disk nothing else can tell. Thread-safe.

#include <chrono>
#include <map>
#include <mutex>
#include <string>

#include "base/status.h"

namespace quarry::server {

class Troubles {
 public:
  explicit Troubles(std::chrono::milliseconds first_pause) : first_pause_(first_pause) {}

  // How long to wait before `what` is tried again. REQUIRES: !why.ok().
  std::chrono::milliseconds Add(const std::string& what, const Status& why);
  // It came to an end, whichever.
  void End(const std::string& what);
  // Why `what` waits; "" where it is in no trouble.
  std::string Of(const std::string& what) const;

 private:
  struct Trouble {
    Code code;
    std::string message;
    std::chrono::milliseconds pause;
  };

  const std::chrono::milliseconds first_pause_;
  mutable std::mutex mutex_;
  std::map<std::string, Trouble> troubles_;  // guarded by mutex_
};

}  // namespace quarry::server
