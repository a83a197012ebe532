#include "base/form_cache.h"

#include <algorithm>
#include <atomic>

#include "base/status.h"

namespace quarry {

// calloc rather than new: zero pages of the system cost nothing until they are used.
FormCache::FormCache() : memory_(std::calloc(kSlots + 1, sizeof(Slot))) {
  QUARRY_CHECK(memory_ != nullptr);
  void* begin = memory_.get();
  size_t space = (kSlots + 1) * sizeof(Slot);
  slots_ = static_cast<Slot*>(std::align(alignof(Slot), kSlots * sizeof(Slot), begin, space));
}

std::optional<std::string_view> FormCache::Find(const FormKey& key) const {
  const uint64_t hash = key.Hash();
  for (size_t probe = 0; probe < kProbes; ++probe) {
    Slot& slot = slots_[(hash + probe) % kSlots];
    const uint32_t state = std::atomic_ref(slot.state).load(std::memory_order_acquire);
    if (state == kEmpty) return std::nullopt;
    if (state == kReady && slot.key == key) return std::string_view(slot.term, slot.term_size);
  }
  return std::nullopt;
}

void FormCache::Insert(const FormKey& key, std::string_view term) {
  if (term.size() > sizeof(Slot::term)) return;
  const uint64_t hash = key.Hash();
  for (size_t probe = 0; probe < kProbes; ++probe) {
    Slot& slot = slots_[(hash + probe) % kSlots];
    std::atomic_ref state(slot.state);
    uint32_t expected = kEmpty;
    if (state.compare_exchange_strong(expected, kBeingWritten, std::memory_order_acq_rel)) {
      slot.key = key;
      slot.term_size = static_cast<uint32_t>(term.size());
      std::copy(term.begin(), term.end(), slot.term);
      state.store(kReady, std::memory_order_release);
      return;
    }
    if (expected == kReady && slot.key == key) return;  // another thread was first
  }
}

}  // namespace quarry
