#include "ingest/ignore_rules.h"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>
#include <set>

#include "ingest/source.h"
#include "tests/testing/test_environment.h"

namespace quarry::ingest {
namespace {

namespace fs = std::filesystem;
using Verdict = IgnoreRules::Verdict;

Verdict Judge(std::string_view text, std::string_view path, bool is_folder = false) {
  IgnoreRules rules;
  rules.Add(text);
  return rules.Judge(path, is_folder);
}

TEST(IgnoreRules, TheLastPatternThatMatchesCounts) {
  EXPECT_EQ(Judge("*.log\n!keep.log\n", "a/x.log"), Verdict::kIgnored);
  EXPECT_EQ(Judge("*.log\n!keep.log\n", "a/keep.log"), Verdict::kKept);
  EXPECT_EQ(Judge("!keep.log\n*.log\n", "keep.log"), Verdict::kIgnored);
  EXPECT_EQ(Judge("*.log\n", "a.txt"), Verdict::kNone);
}

TEST(IgnoreRules, ASlashBindsToTheFolder) {
  EXPECT_EQ(Judge("/todo.md", "todo.md"), Verdict::kIgnored);
  EXPECT_EQ(Judge("/todo.md", "a/todo.md"), Verdict::kNone);
  EXPECT_EQ(Judge("a/b", "c/a/b"), Verdict::kNone);
  EXPECT_EQ(Judge("todo.md", "a/todo.md"), Verdict::kIgnored);
}

TEST(IgnoreRules, ASlashAtTheEndMeansFolders) {
  EXPECT_EQ(Judge("build/", "a/build", true), Verdict::kIgnored);
  EXPECT_EQ(Judge("build/", "a/build", false), Verdict::kNone);
  EXPECT_EQ(Judge("build/**", "build", true), Verdict::kNone);
}

TEST(IgnoreRules, CommentsBlankLinesAndLineEndsAreNoPatterns) {
  EXPECT_EQ(Judge("# a\n\n  \r\n/\n!\n", "# a"), Verdict::kNone);
  EXPECT_EQ(Judge("\\#a", "#a"), Verdict::kIgnored);
  EXPECT_EQ(Judge("\\!a", "!a"), Verdict::kIgnored);
  EXPECT_EQ(Judge("\xEF\xBB\xBF"
                  "a  \r\n",
                  "a"),
            Verdict::kIgnored);
  EXPECT_EQ(Judge("a\\ ", "a "), Verdict::kIgnored);
}

class GitOracle {
 public:
  static bool IsThere() { return std::system("git --version >/dev/null 2>&1") == 0; }

  // The files that git would add, without the ignore files themselves.
  static std::set<std::string> Files(const std::string& root) {
    const std::string command = "cd '" + root +
                                "' && rm -rf .git && git init -q . >/dev/null 2>&1 && " +
                                "git ls-files -o -z --exclude-per-directory=.gitignore";
    std::FILE* pipe = ::popen(command.c_str(), "r");
    QUARRY_CHECK(pipe != nullptr);
    std::string out;
    std::array<char, 4096> bytes;
    while (const size_t size = std::fread(bytes.data(), 1, bytes.size(), pipe)) {
      out.append(bytes.data(), size);
    }
    QUARRY_CHECK(::pclose(pipe) == 0);
    std::set<std::string> files;
    for (size_t at = 0; at < out.size();) {
      const size_t end = out.find('\0', at);
      const std::string file = out.substr(at, end - at);
      if (!file.ends_with(".gitignore")) files.insert(file);
      at = end + 1;
    }
    return files;
  }
};

// Random folders with random ignore files.
TEST(IgnoreRules, LeaveOutWhatGitLeavesOut) {
  if (!GitOracle::IsThere()) GTEST_SKIP() << "git is not installed";
  const char* const kNames[] = {"a", "b", "ab", "a.md", "b.md", "x1", "build", "指南"};
  const char* const kPatterns[] = {
      "a",      "*.md",    "/a",       "a/",     "b/",       "!a.md",   "!b",     "build/",
      "a/b",    "**/b",    "a/**",     "/*",     "!/a/",     "a/**/b",  "[ab]",   "[!a]*",
      "x[0-9]", "?b",      "a?",       "# a",    "\\a",      "!*.md",   "**",     "*/b.md",
      "指*",    "/b/*.md", "!/b/a.md", "**/a/*", "a*",       "!build/", "b/**/",  "**/x1/**",
      "a b",    "b.md  ",  "[a",       "/**/ab", "!**/a.md", "a//b",    "./a.md", "[a-]b"};
  const uint64_t seed = 20261125;
  for (int round = 0; round < 20; ++round) {
    SCOPED_TRACE("seed " + std::to_string(seed) + ", round " + std::to_string(round));
    std::mt19937_64 random(seed + static_cast<uint64_t>(round));
    const TemporaryDirectory directory = quarry::testing::MakeTemporaryDirectory();
    const std::string root = directory.path() + "/docs";
    std::vector<std::string> folders = {root};
    for (size_t i = 0; i < folders.size() && folders.size() < 12; ++i) {
      for (int n = 0; n < 3; ++n) {
        folders.push_back(folders[random() % folders.size()] + "/" + kNames[random() % 8]);
      }
    }
    for (const std::string& folder : folders) {
      std::error_code error;  // a file may stand there
      fs::create_directories(folder, error);
      for (int n = 0; n < 3; ++n) std::ofstream(folder + "/" + kNames[random() % 8]) << "text";
      if (random() % 2 != 0) continue;
      std::ofstream ignore(folder + "/.gitignore");
      for (int n = 0; n < 3; ++n) ignore << kPatterns[random() % std::size(kPatterns)] << '\n';
    }
    std::set<std::string> files;
    for (const SourceItem& item : ListFiles(root, {}).value().items) files.insert(item.info.id);
    std::string patterns;
    for (const auto& entry : fs::recursive_directory_iterator(root)) {
      if (entry.path().filename() != ".gitignore") continue;
      std::ifstream in(entry.path());
      patterns += entry.path().string() + ": ";
      for (std::string line; std::getline(in, line);) patterns += "\"" + line + "\" ";
      patterns += "\n";
    }
    ASSERT_EQ(files, GitOracle::Files(root)) << patterns;
  }
}

}  // namespace
}  // namespace quarry::ingest
