#pragma once

// What can be quoted of a context, with its words: for rules that compare a question with every
// statement that was found (premise.cc, ask_back.cc).

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/analyzer.h"
#include "base/query.h"
#include "base/text.h"
#include "model/codes.h"

namespace quarry::generation {

using WordSet = std::set<std::string, std::less<>>;

struct ContextPiece {
  uint32_t passage = 0;  // index into the context's passages
  ByteRange range;       // in its text
  BlockKind kind = BlockKind::kParagraph;
  std::string_view text = {};
  std::string header = {};  // title and headings
  WordSet own = {};         // terms of the text
  WordSet all = {};         // and of the header
};

// In the order of the passages; they must outlive the pieces.
std::vector<ContextPiece> ContextPieces(const Context& context, const Analyzer& analyzer);

// "Name: Marta Quill; Role: ..." of the row of a table: what its columns are called, and what it has there.
struct RowCell {
  std::string_view name;  // "" where the row does not say it
  std::string_view value;
};
std::vector<RowCell> CellsOfRow(std::string_view row);

// What the row has below `name`; "" where it has no such column.
std::string_view CellNamed(std::string_view row, std::string_view name);

// Whether `text`, folded, goes on with what a table calls what its rows are of: "plan that has SSO" of "Plan".
bool BeginsWithSubject(std::string_view text, std::string_view subject, const Analyzer& analyzer);

// The terms of a text.
WordSet WordsIn(std::string_view text, const Analyzer& analyzer);
// Without those of the question's codes that stand there in the codes of other things.
WordSet WordsIn(std::string_view text, const Analyzer& analyzer, const model::AskedCodes& codes);
// The part of `wanted` that is among `had`; 0 of nothing.
double ShareAmong(const WordSet& wanted, const WordSet& had);

}  // namespace quarry::generation
