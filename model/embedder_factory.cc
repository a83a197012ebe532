#include "model/embedder_factory.h"

#include <algorithm>
#include <utility>

#include "base/ascii.h"
#include "model/learnt_embedder.h"
#include "model/model_fault.h"
#include "model/url.h"

namespace quarry::model {
namespace {

// As one word of a shell.
std::string Quoted(const std::string& text) {
  const auto is_plain = [](char c) {
    return IsAsciiAlphanumeric(c) ||
           std::string_view("_-./:@%+=,").find(c) != std::string_view::npos;
  };
  if (!text.empty() && std::all_of(text.begin(), text.end(), is_plain)) return text;
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

}  // namespace

std::string_view KindOfPublished(const EmbedderFolder& folder) {
  return IsUrl(folder.path) ? kRemoteKind : kFolderKind;
}

Result<std::shared_ptr<const Embedder>> OpenPublishedEmbedder(const EmbedderFolder& folder,
                                                              const RemoteModels* remote,
                                                              const CallContext& context) {
  if (!IsUrl(folder.path)) return OpenFolderEmbedder(folder);
  if (remote == nullptr) return FailedPreconditionError(folder.path + ": no HTTP here");
  return remote->OpenEmbedder(folder, 0, context);
}

Result<std::shared_ptr<const Embedder>> OpenEmbedder(std::string_view kind, SharedBytes table,
                                                     const RemoteModels* remote,
                                                     uint32_t dimension) {
  if (kind == kLearntKind || kind == kLsaKind || kind == kBilingualKind) {
    return ParseLearntEmbedder(std::move(table), kind);
  }
  if (kind == kFolderKind) {
    QUARRY_ASSIGN_OR_RETURN(const EmbedderFolder folder, ParseEmbedderFolder(table.view));
    Result<std::shared_ptr<const Embedder>> opened = OpenFolderEmbedder(folder);
    if (!opened.ok()) return ModelFault("embedder of the vectors", opened.status());
    return opened;
  }
  if (kind == kRemoteKind) {
    QUARRY_ASSIGN_OR_RETURN(const EmbedderFolder folder, ParseEmbedderFolder(table.view));
    if (remote == nullptr) return FailedPreconditionError(folder.path + ": no HTTP here");
    return remote->OpenEmbedder(folder, dimension, CallContext());
  }
  return FailedPreconditionError("unknown kind of embedder \"" + std::string(kind) +
                                 "\"; this program knows: learnt, folder, remote, lsa");
}

std::string SwitchCommand(const EmbedderFolder& folder) {
  std::string command = "quarry embedder switch " + Quoted(folder.path);
  if (!folder.query_prefix.empty()) command += " --query-prefix " + Quoted(folder.query_prefix);
  if (!folder.document_prefix.empty()) {
    command += " --document-prefix " + Quoted(folder.document_prefix);
  }
  return command;
}

std::string MismatchAdvice(std::string_view kind, std::string_view table) {
  if (!IsPublishedKind(kind)) return "";
  const Result<EmbedderFolder> folder = ParseEmbedderFolder(table);
  if (!folder.ok()) return "";
  return "; what " + folder->path + " holds has changed: `" + SwitchCommand(*folder) +
         "` embeds the collection by what it holds now";
}

}  // namespace quarry::model
