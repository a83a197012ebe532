#pragma once

// What is said of a row with many cells: what it is of, and the cells that the question asks for, with their units:
// "Vibration Sensor V3 (KS-202) — price: 129.00 EUR" in the place of all seven. The quote stays the whole row.
// Pure and thread-safe.

#include <string>
#include <string_view>
#include <vector>

#include "base/analyzer.h"
#include "base/query.h"
#include "model/extractive_answerer.h"

namespace quarry::generation {

// For each of `sentences`; "" of what is told as it stands: no row, a short one, one whose name others of its table have,
// too, or of which no cell is asked for. `names_only`: then its name is told.
std::vector<std::string> TellCells(std::string_view question, const Context& context,
                                   const std::vector<model::ExtractedSentence>& sentences,
                                   bool names_only, const Analyzer& analyzer);

}  // namespace quarry::generation
