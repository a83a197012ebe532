#pragma once

// Bytes and texts that tests spoil things with.

#include <string>
#include <utility>

#include "base/random.h"

namespace quarry::testing {

inline std::string RandomBytes(Random& random, size_t size) {
  std::string bytes(size, '\0');
  for (char& byte : bytes) byte = static_cast<char>(random.Next());
  return bytes;
}

// `text` with the first `from` made `to`.
inline std::string WithFirstReplaced(std::string text, const std::string& from,
                                     const std::string& to) {
  const size_t at = text.find(from);
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

}  // namespace quarry::testing
