#pragma once

// CrossEncoder: a transformer with a classification head of one label over pairs of texts (Nogueira
// and Cho, "Passage re-ranking with BERT", 2019): BertForSequenceClassification and
// XLMRobertaForSequenceClassification folders such as ms-marco-MiniLM-L-6-v2 and bge-reranker-base.
//
// Folder: config.json, model.safetensors with the head's tensors, tokenizer.json or vocab.txt. A pair
// of more tokens than the model takes is cut, the longer text first.

#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "model/reranker.h"

namespace quarry::model {

// Errors: as OpenTransformerEmbedder's; kInvalidArgument also for a head of several labels.
Result<std::shared_ptr<const Reranker>> OpenCrossEncoder(const std::string& folder);

// A folder whose model is opened when it is first asked for. Thread-safe.
class CrossEncoderFolder {
 public:
  explicit CrossEncoderFolder(std::string path) : path_(std::move(path)) {}
  // Errors: those of OpenCrossEncoder, by ModelFault; it is tried again next time.
  Result<std::shared_ptr<const Reranker>> Get();

 private:
  const std::string path_;
  std::mutex mutex_;
  std::shared_ptr<const Reranker> opened_;  // guarded by mutex_
};

}  // namespace quarry::model
