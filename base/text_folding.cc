#include "base/text_folding.h"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/uscript.h>

#include <memory>
#include <mutex>

#include "base/status.h"
#include "base/text.h"

namespace quarry::text_internal {
namespace {

// A longer run of combining marks is cut here: a text of a megabyte of marks must not make the
// normaliser sort a megabyte (compare Unicode's Stream-Safe Text Format, which allows 30).
constexpr size_t kMaxSegment = 32;

constexpr char32_t kFirstHan = 0x3400;
constexpr char32_t kLastHan = 0x9FFF;

const icu::Normalizer2& Normalizer() {
  static const icu::Normalizer2* const normalizer = [] {
    UErrorCode error = U_ZERO_ERROR;
    const icu::Normalizer2* found = icu::Normalizer2::getNFKCCasefoldInstance(error);
    if (U_FAILURE(error)) Fatal(__FILE__, __LINE__, u_errorName(error));
    return found;
  }();
  return *normalizer;
}

// The Simplified form of each Han character from kFirstHan on; itself where there is no other.
const std::vector<char16_t>& SimplifiedForms() {
  static const std::vector<char16_t> forms = [] {
    std::vector<char16_t> table(kLastHan - kFirstHan + 1);
    for (size_t i = 0; i < table.size(); ++i) table[i] = static_cast<char16_t>(kFirstHan + i);
    const std::string_view pairs = kHanVariants;
    for (size_t offset = 0; offset < pairs.size();) {
      const char32_t traditional = NextCodePoint(pairs, offset);
      const char32_t simplified = NextCodePoint(pairs, offset);
      table[traditional - kFirstHan] = static_cast<char16_t>(simplified);
    }
    return table;
  }();
  return forms;
}

// What remains to be done to a character after NFKC_Casefold.
char32_t Unify(char32_t c) {
  if (c >= kFirstHan && c <= kLastHan) return SimplifiedForms()[c - kFirstHan];
  switch (c) {
    case 0x2010:  // hyphen; NFKC makes the non-breaking hyphen one
    case 0x2212:  // minus sign
      return '-';
    case 0x2018:  // the typographic quotes that serve as apostrophes
    case 0x2019:
    case 0x02BC:
      return '\'';
    default:
      return c;
  }
}

CharClass ClassOf(char32_t c) {
  switch (c) {
    case '-':
    case '_':
    case '.':
    case '/':
    case '#':
      return CharClass::kJoiner;
    case '\'':
      return CharClass::kApostrophe;
    case '+':
      return CharClass::kPlus;
    case ',':
      return CharClass::kComma;
    default:
      break;
  }
  if (IsCjk(c)) return CharClass::kCjk;
  const auto mask = U_GET_GC_MASK(static_cast<UChar32>(c));
  if ((mask & U_GC_L_MASK) != 0) {
    UErrorCode error = U_ZERO_ERROR;
    return uscript_getScript(static_cast<UChar32>(c), &error) == USCRIPT_LATIN ? CharClass::kLatin
                                                                               : CharClass::kLetter;
  }
  if ((mask & U_GC_N_MASK) != 0) return CharClass::kDigit;
  if ((mask & U_GC_M_MASK) != 0) return CharClass::kMark;
  return CharClass::kOther;
}

}  // namespace

std::atomic<const CharInfo*> pages[256];

const CharInfo* BuildPage(size_t page) {
  auto built = std::make_unique<CharInfo[]>(256);
  for (size_t i = 0; i < 256; ++i) {
    const auto c = static_cast<char32_t>(page << 8 | i);
    CharInfo& info = built[i];
    info.starts = Normalizer().hasBoundaryBefore(static_cast<UChar32>(c));
    UErrorCode error = U_ZERO_ERROR;
    const icu::UnicodeString folded =
        Normalizer().normalize(icu::UnicodeString(static_cast<UChar32>(c)), error);
    if (U_FAILURE(error) || folded.length() != 1) continue;
    const char32_t unified = Unify(folded[0]);
    info.folded = static_cast<char16_t>(unified);
    info.char_class = ClassOf(unified);
    info.simple = info.starts;
  }
  const CharInfo* expected = nullptr;
  if (pages[page].compare_exchange_strong(expected, built.get(), std::memory_order_acq_rel)) {
    return built.release();  // kept for the life of the process
  }
  return expected;
}

bool StartsSegment(char32_t c) {
  if (c < 0x10000) return CharInfoOf(c).starts;
  return Normalizer().hasBoundaryBefore(static_cast<UChar32>(c));
}

void FoldReader::Seek(size_t offset) {
  offset_ = offset;
  skipped_end_ = offset;
  head_ = 0;
  buffer_.clear();
}

void FoldReader::Skip() {
  skipped_end_ = Peek().end;
  ++head_;
  if (head_ == buffer_.size()) {
    buffer_.clear();
    head_ = 0;
  } else if (head_ >= 64) {
    buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(head_));
    head_ = 0;
  }
}

bool FoldReader::AtSegment(size_t* offset) {
  const FoldedChar next = Peek();
  if (next.begin < skipped_end_) return false;
  *offset = next.begin;
  return true;
}

void FoldReader::ReadSegment() {
  if (offset_ >= text_.size()) {
    buffer_.push_back({0, CharClass::kOther, text_.size(), text_.size()});
    return;
  }
  const size_t begin = offset_;
  const char32_t first = TakeUtf8(text_, offset_);
  if (first < 0x10000) {
    const CharInfo& info = CharInfoOf(first);
    if (info.simple && (offset_ == text_.size() || StartsSegment(PeekUtf8(text_, offset_)))) {
      buffer_.push_back({info.folded, info.char_class, begin, offset_});
      return;
    }
  }
  ReadLongSegment(begin, first);
}

// Leaves the buffer as it is where the segment folds to nothing (a soft hyphen, a zero-width
// space).
void FoldReader::ReadLongSegment(size_t begin, char32_t first) {
  icu::UnicodeString segment(static_cast<UChar32>(first));
  for (size_t count = 1; count < kMaxSegment && offset_ < text_.size(); ++count) {
    size_t behind = offset_;
    const char32_t next = TakeUtf8(text_, behind);
    if (StartsSegment(next)) break;
    segment.append(static_cast<UChar32>(next));
    offset_ = behind;
  }
  UErrorCode error = U_ZERO_ERROR;
  const icu::UnicodeString folded = Normalizer().normalize(segment, error);
  if (U_FAILURE(error)) Fatal(__FILE__, __LINE__, u_errorName(error));
  for (int32_t i = 0; i < folded.length(); i = folded.moveIndex32(i, 1)) {
    const char32_t unified = Unify(static_cast<char32_t>(folded.char32At(i)));
    buffer_.push_back({unified, ClassOf(unified), begin, offset_});
  }
}

}  // namespace quarry::text_internal
