#include "model/question_memory.h"

#include <atomic>

#include "model/embedder_cache.h"
#include "tests/testing/test_environment.h"

namespace quarry::model {
namespace {

// The length of a text, and how often it was asked.
class CountingEmbedder final : public Embedder {
 public:
  const EmbeddingSpace& space() const override { return space_; }
  Result<EmbeddingMatrix> Embed(std::span<const std::string> texts, EmbeddingRole,
                                const CallContext&) const override {
    ++calls;
    if (texts[0] == "bad") return UnavailableError("no");
    EmbeddingMatrix vectors{.dimension = 1, .values = {}};
    for (const std::string& text : texts) vectors.values.push_back(static_cast<float>(text.size()));
    return vectors;
  }
  bool CrossesLanguages(std::string_view question) const override { return question == "two"; }
  mutable std::atomic<int> calls = 0;

 private:
  EmbeddingSpace space_{.fingerprint = "counting", .dimension = 1};
};

TEST(QuestionMemory, TheLastQuestionsAreRememberedAndNothingElse) {
  const auto counting = std::make_shared<const CountingEmbedder>();
  const QuestionMemory memory(counting, 2);
  const auto ask = [&](std::vector<std::string> texts, EmbeddingRole role = EmbeddingRole::kQuery) {
    return memory.Embed(texts, role, CallContext());
  };
  EXPECT_EQ(ask({"one"})->values, std::vector<float>{3});
  EXPECT_EQ(ask({"one"})->values, std::vector<float>{3});
  EXPECT_EQ(counting->calls, 1);
  (void)ask({"three"});
  (void)ask({"one"});
  (void)ask({"seven"});  // "three" was used longest ago
  EXPECT_EQ(counting->calls, 3);
  (void)ask({"one"});
  EXPECT_EQ(counting->calls, 3);
  EXPECT_EQ(ask({"three"})->values, std::vector<float>{5});
  EXPECT_EQ(counting->calls, 4);
  (void)ask({"three"}, EmbeddingRole::kDocument);
  (void)ask({"three", "one"});
  EXPECT_EQ(counting->calls, 6);
  EXPECT_EQ(ask({"bad"}).status().code(), Code::kUnavailable);
  EXPECT_EQ(ask({"bad"}).status().code(), Code::kUnavailable);
  EXPECT_EQ(counting->calls, 8);
  const std::string longer(9000, 'x');
  (void)ask({longer});
  (void)ask({longer});
  EXPECT_EQ(counting->calls, 10);
}

TEST(QuestionMemory, SaysOfAQuestionsLanguageWhatItsEmbedderSays) {
  const QuestionMemory memory(std::make_shared<const CountingEmbedder>(), 2);
  EXPECT_FALSE(memory.CrossesLanguages("one"));
  EXPECT_TRUE(memory.CrossesLanguages("two"));
}

TEST(QuestionMemory, EmbeddersOfTheCacheHaveOne) {
  const auto counting = std::make_shared<const CountingEmbedder>();
  EmbedderCache cache;
  cache.Add(counting);
  const auto embedder =
      cache.Get(counting->space(), "folder", [] { return SharedBytes(); }).value();
  const std::string texts[] = {"question"};
  for (int i = 0; i < 3; ++i) {
    ASSERT_OK(embedder->Embed(texts, EmbeddingRole::kQuery, CallContext()).status());
  }
  EXPECT_EQ(counting->calls, 1);
}

}  // namespace
}  // namespace quarry::model
