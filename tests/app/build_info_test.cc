#include "app/build_info.h"

#include <nlohmann/json.hpp>

#include "tests/testing/test_environment.h"

namespace quarry::app {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;

TEST(BuildInfo, NamesVersionCommitStoreFormatLibrariesAndHelpers) {
  const BuildInfo info = GetBuildInfo();
  EXPECT_THAT(info.version, MatchesRegex("[0-9]+\\.[0-9]+\\.[0-9]+"));
  EXPECT_THAT(info.commit, MatchesRegex("unknown|[0-9a-f]+(-dirty)?"));
  EXPECT_THAT(info.build_id, MatchesRegex("([0-9a-f][0-9a-f])+"));
  EXPECT_GE(info.store_format, 2u);
  EXPECT_GE(info.libraries.size(), 10u);
  for (const auto& [name, version] : info.libraries) {
    EXPECT_THAT(version, MatchesRegex("[0-9]+\\..*")) << name;
  }
  const std::string text = BuildInfoText(info);
  EXPECT_THAT(text, ::testing::StartsWith("quarry " + info.version + "\ncommit " + info.commit));
  EXPECT_THAT(text, HasSubstr("\nstore format " + std::to_string(info.store_format) + "\n"));
  EXPECT_THAT(text, HasSubstr("\nbuild " + info.build_id + ", "));
  EXPECT_THAT(text, HasSubstr("rocksdb "));
  EXPECT_THAT(text, HasSubstr("pdftotext"));
}

TEST(BuildInfo, IsOneObjectInJson) {
  const BuildInfo info = GetBuildInfo();
  const auto json = nlohmann::json::parse(BuildInfoJson(info));
  EXPECT_EQ(json["version"], info.version);
  EXPECT_EQ(json["commit"], info.commit);
  EXPECT_EQ(json["build_id"], info.build_id);
  EXPECT_EQ(json["store_format"], info.store_format);
  EXPECT_EQ(json["libraries"].size(), info.libraries.size());
  EXPECT_TRUE(json["helper_programs"]["pdftotext"].is_boolean());
}

}  // namespace
}  // namespace quarry::app
