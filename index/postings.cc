#include "index/postings.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "base/coding.h"
#include "base/status.h"

namespace quarry::index {
namespace {

constexpr size_t kEntryBytes = 12;
constexpr uint32_t kScoredTogether = 16;  // bm25_kernels.h
constexpr uint32_t kNoSlot = UINT32_MAX;  // "before" the first: differences wrap around

// In 255ths, rounded up; 255 bounds everything.
uint8_t ImpactOf(std::span<const Posting> postings, std::span<const uint32_t> lengths,
                 const LengthNorm& norm) {
  double most = 0;
  for (const Posting& posting : postings) {
    const double length = norm.base + double{norm.slope} * lengths[posting.slot];
    most = std::max(most, posting.count / (posting.count + length));
  }
  // Floats are off by less than a millionth.
  return static_cast<uint8_t>(std::min(255.0, std::ceil(255 * most * (1 + 1e-6))));
}

void AppendShort(std::span<const Posting> postings, uint32_t before, std::string& out) {
  constexpr size_t kMostBytes = 5;  // of a varint here
  const size_t begin = out.size();
  out.resize(begin + 2 * kMostBytes * postings.size());
  char* at = out.data() + begin;
  for (const Posting& posting : postings) {
    const uint64_t gap = posting.slot - before - 1;
    at = PutVarint(at, gap << 1 | (posting.count == 1 ? 1 : 0));
    if (posting.count > 1) at = PutVarint(at, posting.count - 2);
    before = posting.slot;
  }
  out.resize(static_cast<size_t>(at - out.data()));
}

void DecodeShort(const char* at, uint32_t before, uint32_t size, PostingsBlock& out) {
  for (uint32_t i = 0; i < size; ++i) {
    const uint64_t gap = TakeVarint(at);
    out.slots[i] = before += static_cast<uint32_t>(gap >> 1) + 1;
    out.counts[i] = (gap & 1) != 0 ? 1 : static_cast<uint32_t>(TakeVarint(at)) + 2;
  }
  // Up to the next multiple of kScoredTogether: any slot that is valid.
  for (uint32_t i = size; i % kScoredTogether != 0; ++i) {
    out.slots[i] = before;
    out.counts[i] = 1;
  }
  out.size = size;
}

}  // namespace

struct PostingsList::BlockEntry {
  uint32_t last_slot;
  uint32_t end;
  uint8_t slot_bits;
  uint8_t count_bits;
  uint8_t impact;
  uint8_t zero;
};

void EncodePostings(std::span<const Posting> postings, std::span<const uint32_t> lengths,
                    const LengthNorm& norm, std::string& out) {
  if (postings.size() < kPackedBlock) {
    out.push_back(static_cast<char>(ImpactOf(postings, lengths, norm)));
    return AppendShort(postings, kNoSlot, out);
  }
  const size_t blocks = (postings.size() + kPackedBlock - 1) / kPackedBlock;
  const size_t table = out.size();
  const size_t data = table + blocks * kEntryBytes;
  out.resize(data);
  uint32_t before = kNoSlot;
  for (size_t b = 0; b < blocks; ++b) {
    const size_t begin = b * kPackedBlock;
    const auto block = postings.subspan(begin, std::min(kPackedBlock, postings.size() - begin));
    uint32_t slot_bits = 0;
    uint32_t count_bits = 0;
    if (block.size() == kPackedBlock) {
      uint32_t differences[kPackedBlock];
      uint32_t counts[kPackedBlock];
      for (size_t i = 0; i < kPackedBlock; ++i) {
        differences[i] = block[i].slot - (i == 0 ? before : block[i - 1].slot);
        counts[i] = block[i].count - 1;
      }
      slot_bits = BitsNeeded(differences);
      count_bits = BitsNeeded(counts);
      const size_t at = out.size();
      out.resize(at + PackedBytes(slot_bits) + PackedBytes(count_bits));
      PackBlock(differences, slot_bits, out.data() + at);
      PackBlock(counts, count_bits, out.data() + at + PackedBytes(slot_bits));
    } else {
      AppendShort(block, before, out);
    }
    before = block.back().slot;
    std::string entry;
    AppendFixed32(entry, before);
    QUARRY_CHECK(out.size() - data <= UINT32_MAX);
    AppendFixed32(entry, static_cast<uint32_t>(out.size() - data));
    entry.push_back(static_cast<char>(slot_bits));
    entry.push_back(static_cast<char>(count_bits));
    entry.push_back(static_cast<char>(ImpactOf(block, lengths, norm)));
    entry.push_back('\0');
    std::copy(entry.begin(), entry.end(),
              out.begin() + static_cast<ptrdiff_t>(table + b * kEntryBytes));
  }
}

PostingsList::BlockEntry PostingsList::Entry(size_t block) const {
  static_assert(sizeof(BlockEntry) == kEntryBytes);
  BlockEntry entry;
  std::memcpy(&entry, bytes_ + block * kEntryBytes, sizeof(entry));
  return entry;
}

uint32_t PostingsList::LastSlot(size_t block) const {
  uint32_t slot;
  std::memcpy(&slot, bytes_ + block * kEntryBytes, sizeof(slot));
  return slot;
}

uint8_t PostingsList::Impact(size_t block) const {
  return is_short() ? static_cast<uint8_t>(bytes_[0]) : Entry(block).impact;
}

void PostingsList::Decode(size_t block, PostingsBlock& out) const {
  if (is_short()) return DecodeShort(bytes_ + 1, kNoSlot, size_, out);
  const BlockEntry entry = Entry(block);
  const BlockEntry last = block == 0 ? BlockEntry{.last_slot = kNoSlot} : Entry(block - 1);
  const char* const at = bytes_ + blocks() * kEntryBytes + last.end;
  const size_t left = size_ - block * kPackedBlock;
  if (left < kPackedBlock) {
    return DecodeShort(at, last.last_slot, static_cast<uint32_t>(left), out);
  }
  UnpackAscending(at, entry.slot_bits, last.last_slot, out.slots.data());
  UnpackBlock(at + PackedBytes(entry.slot_bits), entry.count_bits, out.counts.data());
  for (uint32_t& count : out.counts) ++count;
  out.size = kPackedBlock;
}

size_t PostingsList::Seek(uint32_t slot, size_t from) const {
  const size_t end = blocks();
  // Steps that double, then halves of the last one.
  size_t step = 1;
  size_t low = from;  // all before it end before `slot`
  size_t high = from;
  while (high < end && LastSlot(high) < slot) {
    low = high + 1;
    high += step;
    step *= 2;
  }
  high = std::min(high, end);
  while (low < high) {
    const size_t middle = low + (high - low) / 2;
    if (LastSlot(middle) < slot) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

uint32_t PostingsList::CountAt(uint32_t slot) const {
  if (empty()) return 0;
  const size_t block = is_short() ? 0 : Seek(slot, 0);
  if (block == blocks()) return 0;
  PostingsBlock decoded;
  Decode(block, decoded);
  const auto end = decoded.slots.begin() + decoded.size;
  const auto at = std::lower_bound(decoded.slots.begin(), end, slot);
  return at == end || *at != slot ? 0
                                  : decoded.counts[static_cast<size_t>(at - decoded.slots.begin())];
}

}  // namespace quarry::index
