#pragma once

#include <string_view>

namespace quarry {

// English words that carry no topic. REQUIRES: `word` is folded.
bool IsStopWord(std::string_view word);

}  // namespace quarry
