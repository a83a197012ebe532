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

class RemoteModels;

// A folder whose model is opened when it is first asked for, or a reranker behind HTTP (remote_name.h).
// Thread-safe.
class CrossEncoderFolder {
 public:
  // `remote` must outlive it; it may be null where `path` is a folder.
  explicit CrossEncoderFolder(std::string path, const RemoteModels* remote = nullptr)
      : path_(std::move(path)), remote_(remote) {}
  // Errors: those of OpenCrossEncoder, by ModelFault; it is tried again next time.
  Result<std::shared_ptr<const Reranker>> Get();

 private:
  const std::string path_;
  const RemoteModels* const remote_;
  std::mutex mutex_;
  std::shared_ptr<const Reranker> opened_;  // guarded by mutex_
};

}  // namespace quarry::model
