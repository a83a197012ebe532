// The ordered index over metadata values (keys.h, "Metadata index").

#include <algorithm>
#include <bit>
#include <cmath>
#include <utility>

#include "base/coding.h"
#include "index/key_coding.h"
#include "index/keys.h"

namespace quarry::index {
namespace {

using namespace key_coding;

// IEEE 754 doubles order like sign-magnitude integers: flipping the sign bit of positive ones and
// all bits of negative ones makes that plain unsigned order.
uint64_t OrderedBits(double value) {
  const uint64_t bits = std::bit_cast<uint64_t>(value == 0 ? 0.0 : value);  // -0.0 == 0.0
  return (bits >> 63) != 0 ? ~bits : bits | (uint64_t{1} << 63);
}

double FromOrderedBits(uint64_t bits) {
  return std::bit_cast<double>((bits >> 63) != 0 ? bits & ~(uint64_t{1} << 63) : ~bits);
}

void AppendValue(std::string& key, bool value) {
  AppendEnum(key, MetadataType::kBool);
  key.push_back(value ? '\x01' : '\x00');
}

void AppendValue(std::string& key, double value) {
  AppendEnum(key, MetadataType::kNumber);
  AppendBigEndian64(key, OrderedBits(value));
}

void AppendValue(std::string& key, std::string_view value) {
  AppendEnum(key, MetadataType::kString);
  const bool cut = value.size() > kMaxIndexedStringBytes;
  AppendEscaped(key, value.substr(0, kMaxIndexedStringBytes), cut ? kCutStringEnd : kStringEnd);
}

}  // namespace

std::string MetadataIndexFieldPrefix(CollectionId collection, std::string_view field) {
  std::string key = TablePrefix(collection, Table::kMetadataIndex);
  AppendEscaped(key, field);
  return key;
}

std::string MetadataIndexTypePrefix(CollectionId collection, std::string_view field,
                                    MetadataType type) {
  std::string key = MetadataIndexFieldPrefix(collection, field);
  AppendEnum(key, type);
  return key;
}

std::string MetadataIndexValuePrefix(CollectionId collection, std::string_view field,
                                     const MetadataValue& value) {
  std::string key = MetadataIndexFieldPrefix(collection, field);
  if (const auto* flag = std::get_if<bool>(&value)) {
    AppendValue(key, *flag);
  } else if (const auto* number = std::get_if<double>(&value)) {
    AppendValue(key, *number);
  } else {
    QUARRY_CHECK(std::holds_alternative<std::string>(value));
    AppendValue(key, std::string_view(std::get<std::string>(value)));
  }
  return key;
}

std::vector<std::string> MetadataIndexKeys(CollectionId collection, const Metadata& metadata,
                                           DocumentNumber document) {
  std::vector<std::string> keys;
  const auto add = [&](const std::string& field, const MetadataValue& value) {
    keys.push_back(MetadataIndexValuePrefix(collection, field, value));
    AppendBigEndian64(keys.back(), document.value);
  };
  for (const auto& [field, value] : metadata) {
    if (const auto* list = std::get_if<std::vector<std::string>>(&value)) {
      for (const std::string& element : *list) add(field, element);
    } else if (const auto* number = std::get_if<double>(&value);
               number == nullptr || !std::isnan(*number)) {
      add(field, value);
    }
  }
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  return keys;
}

Result<MetadataIndexParts> ParseMetadataIndexKey(std::string_view key) {
  KeyParser parser(key, Table::kMetadataIndex, "metadata index");
  RecordReader& reader = parser.reader();
  MetadataIndexParts parts;
  char end = 0;
  parser.Require(ReadEscaped(reader, parts.field, end) && end == kStringEnd);
  switch (static_cast<MetadataType>(reader.Byte())) {
    case MetadataType::kBool: {
      const uint8_t flag = reader.Byte();
      parser.Require(flag <= 1);
      parts.value = flag == 1;
      break;
    }
    case MetadataType::kNumber: {
      const double number = FromOrderedBits(reader.BigEndian64());
      parser.Require(!std::isnan(number) && !(number == 0 && std::signbit(number)));
      parts.value = number;
      break;
    }
    case MetadataType::kString: {
      std::string text;
      parser.Require(ReadEscaped(reader, text, end));
      parts.cut = end == kCutStringEnd;
      parser.Require(text.size() <= kMaxIndexedStringBytes &&
                     (!parts.cut || text.size() == kMaxIndexedStringBytes));
      parts.value = std::move(text);
      break;
    }
    default:
      parser.Require(false);
  }
  parts.document = DocumentNumber(parser.Id64());
  QUARRY_RETURN_IF_ERROR(parser.Finish());
  return parts;
}

}  // namespace quarry::index
