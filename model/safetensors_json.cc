#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "base/coding.h"
#include "base/file.h"
#include "base/hash.h"
#include "model/safetensors.h"

namespace quarry::model {
namespace {

using Json = nlohmann::json;

constexpr uint64_t kMaxHeaderBytes = 100'000'000;  // as the reference has it
constexpr size_t kMaxRank = 8;

// Bytes of a value; 0 for a dtype that is not known.
uint64_t SizeOf(const std::string& dtype) {
  if (dtype == "F64" || dtype == "I64" || dtype == "U64") return 8;
  if (dtype == "F32" || dtype == "I32" || dtype == "U32") return 4;
  if (dtype == "F16" || dtype == "BF16" || dtype == "I16" || dtype == "U16") return 2;
  if (dtype == "I8" || dtype == "U8" || dtype == "BOOL") return 1;
  return 0;
}

float FromHalf(uint16_t half) {
  const uint32_t sign = static_cast<uint32_t>(half & 0x8000u) << 16;
  const uint32_t exponent = half >> 10 & 0x1Fu;
  const uint32_t fraction = half & 0x3FFu;
  if (exponent == 0) {  // zero and what is below the normal range
    const float magnitude = static_cast<float>(fraction) * 0x1.0p-24f;
    return sign != 0 ? -magnitude : magnitude;
  }
  if (exponent == 31) return std::bit_cast<float>(sign | 0x7F800000u | fraction << 13);
  return std::bit_cast<float>(sign | (exponent + 112) << 23 | fraction << 13);
}

float FromBfloat(uint16_t bits) { return std::bit_cast<float>(uint32_t{bits} << 16); }

std::string TextOfShape(const std::vector<uint64_t>& shape) {
  std::string text;
  for (const uint64_t size : shape) text += (text.empty() ? "" : ", ") + std::to_string(size);
  return "[" + text + "]";
}

std::optional<uint64_t> Product(const std::vector<uint64_t>& shape, uint64_t factor) {
  uint64_t product = factor;
  for (const uint64_t size : shape) {
    if (__builtin_mul_overflow(product, size, &product)) return std::nullopt;
  }
  return product;
}

std::optional<std::vector<uint64_t>> ReadUints(const Json& json, size_t limit) {
  if (!json.is_array() || json.size() > limit) return std::nullopt;
  std::vector<uint64_t> numbers;
  for (const Json& one : json) {
    if (!one.is_number_unsigned()) return std::nullopt;
    numbers.push_back(one.get<uint64_t>());
  }
  return numbers;
}

}  // namespace

Status Safetensors::Wrong(const std::string& name, const std::string& what) const {
  return InvalidArgumentError(path_ + ": tensor \"" + name + "\": " + what);
}

Result<Safetensors> Safetensors::Open(const std::string& path) {
  Safetensors tensors;
  tensors.path_ = path;
  QUARRY_ASSIGN_OR_RETURN(MappedFile file, MappedFile::Open(path));
  tensors.file_ = MappedFile::Share(std::move(file));
  QUARRY_RETURN_IF_ERROR(tensors.ReadHeader());
  return tensors;
}

Status Safetensors::ReadHeader() {
  const std::string_view bytes = file_.view;
  RecordReader reader(bytes);
  const uint64_t size = reader.Fixed64();
  if (!reader.ok()) {
    return InvalidArgumentError(path_ + ": " + std::to_string(bytes.size()) +
                                " bytes; expected a safetensors file");
  }
  if (size > kMaxHeaderBytes || size > reader.remaining()) {
    return InvalidArgumentError(
        path_ + ": a header of " + std::to_string(size) + " bytes; expected at most " +
        std::to_string(std::min<uint64_t>(kMaxHeaderBytes, reader.remaining())));
  }
  // Of two equal names the parser would keep one: what the other says must not go unseen.
  bool is_repeated = false;
  std::vector<std::vector<std::string>> names;  // of the objects that are open
  const auto check = [&](int, Json::parse_event_t event, Json& parsed) {
    if (event == Json::parse_event_t::object_start) names.emplace_back();
    if (event == Json::parse_event_t::key) names.back().push_back(parsed.get<std::string>());
    if (event == Json::parse_event_t::object_end) {
      std::vector<std::string>& own = names.back();
      std::sort(own.begin(), own.end());
      is_repeated |= std::adjacent_find(own.begin(), own.end()) != own.end();
      names.pop_back();
    }
    return true;
  };
  const Json header = Json::parse(bytes.substr(8, size), check, /*allow_exceptions=*/false);
  if (header.is_discarded() || !header.is_object()) {
    return InvalidArgumentError(path_ + ": the header is no JSON object");
  }
  if (is_repeated) return InvalidArgumentError(path_ + ": the header has a name twice");

  const std::string_view values = bytes.substr(8 + size);
  std::vector<std::pair<uint64_t, uint64_t>> ranges;
  for (const auto& [name, entry] : header.items()) {
    if (name == "__metadata__") continue;
    if (!entry.is_object() || !entry.contains("dtype") || !entry["dtype"].is_string() ||
        !entry.contains("shape") || !entry.contains("data_offsets")) {
      return Wrong(name, "expected dtype, shape and data_offsets");
    }
    Tensor tensor;
    tensor.dtype = entry["dtype"].get<std::string>();
    const uint64_t value_size = SizeOf(tensor.dtype);
    if (value_size == 0) return Wrong(name, "dtype \"" + tensor.dtype + "\" is not known");
    const std::optional<std::vector<uint64_t>> shape = ReadUints(entry["shape"], kMaxRank);
    if (!shape) return Wrong(name, "shape: expected up to 8 sizes");
    tensor.shape = *shape;
    const std::optional<std::vector<uint64_t>> offsets = ReadUints(entry["data_offsets"], 2);
    if (!offsets || offsets->size() != 2) return Wrong(name, "data_offsets: expected two numbers");
    const uint64_t begin = (*offsets)[0];
    const uint64_t end = (*offsets)[1];
    if (begin > end || end > values.size()) {
      return Wrong(name, "bytes " + std::to_string(begin) + " to " + std::to_string(end) + " of " +
                             std::to_string(values.size()) + ": the file is cut short or damaged");
    }
    const std::optional<uint64_t> needed = Product(tensor.shape, value_size);
    if (!needed || *needed != end - begin) {
      return Wrong(name, "shape " + TextOfShape(tensor.shape) + " of " + tensor.dtype + " in " +
                             std::to_string(end - begin) + " bytes");
    }
    tensor.bytes = values.substr(begin, end - begin);
    if (begin < end) ranges.emplace_back(begin, end);
    tensors_.emplace(name, std::move(tensor));
  }
  std::sort(ranges.begin(), ranges.end());
  uint64_t covered = 0;
  for (const auto& [begin, end] : ranges) {
    if (begin != covered) {
      return InvalidArgumentError(path_ + ": tensors overlap or leave a hole at byte " +
                                  std::to_string(std::min(begin, covered)));
    }
    covered = end;
  }
  if (covered != values.size()) {
    return InvalidArgumentError(path_ + ": " + std::to_string(values.size() - covered) +
                                " bytes belong to no tensor");
  }
  return OkStatus();
}

std::string Safetensors::ShapeText(const std::string& name) const {
  return TextOfShape(Shape(name));
}

const std::vector<uint64_t>& Safetensors::Shape(const std::string& name) const {
  return tensors_.at(name).shape;
}

Result<FloatTensor> Safetensors::Floats(const std::string& name,
                                        const std::vector<uint64_t>& shape) const {
  const auto found = tensors_.find(name);
  if (found == tensors_.end()) return Wrong(name, "missing");
  const Tensor& tensor = found->second;
  if (tensor.shape != shape) {
    return Wrong(name, "shape " + TextOfShape(tensor.shape) + "; expected " + TextOfShape(shape));
  }
  FloatTensor floats;
  const char* const data = tensor.bytes.data();
  const bool is_float = tensor.dtype == "F32";
  if (is_float && reinterpret_cast<uintptr_t>(data) % alignof(float) == 0 &&
      std::endian::native == std::endian::little) {
    floats.values = {reinterpret_cast<const float*>(data), tensor.bytes.size() / sizeof(float)};
    floats.owner = file_.owner;
  } else if (is_float || tensor.dtype == "F16" || tensor.dtype == "BF16") {
    const bool is_half = tensor.dtype == "F16";
    const size_t size = is_float ? 4 : 2;
    auto copy = std::make_shared<std::vector<float>>(tensor.bytes.size() / size);
    for (size_t i = 0; i < copy->size(); ++i) {
      const auto* at = reinterpret_cast<const unsigned char*>(data) + i * size;
      const auto low = static_cast<uint16_t>(at[0] | at[1] << 8);
      if (is_float) {
        (*copy)[i] = std::bit_cast<float>(low | static_cast<uint32_t>(at[2]) << 16 |
                                          static_cast<uint32_t>(at[3]) << 24);
      } else {
        (*copy)[i] = is_half ? FromHalf(low) : FromBfloat(low);
      }
    }
    floats.values = *copy;
    floats.owner = std::move(copy);
  } else {
    return Wrong(name, "dtype " + tensor.dtype + "; expected F32, F16 or BF16");
  }
  const auto bad = std::find_if_not(floats.values.begin(), floats.values.end(),
                                    [](float value) { return std::isfinite(value); });
  if (bad != floats.values.end()) {
    return Wrong(name, "value " + std::to_string(bad - floats.values.begin()) + " is not finite");
  }
  return floats;
}

uint64_t Safetensors::Values() const {
  uint64_t count = 0;
  for (const auto& [name, tensor] : tensors_) count += tensor.bytes.size() / SizeOf(tensor.dtype);
  return count;
}

uint64_t Safetensors::ContentHash() const { return Hash64(file_.view); }

}  // namespace quarry::model
