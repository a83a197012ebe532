// Reads the tokenizer of a folder: tokenizer.json as the `tokenizers` library writes it, or BERT's
// vocab.txt with tokenizer_config.json.

#include "model/tokenizer_json.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "base/file.h"
#include "base/hash.h"

namespace quarry::model {
namespace {

constexpr uint64_t kMaxTokenizerBytes = uint64_t{256} << 20;

Status ReadAddedTokens(const JsonNode& root, Tokenizer::Parts& parts) {
  if (!root.Has("added_tokens")) return OkStatus();
  QUARRY_ASSIGN_OR_RETURN(const std::vector<JsonNode> tokens, root.Elements("added_tokens"));
  for (const JsonNode& node : tokens) {
    AddedToken token;
    QUARRY_ASSIGN_OR_RETURN(token.id, node.Uint("id"));
    QUARRY_ASSIGN_OR_RETURN(token.content, node.String("content"));
    QUARRY_RETURN_IF_ERROR(CheckToken(node.Below("content"), token.content));
    QUARRY_ASSIGN_OR_RETURN(token.single_word, node.Flag("single_word", false));
    QUARRY_ASSIGN_OR_RETURN(token.strip_left, node.Flag("lstrip", false));
    QUARRY_ASSIGN_OR_RETURN(token.strip_right, node.Flag("rstrip", false));
    QUARRY_ASSIGN_OR_RETURN(token.normalized, node.Flag("normalized", false));
    parts.id_limit = std::max(parts.id_limit, token.id + 1);
    parts.added.push_back(std::move(token));
  }
  return OkStatus();
}

Result<std::shared_ptr<const Tokenizer>> ReadTokenizerJson(const std::string& bytes) {
  QUARRY_ASSIGN_OR_RETURN(const Json json, ParseTokenizerFile(bytes));
  const JsonNode root{json, ""};
  Tokenizer::Parts parts;
  parts.files_hash = Hash64(bytes);
  QUARRY_RETURN_IF_ERROR(ReadTokenModel(root, parts));
  QUARRY_RETURN_IF_ERROR(ReadAddedTokens(root, parts));
  if (root.Has("normalizer")) {
    QUARRY_ASSIGN_OR_RETURN(const JsonNode node, root.At("normalizer"));
    QUARRY_RETURN_IF_ERROR(ReadNormalizer(node, 0, parts.normalizers));
  }
  if (root.Has("pre_tokenizer")) {
    QUARRY_ASSIGN_OR_RETURN(const JsonNode node, root.At("pre_tokenizer"));
    QUARRY_RETURN_IF_ERROR(ReadPreTokenizer(node, 0, parts.pre_tokenizers));
  }
  parts.single.parts = {{TokenTemplate::Kind::kFirst, {}, 0}};
  if (root.Has("post_processor")) {
    QUARRY_ASSIGN_OR_RETURN(const JsonNode node, root.At("post_processor"));
    QUARRY_RETURN_IF_ERROR(ReadPostProcessor(node, 0, parts));
  }
  return std::make_shared<const Tokenizer>(std::move(parts));
}

}  // namespace

Result<std::shared_ptr<const Tokenizer>> OpenTokenizer(const std::string& folder) {
  const std::filesystem::path root(folder);
  const std::string json = (root / "tokenizer.json").string();
  if (std::filesystem::exists(json)) {
    QUARRY_ASSIGN_OR_RETURN(const std::string bytes, ReadFile(json, kMaxTokenizerBytes));
    Result<std::shared_ptr<const Tokenizer>> read = ReadTokenizerJson(bytes);
    if (!read.ok()) return read.status().Annotate(json);
    return read;
  }
  const std::string vocabulary = (root / "vocab.txt").string();
  if (!std::filesystem::exists(vocabulary)) {
    return NotFoundError(folder + ": has neither tokenizer.json nor vocab.txt");
  }
  QUARRY_ASSIGN_OR_RETURN(const std::string bytes, ReadFile(vocabulary, kMaxTokenizerBytes));
  const std::string config = (root / "tokenizer_config.json").string();
  std::string settings = "{}";
  if (std::filesystem::exists(config)) {
    QUARRY_ASSIGN_OR_RETURN(settings, ReadFile(config, kMaxTokenizerBytes));
  }
  Result<std::shared_ptr<const Tokenizer>> read = ReadVocabularyTokenizer(bytes, settings);
  if (!read.ok()) return read.status().Annotate(folder);
  return read;
}

}  // namespace quarry::model
