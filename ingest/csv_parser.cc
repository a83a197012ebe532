#include <algorithm>
#include <string>
#include <vector>

#include "base/text.h"
#include "ingest/document_builder.h"
#include "ingest/parsers.h"
#include "ingest/separated_values.h"
#include "ingest/table_header.h"

namespace quarry::ingest {
namespace {

class CsvParser final : public Parser {
 public:
  explicit CsvParser(bool tabs_only) : tabs_only_(tabs_only) {}

  Result<ParsedSource> Parse(std::string_view text, const SourceInfo& source) const override {
    ParsedSource parsed;
    Document& document = parsed.documents.emplace_back(
        NewDocument(source, tabs_only_ ? Format::kTsv : Format::kCsv));
    ErrorList errors(&parsed.errors);
    DocumentBuilder builder(&document);
    ColumnGuess guess = tabs_only_ ? GuessColumns(text, '\t') : FindSeparator(text, ",;\t|");
    if (guess.separator == '\0') guess = GuessColumns(text, ',');

    size_t lines = 0;
    text.remove_prefix(ReadPreamble(text, guess, &builder, &lines));
    const bool has_header = GuessHeader(text, guess.separator);
    TableWriter table(&builder);
    SeparatedValues reader(text, guess.separator);
    size_t columns = 0;
    while (reader.Next()) {
      const size_t line = lines + reader.line();
      if (!reader.problem().empty()) errors.AddLine(line, reader.problem());
      const size_t found = reader.cells().size();
      if (columns == 0) {
        columns = found;
        if (has_header) {
          table.SetHeader(reader.cells());
          continue;
        }
      }
      if (found != columns) {
        errors.AddLine(line, "expected " + std::to_string(columns) + " cells, found " +
                                 std::to_string(found) + "; the row is kept");
      }
      table.AddRow(reader.cells());
    }
    table.Finish();
    errors.Finish();
    return parsed;
  }

 private:
  // What stands above the table: comments ("# ...") and lines of a single cell. Adds them as
  // paragraphs and returns the bytes they take.
  static size_t ReadPreamble(std::string_view text, const ColumnGuess& guess,
                             DocumentBuilder* builder, size_t* lines) {
    size_t begin = 0;
    while (begin < text.size()) {
      const size_t end = std::min(text.find('\n', begin), text.size());
      const std::string_view line = Trim(text.substr(begin, end - begin));
      if (!line.empty()) {
        SeparatedValues reader(line, guess.separator);
        const bool read = reader.Next();
        const size_t cells = reader.cells().size();
        const bool sentence =
            line.starts_with("# ") && std::count(line.begin(), line.end(), ' ') > 5;
        const bool comment = line.starts_with('#') && (cells != guess.columns || sentence);
        const bool lone = cells == 1 && guess.columns > 1 && !line.starts_with('"');
        if (!read || (!comment && !lone)) break;
        const size_t mark = comment ? std::min(line.find_first_not_of("# "), line.size()) : 0;
        builder->Add(BlockKind::kParagraph, 0, line.substr(mark));
      }
      ++*lines;
      begin = end + 1;
    }
    return std::min(begin, text.size());
  }

  static bool GuessHeader(std::string_view text, char separator) {
    SeparatedValues reader(text, separator);
    std::vector<std::string> first;
    std::vector<std::vector<std::string>> rows;
    while (rows.size() < kHeaderSample && reader.Next()) {
      std::vector<std::string> row(reader.cells().begin(), reader.cells().end());
      if (first.empty()) {
        first = std::move(row);
      } else {
        rows.push_back(std::move(row));
      }
    }
    return !first.empty() && LooksLikeHeader(first, rows);
  }

  const bool tabs_only_;
};

}  // namespace

std::unique_ptr<Parser> MakeCsvParser(bool tabs_only) {
  return std::make_unique<CsvParser>(tabs_only);
}

}  // namespace quarry::ingest
