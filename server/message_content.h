#pragma once

// The content of a message in requests of the OpenAI surface: a string, or a list of parts of text.
// Pure.

#include <span>
#include <string>
#include <string_view>

#include "server/strict_json.h"

namespace quarry::server {

// Sets `text` to it, or appends the parts, each on a line of its own. `types` are those of parts that are text; the first is
// named where a part is of another. kInvalidArgument beginning with the place.
Status ReadContent(const JsonValue& content, const std::string& place,
                   std::span<const std::string_view> types, std::string& text);

}  // namespace quarry::server
