#pragma once

// TransformerEmbedder: sentence embeddings of a transformer, in process (Reimers and Gurevych,
// "Sentence-BERT", 2019): the states of the last layer, pooled, brought to unit length.
//
// The folder is in the layout of Hugging Face: config.json, model.safetensors, tokenizer.json or
// vocab.txt, and of sentence-transformers where it has them: modules.json, 1_Pooling/config.json,
// sentence_bert_config.json, config_sentence_transformers.json (docs/models.md). Texts of more tokens
// than the model takes are cut.

#include <memory>
#include <string>

#include "model/embedder.h"

namespace quarry::model {

struct EmbedderFolder;

// Errors: kNotFound for a missing file, kInvalidArgument for one that is not as it must be, both
// naming file, place and what was expected.
Result<std::shared_ptr<const Embedder>> OpenTransformerEmbedder(const EmbedderFolder& folder);

}  // namespace quarry::model
