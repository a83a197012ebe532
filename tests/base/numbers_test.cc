#include "base/numbers.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>

namespace quarry {
namespace {

TEST(NumbersTest, ANumberIsWrittenWithAsManyDigitsAsAreWanted) {
  EXPECT_EQ(FormatNumber(0.1), "0.1");
  EXPECT_EQ(FormatNumber(-1e100), "-1e+100");
  EXPECT_EQ(FormatNumber(-2.2250738585072014e-308), "-2.2250738585072014e-308");
  EXPECT_EQ(FormatNumber(-std::numeric_limits<double>::infinity()), "-inf");
  EXPECT_EQ(FormatFixed(0.345, 1), "0.3");
  EXPECT_EQ(FormatFixed(2, 2), "2.00");
  EXPECT_EQ(FormatFixed(-1e300, 15).size(), 1u + 301u + 1u + 15u);
  EXPECT_EQ(FormatSigned(0.01234, 4), "+0.0123");
  EXPECT_EQ(FormatSigned(-2, 0), "-2");
  EXPECT_EQ(FormatSignificant(1234567, 2), "1.2e+06");
  EXPECT_EQ(FormatSignificant(-0.000123456, 4), "-0.0001235");
  EXPECT_EQ(FormatSignificant(0.5, 6), "0.5");
}

TEST(NumbersTest, OnlyATextThatIsAllANumberIsOne) {
  EXPECT_EQ(ParseNumber<uint16_t>("65535"), 65535);
  EXPECT_EQ(ParseNumber<uint16_t>("65536"), std::nullopt);
  EXPECT_EQ(ParseNumber<int>("-7"), -7);
  EXPECT_EQ(ParseNumber<uint32_t>("-7"), std::nullopt);
  EXPECT_EQ(ParseNumber<double>("1.5e3"), 1500.0);
  for (const char* text : {"", " 1", "1 ", "+1", "1.5", "x"}) {
    EXPECT_EQ(ParseNumber<int>(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace quarry
