#include "base/form_cache.h"

namespace quarry {

FormCache::FormCache() : slots_(std::make_unique<std::atomic<const Entry*>[]>(kSlots)) {}

FormCache::~FormCache() {
  for (size_t i = 0; i < kSlots; ++i) delete slots_[i].load(std::memory_order_relaxed);
}

void FormCache::Insert(std::string_view form, uint64_t hash, std::string_view term) {
  auto entry = std::make_unique<const Entry>(Entry{std::string(form), std::string(term)});
  for (size_t probe = 0; probe < kProbes; ++probe) {
    const Entry* expected = nullptr;
    if (slots_[(hash + probe) % kSlots].compare_exchange_strong(expected, entry.get(),
                                                                std::memory_order_acq_rel)) {
      entry.release();
      return;
    }
    if (expected->form == form) return;  // another thread was first
  }
}

}  // namespace quarry
