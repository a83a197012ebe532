#pragma once

// Memory for trees of Markdown: cmark asks for hundreds of bytes some ten times a line, and gives
// them all back at once. Internal to ingest/.

#include <cstddef>

namespace quarry::ingest {

// While an object lives, its functions give the calling thread memory from large pieces, which all
// go back with it: before that nothing need be freed, and after it nothing may be used. One at a
// time per thread. Where the system has no memory left the process ends, as cmark has it.
class MarkdownMemory {
 public:
  MarkdownMemory();
  ~MarkdownMemory();
  MarkdownMemory(const MarkdownMemory&) = delete;
  MarkdownMemory& operator=(const MarkdownMemory&) = delete;

  // As calloc() and realloc() do. REQUIRES: an object lives on the calling thread.
  static void* Calloc(size_t count, size_t size) noexcept;
  static void* Realloc(void* block, size_t size) noexcept;
  static void Free(void*) noexcept {}
};

}  // namespace quarry::ingest
