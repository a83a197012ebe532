#pragma once

// What the vector benchmark asks of an engine, Quarry's and the peers' alike.

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "base/bitmap.h"
#include "base/embedding.h"

namespace quarry::bench {

class VectorEngine {
 public:
  virtual ~VectorEngine() = default;
  virtual std::string name() const = 0;
  virtual void Build(const EmbeddingMatrix& base, uint32_t threads) = 0;
  // Writes the positions of the k that it found; returns their number. `width` is ef.
  virtual size_t Search(std::span<const float> query, size_t k, uint32_t width, uint32_t* out) = 0;
  virtual uint64_t Bytes() const = 0;  // of vectors and graph
  // Which positions may be found; Quarry only. nullptr = all.
  virtual void SetFilter(const Bitmap*) {}
};

// M = 16, efConstruction = 200 for all.
std::unique_ptr<VectorEngine> MakeQuarry(const std::string& kind, const std::string& codes);
std::unique_ptr<VectorEngine> MakeHnswlib();                          // its own file: -march=native
std::unique_ptr<VectorEngine> MakeFaiss();                            // Debian's, as it is
std::unique_ptr<VectorEngine> MakeUsearch(const std::string& codes);  // nullptr: not built in

}  // namespace quarry::bench
