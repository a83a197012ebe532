#include <cstring>

#include "base/analyzer_tokenizer.h"

namespace quarry {
namespace {

using text_internal::CharClass;
using text_internal::CharInfo;
using text_internal::CharInfoOf;
using text_internal::DecodeUtf8;
using text_internal::PeekUtf8;
using text_internal::StartsSegment;

// What an ASCII byte is to the fast path.
enum AsciiKind : uint8_t {
  kSeparator,  // ends a word, whatever follows
  kConnector,  // ends a word unless a letter or digit follows: . , - _ / '
  kSuffix,     // may belong to the word before: + #
  kAlpha,
  kNumeric,
  kNotAscii,
};

struct AsciiTable {
  AsciiKind kind[256] = {};
  char lower[256] = {};

  constexpr AsciiTable() {
    for (int i = 0; i < 256; ++i) {
      lower[i] = static_cast<char>(i);
      if (i >= 0x80) kind[i] = kNotAscii;
    }
    for (int i = '0'; i <= '9'; ++i) kind[i] = kNumeric;
    for (int i = 'a'; i <= 'z'; ++i) {
      kind[i] = kAlpha;
      kind[i - 'a' + 'A'] = kAlpha;
      lower[i - 'a' + 'A'] = static_cast<char>(i);
    }
    for (const char c : {'.', ',', '-', '_', '/', '\''}) kind[static_cast<int>(c)] = kConnector;
    for (const char c : {'+', '#'}) kind[static_cast<int>(c)] = kSuffix;
  }
};
constexpr AsciiTable kAscii;

AsciiKind KindOf(char c) { return kAscii.kind[static_cast<unsigned char>(c)]; }
bool IsAsciiWord(AsciiKind kind) { return kind == kAlpha || kind == kNumeric; }

}  // namespace

void Tokenizer::Run() {
  size_t offset = 0;
  while (offset < text_.size()) {
    const bool ascii = KindOf(text_[offset]) != kNotAscii;
    if (ascii ? ReadPlainAscii(offset) : ReadPlainCjk(offset)) continue;
    reader_.Seek(offset);
    do {
      ReadItem();
    } while (!reader_.AtSegment(&offset));
  }
}

// True iff nothing at `offset` can continue a plain word that ends there, whatever comes later.
bool Tokenizer::WordEndsAt(size_t offset) const {
  if (offset == text_.size()) return true;
  switch (KindOf(text_[offset])) {
    case kSeparator:
      return true;
    case kConnector: {
      if (offset + 1 == text_.size()) return true;
      const AsciiKind next = KindOf(text_[offset + 1]);
      return next != kNotAscii && !IsAsciiWord(next);
    }
    case kNotAscii: {
      const char32_t c = PeekUtf8(text_, offset);
      if (c >= 0x10000) return false;
      const CharInfo& info = CharInfoOf(c);
      return info.simple &&
             (info.char_class == CharClass::kCjk || info.char_class == CharClass::kOther);
    }
    default:
      return false;
  }
}

bool Tokenizer::ReadPlainAscii(size_t& offset) {
  AsciiKind kind = KindOf(text_[offset]);
  if (!IsAsciiWord(kind)) {
    // No item begins with it, unless something joins its segment that does.
    const size_t next = offset + 1;
    if (next < text_.size() && KindOf(text_[next]) == kNotAscii &&
        !StartsSegment(PeekUtf8(text_, next))) {
      return false;
    }
    offset = next;
    return true;
  }
  char word[FormKey::kMaxBytes] = {};
  bool latin = true;
  size_t end = offset;
  do {
    if (end - offset == FormKey::kMaxBytes) return false;
    latin &= kind == kAlpha;
    word[end - offset] = kAscii.lower[static_cast<unsigned char>(text_[end])];
    if (++end == text_.size()) break;
    kind = KindOf(text_[end]);
  } while (IsAsciiWord(kind));
  if (!WordEndsAt(end)) return false;
  if (latin) {
    Emit(words_.TermOfPadded(word, end - offset), offset, end);
  } else {
    Emit({word, end - offset}, offset, end);
  }
  ++position_;
  offset = end;
  return true;
}

bool Tokenizer::ReadPlainCjk(size_t& offset) {
  const size_t first_token = tokens_.size();
  const uint32_t first_position = position_;
  char pair[6] = {};  // the folded bytes of the character before and of this one
  size_t count = 0;
  size_t before = 0;  // where they begin in text_
  size_t at = offset;
  size_t end = offset;
  for (; at < text_.size(); ++count) {
    if (static_cast<unsigned char>(text_[at]) < 0x80) break;
    char32_t c;
    const size_t size = DecodeUtf8(text_, at, c);
    const CharInfo* info = c < 0x10000 ? &CharInfoOf(c) : nullptr;
    if (info == nullptr || !info->simple || info->char_class == CharClass::kMark) {
      // Whether the run ends here is for the general path to say.
      tokens_.resize(first_token);
      position_ = first_position;
      return false;
    }
    if (info->char_class != CharClass::kCjk) break;
    // Every CJK character of the plane has three bytes.
    const char16_t folded = info->folded;
    std::memcpy(pair, pair + 3, 3);
    pair[3] = static_cast<char>(0xE0 | (folded >> 12));
    pair[4] = static_cast<char>(0x80 | ((folded >> 6) & 0x3F));
    pair[5] = static_cast<char>(0x80 | (folded & 0x3F));
    end = at + size;
    if (count > 0) {
      if (options_.cjk_bigrams) Emit({pair, 6}, before, end);
      ++position_;
    }
    if (options_.cjk_unigrams || !options_.cjk_bigrams) Emit({pair + 3, 3}, at, end);
    before = at;
    at = end;
  }
  if (count == 0) return false;
  if (count == 1 && options_.cjk_bigrams && !options_.cjk_unigrams)
    Emit({pair + 3, 3}, before, end);
  ++position_;
  offset = end;
  return true;
}

}  // namespace quarry
