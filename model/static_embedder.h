#pragma once

// StaticEmbedder: a published table of token vectors (Model2Vec, "StaticEmbedding" of
// sentence-transformers). A text's vector is the mean of its tokens', brought to unit length.
//
// Folder: tokenizer.json and model.safetensors, with the tensor "embeddings" or "embedding.weight"
// and, where it is there, "weights" (a factor a token);
// sentence-transformers puts both into a folder below, which modules.json names. Tokens that stand
// for an unknown word add nothing.

#include <memory>
#include <string>

#include "model/embedder.h"

namespace quarry::model {

struct EmbedderFolder;

// Where tokenizer.json and model.safetensors of such a folder lie.
std::string StaticTableFolder(const std::string& folder);

// Errors: as OpenTransformerEmbedder's.
Result<std::shared_ptr<const Embedder>> OpenStaticEmbedder(const EmbedderFolder& folder);

}  // namespace quarry::model
