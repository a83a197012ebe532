// The vectors of a collection as raw floats, and queries for them: real embeddings for the program
// `vectors`.
//
//   vector_export STORE BASE QUERIES [COUNT]
//
// BASE gets the vector of every chunk of the collection "default"; QUERIES those of COUNT (1,000)
// sentences, embedded as questions: the middle one of chunks at equal distances, which is not what
// the chunk itself was embedded from. Prints the dimension.

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/text.h"
#include "index/index.h"
#include "index/keys.h"
#include "model/embedder_factory.h"

namespace quarry::bench {
namespace {

template <typename T>
T Must(Result<T> result) {
  if (result.ok()) return *std::move(result);
  std::fprintf(stderr, "%s\n", result.status().ToString().c_str());
  std::exit(1);
}

void Write(const std::string& path, const std::vector<float>& values) {
  const std::string_view bytes(reinterpret_cast<const char*>(values.data()),
                               values.size() * sizeof(float));
  if (const Status written = WriteFileAtomically(path, bytes); !written.ok()) {
    std::fprintf(stderr, "%s\n", written.ToString().c_str());
    std::exit(1);
  }
}

int Main(int argc, char** argv) {
  if (argc < 4) {
    std::fprintf(stderr, "expected: STORE BASE QUERIES [COUNT]\n");
    return 2;
  }
  const size_t count = argc > 4 ? std::strtoull(argv[4], nullptr, 10) : 1000;
  const Analyzer analyzer;
  const SystemClock clock;
  const auto index = Must(index::Index::Open(argv[1], {.read_only = true}, analyzer, clock));
  const auto snapshot = Must(index->GetSnapshot(Must(index->FindCollection("default"))));
  if (!snapshot->generation()) {
    std::fprintf(stderr, "the collection has no vectors\n");
    return 1;
  }
  const index::StoredGeneration& generation = *snapshot->generation();
  const auto embedder =
      Must(model::OpenEmbedder(generation.embedder_kind, Must(snapshot->ReadEmbedderBlob())));

  std::vector<RowId> rows;
  for (RowId row = 0; row < snapshot->rows().rows(); ++row) {
    if (snapshot->IsLive(row)) rows.push_back(row);
  }
  const uint32_t dimension = generation.space.dimension;
  std::vector<float> base(rows.size() * dimension);
  for (size_t i = 0; i < rows.size(); ++i) {
    const auto bytes = Must(snapshot->view().Get(
        index::VectorKey(snapshot->collection().id, index::SpaceHash(generation.space),
                         generation.id, snapshot->rows().row(rows[i]).chunk)));
    const std::span<float> out(base.data() + i * dimension, dimension);
    if (!bytes || !index::DecodeVector(*bytes, out).ok()) {
      std::fprintf(stderr, "a vector is missing\n");
      return 1;
    }
  }
  std::vector<float> queries;
  for (size_t q = 0; q < count; ++q) {
    const Passage passage = Must(snapshot->ReadPassage(rows[q * rows.size() / count]));
    const std::vector<ByteRange> sentences = SplitSentences(passage.chunk.text);
    if (sentences.empty()) continue;
    const ByteRange& middle = sentences[sentences.size() / 2];
    const std::string text = passage.chunk.text.substr(middle.begin, middle.end - middle.begin);
    const EmbeddingMatrix vector =
        Must(embedder->Embed(std::span(&text, 1), model::EmbeddingRole::kQuery, {}));
    queries.insert(queries.end(), vector.values.begin(), vector.values.end());
  }
  Write(argv[2], base);
  Write(argv[3], queries);
  std::printf("%u\n", dimension);
  return 0;
}

}  // namespace
}  // namespace quarry::bench

int main(int argc, char** argv) { return quarry::bench::Main(argc, argv); }
