#include "base/text_given_name.h"

#include <gtest/gtest.h>

#include <string>

namespace quarry {
namespace {

TEST(GivenNameTest, LettersOfAnyScriptAndDigitsMayStandInIt) {
  for (const char* name : {"default", "a", "7", "Manuals-2026_v1.2", "合同库", "客服.v2",
                           "Verträge", "договоры", "हिन्दी", "カタログ"}) {
    EXPECT_TRUE(IsGivenName(name)) << name;
  }
}

TEST(GivenNameTest, WhatMayStandInAPathOrLooksLikeAnotherNameMayNot) {
  for (const char* name :
       {"", ".", "..", "-a", "_a", "a/b", "a b", "合同 库", "合同，库", "a\\b", "a:b", "a%b", "a\n",
        "Vertra\xCC\x88ge",   // decomposed
        "a\xE2\x80\x8B\x62",  // a space of no width
        "\xCC\x88\x61", "\xFF"}) {
    EXPECT_FALSE(IsGivenName(name)) << name;
  }
  EXPECT_FALSE(IsGivenName(std::string("a\0b", 3)));
}

TEST(GivenNameTest, LengthIsCountedInCharacters) {
  std::string name;
  for (int i = 0; i < 64; ++i) name += "库";
  EXPECT_TRUE(IsGivenName(name));
  EXPECT_FALSE(IsGivenName(name + "库"));
}

}  // namespace
}  // namespace quarry
