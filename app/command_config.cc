#include "app/commands.h"
#include "app/output_json.h"
#include "app/output_text.h"

namespace quarry::app {

Result<int> RunConfig(const ConfigArguments& arguments, CommandContext& context) {
  Console& console = context.console;
  if (arguments.keys) {
    console.Print(console.json() ? ConfigKeysJson() : ConfigKeysText(console));
    return kExitDone;
  }
  console.Print(console.json() ? ConfigJson(context.loaded) : ConfigText(context.loaded, console));
  return kExitDone;
}

}  // namespace quarry::app
