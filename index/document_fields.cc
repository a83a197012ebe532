#include "index/document_fields.h"

#include <algorithm>
#include <string>
#include <utility>

#include "base/ascii.h"

namespace quarry::index {
namespace {

constexpr std::string_view kType = "$type";
constexpr std::string_view kLanguage = "$language";
constexpr std::string_view kYear = "$year";
constexpr size_t kYearDigits = 4;

// "2024" of "2024-05-01T10:00:00Z"; "" of what begins otherwise.
std::string YearOf(const Metadata& metadata) {
  for (const char* key : {"date", "modified", "created"}) {
    const auto found = metadata.find(key);
    if (found == metadata.end()) continue;
    const auto* time = std::get_if<std::string>(&found->second);
    if (time == nullptr || time->size() < kYearDigits) continue;
    std::string year = time->substr(0, kYearDigits);
    const bool ends = time->size() == kYearDigits || (*time)[kYearDigits] == '-';
    if (ends && std::ranges::all_of(year, IsAsciiDigit)) return year;
  }
  return "";
}

}  // namespace

bool IsBuiltInField(std::string_view field) {
  return field == kType || field == kLanguage || field == kYear;
}

Metadata BuiltInFields(const StoredDocument& document) {
  Metadata fields;
  const auto add = [&fields](std::string_view name, std::string value) {
    if (!value.empty()) fields.emplace(name, std::move(value));
  };
  add(kType, document.media_type);
  add(kLanguage, document.language);
  add(kYear, YearOf(document.metadata));
  return fields;
}

Metadata FieldsOf(const StoredDocument& document) {
  Metadata fields = BuiltInFields(document);
  for (const auto& [key, value] : document.metadata) {
    if (!IsBuiltInField(key)) fields.emplace(key, value);
  }
  return fields;
}

Filter InLanguage(std::string_view language) {
  return {.op = Filter::Op::kEq,
          .children = {},
          .field = std::string(kLanguage),
          .values = {std::string(language)}};
}

bool IsInLanguage(const Filter& filter, std::string_view language) {
  return filter.op == Filter::Op::kEq && filter.field == kLanguage &&
         filter.values == std::vector<MetadataValue>{std::string(language)};
}

bool Matches(const Filter& filter, const StoredDocument& document) {
  return quarry::Matches(filter, FieldsOf(document));
}

}  // namespace quarry::index
