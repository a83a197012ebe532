#include "ingest/embedding_maintainer.h"

#include "model/embedder_factory.h"
#include "tests/testing/engine_testing.h"

namespace quarry::ingest {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

class EmbeddingMaintainerTest : public ::testing::Test {
 protected:
  // Without vectors.
  void Put(std::vector<Document> documents) {
    auto writer = engine_.index->OpenWriter(engine_.collection).value();
    Pipeline pipeline(writer, engine_.analyzer, engine_.pool, engine_.embedders, {});
    IngestReport report;
    ASSERT_OK(pipeline.Add(std::move(documents), report, CallContext()));
  }
  Status RunStep(const WriterStep& step) {
    QUARRY_ASSIGN_OR_RETURN(auto writer, engine_.index->OpenWriter(engine_.collection));
    return step(writer);
  }
  Result<EmbeddingReport> Learn(const WithWriter& with_writer, const EmbeddingOptions& options) {
    return LearnGeneration(*engine_.snapshot(), with_writer, engine_.embedders, options,
                           CallContext(), nullptr);
  }
  // Publishes a generation that an earlier version of the program could have made: of kind "lsa",
  // or beside another shipped table.
  Result<std::shared_ptr<const model::Embedder>> LearnOld(const std::string& kind) {
    const std::shared_ptr<const index::Snapshot> snapshot = engine_.snapshot();
    const model::TextSource source =
        [&](const std::function<void(std::string_view)>& visit) -> Status {
      return snapshot->ForEachIndexedText([&](ChunkId, std::string_view text) {
        visit(text);
        return true;
      });
    };
    model::LearningOptions options;
    options.cross_language = kind == "lsa" ? model::CrossLanguage::kOff : model::CrossLanguage::kOn;
    QUARRY_ASSIGN_OR_RETURN(const auto learnt,
                            model::LearnEmbedder(source, options, CallContext()));
    std::string table = model::SerializeLearntEmbedder(*learnt);
    if (kind == "bilingual") table[8] ^= 1;  // of the shipped table's checksum
    QUARRY_ASSIGN_OR_RETURN(const auto old, model::OpenEmbedder(kind, ShareString(table)));
    QUARRY_RETURN_IF_ERROR(RunStep([&](index::IndexWriter& writer) -> Status {
      QUARRY_ASSIGN_OR_RETURN(
          const GenerationId generation,
          writer.BeginGeneration(kind, old->space(), table, snapshot->live_chunks()));
      QUARRY_ASSIGN_OR_RETURN(const auto pending, writer.Pending(generation, ChunkId(), 1000));
      std::vector<ChunkId> chunks;
      std::vector<std::string> texts;
      for (const index::PendingChunk& chunk : pending) {
        chunks.push_back(chunk.chunk);
        texts.push_back(chunk.text);
      }
      QUARRY_ASSIGN_OR_RETURN(const EmbeddingMatrix vectors,
                              old->Embed(texts, model::EmbeddingRole::kDocument, CallContext()));
      if (const Status put = writer.PutVectors(generation, chunks, vectors); !put.ok()) return put;
      return writer.PublishGeneration(generation, CallContext());
    }));
    return old;
  }
  void ExpectVerified() {
    EXPECT_THAT(engine_.index->Verify(engine_.collection, CallContext()).value().problems,
                IsEmpty());
  }

  testing::TestEngine engine_;
};

TEST_F(EmbeddingMaintainerTest, LearnsEmbedsAndFollows) {
  Put(testing::SmallCorpus());
  engine_.maintainer.Notice(engine_.collection);
  engine_.maintainer.WaitUntilIdle();
  ASSERT_TRUE(engine_.snapshot()->generation());
  const GenerationId first = engine_.snapshot()->generation()->id;
  EXPECT_EQ(engine_.snapshot()->pending_vectors(), 0u);
  Put({testing::TextDocument("new", "New", "One more pump.")});
  EXPECT_EQ(engine_.snapshot()->pending_vectors(), 1u);
  for (int i = 0; i < 100; ++i) engine_.maintainer.Notice(engine_.collection);
  engine_.maintainer.WaitUntilIdle();
  EXPECT_EQ(engine_.snapshot()->pending_vectors(), 0u);
  EXPECT_EQ(engine_.snapshot()->generation()->id, first);
  ExpectVerified();
}

// Between any two steps of learning others write: what they bring is in the generation, what they
// remove is not.
TEST_F(EmbeddingMaintainerTest, OthersWriteBetweenTheSteps) {
  Put(testing::SmallCorpus());
  int steps = 0;
  const WithWriter with_writer = [&](const WriterStep& step) {
    const std::string n = std::to_string(steps++);
    if (steps < 12) {
      Put({testing::TextDocument("new" + n, "New", "The pump " + n + " came while learning."),
           testing::TextDocument("pumps/p0", "Pump", "Its text is changed in step " + n + ".")});
      EXPECT_OK(RunStep([&](index::IndexWriter& writer) {
        const std::vector<DocumentId> gone = {"valves/v" + n};
        return writer.Delete(gone).status();
      }));
    }
    return RunStep(step);
  };
  const auto report = Learn(with_writer, {.batch = 8}).value();
  EXPECT_TRUE(report.learnt);
  EXPECT_GE(steps, 12);
  EXPECT_EQ(engine_.snapshot()->live_documents(), 40u);  // 11 came, 11 went
  EXPECT_EQ(engine_.snapshot()->pending_vectors(), 0u);
  ExpectVerified();
}

// A store written by an earlier version holds an embedder of another kind: it serves until another
// is learnt, and an operator may go back to it.
TEST_F(EmbeddingMaintainerTest, WhatAnEarlierVersionLearntIsLearntAgainOnce) {
  Put(testing::SmallCorpus());
  ASSERT_OK(LearnOld("lsa").status());
  ASSERT_TRUE(engine_.snapshot()->generation());
  EXPECT_EQ(engine_.snapshot()->generation()->embedder_kind, "lsa");
  Query query;
  query.text = "pump";
  query.mode = SearchMode::kDense;
  EXPECT_FALSE(
      engine_.retriever.Retrieve(query, *engine_.snapshot(), CallContext()).value().hits.empty());

  engine_.maintainer.Notice(engine_.collection);
  engine_.maintainer.WaitUntilIdle();
  EXPECT_EQ(engine_.snapshot()->generation()->embedder_kind, "bilingual");
  const auto run = [&](const WriterStep& step) { return RunStep(step); };
  ASSERT_OK(
      RevertGeneration(*engine_.snapshot(), run, engine_.embedders, {}, CallContext(), nullptr)
          .status());
  EXPECT_EQ(engine_.snapshot()->generation()->embedder_kind, "lsa");
  EXPECT_FALSE(ShouldLearn(*engine_.snapshot(), {}));
  ExpectVerified();
}

TEST_F(EmbeddingMaintainerTest, WhatWasLearntBesideAnotherShippedTableIsLearntAgainOnce) {
  Put(testing::SmallCorpus());
  ASSERT_OK_AND_ASSIGN(const auto old, LearnOld("bilingual"));
  EXPECT_TRUE(model::LearntBesideAnother(engine_.snapshot()->generation()->space.fingerprint));
  Query query;
  query.text = "pump";
  query.mode = SearchMode::kDense;
  EXPECT_FALSE(
      engine_.retriever.Retrieve(query, *engine_.snapshot(), CallContext()).value().hits.empty());

  engine_.maintainer.Notice(engine_.collection);
  engine_.maintainer.WaitUntilIdle();
  EXPECT_FALSE(model::LearntBesideAnother(engine_.snapshot()->generation()->space.fingerprint));
  const auto run = [&](const WriterStep& step) { return RunStep(step); };
  ASSERT_OK(
      RevertGeneration(*engine_.snapshot(), run, engine_.embedders, {}, CallContext(), nullptr)
          .status());
  EXPECT_EQ(engine_.snapshot()->generation()->space, old->space());
  EXPECT_FALSE(ShouldLearn(*engine_.snapshot(), {}));
  ExpectVerified();
}

TEST_F(EmbeddingMaintainerTest, ACollectionDeletedMeanwhileEndsIt) {
  Put(testing::SmallCorpus());
  int steps = 0;
  const WithWriter with_writer = [&](const WriterStep& step) {
    if (++steps == 3) {
      EXPECT_OK(engine_.index->DeleteCollection("default"));
    }
    return RunStep(step);
  };
  EXPECT_EQ(Learn(with_writer, {.batch = 8}).status().code(), Code::kNotFound);
  EXPECT_EQ(steps, 3);
}

TEST_F(EmbeddingMaintainerTest, AModelThatIsNotThereIsLoggedADeletedCollectionIsNot) {
  Put(testing::SmallCorpus());
  const std::string folder = engine_.directory.path() + "/none";
  EmbeddingMaintainer maintainer(*engine_.index, engine_.embedders, {.folder = {.path = folder}});
  ::testing::internal::CaptureStderr();
  maintainer.Notice(engine_.collection);
  maintainer.WaitUntilIdle();
  EXPECT_THAT(::testing::internal::GetCapturedStderr(),
              HasSubstr("stay behind: NOT_FOUND: " + folder + ": no such folder"));
  ASSERT_OK(engine_.index->DeleteCollection("default"));
  ::testing::internal::CaptureStderr();
  maintainer.Notice(engine_.collection);
  maintainer.WaitUntilIdle();
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "");
}

TEST_F(EmbeddingMaintainerTest, IsGivenUpWhenTheProcessEnds) {
  Put(testing::SmallCorpus());
  {
    EmbeddingMaintainer maintainer(*engine_.index, engine_.embedders, {});
    auto writer = engine_.index->OpenWriter(engine_.collection).value();
    maintainer.Notice(engine_.collection);  // it waits for the writer, or is about to
  }
  EXPECT_FALSE(engine_.snapshot()->generation());
  ExpectVerified();
}

TEST_F(EmbeddingMaintainerTest, WordsThatTheEmbedderHasNotSeenHaveItLearnAnew) {
  const WithWriter run = [&](const WriterStep& step) { return RunStep(step); };
  const auto update = [&](const std::string& id, const std::string& text) {
    std::vector<Document> documents;
    for (int i = 0; i < 8; ++i) {
      documents.push_back(testing::TextDocument(id + std::to_string(i), "", text));
    }
    Put(std::move(documents));
    return UpdateEmbeddings(*engine_.snapshot(), run, engine_.embedders, {}, CallContext(), nullptr)
        .value();
  };
  engine_.Add(testing::SmallCorpus());
  const EmbeddingReport known = update("known", "The pump delivers litres. The motor of the pump.");
  EXPECT_EQ(known.embedded, 8u);
  EXPECT_FALSE(known.learnt);
  const EmbeddingReport english =
      update("new", "Zebras, quaggas, okapis, giraffes graze beside wildebeest and gazelles.");
  EXPECT_TRUE(english.learnt);
  const EmbeddingReport again = update("more", "Okapis graze beside quaggas.");
  EXPECT_FALSE(again.learnt);
  EXPECT_TRUE(update("chinese", "斑马和羚羊在草原上吃草，长颈鹿站在金合欢树旁边。").learnt);
}

}  // namespace
}  // namespace quarry::ingest
