// Collections and their documents: how they are named, listed and set.

#include <filesystem>
#include <string>
#include <vector>

#include "tests/integration/cli_testing.h"
#include "tests/testing/engine_testing.h"

namespace quarry::app {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using testing::QuarryResult;
using ::testing::StartsWith;

TEST_F(CliTest, AWrongCollectionNameMakesNoStore) {
  Write("a.txt", "One.");
  ExpectUsageError({"index", docs(), "--collection", "bad name"},
                   "collection name \"bad name\": expected 1 to 64 letters, digits, '-', '_', '.', "
                   "starting with a letter or digit");
  EXPECT_FALSE(fs::exists(store()));
}

TEST_F(CliTest, AnUnknownCollectionIsNamedWithThoseThatExist) {
  Write("a.txt", "Alpha.");
  ASSERT_EQ(Run({"index", docs()}).exit_code, 0);
  const std::vector<std::vector<std::string>> commands = {
      {"search", "alpha"}, {"stats"}, {"verify"}, {"docs", "ls"}};
  for (std::vector<std::string> command : commands) {
    command.insert(command.end(), {"--collection", "nope"});
    const QuarryResult result = Run(command);
    EXPECT_EQ(result.exit_code, 1);
    EXPECT_EQ(result.error, "quarry: error: no collection \"nope\"; there is: default\n");
  }
}

TEST_F(CliTest, ACollectionThatCannotBeLoadedHidesNoOther) {
  Write("a.txt", "Alpha.");
  ASSERT_EQ(Run({"index", docs()}).exit_code, 0);
  ASSERT_EQ(Run({"collections", "create", "broken"}).exit_code, 0);
  {
    const Analyzer analyzer;
    const SystemClock clock;
    ASSERT_OK_AND_ASSIGN(const std::unique_ptr<index::Index> index,
                         index::Index::Open(store(), {}, analyzer, clock));
    testing::DamageCollection(*index, index->FindCollection("broken").value());
  }
  for (const std::vector<std::string>& command :
       {std::vector<std::string>{"collections", "ls"}, std::vector<std::string>{"stats"}}) {
    const QuarryResult result = Run(command);
    EXPECT_EQ(result.exit_code, 1) << command[0] << result.error;
    EXPECT_THAT(result.out,
                AllOf(HasSubstr("default"),
                      HasSubstr("\nbroken: cannot be loaded: collection \"broken\": ")));
    const Json listed = RunJson(command)["collections"];
    ASSERT_EQ(listed.size(), 2u);
    EXPECT_EQ(listed[0]["documents"], 1);
    EXPECT_EQ(listed[1]["name"], "broken");
    EXPECT_THAT(listed[1]["error"].get<std::string>(), HasSubstr("collection \"broken\": "));
  }
}

TEST_F(CliTest, ACollectionKeepsTheBm25ThatItWasMadeWith) {
  EXPECT_EQ(Run({"collections", "create", "tuned", "--set", "bm25.k1=0.9", "--set", "bm25.b=0.4",
                 "--set", "bm25.title_weight=7"})
                .exit_code,
            0);
  Write("a.html", "<title>Valve</title><p>Of the pump.</p>");
  Run({"index", docs(), "--collection", "tuned"});
  Run({"index", docs()});
  const Json expected = {{"k1", 0.9}, {"b", 0.4}, {"title_weight", 7}};
  const Json listed = RunJson({"collections", "ls"})["collections"];
  ASSERT_EQ(listed.size(), 2u);
  EXPECT_EQ(listed[0]["bm25"], Json({{"k1", 1.2}, {"b", 0.75}, {"title_weight", 4}}));
  EXPECT_EQ(listed[1]["bm25"], expected);
  EXPECT_EQ(RunJson({"stats"})["collections"][1]["bm25"], expected);
  EXPECT_THAT(Run({"stats"}).out, HasSubstr("k1 0.9, b 0.4, title weight 7"));
  EXPECT_THAT(Run({"collections", "ls"}).out, HasSubstr("k1 0.9, b 0.4, title weight 7"));
  EXPECT_EQ(listed[1]["tokens"], listed[0]["tokens"].get<int>() + 3);  // one word of the title
  const Json hit = RunJson({"search", "valve", "--explain", "--collection", "tuned"})["hits"][0];
  EXPECT_EQ(hit["explain"]["terms"][0]["count"], 7);
  EXPECT_EQ(Run({"verify"}).exit_code, 0);
  EXPECT_THAT(Run({"collections", "create", "x", "--set", "bm25.title_weight=0"}).error,
              HasSubstr("bm25.title_weight: expected an integer from 1 to 100, got \"0\""));
}

TEST_F(CliTest, ACollectionKeepsTheSettingsOfItsVectorsUntilItIsToldOthers) {
  for (int i = 0; i < 60; ++i) {
    const std::string n = std::to_string(i);
    Write("p" + n + ".txt", "Pump number " + n + " delivers water to station " + n + ".");
  }
  const auto run = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--collection", "c"});
    return Run(std::move(arguments));
  };
  ASSERT_EQ(Run({"collections", "create", "c", "--set", "vectors.kind=faiss_ivf"}).exit_code, 0);
  ASSERT_EQ(run({"index", docs()}).exit_code, 0);
  const auto stats = [&] { return RunJson({"stats"})["collections"][0]; };
  EXPECT_EQ(stats()["vectors"]["kind"], "faiss_ivf");
  EXPECT_EQ(stats()["vector_index"], "faiss_ivf");
  EXPECT_EQ(stats()["maintenance"]["pending"], "");
  EXPECT_THAT(run({"search", "number 7", "-k", "1"}).out, HasSubstr("p7.txt"));

  Write("p60.txt", "Pump number 60 delivers water to station 60.");
  const QuarryResult other = run({"index", docs(), "--set", "vectors.kind=hnsw"});
  EXPECT_EQ(other.exit_code, 0);
  EXPECT_EQ(other.error,
            "quarry: warning: --set: vectors.kind=hnsw is not used: collection \"c\" keeps "
            "faiss_ivf; change it with: quarry collections set c --set vectors.kind=hnsw\n");
  EXPECT_EQ(Run({"collections", "set", "c", "--set", "vectors.kind=hnsw"}).out,
            "changed collection c\n");
  EXPECT_EQ(stats()["vectors"]["kind"], "hnsw");
  EXPECT_EQ(stats()["vectors"]["codes"], "int8");
  EXPECT_EQ(stats()["vector_index"], "hnsw");
  EXPECT_THAT(run({"search", "number 60", "-k", "1"}).out, HasSubstr("p60.txt"));
  EXPECT_EQ(Run({"verify"}).exit_code, 0);
  ExpectUsageError({"collections", "set", "c"},
                   "nothing to set; give --set KEY=VALUE of vectors.kind, vectors.codes, "
                   "vectors.hnsw_links, vectors.hnsw_build_width, vectors.target_recall");
}

TEST_F(CliTest, DocumentsAreNamedWholeOrByTheirFile) {
  Write("guide/pump.md", "# Pump");
  Write("r.jsonl", "{\"id\":\"x\",\"text\":\"One.\"}\n{\"id\":\"y\",\"text\":\"Two.\"}\n");
  ASSERT_EQ(Run({"index", docs()}).exit_code, 0);
  EXPECT_EQ(Run({"docs", "show", "pump.md"}).error,
            "quarry: error: no document \"pump.md\" in collection \"default\"; there is: "
            "guide/pump.md\n");
  EXPECT_EQ(Run({"docs", "show", "valve"}).error,
            "quarry: error: no document \"valve\" in collection \"default\"; `quarry docs ls` "
            "lists them\n");
  EXPECT_EQ(Run({"docs", "delete", "r.jsonl"}).exit_code, 0);
  EXPECT_EQ(RunJson({"docs", "ls"})["total"], 1);
}

TEST_F(CliTest, DocumentsAreListedPageByPage) {
  Write("a.md", "# Alpha\n\nThe first.");
  Write("b.md", "# Beta\n\nThe second.");
  Write("c.md", "# 丙\n\n第三份。");
  ASSERT_EQ(Run({"index", docs()}).exit_code, 0);
  const std::string all = Run({"docs", "ls"}).out;
  EXPECT_THAT(all, AllOf(StartsWith("id    chunks  size "), HasSubstr("\na.md       1  "),
                         HasSubstr("  Alpha\n"), HasSubstr("  丙\n"), EndsWith("\n3 documents\n")));
  EXPECT_THAT(Run({"docs", "ls", "--limit", "2"}).out,
              EndsWith("\n1-2 of 3 documents; the next with --offset 2\n"));
  EXPECT_THAT(Run({"docs", "ls", "--limit", "2", "--offset", "2"}).out,
              EndsWith("\n3-3 of 3 documents\n"));
  EXPECT_EQ(Run({"docs", "ls", "--offset", "9"}).out, "none of 3 documents\n");
  EXPECT_THAT(Run({"docs", "ls", "--limit", "0"}).error,
              HasSubstr("--limit: expected an integer from 1 to "));
}

TEST_F(CliTest, ADocumentIsShownWithItsMetadataAndChunks) {
  Write("a.md", "# Alpha\n\n## Pumps\n\nThe first pump.");
  ASSERT_EQ(Run({"index", docs(), "--meta", "team=泵房", "--meta", "year=2020"}).exit_code, 0);
  const std::string shown = Run({"docs", "show", "a.md", "--chunks"}).out;
  EXPECT_THAT(shown, AllOf(StartsWith("id             a.md\ntitle          Alpha\n"),
                           HasSubstr("\ntype           text/markdown\n"),
                           HasSubstr("\nlanguage       en\n"),
                           HasSubstr("\nmetadata.team  泵房\nmetadata.year  2020\n"),
                           HasSubstr("\n\nchunk 0 (id 1), bytes 0-")));
  EXPECT_THAT(shown, HasSubstr(" tokens, Alpha"));
  EXPECT_THAT(shown, EndsWith("The first pump.\n"));
  const Json json = RunJson({"docs", "show", "a.md", "--chunks", "--text"});
  EXPECT_EQ(json["metadata"]["team"], "泵房");
  ASSERT_EQ(json["chunk_list"].size(), 1u);
  EXPECT_EQ(json["chunk_list"][0]["ordinal"], 0);
  EXPECT_EQ(json["chunk_list"][0]["heading_path"][0], "Alpha");
  EXPECT_EQ(json["chunk_list"][0]["text"], json["text"]);
}

TEST_F(CliTest, TheOptionsThereAreAreListedWithTypeDefaultAndVariable) {
  const std::string keys = Run({"config", "--keys"}).out;
  EXPECT_THAT(keys,
              HasSubstr("\nserver.max_connections  at a time\n    an integer from 1 to 1000000; "
                        "default 1024; QUARRY_SERVER_MAX_CONNECTIONS\n"));
  const Json json = RunJson({"config", "--keys"});
  EXPECT_EQ(json["keys"][0]["name"], "store");
  EXPECT_EQ(json["keys"][0]["environment"], "QUARRY_STORE");
  EXPECT_EQ(json["keys"].size(), RunJson({"config"})["values"].size());
}

TEST_F(CliTest, OfOneDocumentAnswersSpeakInTheSingular) {
  Write("a.md", "# Alpha\n\nThe red pump delivers ten litres per second.");
  ASSERT_EQ(Run({"index", docs()}).exit_code, 0);
  EXPECT_THAT(Run({"ask", "Who painted the town hall of Antwerp?"}).out,
              StartsWith("The one indexed document does not contain an answer to this question."));
}

TEST_F(CliTest, OfManyDocumentsThatAreAlikeTheOthersAreCounted) {
  for (const char* folder : {"a", "b", "c", "d", "e"})
    Write(std::string(folder) + "/README.md", std::string("# Notes of ") + folder);
  ASSERT_EQ(Run({"index", docs()}).exit_code, 0);
  EXPECT_EQ(Run({"docs", "show", "README"}).error,
            "quarry: error: no document \"README\" in collection \"default\"; there is: "
            "a/README.md, b/README.md, c/README.md and 2 others\n");
}

TEST_F(CliTest, DocumentsThatAreNearlyTheSameAreListed) {
  std::string text;
  for (int i = 0; i < 60; ++i) text += "The pump number " + std::to_string(i) + " runs well. ";
  Write("a.txt", text);
  Write("b.txt", text + "One more sentence.");
  Write("c.txt", "Something else.");
  ASSERT_EQ(Run({"index", docs()}).exit_code, 0);
  EXPECT_THAT(Run({"docs", "duplicates"}).out,
              HasSubstr("1 document is like one before it by 0.80 or more\n"));
  const Json found = RunJson({"docs", "duplicates"});
  ASSERT_EQ(found["duplicates"].size(), 1u);
  EXPECT_EQ(found["duplicates"][0]["document"], "b.txt");
  EXPECT_EQ(found["duplicates"][0]["of"], "a.txt");
  EXPECT_EQ(Run({"docs", "duplicates", "--similarity", "1"}).out,
            "no document is like another by 1.00 or more\n");
  EXPECT_EQ(Run({"docs", "duplicates", "--similarity", "0.1"}).exit_code, 2);
}

}  // namespace
}  // namespace quarry::app
