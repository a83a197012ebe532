#pragma once

// The derived file of a collection's rows: what else would be read from every document of the store
// when the collection is opened.
//
//   offset  bytes
//        0      4  magic "QROW"
//        4      4  version of this layout (1)
//        8      8  the last change (CommitSequence) that it shows
//       16      4  the generation whose vectors `vectors` tells of; 0 = none
//       20      4  0
//       24      8  size of the file
//       32    128  eight times offset and size of a section
//      160         the sections, each at a multiple of 8:
//                    documents  RowImage::Document, 24 bytes each
//                    ids        their ids, one after the other
//                    rows       RowEntry, 16 bytes each
//                    live       a bit per row, in words of 64
//                    vectors    likewise: rows with a vector
//                    numbers    IdMap: DocumentNumber -> position among the documents
//                    chunks     IdMap: ChunkId -> row
//                    segments   names of the lexical segments by ascending rows, 16 bytes each:
//                               the hexadecimal digits of their checksum
//
// Integers are little-endian. The checksum stands in the manifest (derived_files.h).

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

std::string EncodeRowFile(const RowFile& file);

// The rows and maps are views of `bytes`. Nothing in them leads out of them. Error: kDataLoss naming
// what is wrong.
Result<RowFile> ParseRowFile(SharedBytes bytes);

}  // namespace quarry::index
