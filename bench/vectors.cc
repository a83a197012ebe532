// Vector search against its peers, in one process and in turn: recall against queries per second,
// build time, memory. One thread searches. Prints one JSON object per line.
//
//   vectors [--count N] [--dimension D] [--k K] [--rounds R] [--threads T] [--engines a,b,..]
//           [--base FILE --queries FILE]      raw floats instead of the seeded mixture
//           [--avx2]                          without AVX-512 in Quarry
//           [--filters]                       Quarry alone, under filters that allow 0.1 % to 50 %
//
// Engines: quarry (int8 graph), quarry-bf16, quarry-float, flat (int8 scan), faiss_hnsw (Quarry's
// wrapping), hnswlib, faiss, usearch-f32, usearch-bf16, usearch-i8. bench/vectors.sh runs what
// docs/benchmarks.md quotes.

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "base/bitmap.h"
#include "base/random.h"
#include "bench/measure.h"
#include "bench/vector_data.h"
#include "bench/vector_engine.h"
#include "index/simd_kernels.h"

namespace quarry::bench {
namespace {

std::unique_ptr<VectorEngine> Make(const std::string& name) {
  if (name == "quarry") return MakeQuarry("hnsw", "int8");
  if (name == "quarry-bf16") return MakeQuarry("hnsw", "bf16");
  if (name == "quarry-float") return MakeQuarry("hnsw", "float");
  if (name == "flat") return MakeQuarry("flat", "int8");
  if (name == "faiss_hnsw") return MakeQuarry("faiss_hnsw", "int8");
  if (name == "hnswlib") return MakeHnswlib();
  if (name == "faiss") return MakeFaiss();
  if (name.starts_with("usearch-")) return MakeUsearch(name.substr(8));
  return nullptr;
}

struct Point {
  uint32_t width = 0;
  double recall = 0;
  std::vector<double> rates;  // queries per CPU second, one per round
};

// The rate at a recall, by the logarithm of the rates at the two points around it; 0 = not reached.
double RateAt(const std::vector<Point>& points, double recall, size_t round) {
  for (size_t i = 0; i < points.size(); ++i) {
    if (points[i].recall < recall) continue;
    if (i == 0) return points[0].rates[round];
    const Point& a = points[i - 1];
    const Point& b = points[i];
    const double t = (recall - a.recall) / (b.recall - a.recall);
    return std::exp(std::log(a.rates[round]) * (1 - t) + std::log(b.rates[round]) * t);
  }
  return 0;
}

const char* Flag(int argc, char** argv, const char* name, const char* otherwise) {
  for (int i = 1; i + 1 < argc; ++i) {
    if (std::strcmp(argv[i], name) == 0) return argv[i + 1];
  }
  return otherwise;
}

// Recall and rate under filters by chance; the truth is an exact scan by floats.
void MeasureFilters(const VectorData& data, size_t k, size_t rounds) {
  const auto graph = MakeQuarry("hnsw", "int8");
  const auto exact = MakeQuarry("flat", "float");
  graph->Build(data.base, 2);
  exact->Build(data.base, 2);
  std::vector<uint32_t> truth(k);
  std::vector<uint32_t> found(k);
  for (const double share : {0.001, 0.01, 0.1, 0.5}) {
    Bitmap allowed(data.base.rows());
    Random random(7);
    for (size_t i = 0; i < data.base.rows(); ++i) {
      if (random.Uniform() < share) allowed.Set(i);
    }
    graph->SetFilter(&allowed);
    exact->SetFilter(&allowed);
    size_t hits = 0;
    std::vector<double> rates;
    for (size_t round = 0; round < rounds; ++round) {
      double seconds = 0;
      for (size_t q = 0; q < data.queries.rows(); ++q) {
        const double cpu = CpuSeconds();
        const size_t count = graph->Search(data.queries.Row(q), k, 0, found.data());
        seconds += CpuSeconds() - cpu;
        if (round > 0) continue;
        const size_t wanted = exact->Search(data.queries.Row(q), k, 0, truth.data());
        for (size_t i = 0; i < count; ++i) {
          hits += std::find(truth.begin(), truth.begin() + static_cast<ptrdiff_t>(wanted),
                            found[i]) != truth.begin() + static_cast<ptrdiff_t>(wanted);
        }
      }
      rates.push_back(static_cast<double>(data.queries.rows()) / seconds);
    }
    std::printf("{\"share\":%.3f,\"recall\":%.4f,\"qps\":%.0f}\n", share,
                static_cast<double>(hits) / static_cast<double>(k * data.queries.rows()),
                Median(rates));
    std::fflush(stdout);
  }
}

int Main(int argc, char** argv) {
  VectorDataOptions options;
  options.count = std::strtoull(Flag(argc, argv, "--count", "200000"), nullptr, 10);
  options.dimension =
      static_cast<uint32_t>(std::strtoul(Flag(argc, argv, "--dimension", "384"), nullptr, 10));
  options.k = std::strtoull(Flag(argc, argv, "--k", "10"), nullptr, 10);
  const size_t rounds = std::strtoull(Flag(argc, argv, "--rounds", "7"), nullptr, 10);
  const uint32_t threads =
      static_cast<uint32_t>(std::strtoul(Flag(argc, argv, "--threads", "2"), nullptr, 10));
  std::string names = Flag(argc, argv, "--engines", "quarry,hnswlib,usearch-bf16,usearch-i8");
  const char* const base = Flag(argc, argv, "--base", nullptr);
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--avx2") == 0) index::LimitSimdToAvx2(true);
  }
  const VectorData data = base == nullptr ? MakeVectorData(options)
                                          : ReadVectorData(base, Flag(argc, argv, "--queries", ""),
                                                           options.dimension, options.k);
  std::printf("{\"count\":%zu,\"dimension\":%u,\"queries\":%zu,\"k\":%zu,\"simd\":\"%s\"}\n",
              data.base.rows(), data.base.dimension, data.queries.rows(), options.k,
              index::SimdTargetName().c_str());
  std::fflush(stdout);

  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--filters") == 0) {
      MeasureFilters(data, options.k, rounds);
      return 0;
    }
  }

  std::vector<std::unique_ptr<VectorEngine>> engines;
  for (size_t begin = 0; begin <= names.size();) {
    const size_t end = std::min(names.find(',', begin), names.size());
    const std::string name = names.substr(begin, end - begin);
    begin = end + 1;
    std::unique_ptr<VectorEngine> engine = Make(name);
    if (engine == nullptr) {
      std::fprintf(stderr, "%s: no such engine, or not built in\n", name.c_str());
      continue;
    }
    ResetPeakMemory();
    const uint64_t memory = MemoryBytes("VmRSS");
    const double start = Seconds();
    const double cpu = CpuSeconds();
    engine->Build(data.base, threads);
    std::printf(
        "{\"engine\":\"%s\",\"build_s\":%.2f,\"build_cpu_s\":%.2f,\"threads\":%u,"
        "\"build_peak_mb\":%.0f,\"bytes_per_vector\":%.1f}\n",
        engine->name().c_str(), Seconds() - start, CpuSeconds() - cpu, threads,
        static_cast<double>(MemoryBytes("VmHWM") - memory) / 1e6,
        static_cast<double>(engine->Bytes()) / static_cast<double>(data.base.rows()));
    std::fflush(stdout);
    engines.push_back(std::move(engine));
  }

  std::vector<uint32_t> widths;
  for (const uint32_t width : {10, 12, 16, 20, 24, 32, 40, 56, 80, 112, 160, 240, 360}) {
    if (width >= options.k) widths.push_back(width);
  }
  std::vector<std::vector<Point>> points(engines.size());
  std::vector<uint32_t> found(options.k);
  for (size_t round = 0; round < rounds; ++round) {
    for (size_t w = 0; w < widths.size(); ++w) {
      for (size_t e = 0; e < engines.size(); ++e) {
        size_t hits = 0;
        const double cpu = CpuSeconds();
        for (size_t q = 0; q < data.queries.rows(); ++q) {
          const size_t count =
              engines[e]->Search(data.queries.Row(q), options.k, widths[w], found.data());
          for (size_t i = 0; i < count; ++i) {
            const auto& truth = data.nearest[q];
            hits += std::find(truth.begin(), truth.end(), found[i]) != truth.end();
          }
        }
        const double rate = static_cast<double>(data.queries.rows()) / (CpuSeconds() - cpu);
        if (round == 0) {
          points[e].push_back({.width = widths[w],
                               .recall = static_cast<double>(hits) /
                                         static_cast<double>(options.k * data.queries.rows())});
        }
        points[e][w].rates.push_back(rate);
      }
    }
  }
  for (size_t e = 0; e < engines.size(); ++e) {
    for (const Point& point : points[e]) {
      std::printf("{\"engine\":\"%s\",\"width\":%u,\"recall\":%.4f,\"qps\":%.0f}\n",
                  engines[e]->name().c_str(), point.width, point.recall, Median(point.rates));
    }
    for (const double recall : {0.95, 0.99, 0.999}) {
      std::vector<double> rates;
      for (size_t round = 0; round < rounds; ++round) {
        rates.push_back(RateAt(points[e], recall, round));
      }
      const double lowest = *std::min_element(rates.begin(), rates.end());
      const double highest = *std::max_element(rates.begin(), rates.end());
      std::printf("{\"engine\":\"%s\",\"at_recall\":%.3f,\"qps\":%.0f,\"from\":%.0f,\"to\":%.0f}\n",
                  engines[e]->name().c_str(), recall, Median(rates), lowest, highest);
    }
  }
  // The first engine against each other, round by round.
  for (size_t e = 1; e < engines.size(); ++e) {
    for (const double recall : {0.95, 0.99}) {
      std::vector<double> ratios;
      for (size_t round = 0; round < rounds; ++round) {
        const double other = RateAt(points[e], recall, round);
        if (other > 0) ratios.push_back(RateAt(points[0], recall, round) / other);
      }
      if (ratios.empty()) continue;
      std::printf(
          "{\"engine\":\"%s\",\"against\":\"%s\",\"at_recall\":%.2f,\"ratio\":%.2f,"
          "\"from\":%.2f,\"to\":%.2f}\n",
          engines[0]->name().c_str(), engines[e]->name().c_str(), recall, Median(ratios),
          *std::min_element(ratios.begin(), ratios.end()),
          *std::max_element(ratios.begin(), ratios.end()));
    }
  }
  return 0;
}

}  // namespace
}  // namespace quarry::bench

int main(int argc, char** argv) { return quarry::bench::Main(argc, argv); }
