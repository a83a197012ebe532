#include "generation/cached_answerer.h"

#include <atomic>
#include <thread>

#include "base/answer_guide.h"
#include "base/random.h"
#include "retrieval/cache_scope.h"
#include "tests/testing/engine_testing.h"

namespace quarry::generation {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// Knows which questions are the same, because it was told.
class OracleVerifier final : public retrieval::QuestionVerifier {
 public:
  Result<std::string> Fingerprint() const override { return std::string("oracle"); }
  Result<double> Score(const std::string& asked, const std::string& stored, double,
                       const CallContext&) const override {
    ++asked_;
    return same_.contains({asked, stored}) || same_.contains({stored, asked}) ? 1.0 : 0.0;
  }
  void Add(const std::string& a, const std::string& b) { same_.emplace(a, b); }
  int asked() const { return asked_; }

 private:
  std::set<std::pair<std::string, std::string>> same_;
  mutable std::atomic<int> asked_ = 0;
};

retrieval::CacheOptions TestOptions() {
  retrieval::CacheOptions options;
  options.min_cost_millis = 0;  // the extractive answers of the test are cheap
  options.audit_share = 0;
  return options;
}

class CachedAnswererTest : public ::testing::Test {
 protected:
  void SetUp() override {
    engine_.Add(testing::SmallCorpus());
    Open();
  }
  void Open(retrieval::CacheOptions options = TestOptions(), bool read_only = false) {
    answerer_.reset();
    cache_.reset();
    cache_ = std::make_unique<retrieval::AnswerCache>(*engine_.index, engine_.embedders, &oracle_,
                                                      options, read_only, engine_.clock, metrics_);
    answerer_ =
        std::make_unique<CachedAnswerer>(engine_.answerer, *engine_.index, cache_.get(), metrics_);
  }
  Answer Ask(const std::string& text, CacheUse use = CacheUse::kRead) {
    Query query;
    query.text = text;
    return Ask(query, use);
  }
  Answer Ask(const Query& query, CacheUse use = CacheUse::kRead) {
    std::string streamed;
    const AnswerSink sink = [&](std::string_view piece) {
      streamed += piece;
      return true;
    };
    Result<Answer> answer = answerer_->Ask(query, *engine_.snapshot(), use, sink, CallContext());
    EXPECT_OK(answer.status());
    EXPECT_EQ(streamed, answer->text);
    return *std::move(answer);
  }
  // What is made now, without a cache.
  Answer Fresh(const Query& query) {
    return engine_.answerer.Ask(query, *engine_.snapshot(), nullptr, CallContext()).value();
  }
  void Replace(const std::string& id, const std::string& title, const std::string& text,
               std::vector<std::string> access = {}) {
    Document document = testing::TextDocument(id, title, text);
    document.access = std::move(access);
    engine_.Add({std::move(document)});
  }
  void Delete(const std::string& id) {
    const DocumentId ids[] = {id};
    ASSERT_OK(engine_.index->OpenWriter(engine_.collection)->Delete(ids).status());
  }
  // Opens level (ii) for the oracle.
  void Tune() {
    std::vector<retrieval::QuestionPair> pairs;
    for (int i = 0; i < 800; ++i) {
      const std::string n = std::to_string(i);
      pairs.push_back({"How do I clean gauge " + n + " with soap?",
                       "How does soap make gauge " + n + " tidy again?", true});
      oracle_.Add(pairs.back().a, pairs.back().b);
    }
    const auto tuning = cache_->Tune(*engine_.snapshot(), pairs, 0.01, CallContext());
    ASSERT_OK(tuning.status());
    ASSERT_TRUE(tuning->holds) << tuning->reported.hits;
  }

  testing::TestEngine engine_;
  MetricsRegistry metrics_;
  OracleVerifier oracle_;
  std::unique_ptr<retrieval::AnswerCache> cache_;
  std::unique_ptr<CachedAnswerer> answerer_;
};

const char kPumpQuestion[] = "How many litres per second does the pump P-3 deliver?";
const char kSpelled[] = "Please tell me: how many LITRES per second does the pump P-3 deliver";

void ExpectSameAnswer(const Answer& served, const Answer& fresh) {
  EXPECT_EQ(served.text, fresh.text);
  ASSERT_EQ(served.citations.size(), fresh.citations.size());
  for (size_t i = 0; i < fresh.citations.size(); ++i) {
    EXPECT_EQ(served.citations[i].quote, fresh.citations[i].quote);
    EXPECT_EQ(served.citations[i].source, fresh.citations[i].source);
    EXPECT_EQ(served.citations[i].passage, fresh.citations[i].passage);
  }
  ASSERT_EQ(served.context.passages.size(), fresh.context.passages.size());
  for (size_t i = 0; i < fresh.context.passages.size(); ++i) {
    EXPECT_EQ(served.context.passages[i].chunk.text, fresh.context.passages[i].chunk.text);
    EXPECT_EQ(served.context.passages[i].score, fresh.context.passages[i].score);
  }
  EXPECT_EQ(served.verdict.label, fresh.verdict.label);
  EXPECT_EQ(served.sentences.size(), fresh.sentences.size());
  EXPECT_EQ(served.usage.completion_tokens, fresh.usage.completion_tokens);
  EXPECT_EQ(served.model, fresh.model);
  EXPECT_EQ(served.fingerprint, fresh.fingerprint);
}

TEST_F(CachedAnswererTest, TheSameQuestionInAnotherSpellingIsServedWithTheSamePassages) {
  const Answer made = Ask(kPumpQuestion);
  EXPECT_EQ(made.cache.kind, CacheKind::kMiss);
  EXPECT_EQ(made.cache.reason, "no stored answer");
  engine_.clock.Advance(std::chrono::seconds(90));
  const Answer served = Ask(kSpelled);
  EXPECT_EQ(served.cache.kind, CacheKind::kExact);
  EXPECT_TRUE(served.cache.hit());
  EXPECT_EQ(served.cache.question, kPumpQuestion);
  EXPECT_EQ(served.cache.verified_by, "normal form");
  EXPECT_EQ(served.cache.age_seconds, 90);
  EXPECT_EQ(served.cache.similarity, 1);
  ExpectSameAnswer(served, made);
}

TEST_F(CachedAnswererTest, EntriesSurviveARestartWithTheirHits) {
  const Answer made = Ask(kPumpQuestion);
  EXPECT_TRUE(Ask(kPumpQuestion).cache.hit());
  Open();
  const Answer served = Ask(kPumpQuestion);
  EXPECT_TRUE(served.cache.hit());
  ExpectSameAnswer(served, made);
  Open();
  ASSERT_THAT(*cache_->Entries(engine_.collection), SizeIs(1));
  EXPECT_EQ((*cache_->Entries(engine_.collection))[0]->hits, 2u);
}

TEST_F(CachedAnswererTest, AReadOnlyStoreServesWhatIsThereAndKeepsNothing) {
  Ask(kPumpQuestion);
  Open(TestOptions(), /*read_only=*/true);
  EXPECT_TRUE(Ask(kSpelled).cache.hit());
  EXPECT_FALSE(Ask("How many bar is the valve V-2 tested at?").cache.hit());
  EXPECT_FALSE(Ask("How many bar is the valve V-2 tested at?").cache.hit());
  EXPECT_THAT(*cache_->Entries(engine_.collection), SizeIs(1));
}

TEST_F(CachedAnswererTest, NothingIsServedAfterWhatItRestsOnHasChanged) {
  Query query;
  query.text = kPumpQuestion;
  Ask(query);
  Replace("pumps/p3", "Pump P-3", "The pump P-3 delivers 99 litres per second.");
  const Answer changed = Ask(query);
  EXPECT_FALSE(changed.cache.hit());
  EXPECT_THAT(changed.text, HasSubstr("99"));
  EXPECT_TRUE(Ask(query).cache.hit());
  Delete("pumps/p3");
  const Answer deleted = Ask(query);
  EXPECT_FALSE(deleted.cache.hit());
  EXPECT_THAT(deleted.text, ::testing::Not(HasSubstr("99")));
}

TEST_F(CachedAnswererTest, NothingIsServedWhereANewDocumentIsFoundToo) {
  Ask(kPumpQuestion);
  cache_->Flush();
  Replace("pumps/new", "Pump P-3", "The pump P-3 delivers 4 litres per second since March.");
  const Answer answer = Ask(kPumpQuestion);
  EXPECT_EQ(answer.cache.kind, CacheKind::kMiss);
  EXPECT_EQ(answer.cache.reason, "other passages are found");
}

TEST_F(CachedAnswererTest, AnotherScopeSeesNothing) {
  Query query;
  query.text = kPumpQuestion;
  Ask(query);
  std::vector<Query> others(6, query);
  others[0].k = 9;
  others[1].mode = SearchMode::kLexical;
  others[2].principals = {.unrestricted = false, .names = {}};
  others[3].principals = {.unrestricted = false, .names = {"ann"}};
  others[4].filter = ParseFilter(R"({"type":"ne","key":"x","value":1})").value();
  others[5].options = RetrievalOptions{.leg_documents = 50};
  for (const Query& other : others) {
    EXPECT_FALSE(Ask(other).cache.hit());
    EXPECT_TRUE(Ask(other).cache.hit());
  }
  Query turned = others[3];
  turned.principals.names = {"ann", "ann"};
  EXPECT_TRUE(Ask(turned).cache.hit());
}

TEST_F(CachedAnswererTest, AnEntryWhoseQuestionHasAnotherFormIsNoHit) {
  Ask(kPumpQuestion);
  ASSERT_TRUE(Ask(kPumpQuestion).cache.hit());
  cache_->Flush();
  const CollectionId collection = engine_.snapshot()->collection().id;
  index::StoredCacheEntry entry = *cache_->Entries(collection).value().at(0);
  answerer_.reset();
  cache_.reset();
  {
    index::CacheTable table = engine_.index->OpenCache(collection).value();
    const CacheEntryId ids[] = {entry.id};
    ASSERT_OK(table.Remove(ids));
    entry.id = CacheEntryId(entry.id.value + 1);
    entry.question = "How many litres per second does the pump P-4 deliver?";
    ASSERT_TRUE(table.Add(entry).value());
  }
  Open();
  EXPECT_FALSE(Ask(kPumpQuestion).cache.hit());
}

TEST_F(CachedAnswererTest, AnswersFromADeletedDocumentAreListedNoMore) {
  const Answer made = Ask(kPumpQuestion);
  cache_->Flush();
  const CollectionId collection = engine_.snapshot()->collection().id;
  ASSERT_THAT(cache_->Entries(collection).value(), SizeIs(1));
  Delete(made.citations.at(0).document);
  EXPECT_THAT(cache_->Entries(collection).value(), IsEmpty());
  EXPECT_EQ(cache_->Stats(*engine_.snapshot())->entries, 0u);
}

TEST_F(CachedAnswererTest, AnswersAboutLastWeekAreKeptForAnHour) {
  const std::string asked = "How many litres did the pump P-3 deliver per second last week?";
  ASSERT_FALSE(Ask(asked).abstained);
  EXPECT_TRUE(Ask(asked).cache.hit());
  engine_.clock.Advance(std::chrono::minutes(61));
  EXPECT_FALSE(Ask(asked).cache.hit());
}

TEST_F(CachedAnswererTest, QuestionsAsLongAsATextAreNotLookedUp) {
  const Answer answer = Ask("What is the torque of " + std::string(5000, 'x') + "?");
  EXPECT_EQ(answer.cache.kind, CacheKind::kBypassed);
  EXPECT_EQ(answer.cache.reason, "the question is too long");
}

TEST_F(CachedAnswererTest, ScopesOfDifferentQueriesDiffer) {
  const auto snapshot = engine_.snapshot();
  std::set<std::string> scopes;
  size_t made = 0;
  const auto add = [&](const Query& query, std::string_view configuration) {
    ++made;
    scopes.insert(retrieval::CacheScope(query, *snapshot, configuration));
  };
  Query query;
  add(query, "a");
  add(query, "b");
  query.principals = {.unrestricted = false, .names = {"a", "b"}};
  add(query, "a");
  query.principals.names = {"a,b"};
  add(query, "a");
  for (const char* filter :
       {R"({"type":"eq","key":"x","value":1})", R"({"type":"eq","key":"x","value":"1"})",
        R"({"type":"eq","key":"x","value":true})", R"({"type":"in","key":"x","value":["1"]})",
        R"({"type":"and","filters":[{"type":"eq","key":"x","value":1}]})",
        R"({"type":"or","filters":[{"type":"eq","key":"x","value":1}]})"}) {
    query.filter = ParseFilter(filter).value();
    add(query, "a");
  }
  EXPECT_EQ(scopes.size(), made);
}

TEST_F(CachedAnswererTest, WhatChangesByTheDayAndWhatForbidsItIsNotLookedUp) {
  const std::string today = "How many litres per second does the pump P-3 deliver today?";
  for (int i = 0; i < 2; ++i) {
    const Answer answer = Ask(today);
    EXPECT_EQ(answer.cache.kind, CacheKind::kBypassed);
    EXPECT_EQ(answer.cache.reason, "the question asks for what changes by the day");
  }
  EXPECT_EQ(Ask(kPumpQuestion, CacheUse::kOff).cache.kind, CacheKind::kBypassed);
  EXPECT_EQ(Ask(kPumpQuestion, CacheUse::kRefresh).cache.kind, CacheKind::kMiss);
  const Answer first = Ask(kPumpQuestion);
  EXPECT_TRUE(first.cache.hit());
  engine_.clock.Advance(std::chrono::seconds(5));
  EXPECT_EQ(Ask(kPumpQuestion, CacheUse::kRefresh).cache.kind, CacheKind::kMiss);
  const Answer second = Ask(kPumpQuestion);
  EXPECT_TRUE(second.cache.hit());
  EXPECT_NE(first.cache.entry, second.cache.entry);
  EXPECT_THAT(*cache_->Entries(engine_.collection), SizeIs(1));
}

TEST_F(CachedAnswererTest, RefusalsAndCheapAnswersAreNotStored) {
  const Answer refusal = Ask("Who won the chess tournament in Reykjavik?");
  ASSERT_TRUE(refusal.abstained);
  EXPECT_FALSE(Ask("Who won the chess tournament in Reykjavik?").cache.hit());
  retrieval::CacheOptions options = TestOptions();
  options.min_cost_millis = 60'000;
  Open(options);
  Ask(kPumpQuestion);
  EXPECT_FALSE(Ask(kPumpQuestion).cache.hit());
  EXPECT_THAT(*cache_->Entries(engine_.collection), IsEmpty());
}

TEST_F(CachedAnswererTest, EntriesExpire) {
  retrieval::CacheOptions options = TestOptions();
  options.ttl_hours = 2;
  Open(options);
  Ask(kPumpQuestion);
  engine_.clock.Advance(std::chrono::minutes(119));
  EXPECT_TRUE(Ask(kPumpQuestion).cache.hit());
  engine_.clock.Advance(std::chrono::minutes(2));
  EXPECT_EQ(Ask(kPumpQuestion).cache.reason, "expired");
  EXPECT_TRUE(Ask(kPumpQuestion).cache.hit());
  engine_.clock.Advance(-std::chrono::hours(24));  // set back
  EXPECT_EQ(Ask(kPumpQuestion).cache.reason, "expired");
}

TEST_F(CachedAnswererTest, ClearedAndEvictedEntriesAreGone) {
  Ask(kPumpQuestion);
  const Answer served = Ask(kPumpQuestion);
  cache_->Evict(engine_.collection, served.cache.entry);
  EXPECT_FALSE(Ask(kPumpQuestion).cache.hit());
  ASSERT_OK(cache_->Clear(engine_.collection));
  EXPECT_FALSE(Ask(kPumpQuestion).cache.hit());
  Open();
  EXPECT_TRUE(Ask(kPumpQuestion).cache.hit());
}

TEST_F(CachedAnswererTest, AnEntryThatIsEvictedWhileItIsWrittenDoesNotComeBack) {
  for (int i = 0; i < 100; ++i) {
    Ask(kPumpQuestion);
    const auto entries = cache_->Entries(engine_.collection);
    ASSERT_OK(entries.status());
    ASSERT_THAT(*entries, SizeIs(1));
    cache_->Evict(engine_.collection, entries->front()->id);
    cache_->Flush();
  }
  Open();
  EXPECT_THAT(*cache_->Entries(engine_.collection), IsEmpty());
}

TEST_F(CachedAnswererTest, OfManyWhoAskAtOnceOneIsAnsweredAndAllGetTheAnswer) {
  constexpr int kCallers = 500;
  Query query;
  query.text = kPumpQuestion;
  const Answer expected = Fresh(query);
  const auto snapshot = engine_.snapshot();
  std::atomic<int> made = 0;
  std::atomic<int> right = 0;
  std::vector<std::thread> callers;
  for (int i = 0; i < kCallers; ++i) {
    callers.emplace_back([&] {
      // The one who is answered takes its time.
      const AnswerSink sink = [&](std::string_view) {
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
        return true;
      };
      const Result<Answer> answer =
          answerer_->Ask(query, *snapshot, CacheUse::kRead, sink, CallContext());
      if (!answer.ok()) return;
      made += answer->cache.kind == CacheKind::kMiss;
      right +=
          answer->text == expected.text && answer->citations.size() == expected.citations.size();
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(made, 1);
  EXPECT_EQ(right, kCallers);
}

TEST_F(CachedAnswererTest, WhoStopsWaitingDoesNotStopTheOthers) {
  Query query;
  query.text = kPumpQuestion;
  const auto snapshot = engine_.snapshot();
  std::atomic<bool> leads = false;
  std::thread leader([&] {
    const AnswerSink sink = [&](std::string_view) {
      leads = true;
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
      return false;  // goes away
    };
    const Result<Answer> answer =
        answerer_->Ask(query, *snapshot, CacheUse::kRead, sink, CallContext());
    EXPECT_EQ(answer.status().code(), Code::kCancelled);
  });
  while (!leads) std::this_thread::yield();
  const Result<Answer> late =
      answerer_->Ask(query, *snapshot, CacheUse::kRead, nullptr,
                     CallContext::WithTimeout(std::chrono::milliseconds(20)));
  EXPECT_EQ(late.status().code(), Code::kDeadlineExceeded);
  const Result<Answer> answer =
      answerer_->Ask(query, *snapshot, CacheUse::kRead, nullptr, CallContext());
  ASSERT_OK(answer.status());
  EXPECT_EQ(answer->cache.kind, CacheKind::kMiss);
  leader.join();
}

// What an answer goes without may be what the time of the one who was answered did not suffice for.
TEST_F(CachedAnswererTest, WhatGoesWithoutSomethingIsNotForThoseWhoHaveMoreTime) {
  Query query;
  query.text = kPumpQuestion;
  AnswerGuide guide;
  guide.temperature = 0.5;  // no model: the note says so
  query.guide = std::make_shared<const AnswerGuide>(guide);
  const auto snapshot = engine_.snapshot();
  const auto ask = [&](std::chrono::seconds time, const AnswerSink& sink) {
    Result<Answer> answer =
        answerer_->Ask(query, *snapshot, CacheUse::kRead, sink, CallContext::WithTimeout(time));
    EXPECT_OK(answer.status());
    return *std::move(answer);
  };
  std::atomic<bool> leads = false;
  std::thread leader([&] {
    const Answer answer = ask(std::chrono::seconds(20), [&](std::string_view) {
      if (!leads.exchange(true)) std::this_thread::sleep_for(std::chrono::seconds(1));
      return true;
    });
    EXPECT_NE(answer.note, "");
    EXPECT_EQ(answer.cache.kind, CacheKind::kMiss);
  });
  while (!leads) std::this_thread::yield();
  std::thread equal(
      [&] { EXPECT_EQ(ask(std::chrono::seconds(20), nullptr).cache.kind, CacheKind::kShared); });
  EXPECT_EQ(ask(std::chrono::seconds(60), nullptr).cache.kind, CacheKind::kMiss);
  equal.join();
  leader.join();
}

const char kAmount[] = "How much water does the pump P-3 deliver?";
const char kParaphrase[] = "Of P-3, the pump: how much liquid comes out?";

TEST_F(CachedAnswererTest, LevelTwoIsClosedUntilTuningHasShownTheBound) {
  oracle_.Add(kAmount, kParaphrase);
  Ask(kAmount);
  EXPECT_FALSE(Ask(kParaphrase).cache.hit());
  EXPECT_EQ(oracle_.asked(), 0);
  EXPECT_EQ(cache_->Stats(*engine_.snapshot())->semantic_state,
            "not served: quarry cache tune has not run yet");
  // The oracle is always right of these; with few pairs that shows no bound.
  std::vector<retrieval::QuestionPair> few = {{"a b c", "d e f", false}};
  const auto tuning = cache_->Tune(*engine_.snapshot(), few, 0.01, CallContext());
  ASSERT_OK(tuning.status());
  EXPECT_FALSE(tuning->holds);
  EXPECT_EQ(
      cache_->Stats(*engine_.snapshot())->semantic_state,
      "not served: quarry cache tune found no score from which wrong answers are rare enough");
}

TEST_F(CachedAnswererTest, LevelTwoServesWhatTheVerifierTakesForTheSame) {
  const std::string other = "How much water does the pump P-4 deliver?";
  oracle_.Add(kAmount, kParaphrase);
  oracle_.Add(kAmount, other);
  Tune();
  EXPECT_TRUE(cache_->Stats(*engine_.snapshot())->semantic_open);
  const Answer made = Ask(kAmount);
  ASSERT_FALSE(made.abstained);
  const Answer served = Ask(kParaphrase);
  EXPECT_EQ(served.cache.kind, CacheKind::kSemantic) << served.cache.reason;
  EXPECT_EQ(served.cache.question, kAmount);
  EXPECT_EQ(served.cache.verified_by, "oracle");
  EXPECT_GT(served.cache.similarity, 0);
  EXPECT_LT(served.cache.similarity, 1);
  EXPECT_EQ(served.text, made.text);
  // The gate stands before the verifier.
  const Answer kept = Ask(other);
  EXPECT_EQ(kept.cache.kind, CacheKind::kMiss);
  // What differs, and not the words of whoever asked before.
  EXPECT_EQ(kept.cache.reason, "similar question not served: number");
  // A reader of the disk finds it too.
  Open(TestOptions(), /*read_only=*/true);
  EXPECT_EQ(Ask(kParaphrase).cache.kind, CacheKind::kSemantic);
  Open();
  EXPECT_EQ(Ask(kParaphrase).cache.kind, CacheKind::kSemantic);
  Replace("pumps/p3", "Pump P-3", "The pump P-3 delivers 99 litres per second.");
  EXPECT_FALSE(Ask(kParaphrase).cache.hit());
}

TEST_F(CachedAnswererTest, AuditsCountAndTakeOutWhatIsFalse) {
  retrieval::CacheOptions options = TestOptions();
  options.audit_share = 1;
  Open(options);
  Ask(kPumpQuestion);
  EXPECT_TRUE(Ask(kPumpQuestion).cache.hit());
  answerer_->WaitForAudits();
  EXPECT_THAT(metrics_.Expose(), HasSubstr("quarry_cache_audits_total 1"));
  EXPECT_THAT(metrics_.Expose(), HasSubstr("quarry_cache_false_hit_rate 0"));
  EXPECT_TRUE(Ask(kPumpQuestion).cache.hit());
}

// Every tenant has a document of its own that answers the same question, and asks it in one of a few
// spellings, mixed with the others.
TEST_F(CachedAnswererTest, NoTenantSeesTheAnswerOfAnother) {
  constexpr uint64_t kTenants = 20;
  const uint64_t queries = testing::NumberFromEnvironment("QUARRY_CACHE_TENANT_QUERIES", 2000);
  std::vector<Document> documents;
  for (uint64_t tenant = 0; tenant < kTenants; ++tenant) {
    const std::string name = std::to_string(tenant);
    documents.push_back(testing::TextDocument("secret/" + name, "Vault",
                                              "The vault opens with the code word canary" + name +
                                                  "x. Nobody else may know the code word."));
    documents.back().access = {"tenant" + name};
  }
  engine_.Add(std::move(documents));
  const std::vector<std::string> spellings = {"With which code word does the vault open?",
                                              "please: with which CODE WORD does the vault open",
                                              "With which code word does the vault open, please?"};
  Random random(9);
  uint64_t hits = 0;
  for (uint64_t i = 0; i < queries; ++i) {
    const std::string name = std::to_string(random.Below(kTenants));
    Query query;
    query.text = spellings[random.Below(spellings.size())];
    query.principals = {.unrestricted = false, .names = {"tenant" + name}};
    const Answer answer = Ask(query);
    hits += answer.cache.hit();
    ASSERT_THAT(answer.text, HasSubstr("canary" + name + "x")) << i;
    for (const Passage& passage : answer.context.passages) {
      if (passage.chunk.document.starts_with("secret/")) {
        ASSERT_EQ(passage.chunk.document, "secret/" + name);
      }
    }
  }
  EXPECT_EQ(hits, queries - kTenants);
}

// Random edits, deletes, changes of access and questions: whatever is served is what the stored
// question gives now.
TEST_F(CachedAnswererTest, NothingStaleIsServedWhateverHappens) {
  Random random(1);
  const std::vector<std::vector<std::string>> readers = {{}, {"ann"}, {"bob"}, {"ann", "bob"}};
  size_t hits = 0;
  const uint64_t steps = testing::NumberFromEnvironment("QUARRY_CACHE_STEPS", 400);
  for (uint64_t step = 0; step < steps; ++step) {
    const std::string n = std::to_string(random.Below(6));
    switch (random.Below(24)) {
      case 0:
        Replace("pumps/p" + n, "Pump P-" + n,
                "The pump P-" + n + " delivers " + std::to_string(random.Below(90) + 5) +
                    " litres per second.",
                readers[random.Below(readers.size())]);
        break;
      case 1:
        Delete("pumps/p" + n);
        break;
      case 2:
        Replace("extra/" + n, "Note", "About the pump P-" + n + ": it was oiled.");
        break;
      default: {
        Query query;
        query.text =
            (random.Below(2) == 0 ? "How many litres per second does the pump P-"
                                  : "please: how many LITRES per second does the pump P-") +
            n + " deliver?";
        const size_t reader = random.Below(readers.size() + 1);
        if (reader < readers.size()) {
          query.principals = {.unrestricted = false, .names = readers[reader]};
        }
        const Answer answer = Ask(query);
        Query stored = query;
        if (answer.cache.hit()) {
          ++hits;
          stored.text = answer.cache.question;
        }
        const Answer fresh = Fresh(stored);
        EXPECT_EQ(answer.text, fresh.text);
        EXPECT_EQ(retrieval::ContextHash(answer.context), retrieval::ContextHash(fresh.context));
        for (size_t i = 0; i < answer.citations.size(); ++i) {
          EXPECT_EQ(answer.citations[i].source, fresh.citations[i].source);
        }
      }
    }
    if (random.Below(60) == 0) Open();
  }
  EXPECT_GT(hits, steps / 10);
  cache_->Flush();
  EXPECT_THAT(engine_.index->Verify(engine_.collection, CallContext())->problems, IsEmpty());
}

}  // namespace
}  // namespace quarry::generation
