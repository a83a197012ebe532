#pragma once

// LineWrap: text that comes in pieces, in lines of a terminal's width that break between words and between
// Chinese characters, never within a word. Line breaks of the text stay; what follows a list's marker stands
// below what stands behind it.

#include <cstddef>
#include <string>
#include <string_view>

namespace quarry::app {

class LineWrap {
 public:
  explicit LineWrap(size_t columns) : columns_(columns) {}

  // What of `utf8` and of what came before can be shown by now: all but the word that it ends in, which may
  // go on. Pieces need not end between characters.
  std::string Add(std::string_view utf8);
  // The rest.
  std::string Finish();

 private:
  void Take(char32_t c, std::string& out);
  // Puts the word on this line or the next.
  void EndWord(std::string& out);

  const size_t columns_;
  std::string cut_;     // the beginning of a character
  std::string spaces_;  // between what is shown and the word
  size_t space_width_ = 0;
  std::string word_;
  size_t word_width_ = 0;
  char32_t last_ = 0;          // of the word
  size_t at_ = 0;              // columns of the line that are filled
  size_t indent_ = 0;          // of the lines that go on with this one
  bool is_first_word_ = true;  // of its line
};

// A whole text so.
std::string WrapLines(std::string_view utf8, size_t columns);

}  // namespace quarry::app
