// The kernels against their slow versions on every instruction set of this machine; what the codes
// keep of a vector; the graph's file form, read by FAISS itself.

#include "index/vector_codes.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>

#include "base/shared_bytes.h"
#include "index/simd_kernels.h"
#include "index/vector_math.h"
#include "tests/index/vectors_testing.h"
#include "tests/testing/test_environment.h"

namespace quarry::index {
namespace {

// With and without AVX-512.
class SimdKernelsTest : public ::testing::TestWithParam<bool> {
 protected:
  void SetUp() override { LimitSimdToAvx2(GetParam()); }
  void TearDown() override { LimitSimdToAvx2(false); }

  // Rows of random bytes, and a query of random floats.
  static constexpr size_t kRows = 40;
  struct Data {
    explicit Data(size_t stride) : buffer(HugeBuffer::Allocate(kRows * stride).value()) {
      Random random(stride);
      for (size_t i = 0; i < kRows * stride; ++i) {
        buffer.data()[i] = static_cast<char>(random.Next());
      }
      rows = {reinterpret_cast<const uint8_t*>(buffer.data()), stride};
      for (size_t i = 0; i < kRows; ++i)
        positions.push_back(static_cast<uint32_t>(random.Below(kRows)));
      for (size_t i = 0; i < stride; ++i) {
        bytes.push_back(static_cast<int8_t>(static_cast<int>(random.Below(255)) - 127));
        floats.push_back(static_cast<float>(random.Gaussian()));
      }
    }
    // Makes the rows floats between -1 and 1.
    void FillWithFloats() {
      Random random(3);
      for (size_t i = 0; i + 4 <= kRows * rows.stride; i += 4) {
        const float value = static_cast<float>(2 * random.Uniform() - 1);
        std::memcpy(buffer.data() + i, &value, 4);
      }
    }
    HugeBuffer buffer;
    CodeRows rows;
    std::vector<uint32_t> positions;
    std::vector<int8_t> bytes;
    std::vector<float> floats;
  };
};

constexpr size_t kStrides[] = {64, 128, 192, 384, 1024, 65536};

TEST_P(SimdKernelsTest, Int8IsExact) {
  for (const size_t stride : kStrides) {
    const Data data(stride);
    for (const size_t count : {0u, 1u, 3u, 4u, 5u, 8u, 9u, 40u}) {
      std::vector<int32_t> expected(count);
      std::vector<int32_t> found(count);
      DotInt8Plain(data.bytes.data(), data.rows, data.positions.data(), count, expected.data());
      DotInt8(data.bytes.data(), data.rows, data.positions.data(), count, found.data());
      EXPECT_EQ(found, expected) << SimdTargetName() << " stride " << stride;
    }
  }
}

TEST_P(SimdKernelsTest, Int8DoesNotOverflowAtItsLimit) {
  constexpr size_t kStride = 65536;
  std::vector<uint8_t> row(kStride, 255);
  const uint32_t position = 0;
  for (const int8_t value : {int8_t{-128}, int8_t{127}}) {
    const std::vector<int8_t> query(kStride, value);
    int32_t found = 0;
    DotInt8(query.data(), {row.data(), kStride}, &position, 1, &found);
    EXPECT_EQ(found, 255 * 65536 * value);
  }
}

TEST_P(SimdKernelsTest, FloatsAreCloseToDoubles) {
  for (const size_t stride : kStrides) {
    Data data(stride);
    data.FillWithFloats();
    for (const size_t count : {1u, 4u, 7u, 40u}) {
      std::vector<float> expected(count);
      std::vector<float> found(count);
      const double tolerance = 1e-6 * static_cast<double>(stride);
      DotFloatPlain(data.floats.data(), data.rows, data.positions.data(), count, expected.data());
      DotFloat(data.floats.data(), data.rows, data.positions.data(), count, found.data());
      for (size_t i = 0; i < count; ++i) EXPECT_NEAR(found[i], expected[i], tolerance);
      // The upper halves of those floats and, in between, of their lower halves: finite too.
      for (size_t i = 0; i < kRows * stride; i += 2) {
        const uint16_t half = static_cast<uint16_t>(0x3f00 + i % 97);
        std::memcpy(data.buffer.data() + i, &half, 2);
      }
      DotBf16Plain(data.floats.data(), data.rows, data.positions.data(), count, expected.data());
      DotBf16(data.floats.data(), data.rows, data.positions.data(), count, found.data());
      for (size_t i = 0; i < count; ++i) EXPECT_NEAR(found[i], expected[i], tolerance);
      data.FillWithFloats();
    }
  }
}

TEST_P(SimdKernelsTest, ARunHasTheSumsOfItsRowsToTheLastBit) {
  for (const size_t stride : kStrides) {
    Data data(stride);
    std::iota(data.positions.begin(), data.positions.end(), 0);
    for (const size_t count : {0u, 1u, 5u, 40u}) {
      std::vector<int32_t> sums(count);
      std::vector<int32_t> run_sums(count);
      DotInt8(data.bytes.data(), data.rows, data.positions.data(), count, sums.data());
      DotInt8Run(data.bytes.data(), data.rows, count, run_sums.data());
      EXPECT_EQ(run_sums, sums) << SimdTargetName() << " stride " << stride;
    }
    data.FillWithFloats();
    std::vector<float> scores(kRows);
    std::vector<float> run_scores(kRows);
    DotFloat(data.floats.data(), data.rows, data.positions.data(), kRows, scores.data());
    DotFloatRun(data.floats.data(), data.rows, kRows, run_scores.data());
    EXPECT_EQ(run_scores, scores) << SimdTargetName() << " stride " << stride;
    for (size_t i = 0; i < kRows * stride; i += 2) {
      const uint16_t half = static_cast<uint16_t>(0x3f00 + i % 97);
      std::memcpy(data.buffer.data() + i, &half, 2);
    }
    DotBf16(data.floats.data(), data.rows, data.positions.data(), kRows, scores.data());
    DotBf16Run(data.floats.data(), data.rows, kRows, run_scores.data());
    EXPECT_EQ(run_scores, scores) << SimdTargetName() << " stride " << stride;
  }
}

TEST_P(SimdKernelsTest, FullPrecisionIsCloseToDoubles) {
  for (const size_t count : kStrides) {
    const Data data(count);
    const auto* const codes = data.rows.row(1);
    const auto* const residuals = reinterpret_cast<const int8_t*>(data.rows.row(2));
    EXPECT_NEAR(DotInt8Residual(data.floats.data(), codes, residuals, count),
                DotInt8ResidualPlain(data.floats.data(), codes, residuals, count),
                1e-4 * static_cast<double>(count));
    std::vector<uint16_t> high(count);
    std::vector<uint16_t> low(count);
    for (size_t i = 0; i < count; ++i) {
      high[i] = static_cast<uint16_t>(0xbf00 + i % 100);
      low[i] = static_cast<uint16_t>(i * 7919);
    }
    EXPECT_NEAR(DotSplitFloat(data.floats.data(), high.data(), low.data(), count),
                DotSplitFloatPlain(data.floats.data(), high.data(), low.data(), count),
                1e-6 * static_cast<double>(count));
  }
}

INSTANTIATE_TEST_SUITE_P(Targets, SimdKernelsTest, ::testing::Bool(),
                         [](const auto& limited) { return limited.param ? "Avx2" : "Best"; });

// One coded vector in memory of its own.
struct Coded {
  Coded(VectorCodeKind kind, const std::vector<float>& vector)
      : layout(kind, static_cast<uint32_t>(vector.size())),
        coarse(HugeBuffer::Allocate(layout.coarse).value()),
        fine(HugeBuffer::Allocate(layout.fine + 1).value()) {
    WriteCodes(kind, vector, coarse.data(), fine.data(), reinterpret_cast<char*>(&scale));
    codes = VectorCodes(kind, static_cast<uint32_t>(vector.size()), 1, coarse.data(), fine.data(),
                        reinterpret_cast<const char*>(&scale));
  }
  CodeLayout layout;
  HugeBuffer coarse;
  HugeBuffer fine;
  float scale = 0;
  VectorCodes codes;
};

std::vector<float> Decoded(const Coded& coded) {
  std::vector<float> out(coded.codes.dimension());
  coded.codes.Decode(0, out);
  return out;
}

TEST(VectorCodesTest, KeepWhatTheyPromise) {
  Random random(5);
  for (const size_t dimension : {1u, 7u, 64u, 100u, 384u}) {
    std::vector<float> vector(dimension);
    for (float& value : vector) value = static_cast<float>(random.Gaussian());
    for (const VectorCodeKind kind : {VectorCodeKind::kBf16, VectorCodeKind::kFloat}) {
      EXPECT_EQ(Decoded(Coded(kind, vector)), vector);
    }
    const Coded int8(VectorCodeKind::kInt8, vector);
    const std::vector<float> back = Decoded(int8);
    for (size_t i = 0; i < dimension; ++i) {
      EXPECT_NEAR(back[i], vector[i], int8.scale / 511);
    }
  }
}

TEST(VectorCodesTest, ExtremesStayFinite) {
  const float tiny = std::numeric_limits<float>::denorm_min();
  for (const std::vector<float>& vector :
       {std::vector<float>{0, 0, 0}, std::vector<float>{tiny, -tiny, 0},
        std::vector<float>{1e18f, -1e18f, 1}, std::vector<float>{1e-30f, 1e-38f, 0}}) {
    const Coded coded(VectorCodeKind::kInt8, vector);
    const std::vector<float> back = Decoded(coded);
    const float largest =
        std::fabs(*std::max_element(vector.begin(), vector.end(),
                                    [](float a, float b) { return std::fabs(a) < std::fabs(b); }));
    for (size_t i = 0; i < vector.size(); ++i) {
      EXPECT_NEAR(back[i], vector[i], std::max(largest / 60000, 1e-34f));
    }
    CodedQuery query;
    query.Set(coded.codes, vector);
    EXPECT_TRUE(std::isfinite(query.Score(coded.codes, 0)));
  }
}

TEST(VectorCodesTest, ScoresAreInnerProducts) {
  const EmbeddingMatrix vectors = ClusteredVectors(1, 50, 100, 5);
  for (const VectorCodeKind kind :
       {VectorCodeKind::kInt8, VectorCodeKind::kBf16, VectorCodeKind::kFloat}) {
    for (size_t i = 0; i + 1 < 50; ++i) {
      const std::span<const float> row = vectors.Row(i);
      const Coded coded(kind, {row.begin(), row.end()});
      CodedQuery query;
      query.Set(coded.codes, vectors.Row(i + 1));
      const double exact = InnerProduct(row.data(), vectors.Row(i + 1).data(), 100);
      EXPECT_NEAR(query.Score(coded.codes, 0), exact, kind == VectorCodeKind::kInt8 ? 1e-4 : 1e-6);
      const uint32_t position = 0;
      float coarse = 0;
      query.SetStored(coded.codes, 0);
      query.CoarseScores(coded.codes, &position, 1, &coarse);
      EXPECT_NEAR(coarse, 1.0, 0.02);
    }
  }
}

// Vectors of two parts are asked by one: the other is not read, and does not show.
TEST(VectorCodesTest, WhereAQueryIsZeroChangesNothing) {
  constexpr size_t kDimension = 500;
  const EmbeddingMatrix vectors = ClusteredVectors(4, 9, kDimension, 3);
  const std::vector<std::pair<size_t, size_t>> parts = {{0, 256}, {256, 500}, {100, 130},
                                                        {63, 65}, {499, 500}, {7, 7}};
  for (const VectorCodeKind kind :
       {VectorCodeKind::kInt8, VectorCodeKind::kBf16, VectorCodeKind::kFloat}) {
    for (const auto& [begin, end] : parts) {
      // Turned round where no block of the question has anything: were that read, it would show.
      std::vector<float> stored(vectors.Row(0).begin(), vectors.Row(0).end());
      std::vector<float> other = stored;
      for (size_t i = 0; i < kDimension; ++i) {
        if (i < begin / 64 * 64 || i >= (end + 63) / 64 * 64) other[i] = -other[i];
      }
      std::vector<float> question(kDimension);
      std::copy(vectors.Row(1).begin() + static_cast<ptrdiff_t>(begin),
                vectors.Row(1).begin() + static_cast<ptrdiff_t>(end),
                question.begin() + static_cast<ptrdiff_t>(begin));
      const Coded coded(kind, stored);
      const Coded turned(kind, other);
      CodedQuery query;
      query.Set(coded.codes, question);
      const uint32_t position = 0;
      float coarse = 0, coarse_turned = 0, run = 0;
      query.CoarseScores(coded.codes, &position, 1, &coarse);
      query.CoarseScores(turned.codes, &position, 1, &coarse_turned);
      query.CoarseScoresOfRun(coded.codes, 0, 1, &run);
      EXPECT_EQ(coarse, coarse_turned);
      EXPECT_EQ(coarse, run);
      EXPECT_EQ(query.Score(coded.codes, 0), query.Score(turned.codes, 0));
      const double exact = InnerProduct(stored.data(), question.data(), kDimension);
      EXPECT_NEAR(query.Score(coded.codes, 0), exact, 1e-4);
      // As over the whole row, to the last bit.
      question.resize(coded.codes.layout().padded);
      if (kind == VectorCodeKind::kFloat) {
        float whole = 0;
        DotFloat(question.data(), coded.codes.coarse(), &position, 1, &whole);
        EXPECT_EQ(query.Score(coded.codes, 0), whole);
      } else if (kind == VectorCodeKind::kInt8) {
        const auto* const residuals = reinterpret_cast<const int8_t*>(coded.codes.fine(0));
        EXPECT_EQ(
            query.Score(coded.codes, 0),
            coded.codes.scale(0) * DotInt8Residual(question.data(), coded.codes.coarse().row(0),
                                                   residuals, question.size()));
      }
    }
  }
}

TEST(VectorCodesTest, NamesAreReadBack) {
  for (const char* const name : {"int8", "bf16", "float"}) {
    EXPECT_STREQ(VectorCodeKindName(ParseVectorCodeKind(name).value()), name);
  }
  EXPECT_EQ(ParseVectorCodeKind("int4").status().ToString(),
            "INVALID_ARGUMENT: vector codes \"int4\": expected int8, bf16 or float");
}

}  // namespace
}  // namespace quarry::index
