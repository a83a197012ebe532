#pragma once

// RTF as Outlook keeps it (MS-OXRTFCP). Internal to ingest/.

#include <string>
#include <string_view>

#include "base/status.h"
#include "ingest/parse_budget.h"

namespace quarry::ingest {

// The RTF in the bytes of a property PidTagRtfCompressed. Errors, kInvalidArgument: "broken
// compressed RTF: ...", the budget's.
Result<std::string> UnpackRtf(std::string_view bytes, ParseBudget* budget);

}  // namespace quarry::ingest
