#include "model/randomized_svd.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <vector>

#include "base/random.h"
#include "tests/testing/test_environment.h"

// LAPACK's full decomposition: the oracle. Column order.
extern "C" void dgesvd_(const char* left, const char* right, const int* rows, const int* columns,
                        double* matrix, const int* leading, double* singular, double* u,
                        const int* u_leading, double* v, const int* v_leading, double* work,
                        const int* work_size, int* info);

namespace quarry::model {
namespace {

// A sparse matrix whose singular values fall off, as those of text do: topics plus noise.
SparseMatrix Topics(uint32_t rows, uint32_t columns, uint32_t topics, uint64_t seed) {
  Random random(seed);
  SparseMatrix matrix;
  matrix.rows = rows;
  matrix.columns = columns;
  matrix.row_begin.push_back(0);
  for (uint32_t row = 0; row < rows; ++row) {
    const uint32_t topic = static_cast<uint32_t>(random.Below(random.Below(topics) + 1));
    for (uint32_t column = 0; column < columns; ++column) {
      const bool own = column % topics == topic;
      if (random.Uniform() < (own ? 0.7 : 0.02)) {
        matrix.column.push_back(column);
        matrix.value.push_back(static_cast<float>(0.2 + random.Uniform()));
      }
    }
    matrix.row_begin.push_back(matrix.column.size());
  }
  return matrix;
}

// Singular values and left vectors (column order) by LAPACK.
struct FullSvd {
  std::vector<double> singular;
  std::vector<double> left;
};
FullSvd Full(const SparseMatrix& matrix) {
  const int rows = static_cast<int>(matrix.rows);
  const int columns = static_cast<int>(matrix.columns);
  std::vector<double> dense(matrix.rows * matrix.columns);
  for (uint32_t row = 0; row < matrix.rows; ++row) {
    for (uint64_t i = matrix.row_begin[row]; i < matrix.row_begin[row + 1]; ++i) {
      dense[matrix.column[i] * matrix.rows + row] = matrix.value[i];
    }
  }
  FullSvd result;
  const int smaller = std::min(rows, columns);
  result.singular.resize(static_cast<size_t>(smaller));
  result.left.resize(static_cast<size_t>(rows) * static_cast<size_t>(smaller));
  std::vector<double> work(100'000);
  const int work_size = static_cast<int>(work.size());
  const int one = 1;
  int info = 0;
  dgesvd_("S", "N", &rows, &columns, dense.data(), &rows, result.singular.data(),
          result.left.data(), &rows, nullptr, &one, work.data(), &work_size, &info);
  EXPECT_EQ(info, 0);
  return result;
}

TEST(RandomizedSvdTest, SingularValuesEqualTheFullDecompositionToOneInAThousand) {
  const SparseMatrix matrix = Topics(300, 200, 20, 1);
  const FullSvd full = Full(matrix);
  SvdOptions options;
  options.rank = 10;
  options.power_iterations = 6;
  ASSERT_OK_AND_ASSIGN(const Svd svd,
                       RandomizedSvd(matrix, matrix.Transposed(), options, nullptr, CallContext()));
  ASSERT_EQ(svd.singular.size(), 10u);
  for (size_t i = 0; i < 10; ++i) {
    EXPECT_NEAR(svd.singular[i], full.singular[i], 1e-3 * full.singular[i]) << i;
  }
}

TEST(RandomizedSvdTest, TheDefaultIterationsCatchTheStrengthOfTheMatrix) {
  const SparseMatrix matrix = Topics(300, 200, 20, 1);
  const FullSvd full = Full(matrix);
  SvdOptions options;
  options.rank = 10;
  ASSERT_OK_AND_ASSIGN(const Svd svd,
                       RandomizedSvd(matrix, matrix.Transposed(), options, nullptr, CallContext()));
  double caught = 0;
  double there = 0;
  for (size_t i = 0; i < 10; ++i) {
    caught += svd.singular[i] * svd.singular[i];
    there += full.singular[i] * full.singular[i];
  }
  EXPECT_GT(caught, 0.99 * there);
}

TEST(RandomizedSvdTest, LeftVectorsSpanTheSameDirectionsAsTheFullDecomposition) {
  const SparseMatrix matrix = Topics(300, 200, 20, 2);
  const FullSvd full = Full(matrix);
  SvdOptions options;
  options.rank = 10;
  options.power_iterations = 20;
  ASSERT_OK_AND_ASSIGN(const Svd svd,
                       RandomizedSvd(matrix, matrix.Transposed(), options, nullptr, CallContext()));
  ASSERT_EQ(svd.singular.size(), 10u);
  for (size_t i = 0; i < 10; ++i) {
    double product = 0;
    for (size_t row = 0; row < 300; ++row) {
      product += svd.left[row * svd.stride + i] * full.left[i * 300 + row];
    }
    EXPECT_NEAR(std::abs(product), 1.0, 1e-3) << i;
  }
}

TEST(RandomizedSvdTest, AFullRankRequestIsExact) {
  const SparseMatrix matrix = Topics(12, 40, 6, 3);
  const FullSvd full = Full(matrix);
  SvdOptions options;
  options.rank = 100;
  ASSERT_OK_AND_ASSIGN(const Svd svd,
                       RandomizedSvd(matrix, matrix.Transposed(), options, nullptr, CallContext()));
  ASSERT_EQ(svd.singular.size(), 12u);
  for (size_t i = 0; i < 12; ++i) EXPECT_NEAR(svd.singular[i], full.singular[i], 1e-5);
}

TEST(RandomizedSvdTest, EqualRowsCarryOneDirection) {
  SparseMatrix matrix;
  matrix.rows = 50;
  matrix.columns = 3;
  matrix.row_begin.push_back(0);
  for (int row = 0; row < 50; ++row) {
    for (const uint32_t column : {0u, 2u}) {
      matrix.column.push_back(column);
      matrix.value.push_back(1.0f);
    }
    matrix.row_begin.push_back(matrix.column.size());
  }
  ASSERT_OK_AND_ASSIGN(const Svd svd, RandomizedSvd(matrix, matrix.Transposed(), SvdOptions(),
                                                    nullptr, CallContext()));
  ASSERT_EQ(svd.singular.size(), 1u);
  EXPECT_NEAR(svd.singular[0], 10.0, 1e-4);
}

TEST(RandomizedSvdTest, AMatrixOfZerosHasNoDirection) {
  SparseMatrix matrix;
  matrix.rows = 4;
  matrix.columns = 5;
  matrix.row_begin.assign(5, 0);
  ASSERT_OK_AND_ASSIGN(const Svd svd, RandomizedSvd(matrix, matrix.Transposed(), SvdOptions(),
                                                    nullptr, CallContext()));
  EXPECT_TRUE(svd.singular.empty());
}

TEST(RandomizedSvdTest, TheNumberOfThreadsDoesNotChangeABit) {
  const SparseMatrix matrix = Topics(2000, 1500, 40, 4);
  const SparseMatrix transposed = matrix.Transposed();
  SvdOptions options;
  options.rank = 64;
  ASSERT_OK_AND_ASSIGN(const Svd alone,
                       RandomizedSvd(matrix, transposed, options, nullptr, CallContext()));
  for (const size_t threads : {1, 2, 5}) {
    ThreadPool pool(threads, 16);
    ASSERT_OK_AND_ASSIGN(const Svd together,
                         RandomizedSvd(matrix, transposed, options, &pool, CallContext()));
    EXPECT_EQ(alone.singular, together.singular);
    EXPECT_EQ(alone.left, together.left);
  }
}

TEST(RandomizedSvdTest, TheSeedChangesOnlyTheErrorOfTheApproximation) {
  const SparseMatrix matrix = Topics(300, 200, 20, 5);
  const SparseMatrix transposed = matrix.Transposed();
  SvdOptions options;
  options.rank = 10;
  ASSERT_OK_AND_ASSIGN(const Svd a,
                       RandomizedSvd(matrix, transposed, options, nullptr, CallContext()));
  options.seed = 43;
  ASSERT_OK_AND_ASSIGN(const Svd b,
                       RandomizedSvd(matrix, transposed, options, nullptr, CallContext()));
  EXPECT_NE(a.left, b.left);
  for (size_t i = 0; i < 10; ++i) EXPECT_NEAR(a.singular[i], b.singular[i], 0.02 * a.singular[i]);
}

TEST(RandomizedSvdTest, ACancelledCallReturnsItsReason) {
  const SparseMatrix matrix = Topics(100, 100, 5, 6);
  CallContext context;
  context.cancel.Cancel();
  const Result<Svd> svd =
      RandomizedSvd(matrix, matrix.Transposed(), SvdOptions(), nullptr, context);
  EXPECT_EQ(svd.status().code(), Code::kCancelled);
}

TEST(SparseMatrixTest, TransposingTwiceGivesTheMatrix) {
  const SparseMatrix matrix = Topics(30, 70, 5, 7);
  const SparseMatrix transposed = matrix.Transposed();
  EXPECT_EQ(transposed.rows, 70u);
  const SparseMatrix again = transposed.Transposed();
  EXPECT_EQ(again.row_begin, matrix.row_begin);
  EXPECT_EQ(again.column, matrix.column);
  EXPECT_EQ(again.value, matrix.value);
}

}  // namespace
}  // namespace quarry::model
