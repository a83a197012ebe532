#include "eval/beir.h"

#include "eval/line_reader.h"
#include "tests/testing/test_environment.h"

namespace quarry::eval {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::StartsWith;

// A collection on disk that each test spoils in its own way.
class BeirTest : public quarry::testing::FolderTest {
 protected:
  BeirTest() {
    Write("corpus.jsonl",
          "{\"_id\": \"d1\", \"title\": \"One\", \"text\": \"first\"}\n"
          "{\"_id\": \"d2\", \"text\": \"second\", \"metadata\": {\"_id\": 7, \"text\": [1]}}\n");
    Write("queries.jsonl",
          "{\"_id\": \"q1\", \"text\": \"what?\"}\n"
          "{\"_id\": \"q2\", \"text\": \"who?\"}\n"
          "{\"_id\": \"q3\", \"text\": \"where?\"}\n");
    Write("qrels/test.tsv", "query-id\tcorpus-id\tscore\nq3\td1\t1\nq1\td1\t2\nq1\td2\t0\n");
  }

  Result<std::vector<BeirDocument>> ReadCorpus() const {
    std::vector<BeirDocument> documents;
    QUARRY_RETURN_IF_ERROR(ReadBeirCorpus(directory_.path(), [&](BeirDocument document) {
      documents.push_back(std::move(document));
      return OkStatus();
    }));
    return documents;
  }
  // The status of reading this corpus, without the directory in its message.
  std::string CorpusError(const std::string& text) const {
    Write("corpus.jsonl", text);
    return WithoutDirectory(ReadCorpus().status());
  }
  std::string QueriesError(const std::string& split = "test") const {
    return WithoutDirectory(ReadBeirQueries(directory_.path(), split).status());
  }
  std::string QrelsError(const std::string& text) const {
    Write("qrels/test.tsv", text);
    return QueriesError();
  }
  std::string WithoutDirectory(const Status& status) const {
    std::string text = status.ToString();
    const std::string prefix = directory_.path() + "/";
    for (size_t at; (at = text.find(prefix)) != std::string::npos;) text.erase(at, prefix.size());
    return text;
  }
};

TEST_F(BeirTest, ReadsDocumentsInOrderAndIgnoresOtherKeys) {
  ASSERT_OK_AND_ASSIGN(const std::vector<BeirDocument> documents, ReadCorpus());
  ASSERT_EQ(documents.size(), 2u);
  EXPECT_EQ(documents[0].id, "d1");
  EXPECT_EQ(documents[0].title, "One");
  EXPECT_EQ(documents[0].text, "first");
  EXPECT_EQ(documents[1].id, "d2");
  EXPECT_EQ(documents[1].title, "");
  EXPECT_EQ(documents[1].text, "second");
}

TEST_F(BeirTest, ReadsWindowsLineEndsByteOrderMarkBlankLinesAndNullTitles) {
  Write("corpus.jsonl",
        "\xEF\xBB\xBF{\"_id\": \"d1\", \"title\": null, \"text\": \"a\\nb\"}\r\n\r\n  \n"
        "{\"text\": \"\", \"_id\": \"文\"}");
  ASSERT_OK_AND_ASSIGN(const std::vector<BeirDocument> documents, ReadCorpus());
  ASSERT_EQ(documents.size(), 2u);
  EXPECT_EQ(documents[0].text, "a\nb");
  EXPECT_EQ(documents[1].id, "文");
}

TEST_F(BeirTest, QueriesOfTheSplitKeepTheOrderOfTheirFile) {
  ASSERT_OK_AND_ASSIGN(const BeirQueries read, ReadBeirQueries(directory_.path(), "test"));
  ASSERT_EQ(read.queries.size(), 2u);
  EXPECT_EQ(read.queries[0].id, "q1");
  EXPECT_EQ(read.queries[0].text, "what?");
  EXPECT_EQ(read.queries[1].id, "q3");
  EXPECT_THAT(read.qrels, ElementsAre(Pair("q1", ElementsAre(Pair("d1", 2), Pair("d2", 0))),
                                      Pair("q3", ElementsAre(Pair("d1", 1)))));
  EXPECT_THAT(read.warnings, IsEmpty());
}

TEST_F(BeirTest, MissingFilesAreNotFound) {
  ASSERT_EQ(std::remove(Path("corpus.jsonl").c_str()), 0);
  EXPECT_EQ(WithoutDirectory(ReadCorpus().status()),
            "NOT_FOUND: corpus.jsonl: No such file or directory");
  ASSERT_EQ(std::remove(Path("queries.jsonl").c_str()), 0);
  EXPECT_EQ(QueriesError(), "NOT_FOUND: queries.jsonl: No such file or directory");
}

TEST_F(BeirTest, DirectoryInPlaceOfAFileIsAnError) {
  ASSERT_EQ(std::remove(Path("corpus.jsonl").c_str()), 0);
  EXPECT_OK(CreateDirectories(Path("corpus.jsonl")));
  EXPECT_EQ(WithoutDirectory(ReadCorpus().status()),
            "INVALID_ARGUMENT: corpus.jsonl: Is a directory");
}

TEST_F(BeirTest, BrokenJsonNamesFileLineAndByte) {
  const std::string good = "{\"_id\": \"d1\", \"text\": \"a\"}\n";
  EXPECT_EQ(CorpusError(good + "\n{\"_id\": d2}\n"),
            "INVALID_ARGUMENT: corpus.jsonl:3: not valid JSON: unexpected input at byte 9");
  EXPECT_EQ(CorpusError(good + "{\"_id\": \"d2\", \"te"),
            "INVALID_ARGUMENT: corpus.jsonl:2: not valid JSON: the line ends too early");
  EXPECT_EQ(CorpusError(good + "{\"_id\": \"d2\", \"text\": \"a\"} {}\n"),
            "INVALID_ARGUMENT: corpus.jsonl:2: not valid JSON: unexpected input at byte 28");
  EXPECT_EQ(CorpusError("{\"_id\": \"d\xFF\", \"text\": \"a\"}"),
            "INVALID_ARGUMENT: corpus.jsonl:1: not valid JSON: unexpected input at byte 11");
}

TEST_F(BeirTest, LineMustBeAnObjectWithTheStringsThatAreNeeded) {
  EXPECT_EQ(CorpusError("{\"text\": \"a\"}\n"),
            "INVALID_ARGUMENT: corpus.jsonl:1: \"_id\" is missing");
  EXPECT_EQ(CorpusError("{\"_id\": \"\", \"text\": \"a\"}\n"),
            "INVALID_ARGUMENT: corpus.jsonl:1: \"_id\" is empty");
  EXPECT_EQ(CorpusError("{\"_id\": 12, \"text\": \"a\"}\n"),
            "INVALID_ARGUMENT: corpus.jsonl:1: \"_id\" must be a string, found a number");
  EXPECT_EQ(CorpusError("{\"_id\": \"d\"}\n"),
            "INVALID_ARGUMENT: corpus.jsonl:1: \"text\" is missing");
  EXPECT_EQ(CorpusError("{\"_id\": \"d\", \"text\": null}\n"),
            "INVALID_ARGUMENT: corpus.jsonl:1: \"text\" must be a string, found null");
  EXPECT_EQ(CorpusError("{\"_id\": \"d\", \"text\": [\"a\"]}\n"),
            "INVALID_ARGUMENT: corpus.jsonl:1: \"text\" must be a string, found an array");
  EXPECT_EQ(CorpusError("{\"_id\": \"d\", \"_id\": \"e\", \"text\": \"a\"}\n"),
            "INVALID_ARGUMENT: corpus.jsonl:1: key \"_id\" stands twice");
  EXPECT_EQ(CorpusError("[\"d\", \"a\"]\n"),
            "INVALID_ARGUMENT: corpus.jsonl:1: expected a JSON object, found an array");
  EXPECT_EQ(CorpusError("\"d\"\n"),
            "INVALID_ARGUMENT: corpus.jsonl:1: expected a JSON object, found a string");
  // The id of a nested object is not the id of the document.
  EXPECT_EQ(CorpusError("{\"metadata\": {\"_id\": \"d\"}, \"text\": \"a\"}\n"),
            "INVALID_ARGUMENT: corpus.jsonl:1: \"_id\" is missing");
}

TEST_F(BeirTest, DeepNestingIsRefused) {
  const std::string deep(100000, '[');
  EXPECT_EQ(CorpusError("{\"_id\": \"d\", \"text\": \"a\", \"metadata\": " + deep),
            "INVALID_ARGUMENT: corpus.jsonl:1: nested deeper than 64 levels");
}

TEST_F(BeirTest, RepeatedDocumentIdIsAnError) {
  const std::string line = "{\"_id\": \"d1\", \"text\": \"a\"}\n";
  EXPECT_EQ(CorpusError(line + "\n" + line),
            "INVALID_ARGUMENT: corpus.jsonl:3: \"_id\" 'd1' stands in an earlier line too");
}

TEST_F(BeirTest, RepeatedQueryIdIsAnError) {
  Write("queries.jsonl",
        "{\"_id\": \"q1\", \"text\": \"what?\"}\n"
        "{\"_id\": \"q1\", \"text\": \"what else?\"}\n");
  EXPECT_EQ(QueriesError(),
            "INVALID_ARGUMENT: queries.jsonl:2: \"_id\" 'q1' stands in an earlier line too");
}

TEST_F(BeirTest, ErrorOfVisitStopsReadingAndKeepsItsCode) {
  int visited = 0;
  const Status status = ReadBeirCorpus(directory_.path(), [&](const BeirDocument&) {
    ++visited;
    return CancelledError("enough");
  });
  EXPECT_EQ(visited, 1);
  EXPECT_EQ(WithoutDirectory(status), "CANCELLED: corpus.jsonl:1: enough");
}

TEST_F(BeirTest, UnknownSplitListsThoseThatExist) {
  Write("qrels/dev.tsv", "query-id\tcorpus-id\tscore\n");
  Write("qrels/notes.txt", "no split");
  EXPECT_EQ(QueriesError("train"),
            "NOT_FOUND: qrels/train.tsv: no such split; qrels has the splits dev, test");
}

TEST_F(BeirTest, SplitOfACollectionWithoutQrels) {
  ASSERT_EQ(std::remove(Path("qrels/test.tsv").c_str()), 0);
  EXPECT_EQ(QueriesError(), "NOT_FOUND: qrels/test.tsv: no such split; qrels has no splits");
}

TEST_F(BeirTest, MissingHeaderIsAnError) {
  EXPECT_EQ(QrelsError("q1\td1\t1\nq3\td1\t1\n"),
            "INVALID_ARGUMENT: qrels/test.tsv:1: expected the header line (query-id, corpus-id, "
            "score), found a judgement");
  EXPECT_EQ(QrelsError("q1 0 d1 1\n"),
            "INVALID_ARGUMENT: qrels/test.tsv:1: expected 3 columns (query, document, grade) "
            "between tabs, found 1");
  EXPECT_EQ(QrelsError(""), "INVALID_ARGUMENT: qrels/test.tsv: empty; expected a header line");
}

TEST_F(BeirTest, MalformedJudgementNamesTheLine) {
  const std::string header = "query-id\tcorpus-id\tscore\n";
  EXPECT_EQ(QrelsError(header + "q1\td1\tgood\n"),
            "INVALID_ARGUMENT: qrels/test.tsv:2: grade 'good' is not an integer");
  EXPECT_EQ(QrelsError(header + "q1\td1\t1.5\n"),
            "INVALID_ARGUMENT: qrels/test.tsv:2: grade '1.5' is not an integer");
  EXPECT_EQ(QrelsError(header + "q1\td1\t\n"),
            "INVALID_ARGUMENT: qrels/test.tsv:2: grade '' is not an integer");
  EXPECT_EQ(QrelsError(header + "q1\td1\t1\n\nq1\td2\n"),
            "INVALID_ARGUMENT: qrels/test.tsv:4: expected 3 columns (query, document, grade) "
            "between tabs, found 2");
  EXPECT_EQ(QrelsError(header + "q1\td1\t1\tx\n"),
            "INVALID_ARGUMENT: qrels/test.tsv:2: expected 3 columns (query, document, grade) "
            "between tabs, found 4");
  EXPECT_EQ(QrelsError(header + "\td1\t1\n"),
            "INVALID_ARGUMENT: qrels/test.tsv:2: the query id is empty");
  EXPECT_EQ(QrelsError(header + "q1\t\t1\n"),
            "INVALID_ARGUMENT: qrels/test.tsv:2: the document id is empty");
}

TEST_F(BeirTest, JudgedQueryMustExist) {
  EXPECT_EQ(QrelsError("query-id\tcorpus-id\tscore\nq1\td1\t1\nq9\td1\t1\nq9\td2\t1\n"),
            "INVALID_ARGUMENT: qrels/test.tsv:3: query 'q9' is judged but is not in "
            "queries.jsonl");
}

TEST_F(BeirTest, LaterGradeOfAPairCountsAndIsReported) {
  Write("qrels/test.tsv",
        "query-id\tcorpus-id\tscore\nq1\td1\t1\nq1\td2\t1\nq1\td1\t2\nq1\td2\t1\n");
  ASSERT_OK_AND_ASSIGN(const BeirQueries read, ReadBeirQueries(directory_.path(), "test"));
  EXPECT_EQ(read.qrels.at("q1").at("d1"), 2);
  ASSERT_EQ(read.warnings.size(), 1u);
  EXPECT_THAT(read.warnings[0], EndsWith("qrels/test.tsv:4: query 'q1' judges document 'd1' "
                                         "again: grade 2 replaces 1"));
}

TEST(LineReaderTest, LinesLongerThanAPieceOfTheFileStayWhole) {
  const TemporaryDirectory directory = quarry::testing::MakeTemporaryDirectory();
  const std::string path = directory.path() + "/lines";
  // Lengths around the size of the pieces in which the file is read.
  std::vector<std::string> lines;
  for (const size_t length : {1, 262143, 262144, 262145, 700000, 3}) {
    lines.push_back(std::string(length, static_cast<char>('a' + lines.size())));
  }
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  ASSERT_OK(WriteFileAtomically(path, text));

  ASSERT_OK_AND_ASSIGN(LineReader reader, LineReader::Open(path));
  for (size_t i = 0; i < lines.size(); ++i) {
    ASSERT_OK_AND_ASSIGN(const bool more, reader.Next());
    ASSERT_TRUE(more);
    EXPECT_TRUE(reader.line() == lines[i]) << "line " << i;
    EXPECT_EQ(reader.Place(), path + ":" + std::to_string(i + 1));
  }
  ASSERT_OK_AND_ASSIGN(const bool more, reader.Next());
  EXPECT_FALSE(more);
}

TEST(LineReaderTest, LineAboveTheLimitIsRefusedBeforeItFillsMemory) {
  const TemporaryDirectory directory = quarry::testing::MakeTemporaryDirectory();
  const std::string path = directory.path() + "/lines";
  ASSERT_OK(WriteFileAtomically(path, "1234567890\n12345678901\n"));
  ASSERT_OK_AND_ASSIGN(LineReader reader, LineReader::Open(path, 10));
  ASSERT_OK_AND_ASSIGN(const bool more, reader.Next());
  EXPECT_TRUE(more);
  const Status status = reader.Next().status();
  EXPECT_EQ(status.code(), Code::kResourceExhausted);
  EXPECT_EQ(status.message(), path + ":2: the line is longer than 10 bytes");
}

// The collections that Quarry is measured on, where they are at hand.
class KnownCollectionTest : public ::testing::TestWithParam<std::tuple<const char*, int, int>> {};

TEST_P(KnownCollectionTest, IsReadWhole) {
  const auto& [name, documents, judged_queries] = GetParam();
  const auto directory = quarry::testing::DataPath(std::string("retrieval/") + name);
  if (!directory) GTEST_SKIP() << "no data: retrieval/" << name;
  int count = 0;
  EXPECT_OK(ReadBeirCorpus(*directory, [&](const BeirDocument&) {
    ++count;
    return OkStatus();
  }));
  EXPECT_EQ(count, documents);
  ASSERT_OK_AND_ASSIGN(const BeirQueries read, ReadBeirQueries(*directory, "test"));
  EXPECT_EQ(static_cast<int>(read.queries.size()), judged_queries);
  EXPECT_EQ(read.qrels.size(), read.queries.size());
  for (const std::string& warning : read.warnings) EXPECT_THAT(warning, StartsWith(*directory));
}

INSTANTIATE_TEST_SUITE_P(Beir, KnownCollectionTest,
                         ::testing::Values(std::tuple("adi", 82, 35),
                                           std::tuple("cranfield", 1400, 225),
                                           std::tuple("scifact", 5183, 300),
                                           // has pairs that are judged with two grades
                                           std::tuple("rgb_en_fact", 1361, 100)),
                         [](const auto& test) { return std::string(std::get<0>(test.param)); });

TEST_F(BeirTest, WhatIsWrittenIsReadAgain) {
  const std::string made = Path("made");
  BeirQueries queries;
  queries.queries = {{"q1", "what is \"it\"?"}, {"问1", "泵有多重？"}};
  queries.unanswerable = {{"q2", "who?"}};
  queries.qrels = {{"q1", {{"d 1.md", 2}, {"d2", 1}}}, {"问1", {{"d2", 1}}}};
  const std::vector<BeirDocument> documents = {{"d 1.md", "One\n", "first\tline\nsecond"},
                                               {"d2", "", "泵重80公斤。"}};
  const auto each = [&](const BeirVisit& visit) -> Status {
    for (const BeirDocument& one : documents) QUARRY_RETURN_IF_ERROR(visit(one));
    return OkStatus();
  };
  ASSERT_OK(WriteBeir(made, queries, each));
  std::vector<BeirDocument> read;
  ASSERT_OK(ReadBeirCorpus(made, [&](BeirDocument document) {
    read.push_back(std::move(document));
    return OkStatus();
  }));
  ASSERT_EQ(read.size(), 2u);
  for (size_t i = 0; i < read.size(); ++i) {
    EXPECT_EQ(read[i].id, documents[i].id);
    EXPECT_EQ(read[i].title, documents[i].title);
    EXPECT_EQ(read[i].text, documents[i].text);
  }
  ASSERT_OK_AND_ASSIGN(const BeirQueries again, ReadBeirQueries(made, "test"));
  EXPECT_EQ(again.qrels, queries.qrels);
  ASSERT_EQ(again.queries.size(), 2u);
  EXPECT_EQ(again.queries[1].text, "泵有多重？");
  ASSERT_EQ(again.unanswerable.size(), 1u);
  EXPECT_EQ(again.unanswerable[0].id, "q2");

  EXPECT_THAT(WriteBeir(made, queries, each).message(),
              EndsWith("/made/corpus.jsonl: is there already"));
  queries.qrels["q1"] = {{"a\tb", 1}};
  EXPECT_EQ(WriteBeir(Path("other"), queries, each).message(),
            "id \"a\tb\": expected one without tabs and ends of lines");
}

}  // namespace
}  // namespace quarry::eval
