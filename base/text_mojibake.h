#pragma once

// Text that was read in a wrong charset and then written as UTF-8: valid, and nonsense.

#include <string>
#include <string_view>

namespace quarry::text_internal {

// What was done to `utf8`: "UTF-8 read as windows-1252", "GB18030 read as windows-1252", "UTF-8
// read as GB18030"; empty where it reads like text. Judged by the first 4 KiB from the first line
// on that is not plain ASCII, most of which must be such: a manual about mojibake is none.
// REQUIRES: `utf8` is well-formed.
std::string MojibakeOf(std::string_view utf8);

}  // namespace quarry::text_internal
