#include "model/blas.h"

#include <cblas.h>

#include <cstdlib>
#include <string_view>

// How an OpenBLAS that has kernels for several processors chooses them, and forgets its choice. Not
// declared in its header; absent where it was built for one processor.
extern "C" {
__attribute__((weak)) void gotoblas_dynamic_init();
__attribute__((weak)) void gotoblas_dynamic_quit();
}

namespace quarry::model {
namespace {

// A processor that came out later than OpenBLAS is taken for one of 2004, whose kernels take several
// times as long. By what the processor can do, the right ones are known all the same.
// OPENBLAS_CORETYPE, if set, stands.
[[maybe_unused]] void ChooseKernels() {
#if defined(__x86_64__)
  constexpr const char* kChoice = "OPENBLAS_CORETYPE";
  if (gotoblas_dynamic_init == nullptr || gotoblas_dynamic_quit == nullptr) return;
  gotoblas_dynamic_init();  // Linked statically it may not have chosen yet.
  if (std::getenv(kChoice) != nullptr || std::string_view(openblas_get_corename()) != "Prescott")
    return;
  __builtin_cpu_init();
  const bool has_avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512cd") &&
                          __builtin_cpu_supports("avx512bw") &&
                          __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
  const bool has_avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  if (!has_avx2) return;
  setenv(kChoice, has_avx512 ? "SkylakeX" : "Haswell", 1);
  gotoblas_dynamic_quit();
  gotoblas_dynamic_init();
  unsetenv(kChoice);
#endif
}

// Before main: nothing may compute while the kernels change, neither here nor in FAISS.
[[maybe_unused]] const bool chosen = (ChooseKernels(), true);

}  // namespace

void UseOneBlasThread() {
  static const bool done = (openblas_set_num_threads(1), true);
  (void)done;
}

}  // namespace quarry::model
