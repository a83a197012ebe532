// The parts of the answer cache: shelf, stored answers, tuning, audit, pair classifier.

#include <chrono>
#include <cmath>
#include <future>
#include <thread>

#include "base/random.h"
#include "retrieval/answer_cache.h"
#include "retrieval/cache_answer.h"
#include "retrieval/cache_audit.h"
#include "retrieval/cache_scope.h"
#include "retrieval/cache_shelf.h"
#include "retrieval/cache_tuning.h"
#include "retrieval/pair_classifier.h"
#include "tests/index/index_testing.h"
#include "tests/testing/test_environment.h"

namespace quarry::retrieval {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

CacheEntry MakeEntry(uint64_t id, const std::string& form, uint64_t cost, size_t bytes = 100) {
  auto entry = std::make_shared<index::StoredCacheEntry>();
  entry->id = CacheEntryId(id);
  entry->scope = "s";
  entry->form = form;
  entry->cost_micros = cost;
  entry->answer = std::string(bytes, 'x');
  return entry;
}

std::vector<uint64_t> Ids(const std::vector<CacheEntry>& entries) {
  std::vector<uint64_t> ids;
  for (const CacheEntry& entry : entries) ids.push_back(entry->id.value);
  return ids;
}

TEST(CacheShelf, WhatSavesLeastGoesFirst) {
  CacheShelf shelf(1 << 20, 3);
  shelf.Put(MakeEntry(1, "cheap, asked often", 1000), true);
  shelf.Put(MakeEntry(2, "cheap", 1000), true);
  shelf.Put(MakeEntry(3, "dear", 5000), true);
  for (int i = 0; i < 9; ++i) shelf.Touch(CacheEntryId(1), i);
  EXPECT_THAT(shelf.Put(MakeEntry(4, "dear too", 4000), true), ElementsAre(CacheEntryId(2)));
  EXPECT_THAT(Ids(shelf.All()), ElementsAre(1, 3, 4));
  // One that saves less than all others does not come in.
  EXPECT_THAT(shelf.Put(MakeEntry(5, "cheapest", 1), true), ElementsAre(CacheEntryId(5)));
  EXPECT_THAT(Ids(shelf.All()), ElementsAre(1, 3, 4));
}

TEST(CacheShelf, WhatWasUsedLongAgoSinks) {
  CacheShelf shelf(1 << 20, 2);
  shelf.Put(MakeEntry(1, "of old fame", 1000), true);
  for (int i = 0; i < 4; ++i) shelf.Touch(CacheEntryId(1), i);
  for (uint64_t id = 2; id < 12; ++id) {
    shelf.Put(MakeEntry(id, "question " + std::to_string(id), 1000), true);
  }
  EXPECT_EQ(shelf.Find("s", "of old fame"), nullptr);
}

TEST(CacheShelf, ItsSizeStaysWithinTheBound) {
  CacheShelf shelf(10'000, 1'000'000);
  Random random(1);
  for (uint64_t id = 1; id < 500; ++id) {
    shelf.Put(
        MakeEntry(id, std::to_string(random.Below(100)), random.Below(9000), random.Below(4000)),
        false);
    if (random.Below(4) == 0) shelf.Drop(CacheEntryId(random.Below(id) + 1));
    ASSERT_LE(shelf.bytes(), 10'000u);
  }
  for (const CacheEntry& entry : shelf.All()) {
    EXPECT_EQ(shelf.Find("s", entry->form), entry);
    shelf.Drop(entry->id);
  }
  EXPECT_EQ(shelf.bytes(), 0u);
  EXPECT_EQ(shelf.size(), 0u);
}

TEST(CacheShelf, AQuestionHasOneEntryAndScopesAreApart) {
  CacheShelf shelf(1 << 20, 100);
  shelf.Put(MakeEntry(1, "q", 1), true);
  EXPECT_THAT(shelf.Put(MakeEntry(2, "q", 1), false), ElementsAre(CacheEntryId(1)));
  auto other = std::make_shared<index::StoredCacheEntry>(*MakeEntry(3, "q", 1));
  other->scope = "s2";
  EXPECT_THAT(shelf.Put(other, false), IsEmpty());
  EXPECT_EQ(shelf.Find("s", "q")->id.value, 2u);
  EXPECT_THAT(Ids(shelf.Scope("s")), ElementsAre(2));
  EXPECT_THAT(Ids(shelf.Scope("s2")), ElementsAre(3));
  EXPECT_FALSE(shelf.IsStored(CacheEntryId(2)));
  shelf.Touch(CacheEntryId(2), 5);
  EXPECT_THAT(shelf.TakeTouched(), IsEmpty());  // not on disk
  shelf.MarkStored(CacheEntryId(2));
  EXPECT_THAT(Ids(shelf.TakeTouched()), ElementsAre(2));
  EXPECT_THAT(shelf.TakeTouched(), IsEmpty());
}

Answer SomeAnswer() {
  Answer answer;
  answer.text = "It runs at 9 bar [1].";
  answer.citations = {{.answer_span = {0, 16},
                       .passage = 1,
                       .chunk = ChunkId(8),
                       .document = "d",
                       .source = {.begin = 5, .end = 21, .page = 2, .heading_path = {"A", "B"}},
                       .quote = "It runs at 9 bar"}};
  answer.sentences = {{.span = {0, 16}, .verdict = {Support::kSupported, 0.5, "quoted"}}};
  answer.verdict = {Support::kSupported, 0.75, "why"};
  answer.usage = {.prompt_tokens = 10, .completion_tokens = 5, .cost = 0.25};
  answer.model = "m";
  answer.commit = CommitSequence(3);
  answer.fingerprint = "fp";
  answer.context.passages.resize(2);
  answer.context.passages[0].chunk.id = ChunkId(8);
  answer.context.passages[1].chunk.id = ChunkId(4);
  return answer;
}

TEST(CacheAnswer, ComesBackWithTheContextGivenInItsOwnOrder) {
  Context context = SomeAnswer().context;
  std::swap(context.passages[0], context.passages[1]);
  context.passages[0].title = "fresh";
  const Result<Answer> answer = DecodeCachedAnswer(EncodeCachedAnswer(SomeAnswer()), context);
  ASSERT_OK(answer.status());
  EXPECT_EQ(EncodeCachedAnswer(*answer), EncodeCachedAnswer(SomeAnswer()));
  EXPECT_EQ(answer->context.passages[0].chunk.id, ChunkId(8));
  EXPECT_EQ(answer->context.passages[1].title, "fresh");
  EXPECT_EQ(answer->citations[0].source, SomeAnswer().citations[0].source);
}

TEST(CacheAnswer, AJoinedPassageIsKnownByItsFirstChunkWhicheverIsBest) {
  Answer answer = SomeAnswer();
  answer.context.passages[0].parts = {{.chunk = ChunkId(7)}, {.chunk = ChunkId(8)}};
  Context context = answer.context;
  context.passages[0].chunk.id = ChunkId(7);
  EXPECT_EQ(ContextHash(context), ContextHash(answer.context));
  ASSERT_OK(DecodeCachedAnswer(EncodeCachedAnswer(answer), context).status());
  context.passages[0].parts[1].chunk = ChunkId(9);
  EXPECT_NE(ContextHash(context), ContextHash(answer.context));
}

TEST(CacheAnswer, DamageAndAnotherContextAreErrors) {
  const std::string bytes = EncodeCachedAnswer(SomeAnswer());
  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(DecodeCachedAnswer(bytes.substr(0, size), SomeAnswer().context).ok());
  }
  Random random(1);
  for (int i = 0; i < 3000; ++i) {
    std::string damaged = bytes;
    damaged[random.Below(bytes.size())] = static_cast<char>(random.Next());
    const Result<Answer> answer = DecodeCachedAnswer(damaged, SomeAnswer().context);
    if (!answer.ok()) continue;
    for (const Citation& citation : answer->citations) {
      EXPECT_LE(citation.answer_span.end, answer->text.size());
      EXPECT_LE(citation.passage, 2u);
    }
  }
  Context other = SomeAnswer().context;
  other.passages[1].chunk.id = ChunkId(5);
  EXPECT_THAT(DecodeCachedAnswer(bytes, other).status().message(),
              HasSubstr("chunk 4 is not in its context"));
  Answer astray = SomeAnswer();
  astray.citations[0].passage = 3;
  EXPECT_THAT(DecodeCachedAnswer(EncodeCachedAnswer(astray), astray.context).status().message(),
              HasSubstr("a citation leads nowhere"));
}

TEST(CacheTuning, UpperBoundsAreThoseOfClopperAndPearson) {
  EXPECT_NEAR(UpperBound(0, 299), 1 - std::pow(0.05, 1.0 / 299), 1e-9);
  EXPECT_LE(UpperBound(0, 299), 0.01);
  EXPECT_GT(UpperBound(0, 298), 0.01);
  EXPECT_NEAR(UpperBound(5, 100), 0.10225, 1e-4);  // R: qbeta(0.95, 6, 95)
  EXPECT_EQ(UpperBound(0, 0), 1);
  EXPECT_EQ(UpperBound(3, 3), 1);
}

TEST(CacheTuning, TheLowestThresholdWithinTheBoundIsFound) {
  std::vector<ScoredPair> pairs;
  Random random(3);
  for (int i = 0; i < 40'000; ++i) {
    const double score = random.Uniform();
    // Below 0.5 one pair in two is another question.
    pairs.push_back({.score = score, .open = true, .same = score > 0.5 || random.Below(2) == 0});
  }
  const CacheTuning tuning = Tune(pairs, 0.01);
  EXPECT_TRUE(tuning.holds);
  EXPECT_NEAR(tuning.threshold, 0.5, 0.03);
  EXPECT_LE(tuning.reported.upper_bound, 0.01);
  EXPECT_GT(tuning.reported.hit_rate, 0.5);
  const Result<CacheTuning> read = DecodeTuning(EncodeTuning(tuning));
  ASSERT_OK(read.status());
  EXPECT_EQ(*read, tuning);
  EXPECT_FALSE(DecodeTuning("x").ok());
}

TEST(CacheTuning, WhereNoThresholdKeepsTheBoundItDoesNotHold) {
  std::vector<ScoredPair> pairs;
  Random random(3);
  for (int i = 0; i < 4000; ++i) {
    pairs.push_back({.score = random.Uniform(), .open = true, .same = random.Below(20) != 0});
  }
  EXPECT_FALSE(Tune(pairs, 0.01).holds);
  EXPECT_FALSE(Tune({}, 0.01).holds);
}

TEST(CacheTuning, PairsThatLevelOneServesOrTheGateStopsAreNoHits) {
  const std::vector<ScoredPair> pairs = {{.score = 1, .open = true, .equal = true, .same = true},
                                         {.score = 1, .open = false, .same = true},
                                         {.score = 1, .open = true, .same = false},
                                         {.score = 0, .open = true, .same = true}};
  const HitRates rates = RatesAt(pairs, 0.5);
  EXPECT_EQ(rates.hits, 1u);
  EXPECT_EQ(rates.false_hits, 1u);
  EXPECT_EQ(rates.same, 3u);
  EXPECT_EQ(rates.false_hit_rate, 1);
}

TEST(CacheAudit, IntervalsAreThoseOfWilson) {
  const Interval interval = WilsonInterval(1, 100);
  EXPECT_NEAR(interval.low, 0.00177, 1e-5);
  EXPECT_NEAR(interval.high, 0.05449, 1e-5);
  EXPECT_EQ(WilsonInterval(0, 0).high, 1);
}

TEST(CacheAudit, AShareOfTheHitsIsChosen) {
  MetricsRegistry metrics;
  CacheAudit audit(0.1, metrics);
  int chosen = 0;
  for (int i = 0; i < 1000; ++i) chosen += audit.Choose();
  EXPECT_EQ(chosen, 100);
  audit.Record(true);
  audit.Record(false);
  EXPECT_THAT(metrics.Expose(), HasSubstr("quarry_cache_audits_total 2\n"));
  EXPECT_THAT(metrics.Expose(), HasSubstr("quarry_cache_false_hits_total 1\n"));
  EXPECT_THAT(metrics.Expose(), HasSubstr("quarry_cache_false_hit_rate 0.5"));
}

TEST(CacheAudit, AnswersAgreeWhereNumbersAndAPassageDo) {
  const Answer one = SomeAnswer();
  Answer other = one;
  EXPECT_TRUE(AnswersAgree(one, other));
  other.text = "At 9 bar it runs [1].";
  EXPECT_TRUE(AnswersAgree(one, other));
  other.text = "It runs at 8 bar [1].";
  EXPECT_FALSE(AnswersAgree(one, other));
  other.text = "At 9 bar it runs [1].";
  other.citations[0].chunk = ChunkId(99);
  EXPECT_FALSE(AnswersAgree(one, other));
  other = one;
  other.abstained = true;
  EXPECT_FALSE(AnswersAgree(one, other));
}

TEST(PairClassifier, FeaturesAreSymmetricAndBounded) {
  for (const auto& [a, b] : {std::pair("How do I open it?", "What opens it?"),
                             std::pair("怎么打开", "打开的方法是什么"), std::pair("?", "x")}) {
    const PairFeatures forth = FeaturesOf(a, b, 0.4);
    EXPECT_EQ(forth, FeaturesOf(b, a, 0.4));
    for (const double feature : forth) {
      EXPECT_GE(feature, 0);
      EXPECT_LE(feature, 1);
    }
  }
  const PairFeatures same = FeaturesOf("How do I open it?", "How do I open it?", 1);
  for (const double feature : same) EXPECT_EQ(feature, 1);
}

class AnswerCacheTest : public index::IndexTest {};

// Loading waits here for the other end of a pipe in place of the collection's file of rows.
TEST_F(AnswerCacheTest, TheOtherCollectionsGoOnWhileOneIsLoaded) {
  ASSERT_OK(Open());
  Put({index::MakeDraft("a", {"apple"})});
  ASSERT_OK_AND_ASSIGN(const CollectionId slow, index_->CreateCollection("slow"));
  ASSERT_OK(index_->OpenWriter(slow)->Put({index::MakeDraft("b", {"banana"})}).status());
  const std::string pipe = PutPipeForRows(slow);
  ASSERT_OK(Open());
  const CollectionId quick = TestCollection();

  model::EmbedderCache embedders;
  MetricsRegistry metrics;
  AnswerCache cache(*index_, embedders, /*verifier=*/nullptr, CacheOptions(), /*read_only=*/false,
                    clock_, metrics);
  const auto look = [&](CollectionId collection) { return cache.Entries(collection).status(); };
  auto first = std::async(std::launch::async, look, slow);
  auto second = std::async(std::launch::async, look, slow);
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  auto other = std::async(std::launch::async, look, quick);
  EXPECT_EQ(other.wait_for(std::chrono::seconds(20)), std::future_status::ready);
  LetLoad(pipe);
  EXPECT_OK(other.get());
  EXPECT_OK(first.get());
  EXPECT_OK(second.get());
}

}  // namespace
}  // namespace quarry::retrieval
