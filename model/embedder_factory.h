#pragma once

// Opens an embedder from what a generation of an index keeps of it.

#include <memory>
#include <string>
#include <string_view>

#include "base/shared_bytes.h"
#include "model/embedder.h"
#include "model/embedder_folder.h"
#include "model/remote_models.h"

namespace quarry::model {

// Kinds of embedders, as they are stored with a generation: learnt from the corpus, with the table
// that was learnt; what earlier versions learnt, by latent semantic analysis alone, whose table is
// read like the other's; a folder with a published model (embedder_folder.h), with where it is; one
// behind HTTP (remote_name.h), likewise.
inline constexpr std::string_view kLearntKind = "learnt";
inline constexpr std::string_view kLsaKind = "lsa";
inline constexpr std::string_view kFolderKind = "folder";
// Learnt, and beside it the shipped table for questions in the other language (learnt_embedder.h).
inline constexpr std::string_view kBilingualKind = "bilingual";
inline constexpr std::string_view kRemoteKind = "remote";

// Whether the vectors are by a published model, wherever it is, and so by nothing learnt here.
inline bool IsPublishedKind(std::string_view kind) {
  return kind == kFolderKind || kind == kRemoteKind;
}
// The kind of what EmbedderFolder::path says.
std::string_view KindOfPublished(const EmbedderFolder& folder);

// Keeps `table` and reads from it. `remote`, which may be null, and `dimension` are for what is
// reached by HTTP: it is not asked anything yet. Errors: kFailedPrecondition for a kind that this
// program does not know, kDataLoss for damaged bytes, kUnavailable for a folder that cannot be
// opened (ModelFault).
Result<std::shared_ptr<const Embedder>> OpenEmbedder(std::string_view kind, SharedBytes table,
                                                     const RemoteModels* remote = nullptr,
                                                     uint32_t dimension = 0);

// The published model that `folder` names, in a folder or behind HTTP; that is asked for the length
// of its vectors. Errors: those of OpenFolderEmbedder and RemoteModels::OpenEmbedder.
Result<std::shared_ptr<const Embedder>> OpenPublishedEmbedder(const EmbedderFolder& folder,
                                                              const RemoteModels* remote,
                                                              const CallContext& context);

// The command that has a collection embedded by the folder, as a shell takes it, with its prefixes.
std::string SwitchCommand(const EmbedderFolder& folder);

// What to do where the embedder that was opened is not the one that made the vectors: "" or
// "; .." to end a message with.
std::string MismatchAdvice(std::string_view kind, std::string_view table);

}  // namespace quarry::model
