#include "ingest/parser.h"

#include <utility>

#include "base/text.h"
#include "ingest/document_builder.h"
#include "ingest/parsers.h"

namespace quarry::ingest {
namespace {

// Change the number whenever a parser makes another text, other blocks or other metadata of any
// source.
constexpr std::string_view kFingerprint = "parsers:12";

// Of a source that was read well and has no text: a drawing, a page that only includes others. With more behind it, what
// was wrong with its parts.
constexpr std::string_view kNoText = "empty: no text in ";

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

// Decodes and parses; `format` is found here unless it is known.
Result<ParsedSource> ParseText(std::string_view bytes, const SourceInfo& source,
                               std::optional<Format>* format) {
  QUARRY_ASSIGN_OR_RETURN(const DecodedText decoded, DecodeText(bytes));
  if (Trim(decoded.text).empty()) {
    return InvalidArgumentError("empty: only white space, expected text");
  }
  if (!*format) *format = DetectTextFormat(decoded.text, source.path);
  return ParserFor(**format).Parse(decoded.text, source);
}

Status NoTextError(const FormatInfo& format, const ParsedSource& parsed) {
  std::string reason = std::string(kNoText) + format.media_type;
  const std::vector<SourceError>& errors = parsed.errors;
  if (!errors.empty()) {
    reason += "; " + errors[0].place + ": " + errors[0].reason;
    if (errors.size() > 1) reason += " (and " + std::to_string(errors.size() - 1) + " more errors)";
  } else if (!parsed.skipped.empty()) {
    reason += "; " + parsed.skipped[0].place + ": " + parsed.skipped[0].reason;
  }
  return InvalidArgumentError(std::move(reason));
}

bool IsArchive(Format format) {
  return format == Format::kZip || format == Format::kTar || format == Format::kGzip;
}

}  // namespace

Result<ParsedSource> ParseSource(std::string_view bytes, const SourceInfo& given) {
  if (bytes.empty()) return InvalidArgumentError("empty: 0 bytes, expected text");
  SourceInfo source = given;
  ParseBudget budget(bytes.size());
  if (source.budget == nullptr) source.budget = &budget;
  // Whoever declares text is believed; which binary format it is, the content knows better.
  std::optional<Format> format = source.format;
  if (!format || InfoOf(*format).family == Family::kBinary) {
    if (const auto found = DetectBinaryFormat(bytes, source.path)) format = found;
  }
  QUARRY_ASSIGN_OR_RETURN(ParsedSource parsed, format && InfoOf(*format).family == Family::kBinary
                                                   ? ParserFor(*format).Parse(bytes, source)
                                                   : ParseText(bytes, source, &format));
  const FormatInfo& info = InfoOf(*format);
  parsed.was_recognised = source.budget->recognised() > 0;

  // Members of an archive went through the rest. One that holds pictures only is no error.
  if (IsArchive(*format) && (!parsed.documents.empty() || parsed.errors.empty())) return parsed;
  std::erase_if(parsed.documents, [](const Document& document) { return document.blocks.empty(); });
  if (parsed.documents.empty()) return NoTextError(info, parsed);
  for (Document& document : parsed.documents) {
    document.language = LanguageOf(document);
    if (document.title.empty() && info.title == TitleFrom::kHeading) {
      document.title = TitleFromHeadings(document);
    }
    if (document.title.empty() && info.title != TitleFrom::kNothing) {
      document.title = StemOf(source.path.empty() ? source.id : source.path);
    }
  }
  return parsed;
}

bool HoldsNoText(std::string_view bytes, std::string_view path) {
  if (Trim(bytes).empty()) return true;
  if (const std::optional<Format> format = DetectBinaryFormat(bytes, path))
    return !IsRead(*format) || *format == Format::kImage;
  if (IsMinified(bytes, path)) return true;
  return !BinaryFormatOf(bytes).empty() || bytes.find('\0') != std::string_view::npos;
}

bool IsPassedOver(const Status& error, std::string_view bytes, std::string_view path) {
  const bool is_lasting =
      error.code() == Code::kInvalidArgument || error.code() == Code::kFailedPrecondition;
  const bool is_all =
      error.message().starts_with(kNoText) && error.message().find("; ") == std::string::npos;
  return is_lasting && (is_all || HoldsNoText(bytes, path));
}

std::string_view ParserFingerprint() { return kFingerprint; }

}  // namespace quarry::ingest
