#pragma once

// WordTerms: what a folded word of Latin letters is indexed as.

#include <cstddef>
#include <string_view>

#include "base/form_cache.h"

namespace quarry {

// Thread-safe.
class WordTerms {
 public:
  WordTerms(bool drop_stop_words, bool stem) : drop_stop_words_(drop_stop_words), stem_(stem) {}

  // The term of `word`, empty for a stop word. Valid while `word` is and until the next call on the
  // same thread.
  std::string_view TermOf(std::string_view word);

  // Likewise for the word of `size` letters at `padded`, a buffer of FormKey::kMaxBytes that is
  // filled up with zeros: saves a copy where the caller has it so.
  std::string_view TermOfPadded(const char* padded, size_t size);
  // Fetches what that will look at first.
  void Prefetch(const char* padded) const { cache_.Prefetch(FormKey::FromPadded(padded)); }

 private:
  std::string_view LookUp(const FormKey& key, std::string_view word);
  std::string_view Derive(std::string_view word) const;

  const bool drop_stop_words_;
  const bool stem_;
  FormCache cache_;
};

// The stem of `word` by Snowball English ("Porter2"). Valid until the next call on the same thread.
std::string_view EnglishStem(std::string_view word);

}  // namespace quarry
