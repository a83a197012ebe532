#include "base/base64.h"

#include <gtest/gtest.h>

namespace quarry {
namespace {

// RFC 4648, section 10.
TEST(Base64Test, TheVectorsOfTheStandardGoBothWays) {
  const std::pair<const char*, const char*> vectors[] = {{"", ""},
                                                         {"f", "Zg=="},
                                                         {"fo", "Zm8="},
                                                         {"foo", "Zm9v"},
                                                         {"foob", "Zm9vYg=="},
                                                         {"fooba", "Zm9vYmE="},
                                                         {"foobar", "Zm9vYmFy"}};
  for (const auto& [bytes, text] : vectors) {
    EXPECT_EQ(EncodeBase64(bytes), text);
    EXPECT_EQ(DecodeBase64(text), bytes);
  }
  std::string all;
  for (int i = 0; i < 256; ++i) all += static_cast<char>(i);
  EXPECT_EQ(DecodeBase64(EncodeBase64(all)), all);
}

TEST(Base64Test, WhatIsNoneIsRefused) {
  EXPECT_EQ(DecodeBase64("Zg"), "f");
  for (const char* text : {"Z", "Zm9v\n", "Zm9*", "====", "Zg==Zg=="}) {
    EXPECT_EQ(DecodeBase64(text), std::nullopt) << text;
  }
}

TEST(Base64Test, InMailWhatIsNoDigitIsPassedOver) {
  EXPECT_EQ(DecodeMailBase64("Zm9v\r\nYm*Fy\r\n"), "foobar");
  EXPECT_EQ(DecodeMailBase64("Zg=="), "f");
  EXPECT_EQ(DecodeMailBase64("-_-_"), DecodeBase64("+/+/"));
  EXPECT_EQ(DecodeMailBase64(""), "");
}

}  // namespace
}  // namespace quarry
