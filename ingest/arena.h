#pragma once

// Arena: memory for the trees that C libraries build of a text: they ask for small blocks hundreds
// of thousands of times, and all can go back at once. Internal to ingest/.

#include <array>
#include <cstddef>
#include <memory>
#include <vector>

namespace quarry::ingest {

// Blocks are aligned for any type. Where the system has no memory left the process ends, as the
// libraries have it. Not thread-safe.
class Arena {
 public:
  Arena();
  // Everything goes back.
  ~Arena();
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;

  void* Allocate(size_t size);
  // As realloc(): `block` may be null.
  void* Resize(void* block, size_t size);
  // For another small block of its size to take; never needed. `block` may be null.
  void Free(void* block);

 private:
  using Piece = std::unique_ptr<char[]>;

  void AddPiece(size_t wanted);

  std::vector<Piece> pieces_;
  char* at_ = nullptr;  // in the last piece, with so many bytes left
  size_t left_ = 0;
  std::array<void*, 32> free_ = {};  // by size in units of the alignment: the first of a list

  // Of the arena before on this thread, for the next: most trees need no more.
  static thread_local Piece spare_;
};

}  // namespace quarry::ingest
