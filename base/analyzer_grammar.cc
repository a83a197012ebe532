#include <algorithm>

#include "base/analyzer_tokenizer.h"
#include "base/text.h"

namespace quarry {
namespace {

using text_internal::CharClass;
using text_internal::FoldedChar;

// A longer word is cut: what has no end in 255 bytes is base64 or a script without spaces, and must
// not become a term of a megabyte.
constexpr size_t kMaxWordBytes = 255;
// A code is at most this long; beyond it stand URLs and paths, which are only taken apart.
constexpr size_t kMaxCodeParts = 6;
constexpr size_t kMaxCodeBytes = 64;
// Words joined without white space are read together up to this number.
constexpr size_t kMaxJoinedParts = 32;
// "c++", "f#", "notepad++": letters before such a suffix.
constexpr size_t kMaxBytesBeforeSuffix = 8;

bool IsLetter(CharClass c) { return c == CharClass::kLatin || c == CharClass::kLetter; }
bool IsWordStart(CharClass c) { return IsLetter(c) || c == CharClass::kDigit; }
bool IsWordChar(CharClass c) { return IsWordStart(c) || c == CharClass::kMark; }
bool IsDigit(const FoldedChar& c) { return c.code_point >= '0' && c.code_point <= '9'; }

}  // namespace

void Tokenizer::ReadItem() {
  const CharClass next = reader_.Peek().char_class;
  if (next == CharClass::kCjk) {
    ReadCjk();
  } else if (IsWordStart(next)) {
    ReadJoinedWords();
  } else {
    reader_.Skip();
  }
}

void Tokenizer::ReadCjk() {
  std::string before;  // the folded character before
  size_t begin = 0;    // where it begins in text_
  size_t end = 0;
  size_t count = 0;
  for (;; reader_.Skip()) {
    const FoldedChar c = reader_.Peek();
    if (c.char_class == CharClass::kMark) continue;  // does not break the run
    if (c.char_class != CharClass::kCjk) break;
    std::string character;
    AppendCodePoint(character, c.code_point);
    end = c.end;
    if (count > 0) {
      if (options_.cjk_bigrams) Emit(before + character, begin, end);
      ++position_;
    }
    if (options_.cjk_unigrams || !options_.cjk_bigrams) Emit(character, c.begin, end);
    before = std::move(character);
    begin = c.begin;
    ++count;
  }
  if (count == 1 && options_.cjk_bigrams && !options_.cjk_unigrams) Emit(before, begin, end);
  ++position_;
}

void Tokenizer::ReadJoinedWords() {
  folded_.clear();
  parts_.clear();
  while (ReadPart() && parts_.size() < kMaxJoinedParts) {
    if (reader_.Peek(0).char_class != CharClass::kJoiner) break;
    if (!IsWordStart(reader_.Peek(1).char_class)) break;
    AppendCodePoint(folded_, reader_.Peek().code_point);
    reader_.Skip();
  }
  ReadSuffix(parts_.back());
  EmitJoined(0, parts_.size() - 1, false);
}

// Reads one part; false if it was cut for its length.
bool Tokenizer::ReadPart() {
  Part part;
  part.text_begin = folded_.size();
  part.begin = reader_.Peek().begin;
  size_t group = 0;  // digits since the part's begin or its last thousands separator
  CharClass letter_before = CharClass::kOther;
  bool complete = true;
  for (;;) {
    const FoldedChar c = reader_.Peek();
    if (IsWordChar(c.char_class)) {
      const size_t size_before = folded_.size();
      AppendCodePoint(folded_, c.code_point);
      if (folded_.size() - part.text_begin > kMaxWordBytes) {
        folded_.resize(size_before);
        complete = false;
        break;
      }
      part.latin &= c.char_class == CharClass::kLatin;
      part.number &= IsDigit(c);
      part.has_digit |= c.char_class == CharClass::kDigit;
      if (c.char_class != CharClass::kMark) letter_before = c.char_class;
      ++group;
    } else if (c.char_class == CharClass::kApostrophe && !AtPossessive() &&
               IsLetter(letter_before) && IsLetter(reader_.Peek(1).char_class)) {
      folded_ += '\'';
    } else if (c.char_class == CharClass::kComma && AtThousands(part, group)) {
      group = 0;  // "1,000" is the term "1000"
    } else {
      break;
    }
    reader_.Skip();
    part.end = reader_.skipped_end();
  }
  if (complete && AtPossessive()) {
    reader_.Skip();
    reader_.Skip();
  }
  part.text_end = folded_.size();
  parts_.push_back(part);
  return complete;
}

// At the "'s" of "cat's", which is no part of the word.
bool Tokenizer::AtPossessive() {
  return reader_.Peek().char_class == CharClass::kApostrophe && reader_.Peek(1).code_point == 's' &&
         !IsWordChar(reader_.Peek(2).char_class);
}

// At a comma between the digits of one number: up to three before it, then three and no more. The
// full-width comma separates the items of a Chinese list and does not count.
bool Tokenizer::AtThousands(const Part& part, size_t group) {
  if (!part.number || group > 3 || reader_.Peek().end - reader_.Peek().begin != 1) return false;
  const bool first = folded_.size() - part.text_begin == group;
  if (!first && group != 3) return false;
  for (size_t ahead = 1; ahead <= 3; ++ahead) {
    if (!IsDigit(reader_.Peek(ahead))) return false;
  }
  return !IsWordChar(reader_.Peek(4).char_class);
}

// The '+', "++" or '#' of "c++": it tells languages apart that share their letter.
void Tokenizer::ReadSuffix(Part& part) {
  if (!part.latin || part.text_end - part.text_begin > kMaxBytesBeforeSuffix) return;
  const FoldedChar mark = reader_.Peek();
  const FoldedChar next = reader_.Peek(1);
  if (mark.code_point == '+' && next.code_point == '+') {
    if (reader_.Peek(2).code_point == '+') return;
    part.suffix = "++";
  } else if (mark.code_point == '+' && !IsWordChar(next.char_class)) {
    part.suffix = "+";
  } else if (mark.code_point == '#' && !IsWordChar(next.char_class) && next.code_point != '#') {
    part.suffix = "#";
  } else {
    return;
  }
  for (size_t i = 0; i < part.suffix.size(); ++i) reader_.Skip();
  part.suffix_end = reader_.skipped_end();
}

bool Tokenizer::IsCode(size_t first, size_t last) const {
  if (last - first >= kMaxCodeParts) return false;
  if (parts_[last].text_end - parts_[first].text_begin > kMaxCodeBytes) return false;
  return std::any_of(parts_.begin() + first, parts_.begin() + last + 1,
                     [](const Part& part) { return part.has_digit; });
}

// How easily joined words come apart behind `part`: paths and file names first, the dot of a number
// last.
size_t Tokenizer::WeightBehind(size_t part) const {
  const size_t joiner = parts_[part].text_end;
  switch (folded_[joiner]) {
    case '/':
      return 2;
    case '.': {
      const auto digit = [](char c) { return c >= '0' && c <= '9'; };
      return digit(folded_[joiner - 1]) && digit(folded_[joiner + 1]) ? 0 : 2;
    }
    default:
      return 1;
  }
}

// A code gives itself and its pieces, in one position; anything else its pieces, one after the
// other.
void Tokenizer::EmitJoined(size_t first, size_t last, bool in_code) {
  if (first == last) {
    EmitPart(parts_[first]);
    if (!in_code) ++position_;
    return;
  }
  const bool code = IsCode(first, last);
  if (code) {
    const size_t begin = parts_[first].text_begin;
    Emit(std::string_view(folded_).substr(begin, parts_[last].text_end - begin),
         parts_[first].begin, parts_[last].end);
  }
  const bool decimal = last == first + 1 && parts_[first].number && parts_[last].number &&
                       folded_[parts_[first].text_end] == '.';
  size_t weight = 0;
  for (size_t part = first; part < last; ++part) weight = std::max(weight, WeightBehind(part));
  for (size_t begin = first, part = first; part <= last && !decimal; ++part) {
    if (part < last && WeightBehind(part) < weight) continue;
    EmitJoined(begin, part, in_code || code);
    begin = part + 1;
  }
  if (code && !in_code) ++position_;
}

void Tokenizer::EmitPart(const Part& part) {
  const auto word =
      std::string_view(folded_).substr(part.text_begin, part.text_end - part.text_begin);
  if (!part.suffix.empty()) {
    Emit(std::string(word) + std::string(part.suffix), part.begin, part.suffix_end);
  }
  Emit(part.latin ? words_.TermOf(word) : word, part.begin, part.end);
}

}  // namespace quarry
