#include "app/commands.h"
#include "app/engine.h"
#include "app/output_json.h"
#include "app/output_text.h"
#include "app/progress.h"

namespace quarry::app {

Result<int> RunCompact(CommandContext& context) {
  QUARRY_ASSIGN_OR_RETURN(const std::unique_ptr<Engine> engine,
                          Engine::Open(context.config(), StoreAccess::kWrite));
  std::optional<CollectionId> collection;
  if (!context.loaded.IsDefault("collection")) {
    QUARRY_ASSIGN_OR_RETURN(collection, engine->FindCollection());
  }
  ProgressPrinter progress(context.console);
  QUARRY_ASSIGN_OR_RETURN(const index::CompactReport report,
                          engine->index().Compact(collection, context.call, progress.StageSink()));
  progress.Clear();
  context.console.Print(context.console.json() ? CompactJson(report) : CompactText(report));
  return kExitDone;
}

}  // namespace quarry::app
