#include "app/commands.h"
#include "app/engine.h"
#include "app/output_json.h"
#include "app/output_text.h"
#include "app/progress.h"
#include "ingest/embedder_switch.h"

namespace quarry::app {
namespace {

Result<GenerationList> ListGenerations(Engine& engine) {
  GenerationList list;
  list.collection = engine.config().collection;
  QUARRY_ASSIGN_OR_RETURN(const CollectionId collection, engine.FindCollection());
  QUARRY_ASSIGN_OR_RETURN(list.generations, engine.index().Generations(collection));
  return list;
}

// Runs a change to the generations of the collection with its writer and prints what became of it.
template <typename Change>
Result<int> ChangeGenerations(const char* verb, CommandContext& context, Change change) {
  QUARRY_ASSIGN_OR_RETURN(const std::unique_ptr<Engine> engine,
                          Engine::Open(context.config(), StoreAccess::kWrite));
  QUARRY_ASSIGN_OR_RETURN(const CollectionId collection, engine->FindCollection());
  EmbedderResult result;
  result.collection = context.config().collection;
  result.verb = verb;
  ProgressPrinter progress(context.console);
  {
    QUARRY_ASSIGN_OR_RETURN(index::IndexWriter writer,
                            engine->index().OpenWriter(collection, context.call));
    const ingest::WithWriter with_writer = [&](const ingest::WriterStep& step) {
      return step(writer);
    };
    QUARRY_ASSIGN_OR_RETURN(result.report,
                            change(*engine, writer, with_writer, progress.StageSink()));
  }
  progress.Show({.stage = "linking"});
  QUARRY_RETURN_IF_ERROR(engine->index().WaitForMaintenance(context.call));
  progress.Clear();
  QUARRY_ASSIGN_OR_RETURN(result.now, ListGenerations(*engine));
  context.console.Print(context.console.json() ? EmbedderJson(result) : EmbedderText(result));
  return kExitDone;
}

}  // namespace

Result<int> RunEmbedderList(CommandContext& context) {
  QUARRY_ASSIGN_OR_RETURN(const std::unique_ptr<Engine> engine,
                          Engine::Open(context.config(), StoreAccess::kRead));
  QUARRY_ASSIGN_OR_RETURN(const GenerationList list, ListGenerations(*engine));
  context.console.Print(context.console.json() ? GenerationsJson(list)
                                               : GenerationsText(list, context.console));
  return kExitDone;
}

Result<int> RunEmbedderLearn(CommandContext& context) {
  return ChangeGenerations(
      "learnt", context,
      [&](Engine& engine, index::IndexWriter& writer, const ingest::WithWriter& with_writer,
          const index::Progress& progress) {
        return ingest::LearnGeneration(*writer.snapshot(), with_writer, engine.embedders(),
                                       context.config().embedding, context.call, progress);
      });
}

Result<int> RunEmbedderSwitch(CommandContext& context) {
  return ChangeGenerations(
      "switched", context,
      [&](Engine& engine, index::IndexWriter& writer, const ingest::WithWriter& with_writer,
          const index::Progress& progress) {
        const ingest::EmbeddingOptions& options = context.config().embedding;
        return ingest::SwitchGeneration(*writer.snapshot(), with_writer, engine.embedders(),
                                        options.folder, options, context.call, progress);
      });
}

Result<int> RunEmbedderRevert(CommandContext& context) {
  return ChangeGenerations(
      "reverted", context,
      [&](Engine& engine, index::IndexWriter& writer, const ingest::WithWriter& with_writer,
          const index::Progress& progress) {
        return ingest::RevertGeneration(*writer.snapshot(), with_writer, engine.embedders(),
                                        context.config().embedding, context.call, progress);
      });
}

Result<int> RunEmbedderDrop(CommandContext& context) {
  return ChangeGenerations("dropped", context,
                           [&](Engine&, index::IndexWriter& writer, const ingest::WithWriter&,
                               const index::Progress&) -> Result<ingest::EmbeddingReport> {
                             QUARRY_RETURN_IF_ERROR(writer.DropPreviousGeneration());
                             return ingest::EmbeddingReport();
                           });
}

}  // namespace quarry::app
