#pragma once

// FormCache: word form -> term, so that stemming is a look-up for words seen before. Words follow
// Zipf's law: tens of thousands of forms make nearly all of a text.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <optional>
#include <string_view>

namespace quarry {

// A word of at most kMaxBytes as whole machine words, so that it is hashed and compared without a
// call.
struct FormKey {
  static constexpr size_t kWords = 3;
  static constexpr size_t kMaxBytes = kWords * 8;

  uint64_t words[kWords] = {};

  // `padded` holds the form and then zeros, kMaxBytes in all. No form contains a zero byte.
  static FormKey FromPadded(const char* padded) {
    FormKey key;
    std::memcpy(key.words, padded, kMaxBytes);
    return key;
  }

  uint64_t Hash() const {
    const uint64_t sum = words[0] * 0x9E3779B97F4A7C15u + words[1] * 0xC2B2AE3D27D4EB4Fu +
                         words[2] * 0x165667B19E3779F9u;
    return (sum ^ sum >> 32) * 0xD6E8FEB86659FD93u >> 32;
  }

  friend bool operator==(const FormKey&, const FormKey&) = default;
};

// Thread-safe without locks: a slot is written once and then only read. When the few slots of a
// form are taken it is not kept; nothing is ever replaced, for the frequent forms come first.
class FormCache {
 public:
  FormCache();
  FormCache(const FormCache&) = delete;
  FormCache& operator=(const FormCache&) = delete;

  // The term kept for `key`, empty for a stop word; nullopt if none is. Valid as long as the cache.
  std::optional<std::string_view> Find(const FormKey& key) const;

  // Fetches from memory what Find will look at first.
  void Prefetch(const FormKey& key) const { __builtin_prefetch(&slots_[key.Hash() % kSlots]); }

  // Keeps `term` for `key` if there is room for it.
  void Insert(const FormKey& key, std::string_view term);

 private:
  // One cache line. `state` is only touched through std::atomic_ref.
  struct alignas(64) Slot {
    uint32_t state;
    uint32_t term_size;
    FormKey key;
    char term[32];
  };
  static_assert(sizeof(Slot) == 64);
  enum State : uint32_t { kEmpty, kBeingWritten, kReady };

  static constexpr size_t kSlots = size_t{1} << 15;  // 2 MB, committed by the page as they fill
  static constexpr size_t kProbes = 4;

  struct Free {
    void operator()(void* memory) const { std::free(memory); }
  };
  std::unique_ptr<void, Free> memory_;
  Slot* slots_;
};

}  // namespace quarry
