#include <set>

#include "app/command_engine.h"
#include "app/commands.h"
#include "app/output_json.h"
#include "app/output_text.h"
#include "app/progress.h"
#include "base/text.h"
#include "ingest/near_duplicates.h"

namespace quarry::app {

namespace {

// The error for a document that is not there, with those that have its name elsewhere.
Status NoDocument(const std::string& id, const index::Snapshot& snapshot) {
  constexpr size_t kShown = 3;
  const std::string name = id.substr(id.rfind('/') + 1);
  std::vector<std::string> alike;
  uint64_t others = 0;
  QUARRY_RETURN_IF_ERROR(snapshot.ForEachDocument([&](const index::StoredDocument& document) {
    const bool is_like = !name.empty() && document.id.find(name) != std::string::npos;
    others += is_like && alike.size() == kShown ? 1 : 0;
    if (is_like && alike.size() < kShown) alike.push_back(document.id);
    return true;
  }));
  std::string list = Join(alike, ", ");
  if (others > 0) {
    list += " and " + std::to_string(others) + (others == 1 ? " other" : " others");
  }
  return NotFoundError("no document \"" + id + "\" in collection \"" + snapshot.collection().name +
                       "\"; " +
                       (list.empty() ? "`quarry docs ls` lists them" : "there is: " + list));
}

}  // namespace

Result<int> RunDocsList(const DocsListArguments& arguments, CommandContext& context) {
  QUARRY_ASSIGN_OR_RETURN(const CommandEngine engine,
                          CommandEngine::Open(context, StoreAccess::kRead));
  QUARRY_ASSIGN_OR_RETURN(const std::shared_ptr<const index::Snapshot> snapshot,
                          engine.GetSnapshot());
  DocumentList list;
  list.collection = context.config().collection;
  list.total = snapshot->live_documents();
  list.limit = arguments.limit;
  list.offset = arguments.offset;
  uint64_t position = 0;
  QUARRY_RETURN_IF_ERROR(snapshot->ForEachDocument([&](const index::StoredDocument& document) {
    if (list.documents.size() == arguments.limit) return false;
    if (position++ >= arguments.offset) list.documents.push_back(document);
    return !context.call.cancel.cancelled();
  }));
  QUARRY_RETURN_IF_ERROR(context.call.Check());
  context.console.Print(context.console.json() ? DocumentListJson(list)
                                               : DocumentListText(list, context.console));
  return kExitDone;
}

Result<int> RunDocsShow(const DocsShowArguments& arguments, CommandContext& context) {
  QUARRY_ASSIGN_OR_RETURN(const CommandEngine engine,
                          CommandEngine::Open(context, StoreAccess::kRead));
  QUARRY_ASSIGN_OR_RETURN(const std::shared_ptr<const index::Snapshot> snapshot,
                          engine.GetSnapshot());
  DocumentView view;
  Result<index::StoredDocument> document = snapshot->FindDocument(arguments.id);
  if (document.status().code() == Code::kNotFound) return NoDocument(arguments.id, *snapshot);
  QUARRY_ASSIGN_OR_RETURN(view.document, std::move(document));
  if (arguments.chunks) {
    for (const ChunkId id : view.document.chunks) {
      QUARRY_ASSIGN_OR_RETURN(view.chunks.emplace_back(), snapshot->ReadChunk(id));
    }
  }
  if (arguments.text) {
    QUARRY_ASSIGN_OR_RETURN(view.text, snapshot->ReadText(view.document.number));
  }
  context.console.Print(context.console.json() ? DocumentViewJson(view)
                                               : DocumentViewText(view, context.console));
  return kExitDone;
}

Result<int> RunDocsDuplicates(const DocsDuplicatesArguments& arguments, CommandContext& context) {
  QUARRY_ASSIGN_OR_RETURN(const CommandEngine engine,
                          CommandEngine::Open(context, StoreAccess::kRead));
  QUARRY_ASSIGN_OR_RETURN(const std::shared_ptr<const index::Snapshot> snapshot,
                          engine.GetSnapshot());
  DuplicateList list{.collection = context.config().collection, .similarity = arguments.similarity};
  {
    ProgressPrinter progress(context.console);
    QUARRY_ASSIGN_OR_RETURN(
        list.duplicates,
        ingest::FindNearDuplicates(*snapshot, engine->analyzer(), arguments.similarity,
                                   engine->ingest_pool(), progress.StageSink(), context.call));
  }
  context.console.Print(context.console.json() ? DuplicateListJson(list)
                                               : DuplicateListText(list, context.console));
  return kExitDone;
}

Result<int> RunDocsDelete(const DocsDeleteArguments& arguments, CommandContext& context) {
  QUARRY_ASSIGN_OR_RETURN(const CommandEngine engine,
                          CommandEngine::Open(context, StoreAccess::kWrite));
  QUARRY_ASSIGN_OR_RETURN(const CollectionId collection, engine.FindCollection());
  QUARRY_ASSIGN_OR_RETURN(index::IndexWriter writer,
                          engine->index().OpenWriter(collection, context.call));
  DeleteResult result;
  const std::set<std::string> wanted(arguments.ids.begin(), arguments.ids.end());
  for (const std::string& id : wanted) {
    const Result<index::StoredDocument> document = writer.snapshot()->ReadDocument(id);
    if (!document.ok() && document.status().code() != Code::kNotFound) return document.status();
    // The name of a file of records means all of them.
    QUARRY_ASSIGN_OR_RETURN(const std::vector<DocumentId> records,
                            writer.snapshot()->RecordsOf(id));
    result.deleted.insert(result.deleted.end(), records.begin(), records.end());
    if (document.ok()) {
      result.deleted.push_back(id);
    } else if (records.empty()) {
      result.not_found.push_back(id);
    }
  }
  QUARRY_RETURN_IF_ERROR(writer.Delete(result.deleted).status());
  context.console.Print(context.console.json() ? DeleteJson(result) : DeleteText(result));
  return result.not_found.empty() ? kExitDone : kExitPartly;
}

}  // namespace quarry::app
