#pragma once

// The words of RTF that a reader has to know: groups that are no text, characters with names,
// charsets of fonts, styles that are headings. Internal to ingest/.

#include <cstdint>
#include <optional>
#include <string_view>

namespace quarry::ingest {

// Where the text of a group goes.
enum class RtfTarget : uint8_t {
  kBody,
  kNote,      // a footnote: behind its paragraph
  kListMark,  // the number or bullet that stands before an item
  kFonts,
  kStyles,
  kTitle,
  kAuthor,
  kSubject,
  kKeywords,
  kCreated,
  kMarkup,  // tags of the HTML that the file was made from
  kSkipped,
};

// Where the text of a group goes that begins with `word`; nullopt if it goes where it goes around
// it.
std::optional<RtfTarget> RtfTargetOf(std::string_view word);

// Whether a group behind \* that begins with `word` holds text all the same: text boxes.
bool IsRtfTextBehindStar(std::string_view word);

// "—" of "emdash"; null if the word is no character.
const char* RtfSymbol(std::string_view word);

// The code page of a font's \fcharset; 0 = that of the document.
int RtfCodePageOf(int charset);
inline constexpr int kRtfSymbolCharset = 2;

// The level of a style by its name: "heading 2", "标题 2"; 0 for others.
uint32_t RtfHeadingLevelOf(std::string_view name);

}  // namespace quarry::ingest
