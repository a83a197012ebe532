#include <unordered_map>

#include "index/verify_scope.h"

namespace quarry::index {
namespace {

// More than this share of a graph's vectors that no walk comes to is told. It is no damage: sound
// graphs of real texts miss 0.2 %, of many copies most (docs/benchmarks.md), and scans find those.
// One that leads from its entry to no other vector is never sound.
constexpr double kMissedShare = 0.01;

class VectorVerifier {
 public:
  explicit VectorVerifier(const VerifyScope& scope)
      : scope_(scope), snapshot_(scope.snapshot), problems_(scope.problems) {}

  Status Run() {
    QUARRY_RETURN_IF_ERROR(ReadGenerations());
    FindSearched();
    QUARRY_RETURN_IF_ERROR(CheckVectors());
    CheckGraphs();
    return OkStatus();
  }

 private:
  struct Place {
    const VectorIndex* index = nullptr;
    size_t position = 0;
  };

  // The records, those that are needed among them, and their tables.
  Status ReadGenerations() {
    QUARRY_RETURN_IF_ERROR(
        scope_.ScanTable(Table::kGeneration, [&](std::string_view key, std::string_view value) {
          const Result<StoredGeneration> record = DecodeGeneration(value);
          if (!record.ok()) return problems_.AddError(record.status(), "generation");
          const std::string where = "generation " + std::to_string(record->id.value);
          if (key != GenerationKey(scope_.collection(), record->id)) {
            problems_.Add(where + ": stands under another key");
          }
          generations_.emplace(record->id, *record);
          parts_ += record->blob_parts;
          problems_.AddError(snapshot_.ReadEmbedderBlob(*record).status(), where);
        }));
    uint64_t parts = 0;
    QUARRY_RETURN_IF_ERROR(scope_.ScanTable(Table::kGenerationBlob,
                                            [&](std::string_view, std::string_view) { ++parts; }));
    if (parts != parts_) {
      problems_.Add("embedder tables: " + std::to_string(parts) + " parts, the generations have " +
                    std::to_string(parts_));
    }
    const GenerationId current = snapshot_.collection().current_generation;
    if (current && !generations_.contains(current)) {
      problems_.Add("generation " + std::to_string(current.value) + ": is current, has no record");
    }
    QUARRY_ASSIGN_OR_RETURN(
        const std::optional<std::string> kept,
        scope_.view().Get(CounterKey(scope_.collection(), Counter::kPreviousGeneration)));
    if (!kept) return OkStatus();
    const Result<uint64_t> id = DecodeInteger(*kept);
    if (!id.ok()) {
      problems_.AddError(id.status(), "kept generation");
    } else if (*id != 0 && !generations_.contains(GenerationId(static_cast<uint32_t>(*id)))) {
      problems_.Add("generation " + std::to_string(*id) + ": is kept, has no record");
    }
    return OkStatus();
  }

  void FindSearched() {
    for (const std::shared_ptr<const VectorIndex>& index : snapshot_.vectors()) {
      const std::span<const RowId> rows = index->rows();
      for (size_t i = 0; i < rows.size(); ++i) {
        if (rows[i] == kNoRow || !snapshot_.IsLive(rows[i])) continue;
        const ChunkId chunk = snapshot_.rows().row(rows[i]).chunk;
        if (!searched_.emplace(chunk, Place{index.get(), i}).second) {
          problems_.Add("vector of chunk " + std::to_string(chunk.value) + ": is searched twice");
        }
      }
    }
  }

  Status CheckVectors() {
    const std::optional<StoredGeneration>& current = snapshot_.generation();
    const std::optional<StoredGeneration>& kept = snapshot_.previous_generation();
    std::vector<float> vector;
    std::map<GenerationId, uint64_t> unknown;
    uint64_t unpublished = 0;
    uint64_t seen = 0;
    QUARRY_RETURN_IF_ERROR(scope_.ScanTable(Table::kVector, [&](std::string_view key,
                                                                std::string_view value) {
      if (++seen % 1024 == 0 && scope_.progress) scope_.progress("vectors", seen, 0);
      const Result<VectorParts> parts = ParseVectorKey(key);
      if (!parts.ok()) return problems_.AddError(parts.status(), "vector");
      const auto record = generations_.find(parts->generation);
      if (record == generations_.end() || SpaceHash(record->second.space) != parts->space_hash) {
        ++unknown[parts->generation];
        return;
      }
      const bool is_current = current && current->id == parts->generation;
      const bool is_kept = kept && kept->id == parts->generation;
      if (!is_current && !is_kept) {
        ++unpublished;
        return;
      }
      const std::string where = "vector of chunk " + std::to_string(parts->chunk.value) +
                                (is_kept ? " in the kept generation" : "");
      if (!scope_.owned.contains(parts->chunk)) {
        problems_.Add(where + ": no document has that chunk");
      }
      vector.resize(record->second.space.dimension);
      const Status decoded = DecodeVector(value, vector);
      problems_.AddError(decoded, where);
      ++(is_kept ? scope_.report.previous_vectors : scope_.report.vectors);
      if (is_current) CheckSearched(parts->chunk, vector, decoded.ok(), where);
    }));
    for (const auto& [chunk, place] : searched_) {
      problems_.Add("vector of chunk " + std::to_string(chunk.value) +
                    ": is searched and not in the store");
    }
    for (const auto& [generation, count] : unknown) {
      problems_.Add("vectors: " + std::to_string(count) + " of generation " +
                    std::to_string(generation.value) + ", which is not there");
    }
    if (unpublished > 0) {
      scope_.report.notes.push_back(std::to_string(unpublished) +
                                    " vectors of interrupted learning; the next learning, or "
                                    "`quarry compact`, removes them");
    }
    return OkStatus();
  }

  void CheckSearched(ChunkId chunk, std::span<const float> vector, bool readable,
                     const std::string& where) {
    const auto searched = searched_.find(chunk);
    if (searched == searched_.end()) {
      if (scope_.owned.contains(chunk)) problems_.Add(where + ": is stored and not searched");
      return;
    }
    const auto [index, position] = searched->second;
    searched_.erase(searched);
    if (readable && (index->dimension() != vector.size() || !index->Holds(position, vector))) {
      problems_.Add(where + ": the " + VectorIndexKindName(index->kind()) +
                    " index holds other values than the store");
    }
  }

  void CheckGraphs() {
    for (const std::shared_ptr<const VectorIndex>& index : snapshot_.vectors()) {
      const size_t reachable = index->CountReachable();
      const size_t missed = index->size() - reachable;
      scope_.report.unreachable_vectors += missed;
      const std::string where = std::string("vector graph (") + VectorIndexKindName(index->kind()) +
                                "): leads to " + std::to_string(reachable) + " of its " +
                                std::to_string(index->size()) + " vectors";
      if (index->size() > 1 && reachable <= 1) {
        problems_.Add(where);
      } else if (static_cast<double>(missed) > kMissedShare * static_cast<double>(index->size())) {
        scope_.report.notes.push_back(where + "; the others are found by exact scans only");
      }
    }
  }

  const VerifyScope& scope_;
  const Snapshot& snapshot_;
  ProblemList& problems_;
  std::map<GenerationId, StoredGeneration> generations_;
  uint64_t parts_ = 0;                           // of all their tables
  std::unordered_map<ChunkId, Place> searched_;  // less what was found in the store
};

}  // namespace

Status VerifyVectors(const VerifyScope& scope) { return VectorVerifier(scope).Run(); }

}  // namespace quarry::index
