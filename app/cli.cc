#include "app/cli.h"

#include "app/command_line.h"
#include "app/output_json.h"
#include "app/text_layout.h"

namespace quarry::app {
namespace {

// Prints `status` and returns its exit code.
int Report(const Status& status, Console& console) {
  const bool interrupted = status.code() == Code::kCancelled;
  console.Note((interrupted ? "" : "error: ") + OneLine(status.message()));
  if (console.json()) console.Print(ErrorJson(status));
  return InfoOf(status.code()).exit_code;
}

Result<int> RunAction(const ParsedCommandLine& line, Console& console) {
  ConfigSources sources;
  sources.file = line.config_file;
  sources.environment = QuarryEnvironment();
  sources.flags = line.flags;
  QUARRY_ASSIGN_OR_RETURN(const LoadedConfig loaded, LoadConfig(sources));
  for (const std::string& warning : loaded.warnings) console.Note("warning: " + warning);
  CommandContext context{.loaded = loaded, .console = console, .call = {}};
  SignalScope signals(context.call.cancel);
  return line.action(context, signals);
}

}  // namespace

int Run(int argc, char** argv) {
  Console console = Console::OfProcess(WantsJson(argc, argv));
  const Result<ParsedCommandLine> line = ParseCommandLine(argc, argv);
  int exit_code = 0;
  if (!line.ok()) {
    exit_code = Report(line.status(), console);
  } else if (!line->text.empty()) {
    console.Print(line->text);
  } else {
    const Result<int> result = RunAction(*line, console);
    exit_code = result.ok() ? *result : Report(result.status(), console);
  }
  // A result that did not reach its reader is no success.
  if (const Status written = console.Flush(); !written.ok()) return Report(written, console);
  return exit_code;
}

}  // namespace quarry::app
