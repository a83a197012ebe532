// Word, Excel, PowerPoint of 97 to 2003: by small converters of Debian where they are installed
// (docs/decisions/0015-helper-programs.md says why none of our own).

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "base/child_process.h"
#include "base/text.h"
#include "base/text_convert.h"
#include "ingest/document_builder.h"
#include "ingest/parsers.h"
#include "ingest/separated_values.h"

namespace quarry::ingest {
namespace {

Result<std::string> Convert(const char* program, std::vector<std::string> arguments,
                            std::string_view bytes, ParseBudget* budget) {
  const auto start = std::chrono::steady_clock::now();
  Result<std::string> text =
      RunChild({.program = program, .arguments = std::move(arguments), .package = "catdoc"}, bytes);
  if (budget != nullptr) budget->EndConversion(std::chrono::steady_clock::now() - start);
  if (text.ok() || text.status().code() != Code::kInvalidArgument) return text;
  return std::move(text).status().Annotate("broken file");
}

// Converters write UTF-8 where they are told to; one that did not is not believed.
Result<std::string> AsText(Result<std::string> converted) {
  QUARRY_RETURN_IF_ERROR(converted.status());
  std::string text;
  for (size_t offset = 0; offset < converted->size();) {
    const char32_t c = NextCodePoint(*converted, offset);
    if (c >= 0x20 || c == '\n' || c == '\t' || c == '\f') AppendCodePoint(text, c);
  }
  return text;
}

class WordParser final : public Parser {
 public:
  Result<ParsedSource> Parse(std::string_view bytes, const SourceInfo& source) const override {
    QUARRY_ASSIGN_OR_RETURN(
        const std::string text,
        AsText(Convert("catdoc", {"-d", "utf-8", "-w", kInputPath}, bytes, source.budget)));
    ParsedSource parsed;
    DocumentBuilder builder(&parsed.documents.emplace_back(NewDocument(source, Format::kDoc)));
    // A paragraph is a line (-w).
    for (size_t begin = 0; begin < text.size();) {
      const size_t end = std::min(text.find('\n', begin), text.size());
      builder.Add(BlockKind::kParagraph, 0, std::string_view(text).substr(begin, end - begin));
      begin = end + 1;
    }
    return parsed;
  }
};

class PowerPointParser final : public Parser {
 public:
  Result<ParsedSource> Parse(std::string_view bytes, const SourceInfo& source) const override {
    QUARRY_ASSIGN_OR_RETURN(
        const std::string text,
        AsText(Convert("catppt", {"-d", "utf-8", kInputPath}, bytes, source.budget)));
    ParsedSource parsed;
    DocumentBuilder builder(&parsed.documents.emplace_back(NewDocument(source, Format::kPpt)));
    // Slides end with form feeds.
    AppendPlainText(text, &builder);
    return parsed;
  }
};

// The names of the sheets: xls2csv does not tell them. BoundSheet8 records of [MS-XLS] 2.4.28, found
// by their shape, since a workbook of one piece is all that it takes: 0x0085, size, position of the
// sheet (4 bytes), state, kind, characters, 1 if they have two bytes, characters.
std::vector<std::string> SheetNames(std::string_view bytes) {
  std::vector<std::string> names;
  const auto byte = [&](size_t at) { return static_cast<unsigned char>(bytes[at]); };
  for (size_t at = 0; at + 12 < bytes.size();) {
    const size_t size = byte(at + 2) + 256u * byte(at + 3);
    const size_t characters = byte(at + 10);
    const bool wide = byte(at + 11) == 1;
    const bool is_record = byte(at) == 0x85 && byte(at + 1) == 0 && byte(at + 8) <= 2 &&
                           byte(at + 9) <= 2 && byte(at + 11) <= 1 && characters > 0 &&
                           characters <= 31 && size == 8 + characters * (wide ? 2 : 1) &&
                           at + 4 + size <= bytes.size();
    if (!is_record) {
      ++at;
      continue;
    }
    const std::string_view name = bytes.substr(at + 12, size - 8);
    names.push_back(ConvertToUtf8(name, wide ? "utf-16le" : "iso-8859-1").value_or(""));
    at += 4 + size;
  }
  return names;
}

class ExcelParser final : public Parser {
 public:
  Result<ParsedSource> Parse(std::string_view bytes, const SourceInfo& source) const override {
    QUARRY_ASSIGN_OR_RETURN(
        const std::string text,
        AsText(Convert("xls2csv", {"-d", "utf-8", "-q", "3", "-b", kSheetEnd, kInputPath}, bytes,
                       source.budget)));
    ParsedSource parsed;
    DocumentBuilder builder(&parsed.documents.emplace_back(NewDocument(source, Format::kXls)));
    const std::vector<std::string> names = SheetNames(bytes);
    size_t sheet = 0;
    for (size_t begin = 0; begin < text.size(); ++sheet) {
      const size_t end = std::min(text.find(kSheetEnd, begin), text.size());
      if (sheet < names.size()) builder.Add(BlockKind::kHeading, 1, names[sheet]);
      WriteSheet(std::string_view(text).substr(begin, end - begin), &builder);
      begin = end + std::string_view(kSheetEnd).size();
    }
    return parsed;
  }

 private:
  static constexpr const char* kSheetEnd = "\f";

  static void WriteSheet(std::string_view csv, DocumentBuilder* builder) {
    TableWriter table(builder);
    bool has_header = false;
    bool wrote = false;
    SeparatedValues reader(csv, ',');
    while (reader.Next()) {
      const auto filled = [](std::string_view cell) { return !Trim(cell).empty(); };
      const std::vector<std::string_view>& cells = reader.cells();
      const auto count = std::count_if(cells.begin(), cells.end(), filled);
      if (count == 0) continue;
      // The first row with several cells names the columns.
      if (!has_header && !wrote && count > 1) {
        table.SetHeader(cells);
        has_header = true;
        continue;
      }
      table.AddRow(cells);
      wrote = true;
    }
    if (has_header || wrote) table.Finish();
  }
};

}  // namespace

std::unique_ptr<Parser> MakeWordParser() { return std::make_unique<WordParser>(); }
std::unique_ptr<Parser> MakePowerPointParser() { return std::make_unique<PowerPointParser>(); }
std::unique_ptr<Parser> MakeExcelParser() { return std::make_unique<ExcelParser>(); }

}  // namespace quarry::ingest
