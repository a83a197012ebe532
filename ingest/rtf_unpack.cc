// The scheme is LZ77 over a ring of 4096 bytes that begins with phrases of RTF. A byte of flags goes
// before eight tokens: a literal, or 12 bits of place in the ring and 4 of length less 2, of which
// one that leads to the place where the next byte goes is the end.

#include "ingest/rtf_unpack.h"

#include <algorithm>
#include <array>

namespace quarry::ingest {
namespace {

constexpr size_t kRtfHeaderBytes = 16;  // size packed, size unpacked, kind, checksum
constexpr std::string_view kPacked = "LZFu";
constexpr std::string_view kPlain = "MELA";
constexpr size_t kRing = 4096;
constexpr std::string_view kPhrases =
    "{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern "
    "\\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0"
    "\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx";
static_assert(kPhrases.size() == 207);

}  // namespace

Result<std::string> UnpackRtf(std::string_view bytes, ParseBudget* budget) {
  if (bytes.size() < kRtfHeaderBytes) {
    return InvalidArgumentError("broken compressed RTF: expected a header of 16 bytes");
  }
  const std::string_view kind = bytes.substr(8, 4);
  bytes.remove_prefix(kRtfHeaderBytes);
  if (kind == kPlain) return std::string(bytes);
  if (kind != kPacked) {
    return InvalidArgumentError("broken compressed RTF: expected LZFu or MELA at byte 8");
  }
  std::array<char, kRing> ring = {};
  std::ranges::copy(kPhrases, ring.begin());
  size_t head = kPhrases.size();
  std::string rtf;
  const auto put = [&](char c) {
    rtf += c;
    ring[head] = c;
    head = (head + 1) % kRing;
  };
  for (size_t at = 0; at < bytes.size();) {
    const auto flags = static_cast<unsigned char>(bytes[at++]);
    const size_t before = rtf.size();
    for (int bit = 0; bit < 8 && at < bytes.size(); ++bit) {
      if ((flags >> bit & 1) == 0) {
        put(bytes[at++]);
        continue;
      }
      if (at + 2 > bytes.size()) {
        return InvalidArgumentError("broken compressed RTF: cut off");
      }
      const auto high = static_cast<unsigned char>(bytes[at]);
      const auto low = static_cast<unsigned char>(bytes[at + 1]);
      at += 2;
      const size_t place = size_t{high} << 4 | low >> 4;
      if (place == head) return rtf;
      for (size_t i = 0; i < (low & 15u) + 2; ++i) put(ring[(place + i) % kRing]);
    }
    QUARRY_RETURN_IF_ERROR(budget->TakeBytes(rtf.size() - before, rtf.size()));
  }
  return rtf;
}

}  // namespace quarry::ingest
