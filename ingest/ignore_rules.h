#pragma once

// Ignore files: what .gitignore and .quarryignore in a folder leave out of it. Pure.
//
// The patterns are those of gitignore(5), one a line, over paths relative to the folder: of globs
// (glob.h); '#' begins a comment, '!' takes back what was ignored, a '/' at the end means folders
// only, one before or inside binds the pattern to the folder of the file. Of several that match the
// last one counts. Classes such as [[:alpha:]] are not known. Whatever stands in such a file is a
// pattern: there are no errors.

#include <string>
#include <string_view>
#include <vector>

namespace quarry::ingest {

// The names of ignore files, in the order in which those of one folder count.
inline constexpr std::string_view kIgnoreFileNames[] = {".gitignore", ".quarryignore"};

class IgnoreRules {
 public:
  enum class Verdict { kNone, kIgnored, kKept };

  // Adds the patterns of one more file of the same folder; they count as behind those before.
  void Add(std::string_view text);

  // What the patterns say of `path`, which is relative to their folder: a file, or a folder.
  // (Nothing below an ignored folder is looked at, so nothing below it can be kept.)
  Verdict Judge(std::string_view path, bool is_folder) const;

 private:
  struct Rule {
    std::string glob;
    bool kept = false;
    bool folders_only = false;
    bool bound = false;  // to the folder of the file
  };
  std::vector<Rule> rules_;
};

}  // namespace quarry::ingest
