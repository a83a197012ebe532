#include "base/ip_address.h"

#include <arpa/inet.h>

#include <algorithm>
#include <vector>

#include "base/numbers.h"

namespace quarry {
namespace {

std::vector<IpRange> RangesOf(std::initializer_list<const char*> texts) {
  std::vector<IpRange> ranges;
  for (const char* text : texts) ranges.push_back(ParseIpRange(text).value());
  return ranges;
}

const std::vector<IpRange>& SpecialRanges() {
  static const std::vector<IpRange> ranges = RangesOf({
      "0.0.0.0/8",        // this network
      "10.0.0.0/8",       // private
      "100.64.0.0/10",    // behind a carrier's NAT
      "127.0.0.0/8",      // this machine
      "169.254.0.0/16",   // link-local; clouds serve credentials there
      "172.16.0.0/12",    // private
      "192.0.0.0/24",     // protocol assignments
      "192.0.2.0/24",     // documentation
      "192.88.99.0/24",   // relays of 6to4
      "192.168.0.0/16",   // private
      "198.18.0.0/15",    // benchmarks
      "198.51.100.0/24",  // documentation
      "203.0.113.0/24",   // documentation
      "224.0.0.0/4",      // multicast
      "240.0.0.0/4",      // reserved, and broadcast
      "2001::/23",        // protocol assignments: Teredo, ORCHID
      "2001:db8::/32",    // documentation
      "2002::/16",        // 6to4
      "3fff::/20",        // documentation
  });
  return ranges;
}

}  // namespace

std::string IpAddress::ToString() const {
  char text[INET6_ADDRSTRLEN] = {};
  ::inet_ntop(is_v6 ? AF_INET6 : AF_INET, bytes.data(), text, sizeof(text));
  return text;
}

Result<IpAddress> ParseIpAddress(std::string_view text) {
  IpAddress address;
  const std::string terminated(text);
  address.is_v6 = text.find(':') != std::string_view::npos;
  const int family = address.is_v6 ? AF_INET6 : AF_INET;
  if (terminated.find('\0') == std::string::npos &&
      ::inet_pton(family, terminated.c_str(), address.bytes.data()) == 1) {
    return address;
  }
  return InvalidArgumentError("\"" + terminated +
                              "\": expected an address such as 192.0.2.7 or 2001:db8::1");
}

bool IsLoopbackIpv4(std::string_view host) {
  const Result<IpAddress> address = ParseIpAddress(host);
  return address.ok() && !address->is_v6 && address->bytes[0] == 127;
}

bool IpRange::Contains(const IpAddress& other) const {
  if (other.is_v6 != address.is_v6) return false;
  const size_t whole = bits / 8;
  if (!std::equal(address.bytes.begin(), address.bytes.begin() + whole, other.bytes.begin())) {
    return false;
  }
  if (bits % 8 == 0) return true;
  return ((address.bytes[whole] ^ other.bytes[whole]) >> (8 - bits % 8)) == 0;
}

Result<IpRange> ParseIpRange(std::string_view text) {
  const size_t slash = text.find('/');
  IpRange range;
  QUARRY_ASSIGN_OR_RETURN(range.address, ParseIpAddress(text.substr(0, slash)));
  const uint32_t most = range.address.is_v6 ? 128 : 32;
  range.bits = most;
  if (slash == std::string_view::npos) return range;
  const std::optional<uint32_t> bits = ParseNumber<uint32_t>(text.substr(slash + 1));
  if (!bits || *bits > most) {
    return InvalidArgumentError("\"" + std::string(text) + "\": expected 0 to " +
                                std::to_string(most) + " behind the \"/\"");
  }
  range.bits = *bits;
  return range;
}

bool IsPublicAddress(const IpAddress& address) {
  static const IpRange given_out = ParseIpRange("2000::/3").value();
  if (address.is_v6 && !given_out.Contains(address)) return false;
  return std::none_of(SpecialRanges().begin(), SpecialRanges().end(),
                      [&](const IpRange& range) { return range.Contains(address); });
}

}  // namespace quarry
