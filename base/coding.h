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
