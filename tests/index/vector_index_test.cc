// What holds for one kind of vector index alone, and the choice between them.

#include "index/vector_index.h"

#include <cstring>

#include "index/vector_file.h"
#include "tests/index/vectors_testing.h"
#include "tests/testing/test_environment.h"

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/lsan_interface.h>
#endif

namespace quarry::index {
namespace {

using ::testing::HasSubstr;

constexpr uint32_t kDimension = 16;
constexpr size_t kCount = 600;

std::shared_ptr<const VectorIndex> BuildHnsw(const VectorIndexOptions& changed = {}) {
  VectorIndexOptions options = changed;
  options.kind = VectorIndexKind::kHnsw;
  auto index =
      BuildVectorIndex(options, ClusteredVectors(1, kCount, kDimension, 10), AllRows(kCount), {});
  EXPECT_OK(index.status());
  return std::move(index).value();
}

// Puts the right sizes and checksum on a file that was changed.
std::string Sealed(std::string file, uint32_t dimension = kDimension, uint64_t count = kCount) {
  FinishVectorFile({.kind = VectorIndexKind::kHnsw, .dimension = dimension, .count = count}, file);
  return file;
}

TEST(VectorIndexKindTest, NamesAreReadBack) {
  for (const VectorIndexKind kind :
       {VectorIndexKind::kAuto, VectorIndexKind::kFlat, VectorIndexKind::kHnsw}) {
    EXPECT_EQ(ParseVectorIndexKind(VectorIndexKindName(kind)).value(), kind);
  }
  EXPECT_EQ(ParseVectorIndexKind("ivf").status().ToString(),
            "INVALID_ARGUMENT: vector index kind \"ivf\": expected auto, flat or hnsw");
}

TEST(VectorIndexKindTest, AutoIsFlatBelowTheLimitAndHnswFromItOn) {
  const auto kind_of = [](size_t count) {
    return BuildVectorIndex({.hnsw_from = 100, .build_threads = 1},
                            ClusteredVectors(1, count, 8, 10), AllRows(count), {})
        .value()
        ->kind();
  };
  EXPECT_EQ(kind_of(0), VectorIndexKind::kFlat);
  EXPECT_EQ(kind_of(99), VectorIndexKind::kFlat);
  EXPECT_EQ(kind_of(100), VectorIndexKind::kHnsw);
}

TEST(FlatIndexTest, HasNoFile) {
  const auto index = BuildVectorIndex({.kind = VectorIndexKind::kFlat},
                                      ClusteredVectors(1, 10, 8, 10), AllRows(10), {});
  EXPECT_EQ(index.value()->Serialize().status().code(), Code::kFailedPrecondition);
}

TEST(HnswIndexTest, OneThreadBuildsTheSameBytesTwice) {
  const std::string first = BuildHnsw({.build_threads = 1})->Serialize().value();
  EXPECT_EQ(BuildHnsw({.build_threads = 1})->Serialize().value(), first);
  EXPECT_NE(BuildHnsw({.build_threads = 1, .seed = 43})->Serialize().value(), first);
}

TEST(HnswIndexTest, ManyThreadsBuildAGoodGraph) {
  const size_t count = 3000;
  const EmbeddingMatrix vectors = ClusteredVectors(1, count, 32, 30);
  const EmbeddingMatrix queries = ClusteredVectors(2, 50, 32, 30);
  const auto index = BuildVectorIndex({.kind = VectorIndexKind::kHnsw, .build_threads = 4}, vectors,
                                      AllRows(count), {})
                         .value();
  const RowTable table = TableOf(count);
  double recall = 0;
  for (size_t i = 0; i < queries.rows(); ++i) {
    const auto found = index->Search(queries.Row(i), 10, nullptr, table, {.width = 64}, {}).value();
    recall += Recall(BruteForce(vectors, queries.Row(i), 10, nullptr), found);
  }
  EXPECT_GE(recall / static_cast<double>(queries.rows()), 0.95);
}

TEST(HnswIndexTest, OptionsOutOfRangeAreRefused) {
  const auto build = [](VectorIndexOptions options) {
    options.kind = VectorIndexKind::kHnsw;
    return BuildVectorIndex(options, ClusteredVectors(1, 10, 8, 10), AllRows(10), {})
        .status()
        .ToString();
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
        BuildVectorIndex({.kind = VectorIndexKind::kHnsw, .build_threads = threads},
                         ClusteredVectors(1, kCount, kDimension, 10), AllRows(kCount), context);
    EXPECT_EQ(index.status().code(), Code::kCancelled);
  }
}

TEST(HnswIndexTest, AFileThatIsReadSearchesAsTheIndexThatWasWritten) {
  const auto written = BuildHnsw();
  const std::string file = written->Serialize().value();
  ASSERT_OK_AND_ASSIGN(const auto read, ParseVectorIndex(file, AllRows(kCount)));
  EXPECT_EQ(read->kind(), VectorIndexKind::kHnsw);
  EXPECT_EQ(read->dimension(), kDimension);
  EXPECT_EQ(read->size(), kCount);
  EXPECT_EQ(read->Serialize().value(), file);
  const EmbeddingMatrix queries = ClusteredVectors(2, 30, kDimension, 10);
  const RowTable table = TableOf(kCount);
  for (size_t i = 0; i < queries.rows(); ++i) {
    const auto expected =
        written->Search(queries.Row(i), 5, nullptr, table, {.width = 8}, {}).value();
    const auto found = read->Search(queries.Row(i), 5, nullptr, table, {.width = 8}, {}).value();
    ASSERT_EQ(found.size(), expected.size());
    for (size_t j = 0; j < found.size(); ++j) {
      EXPECT_EQ(found[j].row, expected[j].row);
      EXPECT_EQ(found[j].score, expected[j].score);
    }
  }
}

TEST(HnswIndexTest, AnEmptyIndexHasAFile) {
  const auto index = BuildVectorIndex({.kind = VectorIndexKind::kHnsw},
                                      {.dimension = kDimension, .values = {}}, {}, {})
                         .value();
  const std::string file = index->Serialize().value();
  ASSERT_OK_AND_ASSIGN(const auto read, ParseVectorIndex(file, {}));
  EXPECT_EQ(read->size(), 0u);
}

TEST(HnswIndexTest, EveryFlippedBitAndEveryCutIsDataLoss) {
  const std::string file = BuildHnsw()->Serialize().value();
  const std::vector<RowId> rows = AllRows(kCount);
  Random random(4);
  for (int i = 0; i < 2000; ++i) {
    std::string damaged = file;
    if (i % 4 == 0) {
      damaged.resize(random.Below(file.size()));
    } else {
      // Half of the flips in the header.
      const size_t at = random.Below(i % 4 == 1 ? file.size() : 40);
      damaged[at] = static_cast<char>(damaged[at] ^ (1 << random.Below(8)));
    }
    const Status status = ParseVectorIndex(damaged, rows).status();
    EXPECT_EQ(status.code(), Code::kDataLoss) << status.ToString();
    EXPECT_TRUE(status.message().starts_with("vector index file: ")) << status.ToString();
  }
  EXPECT_EQ(ParseVectorIndex(file + "x", rows).status().code(), Code::kDataLoss);
  EXPECT_OK(ParseVectorIndex(file, rows).status());
}

TEST(HnswIndexTest, DamageIsNamed) {
  const std::string file = BuildHnsw()->Serialize().value();
  const std::vector<RowId> rows = AllRows(kCount);
  const auto message = [&](std::string bytes, size_t at, char value) {
    bytes[at] = value;
    return ParseVectorIndex(bytes, rows).status().ToString();
  };
  EXPECT_EQ(ParseVectorIndex("QVEC", rows).status().ToString(),
            "DATA_LOSS: vector index file: 4 bytes, a header has 40");
  EXPECT_THAT(message(file, 0, 'R'), HasSubstr("does not begin with QVEC"));
  EXPECT_THAT(message(file, 4, 2), HasSubstr("layout version 2, expected 1"));
  EXPECT_THAT(message(file, 12, 3), HasSubstr("checksum does not match"));
  EXPECT_EQ(ParseVectorIndex(file, AllRows(kCount + 1)).status().ToString(),
            "DATA_LOSS: vector index file: holds 600 vectors, 601 expected");
}

// Files with a right checksum that no index of ours wrote.
TEST(HnswIndexTest, AFileWhoseContentsDisagreeIsDataLoss) {
  const std::string file = BuildHnsw()->Serialize().value();
  const std::vector<RowId> rows = AllRows(kCount);
  const auto message = [&](const std::string& bytes) {
    return ParseVectorIndex(bytes, rows).status().ToString();
  };
  EXPECT_OK(ParseVectorIndex(Sealed(file), rows).status());
  EXPECT_THAT(message(Sealed(file, kDimension + 1)), HasSubstr("differ from the header"));
  EXPECT_THAT(ParseVectorIndex(Sealed(file, kDimension, 5), AllRows(5)).status().ToString(),
              HasSubstr("differ from the header"));
  EXPECT_THAT(message(Sealed(file + "tail")), HasSubstr("differ from the header"));
  {
#if defined(__SANITIZE_ADDRESS__)
    const __lsan::ScopedDisabler faiss_leaks_what_it_had_read_when_it_throws;
#endif
    EXPECT_THAT(message(Sealed(file.substr(0, file.size() - 1))), HasSubstr("DATA_LOSS"));
    EXPECT_THAT(message(Sealed(file.substr(0, 100))), HasSubstr("DATA_LOSS"));
    EXPECT_THAT(message(Sealed(file.substr(0, 40))), HasSubstr("DATA_LOSS"));
  }

  // The storage ends the file: type, dimension, counts, flags (37 bytes), a length and the floats.
  // Before it stand five integers of the graph, the entry point first, and before them the links.
  const size_t entry_point = file.size() - kCount * kDimension * sizeof(float) - 8 - 37 - 20;
  for (const int32_t value : {-1, static_cast<int32_t>(kCount), INT32_MAX, INT32_MIN}) {
    std::string bytes = file;
    std::memcpy(&bytes[entry_point], &value, sizeof(value));
    EXPECT_THAT(message(Sealed(bytes)), HasSubstr("a link leads out of the graph")) << value;
    if (value == -1) continue;  // "no link"
    bytes = file;
    std::memcpy(&bytes[entry_point - sizeof(value)], &value, sizeof(value));
    EXPECT_THAT(message(Sealed(bytes)), HasSubstr("a link leads out of the graph")) << value;
  }
}

}  // namespace
}  // namespace quarry::index
