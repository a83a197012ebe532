#include <algorithm>
#include <string_view>

#include "base/ascii.h"
#include "model/model_pull.h"
#include "model/upstream_json.h"

namespace quarry::model {
namespace {

// What docs/models.md names; all else of a repository (other formats of the weights, pictures) stays
// there.
constexpr std::string_view kWanted[] = {"config.json",
                                        "model.safetensors",
                                        "tokenizer.json",
                                        "tokenizer_config.json",
                                        "vocab.txt",
                                        "special_tokens_map.json",
                                        "sentencepiece.bpe.model",
                                        "modules.json",
                                        "sentence_bert_config.json",
                                        "config_sentence_transformers.json",
                                        "1_Pooling/config.json",
                                        "0_StaticEmbedding/model.safetensors",
                                        "0_StaticEmbedding/tokenizer.json",
                                        "README.md",
                                        "LICENSE"};

bool IsHex(std::string_view text, size_t size) {
  return text.size() == size && std::ranges::all_of(text, [](char c) {
           return IsAsciiDigit(c) || (c >= 'a' && c <= 'f');
         });
}

}  // namespace

Result<HubModel> ReadHubModel(const std::string& text) {
  QUARRY_ASSIGN_OR_RETURN(const Json json, ParseUpstreamJson(text));
  HubModel model;
  model.commit = StringOf(json, "sha");
  if (!IsHex(model.commit, 40)) return UnavailableError("\"sha\": expected a commit");
  const Json* siblings = Find(json, "siblings");
  if (siblings == nullptr || !siblings->is_array()) {
    return UnavailableError("\"siblings\": expected a list of files");
  }
  for (const Json& one : *siblings) {
    HubFile file;
    file.path = StringOf(one, "rfilename");
    if (std::ranges::find(kWanted, file.path) == std::end(kWanted)) continue;
    const Json* lfs = Find(one, "lfs");
    const std::optional<uint64_t> size = UintOf(lfs != nullptr ? *lfs : one, "size");
    if (lfs != nullptr) file.sha256 = StringOf(*lfs, "sha256");
    if (lfs == nullptr) file.git_blob = StringOf(one, "blobId");
    if (!size || !(IsHex(file.sha256, 64) || IsHex(file.git_blob, 40))) {
      return UnavailableError(file.path + ": without size or digest");
    }
    file.size = *size;
    model.files.push_back(std::move(file));
  }
  std::ranges::sort(model.files, {}, &HubFile::path);
  if (std::ranges::adjacent_find(model.files, {}, &HubFile::path) != model.files.end()) {
    return UnavailableError("\"siblings\": a file stands twice");
  }
  if (std::ranges::find(model.files, "config.json", &HubFile::path) == model.files.end() &&
      std::ranges::find(model.files, "modules.json", &HubFile::path) == model.files.end()) {
    return UnavailableError("neither config.json nor modules.json is there: not a model's folder");
  }
  return model;
}

}  // namespace quarry::model
