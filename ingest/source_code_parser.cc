#include <algorithm>
#include <string>
#include <utility>

#include "base/ascii.h"
#include "base/text.h"
#include "ingest/code_outline.h"
#include "ingest/document_builder.h"
#include "ingest/parsers.h"

namespace quarry::ingest {
namespace {

// Writes the code as blocks under headings that name what they are in: "class Foo", "bar()".
class CodeWriter {
 public:
  CodeWriter(std::string_view code, std::string file_name, Document* document)
      : code_(code), file_name_(std::move(file_name)), builder_(document) {}

  void Write(const std::vector<CodeDefinition>& definitions) {
    WriteRange(0, code_.size(), definitions, file_name_, 1, false);
  }

 private:
  // `named`: a heading above says where the range stands. Code behind a definition needs one, else
  // it would be taken for a part of that.
  void WriteRange(size_t begin, size_t end, const std::vector<CodeDefinition>& definitions,
                  const std::string& name, uint32_t level, bool named) {
    bool is_open = true;
    for (const CodeDefinition& definition : definitions) {
      WriteRest(begin, definition.begin, name, level, &is_open);
      const uint32_t own = std::min(level + (named ? 1u : 0u), 6u);
      builder_.Add(BlockKind::kHeading, own, definition.name);
      if (definition.inner.empty()) {
        WriteCode(definition.begin, definition.end);
      } else {
        WriteRange(definition.begin, definition.end, definition.inner, definition.name, own, true);
      }
      begin = definition.end;
      is_open = false;
    }
    WriteRest(begin, end, name, level, &is_open);
  }

  // Code between definitions. What only closes a class says nothing.
  void WriteRest(size_t begin, size_t end, const std::string& name, uint32_t level, bool* is_open) {
    if (begin >= end) return;
    const std::string_view rest = code_.substr(begin, end - begin);
    const bool says_something = std::any_of(
        rest.begin(), rest.end(), [](char c) { return IsAsciiAlphanumeric(c) || !IsAscii(c); });
    if (!says_something || IsOnlyEnd(rest)) return;
    if (!std::exchange(*is_open, true)) builder_.Add(BlockKind::kHeading, level, name);
    WriteCode(begin, end);
  }

  // Whether every line of it is empty or such an end.
  static bool IsOnlyEnd(std::string_view rest) {
    for (size_t begin = 0; begin < rest.size();) {
      const size_t end = std::min(rest.find('\n', begin), rest.size());
      const std::string_view line = Trim(rest.substr(begin, end - begin));
      if (!line.empty() && !IsEnd(line)) return false;
      begin = end + 1;
    }
    return true;
  }

  static bool IsEnd(std::string_view line) {
    return line == "end" || line == "end;" || line == "private:" || line == "public:" ||
           line == "protected:" || line.find_first_not_of("};") == line.npos ||
           line.starts_with("}  // namespace");
  }

  // A block for each piece between empty lines before a line at the margin: the chunker cuts there.
  void WriteCode(size_t begin, size_t end) {
    const std::string_view code = code_.substr(begin, end - begin);
    size_t piece = 0;
    for (size_t at = code.find("\n\n"); at != code.npos;) {
      const size_t next = code.find_first_not_of('\n', at);
      if (next == code.npos) break;
      if (next - piece >= kPieceBytes && code[next] != ' ' && code[next] != '\t') {
        builder_.Add(BlockKind::kCode, 0, code.substr(piece, next - piece));
        piece = next;
      }
      at = code.find("\n\n", next);
    }
    builder_.Add(BlockKind::kCode, 0, code.substr(piece));
  }

  static constexpr size_t kPieceBytes = 800;

  const std::string_view code_;
  const std::string file_name_;
  DocumentBuilder builder_;
};

size_t BytesOfLine(std::string_view code) {
  return code.size() / static_cast<size_t>(std::ranges::count(code, '\n') + 1);
}

class SourceCodeParser final : public Parser {
 public:
  Result<ParsedSource> Parse(std::string_view text, const SourceInfo& source) const override {
    ParsedSource parsed;
    Document& document = parsed.documents.emplace_back(NewDocument(source, Format::kSourceCode));
    const std::string& path = source.path.empty() ? source.id : source.path;
    const CodeLanguage& language = CodeLanguageOf(ExtensionOf(path));
    if (IsMinified(text, path)) {
      return InvalidArgumentError("minified: " + std::to_string(BytesOfLine(text)) +
                                  " bytes a line, expected code as it is written");
    }
    const std::string file_name = path.substr(path.find_last_of("/\\") + 1);
    if (*language.name != '\0')
      document.metadata["programming_language"] = std::string(language.name);
    document.title = TitleLine(file_name);
    CodeWriter(text, TitleLine(file_name), &document).Write(OutlineOf(text, language));
    return parsed;
  }
};

}  // namespace

bool IsMinified(std::string_view code, std::string_view path) {
  constexpr size_t kLeastBytes = 4096;
  constexpr size_t kLongLine = 400;
  constexpr size_t kMostShortLines = 30;  // a licence above
  constexpr double kMostBytes = 0.9;
  // Rows of a table fill long lines of SQL.
  const bool may_be = CodeLanguageOf(ExtensionOf(path)).structure == CodeStructure::kBraces;
  if (!may_be || code.size() < kLeastBytes) return false;
  size_t long_bytes = 0;
  size_t short_lines = 0;
  for (size_t begin = 0; begin < code.size();) {
    const size_t end = std::min(code.find('\n', begin), code.size());
    if (end - begin > kLongLine) {
      long_bytes += end - begin;
    } else if (end > begin && ++short_lines > kMostShortLines) {
      return false;
    }
    begin = end + 1;
  }
  return static_cast<double>(long_bytes) >= kMostBytes * static_cast<double>(code.size());
}

std::unique_ptr<Parser> MakeSourceCodeParser() { return std::make_unique<SourceCodeParser>(); }

}  // namespace quarry::ingest
