#include "ingest/source.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "base/file.h"
#include "base/text.h"
#include "ingest/glob.h"
#include "ingest/ignore_rules.h"

namespace quarry::ingest {
namespace {

namespace fs = std::filesystem;

constexpr uint64_t kMaxIgnoreFileBytes = 1u << 20;

bool IsBelow(const fs::path& path, const fs::path& directory) {
  const auto [in_directory, in_path] =
      std::mismatch(directory.begin(), directory.end(), path.begin(), path.end());
  return in_directory == directory.end();
}

bool Selected(const FileSelection& selection, std::string_view relative) {
  const auto matches = [&](const std::string& glob) { return MatchesGlob(glob, relative); };
  if (std::any_of(selection.exclude.begin(), selection.exclude.end(), matches)) return false;
  return selection.include.empty() ||
         std::any_of(selection.include.begin(), selection.include.end(), matches);
}

uint64_t BytesOf(const fs::path& path) {
  std::error_code error;
  const uintmax_t bytes = fs::file_size(path, error);
  return error ? 0 : bytes;
}

// Walks a tree.
class Walker {
 public:
  Walker(fs::path root, const FileSelection& selection, FileList& list)
      : root_(std::move(root)), selection_(selection), list_(list) {}

  void Walk(const fs::path& directory, const std::string& prefix) {
    if (!selection_.left_out.empty() && IsBelow(directory, selection_.left_out)) return;
    std::vector<fs::directory_entry> entries;
    std::error_code error;
    fs::directory_iterator it(directory, error);
    for (; !error && it != fs::directory_iterator(); it.increment(error)) entries.push_back(*it);
    if (error) {
      list_.failures.push_back(
          {directory.string(), prefix, "cannot read the directory: " + error.message()});
      return;
    }
    list_.folders.push_back(directory.string());
    rules_.push_back({prefix.size(), {}});
    if (ReadIgnoreFiles(entries, prefix)) {
      for (const fs::directory_entry& entry : entries) Visit(entry, prefix);
    }
    rules_.pop_back();
  }

 private:
  // What the ignore files of a folder say.
  struct FolderRules {
    size_t prefix;  // bytes of the folder's relative path
    IgnoreRules rules;
  };

  // False where one cannot be read: without it nothing is known of its folder.
  bool ReadIgnoreFiles(const std::vector<fs::directory_entry>& entries, const std::string& prefix) {
    if (!selection_.ignore_files) return true;
    for (const std::string_view name : kIgnoreFileNames) {
      for (const fs::directory_entry& entry : entries) {
        std::error_code error;
        if (entry.path().filename() != name) continue;
        if (entry.symlink_status(error).type() != fs::file_type::regular) continue;
        const Result<std::string> text = ReadFile(entry.path().string(), kMaxIgnoreFileBytes);
        if (!text.ok()) {
          list_.failures.push_back({entry.path().string(), prefix,
                                    text.status().message() + "; its folder is left as it was"});
          return false;
        }
        rules_.back().rules.Add(*text);
      }
    }
    return true;
  }

  // The innermost folder whose rules say something decides.
  bool IsIgnored(std::string_view relative, bool is_folder) const {
    for (auto folder = rules_.rbegin(); folder != rules_.rend(); ++folder) {
      const IgnoreRules::Verdict verdict =
          folder->rules.Judge(relative.substr(folder->prefix), is_folder);
      if (verdict != IgnoreRules::Verdict::kNone) return verdict == IgnoreRules::Verdict::kIgnored;
    }
    return false;
  }

  void Visit(const fs::directory_entry& entry, const std::string& prefix) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with('.')) return;
    const std::string relative = prefix + name;
    const std::string path = entry.path().string();
    std::error_code error;
    const fs::file_type type = entry.symlink_status(error).type();
    if (IsIgnored(relative, type == fs::file_type::directory)) return;
    if (type == fs::file_type::directory) return Walk(entry.path(), relative + '/');
    if (!Selected(selection_, relative)) {
      list_.unselected.push_back(relative);
    } else if (type == fs::file_type::symlink) {
      if (const std::string problem = ProblemOfLink(entry.path()); !problem.empty())
        list_.skipped.push_back({path, relative, problem});
    } else if (type != fs::file_type::regular) {
      list_.skipped.push_back({path, relative, "neither a file nor a directory"});
    } else if (!IsValidUtf8(relative)) {
      list_.failures.push_back({path, relative, "the name is not valid UTF-8; rename the file"});
    } else {
      list_.items.AddFile(relative, BytesOf(entry.path()));
    }
  }

  // "" = it leads to what is listed anyway.
  std::string ProblemOfLink(const fs::path& link) const {
    std::error_code error;
    const fs::path target = fs::canonical(link, error);
    if (error) return "a link that leads nowhere: " + error.message();
    if (IsBelow(target, root_)) return "";
    return "a link out of the folder, to " + target.string() + "; index that by itself";
  }

  const fs::path root_;
  const FileSelection& selection_;
  FileList& list_;
  std::vector<FolderRules> rules_;  // of the folders that are being walked, outermost first
};

}  // namespace

bool FileList::MayExist(std::string_view relative) const {
  if (std::binary_search(gone.begin(), gone.end(), relative)) return false;
  return !is_whole || IsItem(relative) ||
         std::binary_search(unselected.begin(), unselected.end(), relative) ||
         std::any_of(failures.begin(), failures.end(),
                     [&](const Note& failure) { return relative.starts_with(failure.relative); });
}

Result<FileList> ListFiles(const std::string& path, const FileSelection& selection) {
  for (const auto* globs : {&selection.include, &selection.exclude}) {
    for (const std::string& glob : *globs) {
      if (glob.empty() || glob.starts_with('/')) {
        return InvalidArgumentError("glob \"" + glob +
                                    "\": expected a pattern relative to the folder, such as "
                                    "\"*.md\" or \"guides/**\"");
      }
    }
  }
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (status.type() == fs::file_type::none) {
    return InvalidArgumentError(path + ": " + error.message());
  }
  if (!fs::exists(status)) return NotFoundError(path + ": no such file or directory");
  const fs::path canonical = fs::canonical(path, error);
  if (error) return InvalidArgumentError(path + ": " + error.message());

  FileList list;
  list.root = canonical.string();
  if (fs::is_directory(status)) {
    list.items = SourceItems(list.root, selection.max_file_bytes);
    Walker(canonical, selection, list).Walk(canonical, "");
  } else if (fs::is_regular_file(status)) {
    const bool left_out = !selection.left_out.empty() && IsBelow(canonical, selection.left_out);
    const std::string name = canonical.filename().string();
    // The root of a single file is the file itself, so that pruning it touches nothing else.
    list.folders.push_back(canonical.parent_path().string());
    list.items = SourceItems(list.folders[0], selection.max_file_bytes);
    if (!left_out) list.items.AddFile(name, BytesOf(canonical));
  } else {
    return InvalidArgumentError(path + ": neither a file nor a directory");
  }
  list.items.SortFiles();
  std::sort(list.unselected.begin(), list.unselected.end());
  for (std::vector<FileList::Note>* notes : {&list.failures, &list.skipped}) {
    std::sort(notes->begin(), notes->end(),
              [](const FileList::Note& a, const FileList::Note& b) { return a.path < b.path; });
  }
  return list;
}

}  // namespace quarry::ingest
