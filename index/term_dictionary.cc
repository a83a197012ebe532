#include "index/term_dictionary.h"

#include <bit>

#include "base/hash.h"
#include "base/status.h"

namespace quarry::index {
namespace {

constexpr size_t kFewestSlots = 8;

}  // namespace

uint32_t TermDictionary::HashOf(std::string_view term) {
  return static_cast<uint32_t>(Hash64(term));
}

TermDictionary::TermDictionary() : slots_(kFewestSlots) {}

size_t TermDictionary::Probe(std::string_view term, uint32_t hash) const {
  const size_t mask = slots_.size() - 1;
  size_t at = hash & mask;
  while (slots_[at].number != kNone) {
    if (slots_[at].hash == hash && this->term(slots_[at].number) == term) return at;
    at = (at + 1) & mask;
  }
  return at;
}

uint32_t TermDictionary::Add(std::string_view term, uint32_t hash) {
  size_t at = Probe(term, hash);
  if (slots_[at].number != kNone) return slots_[at].number;
  QUARRY_CHECK(hashes_.size() < kNone);
  if ((hashes_.size() + 1) * 5 > slots_.size() * 3) {
    Rehash(slots_.size() * 2);
    at = Probe(term, hash);
  }
  const uint32_t number = size();
  slots_[at] = {.hash = hash, .number = number};
  bytes_.append(term);
  ends_.push_back(bytes_.size());
  hashes_.push_back(hash);
  return number;
}

void TermDictionary::Rehash(size_t slots) {
  slots_.assign(slots, Slot{});
  const size_t mask = slots - 1;
  for (uint32_t number = 0; number < size(); ++number) {
    size_t at = hashes_[number] & mask;
    while (slots_[at].number != kNone) at = (at + 1) & mask;
    slots_[at] = {.hash = hashes_[number], .number = number};
  }
}

}  // namespace quarry::index
