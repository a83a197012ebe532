#pragma once

// LexicalSegment: the inverted index of a run of rows: term -> postings (row, count), and the
// length of every row. Immutable, so that any number of indexes and threads share it without a
// lock.
//
// Inside a segment rows are counted from 0 in ascending order of RowId; that number is a *slot*.
// Rows that died stay in the segment, the index keeps the set of them beside it (SegmentView);
// merging drops them. Postings of one term are neighbours in memory, ascending by slot, 8 bytes
// each.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/bitmap.h"
#include "base/ids.h"
#include "index/term_dictionary.h"

namespace quarry::index {

struct LexicalRow;   // lexical_index.h
struct SegmentView;  // below

struct Posting {
  uint32_t slot = 0;
  uint32_t count = 0;  // how often the term stands in the row
};

class LexicalSegment {
 public:
  // REQUIRES: rows are not empty and ascend; a row names no term twice.
  static std::shared_ptr<const LexicalSegment> Build(std::span<const LexicalRow> rows);

  // One segment of all live rows of `parts`. REQUIRES: there is one; parts ascend by rows.
  static std::shared_ptr<const LexicalSegment> Merge(std::span<const SegmentView> parts);

  // Both >= 1.
  uint32_t slots() const { return static_cast<uint32_t>(rows_.size()); }
  uint64_t postings() const { return postings_.size(); }

  RowId row(uint32_t slot) const { return rows_[slot]; }
  std::span<const uint32_t> lengths() const { return lengths_; }  // tokens, by slot
  // Where `row` stands, nullopt if it is not of this segment.
  std::optional<uint32_t> SlotOf(RowId row) const;

  // The postings of `term`, none if it does not occur. REQUIRES: hash ==
  // TermDictionary::HashOf(term).
  std::span<const Posting> Find(std::string_view term, uint32_t hash) const;

  uint64_t MemoryBytes() const;

 private:
  LexicalSegment() = default;

  std::span<const Posting> PostingsOf(uint32_t term) const {
    return std::span(postings_).subspan(begins_[term], begins_[term + 1] - begins_[term]);
  }

  TermDictionary terms_;
  std::vector<uint64_t> begins_;  // of each term's postings; one more at the end
  std::vector<Posting> postings_;
  std::vector<RowId> rows_;        // by slot
  std::vector<uint32_t> lengths_;  // by slot
};

// A segment and which of its rows are dead. A value: copies share both.
struct SegmentView {
  std::shared_ptr<const LexicalSegment> segment;
  std::shared_ptr<const Bitmap> dead = nullptr;  // by slot; nullptr while all are alive
  uint32_t dead_slots = 0;

  uint32_t live_slots() const { return segment->slots() - dead_slots; }
  bool IsDead(uint32_t slot) const { return dead != nullptr && dead->Test(slot); }
  // How many of `postings` are of live rows.
  uint64_t CountLive(std::span<const Posting> postings) const;
};

}  // namespace quarry::index
