#include "model/term_translations.h"

#include "base/ascii.h"
#include "model/shipped_table.h"
#include "tests/testing/model_testing.h"
#include "tests/testing/test_environment.h"

namespace quarry::model {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const TermTranslations& Shipped() { return **ShippedTranslations(); }

TEST(ShippedTranslationsTest, AreThoseOfTheShippedTable) {
  ASSERT_OK(ShippedTranslations().status());
  EXPECT_EQ(Shipped().table_checksum(), ShippedTableChecksum())
      << "the table was made anew: run model/train/make_table.sh to its end";
}

TEST(ShippedTranslationsTest, LeadBothWays) {
  EXPECT_THAT(Shipped().Of("password"), Contains("密码"));
  EXPECT_THAT(Shipped().Of("密码"), Contains("password"));
  EXPECT_THAT(Shipped().Of("optim"), Contains("优化"));
  EXPECT_THAT(Shipped().Of("优化"), Contains("optim"));
  EXPECT_THAT(Shipped().Of("a-word-that-nobody-uses"), IsEmpty());
  EXPECT_THAT(Shipped().Of(""), IsEmpty());
}

// What no index holds as a term is no translation: a lone character, a number, a stop word.
TEST(ShippedTranslationsTest, AreTermsOfAnIndex) {
  for (uint32_t number = 0; number < Shipped().size(); ++number) {
    const std::string_view term = Shipped().Term(number);
    const bool english = IsAsciiLower(term[0]);
    for (const std::string_view one : Shipped().Of(term)) {
      EXPECT_NE(english, IsAsciiLower(one[0])) << term << " " << one;
      EXPECT_GT(one.size(), english ? 4u : 1u) << term << " " << one;
    }
  }
}

std::vector<TermTranslations::Entry> SomeEntries() {
  return {{"leaf", {}}, {"pump", {"水泵", "泵站"}}, {"水泵", {"pump"}}, {"泵站", {"pump", "leaf"}}};
}

TEST(TermTranslationsTest, AreReadAsWritten) {
  const std::string bytes = TermTranslations::Serialize(SomeEntries(), 7);
  const auto table = TermTranslations::Parse(ShareString(bytes));
  ASSERT_OK(table.status());
  EXPECT_EQ(table->table_checksum(), 7u);
  EXPECT_EQ(table->size(), 4u);
  EXPECT_THAT(table->Of("pump"), ElementsAre("水泵", "泵站"));
  EXPECT_THAT(table->Of("泵站"), ElementsAre("pump", "leaf"));
  EXPECT_THAT(table->Of("leaf"), IsEmpty());
  EXPECT_THAT(table->Of("lea"), IsEmpty());
  EXPECT_THAT(table->Of("zoo"), IsEmpty());
  const auto empty = TermTranslations::Parse(ShareString(TermTranslations::Serialize({}, 1)));
  ASSERT_OK(empty.status());
  EXPECT_THAT(empty->Of("pump"), IsEmpty());
}

// More terms than lie between two samples, many of which begin with the same eight bytes.
TEST(TermTranslationsTest, EachOfManyIsFoundAndNoneBetweenThem) {
  std::vector<TermTranslations::Entry> entries;
  for (const std::string begin : {"a", "mains water pump ", "pump ", "z"}) {
    for (int i = 1000; i < 1100; ++i) {
      entries.push_back({.term = begin + std::to_string(i), .translations = {"z1000"}});
    }
  }
  const auto table =
      TermTranslations::Parse(ShareString(TermTranslations::Serialize(entries, 7))).value();
  for (const TermTranslations::Entry& entry : entries) {
    EXPECT_TRUE(table.Has(entry.term)) << entry.term;
    EXPECT_THAT(table.Of(entry.term), ElementsAre("z1000")) << entry.term;
    EXPECT_FALSE(table.Has(entry.term + "0")) << entry.term;
    EXPECT_FALSE(table.Has(entry.term.substr(0, entry.term.size() - 1))) << entry.term;
  }
  for (const std::string_view none :
       {"", "a", "mains water pump 0999", "mains water pump 1100", "q", "zz"}) {
    EXPECT_FALSE(table.Has(none)) << none;
  }
}

TEST(TermTranslationsTest, AreToldApartByTheirChecksum) {
  const auto checksum = [](const std::vector<TermTranslations::Entry>& entries, uint64_t table) {
    return TermTranslations::Parse(ShareString(TermTranslations::Serialize(entries, table)))
        ->checksum();
  };
  std::vector<TermTranslations::Entry> entries = SomeEntries();
  const uint64_t first = checksum(entries, 7);
  EXPECT_EQ(checksum(entries, 7), first);
  EXPECT_NE(checksum(entries, 8), first);
  entries.pop_back();
  for (TermTranslations::Entry& entry : entries) entry.translations.clear();
  EXPECT_NE(checksum(entries, 7), first);
}

TEST(TermTranslationsTest, DamageIsDetected) {
  const std::string bytes = TermTranslations::Serialize(SomeEntries(), 7);
  for (size_t i = 0; i < bytes.size(); ++i) {
    EXPECT_EQ(TermTranslations::Parse(ShareString(bytes.substr(0, i))).status().code(),
              Code::kDataLoss)
        << i;
    std::string flipped = bytes;
    flipped[i] = static_cast<char>(flipped[i] ^ 0x10);
    EXPECT_EQ(TermTranslations::Parse(ShareString(flipped)).status().code(), Code::kDataLoss) << i;
  }
}

TEST(TermTranslationsTest, WhatNobodyWroteIsRefusedWhateverItsChecksum) {
  const std::string bytes = TermTranslations::Serialize(SomeEntries(), 7);
  for (size_t i = 12; i < bytes.size(); ++i) {
    for (const int bit : {0, 3, 7}) {
      std::string changed = bytes;
      changed[i] = static_cast<char>(changed[i] ^ (1 << bit));
      const auto table = TermTranslations::Parse(ShareString(testing::WithChecksum(changed)));
      if (!table.ok()) continue;  // else everything can be read
      for (uint32_t number = 0; number < table->size(); ++number) {
        EXPECT_LE(table->Of(table->Term(number)).size(), 5u);
      }
    }
  }
  std::string newer = bytes;
  newer[12] = 9;
  const Status refused =
      TermTranslations::Parse(ShareString(testing::WithChecksum(newer))).status();
  EXPECT_EQ(refused.code(), Code::kFailedPrecondition);
  EXPECT_THAT(refused.message(), HasSubstr("format 9, this program reads 1"));
}

}  // namespace
}  // namespace quarry::model
