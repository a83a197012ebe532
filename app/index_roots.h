#pragma once

// The files and folders that `quarry index` is given.

#include <string>
#include <vector>

#include "app/config.h"
#include "index/snapshot.h"
#include "ingest/source.h"

namespace quarry::app {

// The files below every path. The store is never indexed, even where it lies below one of them.
// kInvalidArgument where two paths bring one document id, and for addresses of the web; the errors
// of ListFiles.
Result<std::vector<ingest::FileList>> ListRoots(const std::vector<std::string>& paths,
                                                const Config& config);

// The same across runs: kFailedPrecondition where `list` would take over a document of another
// root, which is still there.
Status CheckRoots(const ingest::FileList& list, const index::Snapshot& snapshot);

}  // namespace quarry::app
