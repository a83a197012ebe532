#pragma once

// Has a collection embedded by a published model (model/embedder_folder.h), and holds it to that.

#include "ingest/embedding.h"
#include "model/embedder_folder.h"

namespace quarry::ingest {

// Makes a generation of vectors by the model of `folder` beside the current one and publishes it
// atomically: until then searches go on with the current one. Where the generation that is kept to go
// back to is by the same folder, with the same content, its vectors are taken up again. The folder is
// read first: what is wrong with it (OpenFolderEmbedder) leaves the collection as it was.
// kAlreadyExists where the vectors are by that folder already and nothing in it has changed.
Result<EmbeddingReport> SwitchGeneration(const index::Snapshot& snapshot,
                                         const WithWriter& with_writer, model::EmbedderCache& cache,
                                         const model::EmbedderFolder& folder,
                                         const EmbeddingOptions& options,
                                         const CallContext& context,
                                         const EmbeddingProgress& progress);

// kFailedPrecondition, naming both and the command that migrates, where options.folder is another
// folder, or has other prefixes, than the one that the collection's vectors are by. Reads no model.
Status CheckEmbedder(const index::Snapshot& snapshot, const EmbeddingOptions& options);

}  // namespace quarry::ingest
