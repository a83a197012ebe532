#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

#include "base/ascii.h"
#include "base/text.h"
#include "ingest/document_builder.h"
#include "ingest/format.h"
#include "ingest/html_tokenizer.h"
#include "ingest/separated_values.h"

namespace quarry::ingest {
namespace {

// What the name of a file says; content may overrule it. nullopt where it has no extension; that of
// a binary format says nothing about text.
using Hint = std::optional<Format>;

Hint HintOf(std::string_view path) {
  std::string extension = ExtensionOf(path);
  if (extension.empty()) return std::nullopt;
  // Sphinx puts the sources of its pages beside them as "setup.rst.txt".
  if (extension == "txt") {
    const std::string inner = ExtensionOf(path.substr(0, path.size() - 4));
    const Hint source = FormatOfExtension(inner);
    if (source == Format::kRst || source == Format::kMarkdown) extension = inner;
  }
  const Hint hint = FormatOfExtension(extension);
  return hint && InfoOf(*hint).family == Family::kText ? hint : Format::kPlainText;
}

std::string_view SkipSpace(std::string_view text) {
  const size_t begin = text.find_first_not_of(" \t\n\r\f");
  return begin == text.npos ? std::string_view() : text.substr(begin);
}

// "<!doctype html", "<html", or with the name's help any tag that HTML knows to begin with.
bool LooksLikeHtml(std::string_view text, Hint hint) {
  // Comments and an XML declaration may come first.
  for (int skipped = 0; skipped < 20; ++skipped) {
    text = SkipSpace(text);
    const std::string_view close = text.starts_with("<!--") ? "-->" : "?>";
    if (close == "?>" && !text.starts_with("<?xml")) break;
    const size_t end = text.find(close);
    if (end == text.npos) break;
    text.remove_prefix(end + close.size());
  }
  const auto begins_with_tag = [&](std::string_view tag) {
    return text.size() > tag.size() && EqualsIgnoringCase(text.substr(0, tag.size()), tag) &&
           !IsAsciiLetter(text[tag.size()]) && !IsAsciiDigit(text[tag.size()]);
  };
  for (const std::string_view tag : {"<!doctype html", "<html", "<head", "<body"}) {
    if (begins_with_tag(tag)) return true;
  }
  // Markdown may begin with such a tag as well.
  if (hint != std::nullopt && hint != Format::kHtml) return false;
  for (const std::string_view tag :
       {"<title", "<meta", "<link", "<style", "<script", "<div", "<main", "<article", "<section",
        "<header", "<nav", "<table", "<h1", "<h2", "<h3", "<p", "<ul", "<ol", "<body"}) {
    if (begins_with_tag(tag)) return true;
  }
  return false;
}

// Offset behind the JSON value that begins `text` with a bracket; npos if it is not closed.
size_t JsonValueEnd(std::string_view text) {
  size_t depth = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '"') {
      // Quotes are sparse in bulk data: jump to the closing one.
      for (++i; i < text.size() && text[i] != '"'; ++i) {
        if (text[i] == '\\') ++i;
      }
    } else if (c == '{' || c == '[') {
      ++depth;
    } else if (c == '}' || c == ']') {
      if (--depth == 0) return i + 1;
    }
  }
  return text.npos;
}

// Whether `text` begins as a JSON object or array does and a sentence in brackets does not.
bool BeginsLikeJson(std::string_view text) {
  if (text.empty() || (text.front() != '{' && text.front() != '[')) return false;
  const char next = SkipSpace(text.substr(1)).empty() ? '\0' : SkipSpace(text.substr(1)).front();
  if (text.front() == '{') return next == '"' || next == '}';
  return next == '{' || next == '[' || next == '"' || next == ']' || next == '-' ||
         IsAsciiDigit(next) || next == 't' || next == 'f' || next == 'n';
}

// Whether the first line is an object and another one begins on a later line.
bool IsObjectPerLine(std::string_view text) {
  const size_t newline = text.find('\n');
  if (newline == text.npos || text.front() != '{') return false;
  const std::string_view rest = SkipSpace(text.substr(newline));
  if (!rest.starts_with('{')) return false;
  const std::string_view line = text.substr(0, newline);
  const size_t end = JsonValueEnd(line);
  return end != line.npos && SkipSpace(line.substr(end)).empty();
}

// kJson, kJsonLines, or kPlainText for neither.
Format JsonFormat(std::string_view text, Hint hint) {
  text = SkipSpace(text);
  if (hint == Format::kJsonLines) return Format::kJsonLines;
  if (!BeginsLikeJson(text)) return hint == Format::kJson ? Format::kJson : Format::kPlainText;
  if (IsObjectPerLine(text)) return Format::kJsonLines;
  if (hint == Format::kJson) return Format::kJson;
  const size_t end = JsonValueEnd(text);
  if (end != text.npos) {
    return SkipSpace(text.substr(end)).empty() ? Format::kJson : Format::kPlainText;
  }
  // Cut off or broken. An object that begins with a key is meant as one, if no name says otherwise.
  const std::string_view inside = SkipSpace(text.substr(1));
  const size_t quote = inside.starts_with('"') ? inside.find('"', 1) : inside.npos;
  const bool has_key = text.front() == '{' && quote != inside.npos &&
                       SkipSpace(inside.substr(quote + 1)).starts_with(':');
  return has_key && hint == std::nullopt ? Format::kJson : Format::kPlainText;
}

// Whether a JSON text is a Jupyter notebook (nbformat 3 and 4).
bool IsNotebook(std::string_view text) {
  return text.find("\"nbformat\"") != text.npos &&
         (text.find("\"cells\"") != text.npos || text.find("\"worksheets\"") != text.npos);
}

// Marks that plain text hardly has, two kinds at least: "# Heading", "```", "[text](link)", "| a |
// b |" with its ruler, "**bold**".
bool LooksLikeMarkdown(std::string_view text) {
  text = text.substr(0, 16 * 1024);
  int headings = 0;
  bool fence = false;
  bool ruler = false;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    const std::string_view line = text.substr(begin, end - begin);
    begin = end + 1;
    const size_t hashes = line.find_first_not_of('#');
    if (hashes != line.npos && hashes >= 1 && hashes <= 6 && line[hashes] == ' ') ++headings;
    fence = fence || line.starts_with("```") || line.starts_with("~~~");
    ruler = ruler || (line.starts_with('|') && line.find("---") != line.npos &&
                      line.find_first_not_of("|-: ") == line.npos);
  }
  const size_t link = text.find("](");
  const bool has_link = link != text.npos && text.rfind('[', link) != text.npos;
  const size_t bold = text.find("**");
  const bool has_bold = bold != text.npos && text.find("**", bold + 3) != text.npos;
  const int kinds = (headings > 0 ? 1 : 0) + (headings > 2 ? 1 : 0) + (fence ? 1 : 0) +
                    (ruler ? 1 : 0) + (has_link ? 1 : 0) + (has_bold ? 1 : 0);
  return kinds >= 2;
}

// By its declaration, by what feeds begin with, or by its name and any tag.
bool LooksLikeXml(std::string_view text, const Hint& hint) {
  const std::string_view start = SkipSpace(text);
  return start.starts_with("<?xml") || start.starts_with("<rss") || start.starts_with("<feed") ||
         (hint == Format::kXml && start.starts_with('<'));
}

// Text without a telling name that is a table nevertheless.
bool LooksLikeTable(const ColumnGuess& guess) {
  return guess.records >= 3 && guess.agreeing == guess.records &&
         guess.columns >= (guess.separator == '\t' ? 2u : 3u);
}

}  // namespace

Format DetectTextFormat(std::string_view text, std::string_view path) {
  const Hint hint = HintOf(path);
  if (LooksLikeHtml(text, hint)) return Format::kHtml;
  if (LooksLikeXml(text, hint)) return Format::kXml;
  if (hint != Format::kCsv && hint != Format::kTsv && hint != Format::kMarkdown) {
    const Format json = JsonFormat(text, hint);
    if (json == Format::kJson && IsNotebook(text)) return Format::kNotebook;
    if (json != Format::kPlainText) return json;
  }
  // Many programs write tabs into a .csv.
  if (hint == Format::kCsv && FindSeparator(text, ",;\t|").separator == '\t') return Format::kTsv;
  if (hint == Format::kNotebook || hint == Format::kXml) return Format::kPlainText;
  if (hint) return *hint;
  if (LooksLikeMarkdown(text)) return Format::kMarkdown;
  if (LooksLikeTable(FindSeparator(text, "\t"))) return Format::kTsv;
  if (LooksLikeTable(FindSeparator(text, ",;"))) return Format::kCsv;
  return Format::kPlainText;
}

}  // namespace quarry::ingest
