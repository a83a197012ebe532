#include "base/shared_bytes.h"

#include <sys/mman.h>

#include <string>
#include <utility>

namespace quarry {
namespace {

constexpr size_t kHugePage = 2u << 20;

size_t Mapped(size_t size) { return (size + kHugePage - 1) / kHugePage * kHugePage; }

}  // namespace

SharedBytes ShareString(std::string bytes) {
  const auto owner = std::make_shared<const std::string>(std::move(bytes));
  return {.view = *owner, .owner = owner};
}

Result<HugeBuffer> HugeBuffer::Allocate(size_t size) {
  if (size == 0) return HugeBuffer();
  if (size > SIZE_MAX - 2 * kHugePage) return ResourceExhaustedError("out of memory");
  // One page more than needed, so that a huge page's boundary lies inside; the rest is given back.
  const size_t length = Mapped(size);
  void* mapped = mmap(nullptr, length + kHugePage, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (mapped == MAP_FAILED) {
    return ResourceExhaustedError("out of memory: " + std::to_string(size) + " bytes");
  }
  char* const begin = static_cast<char*>(mapped);
  const size_t skip = (kHugePage - reinterpret_cast<uintptr_t>(begin) % kHugePage) % kHugePage;
  if (skip > 0) munmap(begin, skip);
  if (skip < kHugePage) munmap(begin + skip + length, kHugePage - skip);
  madvise(begin + skip, length, MADV_HUGEPAGE);  // a wish: without it everything works, slower
  return HugeBuffer(begin + skip, size);
}

HugeBuffer::HugeBuffer(HugeBuffer&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

HugeBuffer& HugeBuffer::operator=(HugeBuffer&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  return *this;
}

HugeBuffer::~HugeBuffer() {
  if (data_ != nullptr) munmap(data_, Mapped(size_));
}

SharedBytes HugeBuffer::Share(HugeBuffer buffer) {
  auto owner = std::make_shared<const HugeBuffer>(std::move(buffer));
  return {.view = {owner->data(), owner->size()}, .owner = owner};
}

}  // namespace quarry
