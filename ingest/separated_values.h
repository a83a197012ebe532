#pragma once

// Records of separator-separated values (RFC 4180). Internal to ingest/.

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace quarry::ingest {

// Reads record after record. Cells may be quoted; in quotes a separator and a line break are text
// and "" is a quote. A quote inside an unquoted cell is text.
//
//   SeparatedValues reader(text, ',');
//   while (reader.Next()) Use(reader.cells(), reader.line());
class SeparatedValues {
 public:
  SeparatedValues(std::string_view text, char separator) : text_(text), separator_(separator) {}

  // Reads the next record; false at the end. Lines without any text are passed over.
  bool Next();

  // Of the record read last; valid until the next one.
  const std::vector<std::string_view>& cells() const { return cells_; }
  size_t line() const { return record_line_; }    // of its first line, from 1
  size_t begin() const { return record_begin_; }  // offset of it
  // What was wrong with its quotes and how it was read nevertheless; "" if nothing.
  const std::string& problem() const { return problem_; }

 private:
  bool ReadQuoted();

  const std::string_view text_;
  const char separator_;
  size_t at_ = 0;
  size_t line_ = 1;  // at at_
  size_t record_line_ = 1;
  size_t record_begin_ = 0;
  std::vector<std::string_view> cells_;
  std::string unescaped_;                         // cells of the record that had "" in them
  std::vector<std::pair<size_t, size_t>> moved_;  // cell index, offset in unescaped_
  std::string problem_;
  bool quotes_ = true;  // false after a quote that nobody closed: from there on they are text
};

// What the first 20 records of a text look like.
struct ColumnGuess {
  char separator = '\0';
  size_t records = 0;   // looked at; leading lines that begin with '#' are not
  size_t columns = 0;   // that most of them have
  size_t agreeing = 0;  // how many have so many
};
ColumnGuess GuessColumns(std::string_view text, char separator);

// The candidate that splits the records most evenly: at least two records with two columns, nine in
// ten of them alike. Separator '\0' if there is none.
ColumnGuess FindSeparator(std::string_view text, std::string_view candidates);

}  // namespace quarry::ingest
