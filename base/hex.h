#pragma once

// Bytes as two hexadecimal digits each, and the escapes that are made of them: "%2F" in a URL, "=E4" in a mail.
// Pure and thread-safe.

#include <optional>
#include <string>
#include <string_view>

namespace quarry {

// 0 to 15; -1 for what is no hexadecimal digit.
int HexValue(char digit);

// The byte of the two digits at `at`; nullopt where no two stand there.
std::optional<unsigned char> HexByteAt(std::string_view text, size_t at);

// In small letters: "0aff".
void AppendHex(std::string& out, char byte);
std::string ToHex(std::string_view bytes);

// The bytes of `mark` and two digits each; where no two follow, the mark stands for itself.
std::string DecodeHexEscapes(std::string_view text, char mark);

// Letters, digits and "-._~", which no part of a URL encodes (RFC 3986, 2.3).
bool IsUnreserved(char c);
// "%2F", in capital letters.
void AppendPercentEncoded(std::string& out, char byte);
// Encodes all but unreserved characters and those of `kept`.
std::string PercentEncode(std::string_view text, std::string_view kept = {});

}  // namespace quarry
