#pragma once

// Bytes of stored records. Fixed-width integers are little-endian in values; keys use big-endian so
// that they sort by value. Readers check every length and never read past the end.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/status.h"

namespace quarry {

void AppendVarint(std::string& out, uint64_t value);  // LEB128, 1 to 10 bytes
void AppendFixed32(std::string& out, uint32_t value);
void AppendFixed64(std::string& out, uint64_t value);
void AppendDouble(std::string& out, double value);
void AppendBytes(std::string& out, std::string_view bytes);  // varint length, then the bytes
void AppendBigEndian32(std::string& out, uint32_t value);    // for keys
void AppendBigEndian64(std::string& out, uint64_t value);

// The first eight bytes as a big-endian number, padded with 0: strings that differ in it are in its
// order.
uint64_t SortPrefix(std::string_view bytes);

// Writes what AppendVarint appends to memory with room for it; returns its end.
inline char* PutVarint(char* at, uint64_t value) {
  for (; value >= 0x80; value >>= 7) *at++ = static_cast<char>(value | 0x80);
  *at++ = static_cast<char>(value);
  return at;
}

// Reads a varint that AppendVarint wrote and moves `at` behind it, without a check: for the inner
// loops over files whose checksum was verified.
inline uint64_t TakeVarint(const char*& at) {
  uint64_t value = 0;
  for (uint32_t shift = 0;; shift += 7) {
    const auto byte = static_cast<uint8_t>(*at++);
    value |= uint64_t{byte & 0x7fu} << shift;
    if (byte < 0x80) return value;
  }
}

// Reads a record from the front. The first short or malformed read makes the reader fail for good:
// it is then at its end, and it and all later reads give 0 or "". So a decoder reads all fields and
// asks ok() or Finish() once. The views that Bytes() returns point into the bytes given, which must
// outlive them.
//
// Before reserving memory for a count that was read, compare it with remaining(): it may be
// damaged.
class RecordReader {
 public:
  explicit RecordReader(std::string_view bytes) : rest_(bytes) {}

  uint64_t Varint();
  uint32_t Varint32();  // fails above 2^32 - 1
  uint32_t Fixed32();
  uint64_t Fixed64();
  double Double();
  std::string_view Bytes();
  uint32_t BigEndian32();
  uint64_t BigEndian64();
  uint8_t Byte();

  bool ok() const { return ok_; }
  bool AtEnd() const { return rest_.empty(); }
  size_t remaining() const { return rest_.size(); }
  // Ok iff every read succeeded and nothing is left. Otherwise kDataLoss: "`what`: record ends
  // early or is malformed" or "`what`: record has 3 bytes too many".
  Status Finish(std::string_view what) const;

 private:
  void Fail();
  bool Take(uint64_t bytes, std::string_view& out);

  std::string_view rest_;
  bool ok_ = true;
};

}  // namespace quarry
