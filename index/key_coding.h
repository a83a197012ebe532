#pragma once

// How the parts of keys are written and read. For keys.cc and metadata_keys.cc only.

#include <cstdint>
#include <string>
#include <string_view>

#include "base/coding.h"
#include "index/keys.h"

namespace quarry::index::key_coding {

inline constexpr char kEscape = '\x00';
inline constexpr char kEscapedZero =
    '\xFF';  // larger than both ends: "a" < "a\0" as in the strings
inline constexpr char kStringEnd = '\x01';
inline constexpr char kCutStringEnd = '\x02';

template <typename Enum>
void AppendEnum(std::string& key, Enum value) {
  key.push_back(static_cast<char>(value));
}

inline void AppendEscaped(std::string& key, std::string_view text, char end = kStringEnd) {
  for (const char c : text) {
    key.push_back(c);
    if (c == kEscape) key.push_back(kEscapedZero);
  }
  key.push_back(kEscape);
  key.push_back(end);
}

// The inverse of AppendEscaped. `end` becomes the byte that ended the string. False when it does
// not end or an escape is unknown.
inline bool ReadEscaped(RecordReader& reader, std::string& text, char& end) {
  while (reader.ok() && !reader.AtEnd()) {
    const char c = static_cast<char>(reader.Byte());
    if (c != kEscape) {
      text.push_back(c);
      continue;
    }
    const char next = static_cast<char>(reader.Byte());
    if (next != kEscapedZero) {
      end = next;
      return reader.ok() && (next == kStringEnd || next == kCutStringEnd);
    }
    text.push_back(kEscape);
  }
  return false;
}

// A key being taken apart. Gives one error for all that can be wrong with it.
class KeyParser {
 public:
  KeyParser(std::string_view key, Table table, const char* name) : reader_(key), name_(name) {
    valid_ = reader_.Byte() == kKeyFormatVersion;
    reader_.BigEndian32();  // the collection: the caller named it in the prefix of its scan
    valid_ = reader_.Byte() == static_cast<uint8_t>(table) && valid_;
  }

  RecordReader& reader() { return reader_; }
  void Require(bool condition) { valid_ = valid_ && condition; }
  // An id: the store never gives out 0.
  uint64_t Id64() { return NotZero(reader_.BigEndian64()); }
  uint32_t Id32() { return NotZero(reader_.BigEndian32()); }

  Status Finish() const {
    const std::string what = std::string(name_) + " key";
    QUARRY_RETURN_IF_ERROR(reader_.Finish(what));
    if (!valid_) return DataLossError(what + ": malformed, or of another table or format version");
    return OkStatus();
  }

 private:
  template <typename Int>
  Int NotZero(Int value) {
    Require(value != 0);
    return value;
  }

  RecordReader reader_;
  const char* name_;
  bool valid_ = false;
};

}  // namespace quarry::index::key_coding
