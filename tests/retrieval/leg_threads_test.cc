// Both legs of a search, at once where a core is free.

#include "retrieval/leg_threads.h"

#include <atomic>
#include <latch>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "retrieval/hybrid_search.h"
#include "retrieval/query_terms.h"
#include "tests/testing/engine_testing.h"

namespace quarry::retrieval {
namespace {

TEST(LegThreads, TwoCoresRunBothAtOnce) {
  LegThreads threads(2, 0);
  for (int i = 0; i < 100; ++i) {
    std::latch both(2);  // each waits for the other
    threads.Run(
        1, [&] { both.arrive_and_wait(); }, [&] { both.arrive_and_wait(); });
  }
  EXPECT_EQ(threads.lent(), 100u);
}

TEST(LegThreads, OneCoreOrFewChunksRunOneBehindTheOther) {
  for (LegThreads* const threads : {new LegThreads(1, 0), new LegThreads(8, 10)}) {
    const std::unique_ptr<LegThreads> owned(threads);
    std::string order;
    threads->Run(
        9, [&] { order += 'l'; }, [&] { order += 's'; });
    EXPECT_EQ(order, "ls");
    EXPECT_EQ(threads->lent(), 0u);
  }
}

TEST(LegThreads, WhoFindsAllCoresSearchingSearchesAlone) {
  LegThreads threads(3, 0);
  std::latch begun(1);
  std::latch end(1);
  std::thread other([&] {
    threads.Run(
        1,
        [&] {
          begun.count_down();
          end.wait();
        },
        [] {});
  });
  begun.wait();
  std::string order;
  threads.Run(
      1, [&] { order += 'l'; }, [&] { order += 's'; });
  EXPECT_EQ(order, "ls");
  EXPECT_EQ(threads.lent(), 1u);
  end.count_down();
  other.join();
  threads.Run(
      1, [] {}, [] {});
  EXPECT_EQ(threads.lent(), 2u);
}

TEST(LegThreads, WhatALegThrowsComesOut) {
  LegThreads threads(2, 0);
  const auto throws = [] { throw std::runtime_error("no memory"); };
  EXPECT_THROW(threads.Run(1, throws, [] {}), std::runtime_error);
  EXPECT_THROW(threads.Run(
                   1, [] {}, throws),
               std::runtime_error);
  threads.Run(
      1, [] {}, [] {});
  EXPECT_EQ(threads.lent(), 3u);
}

TEST(LegThreads, ManyAskersAreEachServedOnce) {
  LegThreads threads(4, 0);
  std::atomic<size_t> longer = 0;
  std::atomic<size_t> shorter = 0;
  std::vector<std::thread> askers;
  for (int asker = 0; asker < 8; ++asker) {
    askers.emplace_back([&] {
      for (int i = 0; i < 500; ++i) {
        threads.Run(
            1, [&] { ++longer; }, [&] { ++shorter; });
      }
    });
  }
  for (std::thread& asker : askers) asker.join();
  EXPECT_EQ(longer, 4000u);
  EXPECT_EQ(shorter, 4000u);
}

TEST(LegThreads, AtOnceTheyFindWhatTheyFindOneBehindTheOther) {
  testing::TestEngine engine;
  engine.Add(testing::SmallCorpus());
  const auto snapshot = engine.snapshot();
  const RetrievalOptions options;
  for (const std::string text : {"How often is the valve inspected?", "水泵多久保养一次？"}) {
    const std::vector<index::QueryTerm> terms =
        MakeLexicalQuery(engine.analyzer, PlainQuery(text)).terms;
    std::vector<std::vector<RankedHit>> found;
    std::vector<std::string> stages;
    for (const size_t cores : {1, 2}) {
      LegThreads threads(cores, 0);
      Trace trace;
      CallContext context;
      context.trace = &trace;
      std::vector<SearchPart> parts(1);
      parts[0].snapshot = snapshot.get();
      parts[0].allowed = snapshot->Allow({}, {}, context).value();
      parts[0].uses_dense = true;
      HybridSearch search(std::move(parts), options, engine.embedders, 100);
      ASSERT_TRUE(search.SearchBoth(terms, text, threads, context).ok());
      EXPECT_EQ(threads.lent(), cores - 1);
      EXPECT_TRUE(search.used_lexical() && search.used_dense());
      found.push_back(search.Fuse(context));
      std::string names;
      for (const Trace::Stage& stage : trace.stages()) names += stage.name + ' ';
      stages.push_back(names);
    }
    EXPECT_EQ(stages[0], stages[1]);
    ASSERT_FALSE(found[0].empty());
    ASSERT_EQ(found[0].size(), found[1].size());
    for (size_t i = 0; i < found[0].size(); ++i) {
      EXPECT_EQ(found[0][i].row, found[1][i].row);
      EXPECT_EQ(found[0][i].hit.score, found[1][i].hit.score);
    }
  }
}

}  // namespace
}  // namespace quarry::retrieval
