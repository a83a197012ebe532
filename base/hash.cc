#include "base/hash.h"

#include <xxhash.h>

#include "base/status.h"

namespace quarry {
namespace {

XXH3_state_t* State(void* state) { return static_cast<XXH3_state_t*>(state); }

}  // namespace

uint64_t Hash64(std::string_view bytes, uint64_t seed) {
  return XXH3_64bits_withSeed(bytes.data(), bytes.size(), seed);
}

uint64_t HashCombine(uint64_t hash, uint64_t value) {
  // As bytes in a fixed order, so that the result does not depend on the machine.
  unsigned char bytes[8];
  for (int i = 0; i < 8; ++i) bytes[i] = static_cast<unsigned char>(value >> (8 * i));
  return XXH3_64bits_withSeed(bytes, sizeof(bytes), hash);
}

std::string HashToHex(uint64_t hash) {
  std::string hex(16, '0');
  for (size_t i = 16; i-- > 0; hash >>= 4) hex[i] = "0123456789abcdef"[hash & 15];
  return hex;
}

StreamingHash::StreamingHash() : state_(XXH3_createState()) {
  QUARRY_CHECK(state_ != nullptr);
  XXH3_64bits_reset(State(state_));
}

StreamingHash::~StreamingHash() { XXH3_freeState(State(state_)); }

void StreamingHash::Update(std::string_view bytes) {
  XXH3_64bits_update(State(state_), bytes.data(), bytes.size());
}

uint64_t StreamingHash::Finish() const { return XXH3_64bits_digest(State(state_)); }

}  // namespace quarry
