// A fuzzer for compilers that have none: seeds and random mutations of them.
//
//   NAME_fuzz [--runs N] [--seed N]     N random inputs (5,000; seed 1)
//   NAME_fuzz FILE...                   these inputs
//   NAME_fuzz --write-seeds DIR         the seeds as files, for libFuzzer
//
// The files of tests/fuzz/corpus/NAME_fuzz are seeds too: what libFuzzer found to lead to other code,
// and what once broke something.

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "base/file.h"
#include "base/random.h"
#include "tests/fuzz/fuzz_target.h"

namespace quarry::fuzz {
namespace {

void Run(const std::string& input) {
  // Exactly as long, so that a sanitizer sees a read behind the end.
  const std::vector<uint8_t> bytes(input.begin(), input.end());
  LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
}

std::string Mutated(const std::vector<std::string>& seeds, Random& random) {
  std::string input = seeds[random.Below(seeds.size())];
  for (uint64_t n = 1 + random.Below(8); n > 0; --n) {
    const size_t at = random.Below(input.size() + 1);
    const size_t length = std::min<size_t>(1 + random.Below(16), input.size() - at);
    const std::string& other = seeds[random.Below(seeds.size())];
    switch (random.Below(7)) {
      case 0:
        if (at < input.size()) input[at] = static_cast<char>(random.Next());
        break;
      case 1:
        if (at < input.size()) input[at] = static_cast<char>(input[at] ^ (1 << random.Below(8)));
        break;
      case 2:
        input.erase(at, length);
        break;
      case 3:
        input.insert(at, 1 + random.Below(4), static_cast<char>(random.Next()));
        break;
      case 4:
        input.insert(at, input.substr(at, length));
        break;
      case 5:
        input.insert(at, other.substr(random.Below(other.size() + 1), random.Below(64)));
        break;
      default:
        input.resize(at);
    }
  }
  return input;
}

// Those of the target and those that are kept as files, by name.
std::vector<std::string> AllSeeds() {
  std::vector<std::string> seeds = Seeds();
  std::vector<std::string> paths;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(QUARRY_FUZZ_CORPUS, error)) {
    paths.push_back(entry.path().string());
  }
  std::sort(paths.begin(), paths.end());
  for (const std::string& path : paths) seeds.push_back(ReadFile(path).value());
  return seeds;
}

int Main(int argc, char** argv) {
  const std::vector<std::string> seeds = AllSeeds();
  if (argc == 3 && std::strcmp(argv[1], "--write-seeds") == 0) {
    for (size_t i = 0; i < seeds.size(); ++i) {
      std::ofstream(std::string(argv[2]) + "/seed" + std::to_string(i), std::ios::binary)
          << seeds[i];
    }
    return 0;
  }
  uint64_t runs = 5000;
  uint64_t seed = 1;
  bool files = false;
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--runs") == 0 && i + 1 < argc) {
      runs = std::strtoull(argv[++i], nullptr, 10);
    } else if (std::strcmp(argv[i], "--seed") == 0 && i + 1 < argc) {
      seed = std::strtoull(argv[++i], nullptr, 10);
    } else {
      files = true;
      Run(ReadFile(argv[i], uint64_t{1} << 30).value());
    }
  }
  if (files) return 0;
  for (const std::string& input : seeds) Run(input);
  Random random(seed);
  for (uint64_t i = 0; i < runs; ++i) Run(Mutated(seeds, random));
  std::printf("%zu seeds and %llu random inputs, seed %llu\n", seeds.size(),
              static_cast<unsigned long long>(runs), static_cast<unsigned long long>(seed));
  return 0;
}

}  // namespace
}  // namespace quarry::fuzz

int main(int argc, char** argv) { return quarry::fuzz::Main(argc, argv); }
