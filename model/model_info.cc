#include "model/model_info.h"

#include <algorithm>
#include <filesystem>

#include "model/cross_encoder.h"
#include "model/safetensors.h"
#include "model/static_embedder.h"
#include "model/tokenizer.h"
#include "model/transformer_config.h"

namespace quarry::model {
namespace {

const char* NameOf(Pooling pooling) {
  switch (pooling) {
    case Pooling::kCls:
      return "cls";
    case Pooling::kMean:
      return "mean";
    case Pooling::kMax:
      return "max";
  }
  return "";
}

bool HasHead(const Safetensors& file) {
  return file.Has("classifier.weight") || file.Has("classifier.out_proj.weight");
}

}  // namespace

Result<ModelInfo> ReadModelInfo(const EmbedderFolder& folder) {
  if (!std::filesystem::is_directory(folder.path)) {
    return NotFoundError(folder.path + ": no such folder");
  }
  QUARRY_ASSIGN_OR_RETURN(const bool is_static, IsStaticFolder(folder.path));
  if (!is_static && !std::filesystem::exists(std::filesystem::path(folder.path) / "config.json")) {
    return NotFoundError("no model folder: " + folder.path + " has no config.json");
  }
  const std::string root = is_static ? StaticTableFolder(folder.path) : folder.path;
  ModelInfo info;
  info.architecture = "static";
  info.query_prefix = folder.query_prefix;
  info.document_prefix = folder.document_prefix;
  if (!is_static) {
    QUARRY_ASSIGN_OR_RETURN(const TransformerConfig config, ReadTransformerConfig(folder.path));
    info.architecture = config.model_type;
    info.layers = config.layers;
    info.heads = config.heads;
    info.max_tokens = config.max_tokens();
  }
  QUARRY_ASSIGN_OR_RETURN(const std::shared_ptr<const Tokenizer> tokenizer, OpenTokenizer(root));
  info.tokenizer = tokenizer->kind();
  info.vocabulary = tokenizer->id_limit();
  const std::string weights = (std::filesystem::path(root) / "model.safetensors").string();
  QUARRY_ASSIGN_OR_RETURN(const Safetensors file, Safetensors::Open(weights));
  info.parameters = file.Values();
  info.weight_bytes = file.bytes();
  if (!is_static && HasHead(file)) {
    QUARRY_ASSIGN_OR_RETURN(const std::shared_ptr<const Reranker> reranker,
                            OpenCrossEncoder(folder.path));
    info.use = "reranker";
    info.fingerprint = reranker->fingerprint();
    return info;
  }
  QUARRY_ASSIGN_OR_RETURN(const std::shared_ptr<const Embedder> embedder,
                          OpenFolderEmbedder(folder));
  info.use = "embedder";
  info.fingerprint = embedder->space().fingerprint;
  info.dimension = embedder->space().dimension;
  info.pooling = "mean";
  if (!is_static) {
    QUARRY_ASSIGN_OR_RETURN(const SentenceConfig sentence, ReadSentenceConfig(folder.path));
    info.pooling = NameOf(sentence.pooling);
    info.max_tokens = std::min(info.max_tokens, sentence.max_tokens.value_or(info.max_tokens));
    if (info.query_prefix.empty()) info.query_prefix = sentence.query_prefix;
    if (info.document_prefix.empty()) info.document_prefix = sentence.document_prefix;
  }
  return info;
}

}  // namespace quarry::model
