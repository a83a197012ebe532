#pragma once

// Where the answer of a record has citation markers. What a cited sentence quotes is none, whatever it looks
// like: "weighs 10 kg [12]" of a source that has notes of its own. Pure.

#include <string>
#include <vector>

#include "eval/run.h"
#include "generation/cited_text.h"

namespace quarry::eval {

// In order: outside of the spans that the record's citations name.
std::vector<generation::CitationMarker> MarkersOf(const RunRecord& record);

// The answer without its markers, which no check is to see.
std::string WithoutMarkers(const RunRecord& record);

}  // namespace quarry::eval
