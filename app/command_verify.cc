#include "app/command_engine.h"
#include "app/commands.h"
#include "app/output_json.h"
#include "app/output_text.h"
#include "app/progress.h"

namespace quarry::app {

Result<int> RunVerify(CommandContext& context) {
  QUARRY_ASSIGN_OR_RETURN(const CommandEngine engine,
                          CommandEngine::Open(context, StoreAccess::kRead));
  QUARRY_ASSIGN_OR_RETURN(const std::vector<index::StoredCollection> collections,
                          CollectionsInQuestion(context.loaded, engine->index()));
  VerifyResult result;
  ProgressPrinter progress(context.console);
  for (const index::StoredCollection& collection : collections) {
    VerifyResult::Item& item = result.collections.emplace_back();
    item.collection = collection.name;
    QUARRY_ASSIGN_OR_RETURN(
        item.report, engine->index().Verify(collection.id, context.call, progress.StageSink()));
  }
  QUARRY_ASSIGN_OR_RETURN(result.store_problems,
                          engine->index().VerifyStore(context.call, progress.StageSink()));
  progress.Clear();
  context.console.Print(context.console.json() ? VerifyJson(result)
                                               : VerifyText(result, context.console));
  return result.HasProblems() ? kExitDamaged : kExitDone;
}

}  // namespace quarry::app
