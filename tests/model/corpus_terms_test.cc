#include "model/corpus_terms.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "model/text_weights.h"
#include "tests/testing/test_environment.h"

namespace quarry::model {
namespace {

using ::testing::ElementsAre;

Result<CorpusTerms> Read(const std::vector<std::string>& texts, const LearningOptions& options = {},
                         ThreadPool* pool = nullptr, const CallContext& context = {}) {
  const Analyzer analyzer(LearntAnalyzerOptions());
  return ReadCorpusTerms(
      [&texts](const std::function<void(std::string_view)>& visit) {
        for (const std::string& text : texts) visit(text);
        return OkStatus();
      },
      analyzer, options, pool, context);
}

// The corpus written out: terms, '|' between sentences, '/' behind each text.
std::string Written(const CorpusTerms& corpus) {
  std::string out;
  for (size_t text = 0; text < corpus.texts(); ++text) {
    for (uint64_t s = corpus.text_begin[text]; s < corpus.text_begin[text + 1]; ++s) {
      if (s > corpus.text_begin[text]) out += "| ";
      for (uint64_t i = corpus.sentence_begin[s]; i < corpus.sentence_begin[s + 1]; ++i) {
        out += corpus.terms[corpus.tokens[i]] + " ";
      }
    }
    out += "/ ";
  }
  return out;
}

TEST(CorpusTermsTest, ATextIsSentencesOfTermsInOrder) {
  ASSERT_OK_AND_ASSIGN(const CorpusTerms corpus,
                       Read({"The pump runs. It is hot.", "?!", "水泵。热", "pump"}));
  EXPECT_EQ(Written(corpus), "the pump run | it is hot / 水 水泵 泵 | 热 / pump / ");
  EXPECT_THAT(corpus.sentence_words, ElementsAre(3, 3, 2, 1, 1));
}

TEST(CorpusTermsTest, TermsStandInByteOrderWithTheTextsThatHoldThem) {
  ASSERT_OK_AND_ASSIGN(const CorpusTerms corpus, Read({"b a a", "a c", "c. c. c"}));
  EXPECT_THAT(corpus.terms, ElementsAre("a", "b", "c"));
  EXPECT_THAT(corpus.text_frequency, ElementsAre(2, 1, 2));
}

TEST(CorpusTermsTest, TheMostFrequentTermsStay) {
  LearningOptions options;
  options.vocabulary_limit = 2;
  ASSERT_OK_AND_ASSIGN(const CorpusTerms corpus,
                       Read({"apple banana fig", "banana apple", "apple cherry"}, options));
  EXPECT_THAT(corpus.terms, ElementsAre("appl", "banana"));
  EXPECT_EQ(Written(corpus), "appl banana / banana appl / appl / ");
}

TEST(CorpusTermsTest, TheSampleIsBoundedAndDrawnFromTheWholeCorpus) {
  std::vector<std::string> texts;
  for (int i = 0; i < 20'000; ++i) texts.push_back("item" + std::to_string(i) + " common");
  LearningOptions options;
  options.sample_limit = 400;
  ASSERT_OK_AND_ASSIGN(const CorpusTerms corpus, Read(texts, options));
  EXPECT_LE(corpus.texts(), 400u);
  EXPECT_GE(corpus.texts(), 100u);
  EXPECT_EQ(corpus.terms.size(), corpus.texts() + 1);  // words of what was left out are gone
  int late = 0;
  for (const std::string& term : corpus.terms) {
    if (term.starts_with("item") && std::stoi(term.substr(4)) >= 10'000) ++late;
  }
  EXPECT_GT(late, static_cast<int>(corpus.texts()) / 3);
  EXPECT_LT(late, static_cast<int>(corpus.texts()) * 2 / 3);
}

TEST(CorpusTermsTest, TheNumberOfThreadsDoesNotChangeIt) {
  std::vector<std::string> texts;
  for (int i = 0; i < 3000; ++i) {
    texts.push_back("word" + std::to_string(i % 97) + ". Next " + std::to_string(i));
  }
  LearningOptions options;
  options.sample_limit = 1000;
  ASSERT_OK_AND_ASSIGN(const CorpusTerms alone, Read(texts, options));
  ThreadPool pool(3, 64);
  ASSERT_OK_AND_ASSIGN(const CorpusTerms together, Read(texts, options, &pool));
  EXPECT_EQ(Written(together), Written(alone));
}

TEST(CorpusTermsTest, CancellingEndsIt) {
  CallContext context;
  context.cancel.Cancel();
  EXPECT_EQ(Read({"a", "b"}, {}, nullptr, context).status().code(), Code::kCancelled);
}

TEST(CorpusTermsTest, CountingSortsAndCounts) {
  std::vector<uint32_t> tokens = {3, 1, 3, 2, 3};
  std::vector<CountedTerm> counted = {{9, 9}};
  CountOccurrences(tokens, counted);
  ASSERT_EQ(counted.size(), 3u);
  EXPECT_EQ(counted[0].term, 1u);
  EXPECT_EQ(counted[2].term, 3u);
  EXPECT_EQ(counted[2].count, 3u);
}

TEST(CorpusTermsTest, TermsThatAreNotKeptLeaveTheirPlacesEmpty) {
  ASSERT_OK_AND_ASSIGN(CorpusTerms corpus, Read({"Red boat. Green tree.", "Green boat."}));
  ASSERT_THAT(corpus.terms, ElementsAre("boat", "green", "red", "tree"));
  KeepTerms({true, false, false, true}, corpus);
  EXPECT_THAT(corpus.terms, ElementsAre("boat", "tree"));
  EXPECT_THAT(corpus.text_frequency, ElementsAre(2, 1));
  EXPECT_EQ(Written(corpus), "boat | tree / boat / ");
}

TEST(CorpusTermsTest, SentencesAreCutAsTold) {
  const Analyzer analyzer(LearntAnalyzerOptions());
  const TextSource source = [](const std::function<void(std::string_view)>& visit) {
    visit("one. two\tthree");
    return OkStatus();
  };
  const SentenceSplitter at_tab = [](std::string_view text) -> std::vector<ByteRange> {
    const auto tab = static_cast<uint32_t>(text.find('\t'));
    return {{0, tab}, {tab + 1, static_cast<uint32_t>(text.size())}};
  };
  ASSERT_OK_AND_ASSIGN(
      const CorpusTerms corpus,
      ReadCorpusTerms(source, analyzer, LearningOptions(), nullptr, CallContext(), at_tab));
  EXPECT_EQ(Written(corpus), "one two | three / ");
}

}  // namespace
}  // namespace quarry::model
