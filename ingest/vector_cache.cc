#include "ingest/vector_cache.h"

#include <optional>
#include <string_view>
#include <utility>

#include "base/hash.h"
#include "index/records.h"
#include "model/digest.h"

namespace quarry::ingest {
namespace {

// Of 64: no two texts of a store share as many, nor can anybody make two that do.
constexpr size_t kDigestDigits = 32;

std::string ScopeOf(const EmbeddingSpace& space) { return HashToHex(index::SpaceHash(space)); }

std::string DigestOf(std::string_view text) {
  model::Digest digest(model::Digest::Kind::kSha256, text.size());
  digest.Update(text);
  return digest.Finish().substr(0, kDigestDigits);
}

}  // namespace

VectorCache::VectorCache(index::ObjectTable& objects, uint64_t max_bytes, bool read_only,
                         const Clock& clock)
    : vectors_(objects,
               {.kind = index::ObjectKind::kEmbedding,
                .name = "kept vectors",
                .remedy = "quarry cache clear --embeddings",
                .max_bytes = max_bytes,
                .read_only = read_only},
               clock) {}

Result<std::vector<std::vector<float>>> VectorCache::Find(const EmbeddingSpace& space,
                                                          std::span<const std::string> texts) {
  std::vector<std::string> ids;
  for (const std::string& text : texts) ids.push_back(DigestOf(text));
  QUARRY_ASSIGN_OR_RETURN(const std::vector<std::optional<std::string>> kept,
                          vectors_.Find(ScopeOf(space), ids));
  std::vector<std::vector<float>> found(texts.size());
  for (size_t i = 0; i < kept.size(); ++i) {
    if (!kept[i]) continue;
    found[i].resize(space.dimension);
    if (!index::DecodeVector(*kept[i], found[i]).ok()) {
      return vectors_.Damaged("vector " + ids[i] + " of space " + space.fingerprint);
    }
  }
  return found;
}

Status VectorCache::Keep(const EmbeddingSpace& space, std::span<const std::string> texts,
                         const EmbeddingMatrix& vectors) {
  QUARRY_CHECK(vectors.rows() == texts.size());
  std::vector<index::ObjectCache::Entry> entries;
  for (size_t i = 0; i < texts.size(); ++i) {
    entries.push_back({DigestOf(texts[i]), index::EncodeVector(vectors.Row(i))});
  }
  return vectors_.Keep(ScopeOf(space), std::move(entries));
}

}  // namespace quarry::ingest
