#include "server/media_type.h"

#include <algorithm>

#include "base/ascii.h"

namespace quarry::server {
namespace {

struct KnownType {
  std::string_view media_type;
  ingest::Format format;
};

// Further names of formats.
constexpr KnownType kAliases[] = {
    {"text/x-markdown", ingest::Format::kMarkdown},
    {"application/xhtml+xml", ingest::Format::kHtml},
    {"application/x-ndjson", ingest::Format::kJsonLines},
    {"text/xml", ingest::Format::kXml},
    {"application/rss+xml", ingest::Format::kXml},
    {"application/atom+xml", ingest::Format::kXml},
    {"text/rtf", ingest::Format::kRtf},
};

bool SaysNothing(std::string_view media_type) {
  return media_type.empty() || media_type == "application/octet-stream";
}

template <typename Predicate>
std::string ListOf(Predicate wanted) {
  std::string types;
  for (const ingest::FormatInfo& info : ingest::AllFormats()) {
    if (!ingest::IsRead(info.format) || !wanted(info)) continue;
    if (!types.empty()) types += ", ";
    types += info.media_type;
  }
  return types;
}

}  // namespace

std::string MediaTypeOf(const HeaderList& headers) {
  const std::string* field = FindHeader(headers, "Content-Type");
  if (field == nullptr) return "";
  std::string type = field->substr(0, field->find(';'));
  type.erase(type.find_last_not_of(" \t") + 1);
  return AsciiLower(type);
}

std::optional<ingest::Format> FormatOfMediaType(std::string_view media_type) {
  if (SaysNothing(media_type)) return std::nullopt;
  for (const ingest::FormatInfo& info : ingest::AllFormats()) {
    if (media_type == info.media_type && ingest::IsRead(info.format)) return info.format;
  }
  const auto* alias = std::ranges::find(kAliases, media_type, &KnownType::media_type);
  if (alias == std::end(kAliases) || !ingest::IsRead(alias->format)) return std::nullopt;
  return alias->format;
}

std::optional<ingest::Format> TextFormatOfMediaType(std::string_view media_type) {
  const std::optional<ingest::Format> format = FormatOfMediaType(media_type);
  if (!format || ingest::InfoOf(*format).family != ingest::Family::kText) return std::nullopt;
  return format;
}

bool IsDocumentMediaType(std::string_view media_type) {
  return SaysNothing(media_type) || FormatOfMediaType(media_type).has_value();
}

bool IsLinesMediaType(std::string_view media_type) {
  if (SaysNothing(media_type)) return true;
  const std::optional<ingest::Format> format = FormatOfMediaType(media_type);
  return format == ingest::Format::kJsonLines || format == ingest::Format::kJson ||
         format == ingest::Format::kPlainText;
}

std::string DocumentMediaTypes() {
  return ListOf([](const ingest::FormatInfo&) { return true; }) + ", application/octet-stream";
}

std::string TextMediaTypes() {
  return ListOf(
      [](const ingest::FormatInfo& info) { return info.family == ingest::Family::kText; });
}

}  // namespace quarry::server
