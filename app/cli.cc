#include "app/cli.h"

#include <algorithm>

#include "app/command_relay.h"

namespace quarry::app {

int Run(int argc, char** argv) {
  Console console = Console::OfProcess(WantsJson(argc, argv));
  Invocation invocation;
  invocation.arguments.assign(argv + std::min(argc, 1), argv + argc);
  invocation.environment = QuarryEnvironment();
  return RunCommandLine(invocation, console, /*signals=*/nullptr);
}

}  // namespace quarry::app
