#include "index/section_file.h"

#include "base/coding.h"

namespace quarry::index {
namespace {

constexpr size_t kAlignment = 8;

size_t Aligned(size_t offset) { return (offset + kAlignment - 1) / kAlignment * kAlignment; }

size_t HeaderBytes(const SectionFormat& format) {
  return 16 + format.field_bytes + 16 * format.sections;
}

}  // namespace

std::string EncodeSections(const SectionFormat& format, std::string_view fields,
                           std::span<const std::string_view> sections) {
  QUARRY_CHECK(fields.size() == format.field_bytes && sections.size() == format.sections);
  size_t size = HeaderBytes(format);
  for (const std::string_view section : sections) size = Aligned(size) + section.size();
  std::string file;
  file.reserve(size);
  file.append(format.magic);
  AppendFixed32(file, format.version);
  file.append(fields);
  AppendFixed64(file, size);
  size_t offset = HeaderBytes(format);
  for (const std::string_view section : sections) {
    offset = Aligned(offset);
    AppendFixed64(file, offset);
    AppendFixed64(file, section.size());
    offset += section.size();
  }
  for (const std::string_view section : sections) {
    file.resize(Aligned(file.size()));
    file.append(section);
  }
  return file;
}

Result<SectionFile> ParseSections(const SectionFormat& format, std::string_view bytes) {
  const auto damaged = [&](const std::string& what) {
    return DataLossError(std::string(format.name) + ": " + what);
  };
  if (bytes.size() < HeaderBytes(format)) {
    return damaged(std::to_string(bytes.size()) + " bytes, a header has " +
                   std::to_string(HeaderBytes(format)));
  }
  if (!bytes.starts_with(format.magic)) {
    return damaged("does not begin with " + std::string(format.magic));
  }
  RecordReader reader(bytes.substr(format.magic.size()));
  const uint32_t version = reader.Fixed32();
  if (version != format.version) {
    return damaged("layout version " + std::to_string(version) + ", expected " +
                   std::to_string(format.version));
  }
  SectionFile file;
  const size_t behind_fields = 8 + format.field_bytes;
  file.fields = bytes.substr(8, format.field_bytes);
  reader = RecordReader(bytes.substr(behind_fields));
  const uint64_t size = reader.Fixed64();
  if (size != bytes.size()) {
    return damaged("holds " + std::to_string(bytes.size()) + " bytes, " + std::to_string(size) +
                   " were written");
  }
  for (size_t i = 0; i < format.sections; ++i) {
    const uint64_t offset = reader.Fixed64();
    const uint64_t length = reader.Fixed64();
    if (offset % kAlignment != 0 || offset > bytes.size() || length > bytes.size() - offset) {
      return damaged("a section lies outside of it");
    }
    file.sections.push_back(bytes.substr(offset, length));
  }
  return file;
}

}  // namespace quarry::index
