// What index/store.h promises, held against every Store.

#include <functional>
#include <map>
#include <thread>

#include "base/random.h"
#include "index/rocks_store.h"
#include "index/store.h"
#include "tests/testing/fault_store.h"
#include "tests/testing/memory_store.h"
#include "tests/testing/test_data.h"
#include "tests/testing/test_environment.h"

namespace quarry::index {
namespace {

using KeyValues = std::vector<std::pair<std::string, std::string>>;

struct StoreKind {
  const char* name;
  std::function<std::unique_ptr<Store>(const std::string& directory)> make;
};

KeyValues AllRows(const StoreView& view, std::string_view prefix, std::string_view from) {
  KeyValues rows;
  EXPECT_OK(view.Scan(prefix, from, [&](std::string_view key, std::string_view value) {
    rows.emplace_back(key, value);
    return true;
  }));
  return rows;
}
KeyValues AllRows(const StoreView& view, std::string_view prefix = "") {
  return AllRows(view, prefix, prefix);
}

class StoreConformance : public ::testing::TestWithParam<StoreKind> {
 protected:
  void Put(const std::string& key, const std::string& value) {
    WriteBatch batch;
    batch.Put(key, value);
    ASSERT_OK(store_->Write(batch));
  }
  std::optional<std::string> Get(std::string_view key) {
    auto value = store_->GetView()->Get(key);
    EXPECT_OK(value.status());
    return *value;
  }

  TemporaryDirectory directory_ = testing::MakeTemporaryDirectory();
  std::unique_ptr<Store> store_ = GetParam().make(directory_.path() + "/store");
};

INSTANTIATE_TEST_SUITE_P(
    Stores, StoreConformance,
    ::testing::Values(
        StoreKind{"Memory", [](const std::string&) { return testing::NewMemoryStore(); }},
        StoreKind{"Rocks",
                  [](const std::string& directory) {
                    return std::move(OpenRocksStore(directory)).value();
                  }},
        // The smallest buffers that RocksDB takes: flushes and compactions all the time.
        StoreKind{"RocksTiny",
                  [](const std::string& directory) {
                    RocksStoreOptions options;
                    options.write_buffer_bytes = 64 << 10;
                    options.block_cache_bytes = 64 << 10;
                    options.max_open_files = 16;
                    return std::move(OpenRocksStore(directory, options)).value();
                  }}),
    [](const auto& kind) { return kind.param.name; });

TEST_P(StoreConformance, AFreshStoreIsEmpty) {
  EXPECT_EQ(Get("a"), std::nullopt);
  EXPECT_TRUE(AllRows(*store_->GetView()).empty());
  EXPECT_OK(store_->VerifyChecksums());
}

TEST_P(StoreConformance, WhatIsPutIsFound) {
  Put("key", "value");
  EXPECT_EQ(Get("key"), "value");
  EXPECT_EQ(Get("ke"), std::nullopt);
  EXPECT_EQ(Get("key1"), std::nullopt);
  Put("key", "other");
  EXPECT_EQ(Get("key"), "other");
}

TEST_P(StoreConformance, KeysAndValuesAreAnyBytes) {
  const std::string zero("a\0b", 3);
  const std::string high("\xFF\xFF", 2);
  const std::string big(3 << 20, 'x');
  Put(zero, "");
  Put(high, zero);
  Put("big", big);
  EXPECT_EQ(Get(zero), "");
  EXPECT_EQ(Get(high), zero);
  EXPECT_EQ(Get("big"), big);
  EXPECT_EQ(AllRows(*store_->GetView()), (KeyValues{{zero, ""}, {"big", big}, {high, zero}}));
  EXPECT_EQ(AllRows(*store_->GetView(), "\xFF"), (KeyValues{{high, zero}}));
}

TEST_P(StoreConformance, DeletingWhatIsNotThereIsFine) {
  WriteBatch batch;
  batch.Delete("nothing");
  batch.DeleteRange("a", "b");
  EXPECT_OK(store_->Write(batch));
  EXPECT_OK(store_->Write(WriteBatch()));
}

TEST_P(StoreConformance, ABatchIsAppliedInItsOrder) {
  Put("a1", "old");
  WriteBatch batch;
  batch.Put("a2", "goes");
  batch.DeleteRange("a", "b");
  batch.Put("a1", "new");
  batch.Put("a3", "goes too");
  batch.Delete("a3");
  ASSERT_OK(store_->Write(batch));
  EXPECT_EQ(AllRows(*store_->GetView()), (KeyValues{{"a1", "new"}}));
}

TEST_P(StoreConformance, DeleteRangeTakesTheBeginAndLeavesTheEnd) {
  for (const char* key : {"a", "b", "ba", "c", "d"}) Put(key, key);
  WriteBatch batch;
  batch.DeleteRange("b", "c");
  batch.DeleteRange("d", "d");  // empty
  batch.DeleteRange("d", "a");  // likewise
  ASSERT_OK(store_->Write(batch));
  EXPECT_EQ(AllRows(*store_->GetView()), (KeyValues{{"a", "a"}, {"c", "c"}, {"d", "d"}}));
}

TEST_P(StoreConformance, PrefixEndBoundsAPrefix) {
  for (const char* key : {"p", "p\xFF", "p\xFF\xFF", "p\xFFz", "q", "o"}) Put(key, "");
  WriteBatch batch;
  batch.DeleteRange("p\xFF", PrefixEnd("p\xFF"));
  ASSERT_OK(store_->Write(batch));
  EXPECT_EQ(AllRows(*store_->GetView()), (KeyValues{{"o", ""}, {"p", ""}, {"q", ""}}));
  EXPECT_EQ(PrefixEnd("p\xFF\xFF"), "q");
  EXPECT_EQ(PrefixEnd("ab"), "ac");
}

TEST_P(StoreConformance, ScanGivesThePrefixInOrderFromTheStart) {
  for (const char* key : {"b3", "a", "b1", "b", "c", "b2"}) Put(key, std::string(key) + "!");
  const auto view = store_->GetView();
  EXPECT_EQ(AllRows(*view, "b"),
            (KeyValues{{"b", "b!"}, {"b1", "b1!"}, {"b2", "b2!"}, {"b3", "b3!"}}));
  EXPECT_EQ(AllRows(*view, "b", "b2"), (KeyValues{{"b2", "b2!"}, {"b3", "b3!"}}));
  EXPECT_EQ(AllRows(*view, "b", "b11"), (KeyValues{{"b2", "b2!"}, {"b3", "b3!"}}));
  EXPECT_EQ(AllRows(*view, "b", "a").size(), 4u);
  EXPECT_TRUE(AllRows(*view, "b", "c").empty());
  EXPECT_TRUE(AllRows(*view, "x").empty());
}

TEST_P(StoreConformance, ScanBackwardGivesThePrefixFromTheEnd) {
  for (const char* key : {"b3", "a", "b1", "b", "c", "b2", "b\xFF\xFF"}) Put(key, "");
  const auto view = store_->GetView();
  const auto keys = [&](std::string_view prefix, std::string_view before, size_t most) {
    std::vector<std::string> seen;
    EXPECT_OK(view->ScanBackward(prefix, before, [&](std::string_view key, std::string_view) {
      seen.emplace_back(key);
      return seen.size() < most;
    }));
    return seen;
  };
  using Keys = std::vector<std::string>;
  EXPECT_EQ(keys("b", "", 9), (Keys{"b\xFF\xFF", "b3", "b2", "b1", "b"}));
  EXPECT_EQ(keys("b", "b2", 9), (Keys{"b1", "b"}));
  EXPECT_EQ(keys("b", "b25", 9), (Keys{"b2", "b1", "b"}));
  EXPECT_EQ(keys("b", "c", 2), (Keys{"b\xFF\xFF", "b3"}));
  EXPECT_EQ(keys("b", "d", 2), (Keys{"b\xFF\xFF", "b3"}));  // from behind the prefix
  EXPECT_EQ(keys("b", "a", 9), Keys());
  EXPECT_EQ(keys("", "", 1), Keys{"c"});
  EXPECT_EQ(keys("x", "", 9), Keys());
}

TEST_P(StoreConformance, ScanStopsWhenTheVisitorSaysSo) {
  for (const char* key : {"a", "b", "c"}) Put(key, "");
  std::string seen;
  EXPECT_OK(store_->GetView()->Scan("", [&](std::string_view key, std::string_view) {
    seen += key;
    return key != "b";
  }));
  EXPECT_EQ(seen, "ab");
}

TEST_P(StoreConformance, AViewDoesNotChange) {
  Put("a", "1");
  Put("b", "1");
  const auto before = store_->GetView();
  WriteBatch batch;
  batch.Put("a", "2");
  batch.Delete("b");
  batch.Put("c", "2");
  ASSERT_OK(store_->Write(batch));
  for (int i = 0; i < 200; ++i) Put("filler" + std::to_string(i), std::string(4096, 'f'));
  EXPECT_EQ(AllRows(*before), (KeyValues{{"a", "1"}, {"b", "1"}}));
  EXPECT_EQ(*before->Get("b"), "1");
  EXPECT_EQ(*before->Get("c"), std::nullopt);
  EXPECT_EQ(Get("a"), "2");
  EXPECT_EQ(Get("b"), std::nullopt);
}

TEST_P(StoreConformance, BytesGrowWithWhatIsStored) {
  const uint64_t before = store_->ApproximateBytes();
  Random random(1);
  for (int i = 0; i < 20; ++i) Put(std::to_string(i), testing::RandomBytes(random, 10'000));
  EXPECT_GE(store_->ApproximateBytes(), before + 150'000);
}

TEST_P(StoreConformance, AgreesWithAMapUnderRandomBatches) {
  Random random(7);
  const auto key = [&] { return "k" + std::to_string(random.Below(300)); };
  std::map<std::string, std::string> expected;
  std::vector<std::pair<std::shared_ptr<const StoreView>, KeyValues>> views;
  for (int round = 0; round < 250; ++round) {
    WriteBatch batch;
    for (uint64_t i = random.Below(8); i > 0; --i) {
      const uint64_t dice = random.Below(20);
      if (dice == 0) {
        std::string begin = key();
        std::string end = key();
        if (begin < end) expected.erase(expected.lower_bound(begin), expected.lower_bound(end));
        batch.DeleteRange(std::move(begin), std::move(end));
      } else if (dice < 6) {
        std::string gone = key();
        expected.erase(gone);
        batch.Delete(std::move(gone));
      } else {
        std::string put = key();
        std::string value(random.Below(2000), static_cast<char>('a' + round % 26));
        expected[put] = value;
        batch.Put(std::move(put), std::move(value));
      }
    }
    ASSERT_OK(store_->Write(batch));
    if (round % 25 == 0) {
      views.emplace_back(store_->GetView(), KeyValues(expected.begin(), expected.end()));
    }
  }
  views.emplace_back(store_->GetView(), KeyValues(expected.begin(), expected.end()));
  for (const auto& [view, rows] : views) EXPECT_EQ(AllRows(*view), rows);
  EXPECT_OK(store_->VerifyChecksums());
}

TEST_P(StoreConformance, ReadersSeeWholeBatchesWhileWritersWrite) {
  constexpr int kWriters = 2;
  constexpr int kRounds = 60;
  std::atomic<bool> done = false;
  std::vector<std::thread> threads;
  for (int reader = 0; reader < 2; ++reader) {
    threads.emplace_back([&] {
      while (!done) {
        std::map<char, std::string> first;  // by writer
        const auto view = store_->GetView();
        for (const auto& [key, value] : AllRows(*view)) {
          const auto [entry, fresh] = first.try_emplace(key[0], value);
          EXPECT_EQ(entry->second, value) << "half a batch is visible";
        }
      }
    });
  }
  std::vector<std::thread> writers;
  for (int writer = 0; writer < kWriters; ++writer) {
    writers.emplace_back([&, writer] {
      for (int round = 0; round < kRounds; ++round) {
        WriteBatch batch;
        for (int i = 0; i < 5; ++i) {
          batch.Put(std::string(1, static_cast<char>('a' + writer)) + std::to_string(i),
                    std::to_string(round));
        }
        EXPECT_OK(store_->Write(batch));
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  done = true;
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(AllRows(*store_->GetView()).size(), 10u);
}

TEST_P(StoreConformance, ACheckpointIsAStoreOfItsOwn) {
  WriteBatch batch;
  for (int i = 0; i < 3000; ++i) batch.Put("k" + std::to_string(i), std::string(100, 'v'));
  ASSERT_OK(store_->Write(batch));
  const KeyValues expected = AllRows(*store_->GetView());
  const std::string copy = directory_.path() + "/copy";
  ASSERT_OK(store_->Checkpoint(copy));
  Put("later", "x");
  for (const bool read_only : {true, false}) {
    ASSERT_OK_AND_ASSIGN(const auto opened, OpenRocksStore(copy, {.read_only = read_only}));
    EXPECT_EQ(AllRows(*opened->GetView()), expected);
    EXPECT_OK(opened->VerifyChecksums());
    if (read_only) continue;
    WriteBatch more;
    more.Put("own", "y");
    EXPECT_OK(opened->Write(more));
  }
  EXPECT_EQ(AllRows(*store_->GetView()).size(), expected.size() + 1);
  EXPECT_FALSE(store_->Checkpoint(copy).ok());  // it is there
}

TEST_P(StoreConformance, CompactionKeepsWhatIsThere) {
  for (int round = 0; round < 5; ++round) {
    WriteBatch batch;
    for (int i = 0; i < 2000; ++i) {
      batch.Put("k" + std::to_string(i), std::string(100, static_cast<char>('a' + round)));
    }
    ASSERT_OK(store_->Write(batch));
  }
  WriteBatch removal;
  removal.DeleteRange("k1", "k2");
  ASSERT_OK(store_->Write(removal));
  const KeyValues expected = AllRows(*store_->GetView());
  EXPECT_EQ(expected.size(), 889u);  // k0, k2.. to k9..
  ASSERT_OK(store_->Compact("k5", "k6", CallContext()));
  EXPECT_EQ(AllRows(*store_->GetView()), expected);
  ASSERT_OK(store_->Compact("", "", CallContext()));
  EXPECT_EQ(AllRows(*store_->GetView()), expected);
  CallContext given_up;
  given_up.cancel.Cancel();
  EXPECT_EQ(store_->Compact("", "", given_up).code(), Code::kCancelled);
}

TEST_P(StoreConformance, BytesOfARangeAreAboutWhatStandsThere) {
  Random random(3);
  WriteBatch batch;
  for (int i = 0; i < 1000; ++i) {
    std::string value;
    for (int byte = 0; byte < 1000; ++byte) value += static_cast<char>(random.Below(256));
    batch.Put((i < 250 ? "a" : "b") + std::to_string(1000 + i), value);
  }
  ASSERT_OK(store_->Write(batch));
  ASSERT_OK(store_->Compact("", "", CallContext()));
  const uint64_t a = store_->ApproximateBytes("a", "b");
  const uint64_t b = store_->ApproximateBytes("b", "c");
  EXPECT_NEAR(static_cast<double>(a), 250e3, 50e3);
  EXPECT_NEAR(static_cast<double>(b), 750e3, 100e3);
  EXPECT_EQ(store_->ApproximateBytes("c", "d"), 0u);
  EXPECT_EQ(store_->ApproximateBytes("b", "a"), 0u);
}

// The wrapper that crash tests put around a Store.
TEST_P(StoreConformance, FaultStoreFailsTheWriteItWasToldTo) {
  testing::FaultStore faulty(*store_);
  const auto put = [&](const std::string& key) {
    WriteBatch batch;
    batch.Put(key, "");
    return faulty.Write(batch);
  };
  EXPECT_OK(put("1"));
  faulty.FailWrite(2, testing::FaultStore::When::kBefore);
  EXPECT_OK(put("2"));
  EXPECT_FALSE(faulty.failed());
  EXPECT_EQ(put("3"), UnavailableError("injected fault"));
  EXPECT_TRUE(faulty.failed());
  EXPECT_EQ(put("4").code(), Code::kUnavailable);
  faulty.Heal();
  EXPECT_OK(put("5"));
  faulty.FailWriteOnce(1, testing::FaultStore::When::kAfter, ResourceExhaustedError("disk full"));
  EXPECT_EQ(put("6").code(), Code::kResourceExhausted);
  EXPECT_OK(put("7"));
  faulty.FailWrite(1, testing::FaultStore::When::kAfter);
  EXPECT_FALSE(put("8").ok());
  EXPECT_FALSE(put("9").ok());
  std::string keys;
  for (const auto& [key, value] : AllRows(*faulty.GetView())) keys += key;
  EXPECT_EQ(keys, "125678");
  EXPECT_EQ(faulty.writes(), 9u);
}

}  // namespace
}  // namespace quarry::index
