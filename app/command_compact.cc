#include "app/command_engine.h"
#include "app/commands.h"
#include "app/output_json.h"
#include "app/output_text.h"
#include "app/progress.h"

namespace quarry::app {

Result<int> RunCompact(CommandContext& context) {
  QUARRY_ASSIGN_OR_RETURN(const CommandEngine engine,
                          CommandEngine::Open(context, StoreAccess::kWrite));
  std::optional<CollectionId> collection;
  if (!context.loaded.IsDefault("collection")) {
    QUARRY_ASSIGN_OR_RETURN(collection, engine.FindCollection());
  }
  ProgressPrinter progress(context.console);
  QUARRY_ASSIGN_OR_RETURN(const index::CompactReport report,
                          engine->index().Compact(collection, context.call, progress.StageSink()));
  progress.Clear();
  context.console.Print(context.console.json() ? CompactJson(report) : CompactText(report));
  return kExitDone;
}

}  // namespace quarry::app
