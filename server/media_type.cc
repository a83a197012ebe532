#include "server/media_type.h"

#include <algorithm>

namespace quarry::server {
namespace {

struct KnownType {
  std::string_view media_type;
  ingest::Format format;
};

constexpr KnownType kTypes[] = {
    {"text/plain", ingest::Format::kPlainText},
    {"text/markdown", ingest::Format::kMarkdown},
    {"text/x-markdown", ingest::Format::kMarkdown},
    {"text/html", ingest::Format::kHtml},
    {"application/xhtml+xml", ingest::Format::kHtml},
    {"application/json", ingest::Format::kJson},
    {"application/jsonl", ingest::Format::kJsonLines},
    {"application/x-ndjson", ingest::Format::kJsonLines},
    {"text/csv", ingest::Format::kCsv},
    {"text/tab-separated-values", ingest::Format::kTsv},
};

bool SaysNothing(std::string_view media_type) {
  return media_type.empty() || media_type == "application/octet-stream";
}

}  // namespace

std::string MediaTypeOf(const HeaderList& headers) {
  const std::string* field = FindHeader(headers, "Content-Type");
  if (field == nullptr) return "";
  std::string type = field->substr(0, field->find(';'));
  type.erase(type.find_last_not_of(" \t") + 1);
  std::ranges::transform(type, type.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return type;
}

std::optional<ingest::Format> FormatOfMediaType(std::string_view media_type) {
  const auto* known = std::ranges::find(kTypes, media_type, &KnownType::media_type);
  if (known == std::end(kTypes)) return std::nullopt;
  return known->format;
}

bool IsDocumentMediaType(std::string_view media_type) {
  return SaysNothing(media_type) || FormatOfMediaType(media_type).has_value();
}

std::string DocumentMediaTypes() {
  std::string types;
  for (const KnownType& known : kTypes) types.append(known.media_type).append(", ");
  return types + "application/octet-stream";
}

}  // namespace quarry::server
