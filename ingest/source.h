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
  uint64_t bytes = 0;  // as listed; what is read may differ
  std::function<Result<std::string>()> read;
};

struct FileSelection {
  std::vector<std::string> include;  // globs over the relative path; empty = every regular file
  std::vector<std::string> exclude;  // win over include
  uint64_t max_file_bytes = uint64_t{1} << 30;
};

struct FileList {
  struct Note {
    std::string path;
    std::string relative;  // to the root
    std::string reason;
  };

  std::string root;                     // absolute; "" for records
  std::vector<SourceItem> items;        // by relative path, bytewise
  std::vector<std::string> unselected;  // files that are there and not wanted, relative and sorted
  std::vector<Note> failures;           // folders ("sub/") that cannot be read, bad file names
  std::vector<Note> skipped;            // links that lead nowhere or outside, pipes, devices

  // Whether `relative` is the path of an item.
  bool IsItem(std::string_view relative) const;
  // Whether the file is there, as far as could be seen: true for all below an unreadable folder.
  bool MayExist(std::string_view relative) const;
};

// A file, or everything below a directory. The document id is the path relative to `path` (the name
// for a single file), with '/' on every system. Hidden files and folders (".git", ".quarry") are
// left out. Symbolic links below `path` are not followed: what they lead to inside the directory is
// listed where it is, and those that lead outside or nowhere are reported. Globs: '*' and '?' inside one name, '**' across names; a pattern without '/' matches the name at any
// depth. Errors: kNotFound, kInvalidArgument (neither file nor directory; a malformed glob).
Result<FileList> ListFiles(const std::string& path, const FileSelection& selection);

// Whether `relative_path` matches `glob` as ListFiles understands it.
bool MatchesGlob(std::string_view glob, std::string_view relative_path);

}  // namespace quarry::ingest
