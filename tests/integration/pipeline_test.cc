#include "ingest/pipeline.h"

#include <filesystem>

#include "base/hash.h"
#include "tests/testing/engine_testing.h"
#include "tests/testing/package_testing.h"

namespace quarry::ingest {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::StartsWith;

class PipelineTest : public ::testing::Test {
 protected:
  PipelineTest() { fs::create_directories(root()); }

  std::string root() const { return files_.path() + "/docs"; }
  void Write(const std::string& relative, const std::string& content) {
    testing::WriteText(root(), relative, content);
  }
  IngestReport Sync(IngestOptions options = {}, const FileSelection& selection = {}) {
    auto writer = engine_.index->OpenWriter(engine_.collection).value();
    Pipeline pipeline(writer, engine_.analyzer, engine_.pool, engine_.embedders, options);
    return pipeline.Sync(ListFiles(root(), selection).value(), nullptr, CallContext()).value();
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

// A collection of weight 1 is as one that was made before there was a weight.
TEST_F(PipelineTest, AnotherTitleWeightIsAnotherPipeline) {
  Write("a.md", "# Pumps\n\nThe pump weighs 80 kg.");
  const auto pipeline_of = [&](uint32_t title_weight) {
    const TemporaryDirectory directory = testing::MakeTemporaryDirectory();
    index::IndexOptions options;
    options.title_weight = title_weight;
    const auto index =
        index::Index::Open(directory.path() + "/store", options, engine_.analyzer, engine_.clock)
            .value();
    const CollectionId collection = index->CreateCollection("c").value();
    {
      auto writer = index->OpenWriter(collection).value();
      Pipeline pipeline(writer, engine_.analyzer, engine_.pool, engine_.embedders, {});
      pipeline.Sync(ListFiles(root(), {}).value(), nullptr, CallContext()).value();
    }
    EXPECT_THAT(index->Verify(collection, CallContext()).value().problems, IsEmpty());
    const auto snapshot = index->GetSnapshot(collection).value();
    // The title, which the text repeats as its heading, and the pump of the sentence.
    EXPECT_EQ(snapshot->lexical().TermCount("pump", 0), title_weight + 2);
    return snapshot->ReadDocument("a.md").value().pipeline;
  };
  const std::string one = pipeline_of(1);
  EXPECT_THAT(one, ::testing::Not(HasSubstr("title")));
  EXPECT_EQ(pipeline_of(3), one + "/title=3");
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
  EXPECT_THAT(report.failures[0].reason, HasSubstr("PNG image: "));
  EXPECT_EQ(Documents(), 1u);
}

TEST_F(PipelineTest, BadFilesAmongGoodOnesAreEachReportedAndThoseWithoutTextAreSkipped) {
  for (int i = 0; i < 30; ++i) {
    Write("good" + std::to_string(i) + ".txt", "Text number " + std::to_string(i) + ".");
  }
  Write("empty.txt", "");
  Write("blank.md", "  \n\n");
  Write("picture.png", std::string("\x89PNG\r\n\x1a\n\0\0\0\x0DIHDR", 16));
  Write("bad.json", "{\"a\": ");
  Write("latin.txt",
        std::string("plain text with one bad byte \xFF\xFE\xFD inside of it, at length"));
  const IngestReport report = Sync();
  std::vector<std::string> skipped;
  for (const IngestNote& note : report.skipped) {
    skipped.push_back(note.path.substr(root().size() + 1) + ": " + note.reason);
  }
  EXPECT_THAT(skipped, ElementsAre("blank.md: empty: only white space, expected text",
                                   "empty.txt: empty: 0 bytes, expected text",
                                   StartsWith("picture.png: PNG image: ")));
  EXPECT_EQ(report.documents_added + report.failures.size(), 32u);
  ASSERT_GE(report.failures.size(), 1u);
  EXPECT_EQ(report.failures[0].path, root() + "/bad.json");
  for (const IngestNote& failure : report.failures) EXPECT_FALSE(failure.reason.empty());
}

TEST_F(PipelineTest, AFileThatIsNamedAndHoldsNoTextIsAFailure) {
  Write("empty.txt", "");
  auto writer = engine_.index->OpenWriter(engine_.collection).value();
  Pipeline pipeline(writer, engine_.analyzer, engine_.pool, engine_.embedders, {});
  const FileList list = ListFiles(root() + "/empty.txt", {}).value();
  const IngestReport report = pipeline.Sync(list, nullptr, CallContext()).value();
  EXPECT_THAT(report.skipped, IsEmpty());
  ASSERT_THAT(report.failures, SizeIs(1));
  EXPECT_EQ(report.failures[0].reason, "empty: 0 bytes, expected text");
}

TEST_F(PipelineTest, AnArchiveIsKeptInStepMemberByMember) {
  const std::string one =
      testing::MakeDocx("<w:p><w:r><w:t>The pump weighs 80 kg.</w:t></w:r></w:p>");
  Write("a.zip",
        testing::MakeZip(
            {{"one.docx", one}, {"sub/two.md", "# Two\n"}, {"p.png", "\x89PNG\r\n\x1a\n"}}));
  const IngestReport first = Sync();
  EXPECT_EQ(first.documents_added, 2u);
  EXPECT_THAT(first.failures, IsEmpty());
  EXPECT_THAT(first.skipped, SizeIs(1));
  EXPECT_EQ(engine_.snapshot()->ReadDocument("a.zip#sub/two.md").value().source, "a.zip");
  const IngestReport second = Sync({.prune = true});
  EXPECT_EQ(second.documents_unchanged, 2u);
  EXPECT_FALSE(second.Changed());
  Write("a.zip", testing::MakeZip({{"one.docx", one}, {"three.md", "# Three\n"}}));
  const IngestReport third = Sync({.prune = true});
  EXPECT_EQ(third.documents_unchanged, 1u);
  EXPECT_EQ(third.documents_added, 1u);
  EXPECT_EQ(third.documents_removed, 1u);
  Write("a.zip", "PK\x03\x04 cut off");
  const IngestReport broken = Sync({.prune = true});
  ASSERT_THAT(broken.failures, SizeIs(1));
  EXPECT_THAT(broken.failures[0].reason, HasSubstr("not a zip: "));
  EXPECT_EQ(Documents(), 2u);
  ExpectVerified();
}

// What the globs leave out this time is still there.
TEST_F(PipelineTest, PruneRemovesWhatIsGoneAndNotWhatIsNotWanted) {
  Write("a.md", "Apples are red.");
  Write("b.txt", "Bananas are yellow.");
  Write("r.jsonl", "{\"id\":\"x\",\"text\":\"One.\"}\n{\"id\":\"y\",\"text\":\"Two.\"}\n");
  EXPECT_EQ(Sync().documents_added, 4u);
  EXPECT_EQ(Sync({.prune = true}, {.include = {"*.md"}}).documents_removed, 0u);
  Write("r.jsonl", "{\"id\":\"x\",\"text\":\"One.\"}\n");
  EXPECT_EQ(Sync({.prune = true}, {.exclude = {"*.jsonl"}}).documents_removed, 0u);
  EXPECT_EQ(Sync({.prune = true}).documents_removed, 1u);
  EXPECT_FALSE(engine_.snapshot()->ReadDocument("r.jsonl#y").ok());
  fs::remove(root() + "/r.jsonl");
  EXPECT_EQ(Sync({.prune = true}, {.include = {"*.md"}}).documents_removed, 1u);
  EXPECT_EQ(Documents(), 2u);
  ExpectVerified();
}

// A part of a file that could not be read may be one that was there before.
TEST_F(PipelineTest, PruneKeepsTheRecordsOfAFileThatIsBroken) {
  Write("r.jsonl", "{\"id\":\"x\",\"text\":\"One.\"}\n{\"id\":\"y\",\"text\":\"Two.\"}\n");
  Sync();
  Write("r.jsonl", "{\"id\":\"x\",\"text\":\"One.\"}\n{\"id\":\"y\",\"te\n");
  const IngestReport report = Sync({.prune = true});
  EXPECT_THAT(report.failures, SizeIs(1));
  EXPECT_EQ(report.documents_removed, 0u);
  EXPECT_EQ(Documents(), 2u);
}

// A record and a file of one id: the first in the order of the files has it, every time.
// A mail that is skipped because it is unchanged brings its attachments as well.
TEST_F(PipelineTest, PruneKeepsTheAttachmentsOfAnUnchangedMail) {
  Write("m.eml",
        "From: a@b.c\r\nSubject: Valve\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; "
        "boundary=x\r\n\r\n--x\r\nContent-Type: text/plain\r\n\r\nSee the note.\r\n--x\r\n"
        "Content-Type: text/plain; name=n.txt\r\nContent-Disposition: attachment; "
        "filename=n.txt\r\n\r\nThe valve leaks.\r\n--x--\r\n");
  EXPECT_EQ(Sync().documents_added, 2u);
  for (int run = 0; run < 2; ++run) EXPECT_FALSE(Sync({.prune = true}).Changed()) << run;
  EXPECT_EQ(Documents(), 2u);
  ASSERT_TRUE(fs::remove(root() + "/m.eml"));
  EXPECT_EQ(Sync({.prune = true}).documents_removed, 2u);
}

// A file that is being rewritten is empty for a moment.
TEST_F(PipelineTest, PruneKeepsTheDocumentsOfAFileThatIsEmptyNow) {
  Write("a.zip", testing::MakeZip({{"x.txt", "Pump."}, {"y.txt", "Valve."}}));
  Write("r.jsonl", "{\"id\": \"1\", \"text\": \"Pipe.\"}\n{\"id\": \"2\", \"text\": \"Tank.\"}\n");
  Write("e.txt", "");
  EXPECT_EQ(Sync().documents_added, 4u);
  Write("a.zip", "");
  Write("r.jsonl", "");
  const IngestReport report = Sync({.prune = true});
  EXPECT_FALSE(report.Changed());
  ASSERT_THAT(report.failures, SizeIs(2));
  for (const IngestNote& failure : report.failures) {
    EXPECT_THAT(failure.reason, HasSubstr("; its last good version still answers"));
  }
  EXPECT_THAT(report.skipped, SizeIs(1));  // was never anything
  EXPECT_EQ(Documents(), 4u);
}

// A picture whose program is missing today: what was read of it stays.
TEST_F(PipelineTest, PruneKeepsAMemberThatCannotBeReadNow) {
  Write("a.zip", testing::MakeZip({{"x.txt", "Pump."}, {"y.txt", "Valve."}}));
  EXPECT_EQ(Sync().documents_added, 2u);
  Write("a.zip", testing::MakeZip({{"x.txt", "Pump."}, {"y.txt", ""}}));
  const IngestReport report = Sync({.prune = true});
  EXPECT_FALSE(report.Changed());
  ASSERT_THAT(report.failures, SizeIs(1));
  EXPECT_THAT(report.failures[0].reason, HasSubstr("y.txt: "));
  EXPECT_EQ(Documents(), 2u);
}

TEST_F(PipelineTest, PruneKeepsTheMembersBehindTheEndOfACutTar) {
  const std::string tar = testing::MakeTar({{"x.txt", "Pump."}, {"y.txt", "Valve."}});
  Write("b.tar", tar);
  EXPECT_EQ(Sync().documents_added, 2u);
  for (const size_t size : {size_t{1024}, size_t{1300}}) {
    Write("b.tar", tar.substr(0, size));
    const IngestReport report = Sync({.prune = true});
    EXPECT_EQ(report.documents_removed, 0u) << size;
    ASSERT_THAT(report.failures, SizeIs(1)) << size;
    EXPECT_THAT(report.failures[0].reason, HasSubstr("header at byte 1024: cut off"));
    EXPECT_EQ(Documents(), 2u);
  }
}

TEST_F(PipelineTest, TwoSourcesOfOneIdSettle) {
  Write("r.jsonl", "{\"id\":\"x.txt\",\"text\":\"The record.\"}\n");
  Write("r.jsonl#x.txt", "The file.");
  for (int run = 0; run < 3; ++run) {
    const IngestReport report = Sync({.prune = true});
    EXPECT_EQ(report.documents_added, run == 0 ? 1u : 0u);
    EXPECT_EQ(report.documents_unchanged, run == 0 ? 0u : 1u);
    EXPECT_EQ(report.documents_changed + report.documents_removed, 0u);
    ASSERT_THAT(report.failures, SizeIs(1));
    EXPECT_EQ(report.failures[0].path, root() + "/r.jsonl#x.txt");
    EXPECT_EQ(report.failures[0].reason,
              "document \"r.jsonl#x.txt\": the id is taken by one of " + root() + "/r.jsonl");
  }
  EXPECT_EQ(engine_.snapshot()->ReadText(DocumentNumber(1)).value(), "The record.");
  fs::remove(root() + "/r.jsonl");
  EXPECT_EQ(Sync({.prune = true}).documents_changed, 1u);
  EXPECT_EQ(engine_.snapshot()->ReadText(DocumentNumber(1)).value(), "The file.");
  ExpectVerified();
}

// Number and chunks stay; the old id is known until the next sync.
TEST_F(PipelineTest, AMovedFileIsTheSameDocumentUnderANewId) {
  Write("old/pump.md", "# Pumps\n\n" + Paragraphs(30));
  Write("other.md", "# Other\n\nSomething else.");
  Sync();
  const auto before = engine_.snapshot()->ReadDocument("old/pump.md").value();
  fs::create_directories(root() + "/new");
  fs::rename(root() + "/old/pump.md", root() + "/new/pump.md");
  EXPECT_EQ(Sync({.dry_run = true}).documents_changed, 1u);
  const IngestReport moved = Sync();
  EXPECT_EQ(moved.documents_changed, 1u);
  EXPECT_EQ(moved.documents_added + moved.documents_removed, 0u);
  EXPECT_EQ(moved.chunks_added, 0u);
  const auto after = engine_.snapshot()->ReadDocument("new/pump.md").value();
  EXPECT_EQ(after.number, before.number);
  EXPECT_EQ(after.chunks, before.chunks);
  EXPECT_EQ(Documents(), 2u);
  EXPECT_FALSE(engine_.snapshot()->ReadDocument("old/pump.md").ok());
  EXPECT_EQ(engine_.snapshot()->FindDocument("old/pump.md")->id, "new/pump.md");
  ExpectVerified();

  // A file at the old place is another document.
  Write("old/pump.md", "Another pump.");
  EXPECT_EQ(Sync().documents_added, 1u);
  EXPECT_EQ(engine_.snapshot()->FindDocument("old/pump.md")->id, "old/pump.md");
  fs::remove(root() + "/old/pump.md");
  Sync({.prune = true});
  EXPECT_FALSE(engine_.snapshot()->FindDocument("old/pump.md").ok());
  ExpectVerified();
}

TEST_F(PipelineTest, ACopyIsNoMoveAndTwoMovesOfEqualFilesAreTwo) {
  Write("a.txt", "Apples are red.");
  Sync();
  Write("copy.txt", "Apples are red.");
  EXPECT_EQ(Sync().documents_added, 1u);
  fs::rename(root() + "/a.txt", root() + "/b.txt");
  fs::rename(root() + "/copy.txt", root() + "/c.txt");
  Write("d.txt", "Apples are red.");
  const IngestReport report = Sync();
  EXPECT_EQ(report.documents_changed, 2u);
  EXPECT_EQ(report.documents_added, 1u);
  EXPECT_EQ(Documents(), 3u);
  ExpectVerified();
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

TEST_F(PipelineTest, AFileOfManyRecordsIsTakenAPartAtATimeAndInOrder) {
  const auto write = [&](int changed) {
    std::string lines;
    for (int i = 0; i < 1700; ++i) {
      lines += R"({"id":")" + std::to_string(i) + R"(","text":"Record number )" +
               std::to_string(i) + (i == changed ? " was edited" : "") + R"(. 第)" +
               std::to_string(i) + R"(号阀门。"})" + "\n";
    }
    lines += R"({"id":"700","text":"Another of the same id."})";
    Write("r.jsonl", lines);
  };
  write(-1);
  IngestReport report = Sync();
  EXPECT_EQ(report.documents_added, 1700u);
  EXPECT_EQ(report.chunks_added, 1700u);
  const auto snapshot = engine_.snapshot();
  uint64_t last = 0;
  for (int i = 0; i < 1700; ++i) {
    if (i == 700) continue;
    const auto document = snapshot->ReadDocument("r.jsonl#" + std::to_string(i)).value();
    ASSERT_THAT(document.chunks, SizeIs(1));
    EXPECT_GT(document.chunks[0].value, last);
    last = document.chunks[0].value;
  }
  write(1600);
  report = Sync();
  EXPECT_EQ(report.documents_changed, 1u);
  EXPECT_EQ(report.documents_unchanged, 1699u);
  EXPECT_EQ(report.documents_gone, 0u);
  ExpectVerified();
}

TEST_F(PipelineTest, WhatAParserCrashedOnIsOneFailedFile) {
  Write("a.txt", "Good text.");
  Write("bad.txt", "手册 that a parser cannot bear.");
  Write("z.txt", "More good text.");
  IngestOptions options;
  options.crashed = {Hash64("手册 that a parser cannot bear.")};
  IngestReport report = Sync(options);
  EXPECT_EQ(report.documents_added, 2u);
  ASSERT_THAT(report.failures, SizeIs(1));
  EXPECT_THAT(report.failures[0].path, HasSubstr("bad.txt"));
  EXPECT_THAT(report.failures[0].reason, StartsWith("the program crashed while it read it"));
  Write("bad.txt", "手册 that a parser can bear.");
  report = Sync(options);
  EXPECT_EQ(report.documents_added, 1u);
  EXPECT_THAT(report.failures, IsEmpty());
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
    Pipeline pipeline(writer, engine_.analyzer, engine_.pool, engine_.embedders,
                      {.batch_documents = 16});
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
  EXPECT_GT(Documents(), 0u);  // what it had taken, though it filled no batch
  Sync();
  EXPECT_EQ(Documents(), 300u);
  ExpectVerified();
}

}  // namespace
}  // namespace quarry::ingest
