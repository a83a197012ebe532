// The graph's file form is FAISS's own: FAISS reads it and searches it.

#include "index/faiss_hnsw.h"

#include <faiss/IndexFlat.h>
#include <faiss/IndexHNSW.h>
#include <faiss/impl/io.h>
#include <faiss/index_io.h>

#include <cstring>
#include <memory>
#include <set>

#include "index/graph_search.h"
#include "index/vector_file.h"
#include "index/vector_index.h"
#include "tests/index/vectors_testing.h"
#include "tests/testing/test_environment.h"

namespace quarry::index {
namespace {

constexpr size_t kHnswCount = 3000;
constexpr uint32_t kHnswDimension = 32;

auto GraphOf(const EmbeddingMatrix& vectors) {
  return BuildOf({.kind = VectorIndexKind::kHnsw, .codes = VectorCodeKind::kFloat}, vectors,
                 AllRows(kHnswCount))
      .value();
}

TEST(HnswFileFormTest, FaissReadsItAndFindsWhatWeFind) {
  const EmbeddingMatrix vectors = ClusteredVectors(1, kHnswCount, kHnswDimension, 30);
  const auto built = GraphOf(vectors);
  const SharedBytes file = built->File().value();
  const VectorFile header = ReadVectorHeader(file.view).value();
  const VectorFile::Section& section = header.section(VectorSection::kGraph);
  const std::string_view graph = file.view.substr(section.offset, section.size);

  // An index of FAISS with the same vectors and no links; its graph in the file is replaced by ours.
  faiss::IndexHNSWFlat index(kHnswDimension, 16, faiss::METRIC_INNER_PRODUCT);
  faiss::VectorIOWriter writer;
  faiss::write_index(&index, &writer);
  faiss::VectorIOWriter storage;
  faiss::IndexFlatIP flat(kHnswDimension);
  flat.add(kHnswCount, vectors.values.data());
  faiss::write_index(&flat, &storage);
  // "IHNf", then of every index: dimension, count, two unused, trained, metric.
  constexpr size_t kHeader = 4 + 4 + 8 + 8 + 8 + 1 + 4;
  std::vector<uint8_t> bytes(writer.data.begin(), writer.data.begin() + kHeader);
  const int64_t count = kHnswCount;
  std::memcpy(&bytes[8], &count, sizeof(count));
  bytes.insert(bytes.end(), graph.begin(), graph.end());
  bytes.insert(bytes.end(), storage.data.begin(), storage.data.end());
  faiss::VectorIOReader reader;
  reader.data = bytes;
  const std::unique_ptr<faiss::Index> read(faiss::read_index(&reader));
  auto* const hnsw = dynamic_cast<faiss::IndexHNSWFlat*>(read.get());
  ASSERT_NE(hnsw, nullptr);
  EXPECT_EQ(reader.rp, bytes.size());
  EXPECT_EQ(hnsw->ntotal, count);

  const EmbeddingMatrix queries = ClusteredVectors(2, 50, kHnswDimension, 30);
  const RowTable table = TableOf(kHnswCount);
  hnsw->hnsw.efSearch = 64;
  hnsw->hnsw.search_bounded_queue = false;
  size_t same = 0;
  for (size_t i = 0; i < queries.rows(); ++i) {
    faiss::Index::idx_t found[10];
    float scores[10];
    hnsw->search(1, queries.Row(i).data(), 10, scores, found);
    const std::set<faiss::Index::idx_t> theirs(std::begin(found), std::end(found));
    for (const ScoredRow& hit :
         built->Search(queries.Row(i), 10, nullptr, table, {.width = 64}, {}).value()) {
      same += theirs.count(hit.row);
    }
  }
  EXPECT_GE(same, 490u);
}

TEST(HnswFileFormTest, EveryVertexIsReachedFromTheEntryPoint) {
  const EmbeddingMatrix vectors = ClusteredVectors(1, kHnswCount, kHnswDimension, 300);
  const auto built =
      BuildOf({.kind = VectorIndexKind::kHnsw, .hnsw_links = 8}, vectors, AllRows(kHnswCount))
          .value();
  const SharedBytes file = built->File().value();
  const VectorFile header = ReadVectorHeader(file.view).value();
  const VectorFile::Section& section = header.section(VectorSection::kGraph);
  const HnswLinks links =
      ParseHnswLinks(file.view.substr(section.offset, section.size), kHnswCount).value();
  std::vector<bool> reached(kHnswCount);
  std::vector<uint32_t> stack = {static_cast<uint32_t>(links.entry)};
  reached[stack[0]] = true;
  size_t count = 1;
  while (!stack.empty()) {
    const uint32_t vertex = stack.back();
    stack.pop_back();
    std::set<int32_t> seen;
    for (const int32_t neighbor : links.ListOf(vertex, 0)) {
      if (neighbor < 0) break;
      EXPECT_NE(neighbor, static_cast<int32_t>(vertex)) << "a link to itself";
      EXPECT_TRUE(seen.insert(neighbor).second) << "twice the same link";
      if (reached[static_cast<size_t>(neighbor)]) continue;
      reached[static_cast<size_t>(neighbor)] = true;
      stack.push_back(static_cast<uint32_t>(neighbor));
      ++count;
    }
  }
  EXPECT_GE(count, kHnswCount - 3);
}

// Scores are distinct here, so there is one order.
TEST(GraphSearchTest, AWalkThatIsWidenedFindsWhatAWideOneFinds) {
  const EmbeddingMatrix vectors = ClusteredVectors(1, kHnswCount, kHnswDimension, 30);
  const auto built = GraphOf(vectors);
  const SharedBytes file = built->File().value();
  const VectorFile header = ReadVectorHeader(file.view).value();
  const auto at = [&](VectorSection name) {
    return file.view.substr(header.section(name).offset, header.section(name).size);
  };
  const HnswLinks links = ParseHnswLinks(at(VectorSection::kGraph), kHnswCount).value();
  const VectorCodes codes(VectorCodeKind::kFloat, kHnswDimension, kHnswCount,
                          at(VectorSection::kCoarse).data(), nullptr, nullptr);
  const EmbeddingMatrix queries = ClusteredVectors(2, 20, kHnswDimension, 30);
  GraphSearch at_once;
  GraphSearch widened;
  CodedQuery query;
  for (size_t i = 0; i < queries.rows(); ++i) {
    query.Set(codes, queries.Row(i));
    std::span<const Candidate> found = widened.Walk(codes, links, query, 5);
    for (const size_t width : {5u, 6u, 40u, 41u, 300u, 2900u, 10'000u}) {
      const uint64_t before = widened.distances();
      found = widened.Widen(codes, links, query, width);
      const uint64_t steps = at_once.distances();
      const std::span<const Candidate> expected = at_once.Walk(codes, links, query, width);
      ASSERT_EQ(found.size(), expected.size()) << width;
      for (size_t j = 0; j < found.size(); ++j) {
        ASSERT_EQ(found[j].vertex, expected[j].vertex) << width << ", at " << j;
        ASSERT_EQ(found[j].score, expected[j].score) << width << ", at " << j;
      }
      EXPECT_LT(widened.distances() - before, at_once.distances() - steps) << width;
    }
  }
}

}  // namespace
}  // namespace quarry::index
