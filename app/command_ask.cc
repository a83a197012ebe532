#include "app/answer_printer.h"
#include "app/command_engine.h"
#include "app/commands.h"
#include "app/output_json.h"
#include "app/output_text.h"
#include "app/profile_setup.h"
#include "app/query_setup.h"
#include "base/answer_guide.h"

namespace quarry::app {

Result<int> RunAsk(const AskArguments& arguments, CommandContext& context) {
  AnswerResult result;
  result.question = arguments.question;
  result.show_context = arguments.show_context;
  QUARRY_ASSIGN_OR_RETURN(Query query, MakeQuery(arguments, context.config()));
  if (context.engine != nullptr) query.options = context.config().retrieval;
  QUARRY_ASSIGN_OR_RETURN(const CommandEngine engine,
                          CommandEngine::Open(context, StoreAccess::kRead));
  QUARRY_ASSIGN_OR_RETURN(result.collection,
                          UseProfile(arguments.profile, context, *engine, query));
  QUARRY_ASSIGN_OR_RETURN(const std::shared_ptr<const index::Snapshot> snapshot,
                          SnapshotOf(*engine, result.collection));

  result.language = AnswerLanguage(query);
  Console& console = context.console;
  if (snapshot->live_chunks() == 0) {
    console.Note("collection \"" + snapshot->collection().name +
                 "\" is empty; fill it with: quarry index PATH");
  }
  AnswerPrinter printer(console);
  Result<Answer> answer = engine->assistant().Ask(
      {}, query, *snapshot,
      arguments.no_cache ? generation::CacheUse::kRefresh : generation::CacheUse::kRead,
      printer.Sink(), context.call);
  QUARRY_RETURN_IF_ERROR(printer.Finish());
  QUARRY_ASSIGN_OR_RETURN(result.answer, std::move(answer));
  console.Print(console.json() ? AnswerJson(result) : "\n" + AnswerSourcesText(result, console));
  return kExitDone;
}

}  // namespace quarry::app
