#include "index/lexical_segment.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <string>
#include <utility>

#include "base/coding.h"

namespace quarry::index {
namespace {

constexpr std::string_view kMagic = "QLEX";
constexpr uint32_t kVersion = 1;
constexpr size_t kSections = 5;
constexpr size_t kHeaderBytes = 136;
constexpr size_t kAlignment = 8;

Status Damaged(const std::string& what) { return DataLossError("lexical segment: " + what); }

size_t Aligned(size_t offset) { return (offset + kAlignment - 1) / kAlignment * kAlignment; }

template <typename T>
std::string_view BytesOf(std::span<const T> values) {
  return {reinterpret_cast<const char*>(values.data()), values.size_bytes()};
}

// REQUIRES: aligned, as every section is.
std::span<const uint32_t> NumbersOf(std::string_view bytes) {
  return {reinterpret_cast<const uint32_t*>(bytes.data()), bytes.size() / sizeof(uint32_t)};
}

}  // namespace

Result<std::shared_ptr<const LexicalSegment>> LexicalSegment::Parse(SharedBytes bytes) {
  const std::string_view view = bytes.view;
  if (view.size() < kHeaderBytes) {
    return Damaged(std::to_string(view.size()) + " bytes, a header has " +
                   std::to_string(kHeaderBytes));
  }
  if (!view.starts_with(kMagic)) return Damaged("does not begin with QLEX");
  RecordReader reader(view.substr(kMagic.size(), kHeaderBytes - kMagic.size()));
  const uint32_t version = reader.Fixed32();
  if (version != kVersion) {
    return Damaged("layout version " + std::to_string(version) + ", expected " +
                   std::to_string(kVersion));
  }
  std::shared_ptr<LexicalSegment> segment(new LexicalSegment());
  const uint32_t slots = reader.Fixed32();
  const uint32_t terms = reader.Fixed32();
  segment->postings_ = reader.Fixed64();
  segment->tokens_ = reader.Fixed64();
  segment->parameters_.k1 = reader.Double();
  segment->parameters_.b = reader.Double();
  const uint64_t size = reader.Fixed64();
  if (size != view.size()) {
    return Damaged("holds " + std::to_string(view.size()) + " bytes, " + std::to_string(size) +
                   " were written");
  }
  std::array<std::string_view, kSections> sections;
  for (std::string_view& section : sections) {
    const uint64_t offset = reader.Fixed64();
    const uint64_t length = reader.Fixed64();
    if (offset % kAlignment != 0 || offset > view.size() || length > view.size() - offset) {
      return Damaged("a section lies outside of it");
    }
    section = view.substr(offset, length);
  }
  const size_t blocks = (terms + kTermBlock - 1) / kTermBlock;
  if (slots == 0 || sections[0].size() != slots * sizeof(uint32_t) ||
      sections[1].size() != slots * sizeof(uint32_t) || sections[2].size() != blocks * 24) {
    return Damaged("a section has another size than the header says");
  }
  segment->rows_ = NumbersOf(sections[0]);
  segment->lengths_ = NumbersOf(sections[1]);
  segment->terms_ = SortedTerms(sections[2], sections[3], terms);
  segment->postings_bytes_ = sections[4];
  segment->bytes_ = std::move(bytes);
  return std::shared_ptr<const LexicalSegment>(std::move(segment));
}

std::optional<uint32_t> LexicalSegment::SlotOf(RowId row) const {
  const auto at = std::lower_bound(rows_.begin(), rows_.end(), row);
  if (at == rows_.end() || *at != row) return std::nullopt;
  return static_cast<uint32_t>(at - rows_.begin());
}

LexicalSegmentWriter::LexicalSegmentWriter(const Bm25Parameters& parameters,
                                           std::vector<RowId> rows, std::vector<uint32_t> lengths)
    : parameters_(parameters),
      rows_(std::move(rows)),
      lengths_(std::move(lengths)),
      tokens_(std::accumulate(lengths_.begin(), lengths_.end(), uint64_t{0})),
      norm_(parameters, rows_.size(), tokens_) {
  QUARRY_CHECK(!rows_.empty() && rows_.size() == lengths_.size() && rows_.size() < INT32_MAX);
}

void LexicalSegmentWriter::Add(std::string_view term, std::span<const Posting> postings) {
  const size_t begin = postings_.size();
  EncodePostings(postings, lengths_, norm_, postings_);
  terms_.Add(term, static_cast<uint32_t>(postings.size()), postings_.size() - begin);
  count_ += postings.size();
}

std::shared_ptr<const LexicalSegment> LexicalSegmentWriter::Finish() {
  const std::array<std::string_view, kSections> sections = {
      BytesOf(std::span<const RowId>(rows_)), BytesOf(std::span<const uint32_t>(lengths_)),
      terms_.table(), terms_.blocks(), postings_};
  size_t size = kHeaderBytes;
  for (const std::string_view section : sections) size = Aligned(size) + section.size();

  auto file = std::make_shared<std::string>();
  file->reserve(size);
  file->append(kMagic);
  AppendFixed32(*file, kVersion);
  AppendFixed32(*file, static_cast<uint32_t>(rows_.size()));
  AppendFixed32(*file, terms_.size());
  AppendFixed64(*file, count_);
  AppendFixed64(*file, tokens_);
  AppendDouble(*file, parameters_.k1);
  AppendDouble(*file, parameters_.b);
  AppendFixed64(*file, size);
  size_t offset = kHeaderBytes;
  for (const std::string_view section : sections) {
    offset = Aligned(offset);
    AppendFixed64(*file, offset);
    AppendFixed64(*file, section.size());
    offset += section.size();
  }
  for (const std::string_view section : sections) {
    file->resize(Aligned(file->size()));
    file->append(section);
  }
  QUARRY_CHECK(file->size() == size);
  const std::string_view view = *file;
  auto segment = LexicalSegment::Parse({.view = view, .owner = std::move(file)});
  QUARRY_CHECK(segment.ok());
  return *std::move(segment);
}

}  // namespace quarry::index
