#pragma once

// Sources: where documents come from.

#include <string>
#include <vector>

#include "base/call_context.h"
#include "base/status.h"
#include "ingest/source_items.h"

namespace quarry::ingest {

struct FileSelection {
  std::vector<std::string> include;  // globs over the relative path; empty = every regular file
  std::vector<std::string> exclude;  // win over include
  bool ignore_files = true;          // .gitignore and .quarryignore leave out what they name
  uint64_t max_file_bytes = uint64_t{1} << 30;
  std::string left_out;  // canonical path of a folder that is never looked into: the store
};

struct FileList {
  struct Note {
    std::string path;
    std::string relative;  // to the root
    std::string reason;
  };

  std::string root;                     // absolute; "" for records
  SourceItems items;                    // by relative path, bytewise; those of a site as they came
  std::vector<std::string> unselected;  // files that are there and not wanted, relative and sorted
  std::vector<Note> failures;  // folders ("sub/") that cannot be read or whose ignore file cannot,
                               // bad file names
  std::vector<std::string> folders;  // absolute: all that were looked into, for FolderWatch
  std::vector<Note> skipped;         // links that lead nowhere or outside, pipes, devices
  // Of a site: pages that are there no more, sorted; and whether all others are items.
  std::vector<std::string> gone;
  bool is_whole = true;

  // Whether `relative` is the path of an item.
  bool IsItem(std::string_view relative) const { return items.Find(relative).has_value(); }
  // Whether the file is there, as far as could be seen: true for all below an unreadable folder, and
  // for what may be a page of a site that was not read to its end.
  bool MayExist(std::string_view relative) const;
};

// Items that are found while others are read. Not thread-safe.
class ItemStream {
 public:
  virtual ~ItemStream() = default;
  // Puts what comes next behind what `list` holds, a window at a time, in any order. False once that
  // was all. Errors end the sync.
  virtual Result<bool> Next(FileList& list, const CallContext& context) = 0;
  // What Next has given so far is stored.
  virtual Status Stored() = 0;
};

// A file, or everything below a directory. The document id is the path relative to `path` (the name
// for a single file), with '/' on every system. Hidden files and folders (".git", ".quarry") are
// left out, and so is what the ignore files of a folder name (ignore_rules.h: .gitignore, then
// .quarryignore; those of an inner folder win), as if it were not there. Symbolic links below
// `path` are not followed: what they lead to inside the directory is listed where it is, and those
// that lead outside or nowhere are reported. Globs: glob.h. Errors: kNotFound, kInvalidArgument
// (neither file nor directory; a malformed glob).
Result<FileList> ListFiles(const std::string& path, const FileSelection& selection);

}  // namespace quarry::ingest
