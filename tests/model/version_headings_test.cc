#include "model/version_headings.h"

#include <gtest/gtest.h>

namespace quarry::model {
namespace {

TEST(VersionHeadingsTest, VersionsAndDatesAreNamed) {
  for (const char* heading :
       {"3.4.0 - 2026-09-14", "3.4.0", "v2.1", "Version 2.1", "[1.2.0] - 2026-02-11", "2026-09",
        "8 April 2026", "April 2026", "March 3, 2026", "版本 2.1", "2025年3月", "2025-03-05"}) {
    EXPECT_TRUE(NamesVersionOrDate(heading)) << heading;
  }
}

TEST(VersionHeadingsTest, NumbersOfSectionsAndOtherThingsAreNot) {
  for (const char* heading :
       {"", "Scope", "3.1 Scope", "3.1.2 Scope", "3.1.2. Scope", "3.1.2 付款方式", "2.1 范围",
        "第3条", "From 2.x to 3", "Step 4", "500 GB", "ISO 2000 series"}) {
    EXPECT_FALSE(NamesVersionOrDate(heading)) << heading;
  }
}

TEST(VersionHeadingsTest, AGroupMayStandBetweenAnEntryAndItsVersion) {
  const std::vector<std::string> grouped = {"Changelog", "4.3.0 (2025-05-20)", "Added"};
  EXPECT_EQ(VersionHeadingIn(grouped), 1u);
  EXPECT_EQ(VersionHeadingIn({grouped.begin(), grouped.begin() + 2}), 1u);
  EXPECT_EQ(VersionHeadingIn(std::vector<std::string>{"4.3.0", "Added", "Console", "Menu"}),
            std::nullopt);
  EXPECT_EQ(VersionHeadingIn({}), std::nullopt);
}

}  // namespace
}  // namespace quarry::model
