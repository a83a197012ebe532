#pragma once

// EmbedderFolder: a folder with a published model that embeds, and what goes before the texts.
//
// A generation of vectors that was made by one keeps where the folder is, not what it holds: the
// space of the vectors names that (EmbeddingSpace::fingerprint), and is compared when it is opened.

#include <memory>
#include <string>
#include <string_view>

#include "base/status.h"
#include "model/embedder.h"

namespace quarry::model {

struct EmbedderFolder {
  std::string path;  // or the name of a model behind HTTP (remote_name.h)
  // "query: " and "passage: " for the E5 models; "" = what the folder says, which may be nothing.
  std::string query_prefix;
  std::string document_prefix;
};

// As a generation keeps it, with the path made absolute and without a slash at its end,
// and back. kDataLoss for damaged bytes.
std::string SerializeEmbedderFolder(const EmbedderFolder& folder);
Result<EmbedderFolder> ParseEmbedderFolder(std::string_view bytes);

// A transformer (transformer_embedder.h) or a table of token vectors (static_embedder.h), by what the
// folder's config.json says. Errors: kNotFound, kInvalidArgument naming file, place and what was
// expected.
Result<std::shared_ptr<const Embedder>> OpenFolderEmbedder(const EmbedderFolder& folder);

}  // namespace quarry::model
