#pragma once

// The files, folders and addresses that `quarry index` is given.

#include <string>
#include <vector>

#include "app/config.h"
#include "index/snapshot.h"
#include "ingest/source.h"

namespace quarry::app {

// The files below every path. The store is never indexed, even where it lies below one of them.
// kInvalidArgument where two paths bring one document id; the errors of ListFiles.
Result<std::vector<ingest::FileList>> ListRoots(const std::vector<std::string>& paths,
                                                const Config& config);

// What `quarry index` was given: paths, and addresses of the web as WebUrl writes them.
struct IndexRoots {
  std::vector<std::string> paths;
  std::vector<std::string> addresses;
};

// kInvalidArgument for an address that is none, or that stands there twice; kFailedPrecondition where
// reading from the web is not enabled.
Result<IndexRoots> SplitRoots(const std::vector<std::string>& given, const Config& config);

// The same across runs: kFailedPrecondition where `list` would take over a document of another
// root, which is still there.
Status CheckRoots(const ingest::FileList& list, const index::Snapshot& snapshot);

}  // namespace quarry::app
