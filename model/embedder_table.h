#pragma once

// The learnt table of the LSA embedder: term -> vector. Internal to model/lsa_*.cc.
//
// Vectors are stored as one signed byte a value and one float a term (the row's largest magnitude
// over 127, times the term's weight in a text), 4 times less memory than floats at no measured
// loss. Terms whose vectors differ in length only, such as those that occur in one and the same
// text, share a row: in Chinese, where most character pairs occur once, that leaves a quarter of
// the rows.
//
// Look-up is open addressing by Hash64 over one blob of all terms: 4 bytes a slot and no allocation
// per term, so that a table of 60,000 terms is ready a few milliseconds after its bytes are read.
//
// Bytes (little-endian; integers are LEB128 varints unless noted):
//   "QLSA"  checksum:u64 = Hash64 of all that follows  version:u32
//   analyzer fingerprint (length, bytes)  dimension  rank  texts  terms  rows
//   per term, in byte order: length shared with the term before, length of the rest, the rest,
//     number of its row
//   per term: scale:f32
//   per row: rank signed bytes

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/shared_bytes.h"
#include "base/status.h"

namespace quarry::model {

// Immutable after construction: safe to read from many threads.
class EmbedderTable {
 public:
  static constexpr uint32_t kNoTerm = UINT32_MAX;

  struct Parts {
    std::string analyzer;            // Analyzer::Fingerprint()
    uint32_t dimension = 0;          // of the vectors given out
    uint32_t rank = 0;               // stored values a row; the rest of the dimension is zero
    uint64_t texts = 0;              // learnt from
    std::vector<std::string> terms;  // ascending, distinct
    std::vector<uint32_t> row_of;    // terms.size(): the term's row
    std::vector<float> scales;       // terms.size(): multiplies the row's bytes
    std::vector<int8_t> rows;        // rows * rank
  };
  explicit EmbedderTable(Parts parts);

  std::string Serialize() const;
  // The rows, nearly all of the bytes, are read from where they are. Errors: kDataLoss for anything
  // that Serialize did not write; kFailedPrecondition for a version of the format that this program
  // does not read.
  static Result<EmbedderTable> Parse(const SharedBytes& file);
  // The checksum that stands in the bytes, unchecked; 0 where they are too short to have one.
  static uint64_t Checksum(std::string_view bytes);

  // The number of `term`, or kNoTerm.
  uint32_t Find(std::string_view term) const;
  // sums[0..rank()) += factor * the vector of term `number`.
  void AddRow(uint32_t number, float factor, std::span<float> sums) const;

  const std::string& analyzer() const { return analyzer_; }
  uint32_t dimension() const { return dimension_; }
  uint32_t rank() const { return rank_; }
  uint32_t size() const { return static_cast<uint32_t>(scales_.size()); }
  std::string_view Term(uint32_t number) const {
    return std::string_view(blob_).substr(offsets_[number],
                                          offsets_[number + 1] - offsets_[number]);
  }

 private:
  EmbedderTable() = default;
  size_t RowCount() const { return rank_ == 0 ? 0 : rows_.size() / rank_; }
  void AppendTerm(std::string_view term);
  void BuildSlots();

  std::string analyzer_;
  uint32_t dimension_ = 0;
  uint32_t rank_ = 0;
  uint64_t texts_ = 0;
  std::string blob_;               // all terms, one behind the other
  std::vector<uint32_t> offsets_;  // size() + 1 positions in blob_
  std::vector<uint32_t> slots_;    // a power of two; kNoTerm where empty
  std::vector<uint32_t> row_of_;
  std::vector<float> scales_;
  std::span<const int8_t> rows_;  // of the bytes parsed, or of Parts
  std::shared_ptr<const void> rows_owner_;
};

}  // namespace quarry::model
