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

TEST(ManifestTest, DamageIsNamedByItsField) {
  const std::string head = "{\"format_version\": 2, \"store_id\": \"a\"";
  const std::string file = "{\"name\": \"NAME\", \"bytes\": 1, \"checksum\": 1, \"commit\": 1}";
  const auto of = [&](const std::string& files) { return head + ", \"files\": " + files + "}"; };
  const auto named = [&](const std::string& name) {
    std::string object = file;
    return of("{\"1/rows\": " + object.replace(object.find("NAME"), 4, name) + "}");
  };
  const std::pair<std::string, const char*> damaged[] = {
      {"", "not a JSON object"},
      {"[]", "not a JSON object"},
      {"{\"format_version\": 2}", "store_id: expected a string"},
      {"{\"format_version\": \"2\"}", "format_version: expected a non-negative integer"},
      {head + "}", "files: expected an object"},
      {of("[]"), "files: expected an object"},
      {of("{\"1/rows\": 7}"), "files.1/rows: expected an object"},
      {of("{\"1/rows\": {}}"), "files.1/rows: name: expected a string"},
      {of("{\"1/rows\": {\"name\": \"a\", \"bytes\": -1}}"),
       "files.1/rows: bytes: expected a non-negative integer"},
      {named(""), "files.1/rows: name: expected a plain file name"},
      {named("../a"), "files.1/rows: name: expected a plain file name"},
      {named("a/b"), "files.1/rows: name: expected a plain file name"},
      {named(".hidden"), "files.1/rows: name: expected a plain file name"}};
  for (const auto& [text, message] : damaged) {
    const Status status = DecodeManifest(text).status();
    EXPECT_EQ(status.code(), Code::kDataLoss) << text;
    EXPECT_EQ(status.message(), message) << text;
  }
  ASSERT_OK_AND_ASSIGN(const Manifest whole, DecodeManifest(named("ab-1")));
  EXPECT_EQ(whole.files.at("1/rows").name, "ab-1");
  const Status other = DecodeManifest("{\"format_version\": 9}").status();
  EXPECT_EQ(other.code(), Code::kFailedPrecondition);
  EXPECT_THAT(other.message(), ::testing::HasSubstr("format version 9, this program reads 2"));
}

}  // namespace
}  // namespace quarry::index
