#include "model/token_counter.h"

#include "base/hash.h"
#include "base/text.h"
#include "model/model_fault.h"

namespace quarry::model {

Result<uint64_t> TokenCounter::Count(std::string_view text) {
  if (!is_exact()) return uint64_t{CountTokens(text)};
  QUARRY_ASSIGN_OR_RETURN(const std::shared_ptr<const Tokenizer> tokenizer, Open());
  return tokenizer->Count(text);
}

Result<std::string> TokenCounter::Fingerprint() {
  if (!is_exact()) return std::string();
  QUARRY_ASSIGN_OR_RETURN(const std::shared_ptr<const Tokenizer> tokenizer, Open());
  return tokenizer->kind() + ":" + HashToHex(tokenizer->files_hash());
}

Result<std::shared_ptr<const Tokenizer>> TokenCounter::Open() {
  std::lock_guard lock(mutex_);
  if (tokenizer_ == nullptr) {
    Result<std::shared_ptr<const Tokenizer>> opened = OpenTokenizer(folder_);
    if (!opened.ok()) return ModelFault("tokens.tokenizer", opened.status());
    tokenizer_ = *std::move(opened);
  }
  return tokenizer_;
}

}  // namespace quarry::model
