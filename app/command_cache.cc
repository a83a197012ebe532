#include "app/command_engine.h"
#include "app/commands.h"
#include "app/output_cache.h"
#include "app/query_setup.h"
#include "app/text_layout.h"
#include "base/file.h"

namespace quarry::app {
namespace {

// `cache` is an ingest::VectorCache or a generation::RelayCache.
template <typename Cache>
Result<int> ClearKept(Cache& cache, const char* what, CommandContext& context) {
  const Result<index::ObjectCacheStats> before = cache.GetStats();
  QUARRY_RETURN_IF_ERROR(cache.Clear());
  // Where their count is damaged, they are gone all the same.
  const std::string count = before.ok() ? std::to_string(before->objects) : "all";
  context.console.Print(context.console.json()
                            ? "{\"cleared\":" + (before.ok() ? count : "null") + "}\n"
                            : count + " " + what + " removed\n");
  return kExitDone;
}

}  // namespace

Result<int> RunCacheList(CommandContext& context) {
  QUARRY_ASSIGN_OR_RETURN(const CommandEngine engine,
                          CommandEngine::Open(context, StoreAccess::kRead));
  QUARRY_ASSIGN_OR_RETURN(retrieval::AnswerCache* const cache, engine->answerer().CacheOrError());
  QUARRY_ASSIGN_OR_RETURN(const std::shared_ptr<const index::Snapshot> snapshot,
                          engine.GetSnapshot());
  CacheList list;
  list.collection = context.config().collection;
  QUARRY_ASSIGN_OR_RETURN(list.stats, cache->Stats(*snapshot));
  QUARRY_ASSIGN_OR_RETURN(list.entries, cache->Entries(snapshot->collection().id));
  context.console.Print(context.console.json() ? CacheListJson(list)
                                               : CacheListText(list, context.console));
  return kExitDone;
}

Result<int> RunCacheExplain(const QueryArguments& arguments, CommandContext& context) {
  QUARRY_ASSIGN_OR_RETURN(const Query query, MakeQuery(arguments, context.config()));
  QUARRY_ASSIGN_OR_RETURN(const CommandEngine engine,
                          CommandEngine::Open(context, StoreAccess::kRead));
  QUARRY_ASSIGN_OR_RETURN(const std::shared_ptr<const index::Snapshot> snapshot,
                          engine.GetSnapshot());
  QUARRY_ASSIGN_OR_RETURN(const retrieval::CacheExplanation explanation,
                          engine->answerer().Explain(query, *snapshot, context.call));
  context.console.Print(context.console.json() ? CacheExplanationJson(explanation)
                                               : CacheExplanationText(explanation));
  return kExitDone;
}

Result<int> RunCacheClear(const CacheClearArguments& arguments, CommandContext& context) {
  QUARRY_ASSIGN_OR_RETURN(const CommandEngine engine,
                          CommandEngine::Open(context, StoreAccess::kWrite));
  if (arguments.embeddings) return ClearKept(engine->kept_vectors(), "kept vectors", context);
  if (arguments.conversations) {
    return ClearKept(engine->kept_conversations(), "kept conversations", context);
  }
  QUARRY_ASSIGN_OR_RETURN(retrieval::AnswerCache* const cache, engine->answerer().CacheOrError());
  QUARRY_ASSIGN_OR_RETURN(const CollectionId collection, engine.FindCollection());
  QUARRY_ASSIGN_OR_RETURN(const std::vector<retrieval::CacheEntry> entries,
                          cache->Entries(collection));
  QUARRY_RETURN_IF_ERROR(cache->Clear(collection));
  context.console.Print(context.console.json()
                            ? "{\"cleared\":" + std::to_string(entries.size()) + "}\n"
                            : Counted(entries.size(), "stored answer") + " removed\n");
  return kExitDone;
}

Result<int> RunCacheTune(const CacheTuneArguments& arguments, CommandContext& context) {
  std::vector<retrieval::QuestionPair> pairs;
  for (const std::string& file : arguments.pairs) {
    QUARRY_ASSIGN_OR_RETURN(const std::string lines, ReadFile(PathOf(context, file)));
    QUARRY_ASSIGN_OR_RETURN(std::vector<retrieval::QuestionPair> read,
                            retrieval::ParseQuestionPairs(lines, file));
    pairs.insert(pairs.end(), std::make_move_iterator(read.begin()),
                 std::make_move_iterator(read.end()));
  }
  QUARRY_ASSIGN_OR_RETURN(const CommandEngine engine,
                          CommandEngine::Open(context, StoreAccess::kWrite));
  QUARRY_ASSIGN_OR_RETURN(retrieval::AnswerCache* const cache, engine->answerer().CacheOrError());
  QUARRY_ASSIGN_OR_RETURN(const std::shared_ptr<const index::Snapshot> snapshot,
                          engine.GetSnapshot());
  QUARRY_ASSIGN_OR_RETURN(const retrieval::CacheTuning tuning,
                          cache->Tune(*snapshot, pairs, arguments.bound, context.call));
  context.console.Print(context.console.json() ? CacheTuningJson(tuning) : CacheTuningText(tuning));
  return tuning.holds ? kExitDone : kExitPartly;
}

}  // namespace quarry::app
