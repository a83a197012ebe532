#include "index/lexical_segment.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <string>
#include <utility>

#include "base/coding.h"
#include "base/mapped_pieces.h"
#include "index/section_file.h"

namespace quarry::index {
namespace {

constexpr SectionFormat kFormat = {
    .name = "lexical segment", .magic = "QLEX", .version = 1, .field_bytes = 40, .sections = 5};

// Postings that are written to a file at a time.
constexpr size_t kSpilledPiece = 1u << 20;

}  // namespace

Result<std::shared_ptr<const LexicalSegment>> LexicalSegment::Parse(SharedBytes bytes,
                                                                    std::optional<uint64_t> hash) {
  QUARRY_ASSIGN_OR_RETURN(std::shared_ptr<LexicalSegment> segment, ParseBytes(std::move(bytes)));
  if (hash) std::call_once(segment->hashed_, [&] { segment->hash_ = *hash; });
  return std::shared_ptr<const LexicalSegment>(std::move(segment));
}

Result<std::shared_ptr<LexicalSegment>> LexicalSegment::ParseBytes(SharedBytes bytes) {
  QUARRY_ASSIGN_OR_RETURN(const SectionFile file, ParseSections(kFormat, bytes.view));
  const std::vector<std::string_view>& sections = file.sections;
  RecordReader reader(file.fields);
  std::shared_ptr<LexicalSegment> segment(new LexicalSegment());
  const uint32_t slots = reader.Fixed32();
  const uint32_t terms = reader.Fixed32();
  segment->postings_ = reader.Fixed64();
  segment->tokens_ = reader.Fixed64();
  segment->parameters_.k1 = reader.Double();
  segment->parameters_.b = reader.Double();
  const size_t blocks = (terms + kTermBlock - 1) / kTermBlock;
  if (slots == 0 || sections[0].size() != slots * sizeof(uint32_t) ||
      sections[1].size() != slots * sizeof(uint32_t) || sections[2].size() != blocks * 24) {
    return DataLossError("lexical segment: a section has another size than the header says");
  }
  segment->rows_ = ValuesOf<RowId>(sections[0]);
  segment->lengths_ = ValuesOf<uint32_t>(sections[1]);
  segment->terms_ = SortedTerms(sections[2], sections[3], terms);
  segment->postings_bytes_ = sections[4];
  segment->bytes_ = std::move(bytes);
  return segment;
}

uint64_t LexicalSegment::Hash() const {
  std::call_once(hashed_, [this] { hash_ = HashOfPieces(bytes_); });
  return hash_;
}

std::optional<uint32_t> LexicalSegment::SlotOf(RowId row) const {
  const auto at = std::lower_bound(rows_.begin(), rows_.end(), row);
  if (at == rows_.end() || *at != row) return std::nullopt;
  return static_cast<uint32_t>(at - rows_.begin());
}

LexicalSegmentWriter::LexicalSegmentWriter(const Bm25Parameters& parameters,
                                           std::vector<RowId> rows, std::vector<uint32_t> lengths,
                                           std::optional<SpillFile> spill)
    : parameters_(parameters),
      rows_(std::move(rows)),
      lengths_(std::move(lengths)),
      tokens_(std::accumulate(lengths_.begin(), lengths_.end(), uint64_t{0})),
      norm_(parameters, rows_.size(), tokens_),
      spill_(std::move(spill)) {
  QUARRY_CHECK(!rows_.empty() && rows_.size() == lengths_.size() && rows_.size() < INT32_MAX);
  if (spill_) spilled_ = spill_->Append(std::string(SectionHeaderBytes(kFormat), '\0'));
}

void LexicalSegmentWriter::Add(std::string_view term, std::span<const Posting> postings) {
  const size_t begin = postings_.size();
  EncodePostings(postings, lengths_, norm_, postings_);
  terms_.Add(term, static_cast<uint32_t>(postings.size()), postings_.size() - begin);
  count_ += postings.size();
  if (spill_ && postings_.size() >= kSpilledPiece) SpillPostings();
}

void LexicalSegmentWriter::SpillPostings() {
  if (spilled_.ok()) spilled_ = spill_->Append(postings_);
  postings_.clear();
}

std::string LexicalSegmentWriter::Fields() const {
  std::string fields;
  AppendFixed32(fields, static_cast<uint32_t>(rows_.size()));
  AppendFixed32(fields, terms_.size());
  AppendFixed64(fields, count_);
  AppendFixed64(fields, tokens_);
  AppendDouble(fields, parameters_.k1);
  AppendDouble(fields, parameters_.b);
  return fields;
}

Result<std::shared_ptr<const LexicalSegment>> LexicalSegmentWriter::Finish() {
  if (spill_) return FinishSpilled();
  const std::array<std::string_view, 5> sections = {BytesOf(std::span(rows_)),
                                                    BytesOf(std::span(lengths_)), terms_.table(),
                                                    terms_.blocks(), postings_};
  auto segment = LexicalSegment::Parse(ShareString(EncodeSections(kFormat, Fields(), sections)));
  QUARRY_CHECK(segment.ok());
  return segment;
}

// The postings are there; the other sections go behind them.
Result<std::shared_ptr<const LexicalSegment>> LexicalSegmentWriter::FinishSpilled() {
  SpillPostings();
  QUARRY_RETURN_IF_ERROR(spilled_);
  std::array<SectionPlace, kFormat.sections> places;
  const uint64_t begin = SectionHeaderBytes(kFormat);
  places.back() = {.offset = begin, .bytes = spill_->size() - begin};
  const std::array<std::string_view, kFormat.sections - 1> sections = {
      BytesOf(std::span(rows_)), BytesOf(std::span(lengths_)), terms_.table(), terms_.blocks()};
  for (size_t i = 0; i < sections.size(); ++i) {
    places[i] = {.offset = AlignedSection(spill_->size()), .bytes = sections[i].size()};
    QUARRY_RETURN_IF_ERROR(spill_->Append(std::string(places[i].offset - spill_->size(), '\0')));
    QUARRY_RETURN_IF_ERROR(spill_->Append(sections[i]));
  }
  QUARRY_RETURN_IF_ERROR(
      spill_->WriteAt(0, EncodeSectionHeader(kFormat, Fields(), places, spill_->size())));
  QUARRY_ASSIGN_OR_RETURN(SharedBytes bytes, spill_->Map());
  QUARRY_ASSIGN_OR_RETURN(std::shared_ptr<LexicalSegment> segment,
                          LexicalSegment::ParseBytes(std::move(bytes)));
  segment->is_spilled_ = true;
  return std::shared_ptr<const LexicalSegment>(std::move(segment));
}

}  // namespace quarry::index
