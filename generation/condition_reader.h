#pragma once

// The columns of a table that a question names, each with its sign: of "Which machines need
// lubrication but no calibration?" the columns "Needs lubrication" and, denied, "Needs
// calibration". What a condition is, table_conditions.h says. By forms alone, English and
// Chinese.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/analyzer.h"
#include "base/text.h"
#include "generation/context_pieces.h"

namespace quarry::generation {

// Whether a cell says no, or yes: some say neither.
bool SaysNo(std::string_view cell);
bool SaysYes(std::string_view cell);

// What the first column of the row is called; "" of what is no row. A view of its text.
std::string_view RowSubject(const ContextPiece& row);

// A column that the question names.
struct NamedColumn {
  std::string_view name;
  ByteRange range;  // in the question
  bool is_denied = false;
};

// Reads a question once, and rows of a table for it. Not thread-safe; the question, the analyzer
// and the rows that it read must outlive it.
class ConditionReader {
 public:
  ConditionReader(std::string_view question, const Analyzer& analyzer);

  // The columns of the row that are named, in the order of the question, with their signs. The
  // names are views of the row's text.
  std::vector<NamedColumn> Read(const ContextPiece& row);

  // Whether a row may meet the one or the other: "lubrication or calibration". "Neither lubrication
  // or calibration" is both. Of the columns that Read found.
  bool has_alternative() const { return has_alternative_; }

  // Whether one of `words` is denied, in what belongs to none of the columns that Read found.
  bool Denies(const WordSet& words) const;

  // Whether `text` has words that `known` has not and that do not only join. A Chinese character is
  // known by `known_text`.
  bool HasOtherWords(std::string_view text, const WordSet& known,
                     std::string_view known_text) const;

  // Whether a Chinese character of `text` stands in no pair that `known` has and does not only
  // join: 海南 of a table with 上海 and 南京.
  bool HasUnknownPairs(std::string_view text, const WordSet& known) const;

 private:
  // Where the question names the column: the words of its name that say something, one behind the
  // other.
  std::optional<ByteRange> PlaceOf(std::string_view name) const;

  // The words and Chinese characters of `text` that do not only join, in order.
  std::vector<ByteRange> OtherWords(std::string_view text) const;

  // A denial is of the column that it stands right before: "machines in the hall that need no ...".
  void ReadSigns(std::vector<NamedColumn>& columns);

  // "for which calibration is not required"; but "calibration no later than March".
  void ReadBehind(std::string_view behind, NamedColumn& last);

  const std::string_view question_;
  const Analyzer& analyzer_;
  const std::vector<Token> tokens_;
  const WordSet joining_;
  std::vector<std::string_view> denied_elsewhere_;  // parts of the question
  bool has_alternative_ = false;
  std::string_view subject_;  // what the first column is called
};

}  // namespace quarry::generation
