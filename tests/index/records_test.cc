#include "index/records.h"

#include <cmath>
#include <functional>
#include <limits>
#include <map>

#include "base/coding.h"
#include "base/random.h"
#include "tests/testing/test_environment.h"

namespace quarry::index {
namespace {

using ::testing::HasSubstr;

// Random values of every stored type. Small sizes, extreme numbers.
class Maker {
 public:
  explicit Maker(uint64_t seed) : random_(seed) {}

  uint64_t Number() { return random_.Next() >> random_.Below(64); }
  uint32_t Number32() { return static_cast<uint32_t>(random_.Next() >> (32 + random_.Below(32))); }
  std::string Text() {
    std::string text(random_.Below(12), '\0');
    for (char& c : text) c = static_cast<char>(random_.Next());
    return text;
  }
  template <typename Id>
  Id NewId() {
    return Id(static_cast<typename Id::rep>(std::max<uint64_t>(1, Number32())));
  }
  std::vector<std::string> Texts() {
    std::vector<std::string> texts(random_.Below(4));
    for (std::string& text : texts) text = Text();
    return texts;
  }
  std::vector<ChunkId> Chunks() {
    std::vector<ChunkId> chunks(random_.Below(6));
    for (ChunkId& chunk : chunks) chunk = ChunkId(std::max<uint64_t>(1, Number()));
    return chunks;
  }
  Metadata Fields() {
    Metadata metadata;
    for (uint64_t i = random_.Below(5); i > 0; --i) {
      switch (random_.Below(4)) {
        case 0:
          metadata[Text()] = random_.Below(2) == 1;
          break;
        case 1:
          metadata[Text()] = random_.Gaussian();
          break;
        case 2:
          metadata[Text()] = Text();
          break;
        default:
          metadata[Text()] = Texts();
      }
    }
    return metadata;
  }
  StoredCollection Collection() {
    return {NewId<CollectionId>(),
            Text(),
            Text(),
            random_.Uniform() * 3,
            random_.Uniform(),
            static_cast<int64_t>(random_.Next()),
            GenerationId(Number32()),
            static_cast<uint32_t>(1 + random_.Below(100)),
            Settings()};
  }
  std::optional<VectorSettings> Settings() {
    if (random_.Below(3) == 0) return std::nullopt;
    return VectorSettings{static_cast<VectorIndexKind>(random_.Below(6)),
                          static_cast<VectorCodeKind>(random_.Below(3)), Number32(), Number32(),
                          random_.Uniform()};
  }
  StoredDocument Document() {
    return {NewId<DocumentNumber>(),
            "d" + Text(),
            Text(),
            Text(),
            Text(),
            Text(),
            Text(),
            Text(),
            Fields(),
            Texts(),
            random_.Next(),
            random_.Next(),
            Text(),
            static_cast<int64_t>(random_.Next()),
            Number(),
            Chunks(),
            NewId<CommitSequence>()};
  }
  StoredChunk Chunk() {
    const uint64_t begin = Number() >> 1;
    const SourceSpan span{begin, begin + (Number() >> 1), Number32(), Texts()};
    std::string text = Text();
    std::vector<ChunkBlock> blocks = Blocks(text.size());
    return {NewId<ChunkId>(), NewId<DocumentNumber>(),
            Number32(),       span,
            Number32(),       Number32(),
            random_.Next(),   random_.Next(),
            std::move(text),  std::move(blocks)};
  }
  std::vector<ChunkBlock> Blocks(uint64_t bytes) {
    std::vector<ChunkBlock> blocks;
    uint64_t at = 0;
    for (uint64_t i = random_.Below(5); i > 0; --i) {
      const uint64_t begin = at + random_.Below(bytes - at + 1);
      at = begin + random_.Below(bytes - begin + 1);
      blocks.push_back(
          {static_cast<BlockKind>(random_.Below(6)), Number32(), begin, at, Number32()});
    }
    return blocks;
  }
  StoredGeneration Generation() {
    const uint64_t bytes = random_.Below(uint64_t{5} << 20);
    const auto parts =
        static_cast<uint32_t>((bytes + kGenerationPartBytes - 1) / kGenerationPartBytes);
    return {NewId<GenerationId>(),
            Text(),
            {Text(), Number32(), Metric::kInnerProduct, random_.Below(2) == 1},
            bytes,
            random_.Next(),
            parts,
            static_cast<int64_t>(random_.Next()),
            Number()};
  }
  StoredChange Change() {
    StoredChange change{NewId<CommitSequence>(),
                        NewId<DocumentNumber>(),
                        "d" + Text(),
                        StoredChange::Kind::kPut,
                        Chunks(),
                        Chunks(),
                        Chunks(),
                        static_cast<int64_t>(random_.Next())};
    if (random_.Below(2) == 1) {
      change.kind = StoredChange::Kind::kDelete;
      change.added.clear();
      change.kept.clear();
    }
    return change;
  }
  std::vector<TermFrequency> Terms() {
    std::map<std::string, uint32_t> counts;
    for (uint64_t i = random_.Below(30); i > 0; --i) counts[Text()] = std::max(1u, Number32());
    std::vector<TermFrequency> terms;
    for (const auto& [term, count] : counts) terms.push_back({term, count});
    return terms;
  }
  Random& random() { return random_; }

 private:
  Random random_;
};

// One kind of record: how to make bytes of a random one, and what decoding gives.
struct RecordKind {
  const char* name;
  std::function<std::string(Maker&)> encode;  // checks that it comes back as it was
  std::function<Status(std::string_view)> decode;
};

template <typename Value, typename Encode, typename Decode>
RecordKind Kind(const char* name, Value (Maker::*make)(), Encode encode, Decode decode) {
  return {name,
          [=](Maker& maker) {
            const Value value = (maker.*make)();
            const std::string bytes = encode(value);
            const auto again = decode(bytes);
            EXPECT_OK(again.status());
            EXPECT_TRUE(again.ok() && *again == value) << name;
            return bytes;
          },
          [=](std::string_view bytes) { return decode(bytes).status(); }};
}

const std::vector<RecordKind>& Kinds() {
  static const std::vector<RecordKind> kinds = {
      Kind("collection record", &Maker::Collection, EncodeCollection, DecodeCollection),
      Kind("document record", &Maker::Document, EncodeDocument, DecodeDocument),
      Kind("chunk record", &Maker::Chunk, EncodeChunk, DecodeChunk),
      Kind("generation record", &Maker::Generation, EncodeGeneration, DecodeGeneration),
      Kind("change record", &Maker::Change, EncodeChange, DecodeChange),
      Kind("term list record", &Maker::Terms, EncodeTerms, DecodeTerms),
      Kind("integer record", &Maker::Number, EncodeInteger, DecodeInteger),
  };
  return kinds;
}

void ExpectDataLoss(const RecordKind& kind, const Status& status) {
  EXPECT_EQ(status.code(), Code::kDataLoss) << kind.name;
  EXPECT_THAT(status.message(), HasSubstr(kind.name));
}

TEST(Records, ComeBackAsTheyWere) {
  for (const RecordKind& kind : Kinds()) {
    Maker maker(1);
    for (int i = 0; i < 500; ++i) kind.encode(maker);
  }
}

TEST(Records, DefaultsWithAnIdComeBack) {
  StoredDocument document;
  document.number = DocumentNumber(1);
  document.id = "x";
  document.commit = CommitSequence(1);
  EXPECT_EQ(*DecodeDocument(EncodeDocument(document)), document);
  EXPECT_TRUE(DecodeTerms(EncodeTerms({}))->empty());
}

TEST(Records, CutAnywhereAreRefused) {
  for (const RecordKind& kind : Kinds()) {
    Maker maker(2);
    for (int i = 0; i < 20; ++i) {
      const std::string bytes = kind.encode(maker);
      for (size_t size = 0; size < bytes.size(); ++size) {
        ExpectDataLoss(kind, kind.decode(std::string_view(bytes).substr(0, size)));
      }
      ExpectDataLoss(kind, kind.decode(bytes + '\0'));
    }
  }
}

TEST(Records, WithFlippedBitsAreDecodedOrRefused) {
  for (const RecordKind& kind : Kinds()) {
    Maker maker(3);
    for (int i = 0; i < 20; ++i) {
      const std::string bytes = kind.encode(maker);
      for (size_t bit = 0; bit < bytes.size() * 8; ++bit) {
        std::string damaged = bytes;
        damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << bit % 8));
        if (const Status status = kind.decode(damaged); !status.ok()) ExpectDataLoss(kind, status);
      }
    }
  }
}

TEST(Records, OfRandomBytesAreDecodedOrRefused) {
  for (const RecordKind& kind : Kinds()) {
    Maker maker(4);
    Random& random = maker.random();
    for (int i = 0; i < 20'000; ++i) {
      std::string bytes(random.Below(60), '\0');
      for (char& c : bytes) c = static_cast<char>(random.Next() >> (56 + random.Below(8)));
      if (!bytes.empty()) bytes[0] = static_cast<char>(1 + random.Below(2));
      if (const Status status = kind.decode(bytes); !status.ok()) ExpectDataLoss(kind, status);
    }
  }
}

TEST(Records, OfAnotherVersionNameBoth) {
  std::string bytes = EncodeInteger(7);
  bytes[0] = 9;
  EXPECT_EQ(DecodeInteger(bytes).status(),
            DataLossError("integer record: version 9, this program reads version 1"));
  StoredCollection collection;
  collection.id = CollectionId(1);
  bytes = EncodeCollection(collection);
  bytes[0] = 3;
  EXPECT_EQ(DecodeCollection(bytes).status(),
            DataLossError("collection record: version 3, this program reads version 1 to 2"));
}

// Before collections kept the settings of their vectors, nothing came after the generation.
// What programs wrote before collections kept settings of their vectors and a weight of the title.
TEST(Records, ACollectionOfVersionOneHasNoSettingsAndWeightOne) {
  StoredCollection collection;
  collection.id = CollectionId(2);
  collection.name = "docs";
  collection.analyzer_fingerprint = "a";
  collection.created_micros = 6;
  collection.current_generation = GenerationId(3);
  const std::string bytes(
      "\x01\x02\x04"
      "docs"
      "\x01"
      "a"
      "\x33\x33\x33\x33\x33\x33\xf3\x3f\x00\x00\x00\x00\x00\x00\xe8\x3f\x06\x03",
      27);
  EXPECT_EQ(*DecodeCollection(bytes), collection);
  EXPECT_EQ(EncodeCollection(collection), "\x02" + bytes.substr(1) + std::string("\x01\x00", 2));
  std::string newer = EncodeCollection(collection);
  newer[0] = 3;
  EXPECT_EQ(DecodeCollection(newer).status(),
            DataLossError("collection record: version 3, this program reads version 1 to 2"));
}

// A length that a damaged byte makes huge must not be allocated.
TEST(Records, HugeCountsAllocateNothing) {
  std::string bytes(1, kRecordVersion);
  AppendVarint(bytes, uint64_t{1} << 60);
  EXPECT_EQ(DecodeTerms(bytes).status(),
            DataLossError("term list record: a list is longer than the record"));
}

// Each entry repeats a long first term: small bytes that stand for very many.
TEST(Records, TermListsThatExpandTooFarAreRefused) {
  std::string bytes(1, kRecordVersion);
  const size_t long_term = 1 << 20;
  AppendVarint(bytes, 1000);
  AppendVarint(bytes, 0);
  AppendBytes(bytes, std::string(long_term, 'a'));
  AppendVarint(bytes, 1);
  for (size_t i = 1; i < 1000; ++i) {
    AppendVarint(bytes, long_term + i - 1);
    AppendBytes(bytes, "a");
    AppendVarint(bytes, 1);
  }
  EXPECT_EQ(DecodeTerms(bytes).status(), DataLossError("term list record: the list is too large"));
}

TEST(Records, NameWhatIsWrong) {
  const auto message = [](const auto& result) { return result.status().message(); };
  StoredCollection collection;
  collection.id = CollectionId(1);
  collection.b = 1.5;
  EXPECT_EQ(message(DecodeCollection(EncodeCollection(collection))),
            "collection record: b is not between 0 and 1");
  collection.b = 0.75;
  collection.title_weight = 0;
  EXPECT_EQ(message(DecodeCollection(EncodeCollection(collection))),
            "collection record: the weight of the title is not between 1 and 100");
  collection.k1 = std::nan("");
  EXPECT_EQ(message(DecodeCollection(EncodeCollection(collection))),
            "collection record: k1 is not a number >= 0");
  EXPECT_EQ(message(DecodeCollection(EncodeCollection({}))),
            "collection record: collection id is 0");
  StoredChunk chunk;
  chunk.id = ChunkId(1);
  chunk.document = DocumentNumber(1);
  chunk.span.begin = 5;
  EXPECT_EQ(message(DecodeChunk(EncodeChunk(chunk))), "chunk record: span ends before it begins");
  chunk.span.end = 8;
  chunk.text = "abc";
  chunk.blocks = {{.begin = 1, .end = 4}};
  EXPECT_EQ(message(DecodeChunk(EncodeChunk(chunk))),
            "chunk record: a block reaches beyond the text");
  chunk.blocks = {{.kind = static_cast<BlockKind>(6), .end = 3}};
  EXPECT_EQ(message(DecodeChunk(EncodeChunk(chunk))), "chunk record: unknown kind of block");
  StoredGeneration generation;
  generation.id = GenerationId(1);
  generation.blob_bytes = 1;
  EXPECT_EQ(message(DecodeGeneration(EncodeGeneration(generation))),
            "generation record: number of blob parts does not fit their bytes");
  StoredChange change = Maker(1).Change();
  change.added.clear();
  change.kept.clear();
  change.removed.clear();
  change.kind = static_cast<StoredChange::Kind>(3);
  EXPECT_EQ(message(DecodeChange(EncodeChange(change))), "change record: unknown kind of change");
  change.kind = StoredChange::Kind::kDelete;
  change.added = {ChunkId(1)};
  EXPECT_EQ(message(DecodeChange(EncodeChange(change))),
            "change record: a deletion adds or keeps chunks");
  const std::vector<TermFrequency> unsorted = {{"b", 1}, {"a", 1}};
  EXPECT_EQ(message(DecodeTerms(EncodeTerms(unsorted))),
            "term list record: terms are out of order");
  const std::vector<TermFrequency> none = {{"b", 0}};
  EXPECT_EQ(message(DecodeTerms(EncodeTerms(none))), "term list record: a term occurs 0 times");
}

TEST(Records, NeighbouringIdsAndTermsAreSmall) {
  StoredChange change = Maker(1).Change();
  change.added.clear();
  change.kept.clear();
  change.removed.clear();
  for (uint64_t i = 0; i < 100; ++i) change.added.push_back(ChunkId((uint64_t{1} << 40) + i));
  EXPECT_LT(EncodeChange(change).size(), 145u);
  const std::vector<TermFrequency> terms = {{"international", 1}, {"internationalise", 2}};
  EXPECT_EQ(EncodeTerms(terms).size(), 2u + (1 + 1 + 13 + 1) + (1 + 1 + 3 + 1));
}

TEST(Vectors, ComeBackBitForBit) {
  Random random(5);
  for (const size_t dimension : {0, 1, 3, 256}) {
    std::vector<float> vector(dimension);
    for (float& value : vector) value = static_cast<float>(random.Gaussian());
    if (dimension > 1) vector[0] = -0.0f;
    if (dimension > 1) vector[1] = std::numeric_limits<float>::denorm_min();
    const std::string bytes = EncodeVector(vector);
    EXPECT_EQ(bytes.size(), dimension * 4);
    std::vector<float> again(dimension);
    EXPECT_OK(DecodeVector(bytes, again));
    EXPECT_EQ(EncodeVector(again), bytes);
  }
  const std::vector<float> one = {1.0f};
  EXPECT_EQ(EncodeVector(one), std::string("\x00\x00\x80\x3F", 4));
}

TEST(Vectors, OfAnotherDimensionOrNotFiniteAreRefused) {
  std::vector<float> vector(3);
  EXPECT_EQ(DecodeVector("1234", vector), DataLossError("vector: 4 bytes, expected 12"));
  for (const float bad : {std::numeric_limits<float>::infinity(),
                          -std::numeric_limits<float>::infinity(), std::nanf("")}) {
    const std::vector<float> values = {1, bad, std::numeric_limits<float>::max()};
    EXPECT_EQ(DecodeVector(EncodeVector(values), vector),
              DataLossError("vector: a value is not finite"));
  }
}

}  // namespace
}  // namespace quarry::index
