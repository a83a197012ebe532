#pragma once

// Base64 (RFC 4648, section 4), with padding. Pure.

#include <optional>
#include <string>
#include <string_view>

namespace quarry {

std::string EncodeBase64(std::string_view bytes);

// nullopt where `text` is not base64; padding may be missing, white space may not be there.
std::optional<std::string> DecodeBase64(std::string_view text);

// As mail is read (RFC 2045, section 6.8): what is no digit, line ends and dirt, is passed over, and the
// digits of the alphabet for URLs ('-', '_') count as well.
std::string DecodeMailBase64(std::string_view text);

}  // namespace quarry
