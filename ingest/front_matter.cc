#include "ingest/front_matter.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <charconv>
#include <string>
#include <utility>
#include <vector>

#include "base/ascii.h"
#include "base/text.h"
#include "ingest/document_builder.h"

namespace quarry::ingest {
namespace {

constexpr size_t kMaxYamlBytes = 64 * 1024;
constexpr int kMaxYamlDepth = 8;
constexpr size_t kMaxFields = 1000;  // aliases can repeat a mapping endlessly

std::string_view WithoutTrailingSpace(std::string_view line) {
  while (!line.empty() && (line.back() == ' ' || line.back() == '\t')) line.remove_suffix(1);
  return line;
}

// "title: x" or "- x" or a comment: what a first line of YAML looks like and a line of prose does
// not.
bool LooksLikeYaml(std::string_view line) {
  line = WithoutTrailingSpace(line);
  if (line.starts_with("#") || line.starts_with("{") || line == "---" || line == "...") return true;
  const size_t colon = line.find(':');
  if (colon == std::string_view::npos || colon == 0) return false;
  return (colon + 1 == line.size() || line[colon + 1] == ' ' || line[colon + 1] == '\t') &&
         colon < 100;
}

// A plain scalar by the YAML core schema: true and false, decimal numbers, else the text itself.
MetadataValue PlainValue(const std::string& scalar) {
  if (scalar == "true" || scalar == "True" || scalar == "TRUE") return true;
  if (scalar == "false" || scalar == "False" || scalar == "FALSE") return false;
  double number = 0;
  const char* begin = scalar.data();
  const char* end = begin + scalar.size();
  if (begin != end && *begin == '+') ++begin;
  const bool starts_as_number =
      begin != end && (IsAsciiDigit(*begin) || *begin == '-' || *begin == '.');
  // "007" is an identifier, not the number seven.
  const bool leading_zero = end - begin > 1 && *begin == '0' && IsAsciiDigit(begin[1]);
  if (starts_as_number && !leading_zero) {
    const auto [parsed, error] = std::from_chars(begin, end, number);
    if (error == std::errc() && parsed == end) return number;
  }
  return scalar;
}

class Reader {
 public:
  explicit Reader(Document* document) : document_(document) {}

  void ReadMapping(const YAML::Node& mapping, const std::string& prefix, int depth) {
    for (const auto& entry : mapping) {
      if (!entry.first.IsScalar() || ++fields_ > kMaxFields) continue;
      ReadField(prefix + entry.first.Scalar(), entry.second, depth);
    }
  }

 private:
  void ReadField(const std::string& key, const YAML::Node& value, int depth) {
    if (value.IsMap()) {
      if (depth < kMaxYamlDepth) ReadMapping(value, key + ".", depth + 1);
    } else if (value.IsSequence()) {
      std::vector<std::string> list;
      for (const auto& item : value) {
        if (item.IsScalar() && ++fields_ <= kMaxFields) list.push_back(item.Scalar());
      }
      document_->metadata[key] = std::move(list);
    } else if (value.IsScalar()) {
      ReadScalar(key, value);
    }
  }

  void ReadScalar(const std::string& key, const YAML::Node& value) {
    const std::string& scalar = value.Scalar();
    if (key == "title") {
      document_->title = TitleLine(scalar);
    } else if (key == "lang" || key == "language") {
      document_->language = PrimaryLanguage(scalar);
    } else if (key == "date" || value.Tag() == "!") {  // "!" is the tag of a quoted scalar
      document_->metadata[key] = scalar;
    } else {
      document_->metadata[key] = PlainValue(scalar);
    }
  }

  Document* document_;
  size_t fields_ = 0;
};

}  // namespace

FrontMatter FindFrontMatter(std::string_view text) {
  FrontMatter found;
  size_t line = text.find('\n');
  if (line == std::string_view::npos || WithoutTrailingSpace(text.substr(0, line)) != "---")
    return {};
  const size_t begin = ++line;
  size_t lines = 1;
  while (line < text.size() && line - begin <= kMaxYamlBytes) {
    const size_t newline = std::min(text.find('\n', line), text.size());
    const std::string_view content = text.substr(line, newline - line);
    ++lines;
    if (lines == 2 && !LooksLikeYaml(content)) return {};
    if (const std::string_view mark = WithoutTrailingSpace(content);
        mark == "---" || mark == "...") {
      found.yaml = text.substr(begin, line - begin);
      found.size = std::min(newline + 1, text.size());
      found.lines = lines;
      return found;
    }
    line = newline + 1;
  }
  return {};
}

Status ReadFrontMatter(std::string_view yaml, Document* document) {
  try {
    const YAML::Node root = YAML::Load(std::string(yaml));
    if (root.IsNull()) return OkStatus();
    if (!root.IsMap()) return NotFoundError("no \"key: value\" lines");
    Document filled;
    Reader(&filled).ReadMapping(root, "", 0);
    document->metadata = std::move(filled.metadata);
    if (!filled.title.empty()) document->title = std::move(filled.title);
    if (!filled.language.empty()) document->language = std::move(filled.language);
    return OkStatus();
  } catch (const YAML::Exception& error) {
    // Marks count from 0 and the block starts on the file's second line.
    const int line = error.mark.is_null() ? 2 : error.mark.line + 2;
    return InvalidArgumentError("line " + std::to_string(line) + ": front matter: " + error.msg);
  }
}

}  // namespace quarry::ingest
