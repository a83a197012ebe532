#include "ingest/source_memory.h"

#include <filesystem>

#include "ingest/pipeline.h"
#include "tests/testing/engine_testing.h"
#include "tests/testing/package_testing.h"

namespace quarry::ingest {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::MakeZip;
using ::testing::Pair;
using ::testing::SizeIs;

class SourceMemoryTest : public ::testing::Test {
 protected:
  SourceMemoryTest() { std::filesystem::create_directories(root()); }

  std::string root() const { return files_.path() + "/docs"; }
  void WriteFile(const std::string& name, const std::string& bytes) {
    testing::WriteText(root(), name, bytes);
  }
  IngestReport Sync(IngestOptions options = {}) {
    auto writer = engine_.index->OpenWriter(engine_.collection).value();
    Pipeline pipeline(writer, engine_.analyzer, engine_.pool, engine_.embedders, options, &memory_);
    return pipeline.Sync(ListFiles(root(), {}).value(), nullptr, CallContext()).value();
  }
  void Delete(const DocumentId& id) {
    auto writer = engine_.index->OpenWriter(engine_.collection).value();
    ASSERT_THAT(writer.Delete(std::vector<DocumentId>{id}).value(), SizeIs(1));
  }
  RememberedSource Remembered(const DocumentId& id) {
    return memory_.FindSource(id).value().value();
  }
  void Remember(const RememberedSource& source) {
    index::ObjectBatch batch;
    memory_.Put(source, batch);
    ASSERT_TRUE(memory_.Write(batch).ok());
  }

  TemporaryDirectory files_ = testing::MakeTemporaryDirectory();
  testing::TestEngine engine_;
  const SourceMemory memory_{engine_.index->objects(), engine_.collection};
};

std::vector<std::string> Reasons(const std::vector<IngestNote>& notes) {
  std::vector<std::string> reasons;
  for (const IngestNote& note : notes) reasons.push_back(note.reason);
  return reasons;
}

TEST_F(SourceMemoryTest, AnUnchangedArchiveIsKnownAndNotUnpacked) {
  WriteFile("a.zip", MakeZip({{"one.md", "# One"}, {"two.md", "# 二"}, {"empty.txt", "  "}}));
  EXPECT_EQ(Sync().documents_added, 2u);
  RememberedSource remembered = Remembered("a.zip");
  EXPECT_FALSE(remembered.failed);
  ASSERT_THAT(remembered.skipped, ElementsAre(HasSubstr("empty.txt: ")));
  // What is told now was not read from the file.
  remembered.skipped = {"told from memory"};
  Remember(remembered);
  IngestReport report = Sync();
  EXPECT_EQ(report.documents_unchanged, 2u);
  EXPECT_FALSE(report.Changed());
  EXPECT_THAT(Reasons(report.skipped), ElementsAre("told from memory"));
  // Another way of chunking needs the texts.
  IngestOptions options;
  options.chunks = {.target_tokens = 60, .min_tokens = 20, .max_tokens = 100};
  report = Sync(options);
  EXPECT_EQ(report.documents_changed, 2u);
  EXPECT_THAT(Reasons(report.skipped), ElementsAre(HasSubstr("empty.txt: ")));
  // Another archive is another.
  WriteFile("a.zip", MakeZip({{"one.md", "# One"}, {"three.md", "# Three"}}));
  report = Sync(options);
  EXPECT_EQ(report.documents_unchanged, 1u);
  EXPECT_EQ(report.documents_added, 1u);
  EXPECT_EQ(report.documents_gone, 1u);
  options.prune = true;
  EXPECT_EQ(Sync(options).documents_removed, 1u);
}

TEST_F(SourceMemoryTest, WhatIsMissingOfAnArchiveIsReadAgain) {
  WriteFile("a.zip", MakeZip({{"one.md", "# One"}, {"two.md", "# Two"}}));
  Sync();
  Delete("a.zip#two.md");
  const IngestReport report = Sync();
  EXPECT_EQ(report.documents_unchanged, 1u);
  EXPECT_EQ(report.documents_added, 1u);
}

TEST_F(SourceMemoryTest, FailuresOfPartsAreToldAtEachRun) {
  WriteFile("a.zip", MakeZip({{"one.md", "# One"}, {"bad.json", "{\"a\": }"}}));
  WriteFile("mail.eml",
            "Subject: x\nFrom: a@b\nTo: c@d\nDate: Fri, 1 Mar 2024 09:30:00 +0800\nContent-Type: "
            "multipart/mixed; boundary=b\n\n--b\n\ntext\n--b\nContent-Disposition: attachment; "
            "filename=a.zip\n\nPK\x03\x04 no zip\n--b--\n");
  for (int run = 0; run < 3; ++run) {
    const IngestReport report = Sync();
    EXPECT_THAT(Reasons(report.failures),
                ElementsAre(HasSubstr("bad.json: "), HasSubstr("attachment a.zip: not a zip")))
        << run;
    EXPECT_EQ(report.documents_unchanged, run == 0 ? 0u : 2u);
  }
  // Mended, there is nothing to tell.
  WriteFile("a.zip", MakeZip({{"one.md", "# One"}, {"bad.json", "{\"a\": 1}"}}));
  std::filesystem::remove(root() + "/mail.eml");
  EXPECT_THAT(Sync().failures, IsEmpty());
}

TEST_F(SourceMemoryTest, WhatIsKeptGoesWithTheFileAndWithTheCollection) {
  WriteFile("a.zip", MakeZip({{"one.md", "# One"}, {"two.md", "# Two"}}));
  WriteFile("b.zip", MakeZip({{"one.md", "# One of b"}}));
  Sync();
  EXPECT_TRUE(memory_.FindSource("a.zip").value().has_value());
  std::filesystem::remove(root() + "/a.zip");
  IngestOptions options;
  options.prune = true;
  EXPECT_EQ(Sync(options).documents_removed, 2u);
  EXPECT_FALSE(memory_.FindSource("a.zip").value().has_value());
  EXPECT_TRUE(memory_.FindSource("b.zip").value().has_value());
  const std::string name = engine_.snapshot()->collection().name;
  ASSERT_TRUE(engine_.index->DeleteCollection(name).ok());
  EXPECT_FALSE(memory_.FindSource("b.zip").value().has_value());
}

const std::string kPicture("\x89PNG\r\n\x1a\n\0\0\0\x0DIHDR", 16);
constexpr char kListsEnglish[] = "[ \"$1\" = --list-langs ] && { echo eng; exit 0; }\n";

// Text recognition that was stopped says nothing about a picture.
TEST_F(SourceMemoryTest, APictureThatCouldNotBeReadThisTimeIsReadTheNext) {
  WriteFile("a.zip", MakeZip({{"in.png", kPicture}, {"one.md", "# One"}}));
  WriteFile("p.png", kPicture);
  const testing::ScriptedProgram tesseract("tesseract", std::string(kListsEnglish) + "kill -9 $$");
  for (int run = 0; run < 2; ++run) {
    const IngestReport report = Sync();
    EXPECT_THAT(Reasons(report.failures),
                ElementsAre(HasSubstr("in.png: PNG image: tesseract was killed"),
                            HasSubstr("PNG image: tesseract was killed")))
        << run;
    EXPECT_THAT(report.skipped, IsEmpty());
  }
  tesseract.Become(std::string(kListsEnglish) + "echo 'A pump. 水泵'");
  IngestReport report = Sync();
  EXPECT_EQ(report.documents_added, 2u);
  EXPECT_THAT(report.failures, IsEmpty());
  // What it cannot read at all is known, and passed over.
  WriteFile("q.png", kPicture + "q");
  tesseract.Become(std::string(kListsEnglish) + "exit 1");
  EXPECT_THAT(Reasons(Sync().skipped), ElementsAre(HasSubstr("tesseract ended with status 1")));
  tesseract.Become(std::string(kListsEnglish) + "echo 'Another pump'");
  EXPECT_THAT(Reasons(Sync().skipped), ElementsAre(HasSubstr("tesseract ended with status 1")));
}

// Of a picture as of a document that has one.
TEST_F(SourceMemoryTest, AnotherLanguageOfRecognitionReadsPicturesAgain) {
  WriteFile("p.png", kPicture);
  const auto reads = [](const std::string& languages) {
    return "[ \"$1\" = --list-langs ] && { echo '" + languages +
           "'; exit 0; }\necho \"read as $4\"";
  };
  const auto text = [&] {
    const auto snapshot = engine_.snapshot();
    return snapshot->ReadText(snapshot->ReadDocument("p.png").value().number).value();
  };
  {
    const testing::ScriptedProgram tesseract("tesseract", reads("eng"));
    EXPECT_EQ(Sync().documents_added, 1u);
    EXPECT_EQ(text(), "read as eng");
    EXPECT_FALSE(Sync().Changed());
  }
  const testing::ScriptedProgram tesseract("tesseract", reads("eng\nchi_sim"));
  const IngestReport report = Sync();
  EXPECT_EQ(report.documents_changed, 1u);
  EXPECT_THAT(report.failures, IsEmpty());
  EXPECT_EQ(text(), "read as eng+chi_sim");
  EXPECT_FALSE(Sync().Changed());
}

// A page that could not be read the first time is new text of the same bytes.
TEST_F(SourceMemoryTest, WhatIsReadAgainOfTheSameBytesIsStored) {
  WriteFile("a.docx",
            testing::MakeDocx("<w:p><w:r><w:t>Pumps</w:t></w:r></w:p><w:p><w:r><w:drawing><a:blip "
                              "r:embed=\"p\"/></w:drawing></w:r></w:p>",
                              {{"word/media/1", kPicture},
                               {"word/_rels/document.xml.rels",
                                "<Relationships><Relationship Id=\"p\" Type=\"x/image\" "
                                "Target=\"media/1\"/></Relationships>"}}));
  const testing::ScriptedProgram tesseract("tesseract", std::string(kListsEnglish) + "kill -9 $$");
  EXPECT_EQ(Sync().documents_added, 1u);
  IngestReport report = Sync();
  EXPECT_EQ(report.documents_unchanged, 1u);
  EXPECT_THAT(Reasons(report.failures), ElementsAre(HasSubstr("tesseract was killed")));
  tesseract.Become(std::string(kListsEnglish) + "echo 'A valve'");
  report = Sync();
  EXPECT_EQ(report.documents_changed, 1u);
  EXPECT_THAT(report.failures, IsEmpty());
  EXPECT_FALSE(Sync().Changed());
  // Without the program less is read, and what was read stays.
  const testing::ScriptedProgram another("another", "exit 1");
  report = Sync();
  EXPECT_FALSE(report.Changed());
  EXPECT_THAT(Reasons(report.skipped), ElementsAre(HasSubstr("install tesseract-ocr")));
}

// What this run wrote of a file stands when the run takes out what the file has lost.
TEST_F(SourceMemoryTest, AFileThatHasLostAPartIsStillKnown) {
  WriteFile("a.zip", MakeZip({{"one.md", "# One"}, {"two.md", "# 二"}}));
  Sync();
  WriteFile("a.zip", MakeZip({{"one.md", "# One"}, {"empty.txt", "  "}}));
  IngestOptions options;
  options.prune = true;
  EXPECT_EQ(Sync(options).documents_removed, 1u);
  ASSERT_TRUE(memory_.FindSource("a.zip").value().has_value());
  EXPECT_THAT(Remembered("a.zip").skipped, ElementsAre(HasSubstr("empty.txt: ")));
  EXPECT_FALSE(Sync(options).Changed());
}

TEST_F(SourceMemoryTest, WhatIsKeptOfAMovedFileMovesWithIt) {
  WriteFile("mail.eml",
            "Subject: x\nFrom: a@b\nTo: c@d\nDate: Fri, 1 Mar 2024 09:30:00 +0800\nContent-Type: "
            "multipart/mixed; boundary=b\n\n--b\n\ntext\n--b\nContent-Disposition: attachment; "
            "filename=a.zip\n\nPK\x03\x04 no zip\n--b--\n");
  Sync();
  ASSERT_TRUE(memory_.FindSource("mail.eml").value().has_value());
  std::filesystem::rename(root() + "/mail.eml", root() + "/letter.eml");
  EXPECT_EQ(Sync().documents_changed, 1u);
  EXPECT_FALSE(memory_.FindSource("mail.eml").value().has_value());
  EXPECT_TRUE(memory_.FindSource("letter.eml").value().has_value());
}

TEST_F(SourceMemoryTest, DamageIsToldAndMended) {
  WriteFile("a.zip", MakeZip({{"one.md", "# One"}, {"two.md", "# Two"}}));
  Sync();
  index::ObjectTable& objects = engine_.index->objects();
  for (const char* damaged :
       {"{", "[]", "{}", R"({"version":2})", R"({"version":1,"source":"a.zip"})"}) {
    index::ObjectName name{.kind = index::ObjectKind::kSource};
    ASSERT_TRUE(objects
                    .ForEach(index::ObjectKind::kSource,
                             [&](const index::Object& object) {
                               name.id = object.id;
                               name.scope = object.scope;
                               return false;
                             })
                    .ok());
    ASSERT_TRUE(objects.Put(name, damaged).ok());
    EXPECT_EQ(memory_.FindSource("a.zip").status().code(), Code::kDataLoss) << damaged;
    const IngestReport report = Sync();
    EXPECT_THAT(Reasons(report.failures), ElementsAre(HasSubstr("what is kept of \"a.zip\"")));
    EXPECT_EQ(report.documents_unchanged, 2u);
    // Told once: what failed is read again, and then nothing is wrong with it.
    EXPECT_THAT(Sync().failures, IsEmpty());
  }
}

// Files that fill no batch are written all the same, and so is what a cancelled run has taken.
TEST_F(SourceMemoryTest, WhatIsKeptIsWrittenWhileTheRunGoesOnAndWhenItIsCancelled) {
  const std::string zip = MakeZip({{"one.md", "# One"}});
  const auto name = [](int number) { return std::to_string(1000 + number) + ".zip"; };
  for (int i = 0; i < 300; ++i) WriteFile(name(i), zip);
  CallContext context;
  int taken = 0;
  int known_at_end = 0;
  const auto sync = [&](const ProgressSink& progress) {
    auto writer = engine_.index->OpenWriter(engine_.collection).value();
    Pipeline pipeline(writer, engine_.analyzer, engine_.pool, engine_.embedders, {.embed = false},
                      &memory_);
    return pipeline.Sync(ListFiles(root(), {}).value(), progress, context).status();
  };
  EXPECT_EQ(sync([&](const IngestProgress& progress) {
              taken = static_cast<int>(progress.done);
              context.cancel.Cancel();
            }).code(),
            Code::kCancelled);
  ASSERT_GT(taken, 0);
  EXPECT_TRUE(memory_.FindSource(name(taken - 1)).value().has_value());
  EXPECT_FALSE(memory_.FindSource(name(299)).value().has_value());
  for (int i = 0; i < 300; ++i) WriteFile(name(i), MakeZip({{"one.md", "# 一 " + name(i)}}));
  context = CallContext();
  EXPECT_OK(sync([&](const IngestProgress& progress) {
    if (std::string(progress.stage) != "reading" || progress.done < 300) return;
    // Of the last window nothing is written yet.
    known_at_end = 0;
    const auto snapshot = engine_.snapshot();
    for (int i = 0; i < 300; ++i) known_at_end += snapshot->ReadDocument(name(i) + "#one.md").ok();
  }));
  EXPECT_GE(known_at_end, 256);
}

TEST_F(SourceMemoryTest, ADryRunKeepsNothing) {
  WriteFile("a.zip", MakeZip({{"one.md", "# One"}, {"two.md", "# Two"}}));
  IngestOptions options;
  options.dry_run = true;
  Sync(options);
  EXPECT_FALSE(memory_.FindSource("a.zip").value().has_value());
}

TEST_F(SourceMemoryTest, MetadataThatARunTakesAwayIsTold) {
  WriteFile("a.md", "---\nauthor: Ada\n---\n# A");
  WriteFile("b.md", "# 乙");
  IngestOptions options;
  options.metadata["team"] = "pumps";
  EXPECT_THAT(Sync(options).metadata_taken, IsEmpty());
  WriteFile("c.md", "# C");
  EXPECT_THAT(Sync().metadata_taken, ElementsAre(Pair("team", 2)));
  EXPECT_THAT(Sync().metadata_taken, IsEmpty());
  // Another value is no loss.
  Sync(options);
  options.metadata["team"] = "valves";
  EXPECT_THAT(Sync(options).metadata_taken, IsEmpty());
}

}  // namespace
}  // namespace quarry::ingest
