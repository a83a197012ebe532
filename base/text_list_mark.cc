#include "base/text_list_mark.h"

#include <algorithm>

#include "base/text.h"
#include "base/text_sentence_chars.h"
#include "base/text_utf8.h"

namespace quarry::text_internal {
namespace {

char32_t At(std::string_view text, size_t offset) {
  return offset < text.size() ? PeekUtf8(text, offset) : 0;
}
char ByteAt(std::string_view text, size_t offset) {
  return offset < text.size() ? text[offset] : '\0';
}
size_t Behind(std::string_view text, size_t offset) {
  TakeUtf8(text, offset);
  return offset;
}
size_t SkipSpace(std::string_view text, size_t offset) {
  while (offset < text.size() && IsSpace(At(text, offset))) offset = Behind(text, offset);
  return offset;
}

// A number or small letter with what closes it.
ListMark OrdinalMarkAt(std::string_view text, size_t offset) {
  ListMark mark;
  size_t tail = offset;
  while (IsDigit(At(text, tail)) && tail - offset < 3) {
    mark.ordinal = mark.ordinal * 10 + (At(text, tail++) - '0');
  }
  mark.kind = 'n';
  if (tail == offset && IsLatinLetter(At(text, offset)) && IsLower(At(text, offset))) {
    mark.ordinal = At(text, tail++);
    mark.kind = 'a';
  }
  if (tail == offset) return {};
  for (const std::string_view candidate : {".)", ".", ")"}) {
    const size_t end = tail + candidate.size();
    if (text.substr(tail).starts_with(candidate) && IsSpace(At(text, end))) {
      mark.tail = candidate;
      mark.end = end;
      return mark;
    }
  }
  return {};
}

}  // namespace

ListMark ListMarkAt(std::string_view text, size_t offset) {
  const char32_t bullet = At(text, offset);
  if (!IsBullet(bullet)) return OrdinalMarkAt(text, offset);
  const size_t behind = SkipSpace(text, Behind(text, offset));
  ListMark mark = OrdinalMarkAt(text, behind);  // "• 9. The first item"
  mark.end = std::max(mark.end, behind);
  mark.kind = bullet;
  return mark;
}

bool BeginsItem(std::string_view text, size_t line) {
  const char32_t c = At(text, line);
  if (IsBullet(c) || (c >= 0x2460 && c <= 0x2473)) return true;  // ① and its like
  if (c == '-' || c == '*' || c == '+') return ByteAt(text, line + 1) == ' ';
  if (c == '#') {
    const size_t heading = text.find_first_not_of('#', line);
    return heading != std::string_view::npos && text[heading] == ' ';
  }
  if (ListMarkAt(text, line).end != 0) return true;
  // "(1)", "（一）", "一、", "12、"
  const bool open = c == '(' || c == U'（';
  const size_t begin = open ? Behind(text, line) : line;
  size_t end = begin;
  while ((IsDigit(At(text, end)) || IsChineseNumeral(At(text, end))) && end - begin < 9)
    end = Behind(text, end);
  if (end == begin) return false;
  return open ? At(text, end) == ')' || At(text, end) == U'）'
              : At(text, end) == U'、' || At(text, end) == U'．';
}

bool BeginsWithLabel(std::string_view text, size_t line) {
  constexpr size_t kMostCharacters = 28;
  constexpr size_t kMostCjkCharacters = 10;  // more of them are a clause of prose that was wrapped
  constexpr size_t kMostWords = 4;
  const char32_t first = At(text, line);
  if (!IsUpper(first) && !IsCjk(first)) return false;
  size_t words = 1;
  size_t cjk = 0;
  char32_t before = 0;
  size_t at = line;
  for (size_t characters = 0; characters <= kMostCharacters; ++characters) {
    const char32_t c = At(text, at);
    // "At 10:30", "https://": the colon of a label has a blank behind it.
    if (c == ':') return IsBlank(At(text, at + 1)) || IsCjk(At(text, at + 1));
    // "上午10：30", but "数量：30"
    if (c == U'：') return !IsDigit(before) || !IsDigit(At(text, Behind(text, at)));
    if (c == ' ' && ++words > kMostWords) return false;
    const bool is_of_label =
        IsCjk(c) || IsUpper(c) || IsLower(c) || IsDigit(c) || IsOneOf(c, U" -/()（）、");
    if (!is_of_label || (IsCjk(c) && ++cjk > kMostCjkCharacters)) return false;
    before = c;
    at = Behind(text, at);
  }
  return false;
}

}  // namespace quarry::text_internal
