// Stored answers and the chunks that they rest on.

#include "index/cache_table.h"

#include "index/keys.h"
#include "tests/index/index_testing.h"

namespace quarry::index {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class CacheTableTest : public IndexTest {
 protected:
  void SetUp() override {
    ASSERT_OK(Open());
    Put({MakeDraft("a", {"a one", "a two"}), MakeDraft("b", {"b one"})});
  }
  CacheTable Cache() { return index_->OpenCache(TestCollection()).value(); }
  std::vector<ChunkId> ChunksOf(const DocumentId& id) {
    return TestSnapshot()->ReadDocument(id)->chunks;
  }
  StoredCacheEntry Entry(uint64_t id, std::vector<ChunkId> chunks) {
    StoredCacheEntry entry;
    entry.id = CacheEntryId(id);
    entry.scope = "everyone";
    entry.question = "What?";
    entry.form = "what";
    entry.commit = TestSnapshot()->commit();
    entry.chunks = std::move(chunks);
    entry.answer = "bytes";
    entry.vector = {0.5f, -1.0f};
    return entry;
  }
  std::vector<uint64_t> Ids() {
    std::vector<uint64_t> ids;
    EXPECT_OK(Cache().ForEach([&](const StoredCacheEntry& entry) {
      ids.push_back(entry.id.value);
      return true;
    }));
    return ids;
  }
  // Of all tables of the cache but for what was tuned.
  size_t Rows() {
    size_t rows = 0;
    const auto view = index_->GetSnapshot(TestCollection()).value();
    for (const Table table : {Table::kCacheEntry, Table::kCacheQuestion, Table::kCacheEntryChunk,
                              Table::kChunkCacheEntry}) {
      EXPECT_OK(view->view().Scan(TablePrefix(TestCollection(), table),
                                  [&](std::string_view, std::string_view) { return ++rows > 0; }));
    }
    return rows;
  }
};

TEST_F(CacheTableTest, EntriesAreFoundByScopeAndQuestionAndSurviveARestart) {
  StoredCacheEntry entry = Entry(7, ChunksOf("a"));
  ASSERT_TRUE(*Cache().Add(entry));
  ASSERT_OK(Open());
  EXPECT_THAT(*Cache().Find(entry.scope_hash(), entry.form_hash()), ElementsAre(entry));
  EXPECT_THAT(*Cache().FindScope(entry.scope_hash()), ElementsAre(entry));
  EXPECT_THAT(*Cache().Find(entry.scope_hash() + 1, entry.form_hash()), IsEmpty());
  EXPECT_THAT(*Cache().Find(entry.scope_hash(), entry.form_hash() + 1), IsEmpty());
  EXPECT_EQ(**Cache().Get(CacheEntryId(7)), entry);
  entry.hits = 3;
  const StoredCacheEntry entries[] = {entry, Entry(8, {})};
  ASSERT_OK(Cache().Update(entries));
  EXPECT_EQ((**Cache().Get(CacheEntryId(7))).hits, 3u);
  EXPECT_FALSE(*Cache().Contains(CacheEntryId(8)));  // was not there, and is not made
}

TEST_F(CacheTableTest, TheBatchThatChangesADocumentTakesWhatRestsOnIt) {
  ASSERT_TRUE(*Cache().Add(Entry(1, ChunksOf("a"))));
  ASSERT_TRUE(*Cache().Add(Entry(2, ChunksOf("b"))));
  ASSERT_TRUE(*Cache().Add(Entry(3, {ChunksOf("a")[1], ChunksOf("b")[0]})));
  Put({MakeDraft("c", {"c one"})});
  EXPECT_THAT(Ids(), ElementsAre(1, 2, 3));
  ExpectVerified();
  // "a two" stays as it is, and stands elsewhere.
  Put({MakeDraft("a", {"a one, with more words", "a two"})});
  EXPECT_THAT(Ids(), ElementsAre(2));
  EXPECT_EQ(Rows(), 4u);
  ExpectVerified();
  Delete("b");
  EXPECT_THAT(Ids(), IsEmpty());
  EXPECT_EQ(Rows(), 0u);
  ExpectVerified();
}

TEST_F(CacheTableTest, NewMetadataAndAccessOfADocumentTakeWhatRestsOnIt) {
  ASSERT_TRUE(*Cache().Add(Entry(1, ChunksOf("b"))));
  Put({MakeDraft("b", {"b one"}, {}, {"ann"})});
  EXPECT_THAT(Ids(), IsEmpty());
}

TEST_F(CacheTableTest, AnEntryOfBeforeAChangeIsNotAdded) {
  const StoredCacheEntry late = Entry(1, ChunksOf("a"));
  const StoredCacheEntry other = Entry(2, ChunksOf("b"));
  Put({MakeDraft("a", {"a one", "a two and more"})});
  EXPECT_FALSE(*Cache().Add(late));
  EXPECT_TRUE(*Cache().Add(other));
  Delete("b");
  EXPECT_FALSE(*Cache().Add(other));
  EXPECT_THAT(Ids(), IsEmpty());
}

TEST_F(CacheTableTest, EntriesAreRemovedAndClearedWithAllTheirRows) {
  ASSERT_TRUE(*Cache().Add(Entry(1, ChunksOf("a"))));
  ASSERT_TRUE(*Cache().Add(Entry(2, ChunksOf("a"))));
  ASSERT_TRUE(*Cache().Add(Entry(1, ChunksOf("b"))));  // replaces
  ASSERT_OK(Cache().SetTuning("found"));
  const CacheEntryId ids[] = {CacheEntryId(2), CacheEntryId(9)};
  ASSERT_OK(Cache().Remove(ids));
  EXPECT_THAT(Ids(), ElementsAre(1));
  Put({MakeDraft("c", {"c one"})});
  EXPECT_EQ(Rows(), 4u);
  ExpectVerified();
  ASSERT_OK(Cache().Clear());
  EXPECT_THAT(Ids(), IsEmpty());
  Put({MakeDraft("d", {"d one"})});
  EXPECT_EQ(Rows(), 0u);
  EXPECT_EQ(*Cache().Tuning(), "found");
}

TEST_F(CacheTableTest, AReadOnlyStoreIsReadAndNotWritten) {
  ASSERT_TRUE(*Cache().Add(Entry(1, ChunksOf("a"))));
  IndexOptions options;
  options.read_only = true;
  ASSERT_OK(Open(options));
  EXPECT_THAT(Ids(), ElementsAre(1));
  EXPECT_EQ(Cache().Add(Entry(2, ChunksOf("a"))).status().code(), Code::kFailedPrecondition);
  EXPECT_EQ(Cache().Clear().code(), Code::kFailedPrecondition);
}

TEST_F(CacheTableTest, ADeletedCollectionTakesNothingIn) {
  CacheTable cache = Cache();
  const StoredCacheEntry entry = Entry(1, ChunksOf("a"));
  ASSERT_OK(index_->DeleteCollection("c"));
  EXPECT_FALSE(*cache.Add(entry));
  EXPECT_EQ(cache.SetTuning("x").code(), Code::kNotFound);
}

TEST_F(CacheTableTest, DamagedRecordsAreTold) {
  const std::string bytes = EncodeCacheEntry(Entry(1, ChunksOf("a")));
  EXPECT_EQ(*DecodeCacheEntry(bytes), Entry(1, ChunksOf("a")));
  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_EQ(DecodeCacheEntry(bytes.substr(0, size)).status().code(), Code::kDataLoss);
  }
  EXPECT_THAT(DecodeCacheEntry("\x02" + bytes.substr(1)).status().message(),
              HasSubstr("cache entry record: version 2, this program reads version 1"));
}

}  // namespace
}  // namespace quarry::index
