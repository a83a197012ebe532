#include "model/embedder_folder.h"

#include <filesystem>

#include "base/coding.h"
#include "model/static_embedder.h"
#include "model/transformer_config.h"
#include "model/transformer_embedder.h"

namespace quarry::model {
namespace {

constexpr std::string_view kMagic = "QFLD";
constexpr uint64_t kVersion = 1;

}  // namespace

std::string SerializeEmbedderFolder(const EmbedderFolder& folder) {
  std::error_code error;
  const std::filesystem::path absolute = std::filesystem::absolute(folder.path, error);
  std::string bytes(kMagic);
  AppendVarint(bytes, kVersion);
  AppendBytes(bytes, error ? folder.path : absolute.lexically_normal().string());
  AppendBytes(bytes, folder.query_prefix);
  AppendBytes(bytes, folder.document_prefix);
  return bytes;
}

Result<EmbedderFolder> ParseEmbedderFolder(std::string_view bytes) {
  if (!bytes.starts_with(kMagic)) return DataLossError("embedder folder: not a record of one");
  RecordReader reader(bytes.substr(kMagic.size()));
  if (const uint64_t version = reader.Varint(); reader.ok() && version != kVersion) {
    return FailedPreconditionError("embedder folder: format version " + std::to_string(version) +
                                   "; this program reads 1");
  }
  EmbedderFolder folder;
  folder.path = reader.Bytes();
  folder.query_prefix = reader.Bytes();
  folder.document_prefix = reader.Bytes();
  QUARRY_RETURN_IF_ERROR(reader.Finish("embedder folder"));
  return folder;
}

Result<std::shared_ptr<const Embedder>> OpenFolderEmbedder(const EmbedderFolder& folder) {
  if (!std::filesystem::is_directory(folder.path)) {
    return NotFoundError(folder.path + ": no such folder");
  }
  QUARRY_ASSIGN_OR_RETURN(const bool is_static, IsStaticFolder(folder.path));
  return is_static ? OpenStaticEmbedder(folder) : OpenTransformerEmbedder(folder);
}

}  // namespace quarry::model
