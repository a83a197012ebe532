#pragma once

// A folder that is edited at random, as people and programs do it: for sync_script_test.cc.

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "base/random.h"

namespace quarry::testing {

class ScriptFolder {
 public:
  // Makes the folder with some files. `random` must outlive it.
  ScriptFolder(std::string path, Random& random);

  // One to four edits.
  void Edit();

  const std::string& path() const { return path_; }
  // What the last Edit did, a line each.
  const std::string& log() const { return log_; }

 private:
  using Path = std::filesystem::path;

  void EditOnce();
  void Create();
  void EditParagraph(const Path& file);
  void EditRecords(const Path& file);
  void Move(const Path& file);
  void ChangeCase(const Path& file);
  void MoveFolder();
  void ReAdd();
  void FileToFolder(const Path& file);
  void Swap(const Path& file);
  void EditIgnoreFile();

  void Log(const std::string& what) { log_ += what + "\n"; }
  std::string Read(const Path& file) const;
  void Write(const Path& file, const std::string& content);
  void Remove(const Path& file);    // remembered for ReAdd
  std::vector<Path> Files() const;  // visible ones, sorted
  std::vector<Path> Folders() const;
  Path NewPath();
  std::string Paragraph();
  std::string Content(const std::string& extension);
  std::string Relative(const Path& file) const;

  const std::string path_;
  Random& random_;
  std::map<std::string, std::string> removed_;  // relative path -> content
  std::string log_;
  int next_ = 0;
};

}  // namespace quarry::testing
