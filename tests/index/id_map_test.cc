#include "index/id_map.h"

#include <map>

#include "base/random.h"
#include "tests/testing/test_environment.h"

namespace quarry::index {
namespace {

TEST(IdMapTest, IsTheMap) {
  Random random(8);
  IdMap map;
  std::map<uint64_t, uint32_t> expected;
  for (int round = 0; round < 200; ++round) {
    const IdMap before = map;
    const std::map<uint64_t, uint32_t> expected_before = expected;
    std::vector<IdMap::Entry> entries;
    for (uint64_t i = random.Below(20); i > 0; --i) {
      entries.push_back({random.Below(500), static_cast<uint32_t>(random.Next())});
      expected[entries.back().id] = entries.back().value;
    }
    map.Put(entries);
    for (uint64_t id = 0; id < 500; id += 7) {
      const auto at = expected.find(id);
      ASSERT_EQ(map.Find(id), at == expected.end() ? std::nullopt : std::optional(at->second));
      const auto old = expected_before.find(id);
      ASSERT_EQ(before.Find(id),
                old == expected_before.end() ? std::nullopt : std::optional(old->second));
    }
  }
  std::map<uint64_t, uint32_t> all;
  for (const IdMap::Entry& entry : map.Entries()) all.emplace(entry.id, entry.value);
  EXPECT_EQ(all, expected);
  EXPECT_EQ(map.Entries().size(), expected.size());
}

TEST(IdMapTest, GoesOnFromBytes) {
  const auto entries = std::make_shared<std::vector<IdMap::Entry>>();
  for (uint32_t i = 0; i < 100; ++i) entries->push_back({uint64_t{i} * 3, i});
  IdMap map = IdMap::FromBytes(
      {reinterpret_cast<const char*>(entries->data()), entries->size() * sizeof(IdMap::Entry)},
      entries);
  EXPECT_EQ(map.Find(297), 99u);
  EXPECT_EQ(map.Find(298), std::nullopt);
  map.Put({{297, 7}, {298, 8}});
  EXPECT_EQ(map.Find(297), 7u);
  EXPECT_EQ(map.Find(298), 8u);
  EXPECT_EQ(map.Find(0), 0u);
  EXPECT_EQ(IdMap::FromBytes(std::string_view("12345678").substr(1, 0), nullptr).Find(1),
            std::nullopt)
      << "of nothing, wherever it begins";
}

}  // namespace
}  // namespace quarry::index
