#pragma once

#include <cblas.h>

namespace quarry::model {

// OpenBLAS' own threads would fight with ours: what is computed is divided over our threads instead.
// Once per process, from any thread.
inline void UseOneBlasThread() {
  static const bool done = (openblas_set_num_threads(1), true);
  (void)done;
}

}  // namespace quarry::model
