#include "base/text.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

#include "base/ascii.h"
#include "base/text_folding.h"
#include "base/text_utf8.h"

namespace quarry {
namespace {

using text_internal::BeginOfCharacter;
using text_internal::CharInfoOf;
using text_internal::DecodeUtf8;
using text_internal::FoldedChar;
using text_internal::FoldReader;
using text_internal::IsContinuation;
using text_internal::PeekUtf8;
using text_internal::StartsSegment;
using text_internal::TakeUtf8;

// DetectLanguage reads so much of a text; the rest does not change the answer.
constexpr size_t kLanguageSample = 64 * 1024;

// The length of the run of ASCII bytes at `offset`.
size_t AsciiRun(std::string_view text, size_t offset) {
  constexpr uint64_t kHighBits = 0x8080808080808080u;
  size_t end = offset;
  while (end + 8 <= text.size()) {
    uint64_t word;
    std::memcpy(&word, text.data() + end, 8);
    if ((word & kHighBits) != 0) break;
    end += 8;
  }
  while (end < text.size() && static_cast<unsigned char>(text[end]) < 0x80) ++end;
  return end - offset;
}

// As IsWhiteSpace of base/text_unicode.h, without its tables.
bool IsTrimmed(char32_t c) {
  return (c >= 0x09 && c <= 0x0D) || c == 0x20 || c == 0x85 || c == 0xA0 || c == 0x1680 ||
         (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F ||
         c == 0x3000;
}

bool IsLetterByte(unsigned char byte) { return (byte | 0x20) >= 'a' && (byte | 0x20) <= 'z'; }

// Folds the character at `offset` if it is a segment of its own that folds to one character.
bool FoldSimple(std::string_view utf8, size_t& offset, std::string& folded) {
  size_t behind = offset;
  const char32_t c = TakeUtf8(utf8, behind);
  if (c >= 0x10000 || !CharInfoOf(c).simple) return false;
  if (behind < utf8.size() && !StartsSegment(PeekUtf8(utf8, behind))) return false;
  AppendCodePoint(folded, CharInfoOf(c).folded);
  offset = behind;
  return true;
}

// Counts the words that begin in a run of ASCII at `offset`, eight bytes at a time; returns how many
// bytes it has read. *in_word: whether the character before is a letter.
size_t CountAsciiWords(std::string_view text, size_t offset, size_t* words, bool* in_word) {
  constexpr uint64_t kOnes = 0x0101010101010101u;
  constexpr uint64_t kTop = 0x80 * kOnes;
  size_t at = offset;
  for (; at + 8 <= text.size(); at += 8) {
    uint64_t w;
    std::memcpy(&w, text.data() + at, 8);
    if ((w & kTop) != 0) break;
    w |= 0x20 * kOnes;
    // The top bit of each byte tells whether it is a letter.
    const uint64_t letters = (w + (0x80 - 'a') * kOnes) & ~(w + (0x80 - 'z' - 1) * kOnes) & kTop;
    const uint64_t before = letters << 8 | (*in_word ? 0x80u : 0u);
    *words += static_cast<size_t>(std::popcount(letters & ~before));
    *in_word = letters >> 63 != 0;
  }
  return at - offset;
}

bool IsKana(char32_t c) {
  return (c >= 0x3041 && c <= 0x30FF && c != 0x30FB) || (c >= 0x31F0 && c <= 0x31FF) ||
         (c >= 0xFF66 && c <= 0xFF9D);
}

bool IsHangul(char32_t c) {
  return (c >= 0xAC00 && c <= 0xD7FB) || (c >= 0x1100 && c <= 0x11FF) ||
         (c >= 0x3131 && c <= 0x318E) || (c >= 0xA960 && c <= 0xA97C) ||
         (c >= 0xFFA0 && c <= 0xFFDC);
}

}  // namespace

size_t FindInvalidUtf8(std::string_view bytes) {
  size_t offset = 0;
  while (offset < bytes.size()) {
    if (static_cast<unsigned char>(bytes[offset]) < 0x80) {
      offset += AsciiRun(bytes, offset);
      continue;
    }
    char32_t c;
    const size_t size = DecodeUtf8(bytes, offset, c);
    if (size == 0) return offset;
    offset += size;
  }
  return std::string_view::npos;
}

std::string Fold(std::string_view utf8) {
  std::string folded;
  folded.reserve(utf8.size());
  FoldReader reader(utf8);
  size_t offset = 0;
  while (offset < utf8.size()) {
    // ASCII by the run; its last character may be the base of a combining mark.
    size_t ascii = AsciiRun(utf8, offset);
    if (ascii > 0 && offset + ascii < utf8.size()) --ascii;
    for (size_t i = offset; i < offset + ascii; ++i) {
      const char c = utf8[i];
      folded += AsciiLower(c);
    }
    offset += ascii;
    if (offset == utf8.size()) break;
    if (FoldSimple(utf8, offset, folded)) continue;
    reader.Seek(offset);
    do {
      const FoldedChar c = reader.Peek();
      if (c.begin == utf8.size()) return folded;
      AppendCodePoint(folded, c.code_point);
      reader.Skip();
    } while (!reader.AtSegment(&offset));
  }
  return folded;
}

bool IsCjk(char32_t c) {
  if (c < 0x1100) return false;
  if (c >= 0x4E00 && c <= 0x9FFF) return true;
  if (IsKana(c)) return c != 0x3099 && c != 0x309A && c != 0x309B && c != 0x309C && c != 0x30A0;
  if (IsHangul(c)) return true;
  return (c >= 0x3400 && c <= 0x4DBF) || (c >= 0x3105 && c <= 0x312F) ||  // Han A, Bopomofo
         (c >= 0x31A0 && c <= 0x31BF) || (c >= 0x2E80 && c <= 0x2FDF) ||  // Bopomofo, radicals
         c == 0x3005 || c == 0x3007 || (c >= 0x3021 && c <= 0x3029) ||  // 々 〇, Hangzhou numerals
         (c >= 0x3038 && c <= 0x303B) || (c >= 0xF900 && c <= 0xFAFF) ||  // Han compatibility
         (c >= 0x1AFF0 && c <= 0x1B16F) ||                                // kana supplements
         (c >= 0x20000 && c <= 0x3FFFD);                                  // Han B and later
}

char32_t NextCodePoint(std::string_view utf8, size_t& offset) { return TakeUtf8(utf8, offset); }

bool BeginsWithCjk(std::string_view utf8) { return !utf8.empty() && IsCjk(PeekUtf8(utf8, 0)); }

bool IsMostlyCjk(std::string_view utf8) {
  size_t cjk = 0;
  size_t all = 0;
  for (size_t offset = 0; offset < utf8.size(); ++all) {
    cjk += IsCjk(TakeUtf8(utf8, offset)) ? 1 : 0;
  }
  return 2 * cjk > all;
}

size_t CountCodePoints(std::string_view utf8) {
  return static_cast<size_t>(std::ranges::count_if(
      utf8, [](char c) { return !IsContinuation(static_cast<unsigned char>(c)); }));
}

void AppendCodePoint(std::string& out, char32_t c) {
  if (c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF)) c = text_internal::kReplacement;
  if (c < 0x80) {
    out += static_cast<char>(c);
  } else if (c < 0x800) {
    out += static_cast<char>(0xC0 | (c >> 6));
    out += static_cast<char>(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    out += static_cast<char>(0xE0 | (c >> 12));
    out += static_cast<char>(0x80 | ((c >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (c & 0x3F));
  } else {
    out += static_cast<char>(0xF0 | (c >> 18));
    out += static_cast<char>(0x80 | ((c >> 12) & 0x3F));
    out += static_cast<char>(0x80 | ((c >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (c & 0x3F));
  }
}

uint32_t CountTokens(std::string_view utf8) {
  // By lead bytes alone, eight bytes at a time: E3..EF begin U+3000..U+FFFF, which are the CJK
  // scripts, their punctuation and the full-width forms; from F0 on are the rare Han characters, and
  // pictographs, which are tokens of their own too. The top bit of each byte of a mask answers
  // for it; counts are kept a byte each until they may overflow.
  constexpr uint64_t kTop = 0x8080808080808080u;
  uint64_t cjk = 0;
  uint64_t continuations = 0;
  uint64_t cjk_of_8 = 0;
  uint64_t continuations_of_8 = 0;
  const auto add = [&](uint64_t w) {
    const uint64_t long_lead = w & w << 1 & w << 2;                   // 111.....
    const uint64_t four_bytes = w << 3;                               // 1111....
    const uint64_t at_least_3 = w << 4 | w << 5 | (w << 6 & w << 7);  // of the low four bits
    cjk_of_8 += (long_lead & (four_bytes | at_least_3) & kTop) >> 7;
    continuations_of_8 += (w & ~(w << 1) & kTop) >> 7;  // 10......
  };
  const auto flush = [&] {
    const auto sum = [](uint64_t counts) {
      constexpr uint64_t kPairs = 0x00FF00FF00FF00FFu;
      return ((counts & kPairs) + (counts >> 8 & kPairs)) * 0x0001000100010001u >> 48;
    };
    cjk += sum(std::exchange(cjk_of_8, 0));
    continuations += sum(std::exchange(continuations_of_8, 0));
  };
  const size_t whole = utf8.size() / 8;
  uint64_t w = 0;
  for (size_t i = 0; i < whole; flush()) {
    for (const size_t end = std::min(whole, i + 255); i < end; ++i) {
      std::memcpy(&w, utf8.data() + 8 * i, 8);
      add(w);
    }
  }
  if (const size_t rest = utf8.size() % 8; rest > 0) {
    w = 0;
    std::memcpy(&w, utf8.data() + 8 * whole, rest);
    add(w);
    flush();
  }
  const uint64_t spaced = utf8.size() - continuations - cjk;
  const uint64_t tokens = (3 * spaced + 8 * cjk + 11) / 12;  // spaced / 4 + cjk / 1.5, rounded up
  return static_cast<uint32_t>(std::min<uint64_t>(tokens, UINT32_MAX));
}

std::string DetectLanguage(std::string_view utf8) {
  const std::string_view sample = TruncateUtf8(utf8, kLanguageSample);
  size_t latin_words = 0;
  size_t han = 0;
  size_t kana = 0;
  size_t hangul = 0;
  bool in_word = false;
  for (size_t offset = 0; offset < sample.size();) {
    const size_t ascii = CountAsciiWords(sample, offset, &latin_words, &in_word);
    if (ascii > 0) {
      offset += ascii;
      continue;
    }
    const char32_t c = TakeUtf8(sample, offset);
    const bool latin =
        c < 0x80 ? IsLetterByte(static_cast<unsigned char>(c))
                 : c < 0x10000 && CharInfoOf(c).char_class == text_internal::CharClass::kLatin;
    if (latin) {
      latin_words += in_word ? 0 : 1;
    } else if (IsKana(c)) {
      ++kana;
    } else if (IsHangul(c)) {
      ++hangul;
    } else if (IsCjk(c)) {
      ++han;
    }
    in_word = latin;
  }
  // A CJK character weighs about as much as a Latin word.
  const size_t cjk = han + kana + hangul;
  if (cjk == 0 && latin_words == 0) return "";
  if (latin_words > cjk) return "en";
  if (hangul > han + kana) return "ko";
  return kana * 10 > han + kana ? "ja" : "zh";
}

std::string_view Trim(std::string_view utf8) {
  size_t begin = 0;
  while (begin < utf8.size()) {
    char32_t c;
    const size_t size = DecodeUtf8(utf8, begin, c);
    if (!IsTrimmed(c)) break;
    begin += size;
  }
  size_t end = utf8.size();
  while (end > begin) {
    const size_t last = BeginOfCharacter(utf8, end - 1);
    char32_t c;
    const size_t size = DecodeUtf8(utf8.substr(0, end), last, c);
    if (last + size != end || !IsTrimmed(c)) break;
    end = last;
  }
  return utf8.substr(begin, end - begin);
}

ByteRange TrimRange(std::string_view utf8, ByteRange range) {
  const std::string_view inner = Trim(utf8.substr(range.begin, range.end - range.begin));
  if (inner.empty()) return {range.begin, range.begin};
  const auto begin = static_cast<size_t>(inner.data() - utf8.data());
  return {begin, begin + inner.size()};
}

std::vector<std::string_view> Split(std::string_view text, std::string_view separator) {
  std::vector<std::string_view> pieces;
  while (true) {
    const size_t end = text.find(separator);
    pieces.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return pieces;
    text.remove_prefix(end + separator.size());
  }
}

std::vector<std::string_view> SplitNonEmpty(std::string_view text, std::string_view separator) {
  std::vector<std::string_view> pieces = Split(text, separator);
  std::erase(pieces, std::string_view());
  return pieces;
}

std::u32string ToUtf32(std::string_view utf8) {
  std::u32string code_points;
  for (size_t offset = 0; offset < utf8.size();) code_points += TakeUtf8(utf8, offset);
  return code_points;
}

std::vector<std::string_view> CharactersOf(std::string_view utf8) {
  std::vector<std::string_view> characters;
  for (size_t end = 0; end < utf8.size();) {
    const size_t begin = end;
    TakeUtf8(utf8, end);
    characters.push_back(utf8.substr(begin, end - begin));
  }
  return characters;
}

size_t CharacterBegin(std::string_view utf8, size_t offset) {
  return offset < utf8.size() ? BeginOfCharacter(utf8, offset) : utf8.size();
}

std::string_view TruncateUtf8(std::string_view utf8, size_t max_bytes) {
  if (utf8.size() <= max_bytes) return utf8;
  size_t end = max_bytes;
  // At most three steps back: malformed text has runs of continuation bytes that are no character.
  while (end > 0 && max_bytes - end < 3 && IsContinuation(static_cast<unsigned char>(utf8[end]))) {
    --end;
  }
  if (IsContinuation(static_cast<unsigned char>(utf8[end]))) end = max_bytes;
  return utf8.substr(0, end);
}

}  // namespace quarry
