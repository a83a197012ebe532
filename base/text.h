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

// Detects the charset of `bytes` (byte-order mark, then well-formed UTF-8, then the plausibility of
// the text as GB18030/GBK, Big5, UTF-16, UTF-32, Shift_JIS, EUC-JP, EUC-KR, ISO-2022-JP, windows-*,
// KOI8-R; what HTML or XML declares is a hint) and converts. 20 characters of Chinese are enough.
//
// Errors, all kInvalidArgument:
//   "not text: looks like PNG image": a known binary signature;
//   "not text: NUL byte at offset 12": and no UTF-16; "not text: control character 0x01 at offset
//   2": where more than 1 % are such;
//   "invalid UTF-8 at byte 3120 and no other charset fits": UTF-8 with damage, however little, is
//   never taken for another charset; "invalid GB18030 at ...": likewise of the charset detected;
//   "garbled text: looks like UTF-8 read as windows-1252 and written again; ...": valid nonsense.
Result<DecodedText> DecodeText(std::string_view bytes);

// What a file that begins with `bytes` is, if it begins as a known binary format does: "PNG image",
// "ZIP archive"; else empty.
std::string_view BinaryFormatOf(std::string_view bytes);

// The form in which words are compared: NFKC, full case folding, Traditional Chinese characters as
// Simplified, hyphens and minus signs as '-', typographic apostrophes as '\''; soft hyphens and
// zero-width characters vanish. "ＰＰＲ－９０８７" -> "ppr-9087", "繁體" -> "繁体". Malformed bytes
// become U+FFFD. Folding twice changes nothing.
std::string Fold(std::string_view utf8);

// A half-open byte range.
struct ByteRange {
  size_t begin = 0;
  size_t end = 0;
  friend bool operator==(const ByteRange&, const ByteRange&) = default;
};

// Sentences of `utf8`, in order, without the white space around them and without empty ones. A
// sentence ends
//   * at . ! ? before white space, but not behind abbreviations, initials and numbers of a list, or
//     before a small letter (unless the text has no capitals at all);
//   * at 。！？；… with the closing quotes that follow;
//   * at line breaks that end a paragraph: an empty line, a line break before a list mark, before
//     a heading or before the indent of a Chinese paragraph;
//   * at the line break between two fields of a form, "Owner: Ines Vogel\nDue: 30 April". Any other
//     line break is a space.
std::vector<ByteRange> SplitSentences(std::string_view utf8);

// True for Han, Hiragana, Katakana, Hangul and Bopomofo characters: scripts without spaces, which
// are searched by character pairs.
bool IsCjk(char32_t code_point);

// Whether its first character is one; false of an empty text.
bool BeginsWithCjk(std::string_view utf8);
// Whether more than half of its characters are.
bool IsMostlyCjk(std::string_view utf8);

// Decodes the code point at `offset` and moves `offset` behind it; U+FFFD (1 byte) where malformed.
// REQUIRES: offset < utf8.size().
char32_t NextCodePoint(std::string_view utf8, size_t& offset);
void AppendCodePoint(std::string& out, char32_t code_point);
// How many code points there are; of what is malformed, how many bytes that continue none.
size_t CountCodePoints(std::string_view utf8);
// Its code points, and the bytes of each; as NextCodePoint reads them.
std::u32string ToUtf32(std::string_view utf8);
std::vector<std::string_view> CharactersOf(std::string_view utf8);
// Where the character begins whose byte stands at `offset`; the size of the text where none does.
size_t CharacterBegin(std::string_view utf8, size_t offset);

// Tokens as language models count them, estimated: one per 4 characters of spaced scripts, one
// per 1.5 CJK characters and pictographs, rounded up. Meant to err on the side of too many (GPT-2's
// BPE has 4.4 to 5.2 characters a token on English prose), so that a budget holds.
uint32_t CountTokens(std::string_view utf8);

// "zh" when CJK characters without kana or hangul dominate, "ja", "ko", "en" for Latin text, "" if
// there are no letters of these. Judged by the first 64 KiB.
std::string DetectLanguage(std::string_view utf8);

// Whether it ends with a question mark, of either width.
inline bool EndsWithQuestionMark(std::string_view utf8) {
  return utf8.ends_with('?') || utf8.ends_with("？");
}

// Without leading and trailing Unicode white space.
std::string_view Trim(std::string_view utf8);
// Likewise a range of it; one that is left empty begins where `range` does.
ByteRange TrimRange(std::string_view utf8, ByteRange range);

// The pieces (std::string, std::string_view) with `separator` between any two of them.
template <typename Pieces>
std::string Join(const Pieces& pieces, std::string_view separator) {
  std::string text;
  bool is_first = true;
  for (const auto& piece : pieces) {
    if (!is_first) text += separator;
    is_first = false;
    text += piece;
  }
  return text;
}

// What stands between the separators, also where that is nothing: one piece more than there are separators. REQUIRES:
// the separator is not empty.
std::vector<std::string_view> Split(std::string_view text, std::string_view separator);
// Likewise without the empty pieces.
std::vector<std::string_view> SplitNonEmpty(std::string_view text, std::string_view separator);

// At most `max_bytes` of `utf8`, cut at a character boundary.
std::string_view TruncateUtf8(std::string_view utf8, size_t max_bytes);

}  // namespace quarry
