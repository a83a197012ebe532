// What belongs to no collection.

#include "index/object_table.h"

#include <set>
#include <string>
#include <thread>

#include "tests/index/index_testing.h"
#include "tests/testing/counted_store.h"
#include "tests/testing/memory_store.h"

namespace quarry::index {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class ObjectTableTest : public IndexTest {
 protected:
  void SetUp() override { ASSERT_OK(Open()); }
  ObjectTable& Objects() { return index_->objects(); }

  std::vector<std::string> Ids(ObjectListing listing = {}, std::string_view scope = "") {
    const auto page = Objects().List(ObjectKind::kFile, scope, listing);
    EXPECT_OK(page.status());
    std::vector<std::string> ids;
    for (const Object& object : page->objects) ids.push_back(object.id);
    if (page->has_more) ids.push_back("...");
    return ids;
  }
  std::string Value(const ObjectName& name) {
    const auto object = Objects().Get(name).value();
    return object ? object->value : "(none)";
  }
  std::vector<std::string> Problems() { return index_->VerifyStore(CallContext()).value(); }
};

TEST_F(ObjectTableTest, ListsInTheOrderOfMakingBothWaysByPages) {
  for (const char* id : {"c", "a", "d", "b"}) {
    ASSERT_OK(Objects().Put({ObjectKind::kFile, id}, id));
  }
  ASSERT_OK(Objects().Put({ObjectKind::kFile, "a"}, "changed"));  // keeps its place
  ASSERT_OK(Objects().Put({ObjectKind::kRun, "x"}, ""));          // another kind
  EXPECT_THAT(Ids(), ElementsAre("c", "a", "d", "b"));
  EXPECT_THAT(Ids({.newest_first = true}), ElementsAre("b", "d", "a", "c"));
  EXPECT_THAT(Ids({.limit = 2}), ElementsAre("c", "a", "..."));
  EXPECT_THAT(Ids({.after = "a", .limit = 2}), ElementsAre("d", "b"));
  EXPECT_THAT(Ids({.after = "d", .limit = 1, .newest_first = true}), ElementsAre("a", "..."));
  EXPECT_THAT(Ids({.before = "d"}), ElementsAre("c", "a"));
  const auto unknown = Objects().List(ObjectKind::kFile, "", {.after = "ghost"});
  EXPECT_EQ(unknown.status().code(), Code::kNotFound);
  EXPECT_THAT(unknown.status().message(), HasSubstr("object \"ghost\" does not exist"));
}

TEST_F(ObjectTableTest, PartsAndScopesGoWithWhatTheyBelongTo) {
  const ObjectName run{ObjectKind::kRun, "r"};
  ObjectBatch batch;
  batch.Put(run, "head");
  batch.PutPart(run, 2, "two");
  batch.PutPart(run, 1, "one");
  batch.Put({ObjectKind::kFile, "f", "store-1"}, "1");
  batch.Put({ObjectKind::kFile, "f", "store-2"}, "2");
  batch.Put({ObjectKind::kFile, "f", "store"}, "3");
  ASSERT_OK(Objects().Write(batch));
  EXPECT_THAT(Ids({}, "store-1"), ElementsAre("f"));
  EXPECT_EQ(Value({ObjectKind::kFile, "f", "store-2"}), "2");

  std::string seen;
  ASSERT_OK(Objects().ForEachPart(run, 0, [&](uint32_t part, std::string_view bytes) {
    seen += std::to_string(part) + std::string(bytes);
    return true;
  }));
  EXPECT_EQ(seen, "1one2two");
  EXPECT_EQ(Objects().GetPart(run, 2).value(), "two");
  EXPECT_THAT(Problems(), IsEmpty());

  ObjectBatch gone;
  gone.Delete(run);
  gone.DeleteScope(ObjectKind::kFile, "store-1");
  gone.Put({ObjectKind::kFile, "g", "store-1"}, "anew");
  ASSERT_OK(Objects().Write(gone));
  EXPECT_EQ(Objects().GetPart(run, 2).value(), std::nullopt);
  EXPECT_THAT(Ids({}, "store-1"), ElementsAre("g"));
  EXPECT_THAT(Ids({}, "store-2"), ElementsAre("f"));
  EXPECT_EQ(Value(run), "(none)");
  EXPECT_THAT(Problems(), IsEmpty());
}

// Four objects with twenty parts of a thousand bytes each, between some that have none.
TEST(ObjectListing, DoesNotReadTheParts) {
  const auto memory = testing::NewMemoryStore();
  testing::CountedStore store(*memory);
  ObjectTable objects(store);
  std::vector<std::string> all;
  for (int i = 0; i < 8; ++i) {
    const ObjectName name{ObjectKind::kFile, std::to_string(i)};
    ObjectBatch batch;
    batch.Put(name, "");
    for (uint32_t part = 1; i % 2 == 0 && part <= 20; ++part) {
      batch.PutPart(name, part, std::string(1000, 'x'));
    }
    ASSERT_OK(objects.Write(batch));
    all.push_back(name.id);
  }
  const auto listed = [&](const ObjectListing& listing) {
    std::vector<std::string> ids;
    const ObjectPage page = objects.List(ObjectKind::kFile, "", listing).value();
    for (const Object& object : page.objects) ids.push_back(object.id);
    return ids;
  };
  store.TakeCounts();
  EXPECT_EQ(listed({}), all);
  EXPECT_LE(store.TakeCounts().bytes, 4'000u + 400u);
  EXPECT_THAT(listed({.limit = 3, .newest_first = true}), ElementsAre("7", "6", "5"));
  EXPECT_LE(store.TakeCounts().bytes, 2'000u + 200u);
  EXPECT_THAT(listed({.after = "6", .newest_first = true}),
              ElementsAre("5", "4", "3", "2", "1", "0"));
  EXPECT_THAT(listed({.after = "2", .before = "5"}), ElementsAre("3", "4"));
  store.TakeCounts();
  std::vector<std::string> seen;
  ASSERT_OK(objects.ForEach(ObjectKind::kFile, [&](const Object& object) {
    seen.push_back(object.id);
    return true;
  }));
  EXPECT_EQ(seen, all);
  EXPECT_LE(store.TakeCounts().bytes, 4'000u + 400u);
}

TEST_F(ObjectTableTest, ABatchIsAllOrNothingAndSurvivesARestart) {
  ObjectBatch batch;
  batch.Put({ObjectKind::kFile, "a"}, "1");
  batch.PutPart({ObjectKind::kFile, "ghost"}, 1, "x");
  const Status failed = Objects().Write(batch);
  EXPECT_EQ(failed.code(), Code::kNotFound);
  EXPECT_THAT(failed.message(), HasSubstr("object \"ghost\" does not exist"));
  EXPECT_THAT(Ids(), IsEmpty());

  ASSERT_OK(Objects().Put({ObjectKind::kFile, std::string("n\0l", 3), "s\xFFt"}, "kept"));
  ASSERT_OK(Open());
  EXPECT_EQ(Value({ObjectKind::kFile, std::string("n\0l", 3), "s\xFFt"}), "kept");
  ASSERT_OK(Objects().Put({ObjectKind::kFile, "later"}, ""));
  EXPECT_THAT(Problems(), IsEmpty());

  IndexOptions reading;
  reading.read_only = true;
  ASSERT_OK(Open(reading));
  EXPECT_EQ(Objects().Put({ObjectKind::kFile, "no"}, "").code(), Code::kFailedPrecondition);
  EXPECT_THAT(Ids(), ElementsAre("later"));
}

TEST_F(ObjectTableTest, CreateAndUpdateSayWhatIsThere) {
  ASSERT_OK(Objects().Create({ObjectKind::kFile, "a"}, "1"));
  EXPECT_EQ(Objects().Create({ObjectKind::kFile, "a"}, "2").code(), Code::kAlreadyExists);
  ASSERT_OK(Objects().Update({ObjectKind::kFile, "a"}, [](const std::string& value) {
    return Result<std::string>(value + "+");
  }));
  EXPECT_EQ(Value({ObjectKind::kFile, "a"}), "1+");
  const auto refuse = [](const std::string&) -> Result<std::string> {
    return InvalidArgumentError("no");
  };
  EXPECT_EQ(Objects().Update({ObjectKind::kFile, "a"}, refuse).message(), "no");
  EXPECT_EQ(Objects().Update({ObjectKind::kFile, "b"}, refuse).code(), Code::kNotFound);
  EXPECT_EQ(Value({ObjectKind::kFile, "a"}), "1+");

  EXPECT_THAT(Objects().Put({ObjectKind::kFile, ""}, "").message(), HasSubstr("expected 1 to 512"));
  EXPECT_THAT(
      Objects().Put({ObjectKind::kFile, "b"}, std::string(kMaxObjectBytes + 1, 'x')).message(),
      HasSubstr("expected at most 4194304"));
}

TEST_F(ObjectTableTest, WhatIsNotThereHasNoParts) {
  const ObjectName file{ObjectKind::kFile, "a"};
  ASSERT_OK(Objects().Put(file, "1"));
  EXPECT_EQ(Objects().GetPart(file, 0).value(), std::nullopt) << "the record is no part";
  const auto fail = [](uint32_t, std::string_view) {
    ADD_FAILURE();
    return true;
  };
  EXPECT_OK(Objects().ForEachPart({ObjectKind::kFile, "ghost"}, 0, fail));
  EXPECT_OK(Objects().ForEachPart(file, 0, fail));
  EXPECT_THAT(Objects().Put({ObjectKind::kFile, std::string(513, 'i')}, "").message(),
              HasSubstr("an id of 513 bytes: expected 1 to 512"));
}

// What a batch puts before it empties a scope goes; what it puts there later, and elsewhere, stays.
TEST_F(ObjectTableTest, ABatchEmptiesAScopeOfWhatItPutThere) {
  ObjectBatch batch;
  batch.Put({ObjectKind::kFile, "a", "s"}, "before");
  batch.Put({ObjectKind::kFile, "a", "t"}, "elsewhere");
  batch.Put({ObjectKind::kRun, "a", "s"}, "of another kind");
  batch.DeleteScope(ObjectKind::kFile, "s");
  batch.Put({ObjectKind::kFile, "b", "s"}, "after");
  ASSERT_OK(Objects().Write(batch));
  EXPECT_THAT(Ids({}, "s"), ElementsAre("b"));
  EXPECT_EQ(Value({ObjectKind::kFile, "a", "s"}), "(none)");
  EXPECT_EQ(Value({ObjectKind::kFile, "a", "t"}), "elsewhere");
  EXPECT_EQ(Value({ObjectKind::kRun, "a", "s"}), "of another kind");
  EXPECT_THAT(Problems(), IsEmpty());
}

TEST_F(ObjectTableTest, AnIdWithoutARecordAndAKeyThatIsCutAreDamage) {
  WriteBatch damage;
  damage.Put(ObjectIdKey(ObjectKind::kFile, "", "ghost"), EncodeInteger(5));
  damage.Put(ObjectPrefix(ObjectKind::kRun, "") + "x", "");
  ASSERT_OK(Objects().WriteWith(ObjectBatch(), std::move(damage)));
  EXPECT_EQ(Objects().Get({ObjectKind::kFile, "ghost"}).status(),
            DataLossError("object \"ghost\" has an id and no record"));
  std::vector<Status> damaged;
  const auto visit = [](const Object&) { return true; };
  const Status all = Objects().ForEach(ObjectKind::kRun, visit, &damaged);
  EXPECT_EQ(all.code(), Code::kDataLoss);
  EXPECT_EQ(Objects().List(ObjectKind::kRun, "").status().message(), all.message());
}

TEST_F(ObjectTableTest, ADamagedRecordIsNamedByItsKind) {
  const std::pair<ObjectKind, const char*> kinds[] = {
      {ObjectKind::kApiKey, "API key"},
      {ObjectKind::kFile, "file"},
      {ObjectKind::kVectorStore, "vector store"},
      {ObjectKind::kVectorStoreFile, "file of a vector store"},
      {ObjectKind::kFileBatch, "batch of files"},
      {ObjectKind::kResponse, "response"},
      {ObjectKind::kConversation, "conversation"},
      {ObjectKind::kFeedback, "feedback"},
      {ObjectKind::kAnswer, "answer"},
      {ObjectKind::kRun, "run"},
      {ObjectKind::kVerdict, "verdict"},
      {ObjectKind::kProfile, "profile"},
      {ObjectKind::kTask, "task"},
      {ObjectKind::kEmbedding, "embedding"},
      {ObjectKind::kRelayed, "relayed reply"},
      {ObjectKind::kSource, "source"},
      {ObjectKind::kWebPage, "web page"},
      {static_cast<ObjectKind>(255), "of another version"}};
  for (const auto& [kind, name] : kinds) {
    WriteBatch damage;
    damage.Put(ObjectKey(kind, "", 9, 0), "\x63");
    ASSERT_OK(Objects().WriteWith(ObjectBatch(), std::move(damage)));
    EXPECT_THAT(Objects().ForEach(kind, [](const Object&) { return true; }).message(),
                HasSubstr("object number 9 (" + std::string(name) + "): "));
  }
}

TEST_F(ObjectTableTest, WhatBelongsToACollectionGoesWithItThroughTheTable) {
  for (const char* store : {"manuals", "手册"}) {
    const ObjectName file{ObjectKind::kVectorStoreFile, "f", store};
    for (int round = 0; round < 10; ++round) {
      ASSERT_OK(index_->CreateCollection(store).status());
      ASSERT_OK(Objects().Put(file, "0"));
      const uint64_t changes = Objects().Changes(ObjectKind::kFileBatch);
      // Who counts attempts holds no writer.
      std::thread other([&] {
        const auto count = [](const std::string& value) {
          return Result<std::string>(value + "1");
        };
        while (Objects().Update(file, count).ok()) {
        }
      });
      const Status deleted = index_->DeleteCollection(store);
      other.join();
      ASSERT_OK(deleted);
      EXPECT_EQ(Value(file), "(none)");
      EXPECT_GT(Objects().Changes(ObjectKind::kFileBatch), changes);
    }
  }
  EXPECT_THAT(Problems(), IsEmpty());
}

TEST_F(ObjectTableTest, ADamagedRecordHidesNoOther) {
  for (const char* id : {"a", "b", "c", "d"}) {
    ASSERT_OK(Objects().Put({ObjectKind::kFile, id}, id));
  }
  WriteBatch damage;  // the record of "b"
  damage.Put(ObjectKey(ObjectKind::kFile, "", 2, 0), "\x63");
  ASSERT_OK(Objects().WriteWith(ObjectBatch(), std::move(damage)));
  EXPECT_THAT(Ids(), ElementsAre("a", "c", "d"));
  EXPECT_THAT(Ids({.limit = 2}), ElementsAre("a", "c", "..."));
  EXPECT_THAT(Ids({.newest_first = true}), ElementsAre("d", "c", "a"));
  ASSERT_OK_AND_ASSIGN(const ObjectPage page, Objects().List(ObjectKind::kFile, ""));
  ASSERT_EQ(page.damaged.size(), 1u);
  EXPECT_EQ(page.damaged[0].code(), Code::kDataLoss);
  EXPECT_THAT(page.damaged[0].message(), HasSubstr("object number 2 (file): object record: "));

  std::vector<std::string> ids;
  const auto visit = [&](const Object& object) {
    ids.push_back(object.id);
    return true;
  };
  std::vector<Status> damaged;
  ASSERT_OK(Objects().ForEach(ObjectKind::kFile, visit, &damaged));
  EXPECT_THAT(ids, ElementsAre("a", "c", "d"));
  ASSERT_EQ(damaged.size(), 1u);
  EXPECT_EQ(damaged[0].message(), page.damaged[0].message());
  EXPECT_EQ(Objects().ForEach(ObjectKind::kFile, visit).message(), page.damaged[0].message());
  EXPECT_THAT(Objects().Get({ObjectKind::kFile, "b"}).status().message(),
              HasSubstr("object \"b\": object record: "));

  WriteBatch scoped;
  scoped.Put(ObjectKey(ObjectKind::kVectorStoreFile, "手册", 9, 0), "\x63");
  ASSERT_OK(Objects().WriteWith(ObjectBatch(), std::move(scoped)));
  EXPECT_THAT(Objects().ForEach(ObjectKind::kVectorStoreFile, visit).message(),
              HasSubstr("object number 9 (file of a vector store, \"手册\"): object record: "));
}

TEST_F(ObjectTableTest, VerifyNamesWhatDoesNotAgree) {
  ASSERT_OK(Objects().Put({ObjectKind::kFile, "a"}, "1"));
  index_.reset();
  {
    auto store = OpenRocksStore(Directory() + "/db", {}).value();
    WriteBatch batch;
    batch.Put(ObjectKey(ObjectKind::kFile, "", 7, 3), "part of nothing");
    batch.Put(ObjectIdKey(ObjectKind::kFile, "", "ghost"), EncodeInteger(5));
    batch.Delete(ObjectIdKey(ObjectKind::kFile, "", "a"));
    ASSERT_OK(store->Write(batch));
  }
  ASSERT_OK(Open());
  EXPECT_THAT(Problems(), ElementsAre("object number 7: a part without a record",
                                      "object id \"ghost\": leads to no object of that id",
                                      "object number 1: its id leads elsewhere"));
}

TEST(NewObjectIdTest, IsOfLettersAndDigitsAndNeverTheSame) {
  std::set<std::string> ids;
  for (int i = 0; i < 1000; ++i) ids.insert(NewObjectId("file-"));
  EXPECT_EQ(ids.size(), 1000u);
  EXPECT_THAT(*ids.begin(), ::testing::MatchesRegex("file-[0-9a-z]{24}"));
}

}  // namespace
}  // namespace quarry::index
