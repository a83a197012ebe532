#pragma once

// Text for a terminal: widths, cutting, and making foreign text safe to show. Pure functions.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/analyzer.h"
#include "base/text.h"

namespace quarry::app {

// Columns that a terminal gives to `utf8`: 2 for wide (CJK, full-width, emoji) characters, 0 for
// combining marks, 1 for others.
size_t DisplayWidth(std::string_view utf8);

// The same of one character.
size_t CodePointWidth(char32_t c);

// Chinese punctuation that does not begin a line, and that does not end one.
bool IsClosingMark(char32_t c);
bool IsOpeningMark(char32_t c);

// `utf8` on one line and without what a terminal would act upon: control characters (escape
// sequences begin with one) and runs of white space become one space, malformed bytes U+FFFD.
// Documents are not ours: their text must not move the cursor.
std::string OneLine(std::string_view utf8);

// The same, but line breaks and tabs stay.
std::string Printable(std::string_view utf8);

// `utf8`, cut to at most `columns` with "…" at its end where something was cut.
std::string Ellipsize(std::string_view utf8, size_t columns);

// How many bytes of `utf8` fill a line of `columns`: all if it fits, else up to the last space or
// between two wide characters, the second of which may begin a line. At least one character.
size_t FittingBytes(std::string_view utf8, size_t columns);

// `utf8` with spaces to its right up to `columns`.
std::string PadRight(std::string_view utf8, size_t columns);

// The part of a passage that shows best why it was found.
struct Snippet {
  std::string text;                // one line, with "… " and " …" where the passage goes on
  std::vector<ByteRange> matches;  // in `text`, ascending, not overlapping
};

// At most about `columns` wide; the window with the most distinct words of `terms` (the analyzer's
// tokens of the question), the earliest of equal ones. The start of the text if there are none.
Snippet MakeSnippet(std::string_view text, const std::vector<std::string>& terms,
                    const Analyzer& analyzer, size_t columns);

// "1,234,567".
std::string WithThousands(uint64_t value);

// "1 chunk", "1,200 chunks".
std::string Counted(uint64_t count, const std::string& noun);
// "1.2 MB", powers of 1,000.
std::string FormatBytes(uint64_t bytes);
// "0.8 s", "2 min 5 s", "1 h 2 min".
std::string FormatSeconds(double seconds);

}  // namespace quarry::app
