#include "ingest/markdown_memory.h"

#include <cstdint>
#include <cstring>

#include "base/status.h"

namespace quarry::ingest {
namespace {

thread_local Arena* current = nullptr;

}  // namespace

MarkdownMemory::MarkdownMemory() {
  QUARRY_CHECK(current == nullptr);
  current = &arena_;
}

MarkdownMemory::~MarkdownMemory() { current = nullptr; }

void* MarkdownMemory::Calloc(size_t count, size_t size) noexcept {
  QUARRY_CHECK(current != nullptr && (size == 0 || count <= SIZE_MAX / 2 / size));
  void* block = current->Allocate(count * size);
  std::memset(block, 0, count * size);
  return block;
}

void* MarkdownMemory::Realloc(void* block, size_t size) noexcept {
  QUARRY_CHECK(current != nullptr);
  return current->Resize(block, size);
}

void MarkdownMemory::Free(void* block) noexcept {
  if (current != nullptr) current->Free(block);
}

}  // namespace quarry::ingest
