#include "base/coding.h"

#include <bit>
#include <cmath>
#include <functional>
#include <limits>

#include "base/random.h"
#include "tests/testing/test_data.h"
#include "tests/testing/test_environment.h"

namespace quarry {
namespace {

// Values of all magnitudes: uniform ones would nearly all be large.
uint64_t RandomValue(Random& random) { return random.Next() >> random.Below(65 - 1); }

TEST(CodingTest, BytesAreAsDocumented) {
  std::string out;
  AppendVarint(out, 300);
  AppendFixed32(out, 0x01020304);
  AppendFixed64(out, 0x0102030405060708);
  AppendBigEndian32(out, 0x01020304);
  AppendBigEndian64(out, 0x0102030405060708);
  AppendBytes(out, "ab");
  EXPECT_EQ(out, std::string("\xAC\x02"
                             "\x04\x03\x02\x01"
                             "\x08\x07\x06\x05\x04\x03\x02\x01"
                             "\x01\x02\x03\x04"
                             "\x01\x02\x03\x04\x05\x06\x07\x08"
                             "\x02"
                             "ab"));
}

TEST(CodingTest, VarintsTakeOneToTenBytes) {
  for (int bits = 0; bits <= 64; ++bits) {
    const uint64_t value = bits == 64 ? UINT64_MAX : (uint64_t{1} << bits) - 1;
    std::string out;
    AppendVarint(out, value);
    EXPECT_EQ(out.size(), static_cast<size_t>(std::max(1, (bits + 6) / 7))) << bits;
    RecordReader reader(out);
    EXPECT_EQ(reader.Varint(), value);
    EXPECT_EQ(reader.Finish("varint"), OkStatus());
  }
}

TEST(CodingTest, BigEndianKeysSortByValue) {
  Random random(1);
  for (int i = 0; i < 1000; ++i) {
    const uint64_t a = RandomValue(random);
    const uint64_t b = RandomValue(random);
    std::string key_a;
    std::string key_b;
    AppendBigEndian64(key_a, a);
    AppendBigEndian64(key_b, b);
    ASSERT_EQ(a < b, key_a < key_b);
  }
}

// One field of a random record: how it is written and how it is read back and compared.
struct Field {
  std::function<void(std::string&)> append;
  std::function<bool(RecordReader&)> read_equal;
};

Field RandomField(Random& random) {
  const uint64_t value = RandomValue(random);
  const auto narrow = static_cast<uint32_t>(value);
  switch (random.Below(8)) {
    case 0:
      return {[=](std::string& out) { AppendVarint(out, value); },
              [=](RecordReader& reader) { return reader.Varint() == value; }};
    case 1:
      return {[=](std::string& out) { AppendVarint(out, narrow); },
              [=](RecordReader& reader) { return reader.Varint32() == narrow; }};
    case 2:
      return {[=](std::string& out) { AppendFixed32(out, narrow); },
              [=](RecordReader& reader) { return reader.Fixed32() == narrow; }};
    case 3:
      return {[=](std::string& out) { AppendFixed64(out, value); },
              [=](RecordReader& reader) { return reader.Fixed64() == value; }};
    case 4:  // any bits: infinities, NaNs and denormals keep theirs
      return {
          [=](std::string& out) { AppendDouble(out, std::bit_cast<double>(value)); },
          [=](RecordReader& reader) { return std::bit_cast<uint64_t>(reader.Double()) == value; }};
    case 5:
      return {[=](std::string& out) { AppendBigEndian32(out, narrow); },
              [=](RecordReader& reader) { return reader.BigEndian32() == narrow; }};
    case 6:
      return {[=](std::string& out) { AppendBigEndian64(out, value); },
              [=](RecordReader& reader) { return reader.BigEndian64() == value; }};
    default: {
      const std::string bytes = testing::RandomBytes(random, random.Below(300));
      return {[=](std::string& out) { AppendBytes(out, bytes); },
              [=](RecordReader& reader) { return reader.Bytes() == bytes; }};
    }
  }
}

TEST(CodingTest, RandomRecordsRoundTripAndEveryPrefixFails) {
  Random random(2);
  for (int round = 0; round < 300; ++round) {
    std::vector<Field> fields;
    for (uint64_t i = 0; i <= random.Below(12); ++i) fields.push_back(RandomField(random));
    std::string record;
    for (const Field& field : fields) field.append(record);

    RecordReader reader(record);
    for (const Field& field : fields) ASSERT_TRUE(field.read_equal(reader));
    ASSERT_EQ(reader.Finish("record"), OkStatus());

    // A heap copy of exactly that size, so that a sanitizer sees any read past its end.
    const std::string_view cut = std::string_view(record).substr(0, random.Below(record.size()));
    const std::vector<char> prefix(cut.begin(), cut.end());
    RecordReader cut_reader(std::string_view(prefix.data(), prefix.size()));
    for (const Field& field : fields) field.read_equal(cut_reader);
    ASSERT_EQ(cut_reader.Finish("record"),
              DataLossError("record: record ends early or is malformed"));
  }
}

TEST(RecordReaderTest, IsSafeOnRandomBytes) {
  Random random(3);
  for (int round = 0; round < 20000; ++round) {
    const std::string bytes = testing::RandomBytes(random, random.Below(40));
    const std::vector<char> exact(bytes.begin(), bytes.end());
    RecordReader reader(std::string_view(exact.data(), exact.size()));
    size_t before = reader.remaining();
    while (!reader.AtEnd()) {
      switch (random.Below(9)) {
        case 0:
          reader.Varint();
          break;
        case 1:
          reader.Varint32();
          break;
        case 2:
          reader.Fixed32();
          break;
        case 3:
          reader.Fixed64();
          break;
        case 4:
          reader.Double();
          break;
        case 5:
          reader.BigEndian32();
          break;
        case 6:
          reader.BigEndian64();
          break;
        case 7:
          reader.Byte();
          break;
        default:
          ASSERT_LE(reader.Bytes().size(), before);
      }
      ASSERT_LT(reader.remaining(), before);  // it always comes to its end
      before = reader.remaining();
    }
    ASSERT_EQ(reader.ok(), reader.Finish("random").ok());
  }
}

TEST(RecordReaderTest, AFailedReadFailsForGood) {
  std::string out;
  AppendBytes(out, "abc");
  out[0] = 4;  // one more than there are
  out += '\x01';
  RecordReader reader(std::string_view(out).substr(0, 4));
  EXPECT_EQ(reader.Bytes(), "");
  EXPECT_FALSE(reader.ok());
  EXPECT_TRUE(reader.AtEnd());
  EXPECT_EQ(reader.Byte(), 0);
  EXPECT_EQ(reader.Varint(), 0u);
  EXPECT_FALSE(reader.ok());
}

TEST(RecordReaderTest, ALengthNearTheLimitDoesNotOverflow) {
  std::string out;
  AppendVarint(out, UINT64_MAX);
  out += "rest";
  RecordReader reader(out);
  EXPECT_EQ(reader.Bytes(), "");
  EXPECT_FALSE(reader.ok());
}

TEST(RecordReaderTest, RefusesVarintsOfMoreThanTheirBits) {
  RecordReader eleven_bytes("\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01");
  eleven_bytes.Varint();
  EXPECT_FALSE(eleven_bytes.ok());

  RecordReader sixty_five_bits("\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x02");
  sixty_five_bits.Varint();
  EXPECT_FALSE(sixty_five_bits.ok());

  std::string out;
  AppendVarint(out, uint64_t{UINT32_MAX} + 1);
  RecordReader thirty_three_bits(out);
  EXPECT_EQ(thirty_three_bits.Varint32(), 0u);
  EXPECT_FALSE(thirty_three_bits.ok());
}

TEST(RecordReaderTest, FinishNamesWhatIsLeftOver) {
  RecordReader reader("abc");
  reader.Byte();
  EXPECT_EQ(reader.Finish("chunk 7"), DataLossError("chunk 7: record has 2 bytes too many"));
}

TEST(SortPrefixTest, IsTheFirstEightBytesInTheirOrder) {
  EXPECT_EQ(SortPrefix(""), 0u);
  const std::string bytes = "\xFE\x01zyxwvuT";
  for (size_t size = 1; size <= bytes.size(); ++size) {
    uint64_t expected = 0;
    for (size_t i = 0; i < 8; ++i) {
      expected = expected << 8 | (i < size ? static_cast<uint8_t>(bytes[i]) : 0);
    }
    EXPECT_EQ(SortPrefix(std::string_view(bytes).substr(0, size)), expected) << size;
  }
}

}  // namespace
}  // namespace quarry
