#include "tests/survival/crash_disk_testing.h"

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "base/coding.h"
#include "base/file.h"

namespace quarry::testing {
namespace {

namespace fs = std::filesystem;

constexpr size_t kPage = 4096;

struct FileChange {
  uint64_t offset;
  std::string bytes;
  bool truncate;  // to `offset`
};

void Put(std::string& content, uint64_t offset, std::string_view bytes) {
  if (content.size() < offset + bytes.size()) content.resize(offset + bytes.size());
  content.replace(offset, bytes.size(), bytes);
}

void Apply(std::string& content, const FileChange& change) {
  if (change.truncate) {
    content.resize(change.offset);
  } else {
    Put(content, change.offset, change.bytes);
  }
}

}  // namespace

struct CrashDisk::File {
  std::string path;  // where it was made
  std::string durable;
  std::vector<FileChange> pending;
};

struct CrashDisk::Directory {
  std::string path;
  Names durable;
  Names now;
  std::vector<NameChange> pending;
};

std::vector<FileRecord> ParseJournal(std::string_view journal) {
  std::vector<FileRecord> records;
  while (journal.size() >= 4) {
    const uint32_t size = RecordReader(journal).Fixed32();
    if (size > journal.size()) break;
    RecordReader reader(journal.substr(0, size));
    reader.Fixed32();
    FileRecord record{.kind = static_cast<FileRecord::Kind>(reader.Byte())};
    record.file = reader.Fixed64();
    record.offset = reader.Fixed64();
    const uint32_t path_size = reader.Fixed32();
    const std::string_view rest = journal.substr(0, size).substr(4 + 1 + 8 + 8 + 4);
    record.path = rest.substr(0, path_size);
    record.bytes = rest.substr(path_size);
    records.push_back(std::move(record));
    journal.remove_prefix(size);
  }
  return records;
}

CrashDisk::CrashDisk(std::string root, std::string ignored_sync)
    : root_(std::move(root)),
      ignored_sync_(std::move(ignored_sync)),
      top_(std::make_shared<Directory>()) {
  Load(root_, *top_);
}
CrashDisk::~CrashDisk() = default;

void CrashDisk::Load(const std::string& path, Directory& directory) {
  directory.path = path;
  for (const fs::directory_entry& entry : fs::directory_iterator(path)) {
    const std::string name = entry.path().filename().string();
    Node node;
    if (entry.is_directory()) {
      node.directory = std::make_shared<Directory>();
      Load(entry.path().string(), *node.directory);
    } else {
      struct stat info {};
      QUARRY_CHECK(::stat(entry.path().c_str(), &info) == 0);
      std::shared_ptr<File>& file = files_[info.st_ino];
      if (file == nullptr) {
        file = std::make_shared<File>();
        file->path = entry.path().string();
        file->durable = ReadFile(file->path).value();
      }
      node.file = file;
    }
    directory.durable[name] = directory.now[name] = std::move(node);
  }
}

void CrashDisk::Change(Names& names, const NameChange& change) {
  for (const auto& [name, node] : change) {
    if (node.empty()) {
      names.erase(name);
    } else {
      names[name] = node;
    }
  }
}

CrashDisk::Directory& CrashDisk::Parent(const std::string& path, std::string& name) const {
  QUARRY_CHECK(path.starts_with(root_ + "/"));
  Directory* directory = top_.get();
  const fs::path relative = fs::path(path.substr(root_.size() + 1));
  for (const fs::path& part : relative.parent_path()) {
    const auto it = directory->now.find(part.string());
    QUARRY_CHECK(it != directory->now.end() && it->second.directory != nullptr);
    directory = it->second.directory.get();
  }
  name = relative.filename().string();
  return *directory;
}

CrashDisk::Node CrashDisk::Find(const std::string& path) const {
  if (path == root_) return {nullptr, top_};
  std::string name;
  const Directory& parent = Parent(path, name);
  const auto it = parent.now.find(name);
  return it == parent.now.end() ? Node() : it->second;
}

void CrashDisk::ChangeNames(const std::string& path, Node node) {
  std::string name;
  Directory& parent = Parent(path, name);
  parent.pending.push_back({{name, std::move(node)}});
  Change(parent.now, parent.pending.back());
}

void CrashDisk::Apply(const FileRecord& record) {
  using Kind = FileRecord::Kind;
  const auto ignored = [&](const std::string& path) {
    if (ignored_sync_.empty()) return false;
    return ignored_sync_.back() == '*'
               ? path.find(ignored_sync_.substr(0, ignored_sync_.size() - 1)) != path.npos
               : path.ends_with(ignored_sync_);
  };
  switch (record.kind) {
    case Kind::kCreate: {
      auto file = std::make_shared<File>();
      file->path = record.path;
      files_[record.file] = file;
      return ChangeNames(record.path, {file, nullptr});
    }
    case Kind::kLink:
      return ChangeNames(record.path, {files_.at(record.file), nullptr});
    case Kind::kWrite:
      files_.at(record.file)->pending.push_back({record.offset, record.bytes, false});
      return;
    case Kind::kTruncate:
      files_.at(record.file)->pending.push_back({record.offset, "", true});
      return;
    case Kind::kSync: {
      File& file = *files_.at(record.file);
      if (ignored(file.path)) return;
      for (const FileChange& change : file.pending) testing::Apply(file.durable, change);
      file.pending.clear();
      return;
    }
    case Kind::kMakeDirectory: {
      auto directory = std::make_shared<Directory>();
      directory->path = record.path;
      return ChangeNames(record.path, {nullptr, directory});
    }
    case Kind::kRename: {
      std::string from;
      std::string to;
      Directory& parent = Parent(record.path, from);
      QUARRY_CHECK(&parent == &Parent(record.bytes, to));  // others are two changes: not modelled
      parent.pending.push_back({{to, parent.now.at(from)}, {from, Node()}});
      return Change(parent.now, parent.pending.back());
    }
    case Kind::kUnlink:
      return ChangeNames(record.path, Node());
    case Kind::kSyncDirectory: {
      if (ignored(record.path)) return;
      Directory& directory = *Find(record.path).directory;
      for (const NameChange& change : directory.pending) Change(directory.durable, change);
      directory.pending.clear();
      return;
    }
    case Kind::kPrint:
      return;
  }
}

std::string CrashDisk::ContentOf(const File& file, Unsynced unsynced, Random& random) {
  std::string content = file.durable;
  if (unsynced == Unsynced::kDropped || file.pending.empty()) return content;
  if (unsynced == Unsynced::kTorn) {
    const size_t whole = random.Below(file.pending.size() + 1);
    for (size_t i = 0; i < whole; ++i) testing::Apply(content, file.pending[i]);
    if (whole < file.pending.size() && !file.pending[whole].truncate) {
      const FileChange& last = file.pending[whole];
      Put(content, last.offset,
          std::string_view(last.bytes).substr(0, random.Below(last.bytes.size() + 1)));
    }
    return content;
  }
  // Each page is as it was after some of the writes.
  std::map<uint64_t, size_t> writes_of_page;
  const auto has = [&](size_t write, uint64_t page) {
    const size_t writes = random.Below(file.pending.size() + 1);
    return write < writes_of_page.try_emplace(page, writes).first->second;
  };
  for (size_t i = 0; i < file.pending.size(); ++i) {
    const FileChange& change = file.pending[i];
    if (change.truncate) {
      if (has(i, change.offset / kPage)) testing::Apply(content, change);
      continue;
    }
    for (size_t begin = 0; begin < change.bytes.size();) {
      const uint64_t offset = change.offset + begin;
      const size_t size = std::min(kPage - offset % kPage, change.bytes.size() - begin);
      if (has(i, offset / kPage)) {
        Put(content, offset, std::string_view(change.bytes).substr(begin, size));
      }
      begin += size;
    }
  }
  return content;
}

void CrashDisk::WriteDirectory(const Directory& directory, const std::string& target,
                               Unsynced unsynced, Random& random) const {
  fs::create_directory(target);
  Names names = directory.durable;
  if (unsynced != Unsynced::kDropped) {
    const size_t kept = random.Below(directory.pending.size() + 1);
    for (size_t i = 0; i < kept; ++i) Change(names, directory.pending[i]);
  }
  for (const auto& [name, node] : names) {
    const std::string path = target + "/" + name;
    if (node.directory != nullptr) {
      WriteDirectory(*node.directory, path, unsynced, random);
    } else {
      std::ofstream(path, std::ios::binary) << ContentOf(*node.file, unsynced, random);
    }
  }
}

void CrashDisk::Write(const std::string& target, Unsynced unsynced, Random& random) const {
  fs::remove_all(target);
  WriteDirectory(*top_, target, unsynced, random);
}

}  // namespace quarry::testing
