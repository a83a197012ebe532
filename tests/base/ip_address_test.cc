#include "base/ip_address.h"

#include "base/host_name.h"
#include "tests/testing/test_environment.h"

namespace quarry {
namespace {

using ::testing::HasSubstr;

bool IsPublic(const char* text) { return IsPublicAddress(ParseIpAddress(text).value()); }

TEST(IpAddressTest, IsReadAndWrittenInOneWay) {
  EXPECT_EQ(ParseIpAddress("192.0.2.7").value().ToString(), "192.0.2.7");
  EXPECT_EQ(ParseIpAddress("2001:DB8:0:0::1").value().ToString(), "2001:db8::1");
  EXPECT_EQ(ParseIpAddress("::ffff:127.0.0.1").value().is_v6, true);
  for (const char* wrong : {"", "1.2.3", "0177.0.0.1", "2130706433", "1.2.3.4.5", "::1%lo", "a"}) {
    EXPECT_THAT(ParseIpAddress(wrong).status().message(), HasSubstr("expected an address such as"))
        << wrong;
  }
}

TEST(IpAddressTest, RangesHoldWhatBeginsAsTheyDo) {
  const IpRange ten = ParseIpRange("10.16.0.0/12").value();
  EXPECT_TRUE(ten.Contains(ParseIpAddress("10.31.255.255").value()));
  EXPECT_FALSE(ten.Contains(ParseIpAddress("10.32.0.0").value()));
  EXPECT_FALSE(ten.Contains(ParseIpAddress("::").value()));
  EXPECT_TRUE(ParseIpRange("0.0.0.0/0").value().Contains(ParseIpAddress("9.9.9.9").value()));
  const IpRange one = ParseIpRange("fd00::1").value();
  EXPECT_TRUE(one.Contains(ParseIpAddress("fd00::1").value()));
  EXPECT_FALSE(one.Contains(ParseIpAddress("fd00::2").value()));
  EXPECT_THAT(ParseIpRange("10.0.0.0/33").status().message(), HasSubstr("expected 0 to 32 behind"));
  EXPECT_THAT(ParseIpRange("fd00::/x").status().message(), HasSubstr("expected 0 to 128 behind"));
  EXPECT_FALSE(ParseIpRange("10.0.0.0/").ok());
}

TEST(IpAddressTest, WhatIsNotThePublicInternetIsKnown) {
  for (const char* text :
       {"8.8.8.8", "1.1.1.1", "100.63.255.255", "100.128.0.0", "172.15.0.1", "172.32.0.1",
        "192.167.0.1", "198.17.0.1", "198.20.0.1", "223.255.255.255", "2606:4700::1111",
        "2a00:1450:4001::1", "2001:4860:4860::8888"}) {
    EXPECT_TRUE(IsPublic(text)) << text;
  }
  for (const char* text : {"0.0.0.0",
                           "10.0.0.1",
                           "100.64.0.1",
                           "127.0.0.1",
                           "127.255.255.254",
                           "169.254.169.254",
                           "172.16.0.1",
                           "172.31.255.255",
                           "192.0.0.1",
                           "192.168.1.1",
                           "198.18.0.1",
                           "224.0.0.1",
                           "239.255.255.255",
                           "240.0.0.1",
                           "255.255.255.255",
                           "::",
                           "::1",
                           "::ffff:8.8.8.8",
                           "::ffff:127.0.0.1",
                           "64:ff9b::7f00:1",
                           "64:ff9b:1::1",
                           "100::1",
                           "2001::1",
                           "2001:db8::1",
                           "2002:7f00:1::1",
                           "fc00::1",
                           "fdff::1",
                           "fe80::1",
                           "fec0::1",
                           "ff02::1",
                           "4000::1"}) {
    EXPECT_FALSE(IsPublic(text)) << text;
  }
}

TEST(HostNameTest, IsWrittenInAscii) {
  EXPECT_EQ(AsciiHostName("Example.ORG").value(), "example.org");
  EXPECT_EQ(AsciiHostName("例子.测试").value(), "xn--fsqu00a.xn--0zwm56d");
  EXPECT_EQ(AsciiHostName("bücher.example").value(), "xn--bcher-kva.example");
  // Full width letters and the ideographic full stop are what they look like.
  EXPECT_EQ(AsciiHostName("ｅｘ。org").value(), "ex.org");
  EXPECT_THAT(AsciiHostName("a\xFF.org").status().message(),
              HasSubstr("characters that none may have"));
  EXPECT_FALSE(AsciiHostName("a\u200E.org").ok());
  EXPECT_FALSE(AsciiHostName("℀.org").ok());  // else "a/c.org"
}

}  // namespace
}  // namespace quarry
