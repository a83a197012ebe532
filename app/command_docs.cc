#include <set>

#include "app/commands.h"
#include "app/engine.h"
#include "app/output_json.h"
#include "app/output_text.h"

namespace quarry::app {

Result<int> RunDocsList(const DocsListArguments& arguments, CommandContext& context) {
  QUARRY_ASSIGN_OR_RETURN(const std::unique_ptr<Engine> engine,
                          Engine::Open(context.config(), StoreAccess::kRead));
  QUARRY_ASSIGN_OR_RETURN(const std::shared_ptr<const index::Snapshot> snapshot,
                          engine->GetSnapshot());
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
  QUARRY_ASSIGN_OR_RETURN(const std::unique_ptr<Engine> engine,
                          Engine::Open(context.config(), StoreAccess::kRead));
  QUARRY_ASSIGN_OR_RETURN(const std::shared_ptr<const index::Snapshot> snapshot,
                          engine->GetSnapshot());
  DocumentView view;
  QUARRY_ASSIGN_OR_RETURN(view.document, snapshot->FindDocument(arguments.id));
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

Result<int> RunDocsDelete(const DocsDeleteArguments& arguments, CommandContext& context) {
  QUARRY_ASSIGN_OR_RETURN(const std::unique_ptr<Engine> engine,
                          Engine::Open(context.config(), StoreAccess::kWrite));
  QUARRY_ASSIGN_OR_RETURN(const CollectionId collection, engine->FindCollection());
  QUARRY_ASSIGN_OR_RETURN(index::IndexWriter writer, engine->index().OpenWriter(collection));
  DeleteResult result;
  const std::set<std::string> wanted(arguments.ids.begin(), arguments.ids.end());
  for (const std::string& id : wanted) {
    const Result<index::StoredDocument> document = writer.snapshot()->ReadDocument(id);
    if (!document.ok() && document.status().code() != Code::kNotFound) return document.status();
    (document.ok() ? result.deleted : result.not_found).push_back(id);
  }
  QUARRY_RETURN_IF_ERROR(writer.Delete(result.deleted).status());
  context.console.Print(context.console.json() ? DeleteJson(result) : DeleteText(result));
  return result.not_found.empty() ? kExitDone : kExitPartly;
}

}  // namespace quarry::app
