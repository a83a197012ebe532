// BERT's tokenizer without a tokenizer.json: vocab.txt, a token a line, and tokenizer_config.json.

#include <algorithm>
#include <utility>

#include "base/hash.h"
#include "model/tokenizer_json.h"

namespace quarry::model {
namespace {

// A token a line; its id is the line's number from 0.
Result<TokenVocabulary> ReadVocabularyFile(const std::string& bytes, uint32_t& id_limit) {
  TokenVocabulary vocabulary;
  uint32_t id = 0;
  for (size_t begin = 0; begin < bytes.size(); ++id) {
    if (id >= kMaxVocabulary)
      return InvalidArgumentError("more than " + std::to_string(kMaxVocabulary));
    const size_t end = std::min(bytes.find('\n', begin), bytes.size());
    std::string token = bytes.substr(begin, end - begin);
    if (!token.empty() && token.back() == '\r') token.pop_back();
    QUARRY_RETURN_IF_ERROR(CheckToken("vocab.txt: line " + std::to_string(id + 1), token));
    vocabulary.Add(std::move(token), id);  // of equal lines the first has the token
    begin = end + 1;
  }
  id_limit = id;
  return vocabulary;
}

// tokenizer_config.json of BERT's tokenizer; those of other models cut words otherwise.
Result<BertNormalizerOptions> ReadBertSettings(const std::string& config) {
  QUARRY_ASSIGN_OR_RETURN(const Json json, ParseTokenizerFile(config));
  const JsonNode root{json, ""};
  if (!json.is_object()) return root.Wrong("an object");
  struct Expected {
    const char* key;
    std::vector<std::string> values;  // the first is what stands where nothing is said
  };
  for (const auto& [key, values] : {Expected{"tokenizer_class",
                                             {"BertTokenizer", "BertTokenizerFast",
                                              "DistilBertTokenizer", "DistilBertTokenizerFast"}},
                                    Expected{"word_tokenizer_type", {"basic"}},
                                    Expected{"subword_tokenizer_type", {"wordpiece"}}}) {
    if (!root.Has(key)) continue;
    QUARRY_ASSIGN_OR_RETURN(const std::string value, root.String(key));
    if (std::find(values.begin(), values.end(), value) != values.end()) continue;
    return InvalidArgumentError(std::string(key) + ": \"" + value + "\" is not known; expected " +
                                values[0] + ", or a tokenizer.json in the folder");
  }
  QUARRY_ASSIGN_OR_RETURN(const bool splits, root.Flag("do_basic_tokenize", true));
  if (!splits) return InvalidArgumentError("do_basic_tokenize: false is not supported");
  BertNormalizerOptions options;
  QUARRY_ASSIGN_OR_RETURN(options.lower_case, root.Flag("do_lower_case", true));
  QUARRY_ASSIGN_OR_RETURN(options.strip_accents, root.Flag("strip_accents", options.lower_case));
  QUARRY_ASSIGN_OR_RETURN(options.split_ideographs, root.Flag("tokenize_chinese_chars", true));
  return options;
}

}  // namespace

Result<std::shared_ptr<const Tokenizer>> ReadVocabularyTokenizer(const std::string& vocabulary,
                                                                 const std::string& config) {
  const Result<BertNormalizerOptions> options = ReadBertSettings(config);
  if (!options.ok()) return options.status().Annotate("tokenizer_config.json");
  Tokenizer::Parts parts;
  parts.kind = "WordPiece";
  parts.files_hash = HashCombine(Hash64(vocabulary), Hash64(config));
  WordPieceParts model;
  QUARRY_ASSIGN_OR_RETURN(model.vocabulary, ReadVocabularyFile(vocabulary, parts.id_limit));
  const auto id_of = [&](const char* token) -> Result<uint32_t> {
    const uint32_t id = model.vocabulary.Find(token);
    if (id == TokenVocabulary::kNone) {
      return InvalidArgumentError("vocab.txt: has no " + std::string(token) +
                                  "; expected the vocabulary of a BERT model");
    }
    parts.added.push_back({.content = token, .id = id});
    return id;
  };
  QUARRY_ASSIGN_OR_RETURN(model.unknown, id_of("[UNK]"));
  QUARRY_ASSIGN_OR_RETURN(const uint32_t begin, id_of("[CLS]"));
  QUARRY_ASSIGN_OR_RETURN(const uint32_t end, id_of("[SEP]"));
  for (const char* other : {"[PAD]", "[MASK]"}) {
    const uint32_t id = model.vocabulary.Find(other);
    if (id != TokenVocabulary::kNone) parts.added.push_back({.content = other, .id = id});
  }
  parts.unknown = model.unknown;
  parts.model = MakeWordPiece(std::move(model));
  parts.normalizers = {BertNormalizer(*options)};
  parts.pre_tokenizers = {BertPreTokenizer()};
  SetTemplates(begin, end, false, parts);
  return std::make_shared<const Tokenizer>(std::move(parts));
}

}  // namespace quarry::model
