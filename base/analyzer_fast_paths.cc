#include <bit>
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

  constexpr AsciiTable() {
    for (int i = 0; i < 256; ++i) {
      if (i >= 0x80) kind[i] = kNotAscii;
    }
    for (int i = '0'; i <= '9'; ++i) kind[i] = kNumeric;
    for (int i = 'a'; i <= 'z'; ++i) {
      kind[i] = kAlpha;
      kind[i - 'a' + 'A'] = kAlpha;
    }
    for (const char c : {'.', ',', '-', '_', '/', '\''}) kind[static_cast<uint8_t>(c)] = kConnector;
    for (const char c : {'+', '#'}) kind[static_cast<uint8_t>(c)] = kSuffix;
  }
};
constexpr AsciiTable kAscii;

// The letters and digits that eight bytes of text begin with.
struct AsciiWord {
  uint64_t folded;  // then zeros
  size_t size;
  bool latin;  // letters only

  // The first byte of the text is the lowest of `bytes`.
  explicit AsciiWord(uint64_t bytes) {
    // Bytes are compared side by side: adding lifts the highest bit of those that are large enough.
    constexpr uint64_t kEach = 0x0101010101010101;
    constexpr uint64_t kHigh = 0x80 * kEach;
    const auto at_least = [](uint64_t seven_bits, uint64_t least) {
      return (seven_bits + (0x80 - least) * kEach) & kHigh;
    };
    const uint64_t low = bytes & ~kHigh;
    const uint64_t lower = low | 0x20 * kEach;
    const uint64_t ascii = ~bytes & kHigh;
    const uint64_t letters = at_least(lower, 'a') & ~at_least(lower, 'z' + 1) & ascii;
    const uint64_t digits = at_least(low, '0') & ~at_least(low, '9' + 1) & ascii;
    const uint64_t others = ~(letters | digits) & kHigh;
    size = static_cast<size_t>(std::countr_zero(others)) / 8;  // 8 if there is none
    const uint64_t kept = size == 8 ? ~uint64_t{0} : (uint64_t{1} << (8 * size)) - 1;
    folded = (bytes | letters >> 2) & kept;
    latin = (digits & kept) == 0;
  }
};

AsciiKind KindOf(char c) { return kAscii.kind[static_cast<unsigned char>(c)]; }
bool IsAsciiWord(AsciiKind kind) { return kind == kAlpha || kind == kNumeric; }

}  // namespace

void Tokenizer::Run() {
  size_t offset = 0;
  while (offset < text_.size()) {
    if (KindOf(text_[offset]) != kNotAscii) {
      if (ReadPlainAscii(offset)) continue;
      EmitPending();
    } else {
      EmitPending();
      if (ReadPlainCjk(offset)) continue;
    }
    reader_.Seek(offset);
    do {
      ReadItem();
    } while (!reader_.AtSegment(&offset));
  }
  EmitPending();
}

void Tokenizer::EmitPending() {
  for (size_t i = 0; i < pending_words_; ++i) {
    const PlainWord& word = pending_[i];
    EmitAt(words_.TermOfPadded(word.padded, word.end - word.begin), word.begin, word.end,
           word.position);
  }
  pending_words_ = 0;
}

// Eight bytes of the text, zeros behind its end.
uint64_t Tokenizer::Load(size_t offset) const {
  static_assert(std::endian::native == std::endian::little);
  uint64_t bytes = 0;
  if (text_.size() - offset >= sizeof(bytes)) {
    std::memcpy(&bytes, text_.data() + offset, sizeof(bytes));
  } else {
    std::memcpy(&bytes, text_.data() + offset, text_.size() - offset);
  }
  return bytes;
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
  if (!IsAsciiWord(KindOf(text_[offset]))) {
    // No item begins with it, unless something joins its segment that does.
    const size_t next = offset + 1;
    if (next < text_.size() && KindOf(text_[next]) == kNotAscii &&
        !StartsSegment(PeekUtf8(text_, next))) {
      return false;
    }
    offset = next;
    return true;
  }
  uint64_t words[FormKey::kWords] = {};  // the word, folded, then zeros
  bool latin = true;
  size_t end = offset;
  for (size_t i = 0;; ++i) {
    const AsciiWord part(Load(end));
    end += part.size;
    if (i == FormKey::kWords) {
      if (part.size > 0) return false;
      break;
    }
    words[i] = part.folded;
    latin &= part.latin;
    if (part.size < 8) break;
  }
  char word[FormKey::kMaxBytes];
  std::memcpy(word, words, sizeof(word));
  if (!WordEndsAt(end)) return false;
  if (latin) {
    PlainWord& plain = pending_[pending_words_++];
    std::memcpy(plain.padded, word, sizeof(word));
    plain.begin = static_cast<uint32_t>(offset);
    plain.end = static_cast<uint32_t>(end);
    plain.position = position_;
    words_.Prefetch(word);
    if (pending_words_ == pending_.size()) EmitPending();
  } else {
    EmitPending();
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
