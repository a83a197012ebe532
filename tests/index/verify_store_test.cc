// What belongs to no collection, contradicting itself: what `verify` says of the store as a whole.

#include "index/derived_files.h"
#include "index/keys.h"
#include "index/object_table.h"
#include "index/verify.h"
#include "tests/index/index_testing.h"
#include "tests/testing/memory_store.h"

namespace quarry::index {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// A store with a collection, number 1, and a file with a part, object number 1.
class VerifyStoreTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_OK(DerivedFiles::Create(directory_.path(), NewStoreId()));
    derived_ = DerivedFiles::Open(directory_.path(), false).value();
  }
  std::vector<std::string> ProblemsWith(const std::string& key, const std::string& value) {
    const auto store = testing::NewMemoryStore();
    WriteBatch batch;
    batch.Put(CollectionKey(CollectionId(1)),
              EncodeCollection({.id = CollectionId(1), .name = "c"}));
    batch.Put(CollectionNameKey("c"), EncodeInteger(1));
    batch.Put(MetaKey(MetaField::kNextCollection), EncodeInteger(2));
    EXPECT_OK(store->Write(batch));
    ObjectTable objects(*store);
    EXPECT_OK(objects.Put({.kind = ObjectKind::kFile, .id = "f", .scope = "s"}, "value"));
    ObjectBatch part;
    part.PutPart({.kind = ObjectKind::kFile, .id = "f", .scope = "s"}, 1, "bytes");
    EXPECT_OK(objects.Write(part));
    if (!key.empty()) {
      WriteBatch damage;
      damage.Put(key, value);
      EXPECT_OK(store->Write(damage));
    }
    return VerifyStoreWide(*store, *derived_, CallContext()).value();
  }

  const TemporaryDirectory directory_ = testing::MakeTemporaryDirectory();
  std::unique_ptr<DerivedFiles> derived_;
};

TEST_F(VerifyStoreTest, EachContradictionIsNamed) {
  EXPECT_THAT(ProblemsWith("", ""), IsEmpty());
  struct Case {
    std::string key;
    std::string value;
    const char* problem;
  };
  const auto collection = [](uint32_t id, const char* name) {
    return EncodeCollection({.id = CollectionId(id), .name = name});
  };
  const std::string object = ObjectKey(ObjectKind::kFile, "s", 1, 0);
  const std::string id = ObjectIdKey(ObjectKind::kFile, "s", "f");
  const Case cases[] = {
      {CollectionKey(CollectionId(1)), "x", "collection: collection record: record ends early"},
      {CollectionKey(CollectionId(7)), collection(1, "c"),
       "collection \"c\": stands under another key"},
      {CollectionKey(CollectionId(7)), collection(7, "d"),
       "collection \"d\": its name leads nowhere"},
      {CollectionKey(CollectionId(7)), collection(7, "d"),
       "counter of collections: gives 2 next, number 7 is used"},
      {CollectionNameKey("c"), EncodeInteger(2),
       "collection name \"c\": leads to no collection of that name"},
      {CollectionNameKey("c"), "x", "collection name \"c\": leads to no collection of that name"},
      {MetaKey(MetaField::kNextCollection), "x", "counter of collections: integer record: "},
      {object.substr(0, object.size() - 1), "x", "objects: object key: "},
      {ObjectKey(ObjectKind::kFile, "s", 9, 1), "x", "object number 9: a part without a record"},
      {object, "x", "object number 1: object record: "},
      {ObjectIdPrefix(ObjectKind::kFile, "s").substr(0, 7), "x", "ids of objects: object id key: "},
      {ObjectIdKey(ObjectKind::kFile, "s", "g"), EncodeInteger(1),
       "object id \"g\": leads to no object of that id"},
      {id, "x", "object id \"f\": leads to no object of that id"},
      {id, EncodeInteger(2), "object number 1: its id leads elsewhere"},
      {MetaKey(MetaField::kNextObject), "x", "counter of objects: integer record: "},
      {MetaKey(MetaField::kNextObject), EncodeInteger(1),
       "counter of objects: gives 1 next, number 1 is used"},
      {"x", "x", "database: key: too short, or of another format version"},
      {ChunkKey(CollectionId(9), ChunkId(1)), "x",
       "keys of collection number 9, table 20: there is no such collection"},
  };
  for (const Case& one : cases) {
    EXPECT_THAT(ProblemsWith(one.key, one.value), Contains(HasSubstr(one.problem)));
  }
}

}  // namespace
}  // namespace quarry::index
