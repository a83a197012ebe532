#pragma once

// LexicalSegment: the inverted index of a run of rows: term -> postings (row, count), and the
// length of every row. Immutable bytes, in memory or in a mapped file, that are searched as they
// are; any number of indexes and threads share them without a lock.
//
// Inside a segment rows are counted from 0 in ascending order of RowId; that number is a *slot*.
// Rows that died stay in the segment, the index keeps the set of them beside it (SegmentView);
// merging drops them.
//
// Bytes: a section file (section_file.h), magic "QLEX", version 1.
//
//   fields    u32 slots, u32 terms, u64 postings, u64 tokens (sum of the lengths), and k1 and b (two
//             doubles), for which the impacts hold
//   sections  rows      u32 per slot, ascending
//             lengths   u32 per slot
//             table     sorted_terms.h
//             blocks    sorted_terms.h
//             postings  postings.h, in the order of the terms

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/shared_bytes.h"
#include "base/status.h"
#include "index/postings.h"
#include "index/sorted_terms.h"
#include "index/spill_file.h"

namespace quarry::index {

class LexicalSegment {
 public:
  // kDataLoss naming what is wrong with the header or a section's place. `hash` is Hash64 of the bytes,
  // where it is known.
  static Result<std::shared_ptr<const LexicalSegment>> Parse(SharedBytes bytes,
                                                             std::optional<uint64_t> hash = {});
  // What Parse keeps views of.
  const SharedBytes& bytes() const { return bytes_; }
  // Hash64 of them. They are gone through for it once, and not at all where it was known.
  uint64_t Hash() const;
  // Whether they are those of a file without a name, which goes with the segment.
  bool is_spilled() const { return is_spilled_; }

  uint32_t slots() const { return static_cast<uint32_t>(rows_.size()); }  // at least 1
  uint64_t postings() const { return postings_; }
  uint64_t tokens() const { return tokens_; }
  const Bm25Parameters& parameters() const { return parameters_; }

  RowId row(uint32_t slot) const { return rows_[slot]; }
  std::span<const RowId> rows() const { return rows_; }
  std::span<const uint32_t> lengths() const { return lengths_; }  // tokens, by slot
  // Where `row` stands, nullopt if it is not of this segment.
  std::optional<uint32_t> SlotOf(RowId row) const;

  const SortedTerms& terms() const { return terms_; }
  PostingsList List(const TermEntry& term) const {
    return {postings_bytes_.data() + term.offset, term.postings};
  }

 private:
  friend class LexicalSegmentWriter;
  LexicalSegment() = default;
  static Result<std::shared_ptr<LexicalSegment>> ParseBytes(SharedBytes bytes);

  SharedBytes bytes_;
  mutable std::once_flag hashed_;
  mutable uint64_t hash_ = 0;
  bool is_spilled_ = false;
  uint64_t postings_ = 0;
  uint64_t tokens_ = 0;
  Bm25Parameters parameters_;
  std::span<const RowId> rows_;
  std::span<const uint32_t> lengths_;
  SortedTerms terms_;
  std::string_view postings_bytes_;
};

// Writes a segment: into memory, or into a file, postings first, so that of those only a piece is in
// memory. Not thread-safe.
class LexicalSegmentWriter {
 public:
  // REQUIRES: as many rows as lengths, at least one; rows ascend; `spill` is empty.
  LexicalSegmentWriter(const Bm25Parameters& parameters, std::vector<RowId> rows,
                       std::vector<uint32_t> lengths,
                       std::optional<SpillFile> spill = std::nullopt);
  // REQUIRES: the term is larger than the one before; EncodePostings' requirements.
  void Add(std::string_view term, std::span<const Posting> postings);
  // Errors: those of the file, whenever they came; without one there is none.
  Result<std::shared_ptr<const LexicalSegment>> Finish();

 private:
  std::string Fields() const;
  void SpillPostings();
  Result<std::shared_ptr<const LexicalSegment>> FinishSpilled();

  const Bm25Parameters parameters_;
  const std::vector<RowId> rows_;
  const std::vector<uint32_t> lengths_;
  const uint64_t tokens_;
  const LengthNorm norm_;
  SortedTermsWriter terms_;
  std::string postings_;  // that are not in the file yet
  uint64_t count_ = 0;
  std::optional<SpillFile> spill_;
  Status spilled_;
};

}  // namespace quarry::index
