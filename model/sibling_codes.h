#pragma once

// Which of several things of one kind a sentence speaks of. Asked how much oil the HY-300 needs, "The HY-400 needs 12 l
// of oil" is no answer, though the passage tells of the HY-300, too.
//
// A sentence speaks of a sibling of the code that is asked about (AskedCodes::Place) where it names it and not the one
// that is asked about, and
//   * is a row of a table and names it in its first cell, or is a question; or
//   * has it at its beginning: "For the HY-400 ..."; or
//   * has it behind "for" or "of", at the beginning of a clause or before 的, and no earlier sentence of the passage
//     names the code that is asked about, so that it is not what goes without saying;
// and where it names neither, but stands below a heading or right behind a question that names the sibling.
//
// It does not where the title or a heading above it names the code that is asked about and no sibling; where it sets
// things beside one another, "unlike the HY-400 it ...", "the successor of the HY-400"; and where it is of all from one
// to another or from one on, "HY-200 to HY-400", "HY-200 and newer", P6级及以上. Internal to model/. Pure.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/analyzer.h"
#include "base/text.h"
#include "model/codes.h"

namespace quarry::model {

// Whether a question is about other things than those that it names: what replaces the HY-300, what is like it.
bool AsksBesideCodes(std::string_view question);

// What the title and headings above a sentence name.
struct CodesAbove {
  bool is_asked = false;                   // a code of the question, and no sibling beside it
  std::optional<AskedCodes::Kin> sibling;  // of the headings; none where is_asked
};
CodesAbove CodesAboveOf(std::string_view title, const std::vector<std::string>& headings,
                        const AskedCodes& codes, const Analyzer& analyzer);

// The sibling that the sentence of `text` speaks of. `places` are those of `text`.
std::optional<AskedCodes::Kin> SiblingSpokenOf(std::string_view text, ByteRange sentence,
                                               bool is_row,
                                               const std::vector<AskedCodes::Place>& places,
                                               const CodesAbove& above);

}  // namespace quarry::model
