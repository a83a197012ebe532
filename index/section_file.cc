#include "index/section_file.h"

#include "base/coding.h"

namespace quarry::index {

size_t SectionHeaderBytes(const SectionFormat& format) {
  return AlignedSection(16 + format.field_bytes + 16 * format.sections);
}

std::string EncodeSectionHeader(const SectionFormat& format, std::string_view fields,
                                std::span<const SectionPlace> sections, uint64_t file_bytes) {
  QUARRY_CHECK(fields.size() == format.field_bytes && sections.size() == format.sections);
  std::string header;
  header.append(format.magic);
  AppendFixed32(header, format.version);
  header.append(fields);
  AppendFixed64(header, file_bytes);
  for (const SectionPlace& section : sections) {
    QUARRY_CHECK(section.offset % kSectionAlignment == 0);
    AppendFixed64(header, section.offset);
    AppendFixed64(header, section.bytes);
  }
  return header;
}

std::string EncodeSections(const SectionFormat& format, std::string_view fields,
                           std::span<const std::string_view> sections) {
  std::vector<SectionPlace> places;
  uint64_t size = SectionHeaderBytes(format);
  for (const std::string_view section : sections) {
    places.push_back({.offset = AlignedSection(size), .bytes = section.size()});
    size = places.back().offset + section.size();
  }
  std::string file = EncodeSectionHeader(format, fields, places, size);
  file.reserve(size);
  for (size_t i = 0; i < sections.size(); ++i) {
    file.resize(places[i].offset);
    file.append(sections[i]);
  }
  return file;
}

Result<SectionFile> ParseSections(const SectionFormat& format, std::string_view bytes) {
  const auto damaged = [&](const std::string& what) {
    return DataLossError(std::string(format.name) + ": " + what);
  };
  if (bytes.size() < SectionHeaderBytes(format)) {
    return damaged(std::to_string(bytes.size()) + " bytes, a header has " +
                   std::to_string(SectionHeaderBytes(format)));
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
    if (offset % kSectionAlignment != 0 || offset > bytes.size() ||
        length > bytes.size() - offset) {
      return damaged("a section lies outside of it");
    }
    file.sections.push_back(bytes.substr(offset, length));
  }
  return file;
}

}  // namespace quarry::index
