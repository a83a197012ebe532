#pragma once

// Text whose charset is declared: mail and RTF say it, and are believed. What has no declaration is
// for DecodeText (text.h).

#include <optional>
#include <string>
#include <string_view>

namespace quarry {

// `bytes` as UTF-8, where `charset` is a name that mail, HTML or Windows know: "ISO-8859-1",
// "gb2312", "cp1252", "windows-936". The names of charsets that are parts of others are read as the
// larger one, as all mail programs do (GB2312 as GB18030, ISO-8859-1 as windows-1252). Malformed
// bytes become U+FFFD; line ends stay as they are. nullopt where the charset is not known. Pure and
// thread-safe.
std::optional<std::string> ConvertToUtf8(std::string_view bytes, std::string_view charset);

}  // namespace quarry
