#include "model/token_normalizer.h"

#include <algorithm>
#include <utility>

#include "base/text.h"

namespace quarry::model {
namespace {

constexpr size_t kMaxGrowth = 16;
constexpr size_t kMaxAdded = 1024;  // bytes, beside

std::string CleanAndSplit(std::string_view text, const BertNormalizerOptions& options) {
  std::string out;
  out.reserve(text.size() + text.size() / 4);
  for (size_t offset = 0; offset < text.size();) {
    const char32_t c = NextCodePoint(text, offset);
    if (options.clean_text) {
      const bool is_layout = c == '\t' || c == '\n' || c == '\r';
      if (c == 0xFFFD || (IsControl(c) && !is_layout)) continue;
      if (is_layout || IsWhiteSpace(c)) {
        out += ' ';
        continue;
      }
    }
    if (options.split_ideographs && IsIdeograph(c)) {
      out += ' ';
      AppendCodePoint(out, c);
      out += ' ';
    } else {
      AppendCodePoint(out, c);
    }
  }
  return out;
}

template <typename Keep>
std::string Filter(std::string_view text, Keep keep) {
  std::string out;
  out.reserve(text.size());
  for (size_t offset = 0; offset < text.size();) {
    const size_t begin = offset;
    if (keep(NextCodePoint(text, offset))) out.append(text.substr(begin, offset - begin));
  }
  return out;
}

}  // namespace

Status CheckGrowth(size_t given, size_t made) {
  if (made <= given * kMaxGrowth + kMaxAdded) return OkStatus();
  return ResourceExhaustedError("the tokenizer makes a text of " + std::to_string(given) +
                                " bytes more than " + std::to_string(kMaxGrowth) +
                                " times as long");
}

NormalizerStep BertNormalizer(BertNormalizerOptions options) {
  return [options](std::string& text) {
    if (options.clean_text || options.split_ideographs) text = CleanAndSplit(text, options);
    if (options.strip_accents) {
      text = Filter(ToNormalForm(text, NormalForm::kNfd),
                    [](char32_t c) { return !IsNonspacingMark(c); });
    }
    if (options.lower_case) text = ToLowerCase(text);
    return OkStatus();
  };
}

NormalizerStep UnicodeNormalizer(NormalForm form) {
  return [form](std::string& text) {
    text = ToNormalForm(text, form);
    return OkStatus();
  };
}

NormalizerStep LowerCaseNormalizer() {
  return [](std::string& text) {
    text = ToLowerCase(text);
    return OkStatus();
  };
}

NormalizerStep StripAccentsNormalizer() {
  return [](std::string& text) {
    text = Filter(text, [](char32_t c) { return !IsMark(c); });
    return OkStatus();
  };
}

NormalizerStep StripNormalizer(bool left, bool right) {
  return [left, right](std::string& text) {
    size_t begin = text.size();
    size_t end = 0;
    for (size_t offset = 0; offset < text.size();) {
      const size_t at = offset;
      if (IsWhiteSpace(NextCodePoint(text, offset))) continue;
      begin = std::min(begin, at);
      end = offset;
    }
    if (!right) end = text.size();
    if (!left) begin = 0;
    text = begin < end ? text.substr(begin, end - begin) : std::string();
    return OkStatus();
  };
}

NormalizerStep PrependNormalizer(std::string prefix) {
  return [prefix = std::move(prefix)](std::string& text) {
    if (!text.empty()) text.insert(0, prefix);
    return OkStatus();
  };
}

NormalizerStep CharsmapNormalizer(PrecompiledCharsmap charsmap) {
  return [charsmap = std::move(charsmap)](std::string& text) {
    text = charsmap.Normalize(text);
    return OkStatus();
  };
}

Result<std::vector<ByteRange>> FindAll(const TextPattern& pattern, std::string_view text) {
  if (const auto* regex = std::get_if<Regex>(&pattern)) return regex->FindAll(text);
  const std::string& literal = std::get<std::string>(pattern);
  std::vector<ByteRange> found;
  if (literal.empty()) return found;
  for (size_t at = text.find(literal); at != std::string_view::npos;
       at = text.find(literal, at + literal.size())) {
    found.push_back({at, at + literal.size()});
  }
  return found;
}

NormalizerStep ReplaceNormalizer(TextPattern pattern, std::string replacement) {
  return [pattern = std::move(pattern),
          replacement = std::move(replacement)](std::string& text) -> Status {
    QUARRY_ASSIGN_OR_RETURN(const std::vector<ByteRange> found, FindAll(pattern, text));
    if (found.empty()) return OkStatus();
    std::string out;
    size_t done = 0;
    for (const ByteRange& match : found) {
      out.append(text, done, match.begin - done).append(replacement);
      QUARRY_RETURN_IF_ERROR(CheckGrowth(text.size(), out.size()));
      done = match.end;
    }
    text = out.append(text, done);
    return OkStatus();
  };
}

}  // namespace quarry::model
