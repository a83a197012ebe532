// The scan of a flat index against the memory's own speed, in one process and in turn: bytes per
// second of the coarse codes, with one thread and with two that search at the same time.
//
//   vector_scan [--count N] [--dimension D] [--rounds R]
//
// The read loop adds up the same number of bytes, as 64-bit words, from memory in huge pages.

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <thread>
#include <vector>

#include "base/shared_bytes.h"
#include "bench/measure.h"
#include "bench/vector_data.h"
#include "index/vector_index.h"

namespace quarry::bench {
namespace {

uint64_t ReadAll(const char* data, size_t size) {
  constexpr size_t kWords = 16;  // independent sums
  uint64_t sums[kWords] = {};
  for (size_t i = 0; i + kWords * 8 <= size; i += kWords * 8) {
    uint64_t words[kWords];
    std::memcpy(words, data + i, sizeof(words));
    for (size_t w = 0; w < kWords; ++w) sums[w] += words[w];
  }
  uint64_t sum = 0;
  for (const uint64_t s : sums) sum += s;
  return sum;
}

// Runs body(thread) on `threads` threads at the same time; seconds until all are done.
template <typename Body>
double Timed(size_t threads, const Body& body) {
  const double start = Seconds();
  {
    std::vector<std::jthread> others;
    for (size_t t = 1; t < threads; ++t) others.emplace_back(body, t);
    body(0);
  }
  return Seconds() - start;
}

int Main(int argc, char** argv) {
  VectorDataOptions options{.queries = 200};
  size_t rounds = 9;
  for (int i = 1; i + 1 < argc; i += 2) {
    const uint64_t value = std::strtoull(argv[i + 1], nullptr, 10);
    if (std::strcmp(argv[i], "--count") == 0) options.count = value;
    if (std::strcmp(argv[i], "--dimension") == 0) options.dimension = static_cast<uint32_t>(value);
    if (std::strcmp(argv[i], "--rounds") == 0) rounds = value;
  }
  const VectorData data = MakeVectorData(options);
  index::VectorSource source{.dimension = options.dimension};
  index::RowTable table;
  for (size_t i = 0; i < options.count; ++i) {
    source.rows.push_back(static_cast<RowId>(i));
    table.Append(DocumentNumber(i + 1), std::to_string(i), {ChunkId(i + 1)});
  }
  source.read = [&](size_t i, std::span<float> out) {
    std::copy(data.base.Row(i).begin(), data.base.Row(i).end(), out.begin());
    return OkStatus();
  };
  const auto index =
      index::BuildVectorIndex({.kind = index::VectorIndexKind::kFlat}, std::move(source), {})
          .value();
  const size_t bytes =
      options.count * index::CodeLayout(index::VectorCodeKind::kInt8, options.dimension).coarse;
  HugeBuffer memory = HugeBuffer::Allocate(bytes).value();
  std::memset(memory.data(), 1, bytes);

  size_t hits = 0;
  for (size_t q = 0; q < data.queries.rows(); ++q) {
    for (const auto& hit :
         index->Search(data.queries.Row(q), options.k, nullptr, table, {}, {}).value()) {
      const auto& truth = data.nearest[q];
      hits += std::find(truth.begin(), truth.end(), hit.row) != truth.end();
    }
  }
  std::printf("{\"count\":%zu,\"dimension\":%u,\"recall\":%.4f}\n", options.count,
              options.dimension,
              static_cast<double>(hits) / static_cast<double>(options.k * data.queries.rows()));

  constexpr size_t kTimes = 20;  // per round
  std::vector<double> reads[2];
  std::vector<double> scans[2];
  std::vector<double> shares[2];
  uint64_t sink[2] = {};
  for (size_t round = 0; round < rounds; ++round) {
    for (const size_t threads : {1u, 2u}) {
      const double amount = 1e-9 * static_cast<double>(bytes * kTimes * threads);
      const double read = amount / Timed(threads, [&](size_t t) {
                            for (size_t i = 0; i < kTimes; ++i) {
                              sink[t] += ReadAll(memory.data(), bytes);
                            }
                          });
      const double scan = amount / Timed(threads, [&](size_t t) {
                            for (size_t i = 0; i < kTimes; ++i) {
                              const auto query = data.queries.Row((round + i * 2 + t) % 200);
                              sink[t] += index->Search(query, 10, nullptr, table, {}, {})->size();
                            }
                          });
      reads[threads - 1].push_back(read);
      scans[threads - 1].push_back(scan);
      shares[threads - 1].push_back(scan / read);
    }
  }
  for (size_t t = 0; t < 2; ++t) {
    std::printf("{\"threads\":%zu,\"read_gb_s\":%.1f,\"scan_gb_s\":%.1f,\"share\":%.2f}\n", t + 1,
                Median(reads[t]), Median(scans[t]), Median(shares[t]));
  }
  return sink[0] + sink[1] == 0;
}

}  // namespace
}  // namespace quarry::bench

int main(int argc, char** argv) { return quarry::bench::Main(argc, argv); }
