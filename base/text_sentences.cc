// Sentence boundaries by a scanner of our own. ICU's sentence iterator knows no abbreviations and
// takes "Mr. Smith" apart; putting that right needs the same knowledge as finding the boundaries,
// and the scan, which stops only at the few bytes that can end a sentence, is faster.

#include <algorithm>
#include <array>

#include "base/ascii.h"
#include "base/text.h"
#include "base/text_list_mark.h"
#include "base/text_sentence_chars.h"
#include "base/text_sentence_words.h"
#include "base/text_utf8.h"

namespace quarry {
namespace {

using text_internal::Abbreviation;
using text_internal::AbbreviationOf;
using text_internal::BeginOfCharacter;
using text_internal::BeginsItem;
using text_internal::BeginsSentences;
using text_internal::BeginsWithLabel;
using text_internal::IsBlank;
using text_internal::IsBullet;
using text_internal::IsCloser;
using text_internal::IsDigit;
using text_internal::IsFullWidthEnd;
using text_internal::IsLatinLetter;
using text_internal::IsLower;
using text_internal::IsOpener;
using text_internal::IsSpace;
using text_internal::IsUpper;
using text_internal::ListMark;
using text_internal::ListMarkAt;
using text_internal::PeekUtf8;
using text_internal::TakesLetter;

// So much of a text decides whether it is written without capitals.
constexpr size_t kCaseSample = 4096;

// Bytes at which the scan stops to think.
constexpr std::array<bool, 256> kStops = [] {
  std::array<bool, 256> stops{};
  for (const unsigned char c : {'.', '!', '?', '\n', '\f', ')'}) stops[c] = true;
  stops[0xE0] = true;  // danda
  stops[0xE2] = true;  // … and bullets
  stops[0xE3] = true;  // 。
  stops[0xEF] = true;  // ！？；．｡
  return stops;
}();

class SentenceSplitter {
 public:
  explicit SentenceSplitter(std::string_view text) : text_(text) {}

  std::vector<ByteRange> Split() {
    StartSentence(0);
    size_t offset = begin_;
    while (offset < text_.size()) {
      const char byte = text_[offset];
      if (!kStops[static_cast<unsigned char>(byte)]) {
        ++offset;
        continue;
      }
      switch (byte) {
        case '.':
          offset = AtFullStop(offset);
          break;
        case '!':
        case '?':
          offset = AtMark(offset);
          break;
        case ')':
          offset = AtParenthesis(offset);
          break;
        case '\n':
          offset = AtLineBreak(offset);
          break;
        case '\f':
          offset = EndSentence(offset, offset + 1);
          break;
        default:
          offset = AtWide(offset);
      }
    }
    EndSentence(text_.size(), text_.size());
    return std::move(sentences_);
  }

 private:
  char32_t At(size_t offset) const { return offset < text_.size() ? PeekUtf8(text_, offset) : 0; }
  char ByteAt(size_t offset) const { return offset < text_.size() ? text_[offset] : '\0'; }
  size_t Behind(size_t offset) const {
    NextCodePoint(text_, offset);
    return offset;
  }
  char32_t Before(size_t offset) const;
  size_t SkipSpace(size_t offset) const;
  size_t SkipOpeners(size_t offset) const;
  std::string_view WordAt(size_t offset) const;
  std::string_view WordBefore(size_t end) const;
  std::string_view AbbreviationBefore(size_t stop) const;

  // Each takes the offset of its character and returns where the scan goes on.
  size_t AtFullStop(size_t stop);
  size_t AtSpacedEllipsis(size_t stop);
  size_t AtMark(size_t mark);
  size_t AtParenthesis(size_t offset);
  size_t AtLineBreak(size_t offset);
  size_t AtWide(size_t offset);

  size_t SkipClosers(size_t offset);
  bool ClosesQuote(size_t offset);
  bool EndsBefore(size_t next) const;
  bool EndsAfterAbbreviation(size_t stop, size_t next) const;
  bool HasWordsBefore(size_t stop) const;
  bool EndsWithoutSpace(size_t stop, size_t next) const;
  bool IsCaseless() const;

  bool BeginsField(size_t line_break, size_t line) const;
  size_t NextItemMark(size_t tail) const;

  void StartSentence(size_t offset);
  size_t EndSentence(size_t end, size_t next);

  const std::string_view text_;
  std::vector<ByteRange> sentences_;
  size_t begin_ = 0;  // of the sentence
  ListMark mark_;     // that it begins with
  size_t quotes_counted_to_ = 0;
  bool in_quotes_ = false;  // an odd number of '"' before quotes_counted_to_, in this paragraph
  mutable int caseless_ = -1;
};

char32_t SentenceSplitter::Before(size_t offset) const {
  if (offset == 0) return 0;
  return PeekUtf8(text_, BeginOfCharacter(text_, offset - 1));
}

size_t SentenceSplitter::SkipSpace(size_t offset) const {
  while (offset < text_.size() && IsSpace(At(offset))) offset = Behind(offset);
  return offset;
}

size_t SentenceSplitter::SkipOpeners(size_t offset) const {
  while (IsOpener(At(offset))) offset = Behind(offset);
  return offset;
}

std::string_view SentenceSplitter::WordAt(size_t offset) const {
  size_t end = offset;
  while (IsLatinLetter(ByteAt(end))) ++end;
  return text_.substr(offset, end - offset);
}

std::string_view SentenceSplitter::WordBefore(size_t end) const {
  size_t begin = end;
  while (begin > begin_ && IsLatinLetter(text_[begin - 1])) --begin;
  return text_.substr(begin, end - begin);
}

// The letters, with full stops between them, that end at `stop`.
std::string_view SentenceSplitter::AbbreviationBefore(size_t stop) const {
  size_t begin = stop;
  while (begin > begin_ &&
         (IsLatinLetter(text_[begin - 1]) ||
          (text_[begin - 1] == '.' && begin < stop && IsLatinLetter(text_[begin])))) {
    --begin;
  }
  while (begin < stop && text_[begin] == '.') ++begin;
  const char32_t before = Before(begin);
  if (IsDigit(before) || IsLower(before) || IsUpper(before) || IsCjk(before)) return {};
  if (stop - begin == 1) {
    // A unit ("24 h.", "mg/d.") or the end of a name ("Hi-C.", "building C.") is no initial.
    const bool is_behind_space = begin > begin_ + 1 && text_[begin - 1] == ' ';
    const bool unit = is_behind_space && IsDigit(Before(begin - 1));
    if (unit || before == '/' || before == '-') return {};
    if (is_behind_space && TakesLetter(WordBefore(begin - 1))) return {};
  }
  return text_.substr(begin, stop - begin);
}

size_t SentenceSplitter::AtFullStop(size_t stop) {
  if (ByteAt(stop + 1) == ' ' && ByteAt(stop + 2) == '.') return AtSpacedEllipsis(stop);
  if (stop < mark_.end) return stop + 1;
  if (const size_t item = NextItemMark(stop); item != 0) return EndSentence(item, item);
  size_t end = stop;
  while (ByteAt(end) == '.') ++end;
  const bool ellipsis = end - stop > 1;
  if (ellipsis && Before(stop) == '[') return end;
  while (ByteAt(end) == '!' || ByteAt(end) == '?') ++end;
  end = SkipClosers(end);
  const size_t next = SkipSpace(end);
  if (next == end && next < text_.size()) {
    return EndsWithoutSpace(stop, next) ? EndSentence(end, next) : end;
  }
  if (!EndsBefore(next)) return end;
  if (!ellipsis && !EndsAfterAbbreviation(stop, next)) return end;
  return EndSentence(end, next);
}

// "He left . . . early": three dots go on. With a fourth the sentence ends: behind the first, if
// that stands at its word ("compounds. . . . The"), else behind the last.
size_t SentenceSplitter::AtSpacedEllipsis(size_t stop) {
  size_t last = stop;
  while (ByteAt(last + 1) == ' ' && ByteAt(last + 2) == '.') last += 2;
  const bool four = last - stop >= 6;
  const size_t end = SkipClosers(last + 1);
  const size_t next = SkipSpace(end);
  if (next == text_.size() || !four) return end;
  if (stop > begin_ && !IsSpace(Before(stop))) return EndSentence(stop + 1, stop + 2);
  return EndsBefore(next) ? EndSentence(end, next) : end;
}

size_t SentenceSplitter::AtMark(size_t mark) {
  size_t end = mark;
  while (ByteAt(end) == '!' || ByteAt(end) == '?' || ByteAt(end) == '.') ++end;
  end = SkipClosers(end);
  const size_t next = SkipSpace(end);
  if (next == end && next < text_.size()) {
    const bool cjk = IsCjk(Before(mark)) ? !IsLatinLetter(ByteAt(next)) : IsCjk(At(next));
    return cjk || EndsWithoutSpace(mark, next) ? EndSentence(end, next) : end;
  }
  return EndsBefore(next) ? EndSentence(end, next) : end;
}

size_t SentenceSplitter::AtParenthesis(size_t offset) {
  const size_t item = NextItemMark(offset);
  return item != 0 ? EndSentence(item, item) : offset + 1;
}

size_t SentenceSplitter::AtLineBreak(size_t offset) {
  size_t line = offset + 1;
  while (line < text_.size() && IsBlank(At(line))) line = Behind(line);
  const bool indented = At(offset + 1) == 0x3000;  // how a Chinese paragraph begins
  if (line < text_.size() && text_[line] != '\n' && !indented && !BeginsItem(text_, line) &&
      !BeginsField(offset, line)) {
    return line;
  }
  quotes_counted_to_ = line;
  in_quotes_ = false;
  return EndSentence(offset, line);
}

size_t SentenceSplitter::AtWide(size_t offset) {
  const char32_t c = At(offset);
  size_t end = Behind(offset);
  if (IsBullet(c)) return c == mark_.kind && offset > begin_ ? EndSentence(offset, offset) : end;
  if (c == U'．') {
    if (!IsCjk(Before(offset)) || IsDigit(At(end))) return end;
  } else if (!IsFullWidthEnd(c)) {
    return end;
  }
  while (IsFullWidthEnd(At(end)) || ByteAt(end) == '!' || ByteAt(end) == '?') end = Behind(end);
  end = SkipClosers(end);
  const size_t next = SkipSpace(end);
  const char32_t follower = At(end);
  if (c == U'…' && !IsCjk(Before(offset)) && !IsCjk(At(next))) {
    return next > end && EndsBefore(next) ? EndSentence(end, next) : end;  // as three dots
  }
  // In the title of a work, or with the sentence going on behind the quotation.
  if (follower == U'》' || follower == U'〉' || follower == U'，' || follower == U'、') return end;
  return EndSentence(end, next);
}

size_t SentenceSplitter::SkipClosers(size_t offset) {
  for (;; offset = Behind(offset)) {
    const char32_t c = At(offset);
    if (c == '"' || c == '\'' ? !ClosesQuote(offset) : !IsCloser(c)) return offset;
  }
}

// Whether the straight quote at `offset`, behind the end of a sentence, belongs to that sentence.
bool SentenceSplitter::ClosesQuote(size_t offset) {
  const char32_t next = At(offset + 1);
  if (next == 0 || IsSpace(next) || IsCloser(next)) return true;
  if (text_[offset] == '\'') return false;
  for (; quotes_counted_to_ < offset; ++quotes_counted_to_) {
    in_quotes_ ^= text_[quotes_counted_to_] == '"';
  }
  return in_quotes_;
}

// Whether a sentence can begin at `next`, behind white space.
bool SentenceSplitter::EndsBefore(size_t next) const {
  switch (At(next)) {
    case ',':
    case ';':
    case ':':
    case '-':
    case U'–':
    case U'—':
    case ')':
    case ']':
      return false;
    default:
      return !IsLower(At(SkipOpeners(next))) || IsCaseless();
  }
}

bool SentenceSplitter::EndsAfterAbbreviation(size_t stop, size_t next) const {
  const char32_t before = Before(stop);
  if ((before == U'°' || before == U'º') && IsDigit(At(next))) return false;  // "N°. 7"
  const std::string_view follower = WordAt(SkipOpeners(next));
  switch (AbbreviationOf(AbbreviationBefore(stop))) {
    case Abbreviation::kNone:
      return true;
    case Abbreviation::kNeverEnds:
      return false;
    case Abbreviation::kBeforeNumber:
      return !IsDigit(At(next)) &&
             (follower.empty() || follower.find_first_not_of("IVXLC") != std::string_view::npos);
    case Abbreviation::kMayEnd:
      return BeginsSentences(follower);
    case Abbreviation::kTimeOfDay:
      // "At 5 p.m. Mr. Smith left" opens the sentence; further on, the time is apt to close it.
      return BeginsSentences(follower) || HasWordsBefore(stop);
  }
  return true;
}

// Whether white space stands in the sentence more than twice. Whatever it is made of counts, as it
// does behind `stop`: else a sentence could go on without end and be counted again at each stop.
bool SentenceSplitter::HasWordsBefore(size_t stop) const {
  int spaces = 0;
  for (size_t offset = begin_; offset < stop && spaces <= 2; offset = Behind(offset)) {
    spaces += IsSpace(At(offset)) ? 1 : 0;
  }
  return spaces > 2;
}

// Whether the end of the sentence is at `stop` although no space follows: between CJK characters,
// and in "world.Today is" but not in "torch.Tensor".
bool SentenceSplitter::EndsWithoutSpace(size_t stop, size_t next) const {
  const char32_t before = Before(stop);
  if (IsCjk(before)) return IsCjk(At(next));
  if (!IsLower(before) && !IsDigit(before)) return false;
  const std::string_view word = WordAt(next);
  if (word.size() < 2 || !IsUpper(word[0]) || !IsLower(word[1])) return false;
  const char behind = ByteAt(next + word.size());
  if (behind == '.') return AbbreviationOf(word) == Abbreviation::kNeverEnds;
  return (behind == ' ' || behind == ',' || behind == '\'') && BeginsSentences(word);
}

// Whether the text has no capitals at all, so that a small letter can begin a sentence.
bool SentenceSplitter::IsCaseless() const {
  if (caseless_ < 0) {
    const std::string_view sample = text_.substr(0, kCaseSample);
    caseless_ = std::none_of(sample.begin(), sample.end(), IsAsciiUpper);
  }
  return caseless_ > 0;
}

// Whether `line` is a field, and so is the one that ends at `line_break`: a label alone may be a word of wrapped text.
bool SentenceSplitter::BeginsField(size_t line_break, size_t line) const {
  if (!BeginsWithLabel(text_, line)) return false;
  if (BeginsWithLabel(text_, begin_)) return true;  // its value goes on over lines
  const size_t before = line_break == 0 ? text_.npos : text_.rfind('\n', line_break - 1);
  return BeginsWithLabel(text_, before == text_.npos ? 0 : before + 1);
}

// Where the item that follows the sentence's own begins, if `tail` ends its mark: in
// "1. The first item\n2. The second item" the "2" for the second full stop. 0 if it does not.
size_t SentenceSplitter::NextItemMark(size_t tail) const {
  if (mark_.end == 0 || mark_.tail.empty() || !text_.substr(tail).starts_with(mark_.tail)) return 0;
  if (!IsSpace(At(tail + mark_.tail.size()))) return 0;
  size_t begin = tail;
  while (begin > mark_.end && tail - begin < 4 &&
         !IsSpace(static_cast<unsigned char>(text_[begin - 1]))) {
    --begin;
  }
  if (begin == mark_.end || tail - begin >= 4) return 0;
  const ListMark next = ListMarkAt(text_, begin);
  return next.kind == mark_.kind && next.ordinal == mark_.ordinal + 1 ? begin : 0;
}

void SentenceSplitter::StartSentence(size_t offset) {
  begin_ = SkipSpace(offset);
  mark_ = begin_ < text_.size() ? ListMarkAt(text_, begin_) : ListMark();
}

// Ends the sentence at `end`, begins the next at `next`.
size_t SentenceSplitter::EndSentence(size_t end, size_t next) {
  const std::string_view sentence = Trim(text_.substr(begin_, end - begin_));
  if (!sentence.empty()) {
    const auto begin = static_cast<size_t>(sentence.data() - text_.data());
    sentences_.push_back({begin, begin + sentence.size()});
  }
  StartSentence(next);
  return begin_;
}

}  // namespace

std::vector<ByteRange> SplitSentences(std::string_view utf8) {
  return SentenceSplitter(utf8).Split();
}

}  // namespace quarry
