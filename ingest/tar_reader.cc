#include "ingest/tar_reader.h"

#include <algorithm>
#include <charconv>
#include <string_view>
#include <utility>

#include "ingest/member_name.h"

namespace quarry::ingest {
namespace {

constexpr size_t kBlock = 512;

std::string_view Field(std::string_view header, size_t begin, size_t size) {
  const std::string_view field = header.substr(begin, size);
  return field.substr(0, std::min(field.find('\0'), field.size()));
}

// An octal number with spaces around it, or GNU's big-endian one, marked by its first bit.
uint64_t Number(std::string_view field) {
  uint64_t number = 0;
  if (!field.empty() && (static_cast<unsigned char>(field[0]) & 0x80) != 0) {
    for (const char c : field.substr(field.size() - 8)) {
      number = number << 8 | static_cast<unsigned char>(c);
    }
    return number;
  }
  for (const char c : field) {
    if (c < '0' || c > '7') {
      if (number > 0) break;
      continue;
    }
    number = number * 8 + static_cast<uint64_t>(c - '0');
  }
  return number;
}

// The sum of all bytes, those of the checksum as spaces.
bool HasChecksum(std::string_view header) {
  uint64_t sum = 0;
  for (size_t i = 0; i < kBlock; ++i) {
    sum += i >= 148 && i < 156 ? ' ' : static_cast<unsigned char>(header[i]);
  }
  return Number(header.substr(148, 8)) == sum;
}

// The value of `key` in pax records: "25 path=some/long/name\n".
std::string PaxValue(std::string_view records, std::string_view key) {
  while (!records.empty()) {
    size_t size = 0;
    const auto [end, error] =
        std::from_chars(records.data(), records.data() + records.size(), size);
    const auto digits = static_cast<size_t>(end - records.data());
    if (error != std::errc() || size <= digits + 1 || size > records.size()) return "";
    const std::string_view record = records.substr(digits + 1, size - digits - 2);
    const size_t equals = record.find('=');
    if (record.substr(0, equals) == key && equals != record.npos) {
      return std::string(record.substr(equals + 1));
    }
    records.remove_prefix(size);
  }
  return "";
}

}  // namespace

// False at the end: an empty block. A file that ends without one was cut off.
Result<bool> TarReader::ReadHeader(std::string* header) {
  header->clear();
  QUARRY_RETURN_IF_ERROR(source_(kBlock, header));
  if (header->size() < kBlock) {
    return InvalidArgumentError("header at byte " + std::to_string(offset_) + ": cut off");
  }
  if (header->find_first_not_of('\0') == header->npos) return false;
  if (!HasChecksum(*header)) {
    return InvalidArgumentError("not a tar: header at byte " + std::to_string(offset_) +
                                ": wrong checksum");
  }
  offset_ += kBlock;
  return true;
}

Status TarReader::ReadData(uint64_t size, std::string* data) {
  if (size > budget_->limits().part_bytes) {
    return InvalidArgumentError("member " + name_ + ": more than " +
                                std::to_string(budget_->limits().part_bytes) + " bytes");
  }
  const uint64_t padded = (size + kBlock - 1) / kBlock * kBlock;
  data->clear();
  QUARRY_RETURN_IF_ERROR(source_(padded, data));
  if (data->size() < size) return InvalidArgumentError("member " + name_ + ": cut off");
  data->resize(size);
  offset_ += padded;
  return OkStatus();
}

Result<bool> TarReader::Next() {
  std::string long_name;
  std::string header;
  while (true) {
    QUARRY_ASSIGN_OR_RETURN(const bool has_next, ReadHeader(&header));
    if (!has_next) return false;
    QUARRY_RETURN_IF_ERROR(budget_->TakeEntries(1));
    const std::string_view view = header;
    const char type = view[156];
    name_ = Field(view, 0, 100);
    if (const std::string_view prefix = Field(view, 345, 155);
        !prefix.empty() && view.substr(257, 6) == std::string_view("ustar\0", 6)) {
      name_ = std::string(prefix) + '/' + name_;
    }
    if (!long_name.empty()) name_ = long_name;
    DecodeMemberName(&name_);
    uint64_t size = Number(view.substr(124, 12));
    if (type == '1' || type == '2' || type == '5') size = 0;  // links and folders hold nothing
    QUARRY_RETURN_IF_ERROR(ReadData(size, &bytes_));
    if (type == 'x' || type == 'L') {  // a name that is too long for the header of the next member
      std::string name =
          type == 'x' ? PaxValue(bytes_, "path") : bytes_.substr(0, bytes_.find('\0'));
      if (!name.empty()) long_name = std::move(name);
    } else if (type != 'g') {
      is_file_ = type == '0' || type == '\0' || type == '7';
      return true;
    }
  }
}

}  // namespace quarry::ingest
