// What index/vector_index.h promises, held against every implementation.

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <string>
#include <thread>

#include "index/vector_index.h"
#include "index/vector_math.h"
#include "tests/index/vectors_testing.h"
#include "tests/testing/test_environment.h"

namespace quarry::index {
namespace {

constexpr size_t kClusters = 50;

struct IndexKind {
  VectorIndexKind kind;
  VectorCodeKind codes = VectorCodeKind::kFloat;

  bool scans() const {
    return kind == VectorIndexKind::kFlat || kind == VectorIndexKind::kFaissFlat;
  }
  // Below 1 only where two vectors are nearer to each other than the codes can tell.
  double scan_recall() const { return tolerance() > 1e-5 ? 0.997 : 1.0; }
  // By how much a score may differ from that of the vector that was given: what the codes leave out
  // of a unit vector, and the order of additions.
  double tolerance() const {
    const bool coded = kind == VectorIndexKind::kFlat || kind == VectorIndexKind::kHnsw;
    return coded && codes == VectorCodeKind::kInt8 ? 1e-4 : 1e-6;
  }
  friend bool operator<(const IndexKind& a, const IndexKind& b) {
    return std::pair(a.kind, a.codes) < std::pair(b.kind, b.codes);
  }
};

std::shared_ptr<const VectorIndex> Build(const IndexKind& kind, const EmbeddingMatrix& vectors,
                                         const std::vector<RowId>& rows) {
  auto index = BuildOf({.kind = kind.kind, .codes = kind.codes, .build_threads = 1}, vectors, rows);
  EXPECT_OK(index.status());
  return std::move(index).value();
}

// As measured; and from a walk that hardly looks around to one as wide as the index.
constexpr uint32_t kWidths[] = {0, 1, 16, 128, 5000};

class VectorIndexConformanceTest : public ::testing::TestWithParam<IndexKind> {
 protected:
  struct Large {
    EmbeddingMatrix vectors = ClusteredVectors(1, 5000, 64, kClusters);
    EmbeddingMatrix queries = ClusteredVectors(2, 50, 64, kClusters);
    RowTable table = TableOf(5000);
    std::shared_ptr<const VectorIndex> index;
  };
  // 5,000 vectors of 64 dimensions, built once per process.
  static const Large& FiveThousand() {
    static std::map<IndexKind, Large> made;
    Large& large = made[GetParam()];
    if (large.index == nullptr) large.index = Build(GetParam(), large.vectors, AllRows(5000));
    return large;
  }

  // Mean recall against brute force over all queries; checks everything else that is promised.
  static double MeanRecall(const Large& data, size_t k, const Bitmap* allowed, uint32_t width) {
    double recall = 0;
    for (size_t i = 0; i < data.queries.rows(); ++i) {
      const std::span<const float> query = data.queries.Row(i);
      const auto expected = BruteForce(data.vectors, query, k, allowed);
      const auto found =
          data.index->Search(query, k, allowed, data.table, {.width = width}, {}).value();
      EXPECT_EQ(found.size(), expected.size()) << "a short result";
      for (size_t j = 0; j < found.size(); ++j) {
        const ScoredRow& hit = found[j];
        EXPECT_TRUE(allowed == nullptr || allowed->Test(hit.row)) << "row " << hit.row;
        EXPECT_TRUE(j == 0 || Better(data.table, found[j - 1], hit)) << "out of order at " << j;
        const float* vector = data.vectors.Row(hit.row).data();
        EXPECT_NEAR(hit.score, InnerProduct(query.data(), vector, query.size()),
                    GetParam().tolerance());
      }
      recall += Recall(expected, found);
    }
    return recall / static_cast<double>(data.queries.rows());
  }
};

TEST_P(VectorIndexConformanceTest, FindsTheNearest) {
  const Large& data = FiveThousand();
  EXPECT_EQ(data.index->kind(), GetParam().kind);
  EXPECT_EQ(data.index->size(), 5000u);
  EXPECT_EQ(data.index->dimension(), 64u);
  EXPECT_EQ(std::vector<RowId>(data.index->rows().begin(), data.index->rows().end()),
            AllRows(5000));
  EXPECT_GE(data.index->MemoryBytes(), 5000u * 64 * 2);
  const double floor = GetParam().scans() ? GetParam().scan_recall() : 0.95;
  for (const size_t k : {1u, 10u, 100u}) {
    EXPECT_GE(MeanRecall(data, k, nullptr, VectorSearchOptions{}.width), floor) << "k = " << k;
  }
}

TEST_P(VectorIndexConformanceTest, BringsTheRowsOfTheBestDocuments) {
  const Large& data = FiveThousand();
  const RowTable table = TableOfDocuments(5000);
  Random random(18);
  Bitmap half(5000);
  Bitmap few(5000);  // of fewer documents than are asked for
  for (size_t row = 0; row < 5000; ++row) {
    if (random.Below(2) == 0) half.Set(row);
    if (row < 200) few.Set(row);
  }
  constexpr size_t kQueries = 10;
  constexpr size_t kDocuments[] = {1, 10, 100};
  const Bitmap* const filters[] = {nullptr, &half, &few};
  for (const Bitmap* allowed : filters) {
    double found_rows = 0;
    double expected_rows = 0;
    for (size_t i = 0; i < kQueries; ++i) {
      const std::span<const float> query = data.queries.Row(i);
      const auto all = BruteForce(data.vectors, query, 5000, allowed);
      for (const size_t documents : kDocuments) {
        const ResultLimit limit = ResultLimit::Documents(documents);
        const auto found = data.index->Search(query, limit, allowed, table, {}, {}).value();
        // What is found ends with the first row of the last document.
        ExpectRows(found, CutAtDocuments(table, found, documents));
        const auto expected = CutAtDocuments(table, all, documents);
        EXPECT_GE(found.size(), std::min(documents, expected.size()));
        found_rows += Recall(expected, found) * static_cast<double>(expected.size());
        expected_rows += static_cast<double>(expected.size());
      }
    }
    const double floor = GetParam().scans() || allowed == &few ? GetParam().scan_recall() : 0.95;
    EXPECT_GE(found_rows / expected_rows, floor);
  }
}

TEST_P(VectorIndexConformanceTest, FilteredResultsAreFullAndGood) {
  const Large& data = FiveThousand();
  for (const double share : {0.5, 0.1, 0.01, 0.001}) {
    Random random(17);
    Bitmap allowed(5000);
    for (size_t row = 0; row < 5000; ++row) {
      if (random.Uniform() < share) allowed.Set(row);
    }
    allowed.Set(0);  // never none
    for (const uint32_t width : kWidths) {
      // Only widths that are meant for good results are held to the recall.
      const double floor =
          GetParam().scans() ? GetParam().scan_recall() : (width == 0 || width >= 128 ? 0.95 : 0.5);
      EXPECT_GE(MeanRecall(data, 10, &allowed, width), floor)
          << "share " << share << ", width " << width;
    }
  }
}

TEST_P(VectorIndexConformanceTest, FiltersThatAllowOnlyWhatLiesFarAwayGiveFullResults) {
  const Large& data = FiveThousand();
  // Query i is of cluster i % 50; half of the other clusters are allowed.
  for (size_t i = 0; i < 20; ++i) {
    Bitmap allowed(5000);
    for (size_t row = 0; row < 5000; ++row) {
      if ((row % kClusters + kClusters - i) % kClusters >= kClusters / 2) allowed.Set(row);
    }
    const std::span<const float> query = data.queries.Row(i);
    const auto expected = BruteForce(data.vectors, query, 10, &allowed);
    for (const uint32_t width : kWidths) {
      const auto found =
          data.index->Search(query, 10, &allowed, data.table, {.width = width}, {}).value();
      EXPECT_EQ(found.size(), 10u);
      EXPECT_GE(Recall(expected, found), width == 0 || width >= 128 ? 0.8 : 0.0);
    }
  }
}

TEST_P(VectorIndexConformanceTest, TiesAtTheCutAreBrokenByTheTable) {
  // 700 equal vectors whose document ids are in another order than their rows.
  constexpr size_t kCount = 700;
  EmbeddingMatrix vectors{.dimension = 8, .values = std::vector<float>(kCount * 8, 0.25f)};
  RowTable table;
  for (size_t i = 0; i < kCount; ++i) {
    table.Append(DocumentNumber(i + 1), "doc" + std::to_string(1000 + i * 397 % kCount),
                 {ChunkId(i + 1)});
  }
  const auto index = Build(GetParam(), vectors, AllRows(kCount));
  const std::vector<float> query(8, 0.5f);
  for (const uint32_t width : kWidths) {
    const auto found = index->Search(query, 10, nullptr, table, {.width = width}, {}).value();
    ASSERT_EQ(found.size(), 10u);
    for (size_t i = 0; i < found.size(); ++i) {
      EXPECT_EQ(table.DocumentOf(found[i].row).id, "doc" + std::to_string(1000 + i));
      EXPECT_NEAR(found[i].score, 1.0, 1e-6);
    }
  }
}

TEST_P(VectorIndexConformanceTest, AShortResultMeansThatNoMoreAreAllowed) {
  const EmbeddingMatrix vectors = ClusteredVectors(3, 300, 16, 10);
  const RowTable table = TableOf(300);
  const auto index = Build(GetParam(), vectors, AllRows(300));
  const std::span<const float> query = vectors.Row(5);
  Bitmap allowed(300);
  for (const size_t row : {5u, 77u, 299u}) allowed.Set(row);
  for (const uint32_t width : kWidths) {
    EXPECT_EQ(index->Search(query, 10, &allowed, table, {.width = width}, {})->size(), 3u);
    EXPECT_EQ(index->Search(query, 1000, nullptr, table, {.width = width}, {})->size(), 300u);
    EXPECT_EQ(index->Search(query, SIZE_MAX, nullptr, table, {.width = width}, {})->size(), 300u);
    const Bitmap none(300);
    EXPECT_TRUE(index->Search(query, 10, &none, table, {.width = width}, {})->empty());
    EXPECT_TRUE(index->Search(query, 0, nullptr, table, {.width = width}, {})->empty());
  }
}

TEST_P(VectorIndexConformanceTest, RowsThatAreGoneAreNotReturned) {
  const EmbeddingMatrix vectors = ClusteredVectors(3, 300, 16, 10);
  const RowTable table = TableOf(300);
  std::vector<RowId> rows = AllRows(300);
  for (size_t i = 0; i < 300; i += 3) rows[i] = kNoRow;
  const auto index = Build(GetParam(), vectors, rows);
  const auto found = index->Search(vectors.Row(0), 300, nullptr, table, {}, {}).value();
  EXPECT_EQ(found.size(), 200u);
  for (const ScoredRow& hit : found) EXPECT_NE(hit.row % 3, 0u);
}

TEST_P(VectorIndexConformanceTest, RowsNeedNotAscend) {
  const EmbeddingMatrix vectors = ClusteredVectors(3, 300, 16, 10);
  const RowTable table = TableOf(1000);
  std::vector<RowId> rows;
  for (size_t i = 0; i < 300; ++i) rows.push_back(static_cast<RowId>(999 - 3 * i));
  const auto index = Build(GetParam(), vectors, rows);
  for (const size_t i : {0u, 150u, 299u}) {
    EXPECT_EQ(index->Search(vectors.Row(i), 1, nullptr, table, {}, {})->front().row, rows[i]);
  }
}

TEST_P(VectorIndexConformanceTest, AZeroQueryFindsNothing) {
  const EmbeddingMatrix vectors = ClusteredVectors(3, 100, 16, 10);
  const auto index = Build(GetParam(), vectors, AllRows(100));
  const std::vector<float> zero(16, 0.0f);
  EXPECT_TRUE(index->Search(zero, 10, nullptr, TableOf(100), {}, {})->empty());
}

TEST_P(VectorIndexConformanceTest, ZeroVectorsAreFoundLast) {
  EmbeddingMatrix vectors = ClusteredVectors(3, 600, 16, 10);
  for (size_t row = 0; row < 600; row += 2) std::ranges::fill(vectors.Row(row), 0.0f);
  const RowTable table = TableOf(600);
  const auto index = Build(GetParam(), vectors, AllRows(600));
  for (const uint32_t width : {1u, 128u}) {
    const auto found =
        index->Search(vectors.Row(1), 5, nullptr, table, {.width = width}, {}).value();
    ASSERT_EQ(found.size(), 5u);
    EXPECT_EQ(found[0].row, 1u);
    for (const ScoredRow& hit : found) EXPECT_EQ(hit.row % 2, 1u);
  }
}

TEST_P(VectorIndexConformanceTest, QueriesThatCannotBeAnsweredAreRefused) {
  const auto index = Build(GetParam(), ClusteredVectors(3, 100, 16, 10), AllRows(100));
  const RowTable table = TableOf(100);
  std::vector<float> query(15, 1.0f);
  Status status = index->Search(query, 10, nullptr, table, {}, {}).status();
  EXPECT_EQ(status.ToString(), "INVALID_ARGUMENT: query vector: dimension 15, expected 16");
  query.assign(16, 1.0f);
  for (const float value :
       {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity(),
        -std::numeric_limits<float>::infinity()}) {
    query[3] = value;
    status = index->Search(query, 10, nullptr, table, {}, {}).status();
    EXPECT_EQ(status.ToString(), "INVALID_ARGUMENT: query vector: value 3 is not finite");
  }
  query[3] = 1e30f;
  status = index->Search(query, 10, nullptr, table, {}, {}).status();
  EXPECT_EQ(status.ToString(), "INVALID_ARGUMENT: query vector: length is 1e19 or more");
}

TEST_P(VectorIndexConformanceTest, InputThatDoesNotFitIsRefused) {
  const auto build = [](const EmbeddingMatrix& vectors, size_t rows) {
    return BuildOf({.kind = GetParam().kind, .codes = GetParam().codes}, vectors, AllRows(rows))
        .status()
        .ToString();
  };
  EmbeddingMatrix vectors = ClusteredVectors(3, 10, 16, 10);
  EXPECT_EQ(build({}, 1),
            "INVALID_ARGUMENT: build vector index: 1 rows of dimension 0 and 1 chunks");
  vectors.Row(7)[2] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_EQ(build(vectors, 10),
            "INVALID_ARGUMENT: build vector index: entry 7: vector: value 2 is not finite");
}

TEST_P(VectorIndexConformanceTest, AnEmptyIndexFindsNothing) {
  const auto index = Build(GetParam(), {.dimension = 16, .values = {}}, {});
  const std::vector<float> query(16, 1.0f);
  EXPECT_EQ(index->size(), 0u);
  EXPECT_TRUE(index->Search(query, 10, nullptr, {}, {}, {})->empty());
}

TEST_P(VectorIndexConformanceTest, OneVectorIsFound) {
  const EmbeddingMatrix vectors = ClusteredVectors(3, 1, 16, 1);
  const auto index = Build(GetParam(), vectors, {0});
  const auto found = index->Search(vectors.Row(0), 10, nullptr, TableOf(1), {}, {}).value();
  ASSERT_EQ(found.size(), 1u);
  EXPECT_NEAR(found[0].score, 1.0, GetParam().tolerance());
}

TEST_P(VectorIndexConformanceTest, ThreadsMaySearchOneIndex) {
  const Large& data = FiveThousand();
  const auto search = [&](size_t i) {
    return data.index->Search(data.queries.Row(i), 10, nullptr, data.table, {}, {}).value();
  };
  std::vector<std::vector<ScoredRow>> expected;
  for (size_t i = 0; i < 50; ++i) expected.push_back(search(i));
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (size_t i = 0; i < 50; ++i) {
        const auto found = search(i);
        ASSERT_EQ(found.size(), expected[i].size());
        for (size_t j = 0; j < found.size(); ++j) {
          EXPECT_EQ(found[j].row, expected[i][j].row);
          EXPECT_EQ(found[j].score, expected[i][j].score);
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST_P(VectorIndexConformanceTest, ACancelledCallSaysSo) {
  const EmbeddingMatrix vectors = ClusteredVectors(3, 100, 16, 10);
  const auto index = Build(GetParam(), vectors, AllRows(100));
  CallContext context;
  context.cancel.Cancel();
  EXPECT_EQ(index->Search(vectors.Row(0), 10, nullptr, TableOf(100), {}, context).status().code(),
            Code::kCancelled);
}

INSTANTIATE_TEST_SUITE_P(
    Kinds, VectorIndexConformanceTest,
    ::testing::Values(IndexKind{VectorIndexKind::kFlat, VectorCodeKind::kInt8},
                      IndexKind{VectorIndexKind::kFlat, VectorCodeKind::kBf16},
                      IndexKind{VectorIndexKind::kFlat, VectorCodeKind::kFloat},
                      IndexKind{VectorIndexKind::kHnsw, VectorCodeKind::kInt8},
                      IndexKind{VectorIndexKind::kHnsw, VectorCodeKind::kBf16},
                      IndexKind{VectorIndexKind::kHnsw, VectorCodeKind::kFloat},
                      IndexKind{VectorIndexKind::kFaissFlat},
                      IndexKind{VectorIndexKind::kFaissHnsw},
                      IndexKind{VectorIndexKind::kFaissIvf}),
    [](const auto& kind) {
      return std::string(VectorIndexKindName(kind.param.kind)) + "_" +
             VectorCodeKindName(kind.param.codes);
    });

}  // namespace
}  // namespace quarry::index
