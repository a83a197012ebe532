#pragma once

// Bytes of a file or a buffer taken for numbers where they lie. Asserts what UndefinedBehaviorSanitizer's alignment
// check would find, at a hundredth of what that takes to compile. Internal to index/. Pure.

#include <cassert>
#include <cstdint>
#include <type_traits>

namespace quarry::index {

// REQUIRES: `bytes` begins at a multiple of T's alignment, also where none of it is read.
template <typename T, typename Byte>
auto AlignedAs(Byte* bytes) {
  static_assert(sizeof(Byte) == 1 && std::is_trivially_copyable_v<T>);
  using Value = std::conditional_t<std::is_const_v<Byte>, const T, T>;
  assert(reinterpret_cast<uintptr_t>(bytes) % alignof(T) == 0);
  return reinterpret_cast<Value*>(bytes);
}

}  // namespace quarry::index
