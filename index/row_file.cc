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

}  // namespace

std::string EncodeRowFile(const RowFile& file) {
  std::vector<RowImage::Document> documents;
  std::string ids;
  for (size_t d = 0; d < file.rows.documents(); ++d) {
    const DocumentEntry entry = file.rows.document(d);
    ids += entry.id;
    documents.push_back({.number = entry.number.value,
                         .id_end = ids.size(),
                         .first_row = entry.first_row,
                         .rows = entry.rows});
  }
  std::vector<RowEntry> rows;
  for (RowId row = 0; row < file.rows.rows(); ++row) rows.push_back(file.rows.row(row));
  std::string segments;
  for (const std::string& name : file.segments) segments += name;
  const std::vector<IdMap::Entry> positions = file.positions.Entries();
  const std::vector<IdMap::Entry> chunk_rows = file.chunk_rows.Entries();
  const std::array<std::string_view, 8> sections = {
      BytesOf(std::span(documents)),    ids,
      BytesOf(std::span(rows)),         BytesOf(file.live.words()),
      BytesOf(file.has_vector.words()), BytesOf(std::span(positions)),
      BytesOf(std::span(chunk_rows)),   segments};
  std::string fields;
  AppendFixed64(fields, file.commit.value);
  AppendFixed32(fields, file.generation.value);
  AppendFixed32(fields, 0);
  return EncodeSections(kRowFormat, fields, sections);
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
