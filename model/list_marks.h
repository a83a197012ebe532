#pragma once

// The marks that items of lists begin with. Pure.

#include <cstddef>
#include <string_view>

namespace quarry::model {

// The bytes of the number of an item and the white space behind it, "3. ", "2) ", "(4) ", "5、", "（六）", "第七步："; 0 where the
// text begins with none.
size_t ListNumberBytes(std::string_view text);

// Of a box to tick, "[ ] ", "[x] "; 0 where the text begins with none.
size_t TickBoxBytes(std::string_view text);

}  // namespace quarry::model
