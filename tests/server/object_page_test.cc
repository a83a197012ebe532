#include "server/object_page.h"

#include "tests/testing/counted_store.h"
#include "tests/testing/memory_store.h"
#include "tests/testing/test_environment.h"

namespace quarry::server {
namespace {

TEST(ObjectPage, ReadsNoMoreThanItShowsAndOneMore) {
  const auto memory = testing::NewMemoryStore();
  testing::CountedStore store(*memory);
  index::ObjectTable objects(store);
  for (int i = 0; i < 1000; ++i) {
    ASSERT_OK(objects.Put({index::ObjectKind::kFile, std::to_string(i)}, i % 2 == 0 ? "a" : "b"));
  }
  DamagedRecords damaged;
  const auto read = [&](uint32_t limit, const std::string& of) {
    store.TakeCounts();
    const auto is_of = [&](const index::Object& object) -> Result<bool> {
      return of.empty() || object.value == of;
    };
    const index::ObjectPage page =
        ListWhere(objects, index::ObjectKind::kFile, "", {.limit = limit}, damaged, is_of).value();
    EXPECT_EQ(page.objects.size(), limit);
    EXPECT_TRUE(page.has_more);
    return store.TakeCounts().keys;
  };
  EXPECT_LE(read(1, ""), 3u);
  EXPECT_LE(read(20, ""), 22u);
  EXPECT_LE(read(300, ""), 600u);
  EXPECT_LE(read(20, "b"), 300u);  // what is passed over is read in larger pieces
}

}  // namespace
}  // namespace quarry::server
