#include "index/store.h"

namespace quarry::index {

std::string PrefixEnd(std::string_view prefix) {
  const size_t last = prefix.find_last_not_of('\xFF');
  QUARRY_CHECK(last != std::string_view::npos);
  std::string end(prefix.substr(0, last + 1));
  end.back() = static_cast<char>(static_cast<uint8_t>(end.back()) + 1);
  return end;
}

}  // namespace quarry::index
