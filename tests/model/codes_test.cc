#include "model/codes.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "tests/testing/test_environment.h"

namespace quarry::model {
namespace {

using Codes = std::set<std::string>;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(CodesTest, WhatIsJoinedBelongsToACodeWhereItLooksLikeOne) {
  EXPECT_EQ(CodesNamed("VX-220"), Codes({"vx-220"}));
  EXPECT_EQ(CodesNamed("VX-220/B"), Codes({"vx-220-b"}));
  EXPECT_EQ(CodesNamed("IP65"), Codes({"ip65"}));
  EXPECT_FALSE(CodesNamed("VX-220/EX").contains("vx-220"));
  EXPECT_TRUE(CodesNamed("VX-220-based").contains("vx-220"));
  EXPECT_TRUE(CodesNamed("datasheet-VX-220").contains("vx-220"));
  EXPECT_TRUE(CodesNamed("pumps/vx-220.md").contains("vx-220"));
  EXPECT_TRUE(CodesNamed("ISO-9001-2015").contains("iso-9001"));
  EXPECT_TRUE(CodesNamed("Q3/2025").contains("q3"));
}

TEST(CodesTest, SeveralCodesMayBeJoined) {
  EXPECT_TRUE(CodesNamed("IP65/IP67").contains("ip65"));
  EXPECT_TRUE(CodesNamed("IP65/IP67").contains("ip67"));
  EXPECT_TRUE(CodesNamed("S7-1200/1500").contains("s7-1500"));
  EXPECT_TRUE(CodesNamed("VX-220/VX-240").contains("vx-220"));
  EXPECT_FALSE(CodesNamed("VX-220/2").contains("vx-220"));
  EXPECT_TRUE(CodesNamed("MP4/AVI/MOV").contains("mp4"));
  EXPECT_TRUE(CodesNamed("AVI/MP4").contains("mp4"));
  EXPECT_TRUE(CodesNamed("CR2032/LR44").contains("cr2032"));
  EXPECT_TRUE(CodesNamed("CR2032/LR44").contains("lr44"));
  EXPECT_TRUE(CodesNamed("DC12V/AC220V").contains("dc12v"));
  EXPECT_TRUE(CodesNamed("DC12V/AC220V").contains("ac220v"));
  EXPECT_FALSE(CodesNamed("VX-220/B2").contains("vx-220"));
}

TEST(CodesTest, NumbersAndWordsAreNoCodes) {
  for (const char* text : {"well-known", "2025-03-01", "24-hour", "3.14", "1,000", "泵", ""}) {
    EXPECT_THAT(CodesNamed(text), IsEmpty()) << text;
  }
}

TEST(CodesTest, OnlyTheTokensOfTheCodesAskedForAreOnesOwn) {
  const Analyzer analyzer;
  const auto own = [&](std::string_view question, std::string_view text) {
    std::vector<std::string> terms;
    for (const Token& token :
         AskedCodes(question, analyzer).OwnTokens(text, analyzer.Tokenize(text))) {
      terms.push_back(token.term);
    }
    return terms;
  };
  EXPECT_THAT(own("VX-220", "VX-220"), ElementsAre("vx-220", "vx", "220"));
  EXPECT_THAT(own("vx-220", "VX 220"), ElementsAre("vx", "220"));
  EXPECT_THAT(own("VX-220", "VX-240"), ElementsAre("vx-240", "240"));
  EXPECT_THAT(own("VX-220/B", "VX-220"), IsEmpty());
  EXPECT_THAT(own("HT-300/B的重量", "HT-300的重量"), ElementsAre("的重", "重量"));
  EXPECT_THAT(own("HT-300的重量", "HT-300/B的重量"), ElementsAre("ht-300/b", "b", "的重", "重量"));
  // Without a code in the question nothing is another's.
  EXPECT_THAT(own("220", "VX-220"), ElementsAre("vx-220", "vx", "220"));
}

TEST(CodesTest, KinIsWhatStandsInTheSteadOfACode) {
  const Analyzer analyzer;
  const auto kin = [&](std::string_view question, std::string_view near, std::string_view passage) {
    const auto found = AskedCodes(question, analyzer).FindKin(near, passage, analyzer);
    return found ? found->asked + " " + found->there : "";
  };
  EXPECT_EQ(kin("VX-220/B", "the VX-220 weighs 88 kg", "the VX-220 weighs 88 kg"),
            "VX-220/B VX-220");
  EXPECT_EQ(kin("HT-300", "HT-300/B的重量", "HT-300/B的重量"), "HT-300 HT-300/B");
  EXPECT_EQ(kin("VX-220/B", "as the VX-220", "The VX-220/B is as good as the VX-220"), "");
  EXPECT_EQ(kin("VX-220/B and VX-220", "the VX-220", "the VX-220"), "");
  EXPECT_EQ(kin("VX-220/B", "the VX-240", "the VX-240"), "");
  EXPECT_EQ(kin("MP4", "formats: MP4/AVI/MOV", "formats: MP4/AVI/MOV"), "");
  EXPECT_EQ(kin("能用LR44吗", "电池：CR2032/LR44", "电池：CR2032/LR44"), "");
  EXPECT_EQ(kin("B1车位怎么收费", "B1-001至B1-050每月300元", "B1-001至B1-050每月300元"), "");
  EXPECT_EQ(kin("A320", "the A320-200 seats 180", "the A320-200 seats 180"), "");
  EXPECT_EQ(kin("A320-200", "the A320 seats 180", "the A320 seats 180"), "A320-200 A320");
  EXPECT_EQ(kin("VX-220", "the VX-220/2", "the VX-220/2"), "VX-220 VX-220/2");
}

TEST(CodesTest, ASiblingDiffersByItsDigitsAlone) {
  const Analyzer analyzer;
  const auto siblings = [&](std::string_view question, std::string_view text) {
    std::vector<std::string> found;
    for (const AskedCodes::Place& place :
         AskedCodes(question, analyzer).PlacesIn(text, analyzer.Tokenize(text))) {
      EXPECT_EQ(place.is_asked, !place.sibling.has_value()) << text;
      if (place.sibling) found.push_back(place.sibling->asked + ' ' + place.sibling->there);
    }
    return found;
  };
  EXPECT_THAT(siblings("HY-300", "the HY-400, the HY-300 and the HY-50"),
              ElementsAre("HY-300 HY-400", "HY-300 HY-50"));
  EXPECT_THAT(siblings("HX-300的重量", "HX-400的重量"), ElementsAre("HX-300 HX-400"));
  EXPECT_THAT(siblings("HY-300", "the VX-400, HY-300/B, HY300 and HY-A"), IsEmpty());
  EXPECT_THAT(siblings("HY-300 or HY-400", "the HY-400"), IsEmpty());
  EXPECT_THAT(siblings("v3.1", "v3.2"), IsEmpty());
  EXPECT_THAT(siblings("oil", "the HY-400"), IsEmpty());
}

}  // namespace
}  // namespace quarry::model
