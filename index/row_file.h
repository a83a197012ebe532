#pragma once

// The derived file of a collection's rows: what else would be read from every document of the store
// when the collection is opened.
//
// A section file (section_file.h), magic "QROW", version 1.
//
//   fields    u64 the last change (CommitSequence) that it shows, u32 the generation whose vectors
//             `vectors` tells of (0 = none), u32 0
//   sections  documents  RowImage::Document, 24 bytes each
//             ids        their ids, one after the other
//             rows       RowEntry, 16 bytes each
//             live       a bit per row, in words of 64
//             vectors    likewise: rows with a vector
//             numbers    IdMap: DocumentNumber -> position among the documents
//             chunks     IdMap: ChunkId -> row
//             segments   names of the lexical segments by ascending rows, 16 bytes each: the
//                        hexadecimal digits of their checksum

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bitmap.h"
#include "base/shared_bytes.h"
#include "base/status.h"
#include "index/id_map.h"
#include "index/row_table.h"

namespace quarry::index {

struct RowFile {
  CommitSequence commit;
  GenerationId generation;
  RowTable rows;
  Bitmap live;
  Bitmap has_vector;
  IdMap positions;  // of documents; also of some that are no more
  IdMap chunk_rows;
  std::vector<std::string> segments;
};

// Writes it piece by piece. Errors: those of `write`.
using RowFileSink = std::function<Status(std::string_view)>;
Status WriteRowFile(const RowFile& file, const RowFileSink& write);
uint64_t RowFileBytes(const RowFile& file);  // that it writes

std::string EncodeRowFile(const RowFile& file);

// The rows and maps are views of `bytes`. Nothing in them leads out of them. Error: kDataLoss naming
// what is wrong.
Result<RowFile> ParseRowFile(SharedBytes bytes);

}  // namespace quarry::index
