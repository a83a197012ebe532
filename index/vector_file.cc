#include "index/vector_file.h"

#include "base/coding.h"
#include "base/hash.h"

namespace quarry::index {
namespace {

constexpr std::string_view kMagic = "QVEC";
constexpr uint32_t kVersion = 1;
constexpr size_t kChecksumAt = 32;
constexpr size_t kHeaderBytes = 40;

uint64_t Checksum(std::string_view file) {
  StreamingHash hash;
  hash.Update(file.substr(0, kChecksumAt));
  hash.Update(file.substr(kHeaderBytes));
  return hash.Finish();
}

Status Damaged(const std::string& what) { return DataLossError("vector index file: " + what); }

}  // namespace

std::string BeginVectorFile() { return std::string(kHeaderBytes, '\0'); }

void FinishVectorFile(const VectorFileHeader& header, std::string& file) {
  QUARRY_CHECK(file.size() >= kHeaderBytes);
  std::string bytes(kMagic);
  AppendFixed32(bytes, kVersion);
  AppendFixed32(bytes, static_cast<uint32_t>(header.kind));
  AppendFixed32(bytes, header.dimension);
  AppendFixed64(bytes, header.count);
  AppendFixed64(bytes, file.size() - kHeaderBytes);
  QUARRY_CHECK(bytes.size() == kChecksumAt);
  file.replace(0, kChecksumAt, bytes);
  std::string checksum;
  AppendFixed64(checksum, Checksum(file));
  file.replace(kChecksumAt, checksum.size(), checksum);
}

Result<VectorFile> ReadVectorFile(std::string_view bytes) {
  if (bytes.size() < kHeaderBytes) {
    return Damaged(std::to_string(bytes.size()) + " bytes, a header has " +
                   std::to_string(kHeaderBytes));
  }
  if (!bytes.starts_with(kMagic)) return Damaged("does not begin with QVEC");
  RecordReader reader(bytes.substr(kMagic.size()));
  const uint32_t version = reader.Fixed32();
  const uint32_t kind = reader.Fixed32();
  VectorFile file;
  file.header.dimension = reader.Fixed32();
  file.header.count = reader.Fixed64();
  const uint64_t payload_bytes = reader.Fixed64();
  const uint64_t checksum = reader.Fixed64();
  file.payload = bytes.substr(kHeaderBytes);
  if (version != kVersion) {
    return Damaged("layout version " + std::to_string(version) + ", expected " +
                   std::to_string(kVersion));
  }
  if (payload_bytes != file.payload.size()) {
    return Damaged("holds " + std::to_string(file.payload.size()) + " bytes after the header, " +
                   std::to_string(payload_bytes) + " were written");
  }
  if (checksum != Checksum(bytes)) return Damaged("checksum does not match");
  if (kind != static_cast<uint32_t>(VectorIndexKind::kHnsw)) {
    return Damaged("unknown kind " + std::to_string(kind));
  }
  file.header.kind = static_cast<VectorIndexKind>(kind);
  return file;
}

}  // namespace quarry::index
