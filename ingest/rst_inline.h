#pragma once

// Inline markup of reStructuredText. Internal to ingest/.

#include <string>
#include <string_view>

namespace quarry::ingest {

// `text` without its inline markup: emphasis, literals, roles (":ref:`text <target>`" -> "text"),
// links, escapes.
std::string RstInlineText(std::string_view text);

}  // namespace quarry::ingest
