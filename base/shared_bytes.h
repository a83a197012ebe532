#pragma once

// Bytes that live as long as someone holds them: a mapped file, or memory of our own.

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "base/status.h"

namespace quarry {

// Immutable and thread-safe. A copy shares the bytes.
struct SharedBytes {
  std::string_view view;
  std::shared_ptr<const void> owner;  // keeps `view` valid
  bool mapped = false;  // pages of a file: the system takes them back when it needs them
};

SharedBytes ShareString(std::string bytes);

// Zeroed memory for large arrays, in pages of 2 MB where the system has them: walking a graph
// touches memory everywhere, and with pages of 4 KB much of its time goes into translating
// addresses. Begins at a page, so at a multiple of 64. Movable.
class HugeBuffer {
 public:
  // kResourceExhausted when memory runs out.
  static Result<HugeBuffer> Allocate(size_t size);
  HugeBuffer() = default;
  HugeBuffer(HugeBuffer&& other) noexcept;
  HugeBuffer& operator=(HugeBuffer&& other) noexcept;
  ~HugeBuffer();

  char* data() { return data_; }
  const char* data() const { return data_; }
  size_t size() const { return size_; }

  static SharedBytes Share(HugeBuffer buffer);

 private:
  HugeBuffer(char* data, size_t size) : data_(data), size_(size) {}
  char* data_ = nullptr;
  size_t size_ = 0;
};

}  // namespace quarry
