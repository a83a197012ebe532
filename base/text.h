#pragma once

// Text: UTF-8 checks, charset detection, folding, sentence boundaries, token counts. ICU stands
// behind it (base/text*.cc are the only files that see it). All functions are pure and thread-safe.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace quarry {

// Offset of the first byte that is not well-formed UTF-8; npos if all is.
size_t FindInvalidUtf8(std::string_view bytes);
inline bool IsValidUtf8(std::string_view bytes) {
  return FindInvalidUtf8(bytes) == std::string_view::npos;
}

// Bytes of a file as UTF-8 with LF line ends and without byte-order mark.
struct DecodedText {
  std::string text;
  std::string charset;  // as detected: "UTF-8", "GB18030", "Big5", "UTF-16LE", "windows-1252", ...
};

// Detects the charset of `bytes` (byte-order mark, then well-formed UTF-8, then statistics over
// GB18030/GBK, Big5, UTF-16, Shift_JIS, EUC-*, windows-*) and converts.
// Errors: kInvalidArgument for binary content (NUL bytes in an 8-bit text, control characters, a
// known binary signature), for malformed text with the offset of the first bad byte where no other
// charset fits, and for text that decodes to nonsense.
Result<DecodedText> DecodeText(std::string_view bytes);

// The form in which words are compared: NFKC, full case folding, Traditional Chinese characters as
// Simplified. "ＰＰＲ－９０８７" -> "ppr-9087", "繁體" -> "繁体". Malformed bytes become U+FFFD.
std::string Fold(std::string_view utf8);

// A half-open byte range.
struct ByteRange {
  size_t begin = 0;
  size_t end = 0;
  friend bool operator==(const ByteRange&, const ByteRange&) = default;
};

// Sentences of `utf8`, in order, without the white space around them; empty ones are left out. Ends
// at . ! ? followed by a space (not after common abbreviations, initials, decimals), at 。！？；…
// with the closing quotes that follow, and at line breaks that end a paragraph (an empty line, or a
// line break before a list marker).
std::vector<ByteRange> SplitSentences(std::string_view utf8);

// True for Han, Hiragana, Katakana, Hangul and Bopomofo characters: scripts without spaces, which
// are searched by character pairs.
bool IsCjk(char32_t code_point);

// Decodes the code point at `offset` and moves `offset` behind it; U+FFFD (1 byte) where malformed.
// REQUIRES: offset < utf8.size().
char32_t NextCodePoint(std::string_view utf8, size_t& offset);
void AppendCodePoint(std::string& out, char32_t code_point);

// Tokens as language models count them, estimated: one per 4 characters of spaced scripts, one
// per 1.5 CJK characters, rounded up. Within about 15 % of the common BPE vocabularies on prose.
uint32_t CountTokens(std::string_view utf8);

// "zh" when CJK characters without kana or hangul dominate, "ja", "ko", "en" for Latin text, "" if
// there are no letters.
std::string DetectLanguage(std::string_view utf8);

// Without leading and trailing Unicode white space.
std::string_view Trim(std::string_view utf8);

// At most `max_bytes` of `utf8`, cut at a character boundary.
std::string_view TruncateUtf8(std::string_view utf8, size_t max_bytes);

}  // namespace quarry
