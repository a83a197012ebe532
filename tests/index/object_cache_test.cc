// Values that can be made again, within a bound.

#include "index/object_cache.h"

#include "index/keys.h"
#include "tests/index/index_testing.h"

namespace quarry::index {
namespace {

class ObjectCacheTest : public IndexTest {
 protected:
  void SetUp() override { ASSERT_OK(Open()); }
  ObjectCache Cache(uint64_t max_bytes, bool read_only = false) {
    return {index_->objects(),
            {.kind = ObjectKind::kRelayed,
             .name = "kept replies",
             .remedy = "quarry cache clear",
             .max_bytes = max_bytes,
             .read_only = read_only},
            clock_};
  }
  std::optional<std::string> Find(ObjectCache& cache, const std::string& id) {
    const std::string ids[] = {id};
    return cache.Find("s", ids).value().at(0);
  }
  std::string Record(const std::string& id) {
    return index_->objects().Get({ObjectKind::kRelayed, id, "s"}).value().value().value;
  }
};

TEST_F(ObjectCacheTest, AReaderFindsAndChangesNothing) {
  ObjectCache writer = Cache(1000);
  ASSERT_OK(writer.Keep("s", {{"a", "一"}}));
  const std::string before = Record("a");
  clock_.Advance(std::chrono::hours(48));
  ObjectCache reader = Cache(1000, /*read_only=*/true);
  EXPECT_EQ(Find(reader, "a"), "一");
  EXPECT_EQ(Record("a"), before) << "no use is noted";
  ASSERT_OK(reader.Keep("s", {{"b", "two"}}));
  EXPECT_EQ(Find(reader, "b"), std::nullopt);
  EXPECT_EQ(Find(writer, "a"), "一");
  EXPECT_NE(Record("a"), before);
}

TEST_F(ObjectCacheTest, WithoutRoomNothingIsKept) {
  ObjectCache none = Cache(0);
  ASSERT_OK(none.Keep("s", {{"a", "one"}}));
  EXPECT_EQ(Find(none, "a"), std::nullopt);
  // Of room for less than one value nothing stays, and nothing is counted.
  ObjectCache little = Cache(5);
  ASSERT_OK(little.Keep("s", {{"a", "longer than there is room"}}));
  EXPECT_EQ(Find(little, "a"), std::nullopt);
  EXPECT_EQ(little.GetStats()->objects, 0u);
  EXPECT_EQ(little.GetStats()->bytes, 0u);
}

TEST_F(ObjectCacheTest, ADamagedCountIsSaidAndCleared) {
  ObjectCache cache = Cache(1000);
  ASSERT_OK(cache.Keep("s", {{"a", "one"}}));
  const ObjectName size{ObjectKind::kRelayed, "size"};
  const std::string whole = index_->objects().Get(size).value().value().value;
  for (const std::string& damaged :
       {std::string(), whole.substr(0, 2), whole + "x", std::string("\x02") + whole.substr(1)}) {
    ASSERT_OK(index_->objects().Put(size, damaged));
    const Status status = cache.GetStats().status();
    EXPECT_EQ(status, DataLossError("kept replies: their count is damaged; `quarry cache clear` "
                                    "removes them"));
    EXPECT_EQ(cache.Keep("s", {{"b", "two"}}), status);
  }
  ASSERT_OK(cache.Clear());
  EXPECT_EQ(cache.GetStats()->objects, 0u);
  EXPECT_EQ(Find(cache, "a"), std::nullopt);
}

TEST_F(ObjectCacheTest, DamagedRecordsDoNotKeepRoomFromBeingMade) {
  ObjectCache cache = Cache(100);
  ASSERT_OK(cache.Keep("s", {{"first", std::string(30, 'x')}}));
  ASSERT_OK(cache.Keep("s", {{"damaged", std::string(30, 'x')}}));
  ASSERT_OK(index_->objects().Put({ObjectKind::kRelayed, "damaged", "s"}, "\x63"));
  ASSERT_OK(cache.Keep("s", {{"last", std::string(30, 'x')}}));  // over the bound
  EXPECT_EQ(Find(cache, "damaged"), std::nullopt) << "the first to go";
  EXPECT_TRUE(Find(cache, "last"));
  EXPECT_LE(cache.GetStats()->bytes, 100u);
  // Of this one not even the id can be read.
  const ObjectName name{ObjectKind::kRelayed, "last", "s"};
  const uint64_t number = index_->objects().Get(name).value().value().number;
  WriteBatch damage;
  damage.Put(ObjectKey(name.kind, name.scope, number, 0), "\x63");
  ASSERT_OK(index_->objects().WriteWith(ObjectBatch(), std::move(damage)));
  ASSERT_OK(cache.Keep("s", {{"more", std::string(30, 'x')}}));
  ASSERT_OK(cache.Keep("s", {{"most", std::string(30, 'x')}}));
  EXPECT_TRUE(Find(cache, "most"));
  EXPECT_EQ(Find(cache, "first"), std::nullopt);
}

TEST_F(ObjectCacheTest, DamagedRecordsAreClearedWithTheOthers) {
  ObjectCache cache = Cache(1000);
  ASSERT_OK(cache.Keep("s", {{"a", "one"}, {"b", "二"}}));
  ASSERT_OK(cache.Keep("other", {{"c", "three"}}));
  const ObjectName other{ObjectKind::kRun, "r", "s"};
  ASSERT_OK(index_->objects().Put(other, "of another kind"));
  for (const ObjectName& name : {ObjectName{ObjectKind::kRelayed, "a", "s"},
                                 ObjectName{ObjectKind::kRelayed, "c", "other"}}) {
    const uint64_t number = index_->objects().Get(name).value().value().number;
    WriteBatch damage;
    damage.Put(ObjectKey(name.kind, name.scope, number, 0), "\x63");
    ASSERT_OK(index_->objects().WriteWith(ObjectBatch(), std::move(damage)));
    ASSERT_EQ(index_->objects().Get(name).status().code(), Code::kDataLoss);
  }
  ASSERT_OK(cache.Clear());
  EXPECT_EQ(cache.GetStats()->objects, 0u);
  for (const char* id : {"a", "b"}) EXPECT_EQ(Find(cache, id), std::nullopt);
  const std::string ids[] = {"c"};
  EXPECT_EQ(cache.Find("other", ids).value().at(0), std::nullopt);
  ASSERT_OK(cache.Keep("s", {{"a", "anew"}}));
  EXPECT_EQ(Find(cache, "a"), "anew");
  EXPECT_EQ(index_->objects().Get(other).value().value().value, "of another kind");
}

}  // namespace
}  // namespace quarry::index
