#pragma once

// Safetensors: named tensors of a file, mapped read-only.
//
// Bytes: length of the header (u64, little-endian), the header as JSON
//   {"name": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}, .., "__metadata__": {..}}
// then the values, row-major and little-endian, the offsets counting from the header's end. A file
// is taken only when all of it is accounted for: every length and offset fits, tensors neither
// overlap nor leave room between them, each has the bytes that its shape needs.

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/shared_bytes.h"
#include "base/status.h"

namespace quarry::model {

// Values of a tensor as floats: in the file itself where they stand there so, else converted. A
// copy shares them.
struct FloatTensor {
  std::span<const float> values;
  std::shared_ptr<const void> owner;

  const float* data() const { return values.data(); }
};

// Immutable and thread-safe.
class Safetensors {
 public:
  // kInvalidArgument naming the file, the tensor and what was expected; kNotFound where there is no
  // file.
  static Result<Safetensors> Open(const std::string& path);

  bool Has(const std::string& name) const { return tensors_.contains(name); }
  // "[2, 3]" of the named tensor, for messages and `model info`. REQUIRES: Has(name).
  std::string ShapeText(const std::string& name) const;
  const std::vector<uint64_t>& Shape(const std::string& name) const;

  // The tensor of that name and shape, of dtype F32, F16 or BF16. kInvalidArgument where it is
  // missing, of another shape or dtype, or holds a value that is not finite.
  Result<FloatTensor> Floats(const std::string& name, const std::vector<uint64_t>& shape) const;

  uint64_t Values() const;       // of all tensors
  uint64_t ContentHash() const;  // Hash64 of the whole file
  uint64_t bytes() const { return file_.view.size(); }
  const std::string& path() const { return path_; }

 private:
  struct Tensor {
    std::string dtype;
    std::vector<uint64_t> shape;
    std::string_view bytes;
  };

  Safetensors() = default;
  Status ReadHeader();
  Status Wrong(const std::string& name, const std::string& what) const;

  std::string path_;
  SharedBytes file_;
  std::map<std::string, Tensor> tensors_;
};

}  // namespace quarry::model
