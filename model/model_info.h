#pragma once

// What a folder with a published model is and costs, for people: `quarry model info`.

#include <cstdint>
#include <string>

#include "base/status.h"
#include "model/embedder_folder.h"

namespace quarry::model {

struct ModelInfo {
  std::string use;           // "embedder", "reranker"
  std::string architecture;  // "bert", "xlm-roberta", "static"
  std::string fingerprint;   // of the space of vectors, or of the scores
  uint32_t dimension = 0;    // of the vectors; 0 for a reranker
  uint32_t layers = 0;       // 0: a table of token vectors
  uint32_t heads = 0;
  uint32_t max_tokens = 0;   // of a text; 0 = no limit
  std::string pooling;       // "cls", "mean", "max"; "" for a reranker
  std::string query_prefix;  // as in effect
  std::string document_prefix;
  std::string tokenizer;  // "WordPiece"
  uint64_t vocabulary = 0;
  uint64_t parameters = 0;
  uint64_t weight_bytes = 0;  // of model.safetensors, mapped while the model is in use
};

// Opens the model as it would be used, so that what is wrong with the folder is said here already.
// Errors: those of OpenFolderEmbedder and OpenCrossEncoder.
Result<ModelInfo> ReadModelInfo(const EmbedderFolder& folder);

}  // namespace quarry::model
