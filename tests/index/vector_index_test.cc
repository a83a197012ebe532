// What holds for one kind of vector index alone, and the choice between them.

#include "index/vector_index.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "index/vector_file.h"
#include "index/vector_math.h"
#include "tests/index/vectors_testing.h"
#include "tests/testing/test_environment.h"

namespace quarry::index {
namespace {

using ::testing::HasSubstr;

constexpr uint32_t kDimension = 16;
constexpr size_t kCount = 600;

std::shared_ptr<const VectorIndex> BuildHnsw(const VectorIndexOptions& changed = {}) {
  VectorIndexOptions options = changed;
  options.kind = VectorIndexKind::kHnsw;
  auto index = BuildOf(options, ClusteredVectors(1, kCount, kDimension, 10), AllRows(kCount));
  EXPECT_OK(index.status());
  return std::move(index).value();
}

std::string FileOf(const VectorIndex& index) { return std::string(index.File().value().view); }

TEST(VectorIndexKindTest, NamesAreReadBack) {
  for (const char* const name : {"auto", "flat", "hnsw", "faiss_flat", "faiss_hnsw", "faiss_ivf"}) {
    EXPECT_STREQ(VectorIndexKindName(ParseVectorIndexKind(name).value()), name);
  }
  EXPECT_EQ(ParseVectorIndexKind("ivf").status().ToString(),
            "INVALID_ARGUMENT: vector index kind \"ivf\": expected auto, flat, hnsw, faiss_flat, "
            "faiss_hnsw or faiss_ivf");
}

TEST(VectorIndexKindTest, AutoIsFlatBelowTheLimitAndHnswFromItOn) {
  const auto kind_of = [](size_t count) {
    return BuildOf({.hnsw_from = 100, .build_threads = 1}, ClusteredVectors(1, count, 8, 10),
                   AllRows(count))
        .value()
        ->kind();
  };
  EXPECT_EQ(kind_of(0), VectorIndexKind::kFlat);
  EXPECT_EQ(kind_of(99), VectorIndexKind::kFlat);
  EXPECT_EQ(kind_of(100), VectorIndexKind::kHnsw);
}

TEST(VectorIndexTest, WithoutChunksThereIsNoFile) {
  for (const VectorIndexKind kind : {VectorIndexKind::kFlat, VectorIndexKind::kFaissFlat}) {
    VectorSource source{.dimension = 8, .rows = AllRows(3)};
    source.read = [](size_t, std::span<float> out) {
      std::ranges::fill(out, 1.0f);
      return OkStatus();
    };
    const auto index = BuildVectorIndex({.kind = kind}, std::move(source), {});
    EXPECT_EQ(index.value()->File().status().code(), Code::kFailedPrecondition);
  }
}

TEST(VectorIndexTest, AnErrorOfTheSourceEndsTheBuild) {
  VectorSource source{.dimension = 8, .rows = AllRows(3)};
  source.read = [](size_t i, std::span<float>) {
    return i < 2 ? OkStatus() : DataLossError("vector 2 is gone");
  };
  EXPECT_EQ(BuildVectorIndex({}, std::move(source), {}).status().ToString(),
            "DATA_LOSS: build vector index: vector 2 is gone");
}

// Scores are a matter of query and vector alone, so that ties hold across indexes.
TEST(VectorIndexTest, AVectorHasTheSameScoreWhereverItStands) {
  const EmbeddingMatrix vectors = ClusteredVectors(1, 500, 100, 10);
  const RowTable table = TableOf(500);
  for (const VectorCodeKind codes :
       {VectorCodeKind::kInt8, VectorCodeKind::kBf16, VectorCodeKind::kFloat}) {
    const auto all =
        BuildOf({.kind = VectorIndexKind::kHnsw, .codes = codes}, vectors, AllRows(500)).value();
    const auto found = all->Search(vectors.Row(3), 20, nullptr, table, {}, {}).value();
    for (const ScoredRow& hit : found) {
      EmbeddingMatrix one{.dimension = 100, .values = {}};
      const std::span<const float> row = vectors.Row(hit.row);
      one.values.assign(row.begin(), row.end());
      const auto alone =
          BuildOf({.kind = VectorIndexKind::kFlat, .codes = codes}, one, {hit.row}).value();
      EXPECT_EQ(alone->Search(vectors.Row(3), 1, nullptr, table, {}, {})->front().score, hit.score);
    }
  }
}

TEST(HnswIndexTest, AnyNumberOfThreadsBuildsTheSameBytes) {
  const std::string one = FileOf(*BuildHnsw({.build_threads = 1}));
  EXPECT_EQ(FileOf(*BuildHnsw({.build_threads = 1})), one);
  EXPECT_EQ(FileOf(*BuildHnsw({.build_threads = 3})), one);
  EXPECT_NE(FileOf(*BuildHnsw({.build_threads = 1, .seed = 43})), one);
}

TEST(HnswIndexTest, GrownInStepsItIsAsGoodAsBuiltAtOnce) {
  constexpr size_t kMany = 4000;
  const EmbeddingMatrix vectors = ClusteredVectors(1, kMany, 32, 100);
  const EmbeddingMatrix queries = ClusteredVectors(2, 100, 32, 100);
  const RowTable table = TableOf(kMany);
  const VectorIndexOptions options{.kind = VectorIndexKind::kHnsw};
  std::shared_ptr<const VectorIndex> index;
  size_t reads = 0;
  for (const size_t size : {size_t{1}, size_t{500}, size_t{501}, kMany}) {
    VectorSource source{.dimension = 32, .rows = AllRows(size), .base = index};
    if (size > 1) source.rows[0] = kNoRow;  // gone meanwhile
    for (size_t i = 0; i < size; ++i) source.chunks.push_back(ChunkId(i + 1));
    source.read = [&](size_t i, std::span<float> out) {
      ++reads;
      std::ranges::copy(vectors.Row(i), out.begin());
      return OkStatus();
    };
    ASSERT_OK_AND_ASSIGN(index, BuildVectorIndex(options, std::move(source), {}));
  }
  EXPECT_EQ(reads, kMany) << "each vector once";
  ASSERT_OK_AND_ASSIGN(const auto read, ParseOf(FileOf(*index)));
  double recall = 0;
  Bitmap allowed(kMany, true);
  allowed.Clear(0);
  for (size_t i = 0; i < queries.rows(); ++i) {
    const auto found = index->Search(queries.Row(i), 10, nullptr, table, {.width = 64}, {}).value();
    recall += Recall(BruteForce(vectors, queries.Row(i), 10, &allowed), found);
  }
  EXPECT_GE(recall / static_cast<double>(queries.rows()), 0.97);
  VectorSource other{.dimension = 32, .rows = AllRows(kMany), .base = index};
  EXPECT_EQ(BuildVectorIndex({.kind = VectorIndexKind::kHnsw, .codes = VectorCodeKind::kFloat},
                             std::move(other), {})
                .status()
                .ToString(),
            "INVALID_ARGUMENT: build vector index: cannot grow from the index given");
}

TEST(HnswIndexTest, LinkedFromAScannedIndexItIsTheSameBytes) {
  constexpr size_t kSize = 700;
  constexpr size_t kScanned = 600;
  const EmbeddingMatrix vectors = ClusteredVectors(3, kSize, 32, 40);
  size_t reads = 0;
  const auto build = [&](VectorIndexKind kind, size_t size,
                         std::shared_ptr<const VectorIndex> base) {
    VectorSource source{.dimension = 32, .rows = AllRows(size), .base = std::move(base)};
    for (size_t i = 0; i < size; ++i) source.chunks.push_back(ChunkId(i + 1));
    source.read = [&](size_t i, std::span<float> out) {
      ++reads;
      std::ranges::copy(vectors.Row(i), out.begin());
      return OkStatus();
    };
    return BuildVectorIndex({.kind = kind}, std::move(source), {});
  };
  ASSERT_OK_AND_ASSIGN(const auto at_once, build(VectorIndexKind::kHnsw, kSize, nullptr));
  ASSERT_OK_AND_ASSIGN(const auto scanned, build(VectorIndexKind::kFlat, kScanned, nullptr));
  reads = 0;
  ASSERT_OK_AND_ASSIGN(const auto linked, build(VectorIndexKind::kHnsw, kSize, scanned));
  EXPECT_EQ(reads, kSize - kScanned) << "the others are coded";
  EXPECT_EQ(FileOf(*linked), FileOf(*at_once));
  EXPECT_EQ(build(VectorIndexKind::kFlat, kSize, scanned).status().message(),
            "build vector index: cannot grow from the index given");
}

TEST(HnswIndexTest, TheMeasuredWidthReachesItsRecallOnOtherQueries) {
  constexpr size_t kMany = 8000;
  const EmbeddingMatrix vectors = ClusteredVectors(1, kMany, 32, 400);
  const EmbeddingMatrix queries = ClusteredVectors(2, 100, 32, 400);
  const RowTable table = TableOf(kMany);
  for (const double target : {0.9, 0.99}) {
    const auto index =
        BuildOf({.kind = VectorIndexKind::kHnsw, .target_recall = target}, vectors, AllRows(kMany))
            .value();
    for (const size_t k : {10u, 40u, 100u}) {
      double recall = 0;
      for (size_t i = 0; i < queries.rows(); ++i) {
        const auto found = index->Search(queries.Row(i), k, nullptr, table, {}, {}).value();
        recall += Recall(BruteForce(vectors, queries.Row(i), k, nullptr), found);
      }
      EXPECT_GE(recall / static_cast<double>(queries.rows()), target - 0.03) << "k = " << k;
    }
  }
}

// Many copies of one text are one heap of equal vectors; what lies around must still be found.
TEST(HnswIndexTest, AHeapOfEqualVectorsHidesNothing) {
  constexpr size_t kMany = 4000;
  EmbeddingMatrix vectors = ClusteredVectors(1, kMany, 32, 100);
  const std::vector<float> copied(vectors.Row(7).begin(), vectors.Row(7).end());
  for (size_t i = 0; i < kMany; i += 2) std::ranges::copy(copied, vectors.Row(i).begin());
  const EmbeddingMatrix queries = ClusteredVectors(2, 100, 32, 100);
  const RowTable table = TableOf(kMany);
  const auto index = BuildOf({.kind = VectorIndexKind::kHnsw}, vectors, AllRows(kMany)).value();
  double recall = 0;
  for (size_t i = 0; i < queries.rows(); ++i) {
    const auto found = index->Search(queries.Row(i), 10, nullptr, table, {}, {}).value();
    recall += Recall(BruteForce(vectors, queries.Row(i), 10, nullptr), found);
  }
  EXPECT_GE(recall / static_cast<double>(queries.rows()), 0.95);
}

TEST(HnswIndexTest, OptionsOutOfRangeAreRefused) {
  const auto build = [](VectorIndexOptions options) {
    options.kind = VectorIndexKind::kHnsw;
    return BuildOf(options, ClusteredVectors(1, 10, 8, 10), AllRows(10)).status().ToString();
  };
  EXPECT_EQ(build({.hnsw_links = 1}),
            "INVALID_ARGUMENT: build vector index: hnsw_links: 1, expected 2 to 512");
  EXPECT_THAT(build({.hnsw_build_width = 0}), HasSubstr("hnsw_build_width: 0"));
  EXPECT_THAT(build({.build_threads = 0}), HasSubstr("build_threads: 0"));
}

TEST(HnswIndexTest, ABuildCanBeCancelled) {
  CallContext context;
  context.cancel.Cancel();
  for (const uint32_t threads : {1u, 3u}) {
    const auto index =
        BuildOf({.kind = VectorIndexKind::kHnsw, .build_threads = threads},
                ClusteredVectors(1, kCount, kDimension, 10), AllRows(kCount), context);
    EXPECT_EQ(index.status().code(), Code::kCancelled);
  }
}

class VectorFileTest : public ::testing::TestWithParam<VectorIndexKind> {
 protected:
  static std::shared_ptr<const VectorIndex> Make() {
    return BuildOf({.kind = GetParam()}, ClusteredVectors(1, kCount, kDimension, 10),
                   AllRows(kCount))
        .value();
  }
};

TEST_P(VectorFileTest, AFileThatIsReadSearchesAsTheIndexThatWasWritten) {
  const auto written = Make();
  const std::string file = FileOf(*written);
  ASSERT_OK_AND_ASSIGN(const auto read, ParseOf(file));
  EXPECT_EQ(read->kind(), GetParam());
  EXPECT_EQ(read->dimension(), kDimension);
  EXPECT_EQ(read->size(), kCount);
  EXPECT_EQ(FileOf(*read), file);
  const EmbeddingMatrix queries = ClusteredVectors(2, 30, kDimension, 10);
  const RowTable table = TableOf(kCount);
  for (size_t i = 0; i < queries.rows(); ++i) {
    for (const uint32_t width : {0u, 8u}) {
      const auto expected =
          written->Search(queries.Row(i), 5, nullptr, table, {.width = width}, {}).value();
      const auto found =
          read->Search(queries.Row(i), 5, nullptr, table, {.width = width}, {}).value();
      ASSERT_EQ(found.size(), expected.size());
      for (size_t j = 0; j < found.size(); ++j) {
        EXPECT_EQ(found[j].row, expected[j].row);
        EXPECT_EQ(found[j].score, expected[j].score);
      }
    }
  }
}

TEST_P(VectorFileTest, ChunksThatAreGoneAreNotFound) {
  const std::string file = FileOf(*Make());
  const auto read = ParseVectorIndex(Aligned(file), [](ChunkId chunk) {
    return chunk.value % 2 == 0 ? kNoRow : static_cast<RowId>(chunk.value / 2);
  });
  ASSERT_OK(read.status());
  const EmbeddingMatrix queries = ClusteredVectors(2, 1, kDimension, 10);
  const auto found =
      (*read)->Search(queries.Row(0), kCount, nullptr, TableOf(kCount), {}, {}).value();
  EXPECT_EQ(found.size(), kCount / 2);
}

TEST_P(VectorFileTest, AnEmptyIndexHasAFile) {
  const auto index =
      BuildOf({.kind = GetParam()}, {.dimension = kDimension, .values = {}}, {}).value();
  ASSERT_OK_AND_ASSIGN(const auto read, ParseOf(FileOf(*index)));
  EXPECT_EQ(read->size(), 0u);
}

INSTANTIATE_TEST_SUITE_P(Kinds, VectorFileTest,
                         ::testing::Values(VectorIndexKind::kFlat, VectorIndexKind::kHnsw,
                                           VectorIndexKind::kFaissFlat, VectorIndexKind::kFaissHnsw,
                                           VectorIndexKind::kFaissIvf),
                         [](const auto& kind) { return VectorIndexKindName(kind.param); });

// The manifest's checksum finds damage; behind it, no file may lead out of an array.
TEST(HnswIndexTest, NoDamagedFileIsFollowedOutOfItsArrays) {
  const std::string file = FileOf(*BuildHnsw());
  const EmbeddingMatrix queries = ClusteredVectors(2, 3, kDimension, 10);
  const RowTable table = TableOf(1u << 16);
  const VectorFile header = ReadVectorHeader(file).value();
  const uint64_t graph = header.section(VectorSection::kGraph).offset;
  Random random(4);
  size_t refused = 0;
  for (int i = 0; i < 3000; ++i) {
    std::string damaged = file;
    if (i % 10 == 0) {
      damaged.resize(random.Below(file.size()));
    } else {
      // Flips in the header and in the graph.
      const size_t at =
          i % 2 == 0 ? random.Below(kVectorHeaderBytes) : graph + random.Below(file.size() - graph);
      damaged[at] = static_cast<char>(damaged[at] ^ (1 << random.Below(8)));
    }
    if (damaged.size() > 8 && damaged[8] > 2) continue;  // FAISS believes what it reads
    const auto index = ParseVectorIndex(Aligned(damaged), [](ChunkId chunk) {
      return chunk.value < (1u << 16) ? static_cast<RowId>(chunk.value) : kNoRow;
    });
    if (!index.ok()) {
      ++refused;
      EXPECT_EQ(index.status().code(), Code::kDataLoss) << index.status().ToString();
      continue;
    }
    if ((*index)->dimension() != kDimension) continue;
    for (size_t q = 0; q < queries.rows(); ++q) {
      (*index)->Search(queries.Row(q), 5, nullptr, table, {.width = 20}, {}).status().IgnoreError();
    }
  }
  EXPECT_GT(refused, 500u);
}

TEST(HnswIndexTest, DamageIsNamed) {
  const std::string file = FileOf(*BuildHnsw());
  const auto message = [&](size_t at, char value) {
    std::string bytes = file;
    bytes[at] = value;
    return ParseOf(bytes).status().ToString();
  };
  EXPECT_EQ(ParseOf("QVEC").status().ToString(),
            "DATA_LOSS: vector index file: 4 bytes, a header has 128");
  EXPECT_THAT(message(0, 'R'), HasSubstr("does not begin with QVEC"));
  EXPECT_THAT(message(4, 1), HasSubstr("layout version 1, expected 2"));
  EXPECT_THAT(message(8, 9), HasSubstr("unknown kind 9"));
  EXPECT_THAT(message(12, 3), HasSubstr("unknown codes 3"));
  EXPECT_THAT(message(53, 1), HasSubstr("a section lies outside"));
  EXPECT_THAT(ParseOf(file + "x").status().ToString(), HasSubstr("were written"));
  // The file ends with the entry point, the top level and three integers more.
  EXPECT_THAT(message(file.size() - 17, 1), HasSubstr("no entry point"));
}

}  // namespace
}  // namespace quarry::index
