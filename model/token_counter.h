#pragma once

// TokenCounter: how many tokens a text is to a language model: of one whose tokenizer is given
// exactly, else by the estimate of CountTokens (base/text.h).

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

#include "base/status.h"
#include "model/tokenizer.h"

namespace quarry::model {

// Thread-safe.
class TokenCounter {
 public:
  // `folder` has a tokenizer.json or vocab.txt, opened when something is first counted; "": estimates.
  explicit TokenCounter(std::string folder) : folder_(std::move(folder)) {}

  bool is_exact() const { return !folder_.empty(); }
  // Without special tokens. Errors: those of OpenTokenizer, by ModelFault, and of Tokenizer::Count.
  Result<uint64_t> Count(std::string_view text);
  // Changes whenever any count would; "" for estimates. Errors: those of opening.
  Result<std::string> Fingerprint();

 private:
  Result<std::shared_ptr<const Tokenizer>> Open();

  const std::string folder_;
  std::mutex mutex_;
  std::shared_ptr<const Tokenizer> tokenizer_;  // guarded by mutex_
};

}  // namespace quarry::model
