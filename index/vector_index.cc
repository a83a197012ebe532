#include "index/vector_index.h"

#include <utility>

#include "index/exact_scan.h"
#include "index/flat_index.h"
#include "index/hnsw_index.h"
#include "index/vector_file.h"

namespace quarry::index {
namespace {

constexpr std::pair<VectorIndexKind, const char*> kKinds[] = {
    {VectorIndexKind::kAuto, "auto"},
    {VectorIndexKind::kFlat, "flat"},
    {VectorIndexKind::kHnsw, "hnsw"},
};

Status CheckInput(const EmbeddingMatrix& vectors, const std::vector<RowId>& rows) {
  const size_t values = rows.size() * vectors.dimension;
  if ((vectors.dimension == 0 && !rows.empty()) || vectors.values.size() != values) {
    return InvalidArgumentError("build vector index: " + std::to_string(vectors.values.size()) +
                                " values of dimension " + std::to_string(vectors.dimension) +
                                " for " + std::to_string(rows.size()) + " rows");
  }
  for (size_t i = 0; i < rows.size(); ++i) {
    const Status status = CheckVector(vectors.Row(i), vectors.dimension, "vector");
    if (!status.ok()) {
      return status.Annotate("build vector index: entry " + std::to_string(i));
    }
  }
  return OkStatus();
}

}  // namespace

const char* VectorIndexKindName(VectorIndexKind kind) {
  for (const auto& [value, name] : kKinds) {
    if (value == kind) return name;
  }
  Fatal(__FILE__, __LINE__, "a VectorIndexKind without a name");
}

Result<VectorIndexKind> ParseVectorIndexKind(std::string_view name) {
  for (const auto& [value, known] : kKinds) {
    if (name == known) return value;
  }
  return InvalidArgumentError("vector index kind \"" + std::string(name) +
                              "\": expected auto, flat or hnsw");
}

Result<std::shared_ptr<const VectorIndex>> BuildVectorIndex(const VectorIndexOptions& options,
                                                            EmbeddingMatrix vectors,
                                                            std::vector<RowId> rows,
                                                            const CallContext& context) {
  QUARRY_RETURN_IF_ERROR(CheckInput(vectors, rows));
  VectorIndexKind kind = options.kind;
  if (kind == VectorIndexKind::kAuto) {
    kind = rows.size() < options.hnsw_from ? VectorIndexKind::kFlat : VectorIndexKind::kHnsw;
  }
  if (kind == VectorIndexKind::kFlat) return MakeFlatIndex(std::move(vectors), std::move(rows));
  return BuildHnswIndex(options, std::move(vectors), std::move(rows), context);
}

Result<std::shared_ptr<const VectorIndex>> ParseVectorIndex(std::string_view bytes,
                                                            std::vector<RowId> rows) {
  QUARRY_ASSIGN_OR_RETURN(const VectorFile file, ReadVectorFile(bytes));
  if (file.header.count != rows.size()) {
    return DataLossError("vector index file: holds " + std::to_string(file.header.count) +
                         " vectors, " + std::to_string(rows.size()) + " expected");
  }
  return ParseHnswIndex(file, std::move(rows));
}

}  // namespace quarry::index
