#include "model/embedder_folder.h"

#include <filesystem>

#include "base/coding.h"
#include "model/static_embedder.h"
#include "model/transformer_config.h"
#include "model/transformer_embedder.h"
#include "model/url.h"

namespace quarry::model {
namespace {

constexpr std::string_view kFolderMagic = "QFLD";
constexpr uint64_t kFolderVersion = 1;

// Absolute, and one for all ways to write it: without "." and ".." and a slash at the end. Links are
// not followed: what one leads to may be changed on purpose.
std::string NormalPath(const std::string& path) {
  if (IsUrl(path)) return path;  // of a model behind HTTP
  std::error_code error;
  const std::filesystem::path absolute = std::filesystem::absolute(path, error);
  if (error) return path;
  std::filesystem::path normal = absolute.lexically_normal();
  if (!normal.has_filename() && normal.has_relative_path()) normal = normal.parent_path();
  return normal.string();
}

}  // namespace

std::string SerializeEmbedderFolder(const EmbedderFolder& folder) {
  std::string bytes(kFolderMagic);
  AppendVarint(bytes, kFolderVersion);
  AppendBytes(bytes, NormalPath(folder.path));
  AppendBytes(bytes, folder.query_prefix);
  AppendBytes(bytes, folder.document_prefix);
  return bytes;
}

Result<EmbedderFolder> ParseEmbedderFolder(std::string_view bytes) {
  if (!bytes.starts_with(kFolderMagic))
    return DataLossError("embedder folder: not a record of one");
  RecordReader reader(bytes.substr(kFolderMagic.size()));
  if (const uint64_t version = reader.Varint(); reader.ok() && version != kFolderVersion) {
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
