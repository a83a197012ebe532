#include "app/line_wrap.h"

#include "app/text_layout.h"
#include "base/ascii.h"
#include "base/text.h"

namespace quarry::app {
namespace {

constexpr size_t kTabStop = 8;

// "-", "*", "•", "12.", "3)".
bool IsListMarker(std::string_view word) {
  if (word == "-" || word == "*" || word == "•") return true;
  const size_t digits = word.find_first_not_of("0123456789");
  return digits != 0 && digits + 1 == word.size() && (word[digits] == '.' || word[digits] == ')');
}

// Whether a line may end between two characters of which neither is a space.
bool BreaksBetween(char32_t before, char32_t c) {
  if (IsOpeningMark(before) || IsClosingMark(c)) return false;
  if (CodePointWidth(c) == 2) return true;
  return CodePointWidth(before) == 2 && c < 0x80 && IsAsciiAlphanumeric(static_cast<char>(c));
}

// Bytes at the end of `utf8` that are the beginning of a character, which the next piece may complete.
size_t CutBytes(std::string_view utf8) {
  for (size_t back = 1; back <= 3 && back <= utf8.size(); ++back) {
    const auto byte = static_cast<unsigned char>(utf8[utf8.size() - back]);
    if ((byte & 0xC0) == 0x80) continue;
    const size_t length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : 1;
    return length > back ? back : 0;
  }
  return 0;
}

}  // namespace

std::string LineWrap::Add(std::string_view utf8) {
  const std::string text = cut_ + std::string(utf8);
  const size_t whole = text.size() - CutBytes(text);
  cut_ = text.substr(whole);
  const std::string_view characters = std::string_view(text).substr(0, whole);
  std::string out;
  for (size_t offset = 0; offset < characters.size();) Take(NextCodePoint(characters, offset), out);
  return out;
}

std::string LineWrap::Finish() {
  std::string out;
  for (size_t offset = 0; offset < cut_.size();) Take(NextCodePoint(cut_, offset), out);
  cut_.clear();
  EndWord(out);
  return out;
}

void LineWrap::Take(char32_t c, std::string& out) {
  if (c == '\n') {
    EndWord(out);
    out += '\n';
    spaces_.clear();
    space_width_ = 0;
    at_ = 0;
    indent_ = 0;
    is_first_word_ = true;
  } else if (c == ' ' || c == '\t') {
    EndWord(out);
    spaces_ += static_cast<char>(c);
    space_width_ += c == ' ' ? 1 : kTabStop - (at_ + space_width_) % kTabStop;
  } else {
    if (!word_.empty() && BreaksBetween(last_, c)) EndWord(out);
    AppendCodePoint(word_, c);
    word_width_ += CodePointWidth(c);
    last_ = c;
  }
}

void LineWrap::EndWord(std::string& out) {
  if (word_.empty()) return;
  if (!is_first_word_ && at_ + space_width_ + word_width_ > columns_) {
    out += '\n' + std::string(indent_, ' ');
    at_ = indent_;
  } else {
    out += spaces_;
    at_ += space_width_;
  }
  if (is_first_word_) {
    indent_ = at_ + (IsListMarker(word_) ? word_width_ + 1 : 0);
    if (indent_ > columns_ / 2) indent_ = 0;
    is_first_word_ = false;
  }
  out += word_;
  at_ += word_width_;
  spaces_.clear();
  space_width_ = 0;
  word_.clear();
  word_width_ = 0;
}

std::string WrapLines(std::string_view utf8, size_t columns) {
  LineWrap wrap(columns);
  std::string text = wrap.Add(utf8);
  return text + wrap.Finish();
}

}  // namespace quarry::app
