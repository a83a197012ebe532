#pragma once

// The marks that items of a list begin with, and the labels of fields.

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace quarry::text_internal {

// "1.", "2.)", "c)", "•".
struct ListMark {
  size_t end = 0;     // behind the mark; 0: there is none
  char32_t kind = 0;  // 'n' for numbers, 'a' for letters, else the bullet
  uint32_t ordinal = 0;
  std::string_view tail;  // ".", ")" or ".)"
};

// The mark at `offset`, with white space behind it.
ListMark ListMarkAt(std::string_view text, size_t offset);

// Whether the line that begins at `line` is an item of a list, or a Markdown heading.
// REQUIRES: line < text.size().
bool BeginsItem(std::string_view text, size_t line);

// Whether the line that begins at `line` is a field of a form: a short label that begins with a capital or a CJK
// character, a colon and what it says, "Owner: Ines Vogel", "主持：李嘉怡". Short: at most 28 characters, of
// them at most 10 CJK ones.
bool BeginsWithLabel(std::string_view text, size_t line);

}  // namespace quarry::text_internal
