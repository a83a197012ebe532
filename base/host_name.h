#pragma once

// Names of hosts as the network has them.

#include <string>
#include <string_view>

#include "base/status.h"

namespace quarry {

// `name` in lower case, and in ASCII: "例子.测试" is "xn--fsqu00a.xn--0zwm56d" (UTS 46, not transitional).
// kInvalidArgument for characters beyond ASCII that no name may have. Pure and thread-safe.
Result<std::string> AsciiHostName(std::string_view name);

}  // namespace quarry
