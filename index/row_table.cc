#include "index/row_table.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "base/status.h"

namespace quarry::index {

DocumentEntry RowTable::document(size_t index) const {
  const size_t mapped = image_.documents.size();
  if (index >= mapped) {
    const Appended& document = documents_[index - mapped];
    return {.number = document.number,
            .id = document.id,
            .first_row = document.first_row,
            .rows = document.rows};
  }
  const RowImage::Document& document = image_.documents[index];
  const uint64_t begin = index == 0 ? 0 : image_.documents[index - 1].id_end;
  return {.number = DocumentNumber(document.number),
          .id = image_.ids.substr(begin, document.id_end - begin),
          .first_row = document.first_row,
          .rows = document.rows};
}

size_t RowTable::Append(DocumentNumber number, DocumentId id, const std::vector<ChunkId>& chunks) {
  // Rows are 32 bits and the largest one means "no row".
  QUARRY_CHECK(chunks.size() < std::numeric_limits<RowId>::max() - rows());
  const size_t position = documents();
  documents_.Append({.number = number,
                     .id = std::move(id),
                     .first_row = static_cast<RowId>(rows()),
                     .rows = static_cast<uint32_t>(chunks.size())});
  for (size_t i = 0; i < chunks.size(); ++i) {
    rows_.Append({.chunk = chunks[i],
                  .document = static_cast<uint32_t>(position),
                  .ordinal = static_cast<uint32_t>(i)});
  }
  return position;
}

uint64_t RowTable::MemoryBytes() const {
  return MappedBytes() + rows_.MemoryBytes() + documents_.MemoryBytes();
}

bool RowTable::Precedes(RowId a, RowId b) const {
  const RowEntry& first = row(a);
  const RowEntry& second = row(b);
  if (first.document != second.document) {
    const int order = document(first.document).id.compare(document(second.document).id);
    if (order != 0) return order < 0;
  }
  // Two versions of one document are never alive together; the row keeps the order total all the
  // same.
  if (first.ordinal != second.ordinal) return first.ordinal < second.ordinal;
  return a < b;
}

}  // namespace quarry::index
