#include "index/derived_files.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <string>

#include "base/hash.h"
#include "tests/testing/test_environment.h"

namespace quarry::index {
namespace {

// As WriteFile names it.
std::string NameOf(const std::string& role, const std::string& bytes, uint64_t commit) {
  return HashToHex(HashCombine(Hash64(role), Hash64(bytes))) + "-" + std::to_string(commit);
}

// A manifest that was renamed and then could not be synced stands on disk, and memory has the one
// before: as if another had written it.
TEST(DerivedFilesTest, AFailedSaveRemovesOnlyWhatItWrote) {
  const TemporaryDirectory directory = testing::MakeTemporaryDirectory();
  const std::string derived = directory.path() + "/derived/";
  ASSERT_OK(DerivedFiles::Create(directory.path(), NewStoreId()));
  ASSERT_OK_AND_ASSIGN(const auto behind, DerivedFiles::Open(directory.path(), false));
  ASSERT_OK(behind->Save("1/first", "one", 1));
  {
    ASSERT_OK_AND_ASSIGN(const auto ahead, DerivedFiles::Open(directory.path(), false));
    ASSERT_OK(ahead->Save("1/second", "two", 2));
  }
  // A file cannot take the place of a directory.
  std::filesystem::create_directory(derived + NameOf("1/b", "four", 3));
  std::ofstream(derived + NameOf("1/b", "four", 3) + "/x") << "x";
  const std::map<std::string, SharedBytes> saved = {{"1/a", {.view = "three"}},
                                                    {"1/b", {.view = "four"}}};
  EXPECT_FALSE(behind->Replace("1/", saved, {}, 3).ok());
  EXPECT_FALSE(std::filesystem::exists(derived + NameOf("1/a", "three", 3)));

  ASSERT_OK_AND_ASSIGN(const auto again, DerivedFiles::Open(directory.path(), false));
  EXPECT_EQ(again->Load("1/first").value().bytes(), "one");
  EXPECT_EQ(again->Load("1/second").value().bytes(), "two");
}

}  // namespace
}  // namespace quarry::index
