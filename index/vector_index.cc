#include "index/vector_index.h"

#include <cstring>
#include <utility>

#include "index/coded_index.h"
#include "index/faiss_index.h"
#include "index/vector_file.h"

namespace quarry::index {
namespace {

constexpr std::pair<VectorIndexKind, const char*> kIndexKinds[] = {
    {VectorIndexKind::kAuto, "auto"},
    {VectorIndexKind::kFlat, "flat"},
    {VectorIndexKind::kHnsw, "hnsw"},
    {VectorIndexKind::kFaissFlat, "faiss_flat"},
    {VectorIndexKind::kFaissHnsw, "faiss_hnsw"},
    {VectorIndexKind::kFaissIvf, "faiss_ivf"},
};

bool IsCoded(VectorIndexKind kind) {
  return kind == VectorIndexKind::kFlat || kind == VectorIndexKind::kHnsw;
}

Status CheckOptions(const VectorIndexOptions& options) {
  const auto check = [](std::string_view name, uint32_t value, uint32_t least, uint32_t most) {
    if (value >= least && value <= most) return OkStatus();
    return InvalidArgumentError(std::string(name) + ": " + std::to_string(value) + ", expected " +
                                std::to_string(least) + " to " + std::to_string(most));
  };
  QUARRY_RETURN_IF_ERROR(check("hnsw_links", options.hnsw_links, 2, 512));
  QUARRY_RETURN_IF_ERROR(check("hnsw_build_width", options.hnsw_build_width, 1, 1'000'000));
  return check("build_threads", options.build_threads, 1, 256);
}

}  // namespace

const char* VectorIndexKindName(VectorIndexKind kind) {
  for (const auto& [value, name] : kIndexKinds) {
    if (value == kind) return name;
  }
  Fatal(__FILE__, __LINE__, "a VectorIndexKind without a name");
}

Result<VectorIndexKind> ParseVectorIndexKind(std::string_view name) {
  std::string known;
  for (const auto& [value, candidate] : kIndexKinds) {
    if (name == candidate) return value;
    known += known.empty() ? "" : value == VectorIndexKind::kFaissIvf ? " or " : ", ";
    known += candidate;
  }
  return InvalidArgumentError("vector index kind \"" + std::string(name) + "\": expected " + known);
}

VectorSettings SettingsOf(const VectorIndexOptions& options) {
  return {.kind = options.kind,
          .codes = options.codes,
          .hnsw_links = options.hnsw_links,
          .hnsw_build_width = options.hnsw_build_width,
          .target_recall = options.target_recall};
}

VectorIndexOptions WithSettings(VectorIndexOptions options, const VectorSettings& settings) {
  options.kind = settings.kind;
  options.codes = settings.codes;
  options.hnsw_links = settings.hnsw_links;
  options.hnsw_build_width = settings.hnsw_build_width;
  options.target_recall = settings.target_recall;
  return options;
}

Result<std::shared_ptr<const VectorIndex>> BuildVectorIndex(const VectorIndexOptions& options,
                                                            VectorSource source,
                                                            const CallContext& context) {
  if ((source.dimension == 0 && !source.rows.empty()) ||
      (!source.chunks.empty() && source.chunks.size() != source.rows.size())) {
    return InvalidArgumentError("build vector index: " + std::to_string(source.rows.size()) +
                                " rows of dimension " + std::to_string(source.dimension) + " and " +
                                std::to_string(source.chunks.size()) + " chunks");
  }
  QUARRY_RETURN_IF_ERROR(CheckOptions(options).Annotate("build vector index"));
  if (source.base != nullptr &&
      (source.base->dimension() != source.dimension || source.base->size() > source.rows.size() ||
       !source.base->CanGrow(options))) {
    return InvalidArgumentError("build vector index: cannot grow from the index given");
  }
  VectorIndexOptions chosen = options;
  if (chosen.kind == VectorIndexKind::kAuto) {
    chosen.kind =
        source.rows.size() < options.hnsw_from ? VectorIndexKind::kFlat : VectorIndexKind::kHnsw;
  }
  Result<std::shared_ptr<const VectorIndex>> index =
      IsCoded(chosen.kind) ? BuildCodedIndex(chosen, std::move(source), context)
                           : BuildFaissIndex(chosen, std::move(source), context);
  if (!index.ok()) return std::move(index).status().Annotate("build vector index");
  return index;
}

Result<std::shared_ptr<const VectorIndex>> ParseVectorIndex(
    SharedBytes bytes, const std::function<RowId(ChunkId)>& row_of) {
  QUARRY_ASSIGN_OR_RETURN(const VectorFile file, ReadVectorHeader(bytes.view));
  std::vector<RowId> rows(file.count);
  const char* const chunks = bytes.view.data() + file.section(VectorSection::kChunks).offset;
  for (size_t i = 0; i < rows.size(); ++i) {
    uint64_t chunk;
    std::memcpy(&chunk, chunks + i * sizeof(chunk), sizeof(chunk));
    rows[i] = row_of(ChunkId(chunk));
  }
  Result<std::shared_ptr<const VectorIndex>> index =
      IsCoded(file.kind) ? OpenCodedIndex(file, std::move(bytes), std::move(rows))
                         : OpenFaissIndex(file, bytes.view, std::move(rows));
  if (!index.ok()) return std::move(index).status().Annotate("vector index file");
  return index;
}

}  // namespace quarry::index
