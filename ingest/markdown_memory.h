#pragma once

// Memory for trees of Markdown: cmark asks for hundreds of bytes some ten times a line, by functions
// that are told nothing else. Internal to ingest/.

#include <cstddef>

#include "ingest/arena.h"

namespace quarry::ingest {

// While an object lives, its functions give the calling thread memory of an arena, which goes back
// with it: before that nothing need be freed, and after it nothing may be used. One at a time per
// thread.
class MarkdownMemory {
 public:
  MarkdownMemory();
  ~MarkdownMemory();
  MarkdownMemory(const MarkdownMemory&) = delete;
  MarkdownMemory& operator=(const MarkdownMemory&) = delete;

  // As calloc(), realloc() and free() do. REQUIRES: an object lives on the calling thread.
  static void* Calloc(size_t count, size_t size) noexcept;
  static void* Realloc(void* block, size_t size) noexcept;
  static void Free(void* block) noexcept;

 private:
  Arena arena_;
};

}  // namespace quarry::ingest
