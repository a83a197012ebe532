#pragma once

#include <string>

namespace quarry {

// CR LF and CR as LF.
void NormaliseLineEnds(std::string* text);

}  // namespace quarry
