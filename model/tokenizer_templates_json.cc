// What stands around a text, and around two: the special tokens of post-processors.

#include <algorithm>
#include <utility>

#include "model/tokenizer_json.h"

namespace quarry::model {
namespace {

using Kind = TokenTemplate::Kind;

TokenTemplate::Part SpecialPart(uint32_t id, uint8_t type) { return {Kind::kSpecial, {id}, type}; }

// [["[SEP]", 102], ..]: the id of ["[SEP]", 102].
Result<uint32_t> SpecialId(const JsonNode& node, const char* key) {
  QUARRY_ASSIGN_OR_RETURN(const JsonNode pair, node.At(key));
  if (!pair.json.is_array() || pair.json.size() != 2) return pair.Wrong("token and id");
  return JsonNode{pair.json[1], pair.path + "[1]"}.AsUint();
}

Result<TokenTemplate> ReadTemplate(const JsonNode& node, const char* key) {
  TokenTemplate form;
  QUARRY_ASSIGN_OR_RETURN(const std::vector<JsonNode> parts, node.Elements(key));
  for (const JsonNode& part : parts) {
    const bool is_sequence = part.Has("Sequence");
    QUARRY_ASSIGN_OR_RETURN(const JsonNode inner,
                            part.At(is_sequence ? "Sequence" : "SpecialToken"));
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
      QUARRY_ASSIGN_OR_RETURN(const JsonNode tokens, node.At("special_tokens"));
      QUARRY_ASSIGN_OR_RETURN(const JsonNode token, tokens.At(id.c_str()));
      QUARRY_ASSIGN_OR_RETURN(const std::vector<JsonNode> ids, token.Elements("ids"));
      for (const JsonNode& one : ids) {
        QUARRY_ASSIGN_OR_RETURN(const uint32_t number, one.AsUint());
        made.ids.push_back(number);
      }
    }
    form.parts.push_back(std::move(made));
  }
  return form;
}

}  // namespace

void SetTemplates(uint32_t begin, uint32_t end, bool is_roberta, Tokenizer::Parts& parts) {
  parts.single.parts = {SpecialPart(begin, 0), {Kind::kFirst, {}, 0}, SpecialPart(end, 0)};
  parts.pair = parts.single;
  const auto type = static_cast<uint8_t>(is_roberta ? 0 : 1);
  if (is_roberta) parts.pair.parts.push_back(SpecialPart(end, 0));
  parts.pair.parts.push_back({Kind::kSecond, {}, type});
  parts.pair.parts.push_back(SpecialPart(end, type));
}

Status ReadPostProcessor(const JsonNode& node, int depth, Tokenizer::Parts& parts) {
  if (depth > kMaxSequenceDepth) return node.Wrong("no sequence so deep");
  QUARRY_ASSIGN_OR_RETURN(const std::string type, node.String("type"));
  if (type == "Sequence") {
    QUARRY_ASSIGN_OR_RETURN(const std::vector<JsonNode> processors, node.Elements("processors"));
    for (const JsonNode& one : processors)
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
    return node.UnknownType(type,
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

}  // namespace quarry::model
