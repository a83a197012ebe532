#include "app/commands.h"
#include "app/output_json.h"
#include "app/output_text.h"
#include "model/model_info.h"

namespace quarry::app {

Result<int> RunModelInfo(CommandContext& context) {
  QUARRY_ASSIGN_OR_RETURN(const model::ModelInfo info,
                          model::ReadModelInfo(context.config().embedding.folder));
  context.console.Print(context.console.json() ? ModelInfoJson(info) : ModelInfoText(info));
  return kExitDone;
}

}  // namespace quarry::app
