#include "ingest/arena.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <utility>

#include "base/status.h"

namespace quarry::ingest {
namespace {

constexpr size_t kFirstPiece = size_t{256} << 10;
constexpr size_t kLargestPiece = size_t{4} << 20;
constexpr size_t kUnit = alignof(std::max_align_t);

// Before each block.
struct alignas(std::max_align_t) Header {
  size_t size;  // of the block, a multiple of kUnit
};

size_t Rounded(size_t size) {
  QUARRY_CHECK(size <= SIZE_MAX / 2);
  return std::max((size + kUnit - 1) / kUnit * kUnit, kUnit);
}

Header* HeaderOf(void* block) { return static_cast<Header*>(block) - 1; }

}  // namespace

thread_local Arena::Piece Arena::spare_;

Arena::Arena() {
  pieces_.push_back(spare_ ? std::move(spare_)
                           : std::make_unique_for_overwrite<char[]>(kFirstPiece));
  at_ = pieces_[0].get();
  left_ = kFirstPiece;
}

Arena::~Arena() { spare_ = std::move(pieces_[0]); }

void* Arena::Allocate(size_t size) {
  size = Rounded(size);
  if (size / kUnit < free_.size()) {
    if (void*& first = free_[size / kUnit]; first != nullptr) {
      void* block = first;
      std::memcpy(&first, block, sizeof(first));
      return block;
    }
  }
  const size_t wanted = sizeof(Header) + size;
  if (wanted > left_) AddPiece(wanted);
  auto* header = reinterpret_cast<Header*>(at_);
  header->size = size;
  at_ += wanted;
  left_ -= wanted;
  return header + 1;
}

void* Arena::Resize(void* block, size_t size) {
  if (block == nullptr) return Allocate(size);
  size_t& held = HeaderOf(block)->size;
  if (Rounded(size) <= held) return block;
  const size_t more = Rounded(size) - held;
  if (static_cast<char*>(block) + held == at_ && more <= left_) {
    held += more;
    at_ += more;
    left_ -= more;
    return block;
  }
  void* moved = Allocate(size);
  std::memcpy(moved, block, held);
  Free(block);
  return moved;
}

void Arena::Free(void* block) {
  if (block == nullptr) return;
  const size_t units = HeaderOf(block)->size / kUnit;
  if (units >= free_.size()) return;
  std::memcpy(block, &free_[units], sizeof(void*));
  free_[units] = block;
}

void Arena::AddPiece(size_t wanted) {
  const size_t usual = std::min(kLargestPiece, kFirstPiece << std::min<size_t>(pieces_.size(), 4));
  const size_t size = std::max(usual, wanted);
  pieces_.push_back(std::make_unique_for_overwrite<char[]>(size));
  at_ = pieces_.back().get();
  left_ = size;
}

}  // namespace quarry::ingest
