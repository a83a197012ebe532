#include "retrieval/hybrid_search.h"

#include "model/embedder_factory.h"
#include "retrieval/query_terms.h"
#include "tests/testing/engine_testing.h"

namespace quarry::retrieval {
namespace {

using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::SizeIs;

// Every text has the same vector, but for one for which the upstream does not answer.
class FailingEmbedder final : public model::Embedder {
 public:
  explicit FailingEmbedder(std::string fails_on) : fails_on_(std::move(fails_on)) {}
  const EmbeddingSpace& space() const override { return space_; }
  Result<EmbeddingMatrix> Embed(std::span<const std::string> texts, model::EmbeddingRole,
                                const CallContext&) const override {
    EmbeddingMatrix vectors{.dimension = space_.dimension};
    for (const std::string& text : texts) {
      if (text == fails_on_) return UnavailableError("the upstream is away");
      vectors.values.insert(vectors.values.end(), {1, 0});
    }
    return vectors;
  }

 private:
  const EmbeddingSpace space_{.fingerprint = "failing", .dimension = 2};
  const std::string fails_on_;
};

TEST(HybridSearch, NothingOfTheTextBeforeIsFoundWhenTheEmbedderFails) {
  testing::TestEngine engine;
  engine.Add({testing::TextDocument("pump", "", "The pump stands in the cellar."),
              testing::TextDocument("valve", "", "The valve was mended."),
              testing::TextDocument("gate", "", "The gate is locked at night.")});
  const auto embedder = std::make_shared<const FailingEmbedder>("valve");
  engine.embedders.Add(embedder);
  {
    auto writer = engine.index->OpenWriter(engine.collection).value();
    const GenerationId generation =
        writer.BeginGeneration(model::kRemoteKind, embedder->space(), "x", 3).value();
    std::vector<ChunkId> chunks;
    std::vector<std::string> texts;
    for (index::PendingChunk& chunk : writer.Pending(generation, ChunkId(), 100).value()) {
      chunks.push_back(chunk.chunk);
      texts.push_back(std::move(chunk.text));
    }
    const EmbeddingMatrix vectors =
        embedder->Embed(texts, model::EmbeddingRole::kDocument, CallContext()).value();
    ASSERT_OK(writer.PutVectors(generation, chunks, vectors));
    ASSERT_OK(writer.PublishGeneration(generation, CallContext()));
  }
  const auto snapshot = engine.snapshot();
  std::vector<SearchPart> parts(1);
  parts[0].snapshot = snapshot.get();
  parts[0].uses_dense = true;
  const RetrievalOptions options;
  HybridSearch search(std::move(parts), options, engine.embedders, 100);
  const auto find = [&](const std::string& text) {
    const auto terms = MakeLexicalQuery(engine.analyzer, PlainQuery(text)).terms;
    EXPECT_OK(search.SearchLexical(terms, CallContext()));
    EXPECT_OK(search.SearchDense(text, terms, CallContext()));
    return search.Fuse(CallContext());
  };
  EXPECT_THAT(find("pump"), SizeIs(3));
  EXPECT_THAT(find("valve"), SizeIs(1));
  ASSERT_THAT(search.notes(), SizeIs(1));
  EXPECT_THAT(search.notes(), Each(HasSubstr("is searched by words alone")));
}

}  // namespace
}  // namespace quarry::retrieval
