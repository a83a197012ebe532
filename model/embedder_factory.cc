#include "model/embedder_factory.h"

#include <algorithm>
#include <utility>

#include "model/learnt_embedder.h"
#include "model/model_fault.h"

namespace quarry::model {
namespace {

// As one word of a shell.
std::string Quoted(const std::string& text) {
  const auto is_plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("_-./:@%+=,").find(c) != std::string_view::npos;
  };
  if (!text.empty() && std::all_of(text.begin(), text.end(), is_plain)) return text;
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

}  // namespace

Result<std::shared_ptr<const Embedder>> OpenEmbedder(std::string_view kind, SharedBytes table) {
  if (kind == kLearntKind || kind == kLsaKind) {
    return ParseLearntEmbedder(std::move(table), kind);
  }
  if (kind == kFolderKind) {
    QUARRY_ASSIGN_OR_RETURN(const EmbedderFolder folder, ParseEmbedderFolder(table.view));
    Result<std::shared_ptr<const Embedder>> opened = OpenFolderEmbedder(folder);
    if (!opened.ok()) return ModelFault("embedder of the vectors", opened.status());
    return opened;
  }
  return FailedPreconditionError("unknown kind of embedder \"" + std::string(kind) +
                                 "\"; this program knows: learnt, folder, lsa");
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
  if (kind != kFolderKind) return "";
  const Result<EmbedderFolder> folder = ParseEmbedderFolder(table);
  if (!folder.ok()) return "";
  return "; what " + folder->path + " holds has changed: `" + SwitchCommand(*folder) +
         "` embeds the collection by what it holds now";
}

}  // namespace quarry::model
