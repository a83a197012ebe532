#include "model/static_embedder.h"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <utility>
#include <vector>

#include "base/hash.h"
#include "model/embedder_folder.h"
#include "model/safetensors.h"
#include "model/tokenizer.h"
#include "model/transformer_kernels.h"

namespace quarry::model {
namespace {

constexpr std::string_view kStaticVersion = "1";

class StaticEmbedder final : public Embedder {
 public:
  StaticEmbedder(FloatTensor table, std::optional<FloatTensor> weights,
                 std::shared_ptr<const Tokenizer> tokenizer, EmbedderFolder folder,
                 EmbeddingSpace space)
      : table_(std::move(table)),
        weights_(std::move(weights)),
        tokenizer_(std::move(tokenizer)),
        folder_(std::move(folder)),
        space_(std::move(space)) {}

  const EmbeddingSpace& space() const override { return space_; }

  Result<EmbeddingMatrix> Embed(std::span<const std::string> texts, EmbeddingRole role,
                                const CallContext& context) const override {
    const std::string& prefix =
        role == EmbeddingRole::kDocument ? folder_.document_prefix : folder_.query_prefix;
    const size_t dimension = space_.dimension;
    EmbeddingMatrix matrix;
    matrix.dimension = space_.dimension;
    matrix.values.resize(texts.size() * dimension);
    std::vector<float> weighted(dimension);
    for (size_t i = 0; i < texts.size(); ++i) {
      QUARRY_RETURN_IF_ERROR(context.Check());
      QUARRY_ASSIGN_OR_RETURN(const std::vector<uint32_t> ids,
                              tokenizer_->Tokenize(prefix + texts[i]));
      float* const sums = matrix.Row(i).data();
      for (const uint32_t id : ids) {
        if (id == tokenizer_->unknown()) continue;
        const float* row = table_.data() + id * dimension;
        if (weights_) {
          const float weight = weights_->values[id];
          std::transform(row, row + dimension, weighted.begin(),
                         [&](float value) { return value * weight; });
          row = weighted.data();
        }
        AddRow(row, dimension, sums);
      }
      NormaliseLength(dimension, sums);
    }
    return matrix;
  }

 private:
  const FloatTensor table_;
  const std::optional<FloatTensor> weights_;
  const std::shared_ptr<const Tokenizer> tokenizer_;
  const EmbedderFolder folder_;
  const EmbeddingSpace space_;
};

}  // namespace

std::string StaticTableFolder(const std::string& folder) {
  const std::filesystem::path below = std::filesystem::path(folder) / "0_StaticEmbedding";
  return std::filesystem::is_directory(below) ? below.string() : folder;
}

Result<std::shared_ptr<const Embedder>> OpenStaticEmbedder(const EmbedderFolder& folder) {
  const std::string root = StaticTableFolder(folder.path);
  QUARRY_ASSIGN_OR_RETURN(std::shared_ptr<const Tokenizer> tokenizer, OpenTokenizer(root));
  const std::string path = (std::filesystem::path(root) / "model.safetensors").string();
  QUARRY_ASSIGN_OR_RETURN(const Safetensors file, Safetensors::Open(path));
  const std::string name = file.Has("embedding.weight") ? "embedding.weight" : "embeddings";
  if (!file.Has(name) || file.Shape(name).size() != 2 || file.Shape(name)[1] == 0 ||
      file.Shape(name)[1] > UINT32_MAX) {
    return InvalidArgumentError(path + ": expected a tensor \"embeddings\" of tokens x dimension");
  }
  if (file.Has("mapping")) {
    return InvalidArgumentError(path + ": tensor \"mapping\": tables of shared rows are not read");
  }
  const std::vector<uint64_t>& shape = file.Shape(name);
  QUARRY_ASSIGN_OR_RETURN(FloatTensor table, file.Floats(name, shape));
  std::optional<FloatTensor> weights;
  if (file.Has("weights")) {
    QUARRY_ASSIGN_OR_RETURN(weights, file.Floats("weights", {shape[0]}));
  }
  if (tokenizer->id_limit() > shape[0]) {
    return InvalidArgumentError(root + ": the tokenizer has ids up to " +
                                std::to_string(tokenizer->id_limit() - 1) + ", the table only " +
                                std::to_string(shape[0]) + " of them");
  }
  uint64_t hash = HashCombine(file.ContentHash(), tokenizer->files_hash());
  hash = HashCombine(hash, Hash64(folder.query_prefix));
  hash = HashCombine(hash, Hash64(folder.document_prefix));
  EmbeddingSpace space;
  space.fingerprint = "static:" + std::string(kStaticVersion) + ":" + HashToHex(hash);
  space.dimension = static_cast<uint32_t>(shape[1]);
  return std::shared_ptr<const Embedder>(std::make_shared<const StaticEmbedder>(
      std::move(table), std::move(weights), std::move(tokenizer), folder, std::move(space)));
}

}  // namespace quarry::model
