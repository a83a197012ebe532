#include "base/analyzer_words.h"

#include <libstemmer.h>

#include <cstring>
#include <memory>

#include "base/status.h"
#include "base/stop_words.h"

namespace quarry {

std::string_view EnglishStem(std::string_view word) {
  struct Deleter {
    void operator()(sb_stemmer* stemmer) const { sb_stemmer_delete(stemmer); }
  };
  // A stemmer is not thread-safe but keeps nothing between words.
  thread_local const std::unique_ptr<sb_stemmer, Deleter> stemmer(
      sb_stemmer_new("english", nullptr));
  QUARRY_CHECK(stemmer != nullptr);
  const sb_symbol* stem =
      sb_stemmer_stem(stemmer.get(), reinterpret_cast<const sb_symbol*>(word.data()),
                      static_cast<int>(word.size()));
  QUARRY_CHECK(stem != nullptr);
  return {reinterpret_cast<const char*>(stem),
          static_cast<size_t>(sb_stemmer_length(stemmer.get()))};
}

std::string_view WordTerms::TermOf(std::string_view word) {
  if (word.size() > FormKey::kMaxBytes) return Derive(word);
  char padded[FormKey::kMaxBytes] = {};
  std::memcpy(padded, word.data(), word.size());
  return LookUp(FormKey::FromPadded(padded), word);
}

std::string_view WordTerms::TermOfPadded(const char* padded, size_t size) {
  return LookUp(FormKey::FromPadded(padded), {padded, size});
}

std::string_view WordTerms::LookUp(const FormKey& key, std::string_view word) {
  if (const auto known = cache_.Find(key)) return *known;
  const std::string_view term = Derive(word);
  cache_.Insert(key, term);
  return term;
}

std::string_view WordTerms::Derive(std::string_view word) const {
  if (drop_stop_words_ && IsStopWord(word)) return {};
  return stem_ ? EnglishStem(word) : word;
}

}  // namespace quarry
