#include "app/config.h"

#include <fstream>

#include "app/console.h"
#include "app/output_json.h"
#include "app/output_text.h"
#include "tests/testing/test_environment.h"

namespace quarry::app {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

class ConfigTest : public ::testing::Test {
 protected:
  ConfigTest() { sources_.default_file = path(); }

  std::string path() const { return directory_.path() + "/quarry.yaml"; }
  void WriteFile(const std::string& yaml) { std::ofstream(path()) << yaml; }
  void AddFlag(const std::string& key, const std::string& flag, const std::string& text) {
    sources_.flags.push_back({key, flag, {text}});
  }
  std::string Error() const { return LoadConfig(sources_).status().message(); }

  TemporaryDirectory directory_ = testing::MakeTemporaryDirectory();
  ConfigSources sources_;
};

TEST_F(ConfigTest, PrefixesOfTheFileStayWithItsModel) {
  WriteFile("embedding:\n  model: e5\n  query_prefix: 'query: '\n  document_prefix: 'text: '\n");
  AddFlag("embedding.model", "DIR", directory_.path() + "/e5/");
  LoadedConfig loaded = LoadConfig(sources_).value();
  EXPECT_EQ(loaded.config.embedding.folder.query_prefix, "query: ");
  AddFlag("embedding.query_prefix", "--query-prefix", "");
  loaded = LoadConfig(sources_).value();
  EXPECT_EQ(loaded.config.embedding.folder.query_prefix, "");
  EXPECT_EQ(loaded.config.embedding.folder.document_prefix, "text: ");

  sources_.flags.clear();
  AddFlag("embedding.query_prefix", "--query-prefix", "q ");
  AddFlag("embedding.model", "DIR", "other");
  loaded = LoadConfig(sources_).value();
  EXPECT_EQ(loaded.config.embedding.folder.query_prefix, "q ");
  EXPECT_EQ(loaded.config.embedding.folder.document_prefix, "");
  EXPECT_EQ(loaded.OriginOf("embedding.document_prefix"), "default");
}

TEST_F(ConfigTest, WithoutSourcesEveryOptionHasItsDefault) {
  ASSERT_OK_AND_ASSIGN(const LoadedConfig loaded, LoadConfig(sources_));
  EXPECT_EQ(loaded.config.store, ".quarry");
  EXPECT_EQ(loaded.config.k, 10u);
  EXPECT_EQ(loaded.file, "");
  for (const ConfigKey& key : ConfigKeys()) EXPECT_EQ(loaded.OriginOf(key.name), "default");
}

TEST_F(ConfigTest, AFlagWinsOverTheEnvironmentOverTheFileOverTheDefault) {
  WriteFile("retrieval:\n  k: 3\n");
  LoadedConfig loaded = LoadConfig(sources_).value();
  EXPECT_EQ(loaded.config.k, 3u);
  EXPECT_EQ(loaded.OriginOf("retrieval.k"), path() + ":2");
  sources_.environment["QUARRY_RETRIEVAL_K"] = "4";
  loaded = LoadConfig(sources_).value();
  EXPECT_EQ(loaded.config.k, 4u);
  EXPECT_EQ(loaded.OriginOf("retrieval.k"), "QUARRY_RETRIEVAL_K");
  AddFlag("retrieval.k", "-k", "5");
  loaded = LoadConfig(sources_).value();
  EXPECT_EQ(loaded.config.k, 5u);
  EXPECT_EQ(loaded.OriginOf("retrieval.k"), "-k");
}

TEST_F(ConfigTest, EveryOptionTakesItsOwnValueBackFromItsText) {
  const Config defaults;
  for (const ConfigKey& key : ConfigKeys()) {
    if (key.list) continue;
    const std::string text = FormatConfigValue(key.get(defaults));
    Config config;
    EXPECT_OK(key.set(config, {text})) << key.name;
    EXPECT_EQ(FormatConfigValue(key.get(config)), text) << key.name;
  }
}

TEST_F(ConfigTest, WhatItPrintsIsAFileThatGivesTheSameOptions) {
  AddFlag("retrieval.k", "-k", "7");
  AddFlag("collection", "--collection", "Straße \"7\"");
  sources_.environment["QUARRY_INGEST_INCLUDE"] = "*.md,a b/**";
  ASSERT_OK_AND_ASSIGN(const LoadedConfig loaded, LoadConfig(sources_));
  const Console console(stdout, stderr, {});
  WriteFile(ConfigText(loaded, console));
  ConfigSources again;
  again.file = path();
  ASSERT_OK_AND_ASSIGN(const LoadedConfig reread, LoadConfig(again));
  for (const ConfigKey& key : ConfigKeys()) {
    if (key.name == "store") continue;  // relative to the file
    EXPECT_EQ(key.get(reread.config), key.get(loaded.config)) << key.name;
  }
}

TEST_F(ConfigTest, AnUnknownKeyIsRefusedWithItsPlaceAndTheNearestKey) {
  WriteFile("store: here\nretrieval:\n  dense_wieght: 0.4\n");
  EXPECT_EQ(Error(), path() +
                         ":3: retrieval.dense_wieght: unknown key; did you mean "
                         "retrieval.dense_weight?");
}

TEST_F(ConfigTest, ARightNameInTheWrongSectionIsRecognised) {
  WriteFile("index:\n  target_tokens: 300\n");
  EXPECT_EQ(Error(), path() +
                         ":2: index.target_tokens: unknown key; did you mean "
                         "chunking.target_tokens?");
}

TEST_F(ConfigTest, ASectionAsAKeyListsItsKeys) {
  AddFlag("bm25", "--set", "1");
  EXPECT_EQ(Error(), "--set: bm25: is a section; its keys are bm25.k1, bm25.b, bm25.title_weight");
}

TEST_F(ConfigTest, ABadValueNamesKeyPlaceAndWhatWasExpected) {
  WriteFile("retrieval:\n  dense_weight: much\n");
  EXPECT_EQ(Error(), path() +
                         ":2: retrieval.dense_weight: expected a number from 0 to 1, got "
                         "\"much\"");
  WriteFile("retrieval:\n  k: [1, 2]\n");
  EXPECT_EQ(Error(), path() + ":2: retrieval.k: expected an integer from 1 to 10000, got a list");
  WriteFile("");
  sources_.environment["QUARRY_SERVER_PORT"] = "65536";
  EXPECT_EQ(Error(),
            "QUARRY_SERVER_PORT: server.port: expected an integer from 0 to 65535, got \"65536\"");
  sources_.environment.clear();
  AddFlag("embedding.sample_limit", "--set", "2");
  EXPECT_THAT(Error(),
              StartsWith("--set: embedding.sample_limit: expected an integer from 100 to "));
  sources_.flags.clear();
  AddFlag("embedding.enabled", "--set", "yes");
  EXPECT_EQ(Error(), "--set: embedding.enabled: expected true or false, got \"yes\"");
}

TEST_F(ConfigTest, OptionsThatDoNotFitTogetherAreRefused) {
  AddFlag("chunking.min_tokens", "--set", "500");
  AddFlag("chunking.target_tokens", "--set", "100");
  EXPECT_THAT(Error(), StartsWith("chunking: "));
}

TEST_F(ConfigTest, BrokenYamlIsRefusedWithItsLine) {
  WriteFile("store: here\nretrieval:\n  k: [1\n");
  EXPECT_THAT(Error(), ::testing::MatchesRegex(path() + ":[34]: not valid YAML: .+"));
  WriteFile("- a\n- b\n");
  EXPECT_EQ(Error(), path() + ":1: expected \"key: value\" lines");
  WriteFile("store: a\nstore: b\n");
  EXPECT_EQ(Error(), path() + ":2: store: given twice, first at " + path() + ":1");
}

TEST_F(ConfigTest, AnEmptyFileAndASectionWithoutKeysSetNothing) {
  WriteFile("# nothing\nretrieval:\n  # k: 3\n");
  ASSERT_OK_AND_ASSIGN(const LoadedConfig loaded, LoadConfig(sources_));
  EXPECT_TRUE(loaded.origin.empty());
}

TEST_F(ConfigTest, AStoreOfAFileIsRelativeToThatFile) {
  WriteFile("store: data\n");
  EXPECT_EQ(LoadConfig(sources_).value().config.store, directory_.path() + "/data");
  WriteFile("store: /data\n");
  EXPECT_EQ(LoadConfig(sources_).value().config.store, "/data");
}

TEST_F(ConfigTest, EveryPathOfAFileIsRelativeToItAndSaysSo) {
  for (const ConfigKey& key : ConfigKeys()) {
    const bool says_so = key.description.find("relative to") != std::string::npos;
    EXPECT_EQ(key.is_path, says_so) << key.name;
  }
  WriteFile("cache:\n  verifier: models/same\nserver:\n  backup_directory: backups\n");
  ASSERT_OK_AND_ASSIGN(const LoadedConfig loaded, LoadConfig(sources_));
  EXPECT_EQ(loaded.config.cache.verifier, directory_.path() + "/models/same");
  EXPECT_EQ(loaded.config.server.backup_directory, directory_.path() + "/backups");
}

TEST_F(ConfigTest, AFileThatWasNamedMustExist) {
  sources_.file = "/no/such.yaml";
  EXPECT_EQ(Error(), "--config: /no/such.yaml: no such file");
  sources_.file.reset();
  sources_.environment["QUARRY_CONFIG"] = "/no/such.yaml";
  EXPECT_EQ(Error(), "QUARRY_CONFIG: /no/such.yaml: no such file");
}

TEST_F(ConfigTest, AMisspeltVariableIsSaidAndAForeignOneIsNot) {
  sources_.environment["QUARRY_HOME_OF_ANOTHER_PROGRAM"] = "1";
  EXPECT_THAT(LoadConfig(sources_)->warnings, IsEmpty());
  sources_.environment["QUARRY_STOR"] = "x";
  EXPECT_THAT(LoadConfig(sources_)->warnings,
              ElementsAre("QUARRY_STOR: unknown variable; did you mean QUARRY_STORE?"));
  sources_.environment["QUARRY_RETRIEVAL_KK"] = "1";
  EXPECT_EQ(Error(), "QUARRY_RETRIEVAL_KK: unknown variable; did you mean QUARRY_RETRIEVAL_K?");
}

TEST(ConfigKeyTest, ASecretIsShownAsSetOrNotSet) {
  ConfigKey key;
  key.secret = true;
  key.get = [](const Config& config) { return ConfigValue(config.collection); };
  Config config;
  config.collection = "sk-123";
  EXPECT_EQ(FormatConfigValue(key.Shown(config)), "***");
  config.collection = "";
  EXPECT_EQ(FormatConfigValue(key.Shown(config)), "");
  key.secret = false;
  config.collection = "plain";
  EXPECT_EQ(FormatConfigValue(key.Shown(config)), "plain");
}

}  // namespace
}  // namespace quarry::app
