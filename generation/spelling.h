#pragma once

// The same thing written otherwise: "第二季度" and "Q2", "HY300" and "HY-300", "11月1日" and "11·01". A
// question is compared with its passages word by word, so it is read as they write it.

#include <string>
#include <string_view>

#include "base/query.h"

namespace quarry::generation {

// `question` with its quarters, codes and dates as the context writes them, where it has them in another
// spelling and not in that of the question. Pure and thread-safe.
std::string SpelledAsIn(const Context& context, std::string_view question);

}  // namespace quarry::generation
