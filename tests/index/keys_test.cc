#include "index/keys.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "base/hex.h"
#include "base/random.h"
#include "tests/testing/memory_store.h"
#include "tests/testing/test_environment.h"

namespace quarry::index {
namespace {

constexpr CollectionId kCollection(0x01020304);
constexpr double kInfinity = std::numeric_limits<double>::infinity();

std::string ValueKey(const MetadataValue& value) {
  return MetadataIndexValuePrefix(kCollection, "f", value);
}

// These bytes are on disk: a change of any is a new format version.
TEST(Keys, HaveTheBytesOfFormatOne) {
  const CollectionId c = kCollection;
  EXPECT_EQ(ToHex(CollectionPrefix(c)), "0101020304");
  EXPECT_EQ(ToHex(MetaKey(MetaField::kNextCollection)), "01000000000103");
  EXPECT_EQ(ToHex(CollectionKey(c)), "01000000000201020304");
  EXPECT_EQ(ToHex(CollectionNameKey("ab")), "0100000000036162");
  EXPECT_EQ(ToHex(CounterKey(c, Counter::kNextChunk)), "01010203041002");
  EXPECT_EQ(ToHex(DocumentByExternalIdKey(c, "a/b")), "010102030411612f62");
  EXPECT_EQ(ToHex(DocumentKey(c, DocumentNumber(5))), "0101020304120000000000000005");
  EXPECT_EQ(ToHex(DocumentTextKey(c, DocumentNumber(5))), "0101020304130000000000000005");
  EXPECT_EQ(ToHex(ChunkKey(c, ChunkId(6))), "0101020304140000000000000006");
  EXPECT_EQ(ToHex(ChunkTermsKey(c, ChunkId(6))), "0101020304150000000000000006");
  EXPECT_EQ(ToHex(GenerationKey(c, GenerationId(7))), "01010203041600000007");
  EXPECT_EQ(ToHex(GenerationBlobKey(c, GenerationId(7), 8)), "0101020304170000000700000008");
  EXPECT_EQ(ToHex(VectorKey(c, 9, GenerationId(7), ChunkId(6))),
            "010102030418"
            "0000000000000009"
            "00000007"
            "0000000000000006");
  EXPECT_EQ(ToHex(ChangeLogKey(c, CommitSequence(10))), "010102030419000000000000000a");
  EXPECT_EQ(ToHex(PrincipalKey(c, std::string("a\0b", 3), DocumentNumber(5))),
            "01010203041b"
            "6100ff620001"
            "0000000000000005");
  EXPECT_EQ(ToHex(SourceKey(c, "r", DocumentNumber(5))),
            "01010203041d"
            "720001"
            "0000000000000005");
  EXPECT_EQ(ToHex(AliasKey(c, "r", DocumentNumber(5))),
            "01010203041e"
            "720001"
            "0000000000000005");
  EXPECT_EQ(ToHex(ContentHashKey(c, 11, DocumentNumber(5))),
            "01010203041c"
            "000000000000000b"
            "0000000000000005");
  EXPECT_EQ(ToHex(ValueKey(true)),
            "01010203041a"
            "660001"
            "01"
            "01");
  EXPECT_EQ(ToHex(ValueKey(1.0)),
            "01010203041a"
            "660001"
            "02"
            "bff0000000000000");
  EXPECT_EQ(ToHex(ValueKey(std::string("x"))),
            "01010203041a"
            "660001"
            "03"
            "780001");
}

TEST(Keys, GiveTheirPartsBack) {
  const CollectionId c(3);
  EXPECT_EQ(*ParseDocumentKey(DocumentKey(c, DocumentNumber(1))), DocumentNumber(1));
  EXPECT_EQ(*ParseChunkKey(ChunkKey(c, ChunkId(UINT64_MAX))), ChunkId(UINT64_MAX));
  EXPECT_EQ(*ParseChunkTermsKey(ChunkTermsKey(c, ChunkId(4))), ChunkId(4));
  const auto vector = *ParseVectorKey(VectorKey(c, 8, GenerationId(9), ChunkId(10)));
  EXPECT_EQ(vector.space_hash, 8u);
  EXPECT_EQ(vector.generation, GenerationId(9));
  EXPECT_EQ(vector.chunk, ChunkId(10));
  const std::string name("team\0\xFF:\x01 a", 9);
  for (const Result<NamedDocument>& row :
       {ParseNameKey(PrincipalKey(c, name, DocumentNumber(11)), Table::kPrincipal),
        ParseNameKey(SourceKey(c, name, DocumentNumber(11)), Table::kSource),
        ParseNameKey(AliasKey(c, name, DocumentNumber(11)), Table::kAlias)}) {
    EXPECT_EQ(row->name, name);
    EXPECT_EQ(row->document, DocumentNumber(11));
  }
}

TEST(Keys, OfAnotherTableAreRefusedByName) {
  const std::string key = ChunkKey(CollectionId(1), ChunkId(1));
  const Status status = ParseDocumentKey(key).status();
  EXPECT_EQ(status.code(), Code::kDataLoss);
  EXPECT_THAT(status.message(), ::testing::HasSubstr("document key"));
  EXPECT_FALSE(ParseChunkKey(key.substr(0, 13)).ok());
  EXPECT_FALSE(ParseChunkKey(key + "x").ok());
  EXPECT_FALSE(ParseChunkKey("\x02" + key.substr(1)).ok());
  EXPECT_FALSE(ParseChunkKey(ChunkKey(CollectionId(1), ChunkId(0))).ok());
}

// Each names which table's key is damaged, wherever it is cut.
TEST(Keys, ThatAreCutAreDataLoss) {
  const CollectionId c(1);
  const auto expect_damaged = [](const Status& status, const char* what) {
    EXPECT_EQ(status.code(), Code::kDataLoss) << what;
    EXPECT_THAT(status.message(), ::testing::HasSubstr(what));
  };
  const std::string head = DocumentByExternalIdKey(CollectionId(0), "");
  expect_damaged(ParseDocumentByExternalIdKey(head).status(), "document id key");
  expect_damaged(ParseDocumentByExternalIdKey(ChunkKey(c, ChunkId(1))).status(), "document id key");
  EXPECT_EQ(ParseDocumentByExternalIdKey(DocumentByExternalIdKey(c, "文")).value(), "文");
  expect_damaged(ParseKeyHead(head.substr(0, head.size() - 1)).status(), "key: too short");
  expect_damaged(ParseKeyHead("\x02" + head.substr(1)).status(), "another format version");
  const std::string row = SourceKey(c, "s", DocumentNumber(7));
  EXPECT_EQ(ParseIndexRowDocument(row).value(), DocumentNumber(7));
  expect_damaged(ParseIndexRowDocument(row.substr(0, 7)).status(), "names no document");
  expect_damaged(ParseIndexRowDocument(SourceKey(c, "s", DocumentNumber(0))).status(),
                 "names no document");
  const std::string object = ObjectKey(ObjectKind::kFile, "s", 7, 1);
  const std::string id = ObjectIdKey(ObjectKind::kFile, "s", "a");
  EXPECT_EQ(ParseObjectKey(object)->number, 7u);
  EXPECT_EQ(ParseObjectIdKey(id)->id, "a");
  const size_t scope = ObjectPrefix(ObjectKind::kFile, "s").size() - 3;  // where "s" begins
  for (const size_t size : {scope, scope + 1, scope + 2}) {
    expect_damaged(ParseObjectKey(object.substr(0, size)).status(), "object key");
    expect_damaged(ParseObjectIdKey(id.substr(0, size)).status(), "object id key");
  }
  // A scope is whole: it does not end as a cut value of metadata does.
  const auto cut = [&](std::string key) { return key.replace(scope + 2, 1, "\x02"); };
  expect_damaged(ParseObjectKey(cut(object)).status(), "object key: malformed");
  expect_damaged(ParseObjectIdKey(cut(id)).status(), "object id key: malformed");
}

// One range deletes a collection and touches no other, however close.
TEST(Keys, OfACollectionAreOneRange) {
  const auto store = testing::NewMemoryStore();
  const auto write = [&](CollectionId c) {
    WriteBatch batch;
    batch.Put(CollectionKey(c), "");
    batch.Put(CounterKey(c, Counter::kNextDocument), "");
    batch.Put(VectorKey(c, UINT64_MAX, GenerationId(UINT32_MAX), ChunkId(UINT64_MAX)), "");
    batch.Put(ContentHashKey(c, UINT64_MAX, DocumentNumber(1)), "");
    EXPECT_OK(store->Write(batch));
  };
  for (const uint32_t id : {0xFEu, 0xFFu, 0x100u, 0xFFFFFFFFu}) write(CollectionId(id));
  WriteBatch batch;
  const std::string prefix = CollectionPrefix(CollectionId(0xFF));
  batch.DeleteRange(prefix, PrefixEnd(prefix));
  ASSERT_OK(store->Write(batch));
  size_t rows = 0;
  EXPECT_OK(store->GetView()->Scan("", [&](std::string_view key, std::string_view) {
    EXPECT_FALSE(key.starts_with(prefix));
    return ++rows, true;
  }));
  EXPECT_EQ(rows, 4u * 4 - 3);
}

TEST(Keys, SortByTheirNumbers) {
  Random random(3);
  for (int i = 0; i < 1000; ++i) {
    const ChunkId a(random.Next() >> random.Below(64));
    const ChunkId b(random.Next() >> random.Below(64));
    EXPECT_EQ(a < b, ChunkKey(kCollection, a) < ChunkKey(kCollection, b));
  }
}

TEST(Keys, TellSpacesApart) {
  const EmbeddingSpace space{"lsa:1:abc", 256, Metric::kInnerProduct, true};
  std::set<uint64_t> hashes{SpaceHash(space)};
  EXPECT_EQ(SpaceHash(space), SpaceHash(space));
  EmbeddingSpace other = space;
  other.fingerprint = "lsa:1:abd";
  hashes.insert(SpaceHash(other));
  other = space;
  other.dimension = 255;
  hashes.insert(SpaceHash(other));
  other = space;
  other.normalised = false;
  hashes.insert(SpaceHash(other));
  EXPECT_EQ(hashes.size(), 4u);
}

TEST(MetadataKeys, NumbersSortByValue) {
  std::vector<double> numbers = {-kInfinity,
                                 std::numeric_limits<double>::lowest(),
                                 -1.5,
                                 -1,
                                 -std::numeric_limits<double>::denorm_min(),
                                 0,
                                 std::numeric_limits<double>::denorm_min(),
                                 1,
                                 1.5,
                                 2020,
                                 std::numeric_limits<double>::max(),
                                 kInfinity};
  Random random(5);
  for (int i = 0; i < 1000; ++i) numbers.push_back(random.Gaussian() * std::exp(random.Gaussian()));
  for (const double a : numbers) {
    for (const double b : numbers) EXPECT_EQ(a < b, ValueKey(a) < ValueKey(b)) << a << " " << b;
  }
  EXPECT_EQ(ValueKey(-0.0), ValueKey(0.0));
}

TEST(MetadataKeys, StringsSortByTheirBytes) {
  std::vector<std::string> strings = {"", "a", "ab", "b"};
  Random random(6);
  for (int i = 0; i < 600; ++i) {
    std::string text(random.Below(6), '\0');
    for (char& c : text) c = "\x00\x01\x02\xFE\xFF"[random.Below(5)];
    strings.push_back(text);
  }
  for (const std::string& a : strings) {
    for (const std::string& b : strings) EXPECT_EQ(a < b, ValueKey(a) < ValueKey(b));
  }
}

// "ab" is not a row of "a": the end of a string is part of its prefix.
TEST(MetadataKeys, AValueIsNotAPrefixOfALongerOne) {
  EXPECT_FALSE(ValueKey(std::string("ab")).starts_with(ValueKey(std::string("a"))));
  EXPECT_FALSE(ValueKey(std::string("a\0b", 3)).starts_with(ValueKey(std::string("a"))));
  EXPECT_FALSE(MetadataIndexFieldPrefix(kCollection, "year2")
                   .starts_with(MetadataIndexFieldPrefix(kCollection, "year")));
}

TEST(MetadataKeys, LongStringsAreCutAndSaySo) {
  const std::string whole(kMaxIndexedStringBytes, 'x');
  const auto row = [](const std::string& value) {
    const Metadata metadata{{"f", value}};
    return MetadataIndexKeys(kCollection, metadata, DocumentNumber(1)).at(0);
  };
  EXPECT_FALSE(ParseMetadataIndexKey(row(whole))->cut);
  const auto cut = *ParseMetadataIndexKey(row(whole + "y"));
  EXPECT_TRUE(cut.cut);
  EXPECT_EQ(std::get<std::string>(cut.value), whole);
  EXPECT_LT(row(whole), row(whole + "y"));
  EXPECT_LT(row(whole + "y"), row("y"));
  EXPECT_EQ(row(whole + "y"), row(whole + "z"));
  const std::string zeros(600, '\0');
  EXPECT_EQ(std::get<std::string>(ParseMetadataIndexKey(row(zeros))->value),
            zeros.substr(0, kMaxIndexedStringBytes));
}

TEST(MetadataKeys, OfADocumentAreOneRowPerValue) {
  const Metadata metadata{
      {"draft", false},
      {"empty", std::vector<std::string>{}},
      {"nan", std::nan("")},
      {"tags", std::vector<std::string>{"b", "a", "b"}},
      {"title", std::string("2020")},
      {"year", 2020.0},
  };
  const auto keys = MetadataIndexKeys(kCollection, metadata, DocumentNumber(9));
  EXPECT_TRUE(std::is_sorted(keys.begin(), keys.end()));
  std::vector<std::pair<std::string, MetadataValue>> rows;
  for (const std::string& key : keys) {
    const auto parts = ParseMetadataIndexKey(key);
    ASSERT_OK(parts.status());
    EXPECT_EQ(parts->document, DocumentNumber(9));
    EXPECT_TRUE(key.starts_with(MetadataIndexFieldPrefix(kCollection, parts->field)));
    EXPECT_TRUE(key.starts_with(MetadataIndexValuePrefix(kCollection, parts->field, parts->value)));
    rows.emplace_back(parts->field, parts->value);
  }
  const std::vector<std::pair<std::string, MetadataValue>> expected = {
      {"draft", false},
      {"tags", std::string("a")},
      {"tags", std::string("b")},
      {"title", std::string("2020")},
      {"year", 2020.0}};
  EXPECT_EQ(rows, expected);
  EXPECT_TRUE(
      keys.back().starts_with(MetadataIndexTypePrefix(kCollection, "year", MetadataType::kNumber)));
}

TEST(Keys, ParsersSurviveAnyBytes) {
  Random random(8);
  const CollectionId c(1);
  const std::vector<std::string> seeds = {
      DocumentKey(c, DocumentNumber(1)),
      VectorKey(c, 1, GenerationId(1), ChunkId(1)),
      PrincipalKey(c, std::string("\0p\0", 3), DocumentNumber(1)),
      SourceKey(c, std::string("\0s", 2), DocumentNumber(1)),
      AliasKey(c, "a", DocumentNumber(1)),
      MetadataIndexKeys(c, {{"f", true}}, DocumentNumber(1))[0],
      MetadataIndexKeys(c, {{"f", 1.5}}, DocumentNumber(1))[0],
      MetadataIndexKeys(c, {{"f", std::string("\0v", 2)}}, DocumentNumber(1))[0]};
  for (int i = 0; i < 20'000; ++i) {
    std::string key = seeds[random.Below(seeds.size())];
    for (uint64_t n = random.Below(4); n > 0; --n) {
      key[random.Below(key.size())] = static_cast<char>(random.Next());
    }
    key.resize(random.Below(4) == 0 ? random.Below(key.size() + 3) : key.size());
    const auto kind = [](const auto& result) {
      EXPECT_TRUE(result.ok() || result.status().code() == Code::kDataLoss);
    };
    kind(ParseDocumentKey(key));
    kind(ParseVectorKey(key));
    kind(ParseNameKey(key, Table::kPrincipal));
    kind(ParseNameKey(key, Table::kSource));
    kind(ParseNameKey(key, Table::kAlias));
    const auto metadata = ParseMetadataIndexKey(key);
    kind(metadata);
    if (metadata.ok() && !metadata->cut) {  // what is believed is what would be written
      const Metadata again{{metadata->field, metadata->value}};
      const CollectionId same(static_cast<uint32_t>(static_cast<uint8_t>(key[1])) << 24 |
                              static_cast<uint32_t>(static_cast<uint8_t>(key[2])) << 16 |
                              static_cast<uint32_t>(static_cast<uint8_t>(key[3])) << 8 |
                              static_cast<uint8_t>(key[4]));
      const std::string written = MetadataIndexKeys(same, again, metadata->document)[0];
      EXPECT_EQ(written, key);
    }
  }
}

}  // namespace
}  // namespace quarry::index
