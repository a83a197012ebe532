#include "model/token_counter.h"

#include "base/text.h"

namespace quarry::model {

Result<uint64_t> TokenCounter::Count(std::string_view text) {
  if (!is_exact()) return uint64_t{CountTokens(text)};
  std::shared_ptr<const Tokenizer> tokenizer;
  {
    std::lock_guard lock(mutex_);
    if (tokenizer_ == nullptr) {
      QUARRY_ASSIGN_OR_RETURN(tokenizer_, OpenTokenizer(folder_));
    }
    tokenizer = tokenizer_;
  }
  return tokenizer->Count(text);
}

}  // namespace quarry::model
