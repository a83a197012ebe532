#pragma once

// Names in a text: what a second search can follow. Pure.

#include <string>
#include <string_view>
#include <vector>

namespace quarry::retrieval {

// In order of first occurrence, each once:
//   * runs of capitalised words, small joining words inside them kept ("Bank of England"), a word
//     that only begins its sentence left out where it is a common one;
//   * words of letters and digits together, or of several capitals ("VX-220", "NASA");
//   * what stands in quotation marks or 《》, up to 40 characters.
// On one line, as they are written.
std::vector<std::string> NamesIn(std::string_view text);

}  // namespace quarry::retrieval
