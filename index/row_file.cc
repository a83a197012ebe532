#include "index/row_file.h"

#include <array>
#include <bit>
#include <span>
#include <utility>

#include "base/coding.h"

namespace quarry::index {
namespace {

constexpr std::string_view kMagic = "QROW";
constexpr uint32_t kVersion = 1;
constexpr size_t kSections = 8;
constexpr size_t kHeaderBytes = 160;
constexpr size_t kAlignment = 8;
constexpr size_t kNameBytes = 16;

static_assert(std::endian::native == std::endian::little);
static_assert(sizeof(RowImage::Document) == 24 && sizeof(RowEntry) == 16 &&
              sizeof(IdMap::Entry) == 16);

Status Damaged(const std::string& what) { return DataLossError("rows: " + what); }

size_t Aligned(size_t offset) { return (offset + kAlignment - 1) / kAlignment * kAlignment; }

template <typename T>
std::string_view BytesOf(const std::vector<T>& values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)};
}

// REQUIRES: at a multiple of 8, as every section is.
template <typename T>
std::span<const T> ValuesOf(std::string_view bytes) {
  return {reinterpret_cast<const T*>(bytes.data()), bytes.size() / sizeof(T)};
}

std::vector<uint64_t> WordsOf(const Bitmap& bits) {
  std::vector<uint64_t> words((bits.size() + 63) / 64, 0);
  bits.ForEachSet([&](size_t i) { words[i / 64] |= uint64_t{1} << (i % 64); });
  return words;
}

Bitmap BitsOf(std::span<const uint64_t> words, size_t size) {
  Bitmap bits(size);
  for (size_t w = 0; w < words.size(); ++w) {
    for (uint64_t word = words[w]; word != 0; word &= word - 1) {
      const size_t i = w * 64 + static_cast<size_t>(std::countr_zero(word));
      if (i < size) bits.Set(i);
    }
  }
  return bits;
}

// What RowTable requires of an image.
Status CheckImage(const RowImage& image) {
  uint64_t id_end = 0;
  uint64_t row = 0;
  for (size_t d = 0; d < image.documents.size(); ++d) {
    const RowImage::Document& document = image.documents[d];
    if (document.id_end < id_end || document.id_end > image.ids.size()) {
      return Damaged("a document's id lies outside");
    }
    id_end = document.id_end;
    if (document.first_row != row || document.rows > image.rows.size() - row) {
      return Damaged("a document's rows lie outside");
    }
    for (uint32_t i = 0; i < document.rows; ++i, ++row) {
      if (image.rows[row].document != d || image.rows[row].ordinal != i) {
        return Damaged("a row of another document");
      }
    }
  }
  return row == image.rows.size() ? OkStatus() : Damaged("a row without a document");
}

Status CheckMap(std::string_view section, size_t values, const char* what) {
  const auto entries = ValuesOf<IdMap::Entry>(section);
  for (size_t i = 0; i < entries.size(); ++i) {
    if ((i > 0 && entries[i].id <= entries[i - 1].id) || entries[i].value >= values) {
      return Damaged(std::string(what) + ": out of order or outside");
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
  const std::vector<uint64_t> live = WordsOf(file.live);
  const std::vector<uint64_t> vectors = WordsOf(file.has_vector);
  const std::vector<IdMap::Entry> positions = file.positions.Entries();
  const std::vector<IdMap::Entry> chunk_rows = file.chunk_rows.Entries();
  const std::array<std::string_view, kSections> sections = {BytesOf(documents),  ids,
                                                            BytesOf(rows),       BytesOf(live),
                                                            BytesOf(vectors),    BytesOf(positions),
                                                            BytesOf(chunk_rows), segments};

  std::string bytes(kMagic);
  AppendFixed32(bytes, kVersion);
  AppendFixed64(bytes, file.commit.value);
  AppendFixed32(bytes, file.generation.value);
  AppendFixed32(bytes, 0);
  size_t size = kHeaderBytes;
  for (const std::string_view section : sections) size = Aligned(size) + section.size();
  AppendFixed64(bytes, size);
  size_t offset = kHeaderBytes;
  for (const std::string_view section : sections) {
    offset = Aligned(offset);
    AppendFixed64(bytes, offset);
    AppendFixed64(bytes, section.size());
    offset += section.size();
  }
  for (const std::string_view section : sections) {
    bytes.resize(Aligned(bytes.size()));
    bytes.append(section);
  }
  return bytes;
}

Result<RowFile> ParseRowFile(SharedBytes bytes) {
  const std::string_view view = bytes.view;
  if (view.size() < kHeaderBytes) {
    return Damaged(std::to_string(view.size()) + " bytes, a header has " +
                   std::to_string(kHeaderBytes));
  }
  if (!view.starts_with(kMagic)) return Damaged("does not begin with QROW");
  RecordReader reader(view.substr(kMagic.size(), kHeaderBytes - kMagic.size()));
  const uint32_t version = reader.Fixed32();
  if (version != kVersion) {
    return Damaged("layout version " + std::to_string(version) + ", expected " +
                   std::to_string(kVersion));
  }
  RowFile file;
  file.commit = CommitSequence(reader.Fixed64());
  file.generation = GenerationId(reader.Fixed32());
  reader.Fixed32();
  const uint64_t size = reader.Fixed64();
  if (size != view.size()) {
    return Damaged("holds " + std::to_string(view.size()) + " bytes, " + std::to_string(size) +
                   " were written");
  }
  std::array<std::string_view, kSections> sections;
  for (std::string_view& section : sections) {
    const uint64_t offset = reader.Fixed64();
    const uint64_t length = reader.Fixed64();
    if (offset % kAlignment != 0 || offset > view.size() || length > view.size() - offset) {
      return Damaged("a section lies outside of it");
    }
    section = view.substr(offset, length);
  }
  const auto& [documents, ids, rows, live, vectors, numbers, chunks, segments] = sections;
  const size_t row_count = rows.size() / sizeof(RowEntry);
  const size_t words = (row_count + 63) / 64;
  if (documents.size() % sizeof(RowImage::Document) != 0 || rows.size() % sizeof(RowEntry) != 0 ||
      live.size() != words * 8 || vectors.size() != words * 8 ||
      numbers.size() % sizeof(IdMap::Entry) != 0 || chunks.size() % sizeof(IdMap::Entry) != 0 ||
      segments.size() % kNameBytes != 0) {
    return Damaged("a section has no whole number of entries");
  }
  RowImage image{.documents = ValuesOf<RowImage::Document>(documents),
                 .ids = ids,
                 .rows = ValuesOf<RowEntry>(rows),
                 .owner = bytes.owner};
  QUARRY_RETURN_IF_ERROR(CheckImage(image));
  QUARRY_RETURN_IF_ERROR(CheckMap(numbers, image.documents.size(), "numbers"));
  QUARRY_RETURN_IF_ERROR(CheckMap(chunks, row_count, "chunks"));
  file.rows = RowTable(std::move(image));
  file.live = BitsOf(ValuesOf<uint64_t>(live), row_count);
  file.has_vector = BitsOf(ValuesOf<uint64_t>(vectors), row_count);
  file.positions = IdMap::FromBytes(numbers, bytes.owner);
  file.chunk_rows = IdMap::FromBytes(chunks, bytes.owner);
  for (size_t at = 0; at < segments.size(); at += kNameBytes) {
    file.segments.emplace_back(segments.substr(at, kNameBytes));
  }
  return file;
}

}  // namespace quarry::index
