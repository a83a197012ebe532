#include "index/lexical_segment.h"

#include <filesystem>
#include <string>

#include "base/hash.h"
#include "base/shared_bytes.h"
#include "index/segment_view.h"
#include "tests/testing/test_environment.h"

namespace quarry::index {
namespace {

std::shared_ptr<const LexicalSegment> BuildSegment(std::span<const LexicalRow> rows) {
  SegmentBuilder builder({});
  for (const LexicalRow& row : rows) builder.Add(row.row, row.terms);
  return builder.Finish();
}

std::string SomeSegment() {
  std::vector<LexicalRow> rows;
  for (RowId row = 0; row < 300; ++row) {
    rows.push_back({.row = 7 + 2 * row, .terms = {{"every", 1 + row % 3}}});
    if (row % 5 == 0) rows.back().terms.push_back({"some", 1});
  }
  return std::string(BuildSegment(rows)->bytes().view);
}

TEST(LexicalSegmentTest, IsWhatWasWritten) {
  const auto segment = LexicalSegment::Parse(ShareString(SomeSegment())).value();
  EXPECT_EQ(segment->slots(), 300u);
  EXPECT_EQ(segment->row(2), 11u);
  EXPECT_EQ(segment->SlotOf(11), 2u);
  EXPECT_EQ(segment->SlotOf(12), std::nullopt);
  EXPECT_EQ(segment->SlotOf(10'000), std::nullopt);
  EXPECT_EQ(segment->lengths()[5], 4u);
  EXPECT_EQ(segment->postings(), 360u);
  EXPECT_EQ(segment->tokens(), 660u);
  const auto every = segment->terms().Find("every");
  ASSERT_TRUE(every.has_value());
  EXPECT_EQ(segment->List(*every).CountAt(1), 2u);
  EXPECT_EQ(segment->List(*segment->terms().Find("some")).CountAt(1), 0u);
  EXPECT_EQ(segment->terms().Find("none"), std::nullopt);
}

TEST(LexicalSegmentTest, IsHashedOnceOrNotAtAll) {
  const std::string bytes = SomeSegment();
  const auto copy = std::make_shared<std::string>(bytes);
  const SharedBytes shared{.view = *copy, .owner = copy};
  const auto segment = LexicalSegment::Parse(shared).value();
  const auto known = LexicalSegment::Parse(shared, 7).value();
  EXPECT_EQ(segment->Hash(), Hash64(bytes));
  copy->back() ^= 1;
  EXPECT_EQ(segment->Hash(), Hash64(bytes));
  EXPECT_EQ(known->Hash(), 7u);
}

TEST(LexicalSegmentTest, ADamagedHeaderIsNamed) {
  const std::string good = SomeSegment();
  const auto expect = [](const std::string& bytes, const std::string& what) {
    const Status status = LexicalSegment::Parse(ShareString(bytes)).status();
    EXPECT_EQ(status.code(), Code::kDataLoss) << what;
    EXPECT_NE(status.message().find(what), std::string::npos) << status.ToString();
  };
  expect("", "0 bytes");
  expect(good.substr(0, 100), "100 bytes");
  expect("P" + good.substr(1), "does not begin with QLEX");
  expect(good.substr(0, good.size() - 1), "were written");
  expect(good + "x", "were written");
  const auto with = [&](size_t at, char value) {
    std::string bytes = good;
    bytes[at] = value;
    return bytes;
  };
  expect(with(4, 9), "layout version 9, expected 1");
  expect(with(8, 0), "another size");
  expect(with(12, 100), "another size");
  expect(with(56, 1), "outside");
  expect(with(57, 100), "outside");
  expect(with(64, 1), "another size");
  expect(with(127, 1), "outside");
}

TEST(LexicalSegmentTest, MergingIsBuildingAtOnce) {
  std::vector<LexicalRow> rows;
  for (RowId row = 0; row < 1000; ++row) {
    rows.push_back({.row = row, .terms = {{"t" + std::to_string(row % 7), 1 + row % 4}}});
    if (row % 3 == 0) rows.back().terms.push_back({"third", 2});
  }
  std::vector<SegmentView> parts;
  for (size_t begin = 0; begin < rows.size(); begin += 250) {
    parts.push_back({.segment = BuildSegment(std::span(rows).subspan(begin, 250))});
  }
  // Dead rows leave nothing behind, not even their terms.
  rows[600].terms.push_back({"lonely", 1});
  parts[2] = {.segment = BuildSegment(std::span(rows).subspan(500, 250))};
  parts[2].Kill(std::span(rows).subspan(600, 20));
  EXPECT_EQ(parts[2].live_slots(), 230u);
  EXPECT_EQ(parts[2].DocumentFrequency(*parts[2].segment->terms().Find("lonely")), 0u);
  rows.erase(rows.begin() + 600, rows.begin() + 620);
  EXPECT_EQ(MergeSegments(parts, {}, {}, CallContext()).value()->bytes().view,
            BuildSegment(rows)->bytes().view);
}

// Terms with their postings, and the rows, as a reader finds them.
std::vector<std::string> ContentOf(const LexicalSegment& segment) {
  std::vector<std::string> content;
  for (uint32_t slot = 0; slot < segment.slots(); ++slot) {
    content.push_back(std::to_string(segment.row(slot)) + ": " +
                      std::to_string(segment.lengths()[slot]));
  }
  for (auto it = segment.terms().From(""); it.valid(); it.Next()) {
    std::string line(it.term());
    segment.List(it.entry()).ForEach([&](const Posting& posting) {
      line += " " + std::to_string(posting.slot) + "x" + std::to_string(posting.count);
    });
    content.push_back(std::move(line));
  }
  return content;
}

TEST(LexicalSegmentTest, MergingInAFileGivesTheSame) {
  // More postings than are kept in memory at a time.
  std::vector<LexicalRow> rows;
  for (RowId row = 0; row < 3600; ++row) {
    rows.push_back({.row = 3 * row, .terms = {}});
    for (int i = 0; i < 100; ++i) {
      rows.back().terms.push_back({"阀门" + std::to_string(row * (i + 1) % 977 + 1000 * i),
                                   1 + (row + static_cast<uint32_t>(i)) % 3});
    }
  }
  std::vector<SegmentView> parts;
  for (size_t begin = 0; begin < rows.size(); begin += 1200) {
    parts.push_back({.segment = BuildSegment(std::span(rows).subspan(begin, 1200))});
  }
  parts[1].Kill(std::span(rows).subspan(1300, 200));
  const auto in_memory = MergeSegments(parts, {}, {}, CallContext()).value();
  EXPECT_FALSE(in_memory->is_spilled());
  const TemporaryDirectory directory = testing::MakeTemporaryDirectory();
  const auto merge = [&] {
    return MergeSegments(parts, {}, {}, CallContext(), SpillFile::Create(directory.path()).value())
        .value();
  };
  const auto spilled = merge();
  EXPECT_TRUE(spilled->is_spilled());
  EXPECT_TRUE(spilled->bytes().mapped);
  EXPECT_EQ(spilled->tokens(), in_memory->tokens());
  EXPECT_EQ(spilled->postings(), in_memory->postings());
  EXPECT_EQ(ContentOf(*spilled), ContentOf(*in_memory));
  // The file has no name, and what is merged may itself be in one.
  EXPECT_TRUE(std::filesystem::is_empty(directory.path()));
  parts = {{.segment = merge()}};
  EXPECT_EQ(ContentOf(*merge()), ContentOf(*in_memory));
}

TEST(LexicalSegmentTest, DeadPostingsAddUp) {
  DeadPostings dead;
  for (uint32_t i = 0; i < 1000; ++i) dead.Add({i % 10, 5, i});
  const DeadPostings copy = dead;
  dead.Add({5});
  EXPECT_EQ(copy.Of(5), 1000u + 100 + 1);
  EXPECT_EQ(dead.Of(5), 1000u + 100 + 1 + 1);
  EXPECT_EQ(copy.Of(3), 101u);
  EXPECT_EQ(copy.Of(999), 1u);
  EXPECT_EQ(copy.Of(1000), 0u);
}

}  // namespace
}  // namespace quarry::index
