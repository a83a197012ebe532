#include "tests/index/vectors_testing.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <string>

#include "tests/testing/test_environment.h"

namespace quarry::index {

EmbeddingMatrix ClusteredVectors(uint64_t seed, size_t count, uint32_t dimension, size_t clusters) {
  // The centres depend on the dimension alone, so that data and queries of two seeds share them.
  Random centre_random(dimension);
  std::vector<double> centres(clusters * dimension);
  for (double& value : centres) value = centre_random.Gaussian();
  Random random(seed);
  EmbeddingMatrix vectors;
  vectors.dimension = dimension;
  vectors.values.resize(count * dimension);
  for (size_t i = 0; i < count; ++i) {
    const std::span<float> row = vectors.Row(i);
    double squares = 0;
    for (size_t j = 0; j < dimension; ++j) {
      const double value = centres[(i % clusters) * dimension + j] + 0.6 * random.Gaussian();
      row[j] = static_cast<float>(value);
      squares += value * value;
    }
    for (float& value : row) value = static_cast<float>(value / std::sqrt(squares));
  }
  return vectors;
}

Result<std::shared_ptr<const VectorIndex>> BuildOf(const VectorIndexOptions& options,
                                                   const EmbeddingMatrix& vectors,
                                                   std::vector<RowId> rows,
                                                   const CallContext& context) {
  VectorSource source{.dimension = vectors.dimension, .rows = std::move(rows)};
  for (size_t i = 0; i < source.rows.size(); ++i) source.chunks.push_back(ChunkId(i + 1));
  source.read = [&](size_t i, std::span<float> out) {
    const std::span<const float> row = vectors.Row(i);
    std::copy(row.begin(), row.end(), out.begin());
    return OkStatus();
  };
  return BuildVectorIndex(options, std::move(source), context);
}

SharedBytes Aligned(std::string_view bytes) {
  HugeBuffer buffer = HugeBuffer::Allocate(bytes.size()).value();
  std::copy(bytes.begin(), bytes.end(), buffer.data());
  return HugeBuffer::Share(std::move(buffer));
}

Result<std::shared_ptr<const VectorIndex>> ParseOf(std::string_view bytes) {
  return ParseVectorIndex(Aligned(bytes),
                          [](ChunkId chunk) { return static_cast<RowId>(chunk.value - 1); });
}

RowTable TableOf(size_t rows) {
  RowTable table;
  for (size_t i = 0; i < rows; ++i) {
    const std::string digits = std::to_string(i);
    table.Append(DocumentNumber(i + 1), std::string(8 - digits.size(), '0') + digits,
                 {ChunkId(i + 1)});
  }
  return table;
}

std::vector<RowId> AllRows(size_t count) {
  std::vector<RowId> rows(count);
  for (size_t i = 0; i < count; ++i) rows[i] = static_cast<RowId>(i);
  return rows;
}

double Recall(std::span<const ScoredRow> expected, std::span<const ScoredRow> found) {
  if (expected.empty()) return 1;
  std::set<RowId> rows;
  for (const ScoredRow& row : found) rows.insert(row.row);
  size_t hits = 0;
  for (const ScoredRow& row : expected) hits += rows.count(row.row);
  return static_cast<double>(hits) / static_cast<double>(expected.size());
}

RowTable TableOfDocuments(size_t rows) {
  RowTable table;
  Random random(rows);
  while (table.rows() < rows) {
    const size_t count = std::min<size_t>(1 + random.Below(10), rows - table.rows());
    std::vector<ChunkId> chunks;
    for (size_t i = 0; i < count; ++i) chunks.push_back(ChunkId(table.rows() + i + 1));
    const size_t number = table.documents() + 1;
    table.Append(DocumentNumber(number), std::to_string(1'000'000 - number), chunks);
  }
  return table;
}

std::vector<ScoredRow> CutAtDocuments(const RowTable& table, std::vector<ScoredRow> rows,
                                      size_t documents) {
  std::sort(rows.begin(), rows.end(),
            [&](const ScoredRow& a, const ScoredRow& b) { return Better(table, a, b); });
  if (documents == 0) return {};
  std::set<uint32_t> distinct;
  for (size_t i = 0; i < rows.size(); ++i) {
    distinct.insert(table.row(rows[i].row).document);
    if (distinct.size() == documents) rows.resize(i + 1);
  }
  return rows;
}

void ExpectRows(std::span<const ScoredRow> found, std::span<const ScoredRow> expected) {
  ASSERT_EQ(found.size(), expected.size());
  for (size_t i = 0; i < found.size(); ++i) {
    EXPECT_EQ(found[i].row, expected[i].row) << "at " << i;
    EXPECT_EQ(found[i].score, expected[i].score) << "at " << i;
  }
}

std::vector<ScoredRow> BruteForce(const EmbeddingMatrix& vectors, std::span<const float> query,
                                  size_t k, const Bitmap* allowed) {
  std::vector<ScoredRow> all;
  for (size_t i = 0; i < vectors.rows(); ++i) {
    if (allowed != nullptr && !allowed->Test(i)) continue;
    const float* vector = vectors.Row(i).data();
    double score = 0;
    for (size_t j = 0; j < vectors.dimension; ++j) {
      score += static_cast<double>(vector[j]) * static_cast<double>(query[j]);
    }
    all.push_back({static_cast<RowId>(i), score});
  }
  std::stable_sort(all.begin(), all.end(),
                   [](const ScoredRow& a, const ScoredRow& b) { return a.score > b.score; });
  all.resize(std::min(k, all.size()));
  return all;
}

}  // namespace quarry::index
