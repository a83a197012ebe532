#pragma once

// TokenCharge: what an answer takes of its key's limits of tokens. The calls of models are counted
// as they are made, whether or not the answer comes to its end (CallContext::usage), and the
// dispatcher charges them to the key when the request ends. An answer that came may have taken
// more: one without a model is counted by what it read and wrote.
//
//   TokenCharge charge(call);
//   QUARRY_ASSIGN_OR_RETURN(const Answer answer, ...);
//   charge.Took(answer.usage);
//
// One answer each. Belongs to one thread.

#include <cstdint>

#include "base/answer.h"
#include "server/http_types.h"

namespace quarry::server {

class TokenCharge {
 public:
  // Before the answer is made.
  explicit TokenCharge(const Call& call)
      : meter_(call.context.usage), before_(meter_ == nullptr ? 0 : meter_->tokens()) {}

  // All that the answer took, its calls of models among it.
  void Took(uint64_t tokens) const {
    if (meter_ != nullptr) meter_->RaiseTo(before_ + tokens);
  }
  void Took(const Usage& usage) const {
    Took(uint64_t{usage.prompt_tokens} + usage.completion_tokens);
  }

 private:
  UsageMeter* const meter_;
  const uint64_t before_;
};

}  // namespace quarry::server
