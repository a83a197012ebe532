#pragma once

// A model of a disk: which bytes and names are durable, and which a power cut may take.
//
// The rules are POSIX's, read strictly: the bytes of a file are durable after fsync of the file, a
// name after fsync of its directory. What is not may be there or not, by pages and in any order for
// bytes; for the names of one directory in the order of their changes, as journalling file systems
// have it.

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/random.h"
#include "tests/survival/file_journal.h"

namespace quarry::testing {

enum class Unsynced {
  kDropped,  // all of it is gone
  kPages,    // any of its pages, any first part of the changes of names
  kTorn,     // the first part of the writes of each file, the last one cut anywhere
};

class CrashDisk {
 public:
  // All below `root` as it stands is durable. A sync of a path that ends with `ignored_sync`, or
  // contains it where it ends with '*', is taken for one that did not happen; "" = none is.
  explicit CrashDisk(std::string root, std::string ignored_sync = "");
  ~CrashDisk();

  void Apply(const FileRecord& record);

  // What a power cut now would leave, written below `target`, which is made anew.
  void Write(const std::string& target, Unsynced unsynced, Random& random) const;

 private:
  struct File;
  struct Directory;
  struct Node {
    std::shared_ptr<File> file;
    std::shared_ptr<Directory> directory;
    bool empty() const { return file == nullptr && directory == nullptr; }
  };
  using Names = std::map<std::string, Node>;
  // What one call did to the names of a directory; an empty node takes the name away.
  using NameChange = std::vector<std::pair<std::string, Node>>;

  static void Change(Names& names, const NameChange& change);
  void Load(const std::string& path, Directory& directory);
  // The directory that holds `path`, whose last part is put into `name`.
  Directory& Parent(const std::string& path, std::string& name) const;
  Node Find(const std::string& path) const;
  void ChangeNames(const std::string& path, Node node);
  void WriteDirectory(const Directory& directory, const std::string& target, Unsynced unsynced,
                      Random& random) const;
  static std::string ContentOf(const File& file, Unsynced unsynced, Random& random);

  const std::string root_;
  const std::string ignored_sync_;
  std::shared_ptr<Directory> top_;
  std::map<uint64_t, std::shared_ptr<File>> files_;  // by inode
};

}  // namespace quarry::testing
