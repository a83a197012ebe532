#pragma once

// Sources: where documents come from.

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/status.h"
#include "ingest/parser.h"

namespace quarry::ingest {

// One thing to read: a file, or a record given directly. `read` fetches its bytes when its turn
// comes.
struct SourceItem {
  SourceInfo info;
  std::function<Result<std::string>()> read;
};

struct FileSelection {
  std::vector<std::string> include;  // globs over the relative path; empty = every regular file
  std::vector<std::string> exclude;  // win over include
  uint64_t max_file_bytes = uint64_t{1} << 30;
};

struct FileList {
  std::string root;               // absolute; "" for records
  std::vector<SourceItem> items;  // by relative path, bytewise
  struct Failure {
    std::string path;
    std::string relative;  // to the root: nothing below it was seen
    std::string reason;
  };
  std::vector<Failure> failures;  // directories that cannot be read, ...
};

// A file, or everything below a directory. The document id is the path relative to `path` (the name
// for a single file), with '/' on every system. Hidden files and folders (".git", ".quarry") are
// left out, as are links that leave the directory; links inside it are not followed twice. Globs:
// '*' and '?' inside one name, '**' across names; a pattern without '/' matches the name at any
// depth. Errors: kNotFound, kInvalidArgument (neither file nor directory; a malformed glob).
Result<FileList> ListFiles(const std::string& path, const FileSelection& selection);

// Whether `relative_path` matches `glob` as ListFiles understands it.
bool MatchesGlob(std::string_view glob, std::string_view relative_path);

}  // namespace quarry::ingest
