#pragma once

// The dictionary of a lexical segment: terms in the order of their bytes, and where the postings of
// each stand.
//
// Bytes. Blocks of kTermBlock terms, the last one of what is left. A block: the first term as varint
// length and bytes, each later one as varint length of what it shares with the one before, varint
// length of the rest, the rest; after every term varint number of its postings and varint number of
// their bytes. The postings stand in the order of the terms. Beside the blocks a table with one
// entry of 24 bytes per block: u64 SortPrefix of its first term, u64 where the block's postings
// begin, u32 where the block begins, u32 0.
//
// Thread-safe: a view of immutable bytes. REQUIRES: the bytes were written by SortedTermsWriter; the
// segment's checksum vouches for that.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace quarry::index {

inline constexpr size_t kTermBlock = 32;

struct TermEntry {
  uint32_t number = 0;  // of the term in the order of all
  uint32_t postings = 0;
  uint64_t offset = 0;  // of the bytes of its postings
  uint64_t bytes = 0;
};

class SortedTerms {
 public:
  SortedTerms() = default;  // empty
  SortedTerms(std::string_view table, std::string_view blocks, uint32_t size)
      : table_(table), blocks_(blocks), size_(size) {}

  uint32_t size() const { return size_; }
  std::optional<TermEntry> Find(std::string_view term) const;

  // Goes through the terms in order.
  //
  //   for (auto it = terms.From("app"); it.valid(); it.Next()) Use(it.term(), it.entry());
  class Iterator {
   public:
    bool valid() const { return entry_.number < terms_->size_; }
    std::string_view term() const { return term_; }
    const TermEntry& entry() const { return entry_; }
    void Next();

   private:
    friend class SortedTerms;
    void ReadBlock(size_t block);
    void ReadTerm();

    const SortedTerms* terms_ = nullptr;
    const char* at_ = nullptr;
    std::string term_;
    TermEntry entry_;
  };
  // Begins with the first term that is not less than `term`.
  Iterator From(std::string_view term) const;

 private:
  struct BlockEntry {
    uint64_t prefix;
    uint64_t postings;
    uint32_t offset;
    uint32_t zero;
  };
  size_t blocks() const { return (size_ + kTermBlock - 1) / kTermBlock; }
  BlockEntry Entry(size_t block) const;
  std::string_view FirstTerm(size_t block) const;
  // The last block that begins with a term that is not larger; the first where there is none.
  // REQUIRES: size() > 0.
  size_t BlockOf(std::string_view term) const;

  std::string_view table_;
  std::string_view blocks_;
  uint32_t size_ = 0;
};

// Not thread-safe.
class SortedTermsWriter {
 public:
  // REQUIRES: larger than the term before.
  void Add(std::string_view term, uint32_t postings, uint64_t bytes);

  uint32_t size() const { return size_; }
  const std::string& table() const { return table_; }
  const std::string& blocks() const { return blocks_; }

 private:
  uint32_t size_ = 0;
  uint64_t offset_ = 0;
  std::string last_;
  std::string table_;
  std::string blocks_;
};

}  // namespace quarry::index
