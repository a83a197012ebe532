#pragma once

// Derived files that are sections behind a header, so that they are used as they lie.
//
//   offset  bytes
//        0      4  magic
//        4      4  version of the layout
//        8      F  the format's own fields
//      8+F      8  size of the file
//     16+F   16*N  offset and size of each section
//                  the sections, each at a multiple of 8, in any order
//
// Integers are little-endian, in the sections too. The checksum stands in the manifest
// (derived_files.h).
//
// Pure and thread-safe.

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "index/aligned.h"

namespace quarry::index {

static_assert(std::endian::native == std::endian::little);

struct SectionFormat {
  const char* name;  // for messages: "lexical segment"
  std::string_view magic;
  uint32_t version;
  size_t field_bytes;
  size_t sections;
};

// REQUIRES: as many bytes of fields and as many sections as the format has.
std::string EncodeSections(const SectionFormat& format, std::string_view fields,
                           std::span<const std::string_view> sections);

// For a file whose sections are written one by one: where the first may begin, and the header, which is
// written last. REQUIRES: as many places as the format has sections, each at a multiple of 8.
struct SectionPlace {
  uint64_t offset = 0;
  uint64_t bytes = 0;
};
size_t SectionHeaderBytes(const SectionFormat& format);
std::string EncodeSectionHeader(const SectionFormat& format, std::string_view fields,
                                std::span<const SectionPlace> sections, uint64_t file_bytes);
inline constexpr uint64_t kSectionAlignment = 8;
inline uint64_t AlignedSection(uint64_t offset) {
  return (offset + kSectionAlignment - 1) / kSectionAlignment * kSectionAlignment;
}

// Views of the file; every section lies inside it.
struct SectionFile {
  std::string_view fields;
  std::vector<std::string_view> sections;
};
// Error: kDataLoss naming what is wrong.
Result<SectionFile> ParseSections(const SectionFormat& format, std::string_view bytes);

template <typename T>
std::string_view BytesOf(std::span<T> values) {
  return {reinterpret_cast<const char*>(values.data()), values.size_bytes()};
}

// REQUIRES: a section (it begins at a multiple of 8) of a whole number of values.
template <typename T>
std::span<const T> ValuesOf(std::string_view section) {
  return {AlignedAs<T>(section.data()), section.size() / sizeof(T)};
}

}  // namespace quarry::index
