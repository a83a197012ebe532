// Reading the markup of pdftotext -bbox-layout, which is an element a line:
//
//   <page width="612.0" height="792.0">
//     <flow>
//       <block xMin="108.0" yMin="73.7" xMax="190.8" yMax="84.4">
//         <line xMin="108.0" yMin="73.7" xMax="190.8" yMax="84.4">
//           <word xMin="108.0" yMin="73.7" xMax="113.9" yMax="84.4">Introduction</word>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <utility>

#include "base/ascii.h"
#include "base/text.h"
#include "ingest/pdf_layout.h"

namespace quarry::ingest {
namespace {

constexpr size_t kMaxLineBytes = 64 * 1024;

// Appends a character as a reader has it: ligatures apart, the bullets of symbol fonts as bullets,
// no control characters.
void AppendGlyph(char32_t c, std::string* out) {
  static constexpr const char* kLigatures[] = {"ff", "fi", "fl", "ffi", "ffl", "st", "st"};
  if (c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0xFFFD) return;
  if (c >= 0xFB00 && c <= 0xFB06) {
    *out += kLigatures[c - 0xFB00];
  } else if (c >= 0xE000 && c <= 0xF8FF) {
    if (out->empty()) *out += "•";  // Wingdings and Symbol: boxes, ticks, arrows
  } else if (c == 0xA0) {
    *out += ' ';
  } else {
    AppendCodePoint(*out, c);
  }
}

// Markup text without its references: &amp; &lt; &gt; &quot; &apos; &#160; &#xA0;
std::string Unescaped(std::string_view markup) {
  static constexpr std::pair<std::string_view, char32_t> kNames[] = {
      {"amp", U'&'}, {"lt", U'<'}, {"gt", U'>'}, {"quot", U'"'}, {"apos", U'\''}};
  std::string text;
  for (size_t i = 0; i < markup.size();) {
    const size_t semicolon = markup[i] == '&' ? markup.find(';', i) : markup.npos;
    if (semicolon == markup.npos || semicolon - i > 10) {
      AppendGlyph(NextCodePoint(markup, i), &text);
      continue;
    }
    const std::string_view name = markup.substr(i + 1, semicolon - i - 1);
    i = semicolon + 1;
    if (name.starts_with('#')) {
      const bool hexadecimal = name.starts_with("#x");
      const std::string_view digits = name.substr(hexadecimal ? 2 : 1);
      uint32_t value = 0;
      std::from_chars(digits.data(), digits.data() + digits.size(), value, hexadecimal ? 16 : 10);
      if (value <= 0x10FFFF && (value < 0xD800 || value > 0xDFFF)) AppendGlyph(value, &text);
      continue;
    }
    for (const auto& [known, character] : kNames) {
      if (name == known) AppendGlyph(character, &text);
    }
  }
  return text;
}

// The value of `name="..."` in a tag; empty if there is none.
std::string_view Attribute(std::string_view tag, std::string_view name) {
  for (size_t at = tag.find(name); at != tag.npos; at = tag.find(name, at + 1)) {
    const std::string_view rest = tag.substr(at + name.size());
    if (at == 0 || tag[at - 1] != ' ' || !rest.starts_with("=\"")) continue;
    return rest.substr(2, rest.find('"', 2) - 2);
  }
  return {};
}

float NumberOf(std::string_view tag, std::string_view name) {
  const std::string_view value = Attribute(tag, name);
  float number = 0;
  std::from_chars(value.data(), value.data() + value.size(), number);
  return std::isfinite(number) ? number : 0;
}

void SetDate(std::string_view value, const char* key, Metadata* metadata) {
  // "2023-10-05T00:07:56Z"; the zone of pdftotext, "-05", is not ISO 8601 in full and goes.
  if (value.size() < 19 || value[4] != '-' || value[10] != 'T') return;
  std::string date(value.substr(0, 19));
  if (value.substr(19) == "Z") date += 'Z';
  (*metadata)[key] = std::move(date);
}

// What programs write where nobody named the document.
bool IsNoName(std::string_view value) {
  return value.empty() || value == "untitled" || value == "Untitled" || value == "anonymous" ||
         value == "(anonymous)" || value == "unspecified" || value == "(unspecified)";
}

void ReadMeta(std::string_view tag, PdfText* pdf) {
  const std::string_view name = Attribute(tag, "name");
  const std::string value = TitleLine(Unescaped(Attribute(tag, "content")));
  if (IsNoName(value)) return;
  if (name == "Author") pdf->metadata["author"] = value;
  if (name == "Subject") pdf->metadata["subject"] = value;
  if (name == "Keywords") pdf->metadata["keywords"] = value;
  if (name == "CreationDate") SetDate(value, "created", &pdf->metadata);
  if (name == "ModDate") SetDate(value, "modified", &pdf->metadata);
}

void ReadTitle(std::string_view tag, PdfText* pdf) {
  constexpr std::string_view kBegin = "<title>";
  tag.remove_prefix(kBegin.size());
  std::string title = TitleLine(Unescaped(tag.substr(0, tag.find("</title>"))));
  constexpr std::string_view kWord = "Microsoft Word - ";
  if (title.starts_with(kWord)) title.erase(0, kWord.size());
  if (!IsNoName(title)) pdf->title = std::move(title);
}

bool HasLetter(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return !IsAscii(c) || IsAsciiLetter(c); });
}

void ReadWord(std::string_view tag, PdfLine* line) {
  const size_t begin = tag.find('>');
  const size_t end = tag.rfind("</word>");
  if (begin == tag.npos || end == tag.npos || end < begin) return;
  const std::string word = Unescaped(tag.substr(begin + 1, end - begin - 1));
  if (word.empty() || line->text.size() + word.size() > kMaxLineBytes) return;
  if (!line->text.empty()) line->text += ' ';
  line->text += word;
  ++line->words;
}

}  // namespace

PdfText ReadPdfMarkup(std::string_view markup) {
  PdfText pdf;
  uint32_t block = 0;
  PdfLine line;
  for (size_t begin = 0; begin < markup.size();) {
    const size_t end = std::min(markup.find('\n', begin), markup.size());
    std::string_view tag = markup.substr(begin, end - begin);
    begin = end + 1;
    const size_t indent = tag.find('<');
    if (indent == tag.npos) continue;
    tag.remove_prefix(indent);
    if (tag.starts_with("<word ")) {
      ReadWord(tag, &line);
    } else if (tag.starts_with("<line ")) {
      line = {.x0 = NumberOf(tag, "xMin"),
              .x1 = NumberOf(tag, "xMax"),
              .y0 = NumberOf(tag, "yMin"),
              .y1 = NumberOf(tag, "yMax"),
              .block = block,
              .words = 0,
              .text = ""};
    } else if (tag.starts_with("</line>")) {
      if (!Trim(line.text).empty() && !pdf.pages.empty()) {
        pdf.pages.back().lines.push_back(std::exchange(line, {}));
      }
    } else if (tag.starts_with("<block ")) {
      ++block;
    } else if (tag.starts_with("<page ")) {
      pdf.pages.push_back(
          {.width = NumberOf(tag, "width"), .height = NumberOf(tag, "height"), .lines = {}});
    } else if (tag.starts_with("<meta ")) {
      ReadMeta(tag, &pdf);
    } else if (tag.starts_with("<title>")) {
      ReadTitle(tag, &pdf);
    }
  }
  return pdf;
}

void RemoveRunningLines(std::vector<PdfPage>* pages) {
  // What stands at one height in the margin of several pages, whatever its numbers are. Two will do
  // for what is only a number.
  constexpr float kMargin = 0.15f;
  constexpr size_t kRepeats = 3;
  constexpr size_t kNumberRepeats = 2;
  struct Seen {
    size_t pages = 0;
    size_t last = SIZE_MAX;
  };
  std::map<std::pair<std::string, long>, Seen> seen;
  const auto key_of = [](const PdfLine& line) {
    std::string pattern;
    for (const char c : line.text) {
      const bool digit = IsAsciiDigit(c);
      if (digit && pattern.ends_with('#')) continue;
      pattern += digit ? '#' : c;
    }
    // Page numbers change their height with the length of the page.
    const long height = HasLetter(pattern) ? std::lround(line.middle() / 4) : 0;
    return std::pair(std::move(pattern), height);
  };
  const auto in_margin = [&](const PdfPage& page, const PdfLine& line) {
    return line.middle() < page.height * kMargin || line.middle() > page.height * (1 - kMargin);
  };
  for (size_t i = 0; i < pages->size(); ++i) {
    for (const PdfLine& line : (*pages)[i].lines) {
      if (!in_margin((*pages)[i], line)) continue;
      Seen& entry = seen[key_of(line)];
      if (std::exchange(entry.last, i) != i) ++entry.pages;
    }
  }
  std::map<std::pair<std::string, long>, bool> kept;
  for (PdfPage& page : *pages) {
    std::erase_if(page.lines, [&](const PdfLine& line) {
      if (!in_margin(page, line)) return false;
      auto key = key_of(line);
      const bool has_letter = HasLetter(key.first);
      if (seen[key].pages < (has_letter ? kRepeats : kNumberRepeats)) return false;
      return !has_letter || std::exchange(kept[std::move(key)], true);
    });
  }
}

}  // namespace quarry::ingest
