#pragma once

// FormCache: word form -> term, so that stemming is a look-up for words seen before. Words follow
// Zipf's law: tens of thousands of forms make nearly all of a text.

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace quarry {

// Thread-safe and lock-free: a slot is written once and read by everyone. When the few slots of a
// form are taken it is not kept; nothing is ever replaced, for the frequent forms come first.
class FormCache {
 public:
  struct Entry {
    std::string form;
    std::string term;  // empty: a stop word
  };

  FormCache();
  ~FormCache();
  FormCache(const FormCache&) = delete;
  FormCache& operator=(const FormCache&) = delete;

  // The entry of `form`; null if it is not kept. `hash` is FormHash(form).
  const Entry* Find(std::string_view form, uint64_t hash) const {
    for (size_t probe = 0; probe < kProbes; ++probe) {
      const Entry* entry = slots_[(hash + probe) % kSlots].load(std::memory_order_acquire);
      if (entry == nullptr) return nullptr;
      if (entry->form == form) return entry;
    }
    return nullptr;
  }

  // Keeps `form` -> `term` if there is room.
  void Insert(std::string_view form, uint64_t hash, std::string_view term);

 private:
  static constexpr size_t kSlots = size_t{1} << 16;  // at most 5 MB with their entries
  static constexpr size_t kProbes = 4;

  std::unique_ptr<std::atomic<const Entry*>[]> slots_;
};

}  // namespace quarry
