#pragma once

// IpAddress, IpRange: addresses of IPv4 and IPv6, and which of them lie on the public Internet. Pure.

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/status.h"

namespace quarry {

struct IpAddress {
  bool is_v6 = false;
  std::array<uint8_t, 16> bytes{};  // in network order; of IPv4 the first four

  std::string ToString() const;
  friend bool operator==(const IpAddress&, const IpAddress&) = default;
};

// "192.0.2.7", "2001:db8::1"; none of the shorter and octal forms that resolvers take besides.
// kInvalidArgument.
Result<IpAddress> ParseIpAddress(std::string_view text);

// Whether `host` is an address of IPv4 that means this machine: "127.1.2.3", and not the name "127.example.org", which
// may lead anywhere.
bool IsLoopbackIpv4(std::string_view host);

// The addresses whose first `bits` bits are those of `address`.
struct IpRange {
  IpAddress address;
  uint32_t bits = 0;

  bool Contains(const IpAddress& other) const;
};

// "10.0.0.0/8", or one address. kInvalidArgument.
Result<IpRange> ParseIpRange(std::string_view text);

// Whether a packet to it is meant for the public Internet: false for this machine, private and
// link-local networks, carriers' NAT, multicast, documentation, and for the forms of IPv6 that stand
// for another address (mapped, 6to4, NAT64, Teredo), whatever that is. By the special-purpose
// registries of IANA (RFC 6890); of IPv6 only 2000::/3 has been given out.
bool IsPublicAddress(const IpAddress& address);

}  // namespace quarry
