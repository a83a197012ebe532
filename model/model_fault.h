#pragma once

// A model that cannot be opened while a question or a document waits for it: not the fault of who
// asked.

#include <string_view>

#include "base/status.h"

namespace quarry::model {

// kUnavailable for an error of opening the model of `place` (a configuration key, or what else
// names it), with its message and what to do; what is not about the folder stays as it is. An ok
// status stays ok.
Status ModelFault(std::string_view place, const Status& opened);

}  // namespace quarry::model
