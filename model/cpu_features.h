#pragma once

// What the processor can, for kernels that are compiled for several and chosen when they are called. Internal to model/.

namespace quarry::model {

#if defined(__x86_64__)
inline bool HasAvx2() {
  static const bool has = __builtin_cpu_supports("avx2") != 0;
  return has;
}

inline bool HasAvx512() {
  static const bool has = __builtin_cpu_supports("avx512f") != 0;
  return has;
}
#endif

}  // namespace quarry::model
