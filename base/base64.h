#pragma once

// Base64 (RFC 4648, section 4), with padding. Pure.

#include <optional>
#include <string>
#include <string_view>

namespace quarry {

std::string EncodeBase64(std::string_view bytes);

// nullopt where `text` is not base64; padding may be missing, white space may not be there.
std::optional<std::string> DecodeBase64(std::string_view text);

}  // namespace quarry
