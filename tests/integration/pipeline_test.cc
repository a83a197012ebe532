#include "ingest/pipeline.h"

#include <filesystem>
#include <fstream>

#include "tests/testing/engine_testing.h"

namespace quarry::ingest {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class PipelineTest : public ::testing::Test {
 protected:
  PipelineTest() { fs::create_directories(root()); }

  std::string root() const { return files_.path() + "/docs"; }
  void Write(const std::string& relative, const std::string& content) {
    fs::create_directories((fs::path(root()) / relative).parent_path());
    std::ofstream(root() + "/" + relative, std::ios::binary) << content;
  }
  IngestReport Sync(IngestOptions options = {}) {
    auto writer = engine_.index->OpenWriter(engine_.collection).value();
    Pipeline pipeline(writer, engine_.analyzer, engine_.pool, options);
    return pipeline.Sync(ListFiles(root(), {}).value(), nullptr, CallContext()).value();
  }
  void ExpectVerified() {
    EXPECT_THAT(engine_.index->Verify(engine_.collection, CallContext()).value().problems,
                IsEmpty());
  }
  uint64_t Documents() { return engine_.snapshot()->live_documents(); }

  TemporaryDirectory files_ = testing::MakeTemporaryDirectory();
  testing::TestEngine engine_;
};

std::string Paragraphs(int count, int changed = -1) {
  std::string text;
  for (int i = 0; i < count; ++i) {
    text += "Paragraph " + std::to_string(i) + (i == changed ? " was edited and " : " ");
    for (int w = 0; w < 40; ++w) text += "word" + std::to_string((i * 37 + w * 11) % 500) + " ";
    text += "ends here.\n\n";
  }
  return text;
}

TEST_F(PipelineTest, ASecondRunChangesNothing) {
  Write("a.md", "# Pumps\n\nThe pump weighs 80 kg.");
  Write("zh/b.txt", "水泵重八十千克。");
  const IngestReport first = Sync();
  EXPECT_EQ(first.documents_added, 2u);
  EXPECT_TRUE(first.Changed());
  const CommitSequence commit = engine_.snapshot()->commit();
  const IngestReport second = Sync();
  EXPECT_EQ(second.documents_unchanged, 2u);
  EXPECT_FALSE(second.Changed());
  EXPECT_EQ(engine_.snapshot()->commit(), commit);
  ExpectVerified();
}

TEST_F(PipelineTest, AChangedParagraphTouchesTheChunksAroundItOnly) {
  Write("long.txt", Paragraphs(120));
  const IngestReport first = Sync();
  ASSERT_GT(first.chunks_added, 12u);
  Write("long.txt", Paragraphs(120, 60));
  const IngestReport second = Sync();
  EXPECT_EQ(second.documents_changed, 1u);
  EXPECT_LE(second.chunks_added, 4u);
  EXPECT_GE(second.chunks_kept, first.chunks_added - 4);
  ExpectVerified();
}

// Two values that print alike are two values; a tag and a principal of one name are two things.
TEST_F(PipelineTest, EveryChangeOfMetadataOrAccessIsAChange) {
  const auto add = [&](Metadata metadata, std::vector<std::string> access) {
    Document document = testing::TextDocument("d", "", "The pump weighs 80 kg.");
    document.metadata = std::move(metadata);
    document.access = std::move(access);
    return engine_.Add({document});
  };
  using Tags = std::vector<std::string>;
  EXPECT_EQ(add({{"lat", 1e-7}}, {}).documents_added, 1u);
  EXPECT_EQ(add({{"lat", 2e-7}}, {}).documents_changed, 1u);
  EXPECT_EQ(add({{"tags", Tags{"x", "hr"}}}, {}).documents_changed, 1u);
  EXPECT_EQ(add({{"tags", Tags{"x"}}}, {"hr"}).documents_changed, 1u);
  EXPECT_EQ(add({{"tags", Tags{"x"}}}, {"hr"}).documents_unchanged, 1u);
  ASSERT_EQ(engine_.snapshot()->ReadDocument("d")->access, Tags{"hr"});
}

TEST_F(PipelineTest, APathTooLongForAnIdIsReportedAndTheOthersAreIndexed) {
  Write("a.txt", "One.");
  std::string deep;
  for (int i = 0; i < 6; ++i) deep += std::string(200, 'd') + "/";
  Write(deep + "b.txt", "Two.");
  Write("z.txt", "Three.");
  const IngestReport report = Sync();
  EXPECT_EQ(report.documents_added, 2u);
  ASSERT_THAT(report.failures, SizeIs(1));
  EXPECT_THAT(report.failures[0].path, ::testing::EndsWith("/b.txt"));
  EXPECT_EQ(report.failures[0].reason, "document id: expected 1 to 1024 bytes, got 1211");
}

TEST_F(PipelineTest, ARemovedFileGoesWithPruneOnly) {
  Write("a.txt", "Apples are red.");
  Write("b.txt", "Bananas are yellow.");
  Sync();
  fs::remove(root() + "/b.txt");
  EXPECT_EQ(Sync().documents_removed, 0u);
  EXPECT_EQ(Documents(), 2u);
  EXPECT_EQ(Sync({.prune = true, .dry_run = true}).documents_removed, 1u);
  EXPECT_EQ(Documents(), 2u);
  EXPECT_EQ(Sync({.prune = true}).documents_removed, 1u);
  EXPECT_EQ(Documents(), 1u);
  ExpectVerified();
}

TEST_F(PipelineTest, PruneLeavesOtherRootsAndDirectDocumentsAlone) {
  engine_.Add({testing::TextDocument("direct", "Direct", "Given directly.")});
  Write("a.txt", "Apples are red.");
  Sync({.prune = true});
  EXPECT_EQ(Documents(), 2u);
  EXPECT_TRUE(engine_.snapshot()->ReadDocument("direct").ok());
}

TEST_F(PipelineTest, AFileThatTurnsUnreadableKeepsItsLastGoodVersion) {
  Write("a.txt", "Apples are red.");
  Sync();
  Write("a.txt", std::string("\x89PNG\r\n\x1a\n\0\0\0\x0DIHDR", 16));
  const IngestReport report = Sync({.prune = true});
  ASSERT_THAT(report.failures, SizeIs(1));
  EXPECT_EQ(report.failures[0].path, root() + "/a.txt");
  EXPECT_THAT(report.failures[0].reason, HasSubstr("not text"));
  EXPECT_EQ(Documents(), 1u);
}

TEST_F(PipelineTest, ManyBadFilesAmongGoodOnesAreEachReported) {
  for (int i = 0; i < 30; ++i) {
    Write("good" + std::to_string(i) + ".txt", "Text number " + std::to_string(i) + ".");
  }
  Write("empty.txt", "");
  Write("blank.md", "  \n\n");
  Write("bad.json", "{\"a\": ");
  Write("latin.txt",
        std::string("plain text with one bad byte \xFF\xFE\xFD inside of it, at length"));
  const IngestReport report = Sync();
  EXPECT_EQ(report.documents_added + report.failures.size(), 34u);
  EXPECT_GE(report.failures.size(), 3u);
  for (const IngestFailure& failure : report.failures) EXPECT_FALSE(failure.reason.empty());
}

TEST_F(PipelineTest, ABrokenJsonLineIsReportedWithItsNumberAndTheOthersStay) {
  Write("r.jsonl",
        "{\"id\":\"a\",\"text\":\"First "
        "record.\"}\n{\"id\":\"b\",\"te\n{\"id\":\"c\",\"text\":\"Third.\"}\n");
  const IngestReport report = Sync();
  EXPECT_EQ(report.documents_added, 2u);
  ASSERT_THAT(report.failures, SizeIs(1));
  EXPECT_THAT(report.failures[0].reason, HasSubstr("line 2"));
  EXPECT_TRUE(engine_.snapshot()->ReadDocument("r.jsonl#c").ok());
}

TEST_F(PipelineTest, OtherChunkSizesOrMetadataIndexAgain) {
  Write("a.txt", Paragraphs(20));
  Sync();
  IngestOptions options;
  options.metadata["team"] = std::string("pumps");
  EXPECT_EQ(Sync(options).documents_changed, 1u);
  EXPECT_EQ(Sync(options).documents_unchanged, 1u);
  options.chunks.target_tokens = 200;
  options.chunks.max_tokens = 300;
  EXPECT_EQ(Sync(options).documents_changed, 1u);
  ExpectVerified();
}

TEST_F(PipelineTest, ADryRunChangesNothing) {
  Write("a.txt", "Apples are red.");
  EXPECT_EQ(Sync({.dry_run = true}).documents_added, 1u);
  EXPECT_EQ(Documents(), 0u);
}

TEST_F(PipelineTest, ARepeatedRecordIdMeansItsLastRecord) {
  IngestReport report = engine_.Add(
      {testing::TextDocument("x", "X", "Old text."), testing::TextDocument("x", "X", "New text.")});
  EXPECT_EQ(report.documents_added, 1u);
  const auto document = engine_.snapshot()->ReadDocument("x").value();
  EXPECT_EQ(engine_.snapshot()->ReadText(document.number).value(), "New text.");
}

TEST_F(PipelineTest, LearnsAgainWhenTheCorpusHasDoubled) {
  std::vector<Document> corpus = testing::SmallCorpus();
  EXPECT_TRUE(engine_.Add(corpus).embedding.learnt);
  const GenerationId first = engine_.snapshot()->generation()->id;
  const IngestReport small = engine_.Add({testing::TextDocument("n", "N", "One more pump.")});
  EXPECT_FALSE(small.embedding.learnt);
  EXPECT_EQ(small.embedding.embedded, 1u);
  EXPECT_EQ(engine_.snapshot()->generation()->id, first);
  for (Document& document : corpus) document.id = "copy/" + document.id;
  EXPECT_TRUE(engine_.Add(std::move(corpus)).embedding.learnt);
  EXPECT_NE(engine_.snapshot()->generation()->id, first);
  EXPECT_EQ(engine_.snapshot()->pending_vectors(), 0u);
  ExpectVerified();
}

TEST_F(PipelineTest, CancellingKeepsWhatWasCommitted) {
  for (int i = 0; i < 300; ++i) {
    Write("f" + std::to_string(i) + ".txt", "Text number " + std::to_string(i) + ".");
  }
  CallContext context;
  {
    auto writer = engine_.index->OpenWriter(engine_.collection).value();
    Pipeline pipeline(writer, engine_.analyzer, engine_.pool, {.batch_documents = 16});
    const auto result = pipeline.Sync(
        ListFiles(root(), {}).value(),
        [&](const IngestProgress& progress) {
          if (progress.done > 0) context.cancel.Cancel();
        },
        context);
    EXPECT_EQ(result.status().code(), Code::kCancelled);
  }
  ExpectVerified();
  EXPECT_LT(Documents(), 300u);
  Sync();
  EXPECT_EQ(Documents(), 300u);
  ExpectVerified();
}

}  // namespace
}  // namespace quarry::ingest
