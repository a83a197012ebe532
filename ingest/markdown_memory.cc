#include "ingest/markdown_memory.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <vector>

#include "base/status.h"

namespace quarry::ingest {
namespace {

constexpr size_t kFirstPiece = size_t{256} << 10;
constexpr size_t kLargestPiece = size_t{4} << 20;

// Before each block, so that it can grow.
struct alignas(std::max_align_t) Header {
  size_t size;
};

class Arena {
 public:
  void* Allocate(size_t size) {
    const size_t wanted = sizeof(Header) + Rounded(size);
    if (wanted > left_) AddPiece(wanted);
    auto* header = reinterpret_cast<Header*>(at_);
    header->size = Rounded(size);
    at_ += wanted;
    left_ -= wanted;
    return header + 1;
  }

  void* Resize(void* block, size_t size) {
    if (block == nullptr) return Allocate(size);
    Header* header = static_cast<Header*>(block) - 1;
    if (Rounded(size) <= header->size) return block;
    const size_t more = Rounded(size) - header->size;
    if (static_cast<char*>(block) + header->size == at_ && more <= left_) {
      header->size += more;
      at_ += more;
      left_ -= more;
      return block;
    }
    void* moved = Allocate(size);
    std::memcpy(moved, block, header->size);
    return moved;
  }

  // Keeps the first piece for the next tree.
  void Reset() {
    if (pieces_.empty()) return;
    pieces_.resize(1);
    at_ = pieces_[0].get();
    left_ = kFirstPiece;
  }

 private:
  static size_t Rounded(size_t size) {
    constexpr size_t kUnit = alignof(std::max_align_t);
    QUARRY_CHECK(size <= SIZE_MAX / 2);
    return (size + kUnit - 1) / kUnit * kUnit;
  }

  void AddPiece(size_t wanted) {
    const size_t usual =
        std::min(kLargestPiece, kFirstPiece << std::min<size_t>(pieces_.size(), 4));
    const size_t size =
        pieces_.empty() && wanted <= kFirstPiece ? kFirstPiece : std::max(usual, wanted);
    // The piece that Reset() keeps has its size.
    if (pieces_.empty() && size != kFirstPiece) {
      pieces_.push_back(std::make_unique_for_overwrite<char[]>(kFirstPiece));
    }
    pieces_.push_back(std::make_unique_for_overwrite<char[]>(size));
    at_ = pieces_.back().get();
    left_ = size;
  }

  std::vector<std::unique_ptr<char[]>> pieces_;
  char* at_ = nullptr;
  size_t left_ = 0;
};

thread_local Arena arena;
thread_local bool is_open = false;

}  // namespace

MarkdownMemory::MarkdownMemory() {
  QUARRY_CHECK(!is_open);
  is_open = true;
}

MarkdownMemory::~MarkdownMemory() {
  arena.Reset();
  is_open = false;
}

void* MarkdownMemory::Calloc(size_t count, size_t size) noexcept {
  QUARRY_CHECK(is_open && (size == 0 || count <= SIZE_MAX / 2 / size));
  void* block = arena.Allocate(count * size);
  std::memset(block, 0, count * size);
  return block;
}

void* MarkdownMemory::Realloc(void* block, size_t size) noexcept {
  QUARRY_CHECK(is_open);
  return arena.Resize(block, size);
}

}  // namespace quarry::ingest
