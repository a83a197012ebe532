#pragma once

// Vectors and the space that they live in.

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace quarry {

enum class Metric : uint8_t { kInnerProduct };

// Names the space that an embedder maps into. Two vectors compare only inside one space: the
// fingerprint is stored with the vectors and checked whenever they are opened.
struct EmbeddingSpace {
  std::string fingerprint;  // "learnt:<version>:<hash of the table>"
  uint32_t dimension = 0;
  Metric metric = Metric::kInnerProduct;
  bool normalised = true;  // vectors have unit length (or are zero: no known word)

  friend bool operator==(const EmbeddingSpace&, const EmbeddingSpace&) = default;
};

// Row-major float matrix, one vector per row.
struct EmbeddingMatrix {
  uint32_t dimension = 0;
  std::vector<float> values;  // rows() * dimension

  size_t rows() const { return dimension == 0 ? 0 : values.size() / dimension; }
  std::span<const float> Row(size_t row) const {
    return std::span(values).subspan(row * dimension, dimension);
  }
  std::span<float> Row(size_t row) { return std::span(values).subspan(row * dimension, dimension); }
};

}  // namespace quarry
