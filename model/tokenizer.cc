#include "model/tokenizer.h"

#include <algorithm>
#include <utility>

#include "base/text_unicode.h"

namespace quarry::model {
namespace {

// A word character as regular expressions have it, nearly: letters, digits, marks, "_".
bool IsWordCharacter(char32_t c) {
  return !IsWhiteSpace(c) && !IsControl(c) && (c == '_' || !IsPunctuation(c));
}

char32_t CharacterBefore(std::string_view text, size_t offset, size_t& begin) {
  begin = CharacterBegin(text, offset - 1);
  size_t at = begin;
  return NextCodePoint(text, at);
}

bool StandsAlone(std::string_view text, size_t begin, size_t end) {
  size_t offset = 0;
  if (begin > 0 && IsWordCharacter(CharacterBefore(text, begin, offset))) return false;
  offset = end;
  return end == text.size() || !IsWordCharacter(NextCodePoint(text, offset));
}

// How many tokens of each sequence stay so that both are at most `limit`: the longer one gives.
std::pair<size_t, size_t> SharesOf(size_t first, size_t second, size_t limit) {
  if (first + second <= limit) return {first, second};
  const bool swapped = first > second;
  size_t shorter = swapped ? second : first;
  size_t longer = shorter > limit ? shorter : std::max(shorter, limit - shorter);
  if (shorter + longer > limit) {
    shorter = limit / 2;
    longer = limit - shorter;
  }
  return swapped ? std::pair(longer, shorter) : std::pair(shorter, longer);
}

void Append(const TokenTemplate& form, const std::vector<uint32_t>& first,
            const std::vector<uint32_t>& second, Encoding& out) {
  for (const TokenTemplate::Part& part : form.parts) {
    const std::vector<uint32_t>& ids = part.kind == TokenTemplate::Kind::kSpecial ? part.ids
                                       : part.kind == TokenTemplate::Kind::kFirst ? first
                                                                                  : second;
    out.ids.insert(out.ids.end(), ids.begin(), ids.end());
    out.types.resize(out.ids.size(), part.type);
  }
}

Status TooManySpecial(size_t special, size_t limit) {
  return InvalidArgumentError("at most " + std::to_string(limit) +
                              " tokens: " + std::to_string(special) + " are special ones already");
}

}  // namespace

size_t TokenTemplate::special_count() const {
  size_t count = 0;
  for (const Part& part : parts) count += part.kind == Kind::kSpecial ? part.ids.size() : 0;
  return count;
}

Tokenizer::Tokenizer(Parts parts) : parts_(std::move(parts)) {
  for (const AddedToken& token : parts_.added) {
    if (token.content.empty()) continue;
    if (!token.normalized) {
      added_[static_cast<unsigned char>(token.content[0])].push_back(token);
      continue;
    }
    // What it looks like where it is looked for.
    AddedToken normalised = token;
    if (!Normalise(normalised.content).ok()) continue;  // a text that holds it fails likewise
    if (normalised.content.empty()) continue;
    added_normalized_[static_cast<unsigned char>(normalised.content[0])].push_back(normalised);
    has_normalized_ = true;
  }
  for (TokensByByte* table : {&added_, &added_normalized_}) {
    for (std::vector<AddedToken>& tokens : *table) {
      std::stable_sort(tokens.begin(), tokens.end(), [](const auto& a, const auto& b) {
        return a.content.size() > b.content.size();
      });
    }
  }
}

template <typename Between>
Status Tokenizer::CutAtAdded(const TokensByByte& tokens, std::string_view text,
                             std::vector<uint32_t>& ids, Between between) {
  size_t done = 0;
  for (size_t offset = 0; offset < text.size();) {
    const AddedToken* found = nullptr;
    for (const AddedToken& token : tokens[static_cast<unsigned char>(text[offset])]) {
      if (!text.substr(offset).starts_with(token.content)) continue;
      if (token.single_word && !StandsAlone(text, offset, offset + token.content.size())) continue;
      found = &token;
      break;
    }
    if (found == nullptr) {
      ++offset;
      continue;
    }
    size_t begin = offset;
    size_t end = offset + found->content.size();
    for (size_t at = begin; found->strip_left && begin > done; begin = at) {
      if (!IsWhiteSpace(CharacterBefore(text, begin, at))) break;
    }
    for (size_t at = end; found->strip_right && end < text.size(); end = at) {
      if (!IsWhiteSpace(NextCodePoint(text, at))) break;
    }
    QUARRY_RETURN_IF_ERROR(between(text.substr(done, begin - done), done == 0));
    ids.push_back(found->id);
    done = offset = end;
  }
  return between(text.substr(done), done == 0);
}

Status Tokenizer::TokenizeGiven(std::string_view text, std::vector<uint32_t>& ids) const {
  return CutAtAdded(added_, text, ids, [&](std::string_view part, bool at_start) {
    return part.empty() ? OkStatus() : TokenizePlain(part, at_start, ids);
  });
}

Status Tokenizer::Normalise(std::string& text) const {
  const size_t given = text.size();
  for (const NormalizerStep& step : parts_.normalizers) {
    QUARRY_RETURN_IF_ERROR(step(text));
    QUARRY_RETURN_IF_ERROR(CheckGrowth(given, text.size()));
  }
  return OkStatus();
}

Status Tokenizer::TokenizePlain(std::string_view text, bool at_start,
                                std::vector<uint32_t>& ids) const {
  std::string normalised(text);
  QUARRY_RETURN_IF_ERROR(Normalise(normalised));
  if (!has_normalized_) return TokenizeNormalised(normalised, at_start, ids);
  return CutAtAdded(
      added_normalized_, normalised, ids, [&](std::string_view part, bool part_at_start) {
        return part.empty() ? OkStatus() : TokenizeNormalised(part, at_start && part_at_start, ids);
      });
}

Status Tokenizer::TokenizeNormalised(std::string_view text, bool at_start,
                                     std::vector<uint32_t>& ids) const {
  Pieces pieces{.text = std::string(text), .ranges = {{0, text.size()}}, .at_start = at_start};
  for (const PreTokenizerStep& step : parts_.pre_tokenizers) {
    QUARRY_RETURN_IF_ERROR(step(pieces));
    QUARRY_RETURN_IF_ERROR(CheckGrowth(text.size(), pieces.text.size()));
  }
  const std::string_view cut = pieces.text;
  for (const ByteRange& range : pieces.ranges) {
    parts_.model->Tokenize(cut.substr(range.begin, range.end - range.begin), ids);
  }
  return OkStatus();
}

Result<std::vector<uint32_t>> Tokenizer::Tokenize(std::string_view text) const {
  std::vector<uint32_t> ids;
  QUARRY_RETURN_IF_ERROR(TokenizeGiven(text, ids));
  return ids;
}

Result<uint64_t> Tokenizer::Count(std::string_view text) const {
  QUARRY_ASSIGN_OR_RETURN(const std::vector<uint32_t> ids, Tokenize(text));
  return ids.size();
}

Result<Encoding> Tokenizer::Encode(std::string_view text, size_t max_length) const {
  const size_t special = parts_.single.special_count();
  if (special > max_length) return TooManySpecial(special, max_length);
  QUARRY_ASSIGN_OR_RETURN(std::vector<uint32_t> ids, Tokenize(text));
  ids.resize(std::min(ids.size(), max_length - special));
  Encoding out;
  Append(parts_.single, ids, {}, out);
  return out;
}

Result<Encoding> Tokenizer::EncodePair(std::string_view first, std::string_view second,
                                       size_t max_length) const {
  if (parts_.pair.parts.empty()) {
    return FailedPreconditionError("the tokenizer has no template for pairs of texts");
  }
  const size_t special = parts_.pair.special_count();
  if (special > max_length) return TooManySpecial(special, max_length);
  QUARRY_ASSIGN_OR_RETURN(std::vector<uint32_t> a, Tokenize(first));
  QUARRY_ASSIGN_OR_RETURN(std::vector<uint32_t> b, Tokenize(second));
  const auto [of_a, of_b] = SharesOf(a.size(), b.size(), max_length - special);
  a.resize(of_a);
  b.resize(of_b);
  Encoding out;
  Append(parts_.pair, a, b, out);
  return out;
}

}  // namespace quarry::model
