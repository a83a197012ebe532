#include "index/row_file.h"

#include <array>
#include <span>
#include <utility>

#include "base/coding.h"
#include "index/section_file.h"

namespace quarry::index {
namespace {

constexpr SectionFormat kRowFormat = {
    .name = "rows", .magic = "QROW", .version = 1, .field_bytes = 16, .sections = 8};
constexpr size_t kNameBytes = 16;
// Entries of a section that are put together before they are written.
constexpr size_t kWrittenTogether = 4096;

static_assert(sizeof(RowImage::Document) == 24 && sizeof(RowEntry) == 16 &&
              sizeof(IdMap::Entry) == 16);

Status DamagedRows(const std::string& what) { return DataLossError("rows: " + what); }

// What RowTable requires of an image.
Status CheckImage(const RowImage& image) {
  uint64_t id_end = 0;
  uint64_t row = 0;
  for (size_t d = 0; d < image.documents.size(); ++d) {
    const RowImage::Document& document = image.documents[d];
    if (document.id_end < id_end || document.id_end > image.ids.size()) {
      return DamagedRows("a document's id lies outside");
    }
    id_end = document.id_end;
    if (document.first_row != row || document.rows > image.rows.size() - row) {
      return DamagedRows("a document's rows lie outside");
    }
    for (uint32_t i = 0; i < document.rows; ++i, ++row) {
      if (image.rows[row].document != d || image.rows[row].ordinal != i) {
        return DamagedRows("a row of another document");
      }
    }
  }
  return row == image.rows.size() ? OkStatus() : DamagedRows("a row without a document");
}

Status CheckMap(std::string_view section, size_t values, const char* what) {
  const auto entries = ValuesOf<IdMap::Entry>(section);
  for (size_t i = 0; i < entries.size(); ++i) {
    if ((i > 0 && entries[i].id <= entries[i - 1].id) || entries[i].value >= values) {
      return DamagedRows(std::string(what) + ": out of order or outside");
    }
  }
  return OkStatus();
}

// Where the sections stand, and the size of all.
struct RowFilePlaces {
  std::array<SectionPlace, kRowFormat.sections> sections;
  uint64_t bytes = 0;
};

RowFilePlaces PlacesOf(const RowFile& file) {
  uint64_t ids = 0;
  for (size_t d = 0; d < file.rows.documents(); ++d) ids += file.rows.document(d).id.size();
  const std::array<uint64_t, kRowFormat.sections> sizes = {
      file.rows.documents() * sizeof(RowImage::Document),
      ids,
      file.rows.rows() * sizeof(RowEntry),
      file.live.words().size_bytes(),
      file.has_vector.words().size_bytes(),
      file.positions.Entries().size() * sizeof(IdMap::Entry),
      file.chunk_rows.Entries().size() * sizeof(IdMap::Entry),
      file.segments.size() * kNameBytes};
  RowFilePlaces places;
  places.bytes = SectionHeaderBytes(kRowFormat);
  for (size_t i = 0; i < sizes.size(); ++i) {
    places.sections[i] = {.offset = AlignedSection(places.bytes), .bytes = sizes[i]};
    places.bytes = places.sections[i].offset + sizes[i];
  }
  return places;
}

}  // namespace

std::string EncodeRowFile(const RowFile& file) {
  std::string bytes;
  WriteRowFile(file, [&](std::string_view piece) {
    bytes += piece;
    return OkStatus();
  }).IgnoreError();  // nothing in it can fail
  return bytes;
}

uint64_t RowFileBytes(const RowFile& file) { return PlacesOf(file).bytes; }

// In the order of the sections, so that at most one of them is in memory a second time.
Status WriteRowFile(const RowFile& file, const RowFileSink& write) {
  const RowFilePlaces places = PlacesOf(file);
  std::string fields;
  AppendFixed64(fields, file.commit.value);
  AppendFixed32(fields, file.generation.value);
  AppendFixed32(fields, 0);
  const std::string header = EncodeSectionHeader(kRowFormat, fields, places.sections, places.bytes);
  QUARRY_RETURN_IF_ERROR(write(header));
  uint64_t at = header.size();
  size_t section = 0;
  const auto begin_section = [&] {
    const SectionPlace& place = places.sections[section++];
    const std::string padding(place.offset - at, '\0');
    at = place.offset + place.bytes;
    return write(padding);
  };

  QUARRY_RETURN_IF_ERROR(begin_section());
  std::vector<RowImage::Document> documents;
  uint64_t id_end = 0;
  for (size_t d = 0; d < file.rows.documents(); ++d) {
    const DocumentEntry entry = file.rows.document(d);
    id_end += entry.id.size();
    documents.push_back({.number = entry.number.value,
                         .id_end = id_end,
                         .first_row = entry.first_row,
                         .rows = entry.rows});
    if (documents.size() < kWrittenTogether && d + 1 < file.rows.documents()) continue;
    QUARRY_RETURN_IF_ERROR(write(BytesOf(std::span(documents))));
    documents.clear();
  }
  QUARRY_RETURN_IF_ERROR(begin_section());
  for (size_t d = 0; d < file.rows.documents(); ++d) {
    QUARRY_RETURN_IF_ERROR(write(file.rows.document(d).id));
  }
  QUARRY_RETURN_IF_ERROR(begin_section());
  std::vector<RowEntry> rows;
  for (size_t row = 0; row < file.rows.rows(); ++row) {
    rows.push_back(file.rows.row(static_cast<RowId>(row)));
    if (rows.size() < kWrittenTogether && row + 1 < file.rows.rows()) continue;
    QUARRY_RETURN_IF_ERROR(write(BytesOf(std::span(rows))));
    rows.clear();
  }
  for (const Bitmap* bitmap : {&file.live, &file.has_vector}) {
    QUARRY_RETURN_IF_ERROR(begin_section());
    QUARRY_RETURN_IF_ERROR(write(BytesOf(bitmap->words())));
  }
  for (const IdMap* map : {&file.positions, &file.chunk_rows}) {
    QUARRY_RETURN_IF_ERROR(begin_section());
    const std::vector<IdMap::Entry> entries = map->Entries();
    QUARRY_RETURN_IF_ERROR(write(BytesOf(std::span(entries))));
  }
  QUARRY_RETURN_IF_ERROR(begin_section());
  for (const std::string& name : file.segments) QUARRY_RETURN_IF_ERROR(write(name));
  return OkStatus();
}

Result<RowFile> ParseRowFile(SharedBytes bytes) {
  QUARRY_ASSIGN_OR_RETURN(const SectionFile parsed, ParseSections(kRowFormat, bytes.view));
  RowFile file;
  RecordReader reader(parsed.fields);
  file.commit = CommitSequence(reader.Fixed64());
  file.generation = GenerationId(reader.Fixed32());
  const std::string_view documents = parsed.sections[0];
  const std::string_view ids = parsed.sections[1];
  const std::string_view rows = parsed.sections[2];
  const std::string_view live = parsed.sections[3];
  const std::string_view vectors = parsed.sections[4];
  const std::string_view numbers = parsed.sections[5];
  const std::string_view chunks = parsed.sections[6];
  const std::string_view segments = parsed.sections[7];
  const size_t row_count = rows.size() / sizeof(RowEntry);
  const size_t words = (row_count + 63) / 64;
  if (documents.size() % sizeof(RowImage::Document) != 0 || rows.size() % sizeof(RowEntry) != 0 ||
      live.size() != words * 8 || vectors.size() != words * 8 ||
      numbers.size() % sizeof(IdMap::Entry) != 0 || chunks.size() % sizeof(IdMap::Entry) != 0 ||
      segments.size() % kNameBytes != 0) {
    return DamagedRows("a section has no whole number of entries");
  }
  RowImage image{.documents = ValuesOf<RowImage::Document>(documents),
                 .ids = ids,
                 .rows = ValuesOf<RowEntry>(rows),
                 .owner = bytes.owner};
  QUARRY_RETURN_IF_ERROR(CheckImage(image));
  QUARRY_RETURN_IF_ERROR(CheckMap(numbers, image.documents.size(), "numbers"));
  QUARRY_RETURN_IF_ERROR(CheckMap(chunks, row_count, "chunks"));
  file.rows = RowTable(std::move(image));
  file.live = Bitmap::FromWords(ValuesOf<uint64_t>(live), row_count);
  file.has_vector = Bitmap::FromWords(ValuesOf<uint64_t>(vectors), row_count);
  file.positions = IdMap::FromBytes(numbers, bytes.owner);
  file.chunk_rows = IdMap::FromBytes(chunks, bytes.owner);
  for (size_t at = 0; at < segments.size(); at += kNameBytes) {
    file.segments.emplace_back(segments.substr(at, kNameBytes));
  }
  return file;
}

}  // namespace quarry::index
