#pragma once

#include <string>
#include <string_view>

namespace quarry {

// Text in XML and HTML, in elements and in quoted attributes: what neither may hold becomes U+FFFD. Pure.
std::string EscapeMarkup(std::string_view text);

}  // namespace quarry
