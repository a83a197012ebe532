#pragma once

// The pieces that pages of HTML are put together from. Text is escaped by Text; what is called `inner` is HTML already.

#include <string>
#include <string_view>
#include <vector>

namespace quarry::eval::html {

std::string Text(std::string_view text);
// `style` is a class; "" leaves it out.
std::string Element(const char* tag, const std::string& style, const std::string& inner);
// Cells of a table; numbers stand right.
std::string Cell(const std::string& inner);
std::string NumberCell(const std::string& inner);
// The head of a table; columns from `first_number` on hold numbers.
std::string Head(const std::vector<std::string>& names, size_t first_number);

}  // namespace quarry::eval::html
