#pragma once

// RemoteEmbedder: vectors by an upstream that speaks OpenAI's /embeddings: OpenAI, Ollama, vLLM, TEI,
// llama.cpp.
//
// Texts go in batches, several at a time. What comes back is believed only where it is whole: one
// vector for each text, all of one length, every value finite; vectors are brought to unit length.
// The space is named by where the model is, its name, its length and its prefixes: the upstream does
// not tell when it changes the model behind a name.

#include <memory>
#include <string>

#include "model/embedder.h"
#include "model/embedder_folder.h"
#include "model/remote_endpoint.h"
#include "model/remote_name.h"

namespace quarry::model {

// `dimension` is what the vectors of an index have, or 0: then one text is embedded to learn it. Errors:
// kInvalidArgument for a name without a model, those of the upstream.
Result<std::shared_ptr<const Embedder>> OpenRemoteEmbedder(std::shared_ptr<RemoteEndpoint> endpoint,
                                                           const RemoteName& name,
                                                           const EmbedderFolder& folder,
                                                           uint32_t dimension,
                                                           const CallContext& context);

}  // namespace quarry::model
