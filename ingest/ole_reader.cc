#include "ingest/ole_reader.h"

#include <algorithm>

#include "base/text_convert.h"

namespace quarry::ingest {
namespace {

constexpr size_t kHeaderBytes = 512;
constexpr size_t kListed = 109;  // sectors of the sector table that the header itself lists
constexpr size_t kNodeBytes = 128;
constexpr uint32_t kMaxSector = 0xFFFFFFFA;  // from here on: the end of a chain, a free sector
constexpr uint32_t kNoNode = 0xFFFFFFFF;
constexpr uint64_t kAll = UINT64_MAX;  // of a chain
constexpr uint8_t kStorage = 1;
constexpr uint8_t kStream = 2;
constexpr uint8_t kRootStorage = 5;

uint32_t Number16(std::string_view bytes, size_t at) {
  return static_cast<uint32_t>(OleNumber(bytes, at, 2));
}
uint32_t Number32(std::string_view bytes, size_t at) {
  return static_cast<uint32_t>(OleNumber(bytes, at, 4));
}

Status Broken(const std::string& what) {
  return InvalidArgumentError("broken compound file: " + what);
}

void AppendNumbers(std::string_view bytes, std::vector<uint32_t>* numbers) {
  for (size_t at = 0; at + 4 <= bytes.size(); at += 4) numbers->push_back(Number32(bytes, at));
}

}  // namespace

uint64_t OleNumber(std::string_view bytes, size_t at, size_t size) {
  uint64_t number = 0;
  for (size_t i = size; i-- > 0;) number = number << 8 | static_cast<unsigned char>(bytes[at + i]);
  return number;
}

Result<OleReader> OleReader::Open(std::string_view bytes, ParseBudget* budget) {
  OleReader reader(bytes, budget);
  QUARRY_RETURN_IF_ERROR(reader.ReadHeader());
  return reader;
}

Status OleReader::ReadHeader() {
  if (bytes_.size() < kHeaderBytes) {
    return Broken("expected a header of " + std::to_string(kHeaderBytes) + " bytes");
  }
  const uint32_t sector_bits = Number16(bytes_, 30);
  const uint32_t small_bits = Number16(bytes_, 32);
  if ((sector_bits != 9 && sector_bits != 12) || small_bits != 6) {
    return Broken("expected sectors of 512 or 4096 and of 64 bytes");
  }
  sector_bytes_ = 1u << sector_bits;
  small_sector_bytes_ = 1u << small_bits;
  small_below_ = Number32(bytes_, 56);
  QUARRY_RETURN_IF_ERROR(ReadSectorTable(Number32(bytes_, 68), Number32(bytes_, 72)));
  QUARRY_RETURN_IF_ERROR(ReadDirectory(Number32(bytes_, 48)));
  QUARRY_ASSIGN_OR_RETURN(const std::string table, ReadChain(Number32(bytes_, 60), kAll));
  AppendNumbers(table, &small_next_);
  QUARRY_ASSIGN_OR_RETURN(small_sectors_, ReadChain(nodes_[kRoot].start, kAll));
  return OkStatus();
}

// The sectors of the table are listed in the header, and behind it in sectors of their own, of
// which the last number leads to the next.
Status OleReader::ReadSectorTable(uint32_t first_list, uint32_t lists) {
  std::vector<uint32_t> listed;
  AppendNumbers(bytes_.substr(76, 4 * kListed), &listed);
  const size_t sectors = bytes_.size() / sector_bytes_;
  if (lists > sectors) return Broken("more lists of sectors than it has sectors");
  for (uint32_t list = first_list; lists > 0 && list < kMaxSector; --lists) {
    const std::string_view sector = Sector(list);
    if (sector.size() < sector_bytes_) return Broken("the list of sectors is cut off");
    AppendNumbers(sector.substr(0, sector_bytes_ - 4), &listed);
    list = Number32(sector, sector_bytes_ - 4);
  }
  for (const uint32_t sector : listed) {
    if (sector < kMaxSector && next_.size() <= sectors) AppendNumbers(Sector(sector), &next_);
  }
  return OkStatus();
}

Status OleReader::ReadDirectory(uint32_t first) {
  QUARRY_ASSIGN_OR_RETURN(const std::string directory, ReadChain(first, kAll));
  for (size_t at = 0; at + kNodeBytes <= directory.size(); at += kNodeBytes) {
    const std::string_view bytes = std::string_view(directory).substr(at, kNodeBytes);
    const uint32_t name_bytes = std::min(Number16(bytes, 64), 64u);
    const auto type = static_cast<uint8_t>(bytes[66]);
    Node node{.left = Number32(bytes, 68),
              .right = Number32(bytes, 72),
              .child = type == kStream ? kNoNode : Number32(bytes, 76),
              .start = Number32(bytes, 116)};
    node.entry.is_storage = type == kStorage || type == kRootStorage;
    // Ends with a zero. The upper half of the size means nothing where sectors are small.
    node.entry.name =
        ConvertToUtf8(bytes.substr(0, std::max(name_bytes, 2u) - 2), "utf-16le").value_or("");
    node.entry.size = Number32(bytes, 120);
    nodes_.push_back(std::move(node));
  }
  if (nodes_.empty() || !nodes_[kRoot].entry.is_storage) return Broken("expected a directory");
  return OkStatus();
}

std::string_view OleReader::Sector(uint32_t sector) const {
  // The header takes the place of a sector.
  const uint64_t begin = (uint64_t{sector} + 1) * sector_bytes_;
  return begin < bytes_.size() ? bytes_.substr(begin, sector_bytes_) : std::string_view();
}

Result<std::string> OleReader::ReadChain(uint32_t first, uint64_t most) const {
  std::string bytes;
  for (uint32_t sector = first; bytes.size() < most && sector < kMaxSector;) {
    const std::string_view piece = Sector(sector);
    if (piece.empty() || sector >= next_.size()) {
      return Broken("sector " + std::to_string(sector) + " is beyond its end");
    }
    if (bytes.size() > bytes_.size()) return Broken("a chain of sectors that leads into itself");
    bytes += piece;
    sector = next_[sector];
  }
  bytes.resize(std::min<uint64_t>(bytes.size(), most));
  return bytes;
}

Result<std::string> OleReader::ReadSmallChain(uint32_t first, uint64_t most) const {
  std::string bytes;
  for (uint32_t sector = first; bytes.size() < most && sector < kMaxSector;) {
    const uint64_t begin = uint64_t{sector} * small_sector_bytes_;
    if (begin >= small_sectors_.size() || sector >= small_next_.size()) {
      return Broken("small sector " + std::to_string(sector) + " is beyond its end");
    }
    bytes.append(small_sectors_, begin, small_sector_bytes_);
    sector = small_next_[sector];
  }
  bytes.resize(std::min<uint64_t>(bytes.size(), most));
  return bytes;
}

std::vector<OleReader::EntryId> OleReader::Children(EntryId storage) const {
  std::vector<EntryId> children;
  std::vector<bool> seen(nodes_.size());
  std::vector<uint32_t> pending = {nodes_[storage].child};
  while (!pending.empty()) {
    const uint32_t id = pending.back();
    pending.pop_back();
    if (id >= nodes_.size() || seen[id]) continue;
    seen[id] = true;
    children.push_back(id);
    pending.push_back(nodes_[id].left);
    pending.push_back(nodes_[id].right);
  }
  std::sort(children.begin(), children.end());
  return children;
}

Result<std::string> OleReader::Read(EntryId stream) const {
  const Entry& entry = nodes_[stream].entry;
  const auto annotated = [&](Status status) {
    return std::move(status).Annotate("stream " + entry.name);
  };
  if (Status status = budget_->TakeBytes(entry.size, entry.size); !status.ok()) {
    return annotated(std::move(status));
  }
  Result<std::string> bytes = entry.size < small_below_
                                  ? ReadSmallChain(nodes_[stream].start, entry.size)
                                  : ReadChain(nodes_[stream].start, entry.size);
  if (!bytes.ok()) return annotated(std::move(bytes).status());
  if (bytes->size() < entry.size) {
    return annotated(Broken("holds " + std::to_string(bytes->size()) + " bytes, expected " +
                            std::to_string(entry.size)));
  }
  return bytes;
}

}  // namespace quarry::ingest
