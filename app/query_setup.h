#pragma once

// What search and ask share: a Query from the command line and the configuration.

#include <string>
#include <vector>

#include "app/commands.h"
#include "base/analyzer.h"
#include "base/query.h"

namespace quarry::app {

// kInvalidArgument naming the flag.
Result<Query> MakeQuery(const QueryArguments& arguments, const Config& config);

// The analyzer's terms of `text`, in order, repeated ones included.
std::vector<std::string> TermsOf(std::string_view text, const Analyzer& analyzer);

}  // namespace quarry::app
