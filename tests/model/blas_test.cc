#include "model/blas.h"

#include <cblas.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>
#include <vector>

namespace quarry::model {
namespace {

TEST(Blas, TakesKernelsThatTheProcessorHas) {
#if defined(__x86_64__)
  if (std::getenv("OPENBLAS_CORETYPE") != nullptr) GTEST_SKIP() << "OPENBLAS_CORETYPE chooses";
  if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma")) {
    GTEST_SKIP() << "a processor without AVX2";
  }
  UseOneBlasThread();
  EXPECT_STRNE(openblas_get_corename(), "Prescott");
  EXPECT_EQ(openblas_get_num_threads(), 1);
#else
  GTEST_SKIP() << "another processor than x86-64";
#endif
}

TEST(Blas, MultipliesAsTheFormulaSays) {
  UseOneBlasThread();
  constexpr int kRows = 37, kColumns = 53, kInner = 129;  // of no kernel a multiple
  std::vector<float> a(kRows * kInner), b(kInner * kColumns), c(kRows * kColumns);
  for (size_t i = 0; i < a.size(); ++i) a[i] = static_cast<float>(i % 17) - 8.0f;
  for (size_t i = 0; i < b.size(); ++i) b[i] = static_cast<float>(i % 13) - 6.0f;
  cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, kRows, kColumns, kInner, 1.0f, a.data(),
              kInner, b.data(), kColumns, 0.0f, c.data(), kColumns);
  for (int i = 0; i < kRows; ++i) {
    for (int j = 0; j < kColumns; ++j) {
      float sum = 0.0f;  // of small whole numbers: exact
      for (int k = 0; k < kInner; ++k) sum += a[i * kInner + k] * b[k * kColumns + j];
      ASSERT_EQ(c[i * kColumns + j], sum) << i << ", " << j;
    }
  }
}

}  // namespace
}  // namespace quarry::model
