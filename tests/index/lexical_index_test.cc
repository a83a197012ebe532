#include "index/lexical_index.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <thread>

#include "index/query_postings.h"
#include "tests/index/lexical_testing.h"
#include "tests/testing/test_environment.h"

namespace quarry::index {
namespace {

// Three documents: "a a b", "b c", "c c c c"; N = 3, avgdl = 3.
LexicalCollection ThreeDocuments() {
  LexicalCollection collection;
  collection.Put("d0", {{{"a", 2}, {"b", 1}}});
  collection.Put("d1", {{{"b", 1}, {"c", 1}}});
  collection.Put("d2", {{{"c", 4}}});
  collection.Commit();
  return collection;
}

TEST(LexicalIndexTest, ScoresAreThoseWorkedOutByHand) {
  const LexicalCollection collection = ThreeDocuments();
  // a: df 1, idf ln(1 + 2.5 / 1.5) = 0.98082925; d0: 2 * 2.2 / (2 + 1.2 * 1) = 1.375.
  const auto a = collection.Search({"a"}, 10);
  ASSERT_EQ(a.size(), 1u);
  EXPECT_EQ(a[0].id, "d0");
  EXPECT_NEAR(a[0].score, 1.34864022, 1e-6);
  // b: df 2, idf ln(1 + 1.5 / 2.5) = 0.47000363; d0: 2.2 / (1 + 1.2 * 1) = 1;
  // d1, 2 tokens: 2.2 / (1 + 1.2 * (0.25 + 0.75 * 2 / 3)) = 2.2 / 1.9.
  const auto b = collection.Search({"b"}, 10);
  ASSERT_EQ(b.size(), 2u);
  EXPECT_EQ(b[0].id, "d1");
  EXPECT_NEAR(b[0].score, 0.54421473, 1e-6);
  EXPECT_EQ(b[1].id, "d0");
  EXPECT_NEAR(b[1].score, 0.47000363, 1e-6);
  // A term counts as often as the query names it; terms add up.
  const auto both = collection.Search({"b", "a", "b"}, 10);
  ASSERT_EQ(both.size(), 2u);
  EXPECT_EQ(both[0].id, "d0");
  EXPECT_NEAR(both[0].score, 1.34864022 + 2 * 0.47000363, 1e-6);
}

TEST(LexicalIndexTest, ExplanationAddsUpToTheScore) {
  const LexicalCollection collection = ThreeDocuments();
  const std::vector<QueryTerm> query = {"b", "zebra", "a", "b"};
  const auto parts = collection.Explain(query, collection.live.at("d0")[0]);
  ASSERT_EQ(parts.size(), 3u);
  EXPECT_EQ(parts[0].term, "b");
  EXPECT_EQ(parts[0].query_count, 2u);
  EXPECT_EQ(parts[0].count, 1u);
  EXPECT_EQ(parts[0].document_frequency, 2u);
  EXPECT_NEAR(parts[0].idf, 0.47000363, 1e-8);
  EXPECT_EQ(parts[1].term, "zebra");
  EXPECT_EQ(parts[1].count, 0u);
  EXPECT_EQ(parts[1].score, 0.0);
  EXPECT_EQ(parts[2].count, 2u);
  EXPECT_EQ(0.0 + parts[0].score + parts[1].score + parts[2].score,
            collection.Search(query, 1)[0].score);
}

TEST(LexicalIndexTest, AgreesWithTheFormulaOnRandomCollections) {
  for (const Bm25Parameters& parameters :
       {Bm25Parameters{}, Bm25Parameters{.k1 = 0, .b = 0.75}, Bm25Parameters{.k1 = 2, .b = 0},
        Bm25Parameters{.k1 = 0.9, .b = 1}}) {
    Random random(11);
    LexicalCollection collection(parameters);
    for (int i = 0; i < 300; ++i) {
      collection.Put("doc" + std::to_string(random.Below(1'000'000)), RandomBags(random));
      collection.Commit();
    }
    for (int i = 0; i < 50; ++i) {
      const std::vector<QueryTerm> query = RandomQuery(random);
      const auto expected = Oracle(collection.documents, query, parameters);
      const auto hits = collection.Search(query, 20);
      ASSERT_EQ(hits.size(), std::min<size_t>(20, expected.size()));
      for (size_t j = 0; j < hits.size(); ++j) {
        EXPECT_NEAR(hits[j].score, expected[j].score, 1e-6 * hits[j].score) << j;
      }
    }
  }
}

TEST(LexicalIndexTest, HistoryAndSegmentationDoNotShowInAnyBit) {
  for (const uint64_t seed : {1u, 2u, 3u}) {
    Random random(seed);
    LexicalCollection grown;
    for (int commit = 0; commit < 250; ++commit) {
      std::set<DocumentId> touched;
      for (uint64_t change = random.Below(12); change > 0; --change) {
        const DocumentId id = "doc" + std::to_string(random.Below(400));
        if (!touched.insert(id).second) continue;
        if (random.Below(3) == 0) {
          grown.Remove(id);
        } else {
          grown.Put(id, RandomBags(random));
        }
      }
      grown.Commit();
    }
    LexicalCollection fresh;
    for (const auto& [id, bags] : grown.documents) fresh.Put(id, bags);
    fresh.Commit();
    ASSERT_EQ(fresh.index->segments().size(), 1u);
    ASSERT_GT(grown.index->segments().size(), 2u);
    EXPECT_EQ(grown.index->live_rows(), fresh.index->live_rows());
    EXPECT_EQ(grown.index->live_tokens(), fresh.index->live_tokens());

    Bitmap grown_allowed(grown.table.rows());
    Bitmap fresh_allowed(fresh.table.rows());
    for (const auto& [id, rows] : grown.live) {
      for (size_t i = 0; i < rows.size(); ++i) {
        if (random.Below(2) == 0) continue;
        grown_allowed.Set(rows[i]);
        fresh_allowed.Set(fresh.live.at(id)[i]);
      }
    }
    for (int i = 0; i < 100; ++i) {
      const std::vector<QueryTerm> query = RandomQuery(random);
      const size_t k = 1 + random.Below(40);
      EXPECT_EQ(grown.Search(query, k), fresh.Search(query, k));
      EXPECT_EQ(grown.Search(query, k, &grown_allowed), fresh.Search(query, k, &fresh_allowed));
      EXPECT_EQ(grown.index->DocumentFrequency(query[0].text),
                fresh.index->DocumentFrequency(query[0].text));
    }
  }
}

TEST(LexicalIndexTest, ExplanationEqualsTheScoreAfterAnyHistory) {
  Random random(5);
  LexicalCollection collection;
  for (int i = 0; i < 120; ++i) {
    collection.Put("doc" + std::to_string(random.Below(60)), RandomBags(random));
    collection.Commit();
  }
  for (int i = 0; i < 30; ++i) {
    const std::vector<QueryTerm> query = RandomQuery(random);
    const auto hits = collection.index->Search(query, 10, nullptr, collection.table, {});
    for (const ScoredRow& hit : hits.value()) {
      double sum = 0;
      for (const TermContribution& part : collection.Explain(query, hit.row)) {
        EXPECT_EQ(collection.index->TermCount(part.term, hit.row), part.count);
        sum += part.score;
      }
      EXPECT_EQ(sum, hit.score);
    }
  }
}

TEST(LexicalIndexTest, TheFilterRestrictsResultsAndNotStatistics) {
  const LexicalCollection collection = ThreeDocuments();
  Bitmap allowed(collection.table.rows());
  allowed.Set(collection.live.at("d0")[0]);
  const auto all = collection.Search({"b"}, 10);
  const auto some = collection.Search({"b"}, 10, &allowed);
  ASSERT_EQ(some.size(), 1u);
  EXPECT_EQ(some[0], all[1]);
}

TEST(LexicalIndexTest, EqualScoresComeInOrderOfDocumentIdAndOrdinal) {
  LexicalCollection collection;
  for (const char* id : {"m", "z", "a", "k", "b"}) {
    collection.Put(id, {{{"same", 1}}, {{"same", 1}}});
    collection.Commit();
  }
  std::vector<std::string> order;
  for (const auto& hit : collection.Search({"same"}, 5)) {
    order.push_back(hit.id + std::to_string(hit.ordinal));
  }
  EXPECT_EQ(order, (std::vector<std::string>{"a0", "a1", "b0", "b1", "k0"}));
}

TEST(LexicalIndexTest, NothingIsFoundWhereNothingMatches) {
  const LexicalCollection collection = ThreeDocuments();
  EXPECT_TRUE(collection.Search({}, 10).empty());
  EXPECT_TRUE(collection.Search({"zebra"}, 10).empty());
  EXPECT_TRUE(collection.Search({"a"}, 0).empty());
  EXPECT_TRUE(LexicalCollection().Search({"a"}, 10).empty());
  EXPECT_EQ(collection.index->DocumentFrequency("zebra"), 0u);
}

TEST(LexicalIndexTest, RowsWithoutTermsCountInTheStatistics) {
  LexicalCollection with_empty = ThreeDocuments();
  with_empty.Put("e", {{}});
  with_empty.Commit();
  EXPECT_EQ(with_empty.index->live_rows(), 4u);
  const auto expected = Oracle(with_empty.documents, {"b"}, {});
  EXPECT_NEAR(with_empty.Search({"b"}, 1)[0].score, expected[0].score, 1e-6);
}

TEST(LexicalIndexTest, RemovingEverythingLeavesNothing) {
  LexicalCollection collection = ThreeDocuments();
  for (const char* id : {"d0", "d1", "d2"}) collection.Remove(id);
  collection.Commit();
  EXPECT_EQ(collection.index->live_rows(), 0u);
  EXPECT_EQ(collection.index->live_tokens(), 0u);
  EXPECT_EQ(collection.index->segments().size(), 0u);
  EXPECT_TRUE(collection.Search({"a", "b", "c"}, 10).empty());
}

TEST(LexicalIndexTest, AnOldIndexStaysAsItWas) {
  LexicalCollection collection = ThreeDocuments();
  const std::shared_ptr<const LexicalIndex> old = collection.index;
  const RowTable old_table = collection.table;
  const std::vector<QueryTerm> query = {"b"};
  const auto before = old->Search(query, 10, nullptr, old_table, {}).value();
  collection.Put("d1", {{{"b", 5}}});
  collection.Commit();
  const auto after = old->Search(query, 10, nullptr, old_table, {}).value();
  ASSERT_EQ(after.size(), before.size());
  for (size_t i = 0; i < after.size(); ++i) EXPECT_EQ(after[i].score, before[i].score);
  EXPECT_EQ(old->live_rows(), 3u);
}

TEST(LexicalIndexTest, SegmentsStayFewAndDeadPostingsGo) {
  LexicalCollection collection;
  for (int i = 0; i < 2000; ++i) {
    collection.Put("doc" + std::to_string(i), {{{"common", 1}, {"t" + std::to_string(i), 1}}});
    collection.Commit();
    ASSERT_LE(collection.index->segments().size(), 7u * 4u) << i;  // at most 7 of each power of 8
  }
  const uint64_t full = collection.index->MemoryBytes();
  for (int i = 0; i < 1990; ++i) {
    collection.Remove("doc" + std::to_string(i));
    if (i % 100 == 0) collection.Commit();
  }
  collection.Commit();
  EXPECT_EQ(collection.index->DocumentFrequency("common"), 10u);
  EXPECT_LT(collection.index->MemoryBytes(), full / 20);
}

// Ids and scores, to the last bit; with filters, deletions, and averages that moved away from those
// that the impacts were worked out with.
TEST(LexicalIndexTest, FindsExactlyWhatScoringEveryRowFinds) {
  for (const Bm25Parameters& parameters :
       {Bm25Parameters{}, Bm25Parameters{.k1 = 0, .b = 0.75}, Bm25Parameters{.k1 = 2, .b = 0},
        Bm25Parameters{.k1 = 0.9, .b = 1}}) {
    Random random(9);
    LexicalCollection collection(parameters);
    const auto put = [&](int number, uint64_t padding) {
      Bags bags(1);
      bags[0]["every"] = 1 + static_cast<uint32_t>(random.Below(3));
      if (number == 0 || number == 4095 || number == 4096 || number == 8'999) bags[0]["rare"] = 1;
      for (uint64_t i = random.Below(8); i > 0; --i) ++bags[0][RandomTerm(random)];
      if (random.Below(500) == 0) bags[0][RandomTerm(random)] = 1'000'000;
      bags[0]["padding"] = static_cast<uint32_t>(1 + padding * random.Below(10));
      collection.Put("doc" + std::to_string(number), bags);
    };
    for (int i = 0; i < 9'000; ++i) put(i, 0);
    collection.Commit();
    for (int round = 0; round < 3; ++round) {
      Bitmap some(collection.table.rows());
      Bitmap few(collection.table.rows());
      std::set<DocumentId> in_some;
      std::set<DocumentId> in_few;
      for (const auto& [id, rows] : collection.live) {
        if (random.Below(2) == 0) some.Set(rows[0]), in_some.insert(id);
        if (random.Below(100) == 0) few.Set(rows[0]), in_few.insert(id);
      }
      const LexicalOracle oracle(collection.documents, parameters);
      for (int i = 0; i < 20; ++i) {
        std::vector<QueryTerm> query = RandomQuery(random);
        if (i % 3 == 0) query.push_back("every");
        if (i % 10 == 0) query.push_back("rare");
        const size_t k = i % 5 == 0 ? 300 : 1 + random.Below(20);
        EXPECT_EQ(collection.Search(query, k), oracle.Search(query, k));
        EXPECT_EQ(collection.Search(query, k, &some), oracle.Search(query, k, &in_some));
        EXPECT_EQ(collection.Search(query, k, &few), oracle.Search(query, k, &in_few));
      }
      // Then rows grow longer, then many go.
      for (int i = 0; i < 2'000; ++i) put(i, 100);
      for (int i = 3'000; i < 7'000 && round == 1; ++i) {
        collection.Remove("doc" + std::to_string(i));
      }
      collection.Commit();
    }
  }
}

TEST(LexicalIndexTest, BringsTheRowsOfTheBestDocuments) {
  Random random(10);
  LexicalCollection collection;
  for (int i = 0; i < 2'000; ++i) {
    Bags bags(1 + random.Below(8));
    for (auto& bag : bags) {
      for (uint64_t n = 1 + random.Below(6); n > 0; --n) ++bag[RandomTerm(random)];
    }
    collection.Put("doc" + std::to_string(i), bags);
    if (i == 1'000) collection.Commit();
  }
  collection.Commit();
  Bitmap some(collection.table.rows());
  for (RowId row = 0; row < collection.table.rows(); ++row) {
    if (random.Below(3) == 0) some.Set(row);
  }
  for (int i = 0; i < 40; ++i) {
    const std::vector<QueryTerm> query = RandomQuery(random);
    const size_t documents = i % 5 == 0 ? 100 : 1 + random.Below(20);
    const Bitmap* const filters[] = {nullptr, &some};
    for (const Bitmap* allowed : filters) {
      std::vector<ChunkHit> expected = collection.Search(query, SIZE_MAX, allowed);
      std::set<DocumentId> distinct;
      for (size_t place = 0; place < expected.size(); ++place) {
        distinct.insert(expected[place].id);
        if (distinct.size() == documents) expected.resize(place + 1);
      }
      EXPECT_EQ(collection.Search(query, ResultLimit::Documents(documents), allowed), expected);
    }
  }
}

TEST(LexicalIndexTest, APrefixStandsForTheTermsInTheMostRows) {
  LexicalCollection collection;
  collection.Put("a", {{{"app", 1}, {"apple", 1}, {"apply", 1}, {"banana", 1}}});
  collection.Commit();
  collection.Put("b", {{{"apple", 1}, {"applet", 1}, {"\xe6\x95\xb0\xe6\x8d\xae", 1}}});
  collection.Commit();
  const auto terms_of = [&](const std::string& prefix, const std::string& whole, size_t limit) {
    return ExpandTerm(collection.index->segments(), QueryTerm::Prefix(prefix, whole), limit, {})
        .value();
  };
  using Terms = std::vector<std::string>;
  EXPECT_EQ(terms_of("appl", "", 10), (Terms{"apple", "applet", "apply"}));
  EXPECT_EQ(terms_of("app", "", 2), (Terms{"apple", "app"}));
  EXPECT_EQ(terms_of("apples", "apple", 10), Terms{"apple"});
  EXPECT_EQ(terms_of("apples", "pear", 10), Terms{});
  EXPECT_EQ(terms_of("\xe6", "", 10), (Terms{"\xe6\x95\xb0\xe6\x8d\xae"}));
  collection.Remove("b");
  collection.Commit();
  EXPECT_EQ(terms_of("appl", "", 10), (Terms{"apple", "apply"}));
}

// "app": a 2 + 1 times, b once, so df 2 of 3 rows: idf ln(1 + 1.5 / 2.5); avgdl 8 / 3.
TEST(LexicalIndexTest, APrefixScoresAsOneTerm) {
  LexicalCollection collection;
  collection.Put("a", {{{"apple", 2}, {"apply", 1}, {"x", 1}}});
  collection.Put("b", {{{"applet", 1}}});
  collection.Put("c", {{{"x", 3}}});
  collection.Commit();
  const std::vector<QueryTerm> query = {QueryTerm::Prefix("app", "")};
  const auto hits = collection.Search(query, 10);
  ASSERT_EQ(hits.size(), 2u);
  const double idf = std::log(1 + 1.5 / 2.5);
  EXPECT_NEAR(hits[0].score, idf * 3 * 2.2 / (3 + 1.2 * (0.25 + 0.75 * 4 / (8.0 / 3))), 1e-6);
  EXPECT_NEAR(hits[1].score, idf * 2.2 / (1 + 1.2 * (0.25 + 0.75 * 1 / (8.0 / 3))), 1e-6);
  const auto parts = collection.Explain(query, collection.live.at("a")[0]);
  ASSERT_EQ(parts.size(), 1u);
  EXPECT_EQ(parts[0].term, "app");
  EXPECT_TRUE(parts[0].prefix);
  EXPECT_EQ(parts[0].count, 3u);
  EXPECT_EQ(parts[0].document_frequency, 2u);
  EXPECT_EQ(parts[0].matched, (std::vector<std::string>{"apple", "apply"}));
  EXPECT_EQ(parts[0].score, hits[0].score);
}

// "pump" as "b" and "c": a 2 + 1 times, b once, so df 2 of 3 rows; avgdl 8 / 3.
TEST(LexicalIndexTest, TranslationsOfATermScoreAsOneTermOfItsWeight) {
  LexicalCollection collection;
  collection.Put("a", {{{"b", 2}, {"c", 1}, {"x", 1}}});
  collection.Put("b", {{{"b", 1}}});
  collection.Put("c", {{{"pump", 3}}});
  collection.Commit();
  QueryTerm translated = "pump";
  translated.translations = {"c", "b", "none"};
  translated.weight = 0.5;
  const std::vector<QueryTerm> query = {"pump", translated};
  const auto hits = collection.Search(query, 10);
  ASSERT_EQ(hits.size(), 3u);
  const double idf = std::log(1 + 1.5 / 2.5);
  const auto score_of = [&](const DocumentId& id) {
    return std::ranges::find(hits, id, &ChunkHit::id)->score;
  };
  EXPECT_NEAR(score_of("a"), 0.5 * idf * 3 * 2.2 / (3 + 1.2 * (0.25 + 0.75 * 4 / (8.0 / 3))), 1e-6);
  EXPECT_NEAR(score_of("b"), 0.5 * idf * 2.2 / (1 + 1.2 * (0.25 + 0.75 * 1 / (8.0 / 3))), 1e-6);
  // The term itself stays a term of its own.
  EXPECT_NEAR(score_of("c"), collection.Search({"pump"}, 1)[0].score, 1e-6);
  const auto parts = collection.Explain(query, collection.live.at("a")[0]);
  ASSERT_EQ(parts.size(), 2u);
  EXPECT_FALSE(parts[0].translated);
  EXPECT_EQ(parts[1].term, "pump");
  EXPECT_TRUE(parts[1].translated);
  EXPECT_EQ(parts[1].count, 3u);
  EXPECT_EQ(parts[1].document_frequency, 2u);
  EXPECT_EQ(parts[1].matched, (std::vector<std::string>{"c", "b"}));
  EXPECT_EQ(parts[1].score, score_of("a"));
}

TEST(LexicalIndexTest, PrefixesAndTranslationsAreFoundToTheLastBitAfterAnyHistory) {
  for (const uint64_t seed : {7u, 8u, 9u}) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Random random(seed);
    LexicalCollection collection;
    for (int i = 0; i < 150; ++i) {
      const DocumentId id = "doc" + std::to_string(random.Below(90));
      if (random.Below(4) == 0) {
        collection.Remove(id);
      } else {
        collection.Put(id, RandomBags(random));
      }
      collection.Commit();
    }
    ASSERT_GT(collection.index->segments().size(), 2u);
    Bitmap some(collection.table.rows());
    std::set<DocumentId> in_some;
    for (const auto& [id, rows] : collection.live) {
      if (random.Below(2) == 0) continue;
      in_some.insert(id);
      for (const RowId row : rows) some.Set(row);
    }
    const LexicalOracle oracle(collection.documents, {});
    for (int i = 0; i < 60; ++i) {
      const std::vector<QueryTerm> query =
          i % 2 == 0 ? RandomPrefixQuery(random) : RandomTranslatedQuery(random);
      const size_t k = 1 + random.Below(30);
      EXPECT_EQ(collection.Search(query, k), oracle.Search(query, k));
      EXPECT_EQ(collection.Search(query, k, &some), oracle.Search(query, k, &in_some));
      for (const ScoredRow& hit :
           collection.index->Search(query, k, nullptr, collection.table, {}).value()) {
        double sum = 0;
        for (const TermContribution& part : collection.Explain(query, hit.row)) sum += part.score;
        EXPECT_EQ(sum, hit.score);
      }
    }
  }
}

// One way by which lists are united costs time by their postings, the other by the slots of the segment.
TEST(LexicalIndexTest, UnitesListsOfFewAndOfManyRowsToTheSame) {
  LexicalCollection collection;
  constexpr uint32_t kDocuments = 900;
  for (uint32_t i = 0; i < kDocuments; ++i) {
    collection.Put("doc" + std::to_string(i), {{{"few" + std::to_string(i % 150), 1 + i % 3},
                                                {"also" + std::to_string(i % 140), 2},
                                                {"many" + std::to_string(i % 7), 1},
                                                {"each", 1}}});
  }
  collection.Commit();
  ASSERT_EQ(collection.index->segments().size(), 1u);
  const LexicalOracle oracle(collection.documents, {});
  for (const std::string kind : {"few", "also", "many"}) {
    for (uint32_t translations = 1; translations <= 9; ++translations) {
      SCOPED_TRACE(kind + " " + std::to_string(translations));
      QueryTerm term = "asked";
      for (uint32_t i = 0; i < translations; ++i) {
        term.translations.push_back(kind + std::to_string(i));
      }
      term.translations.push_back("also3");  // in rows of the others, too
      term.translations.push_back("each3");  // in none
      const auto found = collection.Search({term}, kDocuments);
      EXPECT_FALSE(found.empty());
      EXPECT_EQ(found, oracle.Search({term}, kDocuments));
    }
  }
}

TEST(LexicalIndexTest, ACancelledSearchSaysSo) {
  const LexicalCollection collection = ThreeDocuments();
  CallContext context;
  context.cancel.Cancel();
  const auto result =
      collection.index->Search(std::vector<QueryTerm>{"b"}, 10, nullptr, collection.table, context);
  EXPECT_EQ(result.status().code(), Code::kCancelled);
}

TEST(LexicalIndexTest, IsSearchedWhileTheNextOneIsMade) {
  LexicalCollection collection = ThreeDocuments();
  const std::shared_ptr<const LexicalIndex> index = collection.index;
  const RowTable table = collection.table;
  const std::vector<QueryTerm> query = {"b", "c"};
  const auto expected = index->Search(query, 10, nullptr, table, {}).value();
  std::vector<std::thread> readers;
  for (int i = 0; i < 3; ++i) {
    readers.emplace_back([&] {
      for (int j = 0; j < 200; ++j) {
        const auto hits = index->Search(query, 10, nullptr, table, {}).value();
        ASSERT_EQ(hits.size(), expected.size());
        EXPECT_EQ(hits[0].score, expected[0].score);
      }
    });
  }
  for (int i = 0; i < 100; ++i) {
    collection.Put("d" + std::to_string(i % 5), {{{"b", 1}}});
    collection.Commit();
  }
  for (std::thread& reader : readers) reader.join();
}

}  // namespace
}  // namespace quarry::index
