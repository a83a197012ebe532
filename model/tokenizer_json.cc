// Reads the tokenizer of a folder: tokenizer.json as the `tokenizers` library writes it, or BERT's
// vocab.txt with tokenizer_config.json.

#include <algorithm>
#include <filesystem>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "base/base64.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/text.h"
#include "model/tokenizer.h"

namespace quarry::model {
namespace {

using Json = nlohmann::json;

constexpr uint64_t kMaxTokenizerBytes = uint64_t{256} << 20;
constexpr uint32_t kMaxVocabulary = 4'000'000;
constexpr int kMaxSequenceDepth = 8;      // of sequences in sequences
constexpr size_t kMaxStages = 64;         // normalizers, and pre-tokenizers
constexpr size_t kMaxTokenBytes = 1024;   // byte-level runs of spaces take some hundreds
constexpr uint64_t kMaxPrefixBytes = 64;  // of "##" and the like

// A value and where it stands: "pre_tokenizer.pretokenizers[1]".
struct Node {
  const Json& json;
  std::string path;

  Status Wrong(const std::string& expected) const {
    return InvalidArgumentError((path.empty() ? "" : path + ": ") + "expected " + expected);
  }
  std::string Below(const std::string& key) const { return path.empty() ? key : path + "." + key; }
  bool Has(const char* key) const {
    return json.is_object() && json.contains(key) && !json[key].is_null();
  }
  Result<Node> At(const char* key) const {
    if (!json.is_object()) return Wrong("an object");
    if (!Has(key)) return InvalidArgumentError(Below(key) + ": missing");
    return Node{json[key], Below(key)};
  }
  Result<std::vector<Node>> Elements(const char* key) const {
    QUARRY_ASSIGN_OR_RETURN(const Node list, At(key));
    if (!list.json.is_array()) return list.Wrong("a list");
    std::vector<Node> nodes;
    for (size_t i = 0; i < list.json.size(); ++i) {
      nodes.push_back({list.json[i], list.path + "[" + std::to_string(i) + "]"});
    }
    return nodes;
  }
  Result<std::string> String(const char* key) const {
    QUARRY_ASSIGN_OR_RETURN(const Node node, At(key));
    if (!node.json.is_string()) return node.Wrong("a text");
    return node.json.get<std::string>();
  }
  Result<bool> Flag(const char* key, bool otherwise) const {
    if (!Has(key)) return otherwise;
    QUARRY_ASSIGN_OR_RETURN(const Node node, At(key));
    if (!node.json.is_boolean()) return node.Wrong("true or false");
    return node.json.get<bool>();
  }
  Result<uint32_t> AsUint() const {
    if (!json.is_number_unsigned() || json.get<uint64_t>() > kMaxVocabulary) {
      return Wrong("a number from 0 to " + std::to_string(kMaxVocabulary));
    }
    return json.get<uint32_t>();
  }
  Result<uint32_t> Uint(const char* key) const {
    QUARRY_ASSIGN_OR_RETURN(const Node node, At(key));
    return node.AsUint();
  }
};

Status CheckSteps(const Node& node, size_t steps) {
  return steps < kMaxStages ? OkStatus() : node.Wrong("no more than " + std::to_string(kMaxStages));
}

// Looking for a token takes time by the length of the longest one.
Status CheckToken(const std::string& place, const std::string& token) {
  if (token.size() <= kMaxTokenBytes) return OkStatus();
  return InvalidArgumentError(place + ": a token of " + std::to_string(token.size()) +
                              " bytes; expected at most " + std::to_string(kMaxTokenBytes));
}

Status UnknownType(const Node& node, const std::string& type, const std::string& known) {
  return InvalidArgumentError(node.Below("type") + ": \"" + type + "\" is not known; known are " +
                              known);
}

Result<std::string> ReadBase64(const Node& node) {
  if (!node.json.is_string()) return node.Wrong("a text");
  std::optional<std::string> bytes = DecodeBase64(node.json.get_ref<const std::string&>());
  if (!bytes) return node.Wrong("base64");
  return *std::move(bytes);
}

// {"String": "x"} or {"Regex": "x"}.
Result<TextPattern> ReadPattern(const Node& parent) {
  QUARRY_ASSIGN_OR_RETURN(const Node node, parent.At("pattern"));
  if (node.Has("String")) {
    QUARRY_ASSIGN_OR_RETURN(std::string text, node.String("String"));
    return TextPattern(std::move(text));
  }
  QUARRY_ASSIGN_OR_RETURN(const std::string expression, node.String("Regex"));
  Result<Regex> regex = Regex::Compile(expression);
  if (!regex.ok()) return regex.status().Annotate(node.path);
  return TextPattern(*std::move(regex));
}

// ---- Normalizers

Result<BertNormalizerOptions> ReadBertNormalizer(const Node& node) {
  BertNormalizerOptions options;
  QUARRY_ASSIGN_OR_RETURN(options.clean_text, node.Flag("clean_text", true));
  QUARRY_ASSIGN_OR_RETURN(options.split_ideographs, node.Flag("handle_chinese_chars", true));
  QUARRY_ASSIGN_OR_RETURN(options.lower_case, node.Flag("lowercase", true));
  // Unless it is said, accents go with the capitals.
  QUARRY_ASSIGN_OR_RETURN(options.strip_accents, node.Flag("strip_accents", options.lower_case));
  return options;
}

std::optional<NormalForm> NormalFormOf(const std::string& type) {
  if (type == "NFC") return NormalForm::kNfc;
  if (type == "NFD") return NormalForm::kNfd;
  if (type == "NFKC") return NormalForm::kNfkc;
  if (type == "NFKD") return NormalForm::kNfkd;
  return std::nullopt;
}

Status ReadNormalizer(const Node& node, int depth, std::vector<NormalizerStep>& steps) {
  if (depth > kMaxSequenceDepth) return node.Wrong("no sequence so deep");
  QUARRY_RETURN_IF_ERROR(CheckSteps(node, steps.size()));
  QUARRY_ASSIGN_OR_RETURN(const std::string type, node.String("type"));
  if (const std::optional<NormalForm> form = NormalFormOf(type)) {
    steps.push_back(UnicodeNormalizer(*form));
  } else if (type == "Sequence") {
    QUARRY_ASSIGN_OR_RETURN(const std::vector<Node> parts, node.Elements("normalizers"));
    for (const Node& part : parts) QUARRY_RETURN_IF_ERROR(ReadNormalizer(part, depth + 1, steps));
  } else if (type == "BertNormalizer") {
    QUARRY_ASSIGN_OR_RETURN(const BertNormalizerOptions options, ReadBertNormalizer(node));
    steps.push_back(BertNormalizer(options));
  } else if (type == "Lowercase") {
    steps.push_back(LowerCaseNormalizer());
  } else if (type == "StripAccents") {
    steps.push_back(StripAccentsNormalizer());
  } else if (type == "Strip") {
    QUARRY_ASSIGN_OR_RETURN(const bool left, node.Flag("strip_left", true));
    QUARRY_ASSIGN_OR_RETURN(const bool right, node.Flag("strip_right", true));
    steps.push_back(StripNormalizer(left, right));
  } else if (type == "Prepend") {
    QUARRY_ASSIGN_OR_RETURN(std::string prefix, node.String("prepend"));
    steps.push_back(PrependNormalizer(std::move(prefix)));
  } else if (type == "Replace") {
    QUARRY_ASSIGN_OR_RETURN(TextPattern pattern, ReadPattern(node));
    QUARRY_ASSIGN_OR_RETURN(std::string content, node.String("content"));
    steps.push_back(ReplaceNormalizer(std::move(pattern), std::move(content)));
  } else if (type == "Precompiled") {
    QUARRY_ASSIGN_OR_RETURN(const Node charsmap, node.At("precompiled_charsmap"));
    QUARRY_ASSIGN_OR_RETURN(const std::string bytes, ReadBase64(charsmap));
    Result<PrecompiledCharsmap> parsed = PrecompiledCharsmap::Parse(bytes);
    if (!parsed.ok()) return parsed.status().Annotate(charsmap.path);
    steps.push_back(CharsmapNormalizer(*std::move(parsed)));
  } else {
    return UnknownType(node, type,
                       "BertNormalizer, Lowercase, NFC, NFD, NFKC, NFKD, Precompiled, Prepend, "
                       "Replace, Sequence, Strip and StripAccents");
  }
  return OkStatus();
}

// ---- Pre-tokenizers

Result<SplitBehavior> ReadBehavior(const Node& node) {
  QUARRY_ASSIGN_OR_RETURN(const std::string name, node.String("behavior"));
  if (name == "Removed") return SplitBehavior::kRemoved;
  if (name == "Isolated") return SplitBehavior::kIsolated;
  if (name == "Contiguous") return SplitBehavior::kContiguous;
  if (name == "MergedWithPrevious") return SplitBehavior::kMergedWithPrevious;
  if (name == "MergedWithNext") return SplitBehavior::kMergedWithNext;
  return InvalidArgumentError(node.Below("behavior") + ": \"" + name + "\" is not known");
}

Result<PreTokenizerStep> ReadMetaspace(const Node& node) {
  std::string replacement = "\u2581";
  if (node.Has("replacement")) {
    QUARRY_ASSIGN_OR_RETURN(replacement, node.String("replacement"));
    size_t end = 0;
    if (!replacement.empty()) NextCodePoint(replacement, end);
    if (replacement.empty() || end < replacement.size()) {
      return InvalidArgumentError(node.Below("replacement") + ": expected a character");
    }
  }
  // Files of before 2024 have add_prefix_space instead.
  QUARRY_ASSIGN_OR_RETURN(const bool adds, node.Flag("add_prefix_space", true));
  PrependScheme prepend = adds ? PrependScheme::kAlways : PrependScheme::kNever;
  if (node.Has("prepend_scheme")) {
    QUARRY_ASSIGN_OR_RETURN(const std::string scheme, node.String("prepend_scheme"));
    if (scheme != "always" && scheme != "first" && scheme != "never") {
      return InvalidArgumentError(node.Below("prepend_scheme") + ": \"" + scheme +
                                  "\" is not known");
    }
    prepend = scheme == "always"  ? PrependScheme::kAlways
              : scheme == "first" ? PrependScheme::kFirst
                                  : PrependScheme::kNever;
  }
  QUARRY_ASSIGN_OR_RETURN(const bool split, node.Flag("split", true));
  return MetaspacePreTokenizer(std::move(replacement), prepend, split);
}

Status ReadPreTokenizer(const Node& node, int depth, std::vector<PreTokenizerStep>& steps) {
  if (depth > kMaxSequenceDepth) return node.Wrong("no sequence so deep");
  QUARRY_RETURN_IF_ERROR(CheckSteps(node, steps.size()));
  QUARRY_ASSIGN_OR_RETURN(const std::string type, node.String("type"));
  if (type == "Sequence") {
    QUARRY_ASSIGN_OR_RETURN(const std::vector<Node> parts, node.Elements("pretokenizers"));
    for (const Node& part : parts) QUARRY_RETURN_IF_ERROR(ReadPreTokenizer(part, depth + 1, steps));
  } else if (type == "BertPreTokenizer") {
    steps.push_back(BertPreTokenizer());
  } else if (type == "WhitespaceSplit") {
    steps.push_back(WhiteSpaceSplitPreTokenizer());
  } else if (type == "Whitespace") {
    steps.push_back(SplitPreTokenizer(Regex::Compile(R"(\w+|[^\w\s]+)").value(),
                                      SplitBehavior::kRemoved, true));
  } else if (type == "Punctuation") {
    SplitBehavior behavior = SplitBehavior::kIsolated;
    if (node.Has("behavior")) {
      QUARRY_ASSIGN_OR_RETURN(behavior, ReadBehavior(node));
    }
    steps.push_back(PunctuationPreTokenizer(behavior));
  } else if (type == "Digits") {
    QUARRY_ASSIGN_OR_RETURN(const bool each, node.Flag("individual_digits", false));
    steps.push_back(DigitsPreTokenizer(each));
  } else if (type == "Metaspace") {
    QUARRY_ASSIGN_OR_RETURN(PreTokenizerStep step, ReadMetaspace(node));
    steps.push_back(std::move(step));
  } else if (type == "ByteLevel") {
    QUARRY_ASSIGN_OR_RETURN(const bool adds, node.Flag("add_prefix_space", true));
    QUARRY_ASSIGN_OR_RETURN(const bool cut, node.Flag("use_regex", true));
    steps.push_back(ByteLevelPreTokenizer(adds, cut));
  } else if (type == "Split") {
    QUARRY_ASSIGN_OR_RETURN(TextPattern pattern, ReadPattern(node));
    QUARRY_ASSIGN_OR_RETURN(const SplitBehavior behavior, ReadBehavior(node));
    QUARRY_ASSIGN_OR_RETURN(const bool inverted, node.Flag("invert", false));
    steps.push_back(SplitPreTokenizer(std::move(pattern), behavior, inverted));
  } else {
    return UnknownType(node, type,
                       "BertPreTokenizer, ByteLevel, Digits, Metaspace, Punctuation, Sequence, "
                       "Split, Whitespace and WhitespaceSplit");
  }
  return OkStatus();
}

// ---- Models

// {"token": id, ..} into a vocabulary.
Result<TokenVocabulary> ReadVocabulary(const Node& model, uint32_t& id_limit) {
  QUARRY_ASSIGN_OR_RETURN(const Node node, model.At("vocab"));
  if (!node.json.is_object()) return node.Wrong("an object of token and id");
  TokenVocabulary vocabulary;
  for (const auto& [token, id] : node.json.items()) {
    QUARRY_RETURN_IF_ERROR(CheckToken(node.path, token));
    QUARRY_ASSIGN_OR_RETURN(const uint32_t number, (Node{id, node.Below(token)}.AsUint()));
    vocabulary.Add(token, number);
    id_limit = std::max(id_limit, number + 1);
  }
  if (vocabulary.size() == 0) return node.Wrong("at least one token");
  return vocabulary;
}

// What must be absent, since it is not done here.
Status RefuseText(const Node& model, const char* key) {
  if (!model.Has(key)) return OkStatus();
  QUARRY_ASSIGN_OR_RETURN(const std::string text, model.String(key));
  if (text.empty()) return OkStatus();
  return InvalidArgumentError(model.Below(key) + ": \"" + text + "\" is not supported");
}

Status RefuseFlag(const Node& model, const char* key) {
  QUARRY_ASSIGN_OR_RETURN(const bool flag, model.Flag(key, false));
  if (!flag) return OkStatus();
  return InvalidArgumentError(model.Below(key) + ": true is not supported");
}

Result<std::unique_ptr<const TokenModel>> ReadWordPiece(const Node& model, Tokenizer::Parts& to) {
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

Result<std::unique_ptr<const TokenModel>> ReadBpe(const Node& model, Tokenizer::Parts& to) {
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
  QUARRY_ASSIGN_OR_RETURN(const Node merges, model.At("merges"));
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

Result<std::unique_ptr<const TokenModel>> ReadUnigram(const Node& model, Tokenizer::Parts& to) {
  QUARRY_RETURN_IF_ERROR(RefuseFlag(model, "byte_fallback"));
  UnigramParts parts;
  QUARRY_ASSIGN_OR_RETURN(parts.unknown, model.Uint("unk_id"));
  QUARRY_ASSIGN_OR_RETURN(const Node vocabulary, model.At("vocab"));
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

Status ReadModel(const Node& root, Tokenizer::Parts& parts) {
  QUARRY_ASSIGN_OR_RETURN(const Node model, root.At("model"));
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
    return UnknownType(model, parts.kind, "BPE, Unigram and WordPiece");
  }
  return OkStatus();
}

// ---- Templates

using Kind = TokenTemplate::Kind;

TokenTemplate::Part Special(uint32_t id, uint8_t type) { return {Kind::kSpecial, {id}, type}; }

// [["[SEP]", 102], ..]: the id of ["[SEP]", 102].
Result<uint32_t> SpecialId(const Node& node, const char* key) {
  QUARRY_ASSIGN_OR_RETURN(const Node pair, node.At(key));
  if (!pair.json.is_array() || pair.json.size() != 2) return pair.Wrong("token and id");
  return Node{pair.json[1], pair.path + "[1]"}.AsUint();
}

Result<TokenTemplate> ReadTemplate(const Node& node, const char* key) {
  TokenTemplate form;
  QUARRY_ASSIGN_OR_RETURN(const std::vector<Node> parts, node.Elements(key));
  for (const Node& part : parts) {
    const bool is_sequence = part.Has("Sequence");
    QUARRY_ASSIGN_OR_RETURN(const Node inner, part.At(is_sequence ? "Sequence" : "SpecialToken"));
    QUARRY_ASSIGN_OR_RETURN(const std::string id, inner.String("id"));
    QUARRY_ASSIGN_OR_RETURN(const uint32_t type, inner.Uint("type_id"));
    if (type > 1) return InvalidArgumentError(inner.Below("type_id") + ": expected 0 or 1");
    TokenTemplate::Part made{.type = static_cast<uint8_t>(type)};
    if (is_sequence) {
      if (id != "A" && id != "B")
        return InvalidArgumentError(inner.Below("id") + ": expected A or B");
      made.kind = id == "A" ? Kind::kFirst : Kind::kSecond;
      // What a text is cut to counts on it.
      for (const TokenTemplate::Part& before : form.parts) {
        if (before.kind == made.kind) return inner.Wrong("each sequence once");
      }
    } else {
      made.kind = Kind::kSpecial;
      QUARRY_ASSIGN_OR_RETURN(const Node tokens, node.At("special_tokens"));
      QUARRY_ASSIGN_OR_RETURN(const Node token, tokens.At(id.c_str()));
      QUARRY_ASSIGN_OR_RETURN(const std::vector<Node> ids, token.Elements("ids"));
      for (const Node& one : ids) {
        QUARRY_ASSIGN_OR_RETURN(const uint32_t number, one.AsUint());
        made.ids.push_back(number);
      }
    }
    form.parts.push_back(std::move(made));
  }
  return form;
}

// BERT's: the second sequence is of type 1. RoBERTa's: two ends between them, all of type 0.
void SetTemplates(uint32_t begin, uint32_t end, bool is_roberta, Tokenizer::Parts& parts) {
  parts.single.parts = {Special(begin, 0), {Kind::kFirst, {}, 0}, Special(end, 0)};
  parts.pair = parts.single;
  const auto type = static_cast<uint8_t>(is_roberta ? 0 : 1);
  if (is_roberta) parts.pair.parts.push_back(Special(end, 0));
  parts.pair.parts.push_back({Kind::kSecond, {}, type});
  parts.pair.parts.push_back(Special(end, type));
}

Status ReadPostProcessor(const Node& node, int depth, Tokenizer::Parts& parts) {
  if (depth > kMaxSequenceDepth) return node.Wrong("no sequence so deep");
  QUARRY_ASSIGN_OR_RETURN(const std::string type, node.String("type"));
  if (type == "Sequence") {
    QUARRY_ASSIGN_OR_RETURN(const std::vector<Node> processors, node.Elements("processors"));
    for (const Node& one : processors)
      QUARRY_RETURN_IF_ERROR(ReadPostProcessor(one, depth + 1, parts));
  } else if (type == "TemplateProcessing") {
    QUARRY_ASSIGN_OR_RETURN(parts.single, ReadTemplate(node, "single"));
    if (node.Has("pair")) {
      QUARRY_ASSIGN_OR_RETURN(parts.pair, ReadTemplate(node, "pair"));
    }
  } else if (type == "BertProcessing" || type == "RobertaProcessing") {
    QUARRY_ASSIGN_OR_RETURN(const uint32_t begin, SpecialId(node, "cls"));
    QUARRY_ASSIGN_OR_RETURN(const uint32_t end, SpecialId(node, "sep"));
    SetTemplates(begin, end, type == "RobertaProcessing", parts);
  } else if (type != "ByteLevel") {  // which only moves offsets
    return UnknownType(node, type,
                       "BertProcessing, ByteLevel, RobertaProcessing, Sequence and "
                       "TemplateProcessing");
  }
  for (const TokenTemplate* form : {&parts.single, &parts.pair}) {
    for (const TokenTemplate::Part& part : form->parts) {
      for (const uint32_t id : part.ids) parts.id_limit = std::max(parts.id_limit, id + 1);
    }
  }
  return OkStatus();
}

Status ReadAddedTokens(const Node& root, Tokenizer::Parts& parts) {
  if (!root.Has("added_tokens")) return OkStatus();
  QUARRY_ASSIGN_OR_RETURN(const std::vector<Node> tokens, root.Elements("added_tokens"));
  for (const Node& node : tokens) {
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

Result<Json> ParseJson(const std::string& bytes) {
  Json json = Json::parse(bytes, nullptr, /*allow_exceptions=*/false);
  if (json.is_discarded()) return InvalidArgumentError("not JSON");
  return json;
}

Result<std::shared_ptr<const Tokenizer>> ReadTokenizerJson(const std::string& bytes) {
  QUARRY_ASSIGN_OR_RETURN(const Json json, ParseJson(bytes));
  const Node root{json, ""};
  Tokenizer::Parts parts;
  parts.files_hash = Hash64(bytes);
  QUARRY_RETURN_IF_ERROR(ReadModel(root, parts));
  QUARRY_RETURN_IF_ERROR(ReadAddedTokens(root, parts));
  if (root.Has("normalizer")) {
    QUARRY_ASSIGN_OR_RETURN(const Node node, root.At("normalizer"));
    QUARRY_RETURN_IF_ERROR(ReadNormalizer(node, 0, parts.normalizers));
  }
  if (root.Has("pre_tokenizer")) {
    QUARRY_ASSIGN_OR_RETURN(const Node node, root.At("pre_tokenizer"));
    QUARRY_RETURN_IF_ERROR(ReadPreTokenizer(node, 0, parts.pre_tokenizers));
  }
  parts.single.parts = {{Kind::kFirst, {}, 0}};
  if (root.Has("post_processor")) {
    QUARRY_ASSIGN_OR_RETURN(const Node node, root.At("post_processor"));
    QUARRY_RETURN_IF_ERROR(ReadPostProcessor(node, 0, parts));
  }
  return std::make_shared<const Tokenizer>(std::move(parts));
}

// ---- vocab.txt

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
  QUARRY_ASSIGN_OR_RETURN(const Json json, ParseJson(config));
  const Node root{json, ""};
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
