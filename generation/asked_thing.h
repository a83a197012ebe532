#pragma once

// Whether what would be said has what a question asks for, where words alone make it look so: an amount in another
// currency than the one asked for, 多少美元, and the row of a table about the thing that has no such cell: "What is the
// operating temperature of the gateway?" of a price list. English and Chinese. Pure and thread-safe.

#include <optional>
#include <string>
#include <string_view>

#include "base/analyzer.h"
#include "base/query.h"
#include "generation/context_pieces.h"
#include "model/extractive_answerer.h"

namespace quarry::generation {

// Whether the row has no cell for what is asked of the thing: "the A of B", B 的 A, where it has words of B and none of A,
// nor a column of its meaning.
bool LacksAskedCell(std::string_view question, const ContextPiece& row, const Analyzer& analyzer);

// Declines a draft that has the amount in another currency; holds one that quotes a row without the cell to as little
// support as an answer may have, so that documents in the other language are asked, too.
void HoldToWhatIsAsked(std::string_view question, const Context& context,
                       const model::ExtractiveOptions& options, const Analyzer& analyzer,
                       model::ExtractiveDraft& draft);

}  // namespace quarry::generation
