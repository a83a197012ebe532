#include "tests/integration/sync_folder_testing.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <sstream>

#include "base/ascii.h"
#include "base/status.h"

namespace quarry::testing {
namespace {

namespace fs = std::filesystem;

constexpr const char* kFolders[] = {"", "a", "a/b", "manuals", "手册", "build"};
constexpr const char* kExtensions[] = {".md", ".txt", ".jsonl"};
constexpr const char* kPatterns[] = {"*.txt",    "build/",  "/a/",     "a/b/*", "*1.md",
                                     "!keep.md", "!*.txt",  "[ab]*",   "手册",  "**/x*.md",
                                     "manuals/", "# not a", "x?.jsonl"};
constexpr const char* kEnglish[] = {"pump",   "valve", "pressure", "bearing", "level", "river",
                                    "turbid", "motor", "gasket",   "flow",    "crane", "shaft"};
constexpr const char* kChinese[] = {"水泵", "阀门", "压力", "轴承", "水位", "河水",
                                    "浊度", "电机", "垫片", "流量", "吊车", "轴"};

std::vector<std::string> SplitParagraphs(const std::string& text) {
  std::vector<std::string> paragraphs;
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find("\n\n", at), text.size());
    if (end > at) paragraphs.push_back(text.substr(at, end - at));
    at = end + 2;
  }
  return paragraphs;
}

std::string Joined(const std::vector<std::string>& parts, const char* separator) {
  std::string text;
  for (const std::string& part : parts) text += part + separator;
  return text;
}

}  // namespace

ScriptFolder::ScriptFolder(std::string path, Random& random)
    : path_(std::move(path)), random_(random) {
  fs::create_directories(path_);
  for (int i = 0; i < 10; ++i) Create();
}

void ScriptFolder::Edit() {
  log_.clear();
  for (uint64_t i = 0; i <= random_.Below(4); ++i) EditOnce();
}

void ScriptFolder::EditOnce() {
  const std::vector<Path> files = Files();
  const uint64_t kind = random_.Below(16);
  if (files.empty() || kind == 0) return Create();
  const Path file = files[random_.Below(files.size())];
  switch (kind) {
    case 1:
    case 2:
    case 3:
    case 4:
      return file.extension() == ".jsonl" ? EditRecords(file) : EditParagraph(file);
    case 5:
    case 6:
      return Move(file);
    case 7:
      return ChangeCase(file);
    case 8:
      return MoveFolder();
    case 9:
      Log("remove " + Relative(file));
      return Remove(file);
    case 10:
      return ReAdd();
    case 11:
      Log("touch " + Relative(file));
      return fs::last_write_time(file, fs::file_time_type::clock::now());
    case 12:
      return FileToFolder(file);
    case 13: {
      const Path copy = NewPath().replace_extension(file.extension());
      if (fs::exists(copy)) return;
      Log("copy " + Relative(file) + " to " + Relative(copy));
      return Write(copy, Read(file));
    }
    case 14:
      return Swap(file);
    default:
      return EditIgnoreFile();
  }
}

void ScriptFolder::Create() {
  const Path file = NewPath();
  Log("create " + Relative(file));
  Write(file, Content(file.extension().string()));
}

void ScriptFolder::EditParagraph(const Path& file) {
  std::vector<std::string> paragraphs = SplitParagraphs(Read(file));
  const size_t at = random_.Below(paragraphs.size());
  switch (random_.Below(4)) {
    case 0:
      Log("insert into " + Relative(file));
      paragraphs.insert(paragraphs.begin() + static_cast<ptrdiff_t>(at), Paragraph());
      break;
    case 1:
      if (paragraphs.size() > 1) {
        Log("cut from " + Relative(file));
        paragraphs.erase(paragraphs.begin() + static_cast<ptrdiff_t>(at));
        break;
      }
      [[fallthrough]];
    default:
      Log("edit " + Relative(file));
      paragraphs[at] += " " + Paragraph();
  }
  Write(file, Joined(paragraphs, "\n\n"));
}

void ScriptFolder::EditRecords(const Path& file) {
  std::istringstream in(Read(file));
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  const size_t at = random_.Below(lines.size());
  const std::string record =
      "{\"id\":\"r" + std::to_string(next_++) + "\",\"text\":\"" + Paragraph() + "\"}";
  Log("records of " + Relative(file));
  if (random_.Below(2) == 0) {
    lines[at] = record;
  } else {
    lines.insert(lines.begin() + static_cast<ptrdiff_t>(at), record);
  }
  Write(file, Joined(lines, "\n"));
}

void ScriptFolder::Move(const Path& file) {
  Path to = NewPath();
  // Mostly it keeps its kind.
  if (random_.Below(4) != 0 || file.extension() == ".jsonl") to.replace_extension(file.extension());
  if (fs::exists(to) || to.extension() == ".jsonl") return Remove(file);
  Log("move " + Relative(file) + " to " + Relative(to));
  fs::create_directories(to.parent_path());
  fs::rename(file, to);
}

void ScriptFolder::ChangeCase(const Path& file) {
  std::string name = file.filename().string();
  for (char& c : name) c = IsAsciiLower(c) ? AsciiUpper(c) : AsciiLower(c);
  // The extension stays: it says what the file is.
  const Path to = (file.parent_path() / name).replace_extension(file.extension());
  if (fs::exists(to)) return;
  Log("move " + Relative(file) + " to " + Relative(to));
  fs::rename(file, to);
}

void ScriptFolder::MoveFolder() {
  const std::vector<Path> folders = Folders();
  if (folders.empty()) return;
  const Path folder = folders[random_.Below(folders.size())];
  if (random_.Below(4) == 0) {
    Log("remove folder " + Relative(folder));
    fs::remove_all(folder);
    return;
  }
  const Path to = Path(path_) / ("moved" + std::to_string(next_++));
  Log("move folder " + Relative(folder) + " to " + Relative(to));
  fs::rename(folder, to);
}

void ScriptFolder::ReAdd() {
  if (removed_.empty()) return;
  const auto one =
      std::next(removed_.begin(), static_cast<ptrdiff_t>(random_.Below(removed_.size())));
  const Path file = Path(path_) / one->first;
  std::error_code error;
  fs::create_directories(file.parent_path(), error);
  if (error || fs::exists(file)) return;
  Log("add again " + one->first);
  Write(file, one->second);
}

void ScriptFolder::FileToFolder(const Path& file) {
  Log("file to folder " + Relative(file));
  const std::string content = Read(file);
  Remove(file);
  fs::create_directories(file);
  Write(file / ("inside" + file.extension().string()), content);
}

void ScriptFolder::Swap(const Path& file) {
  const std::vector<Path> files = Files();
  const Path other = files[random_.Below(files.size())];
  if (other.extension() != file.extension()) return;
  Log("swap " + Relative(file) + " and " + Relative(other));
  const std::string content = Read(file);
  Write(file, Read(other));
  Write(other, content);
}

void ScriptFolder::EditIgnoreFile() {
  const char* const name = random_.Below(2) == 0 ? ".gitignore" : ".quarryignore";
  const Path file = Path(path_) / kFolders[random_.Below(3)] / name;
  if (!fs::is_directory(file.parent_path())) return;
  if (fs::exists(file) && random_.Below(2) == 0) {
    Log("remove " + Relative(file));
    fs::remove(file);
    return;
  }
  const std::string pattern = kPatterns[random_.Below(std::size(kPatterns))];
  Log("ignore " + pattern + " in " + Relative(file));
  std::ofstream(file, std::ios::app) << pattern << '\n';
}

std::string ScriptFolder::Read(const Path& file) const {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void ScriptFolder::Write(const Path& file, const std::string& content) {
  std::error_code error;  // a file may stand where a folder should
  fs::create_directories(file.parent_path(), error);
  if (!error) std::ofstream(file, std::ios::binary) << content;
}

void ScriptFolder::Remove(const Path& file) {
  removed_[Relative(file)] = Read(file);
  fs::remove(file);
}

std::vector<ScriptFolder::Path> ScriptFolder::Files() const {
  std::vector<Path> files;
  for (const auto& entry : fs::recursive_directory_iterator(path_)) {
    const bool hidden = entry.path().filename().string().starts_with('.');
    if (entry.is_regular_file() && !hidden) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::vector<ScriptFolder::Path> ScriptFolder::Folders() const {
  std::vector<Path> folders;
  for (const auto& entry : fs::recursive_directory_iterator(path_)) {
    if (entry.is_directory()) folders.push_back(entry.path());
  }
  std::sort(folders.begin(), folders.end());
  return folders;
}

ScriptFolder::Path ScriptFolder::NewPath() {
  const char* const folder = kFolders[random_.Below(std::size(kFolders))];
  const char* const extension = kExtensions[random_.Below(8) == 0 ? 2 : random_.Below(2)];
  return Path(path_) / folder / ("x" + std::to_string(next_++) + extension);
}

std::string ScriptFolder::Paragraph() {
  std::string text;
  const bool english = random_.Below(2) == 0;
  for (uint64_t sentence = 0; sentence <= 1 + random_.Below(3); ++sentence) {
    const std::string n = std::to_string(random_.Below(500));
    const char* const a = english ? kEnglish[random_.Below(12)] : kChinese[random_.Below(12)];
    const char* const b = english ? kEnglish[random_.Below(12)] : kChinese[random_.Below(12)];
    text += english
                ? "The " + std::string(a) + " of unit " + n + " sets the " + b + " of its line. "
                : "机组" + n + "的" + a + "调节" + b + "。";
  }
  text.erase(text.find_last_not_of(' ') + 1);
  return text;
}

std::string ScriptFolder::Content(const std::string& extension) {
  std::string text;
  const uint64_t parts = 1 + random_.Below(12);
  for (uint64_t i = 0; i < parts; ++i) {
    if (extension == ".jsonl") {
      text += "{\"id\":\"r" + std::to_string(next_++) + "\",\"text\":\"" + Paragraph() + "\"}\n";
    } else if (extension == ".md" && i % 4 == 0) {
      text += std::string(i == 0 ? "# " : "## ") + "Unit " + std::to_string(random_.Below(100)) +
              "\n\n" + Paragraph() + "\n\n";
    } else {
      text += Paragraph() + "\n\n";
    }
  }
  return text;
}

std::string ScriptFolder::Relative(const Path& file) const {
  return file.lexically_relative(path_).string();
}

}  // namespace quarry::testing
