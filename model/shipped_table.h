#pragma once

// The bilingual table that the program carries: vectors of English stems, Chinese characters and
// character pairs, so that words of both languages which mean the same lie close. How it is made
// and from what: model/train/README.md. It is linked into the program (model/data/) and read where
// it lies there: pages that are not used are not loaded, and processes share them.

#include <cstdint>

#include "base/shared_bytes.h"
#include "base/status.h"
#include "model/embedder_table.h"

namespace quarry::model {

// Lives as long as the process. Thread-safe.
SharedBytes ShippedTableBytes();

inline constexpr uint32_t kShippedDimension = 256;

// Names the table: its own checksum, as it stands in its bytes.
uint64_t ShippedTableChecksum();

// The table, opened: its checksum is read through and its terms are taken apart, some milliseconds.
// Errors: kDataLoss where the program file is damaged, kInternal where it is not of
// kShippedDimension.
Result<EmbedderTable> OpenShippedTable();

}  // namespace quarry::model
