// The models that cut words into tokens: WordPiece, BPE and Unigram.

#include <algorithm>
#include <utility>

#include "model/tokenizer_json.h"

namespace quarry::model {
namespace {

constexpr uint64_t kMaxPrefixBytes = 64;  // of "##" and the like

// {"token": id, ..} into a vocabulary.
Result<TokenVocabulary> ReadVocabulary(const JsonNode& model, uint32_t& id_limit) {
  QUARRY_ASSIGN_OR_RETURN(const JsonNode node, model.At("vocab"));
  if (!node.json.is_object()) return node.Wrong("an object of token and id");
  TokenVocabulary vocabulary;
  for (const auto& [token, id] : node.json.items()) {
    QUARRY_RETURN_IF_ERROR(CheckToken(node.path, token));
    QUARRY_ASSIGN_OR_RETURN(const uint32_t number, (JsonNode{id, node.Below(token)}.AsUint()));
    vocabulary.Add(token, number);
    id_limit = std::max(id_limit, number + 1);
  }
  if (vocabulary.size() == 0) return node.Wrong("at least one token");
  return vocabulary;
}

// What must be absent, since it is not done here.
Status RefuseText(const JsonNode& model, const char* key) {
  if (!model.Has(key)) return OkStatus();
  QUARRY_ASSIGN_OR_RETURN(const std::string text, model.String(key));
  if (text.empty()) return OkStatus();
  return InvalidArgumentError(model.Below(key) + ": \"" + text + "\" is not supported");
}

Status RefuseFlag(const JsonNode& model, const char* key) {
  QUARRY_ASSIGN_OR_RETURN(const bool flag, model.Flag(key, false));
  if (!flag) return OkStatus();
  return InvalidArgumentError(model.Below(key) + ": true is not supported");
}

Result<std::unique_ptr<const TokenModel>> ReadWordPiece(const JsonNode& model,
                                                        Tokenizer::Parts& to) {
  WordPieceParts parts;
  QUARRY_ASSIGN_OR_RETURN(parts.vocabulary, ReadVocabulary(model, to.id_limit));
  std::string unknown = "[UNK]";
  if (model.Has("unk_token")) {
    QUARRY_ASSIGN_OR_RETURN(unknown, model.String("unk_token"));
  }
  parts.unknown = parts.vocabulary.Find(unknown);
  if (parts.unknown == TokenVocabulary::kNone) {
    return InvalidArgumentError(model.Below("unk_token") + ": \"" + unknown +
                                "\" is not in the vocabulary");
  }
  if (model.Has("continuing_subword_prefix")) {
    QUARRY_ASSIGN_OR_RETURN(parts.continuing_prefix, model.String("continuing_subword_prefix"));
    if (parts.continuing_prefix.size() > kMaxPrefixBytes) {
      return InvalidArgumentError(model.Below("continuing_subword_prefix") + ": too long");
    }
  }
  if (model.Has("max_input_chars_per_word")) {
    QUARRY_ASSIGN_OR_RETURN(parts.max_characters, model.Uint("max_input_chars_per_word"));
  }
  to.unknown = parts.unknown;
  return MakeWordPiece(std::move(parts));
}

Result<std::unique_ptr<const TokenModel>> ReadBpe(const JsonNode& model, Tokenizer::Parts& to) {
  BpeParts parts;
  QUARRY_RETURN_IF_ERROR(RefuseText(model, "continuing_subword_prefix"));
  QUARRY_RETURN_IF_ERROR(RefuseText(model, "end_of_word_suffix"));
  QUARRY_RETURN_IF_ERROR(RefuseFlag(model, "byte_fallback"));
  QUARRY_ASSIGN_OR_RETURN(parts.vocabulary, ReadVocabulary(model, to.id_limit));
  QUARRY_ASSIGN_OR_RETURN(parts.whole_first, model.Flag("ignore_merges", false));
  QUARRY_ASSIGN_OR_RETURN(parts.fuse_unknown, model.Flag("fuse_unk", false));
  if (model.Has("unk_token")) {
    QUARRY_ASSIGN_OR_RETURN(const std::string unknown, model.String("unk_token"));
    parts.unknown = parts.vocabulary.Find(unknown);
    if (parts.unknown == TokenVocabulary::kNone) {
      return InvalidArgumentError(model.Below("unk_token") + ": \"" + unknown +
                                  "\" is not in the vocabulary");
    }
  }
  to.unknown = parts.unknown;
  // "a b" or ["a", "b"].
  QUARRY_ASSIGN_OR_RETURN(const JsonNode merges, model.At("merges"));
  if (!merges.json.is_array()) return merges.Wrong("a list");
  for (size_t i = 0; i < merges.json.size(); ++i) {
    const Json& merge = merges.json[i];
    const std::string place = merges.path + "[" + std::to_string(i) + "]";
    if (merge.is_array() && merge.size() == 2 && merge[0].is_string() && merge[1].is_string()) {
      parts.merges.emplace_back(merge[0].get<std::string>(), merge[1].get<std::string>());
      continue;
    }
    const std::string text = merge.is_string() ? merge.get<std::string>() : std::string();
    const size_t space = text.find(' ');
    if (space == std::string::npos) return InvalidArgumentError(place + ": expected two tokens");
    parts.merges.emplace_back(text.substr(0, space), text.substr(space + 1));
  }
  Result<std::unique_ptr<const TokenModel>> made = MakeBpe(std::move(parts));
  if (!made.ok()) return made.status().Annotate(merges.path);
  return made;
}

Result<std::unique_ptr<const TokenModel>> ReadUnigram(const JsonNode& model, Tokenizer::Parts& to) {
  QUARRY_RETURN_IF_ERROR(RefuseFlag(model, "byte_fallback"));
  UnigramParts parts;
  QUARRY_ASSIGN_OR_RETURN(parts.unknown, model.Uint("unk_id"));
  QUARRY_ASSIGN_OR_RETURN(const JsonNode vocabulary, model.At("vocab"));
  if (!vocabulary.json.is_array()) return vocabulary.Wrong("a list of token and score");
  if (vocabulary.json.size() > kMaxVocabulary) return vocabulary.Wrong("fewer tokens");
  for (size_t i = 0; i < vocabulary.json.size(); ++i) {
    const Json& entry = vocabulary.json[i];
    if (!entry.is_array() || entry.size() != 2 || !entry[0].is_string() || !entry[1].is_number()) {
      return InvalidArgumentError(vocabulary.path + "[" + std::to_string(i) +
                                  "]: expected token and score");
    }
    parts.tokens.emplace_back(entry[0].get<std::string>(), entry[1].get<double>());
    QUARRY_RETURN_IF_ERROR(
        CheckToken(vocabulary.path + "[" + std::to_string(i) + "]", parts.tokens.back().first));
  }
  to.id_limit = std::max(to.id_limit, static_cast<uint32_t>(parts.tokens.size()));
  to.unknown = parts.unknown;
  Result<std::unique_ptr<const TokenModel>> made = MakeUnigram(std::move(parts));
  if (!made.ok()) return made.status().Annotate(vocabulary.path);
  return made;
}

}  // namespace

Status ReadTokenModel(const JsonNode& root, Tokenizer::Parts& parts) {
  QUARRY_ASSIGN_OR_RETURN(const JsonNode model, root.At("model"));
  // Files of before 2021 have no type.
  parts.kind = model.Has("merges") ? "BPE" : "WordPiece";
  if (model.Has("type")) {
    QUARRY_ASSIGN_OR_RETURN(parts.kind, model.String("type"));
  }
  if (parts.kind == "WordPiece") {
    QUARRY_ASSIGN_OR_RETURN(parts.model, ReadWordPiece(model, parts));
  } else if (parts.kind == "BPE") {
    QUARRY_ASSIGN_OR_RETURN(parts.model, ReadBpe(model, parts));
  } else if (parts.kind == "Unigram") {
    QUARRY_ASSIGN_OR_RETURN(parts.model, ReadUnigram(model, parts));
  } else {
    return model.UnknownType(parts.kind, "BPE, Unigram and WordPiece");
  }
  return OkStatus();
}

}  // namespace quarry::model
