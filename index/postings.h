#pragma once

// The postings of one term in one segment (lexical_segment.h): ascending slots, how often the term
// stands in each, and bounds on what a stretch of them can score.
//
// Bytes. Fewer than kPackedBlock postings, a *short* list: one byte, the impact; then per posting
//   varint (gap << 1 | (count == 1)), and varint (count - 2) unless the count is 1;
//   gap = slot - the slot before - 1, the first one's: slot.
// More: a table of blocks, each of kPackedBlock postings and the last of what is left (0 is not
// written), 12 bytes each:
//   u32 last slot, u32 end of its bytes behind the table, u8 bits of the differences, u8 bits of the
//   counts, u8 impact, u8 0
// then the blocks: full ones as differences to the slot before (the first one's: slot + 1) and
// counts less 1, both packed (bit_packing.h); the last one as a short list without the impact.
//
// An impact bounds count / (count + norm(length)) over its postings (bm25.h), with the length
// normalisation of the segment's own average: in 255ths, rounded up. (Broder et al., "Efficient
// query evaluation using a two-level retrieval process", 2003; block maxima: Ding and Suel, "Faster
// top-k document retrieval using block-max indexes", 2011.)
//
// Thread-safe: views of immutable bytes. REQUIRES of every reader: the bytes were written by
// EncodePostings; the segment's checksum vouches for that.

#include <array>
#include <cstdint>
#include <span>
#include <string>

#include "index/bit_packing.h"
#include "index/bm25.h"

namespace quarry::index {

struct Posting {
  uint32_t slot = 0;
  uint32_t count = 0;  // how often the term stands in the row; at least 1
};

// Appends the bytes of a list. `lengths` by slot. REQUIRES: postings ascend and are not empty; slots
// < 2^31.
void EncodePostings(std::span<const Posting> postings, std::span<const uint32_t> lengths,
                    const LengthNorm& norm, std::string& out);

// A block of postings taken apart.
struct PostingsBlock {
  uint32_t size = 0;
  // Behind the last posting, up to the next multiple of 16: a slot that is valid, and 1.
  alignas(64) std::array<uint32_t, kPackedBlock> slots;
  alignas(64) std::array<uint32_t, kPackedBlock> counts;
};

class PostingsList {
 public:
  PostingsList() = default;  // empty
  PostingsList(const char* bytes, uint32_t size) : bytes_(bytes), size_(size) {}

  uint32_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  // A short list is one block, whose last slot only decoding tells.
  bool is_short() const { return size_ < kPackedBlock; }
  size_t blocks() const { return (size_ + kPackedBlock - 1) / kPackedBlock; }

  // REQUIRES: block < blocks(), and of LastSlot: !is_short().
  uint32_t LastSlot(size_t block) const;
  uint8_t Impact(size_t block) const;
  void Decode(size_t block, PostingsBlock& out) const;

  // The first block at or after `from` that ends at or after `slot`; blocks() if there is none.
  // REQUIRES: !is_short().
  size_t Seek(uint32_t slot, size_t from) const;

  // How often the term stands in the row at `slot`, 0 if it does not.
  uint32_t CountAt(uint32_t slot) const;

  // Calls visit(posting) for every posting, in order.
  template <typename Visit>
  void ForEach(Visit visit) const {
    PostingsBlock decoded;
    for (size_t block = 0; block < blocks(); ++block) {
      Decode(block, decoded);
      for (uint32_t i = 0; i < decoded.size; ++i) {
        visit(Posting{.slot = decoded.slots[i], .count = decoded.counts[i]});
      }
    }
  }

 private:
  struct BlockEntry;
  BlockEntry Entry(size_t block) const;

  const char* bytes_ = nullptr;
  uint32_t size_ = 0;
};

}  // namespace quarry::index
