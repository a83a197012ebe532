#include "model/embedder_factory.h"

#include <utility>

#include "model/embedder_folder.h"
#include "model/learnt_embedder.h"

namespace quarry::model {

Result<std::shared_ptr<const Embedder>> OpenEmbedder(std::string_view kind, SharedBytes table) {
  if (kind == kLearntKind || kind == kLsaKind) {
    return ParseLearntEmbedder(std::move(table), kind);
  }
  if (kind == kFolderKind) {
    QUARRY_ASSIGN_OR_RETURN(const EmbedderFolder folder, ParseEmbedderFolder(table.view));
    Result<std::shared_ptr<const Embedder>> opened = OpenFolderEmbedder(folder);
    if (!opened.ok()) return opened.status().Annotate("embedder of the vectors");
    return opened;
  }
  return FailedPreconditionError("unknown kind of embedder \"" + std::string(kind) +
                                 "\"; this program knows: learnt, folder, lsa");
}

std::string MismatchAdvice(std::string_view kind, std::string_view table) {
  if (kind != kFolderKind) return "";
  const Result<EmbedderFolder> folder = ParseEmbedderFolder(table);
  if (!folder.ok()) return "";
  return "; what " + folder->path + " holds has changed: `quarry embedder switch " + folder->path +
         "` embeds the collection by what it holds now";
}

}  // namespace quarry::model
