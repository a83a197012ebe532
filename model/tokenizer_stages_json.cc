// The stages in front of the model: normalizers and pre-tokenizers.

#include <optional>
#include <utility>

#include "base/base64.h"
#include "base/text.h"
#include "model/tokenizer_json.h"

namespace quarry::model {
namespace {

constexpr size_t kMaxStages = 64;  // normalizers, and pre-tokenizers

Status CheckSteps(const JsonNode& node, size_t steps) {
  return steps < kMaxStages ? OkStatus() : node.Wrong("no more than " + std::to_string(kMaxStages));
}

Result<std::string> ReadBase64(const JsonNode& node) {
  if (!node.json.is_string()) return node.Wrong("a text");
  std::optional<std::string> bytes = DecodeBase64(node.json.get_ref<const std::string&>());
  if (!bytes) return node.Wrong("base64");
  return *std::move(bytes);
}

// {"String": "x"} or {"Regex": "x"}.
Result<TextPattern> ReadPattern(const JsonNode& parent) {
  QUARRY_ASSIGN_OR_RETURN(const JsonNode node, parent.At("pattern"));
  if (node.Has("String")) {
    QUARRY_ASSIGN_OR_RETURN(std::string text, node.String("String"));
    return TextPattern(std::move(text));
  }
  QUARRY_ASSIGN_OR_RETURN(const std::string expression, node.String("Regex"));
  Result<Regex> regex = Regex::Compile(expression);
  if (!regex.ok()) return regex.status().Annotate(node.path);
  return TextPattern(*std::move(regex));
}

Result<BertNormalizerOptions> ReadBertNormalizer(const JsonNode& node) {
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

Result<SplitBehavior> ReadBehavior(const JsonNode& node) {
  QUARRY_ASSIGN_OR_RETURN(const std::string name, node.String("behavior"));
  if (name == "Removed") return SplitBehavior::kRemoved;
  if (name == "Isolated") return SplitBehavior::kIsolated;
  if (name == "Contiguous") return SplitBehavior::kContiguous;
  if (name == "MergedWithPrevious") return SplitBehavior::kMergedWithPrevious;
  if (name == "MergedWithNext") return SplitBehavior::kMergedWithNext;
  return InvalidArgumentError(node.Below("behavior") + ": \"" + name + "\" is not known");
}

Result<PreTokenizerStep> ReadMetaspace(const JsonNode& node) {
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

}  // namespace

Status ReadNormalizer(const JsonNode& node, int depth, std::vector<NormalizerStep>& steps) {
  if (depth > kMaxSequenceDepth) return node.Wrong("no sequence so deep");
  QUARRY_RETURN_IF_ERROR(CheckSteps(node, steps.size()));
  QUARRY_ASSIGN_OR_RETURN(const std::string type, node.String("type"));
  if (const std::optional<NormalForm> form = NormalFormOf(type)) {
    steps.push_back(UnicodeNormalizer(*form));
  } else if (type == "Sequence") {
    QUARRY_ASSIGN_OR_RETURN(const std::vector<JsonNode> parts, node.Elements("normalizers"));
    for (const JsonNode& part : parts)
      QUARRY_RETURN_IF_ERROR(ReadNormalizer(part, depth + 1, steps));
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
    QUARRY_ASSIGN_OR_RETURN(const JsonNode charsmap, node.At("precompiled_charsmap"));
    QUARRY_ASSIGN_OR_RETURN(const std::string bytes, ReadBase64(charsmap));
    Result<PrecompiledCharsmap> parsed = PrecompiledCharsmap::Parse(bytes);
    if (!parsed.ok()) return parsed.status().Annotate(charsmap.path);
    steps.push_back(CharsmapNormalizer(*std::move(parsed)));
  } else {
    return node.UnknownType(
        type,
        "BertNormalizer, Lowercase, NFC, NFD, NFKC, NFKD, Precompiled, Prepend, "
        "Replace, Sequence, Strip and StripAccents");
  }
  return OkStatus();
}

Status ReadPreTokenizer(const JsonNode& node, int depth, std::vector<PreTokenizerStep>& steps) {
  if (depth > kMaxSequenceDepth) return node.Wrong("no sequence so deep");
  QUARRY_RETURN_IF_ERROR(CheckSteps(node, steps.size()));
  QUARRY_ASSIGN_OR_RETURN(const std::string type, node.String("type"));
  if (type == "Sequence") {
    QUARRY_ASSIGN_OR_RETURN(const std::vector<JsonNode> parts, node.Elements("pretokenizers"));
    for (const JsonNode& part : parts)
      QUARRY_RETURN_IF_ERROR(ReadPreTokenizer(part, depth + 1, steps));
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
    return node.UnknownType(
        type,
        "BertPreTokenizer, ByteLevel, Digits, Metaspace, Punctuation, Sequence, "
        "Split, Whitespace and WhitespaceSplit");
  }
  return OkStatus();
}

}  // namespace quarry::model
