#include "ingest/parser.h"

#include <utility>

#include "base/hash.h"
#include "base/text.h"
#include "ingest/document_builder.h"
#include "ingest/parsers.h"

namespace quarry::ingest {
namespace {

// Change the number whenever a parser makes another text, other blocks or other metadata of any
// source.
constexpr std::string_view kFingerprint = "parsers:2";

// The first heading of the outermost level, or one that begins the document.
std::string TitleFromHeadings(const Document& document) {
  for (const Block& block : document.blocks) {
    if (block.kind == BlockKind::kHeading && block.level == 1)
      return TitleLine(document.TextOf(block));
  }
  if (!document.blocks.empty() && document.blocks[0].kind == BlockKind::kHeading) {
    return TitleLine(document.TextOf(document.blocks[0]));
  }
  return "";
}

// What the text shows, refined by what the source says of itself. Scripts do not lie, but German
// and French look like English to DetectLanguage.
std::string LanguageOf(const Document& document) {
  std::string detected = DetectLanguage(document.text);
  const std::string& declared = document.language;
  if (declared.empty()) return detected;
  const bool declared_cjk = declared == "zh" || declared == "ja" || declared == "ko";
  if (detected.empty() || (detected == "en" && !declared_cjk)) return declared;
  return detected;
}

}  // namespace

const char* MediaTypeOf(Format format) {
  switch (format) {
    case Format::kPlainText:
      return "text/plain";
    case Format::kMarkdown:
      return "text/markdown";
    case Format::kHtml:
      return "text/html";
    case Format::kJson:
      return "application/json";
    case Format::kJsonLines:
      return "application/jsonl";
    case Format::kCsv:
      return "text/csv";
    case Format::kTsv:
      return "text/tab-separated-values";
  }
  return "application/octet-stream";
}

const Parser& ParserFor(Format format) {
  // Never destroyed: threads may parse while the process ends.
  static const Parser* const text = MakeTextParser().release();
  static const Parser* const markdown = MakeMarkdownParser().release();
  static const Parser* const html = MakeHtmlParser().release();
  static const Parser* const json = MakeJsonParser().release();
  static const Parser* const json_lines = MakeJsonLinesParser().release();
  static const Parser* const csv = MakeCsvParser(false).release();
  static const Parser* const tsv = MakeCsvParser(true).release();
  switch (format) {
    case Format::kPlainText:
      return *text;
    case Format::kMarkdown:
      return *markdown;
    case Format::kHtml:
      return *html;
    case Format::kJson:
      return *json;
    case Format::kJsonLines:
      return *json_lines;
    case Format::kCsv:
      return *csv;
    case Format::kTsv:
      return *tsv;
  }
  return *text;
}

uint64_t SourceHash(std::string_view bytes) {
  return HashCombine(Hash64(bytes), Hash64(ParserFingerprint()));
}

Result<ParsedSource> ParseSource(std::string_view bytes, const SourceInfo& source) {
  if (bytes.empty()) return InvalidArgumentError("empty: 0 bytes, expected text");
  QUARRY_ASSIGN_OR_RETURN(DecodedText decoded, DecodeText(bytes));
  if (Trim(decoded.text).empty()) {
    return InvalidArgumentError("empty: only white space, expected text");
  }
  const Format format = source.format ? *source.format : DetectFormat(decoded.text, source.path);
  QUARRY_ASSIGN_OR_RETURN(ParsedSource parsed, ParserFor(format).Parse(decoded.text, source));
  // Gone before the hash and the language are looked at: the text may be large.
  decoded.text = std::string();

  std::erase_if(parsed.documents, [](const Document& document) { return document.blocks.empty(); });
  if (parsed.documents.empty()) {
    std::string reason = std::string("empty: no text in ") + MediaTypeOf(format);
    if (!parsed.errors.empty()) {
      reason += "; " + parsed.errors[0].place + ": " + parsed.errors[0].reason;
      if (parsed.errors.size() > 1) {
        reason += " (and " + std::to_string(parsed.errors.size() - 1) + " more errors)";
      }
    }
    return InvalidArgumentError(std::move(reason));
  }
  const uint64_t hash = SourceHash(bytes);
  const bool has_headings =
      format == Format::kPlainText || format == Format::kMarkdown || format == Format::kHtml;
  for (Document& document : parsed.documents) {
    document.source_hash = hash;
    document.language = LanguageOf(document);
    if (document.title.empty() && has_headings) document.title = TitleFromHeadings(document);
    // A record is not named after its file: the name would be the same for all of them.
    if (document.title.empty() && format != Format::kJsonLines) {
      document.title = StemOf(source.path.empty() ? source.id : source.path);
    }
  }
  return parsed;
}

std::string_view ParserFingerprint() { return kFingerprint; }

}  // namespace quarry::ingest
