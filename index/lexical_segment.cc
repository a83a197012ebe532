#include "index/lexical_segment.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <string>
#include <utility>

#include "base/coding.h"
#include "index/section_file.h"

namespace quarry::index {
namespace {

constexpr SectionFormat kFormat = {
    .name = "lexical segment", .magic = "QLEX", .version = 1, .field_bytes = 40, .sections = 5};

}  // namespace

Result<std::shared_ptr<const LexicalSegment>> LexicalSegment::Parse(SharedBytes bytes) {
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
  std::string fields;
  AppendFixed32(fields, static_cast<uint32_t>(rows_.size()));
  AppendFixed32(fields, terms_.size());
  AppendFixed64(fields, count_);
  AppendFixed64(fields, tokens_);
  AppendDouble(fields, parameters_.k1);
  AppendDouble(fields, parameters_.b);
  const std::array<std::string_view, 5> sections = {BytesOf(std::span(rows_)),
                                                    BytesOf(std::span(lengths_)), terms_.table(),
                                                    terms_.blocks(), postings_};
  auto segment = LexicalSegment::Parse(ShareString(EncodeSections(kFormat, fields, sections)));
  QUARRY_CHECK(segment.ok());
  return *std::move(segment);
}

}  // namespace quarry::index
