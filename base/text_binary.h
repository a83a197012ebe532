#pragma once

#include <string_view>

namespace quarry::text_internal {

// What a file that begins with `bytes` is, if it begins as a known binary format does: "PNG image",
// "ZIP archive"; else empty.
std::string_view BinaryFormatOf(std::string_view bytes);

}  // namespace quarry::text_internal
