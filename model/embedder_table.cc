#include "model/embedder_table.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <utility>

#include "base/coding.h"
#include "base/hash.h"
#include "model/accumulate.h"

namespace quarry::model {
namespace {

constexpr std::string_view kTableMagic = "QLSA";
constexpr uint32_t kTableVersion = 1;
constexpr uint32_t kMaxTableDimension = 1u << 16;
constexpr size_t kChecksumBegin = 4;
constexpr size_t kChecksumEnd = 12;

size_t SharedPrefix(std::string_view a, std::string_view b) {
  return static_cast<size_t>(
      std::mismatch(a.begin(), a.begin() + static_cast<ptrdiff_t>(std::min(a.size(), b.size())),
                    b.begin())
          .first -
      a.begin());
}

}  // namespace

EmbedderTable::EmbedderTable(Parts parts)
    : analyzer_(std::move(parts.analyzer)),
      dimension_(parts.dimension),
      rank_(parts.rank),
      texts_(parts.texts),
      row_of_(std::move(parts.row_of)),
      scales_(std::move(parts.scales)) {
  const auto rows = std::make_shared<const std::vector<int8_t>>(std::move(parts.rows));
  rows_ = *rows;
  rows_owner_ = rows;
  QUARRY_CHECK(parts.terms.size() == scales_.size());
  QUARRY_CHECK(parts.terms.size() == row_of_.size());
  QUARRY_CHECK(rank_ > 0 && rows_.size() % rank_ == 0);
  for (const uint32_t row : row_of_) QUARRY_CHECK(row < RowCount());
  QUARRY_CHECK(std::is_sorted(parts.terms.begin(), parts.terms.end()));
  offsets_.push_back(0);
  for (const std::string& term : parts.terms) AppendTerm(term);
  BuildSlots();
}

void EmbedderTable::AppendTerm(std::string_view term) {
  blob_.append(term);
  offsets_.push_back(static_cast<uint32_t>(blob_.size()));
}

void EmbedderTable::BuildSlots() {
  slots_.assign(std::bit_ceil(std::max<size_t>(size_t{2} * size(), 2)), kNoTerm);
  const size_t mask = slots_.size() - 1;
  for (uint32_t number = 0; number < size(); ++number) {
    size_t slot = Hash64(Term(number)) & mask;
    while (slots_[slot] != kNoTerm) slot = (slot + 1) & mask;
    slots_[slot] = number;
  }
}

uint32_t EmbedderTable::Find(std::string_view term) const {
  const size_t mask = slots_.size() - 1;
  for (size_t slot = Hash64(term) & mask;; slot = (slot + 1) & mask) {
    const uint32_t number = slots_[slot];
    if (number == kNoTerm || Term(number) == term) return number;
  }
}

void EmbedderTable::AddRow(uint32_t number, float factor, std::span<float> sums) const {
  AccumulateBytes(factor * scales_[number], rows_.data() + size_t{row_of_[number]} * rank_, rank_,
                  sums.data());
}

std::string EmbedderTable::Serialize() const {
  std::string body;
  body.reserve(64 + analyzer_.size() + blob_.size() + size_t{size()} * (4 + 9) + rows_.size());
  body.append(kTableMagic);
  AppendFixed64(body, 0);  // the checksum's place
  AppendFixed32(body, kTableVersion);
  AppendBytes(body, analyzer_);
  AppendVarint(body, dimension_);
  AppendVarint(body, rank_);
  AppendVarint(body, texts_);
  AppendVarint(body, size());
  AppendVarint(body, RowCount());
  std::string_view before;
  for (uint32_t number = 0; number < size(); ++number) {
    const std::string_view term = Term(number);
    const size_t shared = SharedPrefix(before, term);
    AppendVarint(body, shared);
    AppendBytes(body, term.substr(shared));
    AppendVarint(body, row_of_[number]);
    before = term;
  }
  for (const float scale : scales_) AppendFixed32(body, std::bit_cast<uint32_t>(scale));
  body.append(reinterpret_cast<const char*>(rows_.data()), rows_.size());
  std::string checksum;
  AppendFixed64(checksum, Hash64(std::string_view(body).substr(kChecksumEnd)));
  body.replace(kChecksumBegin, checksum.size(), checksum);
  return body;
}

uint64_t EmbedderTable::Checksum(std::string_view bytes) {
  if (bytes.size() < kChecksumEnd) return 0;
  return RecordReader(bytes.substr(kChecksumBegin)).Fixed64();
}

Result<EmbedderTable> EmbedderTable::Parse(const SharedBytes& file) {
  const std::string_view bytes = file.view;
  const auto damaged = [](std::string_view what) {
    return DataLossError("embedder table: " + std::string(what));
  };
  if (bytes.size() < kChecksumEnd || bytes.substr(0, kChecksumBegin) != kTableMagic) {
    return damaged("does not begin as one");
  }
  if (Checksum(bytes) != Hash64(bytes.substr(kChecksumEnd))) {
    return damaged("checksum does not match its " + std::to_string(bytes.size()) + " bytes");
  }
  RecordReader reader(bytes.substr(kChecksumEnd));
  const uint32_t version = reader.Fixed32();
  if (reader.ok() && version != kTableVersion) {
    return FailedPreconditionError("embedder table: format " + std::to_string(version) +
                                   ", this program reads " + std::to_string(kTableVersion));
  }

  EmbedderTable table;
  table.analyzer_ = std::string(reader.Bytes());
  table.dimension_ = reader.Varint32();
  table.rank_ = reader.Varint32();
  table.texts_ = reader.Varint();
  const uint32_t count = reader.Varint32();
  const uint32_t rows = reader.Varint32();
  // A term takes at least 3 bytes and its scale 4: no allocation before that is checked.
  if (!reader.ok() || table.dimension_ == 0 || table.dimension_ > kMaxTableDimension ||
      table.rank_ == 0 || table.rank_ > table.dimension_ ||
      uint64_t{count} * 7 + uint64_t{rows} * table.rank_ > reader.remaining()) {
    return damaged("sizes do not fit its length");
  }
  table.offsets_.reserve(size_t{count} + 1);
  table.offsets_.push_back(0);
  table.row_of_.reserve(count);
  std::string term;
  std::string before;
  for (uint32_t number = 0; number < count; ++number) {
    const uint64_t shared = reader.Varint();
    const std::string_view rest = reader.Bytes();
    const uint32_t row = reader.Varint32();
    if (!reader.ok() || shared > before.size() || row >= rows)
      return damaged("terms are malformed");
    term.assign(before, 0, shared);
    term.append(rest);
    if (number > 0 && term <= before) return damaged("terms are not in order");
    if (table.blob_.size() + term.size() > UINT32_MAX) return damaged("terms are too long");
    table.AppendTerm(term);
    table.row_of_.push_back(row);
    std::swap(before, term);
  }
  table.scales_.reserve(count);
  if (uint64_t{count} * 4 + uint64_t{rows} * table.rank_ != reader.remaining()) {
    return damaged("wrong length");
  }
  for (uint32_t number = 0; number < count; ++number) {
    const float scale = std::bit_cast<float>(reader.Fixed32());
    if (!std::isfinite(scale)) return damaged("a scale is not a number");
    table.scales_.push_back(scale);
  }
  const std::string_view values = bytes.substr(bytes.size() - reader.remaining());
  table.rows_ = {reinterpret_cast<const int8_t*>(values.data()), values.size()};
  table.rows_owner_ = file.owner;
  table.BuildSlots();
  return table;
}

}  // namespace quarry::model
