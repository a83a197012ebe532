#include "base/coding.h"

#include <bit>
#include <cstring>
#include <limits>

namespace quarry {
namespace {

// Shifts rather than memcpy: the bytes are the same on every machine, and compilers turn them into
// one load or store.
template <typename Int>
void AppendLittleEndian(std::string& out, Int value) {
  char bytes[sizeof(Int)];
  for (size_t i = 0; i < sizeof(Int); ++i) bytes[i] = static_cast<char>(value >> (8 * i));
  out.append(bytes, sizeof(Int));
}

template <typename Int>
void AppendBigEndian(std::string& out, Int value) {
  char bytes[sizeof(Int)];
  for (size_t i = 0; i < sizeof(Int); ++i) {
    bytes[sizeof(Int) - 1 - i] = static_cast<char>(value >> (8 * i));
  }
  out.append(bytes, sizeof(Int));
}

// Both give 0 for no bytes: what a failed read returns.
template <typename Int>
Int LittleEndian(std::string_view bytes) {
  Int value = 0;
  for (size_t i = bytes.size(); i-- > 0;) value = (value << 8) | static_cast<uint8_t>(bytes[i]);
  return value;
}

template <typename Int>
Int BigEndian(std::string_view bytes) {
  Int value = 0;
  for (const char byte : bytes) value = (value << 8) | static_cast<uint8_t>(byte);
  return value;
}

// The same of exactly so many bytes, in one load.
uint64_t BigEndian64(const char* at) {
  static_assert(std::endian::native == std::endian::little);
  uint64_t value;
  std::memcpy(&value, at, sizeof(value));
  return __builtin_bswap64(value);
}
uint64_t BigEndian32(const char* at) {
  uint32_t value;
  std::memcpy(&value, at, sizeof(value));
  return __builtin_bswap32(value);
}

}  // namespace

uint64_t SortPrefix(std::string_view bytes) {
  const char* const at = bytes.data();
  const size_t size = bytes.size();
  if (size >= 8) return BigEndian64(at);
  if (size >= 4) {  // two loads that overlap
    return BigEndian32(at) << 32 | BigEndian32(at + size - 4) << (8 * (8 - size));
  }
  return size == 0 ? 0 : BigEndian<uint64_t>(bytes) << (8 * (8 - size));
}

void AppendVarint(std::string& out, uint64_t value) {
  char bytes[10];
  out.append(bytes, PutVarint(bytes, value));
}

void AppendFixed32(std::string& out, uint32_t value) { AppendLittleEndian(out, value); }
void AppendFixed64(std::string& out, uint64_t value) { AppendLittleEndian(out, value); }

void AppendDouble(std::string& out, double value) {
  AppendFixed64(out, std::bit_cast<uint64_t>(value));
}

void AppendBytes(std::string& out, std::string_view bytes) {
  AppendVarint(out, bytes.size());
  out.append(bytes);
}

void AppendBigEndian32(std::string& out, uint32_t value) { AppendBigEndian(out, value); }
void AppendBigEndian64(std::string& out, uint64_t value) { AppendBigEndian(out, value); }

void RecordReader::Fail() {
  ok_ = false;
  rest_ = {};
}

bool RecordReader::Take(uint64_t bytes, std::string_view& out) {
  if (bytes > rest_.size()) {
    Fail();
    out = {};
    return false;
  }
  out = rest_.substr(0, bytes);
  rest_.remove_prefix(bytes);
  return true;
}

uint64_t RecordReader::Varint() {
  uint64_t value = 0;
  for (size_t i = 0; i < 10 && i < rest_.size(); ++i) {
    const auto byte = static_cast<uint8_t>(rest_[i]);
    if (i == 9 && byte > 1) break;  // more than 64 bits
    value |= static_cast<uint64_t>(byte & 0x7F) << (7 * i);
    if (byte < 0x80) {
      rest_.remove_prefix(i + 1);
      return value;
    }
  }
  Fail();
  return 0;
}

uint32_t RecordReader::Varint32() {
  const uint64_t value = Varint();
  if (value > std::numeric_limits<uint32_t>::max()) {
    Fail();
    return 0;
  }
  return static_cast<uint32_t>(value);
}

uint32_t RecordReader::Fixed32() {
  std::string_view bytes;
  Take(sizeof(uint32_t), bytes);
  return LittleEndian<uint32_t>(bytes);
}

uint64_t RecordReader::Fixed64() {
  std::string_view bytes;
  Take(sizeof(uint64_t), bytes);
  return LittleEndian<uint64_t>(bytes);
}

double RecordReader::Double() { return std::bit_cast<double>(Fixed64()); }

std::string_view RecordReader::Bytes() {
  std::string_view bytes;
  Take(Varint(), bytes);
  return bytes;
}

uint32_t RecordReader::BigEndian32() {
  std::string_view bytes;
  Take(sizeof(uint32_t), bytes);
  return BigEndian<uint32_t>(bytes);
}

uint64_t RecordReader::BigEndian64() {
  std::string_view bytes;
  Take(sizeof(uint64_t), bytes);
  return BigEndian<uint64_t>(bytes);
}

uint8_t RecordReader::Byte() {
  std::string_view bytes;
  return Take(1, bytes) ? static_cast<uint8_t>(bytes[0]) : uint8_t{0};
}

Status RecordReader::Finish(std::string_view what) const {
  if (!ok_) return DataLossError(std::string(what) + ": record ends early or is malformed");
  if (!rest_.empty()) {
    return DataLossError(std::string(what) + ": record has " + std::to_string(rest_.size()) +
                         " bytes too many");
  }
  return OkStatus();
}

}  // namespace quarry
