// The inner loops of vector search alone (Google Benchmark): what one distance costs where the codes
// lie in a cache and where they do not. "Walk" multiplies 32 rows anywhere, as a step of a graph walk
// does; "Run" rows in the order of memory, as a scan does. Bytes per second are of the codes.
//
//   vector_kernels [--benchmark_filter=REGEX ...]

#include <benchmark/benchmark.h>

#include <cstring>
#include <vector>

#include "base/random.h"
#include "base/shared_bytes.h"
#include "index/simd_kernels.h"

namespace quarry::index {
namespace {

constexpr size_t kDimension = 384;
constexpr size_t kStep = 32;
constexpr size_t kSmall = 512;      // vectors: in the second-level cache
constexpr size_t kLarge = 200'000;  // in memory

// Codes of `count` vectors, and a query as each kind of codes wants it.
struct Codes {
  Codes(size_t count, size_t stride)
      : buffer(HugeBuffer::Allocate(count * stride).value()),
        rows{reinterpret_cast<const uint8_t*>(buffer.data()), stride},
        count(count) {
    Random random(1);
    for (size_t i = 0; i + sizeof(float) <= count * stride; i += sizeof(float)) {
      const float value = static_cast<float>(random.Gaussian());
      std::memcpy(buffer.data() + i, &value, sizeof(value));
    }
    for (size_t i = 0; i < kDimension; ++i) {
      floats.push_back(static_cast<float>(random.Gaussian()));
      bytes.push_back(static_cast<int8_t>(static_cast<int>(random.Below(255)) - 127));
    }
    for (size_t i = 0; i < 64 * kStep; ++i) {
      positions.push_back(static_cast<uint32_t>(random.Below(count)));
    }
  }
  HugeBuffer buffer;
  CodeRows rows;
  size_t count;
  std::vector<float> floats;
  std::vector<int8_t> bytes;
  std::vector<uint32_t> positions;
};

template <typename Out, typename Dot>
void Walk(benchmark::State& state, size_t stride, const Dot& dot) {
  const Codes codes(static_cast<size_t>(state.range(0)), stride);
  Out out[kStep];
  size_t step = 0;
  for ([[maybe_unused]] auto _ : state) {
    dot(codes, &codes.positions[step % 64 * kStep], out);
    benchmark::DoNotOptimize(out);
    ++step;
  }
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations() * kStep));
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * kStep * stride));
}

template <typename Out, typename Dot>
void Run(benchmark::State& state, size_t stride, const Dot& dot) {
  const Codes codes(static_cast<size_t>(state.range(0)), stride);
  std::vector<Out> out(codes.count);
  for ([[maybe_unused]] auto _ : state) {
    dot(codes, out.data());
    benchmark::DoNotOptimize(out.data());
  }
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations() * codes.count));
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * codes.count * stride));
}

void Int8Walk(benchmark::State& state) {
  Walk<int32_t>(state, kDimension, [](const Codes& c, const uint32_t* at, int32_t* out) {
    DotInt8(c.bytes.data(), c.rows, at, kStep, out);
  });
}
void Int8Run(benchmark::State& state) {
  Run<int32_t>(state, kDimension, [](const Codes& c, int32_t* out) {
    DotInt8Run(c.bytes.data(), c.rows, c.count, out);
  });
}
void Bf16Walk(benchmark::State& state) {
  Walk<float>(state, kDimension * 2, [](const Codes& c, const uint32_t* at, float* out) {
    DotBf16(c.floats.data(), c.rows, at, kStep, out);
  });
}
void Bf16Run(benchmark::State& state) {
  Run<float>(state, kDimension * 2,
             [](const Codes& c, float* out) { DotBf16Run(c.floats.data(), c.rows, c.count, out); });
}
void FloatWalk(benchmark::State& state) {
  Walk<float>(state, kDimension * 4, [](const Codes& c, const uint32_t* at, float* out) {
    DotFloat(c.floats.data(), c.rows, at, kStep, out);
  });
}
void FloatRun(benchmark::State& state) {
  Run<float>(state, kDimension * 4, [](const Codes& c, float* out) {
    DotFloatRun(c.floats.data(), c.rows, c.count, out);
  });
}
void Int8FullPrecision(benchmark::State& state) {
  const Codes codes(static_cast<size_t>(state.range(0)), 2 * kDimension);
  size_t i = 0;
  for ([[maybe_unused]] auto _ : state) {
    const uint8_t* const row = codes.rows.row(codes.positions[i % codes.positions.size()]);
    benchmark::DoNotOptimize(DotInt8Residual(
        codes.floats.data(), row, reinterpret_cast<const int8_t*>(row + kDimension), kDimension));
    ++i;
  }
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations()));
}

BENCHMARK(Int8Walk)->Arg(kSmall)->Arg(kLarge);
BENCHMARK(Int8Run)->Arg(kSmall)->Arg(kLarge);
BENCHMARK(Bf16Walk)->Arg(kSmall)->Arg(kLarge);
BENCHMARK(Bf16Run)->Arg(kSmall)->Arg(kLarge);
BENCHMARK(FloatWalk)->Arg(kSmall)->Arg(kLarge);
BENCHMARK(FloatRun)->Arg(kSmall)->Arg(kLarge);
BENCHMARK(Int8FullPrecision)->Arg(kSmall)->Arg(kLarge);

}  // namespace
}  // namespace quarry::index

BENCHMARK_MAIN();
