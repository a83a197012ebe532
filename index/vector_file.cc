#include "index/vector_file.h"

#include <algorithm>
#include <cstring>
#include <string>

#include "base/coding.h"

namespace quarry::index {
namespace {

constexpr std::string_view kMagic = "QVEC";
constexpr uint32_t kVersion = 2;
constexpr uint64_t kVectorAlignment = 64;

Status DamagedVectorFile(const std::string& what) {
  return DataLossError("vector index file: " + what);
}

Status CheckSections(const VectorFile& file, std::string_view bytes) {
  for (const VectorFile::Section& section : file.sections) {
    if (section.offset > bytes.size() || section.size > bytes.size() - section.offset ||
        section.offset % sizeof(uint32_t) != 0) {
      return DamagedVectorFile("a section lies outside");
    }
  }
  const auto check = [&](VectorSection name, uint64_t size, uint64_t alignment) {
    const VectorFile::Section& section = file.section(name);
    return section.size == size && section.offset % alignment == 0;
  };
  if (file.count > bytes.size()) return DamagedVectorFile("too few bytes for its vectors");
  const bool coded = file.kind == VectorIndexKind::kFlat || file.kind == VectorIndexKind::kHnsw;
  const CodeLayout layout(file.codes, coded ? file.dimension : 0);
  const uint64_t per_code = coded ? file.count : 0;
  if (!check(VectorSection::kCoarse, per_code * layout.coarse, kVectorAlignment) ||
      !check(VectorSection::kFine, per_code * layout.fine, kVectorAlignment) ||
      !check(VectorSection::kScales, per_code * layout.scale, sizeof(float)) ||
      !check(VectorSection::kChunks, file.count * sizeof(uint64_t), sizeof(uint64_t))) {
    return DamagedVectorFile("a section is not as long as its vectors need");
  }
  return OkStatus();
}

}  // namespace

uint64_t VectorFile::FileBytes() const {
  uint64_t end = kVectorHeaderBytes;
  for (const Section& section : sections) end = std::max(end, section.offset + section.size);
  return end;
}

uint64_t VectorFile::Place(VectorSection name, uint64_t size, uint64_t aligned) {
  const uint64_t end = FileBytes();
  const uint64_t line =
      (end + aligned + kVectorAlignment - 1) / kVectorAlignment * kVectorAlignment;
  sections[static_cast<size_t>(name)] = {.offset = line - aligned, .size = size};
  return line - aligned;
}

void WriteVectorHeader(const VectorFile& file, char* to) {
  std::string bytes(kMagic);
  AppendFixed32(bytes, kVersion);
  AppendFixed32(bytes, static_cast<uint32_t>(file.kind));
  AppendFixed32(bytes, static_cast<uint32_t>(file.codes));
  AppendFixed32(bytes, file.dimension);
  for (const uint32_t width : file.widths) AppendFixed32(bytes, width);
  AppendFixed32(bytes, 0);
  AppendFixed64(bytes, file.count);
  AppendFixed64(bytes, file.FileBytes());
  for (const VectorFile::Section& section : file.sections) {
    AppendFixed64(bytes, section.offset);
    AppendFixed64(bytes, section.size);
  }
  QUARRY_CHECK(bytes.size() == kVectorHeaderBytes);
  std::memcpy(to, bytes.data(), bytes.size());
}

Result<VectorFile> ReadVectorHeader(std::string_view bytes) {
  if (bytes.size() < kVectorHeaderBytes) {
    return DamagedVectorFile(std::to_string(bytes.size()) + " bytes, a header has " +
                             std::to_string(kVectorHeaderBytes));
  }
  if (!bytes.starts_with(kMagic)) return DamagedVectorFile("does not begin with QVEC");
  RecordReader reader(bytes.substr(kMagic.size(), kVectorHeaderBytes - kMagic.size()));
  const uint32_t version = reader.Fixed32();
  if (version != kVersion) {
    return DamagedVectorFile("layout version " + std::to_string(version) + ", expected " +
                             std::to_string(kVersion));
  }
  VectorFile file;
  const uint32_t kind = reader.Fixed32();
  const uint32_t codes = reader.Fixed32();
  file.dimension = reader.Fixed32();
  for (uint32_t& width : file.widths) width = reader.Fixed32();
  reader.Fixed32();
  file.count = reader.Fixed64();
  const uint64_t size = reader.Fixed64();
  for (VectorFile::Section& section : file.sections) {
    section.offset = reader.Fixed64();
    section.size = reader.Fixed64();
  }
  if (kind < static_cast<uint32_t>(VectorIndexKind::kFlat) ||
      kind > static_cast<uint32_t>(VectorIndexKind::kFaissIvf)) {
    return DamagedVectorFile("unknown kind " + std::to_string(kind));
  }
  file.kind = static_cast<VectorIndexKind>(kind);
  if (codes > static_cast<uint32_t>(VectorCodeKind::kFloat)) {
    return DamagedVectorFile("unknown codes " + std::to_string(codes));
  }
  file.codes = static_cast<VectorCodeKind>(codes);
  if (size != bytes.size()) {
    return DamagedVectorFile("holds " + std::to_string(bytes.size()) + " bytes, " +
                             std::to_string(size) + " were written");
  }
  if (file.dimension == 0 ? file.count > 0 : file.dimension > kMaxDimension) {
    return DamagedVectorFile("dimension " + std::to_string(file.dimension));
  }
  if (file.count >= kNoRow / 2) return DamagedVectorFile("too many vectors");
  QUARRY_RETURN_IF_ERROR(CheckSections(file, bytes));
  return file;
}

}  // namespace quarry::index
