#pragma once

// CommandLine: what stands on the command line, as the commands take it. What may stand there is
// declared by the files cli_*.cc (cli_groups.h).

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/commands.h"
#include "app/config.h"

namespace quarry::app {

// A command with its arguments, ready to run.
using Action = std::function<Result<int>(CommandContext& context, SignalScope& signals)>;

struct ParsedCommandLine {
  bool json = false;
  std::optional<std::string> config_file;
  std::vector<FlagValue> flags;        // that set options of the configuration
  std::vector<std::string> arguments;  // all of them, without the program's name
  std::string command;                 // "docs ls"
  Action action;                       // empty if there is only something to print
  std::string text;                    // to print instead: help, version
};

// kInvalidArgument for a usage error; its message ends with where to find help. `json` of the
// result of a usage error is told by WantsJson.
Result<ParsedCommandLine> ParseCommandLine(int argc, const char* const* argv);

// Whether "--json" stands among the arguments, for errors of lines that cannot be parsed.
bool WantsJson(int argc, const char* const* argv);

}  // namespace quarry::app
