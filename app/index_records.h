#pragma once

// Applies records (records.h) to a collection.

#include "app/records.h"
#include "index/index_writer.h"
#include "ingest/pipeline.h"

namespace quarry::app {

// Reads `input` to its end: adds and deletes in order, in batches, then embeds. Lines that are
// wrong become failures of `report`. Errors are those that stop the run; the lines that were read
// by then are committed, unless that is what failed. So they are after a second without input, and
// every few seconds while it goes on. `pipeline` writes through `writer` with `options`.
Status IndexRecords(LineInput& input, ingest::Pipeline& pipeline, index::IndexWriter& writer,
                    const ingest::IngestOptions& options, const ingest::ProgressSink& progress,
                    const CallContext& context, ingest::IngestReport& report);

}  // namespace quarry::app
