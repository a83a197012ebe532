#include "index/vector_codes.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <iterator>
#include <limits>
#include <string>
#include <utility>

#include "index/aligned.h"

namespace quarry::index {
namespace {

constexpr std::pair<VectorCodeKind, const char*> kKinds[] = {
    {VectorCodeKind::kInt8, "int8"},
    {VectorCodeKind::kBf16, "bf16"},
    {VectorCodeKind::kFloat, "float"},
};

constexpr float kSteps = 127;
constexpr size_t kSumsAtOnce = 64;

float Largest(std::span<const float> vector) {
  float largest = 0;
  for (const float value : vector) largest = std::max(largest, std::fabs(value));
  return largest;
}

// The distance between two codes; 0 for a vector so short that it could not be divided by it.
float StepOf(std::span<const float> vector) {
  const float step = Largest(vector) / kSteps;
  return step >= std::numeric_limits<float>::min() * kSteps ? step : 0;
}

}  // namespace

const char* VectorCodeKindName(VectorCodeKind kind) {
  for (const auto& [value, name] : kKinds) {
    if (value == kind) return name;
  }
  Fatal(__FILE__, __LINE__, "a VectorCodeKind without a name");
}

Result<VectorCodeKind> ParseVectorCodeKind(std::string_view name) {
  for (const auto& [value, known] : kKinds) {
    if (name == known) return value;
  }
  return InvalidArgumentError("vector codes \"" + std::string(name) +
                              "\": expected int8, bf16 or float");
}

CodeLayout::CodeLayout(VectorCodeKind kind, uint32_t dimension)
    : padded((dimension + kCodeBlock - 1) / kCodeBlock * kCodeBlock) {
  switch (kind) {
    case VectorCodeKind::kInt8:
      coarse = fine = padded;
      scale = sizeof(float);
      break;
    case VectorCodeKind::kBf16:
      coarse = fine = padded * sizeof(uint16_t);
      break;
    case VectorCodeKind::kFloat:
      coarse = padded * sizeof(float);
      break;
  }
}

VectorCodes::VectorCodes(VectorCodeKind kind, uint32_t dimension, size_t count, const char* coarse,
                         const char* fine, const char* scales)
    : kind_(kind),
      dimension_(dimension),
      count_(count),
      layout_(kind, dimension),
      coarse_(reinterpret_cast<const uint8_t*>(coarse)),
      fine_(reinterpret_cast<const uint8_t*>(fine)),
      scales_(layout_.scale == 0 ? nullptr : AlignedAs<float>(scales)) {}

void WriteCodes(VectorCodeKind kind, std::span<const float> vector, char* coarse, char* fine,
                char* scale) {
  switch (kind) {
    case VectorCodeKind::kInt8: {
      auto* const codes = AlignedAs<uint8_t>(coarse);
      auto* const residuals = AlignedAs<int8_t>(fine);
      const float step = StepOf(vector);
      std::memcpy(scale, &step, sizeof(step));
      const size_t padded = CodeLayout(kind, static_cast<uint32_t>(vector.size())).padded;
      std::fill(codes, codes + padded, uint8_t{128});
      if (step == 0) return;
      for (size_t i = 0; i < vector.size(); ++i) {
        const float steps = vector[i] / step;
        int code = static_cast<int>(std::nearbyint(steps));
        int residual = static_cast<int>(std::nearbyint((steps - static_cast<float>(code)) * 256));
        if (residual == 128) {  // half a step up is half a step down from the next
          ++code;
          residual = -128;
        }
        codes[i] = static_cast<uint8_t>(code + 128);
        residuals[i] = static_cast<int8_t>(residual);
      }
      return;
    }
    case VectorCodeKind::kBf16:
      for (size_t i = 0; i < vector.size(); ++i) {
        const uint32_t bits = std::bit_cast<uint32_t>(vector[i]);
        AlignedAs<uint16_t>(coarse)[i] = static_cast<uint16_t>(bits >> 16);
        AlignedAs<uint16_t>(fine)[i] = static_cast<uint16_t>(bits);
      }
      return;
    case VectorCodeKind::kFloat:
      std::memcpy(coarse, vector.data(), vector.size_bytes());
      return;
  }
}

void VectorCodes::Decode(size_t position, std::span<float> out) const {
  const uint8_t* const coarse = this->coarse().row(position);
  for (size_t i = 0; i < out.size(); ++i) {
    switch (kind_) {
      case VectorCodeKind::kInt8:
        out[i] = scale(position) * (static_cast<float>(coarse[i]) - 128 +
                                    static_cast<float>(AlignedAs<int8_t>(fine(position))[i]) / 256);
        break;
      case VectorCodeKind::kBf16:
        out[i] = std::bit_cast<float>(uint32_t{AlignedAs<uint16_t>(coarse)[i]} << 16 |
                                      AlignedAs<uint16_t>(fine(position))[i]);
        break;
      case VectorCodeKind::kFloat:
        out[i] = AlignedAs<float>(coarse)[i];
        break;
    }
  }
}

CodeRows CodedQuery::Used(const VectorCodes& codes, size_t first) const {
  const CodeRows rows = codes.coarse();
  const size_t component = codes.layout().coarse / codes.layout().padded;
  return {rows.row(first) + begin_ * component, rows.stride, (end_ - begin_) * component};
}

void CodedQuery::Use(size_t begin, size_t end) {
  begin_ = begin / kCodeBlock * kCodeBlock;
  end_ = (end + kCodeBlock - 1) / kCodeBlock * kCodeBlock;
}

void CodedQuery::Set(const VectorCodes& codes, std::span<const float> query) {
  const size_t padded = codes.layout().padded;
  values_.assign(padded, 0.0f);
  std::copy(query.begin(), query.end(), values_.begin());
  const auto is_set = [](float value) { return value != 0; };
  const auto first = std::find_if(query.begin(), query.end(), is_set);
  const auto last = std::find_if(query.rbegin(), std::make_reverse_iterator(first), is_set);
  Use(static_cast<size_t>(first - query.begin()), static_cast<size_t>(last.base() - query.begin()));
  scale_ = 1;
  if (codes.kind() != VectorCodeKind::kInt8) return;
  bytes_.assign(padded, 0);
  offset_ = 0;
  const float step = StepOf(query);
  if (step == 0) return;
  for (size_t i = 0; i < query.size(); ++i) {
    bytes_[i] = static_cast<int8_t>(std::nearbyint(query[i] / step));
    offset_ += bytes_[i] * 128;
  }
}

void CodedQuery::SetStored(const VectorCodes& codes, size_t position) {
  const size_t padded = codes.layout().padded;
  Use(0, padded);
  if (codes.kind() != VectorCodeKind::kInt8) {
    values_.assign(padded, 0.0f);
    codes.Decode(position, std::span(values_).first(codes.dimension()));
    scale_ = 1;
    return;
  }
  // The coarse part alone: it is what the other vectors are compared by, too.
  bytes_.resize(padded);
  const uint8_t* const from = codes.coarse().row(position);
  int32_t sum = 0;
  for (size_t i = 0; i < padded; ++i) {
    bytes_[i] = static_cast<int8_t>(from[i] ^ 0x80);  // the code less 128
    sum += bytes_[i];
  }
  offset_ = sum * 128;
  scale_ = codes.scale(position);
}

void CodedQuery::CoarseScores(const VectorCodes& codes, const uint32_t* positions, size_t count,
                              float* out) const {
  switch (codes.kind()) {
    case VectorCodeKind::kInt8: {
      int32_t sums[kSumsAtOnce];
      for (size_t begin = 0; begin < count; begin += kSumsAtOnce) {
        const size_t n = std::min(kSumsAtOnce, count - begin);
        const uint32_t* const at = positions + begin;
        DotInt8(bytes_.data() + begin_, Used(codes), at, n, sums);
        for (size_t i = 0; i < n; ++i) {
          out[begin + i] = static_cast<float>(sums[i] - offset_) * (scale_ * codes.scale(at[i]));
        }
      }
      return;
    }
    case VectorCodeKind::kBf16:
      DotBf16(values_.data() + begin_, Used(codes), positions, count, out);
      return;
    case VectorCodeKind::kFloat:
      DotFloat(values_.data() + begin_, Used(codes), positions, count, out);
      return;
  }
}

void CodedQuery::CoarseScoresOfRun(const VectorCodes& codes, size_t first, size_t count,
                                   float* out) const {
  switch (codes.kind()) {
    case VectorCodeKind::kInt8: {
      int32_t sums[kSumsAtOnce];
      for (size_t begin = 0; begin < count; begin += kSumsAtOnce) {
        const size_t n = std::min(kSumsAtOnce, count - begin);
        DotInt8Run(bytes_.data() + begin_, Used(codes, first + begin), n, sums);
        for (size_t i = 0; i < n; ++i) {
          out[begin + i] =
              static_cast<float>(sums[i] - offset_) * (scale_ * codes.scale(first + begin + i));
        }
      }
      return;
    }
    case VectorCodeKind::kBf16:
      DotBf16Run(values_.data() + begin_, Used(codes, first), count, out);
      return;
    case VectorCodeKind::kFloat:
      DotFloatRun(values_.data() + begin_, Used(codes, first), count, out);
      return;
  }
}

void CodedQuery::FetchFine(const VectorCodes& codes, uint32_t position) const {
  const size_t component = codes.layout().fine / codes.layout().padded;
  const uint8_t* const fine = codes.fine(position);
  for (size_t at = begin_ * component; at < end_ * component; at += kCodeBlock) {
    __builtin_prefetch(fine + at);
  }
}

float CodedQuery::Score(const VectorCodes& codes, uint32_t position) const {
  const float* const query = values_.data() + begin_;
  const size_t count = end_ - begin_;
  const uint8_t* const coarse = Used(codes).row(position);
  const uint8_t* const fine = codes.fine(position);
  switch (codes.kind()) {
    case VectorCodeKind::kInt8:
      return codes.scale(position) *
             DotInt8Residual(query, coarse, AlignedAs<int8_t>(fine) + begin_, count);
    case VectorCodeKind::kBf16:
      return DotSplitFloat(query, AlignedAs<uint16_t>(coarse), AlignedAs<uint16_t>(fine) + begin_,
                           count);
    case VectorCodeKind::kFloat: {
      float score = 0;
      DotFloat(query, Used(codes), &position, 1, &score);
      return score;
    }
  }
  return 0;
}

}  // namespace quarry::index
