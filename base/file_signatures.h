#pragma once

#include <string_view>

namespace quarry {

// Of a compound file (OLE2): an old Office document, an Outlook message, an encrypted new one.
inline constexpr std::string_view kOleSignature{"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", 8};

}  // namespace quarry
