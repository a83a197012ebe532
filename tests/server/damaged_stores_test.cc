// Damaged records of files and vector stores: they are said and hide no others.

#include <string>

#include "server/store_file_indexer.h"
#include "server/vector_store.h"
#include "tests/server/stores_testing.h"

namespace quarry::server {
namespace {

using nlohmann::json;
using std::string;
using testing::JsonReply;
using testing::TestServer;

// A store with two files that wait, the record of one damaged.
class DamagedAttachmentTest : public StoresTest {
 protected:
  void SetUp() override {
    index::ObjectTable& objects = engine_.index->objects();
    ASSERT_OK(objects.Put(AttachedName(store_, damaged_), "{}"));
    ASSERT_OK(objects.Put(AttachedName(store_, whole_), Encode(AttachedFile{.created = 1})));
  }

  const string store_ = MakeStore();
  const string damaged_ = Upload("pump.md", kPump);
  const string whole_ = Upload("valve.txt", kValve);
};

TEST_F(DamagedAttachmentTest, KeepsNoServerFromStarting) {
  const TestServer again(engine_, {});
  EXPECT_EQ(Settled(store_, whole_).at("status"), "completed");
  EXPECT_EQ(server_.Get("/v1/vector_stores/" + store_ + "/files/" + damaged_).status, 500);
  EXPECT_EQ(server_.Get("/v1/vector_stores/" + store_ + "/files").json.at("data").size(), 1u);
  // Nor the store that it is attached to from being shown.
  const json shown = server_.Get("/v1/vector_stores/" + store_).json;
  EXPECT_EQ(shown.at("file_counts").at("completed"), 1) << shown;
}

TEST_F(DamagedAttachmentTest, IsLoggedOnceAndNotTriedAgain) {
  MetricsRegistry metrics;
  ::testing::internal::CaptureStderr();
  StoreFileIndexer indexer(testing::ServicesOf(engine_, metrics));
  indexer.Notice(store_, damaged_);
  indexer.Notice(store_, whole_);  // the next of the same store
  EXPECT_EQ(Settled(store_, whole_).at("status"), "completed");
  const string log = ::testing::internal::GetCapturedStderr();
  EXPECT_EQ(indexer.TroubleOf(store_, damaged_), "");
  const size_t told = log.find("file " + damaged_ + " of vector store " + store_ + ": ");
  ASSERT_NE(told, string::npos) << log;
  EXPECT_EQ(log.find(damaged_ + " of vector store", told + damaged_.size()), string::npos) << log;
  EXPECT_EQ(log.find("tried again"), string::npos) << log;
}

TEST_F(StoresTest, ADamagedAttachmentIsToldOfEachStore) {
  const string file = Upload("pump.md", kPump);
  const string first = MakeStore();
  const string second = MakeStore();
  ::testing::internal::CaptureStderr();
  for (const string& store : {first, second}) {
    ASSERT_OK(engine_.index->objects().Put(AttachedName(store, file), "{}"));
    EXPECT_EQ(server_.Get("/v1/vector_stores/" + store + "/files").status, 200);
  }
  const string log = ::testing::internal::GetCapturedStderr();
  for (const string& store : {first, second}) {
    const string named = "file \"" + file + "\" of vector store \"" + store + "\": ";
    EXPECT_NE(log.find(named), string::npos) << log;
    const JsonReply reply = server_.Get("/v1/vector_stores/" + store + "/files/" + file);
    EXPECT_EQ(reply.Message().substr(0, named.size()), named);
  }
}

TEST(DamagedCollectionTest, HidesNoOther) {
  testing::TestEngine engine;
  engine.Add({testing::TextDocument("pump.md", "Pump", "The red pump delivers ten litres.")});
  ASSERT_OK_AND_ASSIGN(const CollectionId broken, engine.index->CreateCollection("broken"));
  testing::DamageCollection(*engine.index, broken);
  const TestServer server(engine, {});
  for (const char* path : {"/api/v1/collections", "/api/v1/stats"}) {
    const JsonReply reply = server.Get(path);
    ASSERT_EQ(reply.status, 200) << reply.http.body;
    const json& collections = reply.json.at("collections");
    ASSERT_EQ(collections.size(), 2u);
    EXPECT_EQ(collections[0].at("name"), "broken");
    EXPECT_THAT(collections[0].at("error"), ::testing::HasSubstr("collection \"broken\": "));
    EXPECT_EQ(collections[0].size(), 2u);
    EXPECT_EQ(collections[1].at("name"), "default");
    EXPECT_EQ(collections[1].at("documents"), 1);
  }
  EXPECT_EQ(server.Get("/api/v1/documents?collection=broken").status, 500);
}

// Anybody may ask for it; the message of what is damaged may name a document.
TEST(DamagedCollectionTest, ReadinessDoesNotSayWhatIsDamaged) {
  testing::TestEngine engine;
  ASSERT_OK_AND_ASSIGN(const CollectionId broken, engine.index->CreateCollection("broken"));
  testing::DamageCollection(*engine.index, broken);
  const TestServer server(engine, {.default_collection = "broken"});
  const JsonReply reply = server.Get("/readyz");
  EXPECT_EQ(reply.status, 503);
  EXPECT_EQ(reply.json.at("reason"),
            "collection \"broken\" cannot be loaded; GET /api/v1/collections says why");
}

TEST_F(StoresTest, ADamagedRecordIsSaid) {
  const string file = Upload("pump.md", kPump);
  ASSERT_OK(engine_.index->objects().Put({.kind = index::ObjectKind::kFile, .id = file},
                                         R"({"version":1,"filename":"x"})"));
  const JsonReply reply = server_.Get("/v1/files/" + file);
  EXPECT_EQ(reply.status, 500);
  EXPECT_EQ(reply.Message(), "file \"" + file + "\": purpose: is missing");
  // It hides no other.
  const string other = Upload("valve.txt", kValve);
  const json page = server_.Get("/v1/files").json;
  ASSERT_EQ(page.at("data").size(), 1u) << page;
  EXPECT_EQ(page.at("data").at(0).at("id"), other);
}

TEST_F(StoresTest, ARecordOfWhichNotEvenTheIdIsReadHidesNoOtherAndIsLoggedOnce) {
  const string damaged = Upload("pump.md", kPump);
  const string file = Upload("valve.txt", kValve);
  const string store = MakeStore();
  index::ObjectTable& objects = engine_.index->objects();
  ASSERT_OK(objects.Put(AttachedName(store, damaged), Encode(AttachedFile{.created = 1})));
  ASSERT_OK(objects.Put(AttachedName(store, file), Encode(AttachedFile{.created = 1})));
  testing::DamageRecord(objects, {.kind = index::ObjectKind::kFile, .id = damaged});
  testing::DamageRecord(objects, AttachedName(store, damaged));
  ::testing::internal::CaptureStderr();
  for (int i = 0; i < 2; ++i) {
    for (const string& path : {string("/v1/files"), "/v1/vector_stores/" + store + "/files"}) {
      const json page = server_.Get(path).json;
      ASSERT_EQ(page.at("data").size(), 1u) << page;
      EXPECT_EQ(page.at("data").at(0).at("id"), file);
    }
  }
  const string log = ::testing::internal::GetCapturedStderr();
  size_t told = 0;
  for (size_t at = 0; (at = log.find("left out of lists: ", at)) != string::npos; ++at) ++told;
  EXPECT_EQ(told, 2u) << log;
  EXPECT_EQ(server_.Get("/v1/files/" + damaged).status, 500);
  // Nor does that of a store.
  testing::DamageRecord(objects,
                        {.kind = index::ObjectKind::kVectorStore, .id = store, .scope = store});
  const string other = MakeStore();
  EXPECT_EQ(Ids(server_.Get("/v1/vector_stores")).at(0), other);
  EXPECT_EQ(server_.Get("/v1/vector_stores/" + store).status, 500);
  // It keeps no server from starting, and no other from being deleted.
  const TestServer again(engine_, {});
  EXPECT_EQ(again.Delete("/v1/files/" + file).status, 200);
}

}  // namespace
}  // namespace quarry::server
