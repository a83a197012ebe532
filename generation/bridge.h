#pragma once

// Answers over two documents: "To what torque must the coupling bolts of the pump that failed at PS-07 be tightened?"
// The report says that the pump is a VX-220/B, and the data sheet of the VX-220/B says to what torque. The name is the
// bridge between the two: one statement has it beside what the question describes, the other has what is asked of it. At
// most one name lies between them, and none is sought where one passage answers alone. By forms alone, English and
// Chinese (decisions/0063). Pure and thread-safe.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/analyzer.h"
#include "base/query.h"
#include "base/status.h"
#include "base/text.h"
#include "model/extractive_answerer.h"

namespace quarry::generation {

// In the context; both are quoted, the name first.
struct BridgeStatement {
  uint32_t passage = 0;  // index into the context's passages
  ByteRange range;       // in its text
};

struct Bridge {
  std::string name;         // "VX-220/B"
  BridgeStatement names;    // "P2 is a VX-220/B"
  BridgeStatement answers;  // "Coupling bolts, torque: 48 N·m"
  double score = 0;         // how much they have of what is asked, and of the description
};

// Whether few texts of the collection have a name.
using IsRareName = std::function<bool(std::string_view name)>;

// nullopt where the question describes no thing, no name leads on, or one passage answers alone.
// Errors: those of model::TranslateWords.
Result<std::optional<Bridge>> FindBridge(std::string_view question, const Context& context,
                                         const IsRareName& is_rare, const Analyzer& analyzer);

// Of a question about a thing that it names by a code, "Is data lost when PS-13 has no power for two days?": the row of
// the thing has another code, "PS-13; controller: WK-2", and asked of that the other documents answer. For questions
// that are not answered as they are.
std::optional<Bridge> FindBridgeByRow(std::string_view question, const Context& context,
                                      const Analyzer& analyzer,
                                      const model::ExtractiveOptions& options);

// What to search for where the context has the thing that the question describes, but not what is asked of it: names
// beside the description, each with what is asked, the likeliest first, at most `most`. Empty where the context
// has a bridge or answers alone.
Result<std::vector<std::string>> SearchesForBridge(std::string_view question,
                                                   const Context& context,
                                                   const IsRareName& is_rare,
                                                   const Analyzer& analyzer, size_t most);

}  // namespace quarry::generation
