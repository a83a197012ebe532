#include "base/hex.h"

#include <gtest/gtest.h>

namespace quarry {
namespace {

TEST(HexTest, BytesGoBothWays) {
  EXPECT_EQ(ToHex(std::string_view("\0\x0A\xFFz", 4)), "000aff7a");
  EXPECT_EQ(HexByteAt("x0aFf", 1), 0x0A);
  EXPECT_EQ(HexByteAt("x0aFf", 3), 0xFF);
  EXPECT_EQ(HexByteAt("x0aFf", 4), std::nullopt) << "one digit";
  EXPECT_EQ(HexByteAt("0g", 0), std::nullopt);
}

TEST(HexTest, WhatIsNoEscapeStays) {
  EXPECT_EQ(DecodeHexEscapes("=E4=b8=AD==4", '='), "中==4");
  EXPECT_EQ(DecodeHexEscapes("100%, 5%3D%", '%'), "100%, 5=%");
}

TEST(HexTest, UrlsHaveAllButUnreservedCharactersEncoded) {
  EXPECT_EQ(PercentEncode("a/b c?d=文&%"), "a%2Fb%20c%3Fd%3D%E6%96%87%26%25");
  EXPECT_EQ(PercentEncode("/a-._~Z9/b c", "/"), "/a-._~Z9/b%20c");
}

}  // namespace
}  // namespace quarry
