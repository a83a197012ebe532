#pragma once

// The best of the rows that a search comes to.

#include <cstdint>
#include <memory>
#include <vector>

#include "index/row_table.h"

namespace quarry::index {

// Keeps the best of what it is offered, as many as its limit asks for. Not thread-safe; the table
// must outlive it.
class ResultCollector {
 public:
  static std::unique_ptr<ResultCollector> Make(const RowTable& table, ResultLimit limit);
  virtual ~ResultCollector() = default;

  // The score below which Offer does nothing.
  virtual double Threshold() const = 0;
  // REQUIRES: each row is offered once.
  virtual void Offer(ScoredRow row) = 0;
  // Best first; the object is empty afterwards.
  virtual std::vector<ScoredRow> Take() = 0;
};

// The k best rows.
class TopRows final : public ResultCollector {
 public:
  TopRows(const RowTable& table, size_t k) : table_(table), k_(k) {}
  double Threshold() const override;
  void Offer(ScoredRow row) override;
  std::vector<ScoredRow> Take() override;

 private:
  const RowTable& table_;
  const size_t k_;
  std::vector<ScoredRow> heap_;  // worst on top
};

// The rows of ResultLimit::Documents(count).
//
// A heap has the best row of each of the `count` best documents so far; what is worse than the worst
// of these can never be wanted. All other rows are kept beside it, and those that have become worse
// are thrown away when they are many.
class TopDocuments final : public ResultCollector {
 public:
  TopDocuments(const RowTable& table, size_t count);
  // Whether there are rows of as many documents as are wanted.
  bool is_full() const { return heap_.size() == count_; }
  double Threshold() const override;
  void Offer(ScoredRow row) override;
  std::vector<ScoredRow> Take() override;

 private:
  // A document that is among the best; a number below is its place in entries_.
  struct Entry {
    uint32_t document = 0;
    uint32_t next = 0;  // of those with the same slot
    size_t in_heap = 0;
    ScoredRow best;
  };
  static constexpr uint32_t kNone = UINT32_MAX;

  const ScoredRow& worst() const { return entries_[heap_.front()].best; }
  uint32_t& FirstOf(uint32_t document);
  uint32_t Find(uint32_t document);
  void Link(uint32_t entry);
  void Unlink(uint32_t entry);
  void Put(size_t place, uint32_t entry);
  void SiftUp(size_t place);
  void SiftDown(size_t place);
  void DropWorse();

  const RowTable& table_;
  const size_t count_;
  std::vector<Entry> entries_;
  std::vector<uint32_t> slots_;  // by hash: the first entry, kNone where there is none
  std::vector<uint32_t> heap_;   // entries, worst on top
  std::vector<ScoredRow> rows_;  // in no order
  size_t most_rows_;             // before they are looked through
};

}  // namespace quarry::index
