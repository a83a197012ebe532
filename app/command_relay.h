#pragma once

// Commands that a running server runs. It holds the store, so a command that finds the store
// locked hands its arguments to the server, which runs the same command over its own engine; what
// it prints comes back piece by piece, and its exit code last.
//
//   quarry search pumps     store is locked -> SERVER.json -> POST /api/v1/command
//                           "the server at http://127.0.0.1:8420 has the store, and runs this"
//
// Only the owner of the store gets there: the token is in a file that nobody else can read. Models,
// limits and how documents are cut and embedded are the server's; all else is as the command's own
// flags, variables and files say.

#include <map>
#include <string>
#include <vector>

#include "app/command_line.h"
#include "app/engine.h"
#include "server/router.h"

namespace quarry::app {

// The route of a server that runs commands over `engine`. Both must outlive it.
server::Route MakeCommandRoute(Engine& engine, SignalScope& signals);

// The commands that a server runs, "docs" standing for all below it; docs/operations.md has the list too.
// The others open a store in a way of their own: that the server has it is their end.
const std::vector<std::string>& RelayedCommands();

// Has the server that holds the store run the command, and prints what it prints. `locked` is what
// opening the store gave: it comes back where no server has the store, and for a command that a server does
// not run. kLocked saying why, where the server does not run this one.
Result<int> RelayCommand(const ParsedCommandLine& line, const Status& locked,
                         CommandContext& context);

// Runs a command line and reports what goes wrong; the exit code. Of a process (cli.cc), or of a
// request that was relayed.
struct Invocation {
  std::vector<std::string> arguments;              // without the program's name
  std::map<std::string, std::string> environment;  // QUARRY_*
  std::string directory;                           // of the user, where that is not the process's
  Engine* engine = nullptr;                        // the server's, where it was relayed
  CallContext call;
};
int RunCommandLine(const Invocation& invocation, Console& console, SignalScope* signals);

}  // namespace quarry::app
