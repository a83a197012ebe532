#pragma once

// Names in what a passage says that may lead to another document: codes, capitalised names, titles in quotation marks,
// Chinese names of persons, and in the rows of tables short Chinese cells. By forms alone. Internal to generation/. Pure.

#include <set>
#include <string>
#include <string_view>

#include "base/analyzer.h"
#include "generation/context_pieces.h"

namespace quarry::generation {

// Those of the piece without a word that is `asked`; no months, days and units: the "N·m" of "48 N·m".
std::set<std::string> LeadingNames(const ContextPiece& piece, const WordSet& asked,
                                   const Analyzer& analyzer);

// Whether `text` has the name, and not as a part of a longer one: no "VX-220" in "VX-220/B".
bool StandsIn(std::string_view name, std::string_view text);

// Whether a name is written as those of persons are: 陆文涛, "Owen Harrack", 欧文·哈拉克.
bool MayNamePerson(std::string_view name);

// The code that a text begins with: "HX-90" of "HX-90 两台"; "" where it begins with none.
std::string_view CodeThatBegins(std::string_view text);

}  // namespace quarry::generation
