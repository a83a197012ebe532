#include "index/sorted_terms.h"

#include <map>
#include <string>

#include "base/random.h"
#include "tests/testing/test_environment.h"

namespace quarry::index {
namespace {

TEST(SortedTermsTest, FindsWhatWasAddedAndNothingElse) {
  Random random(2);
  for (const size_t size : {0u, 1u, 31u, 32u, 33u, 64u, 5'000u}) {
    // Short ones, long ones that begin alike, bytes of all values.
    std::map<std::string, uint32_t> terms;
    while (terms.size() < size) {
      std::string term(random.Below(3) == 0 ? "begins_alike_" : "");
      for (uint64_t i = random.Below(4) + (term.empty() ? 1 : 0); i > 0; --i) {
        term.push_back(static_cast<char>(random.Below(random.Below(2) == 0 ? 256 : 3)));
      }
      terms.emplace(term, 1 + random.Below(100'000));
    }
    SortedTermsWriter writer;
    for (const auto& [term, postings] : terms) writer.Add(term, postings, postings * uint64_t{3});
    const SortedTerms sorted(writer.table(), writer.blocks(), writer.size());

    uint32_t number = 0;
    uint64_t offset = 0;
    auto it = sorted.From("");
    for (const auto& [term, postings] : terms) {
      ASSERT_TRUE(it.valid());
      EXPECT_EQ(it.term(), term);
      const auto found = sorted.Find(term);
      ASSERT_TRUE(found.has_value()) << number;
      for (const TermEntry& entry : {*found, it.entry()}) {
        EXPECT_EQ(entry.number, number);
        EXPECT_EQ(entry.postings, postings);
        EXPECT_EQ(entry.offset, offset);
        EXPECT_EQ(entry.bytes, postings * uint64_t{3});
      }
      it.Next();
      offset += postings * uint64_t{3};
      ++number;
    }
    EXPECT_FALSE(it.valid());
    // What is nearly there: a byte less, more, another one, and before the first of a block.
    for (const auto& [term, postings] : terms) {
      std::string other = term;
      --other.back();
      for (const std::string& near :
           {term.substr(0, term.size() - 1), term + '\0', term + '\xff', other}) {
        const auto found = sorted.Find(near);
        ASSERT_EQ(found.has_value(), terms.contains(near));
        if (found) {
          EXPECT_EQ(found->number, sorted.From(near).entry().number);
          EXPECT_EQ(found->offset, sorted.From(near).entry().offset);
        }
      }
    }
    for (int i = 0; i < 2'000; ++i) {
      std::string term(random.Below(2) == 0 ? "begins_alike_" : "");
      for (uint64_t j = random.Below(5); j > 0; --j) {
        term.push_back(static_cast<char>(random.Below(256)));
      }
      const auto at = terms.lower_bound(term);
      const auto from = sorted.From(term);
      ASSERT_EQ(from.valid(), at != terms.end());
      if (from.valid()) {
        EXPECT_EQ(from.term(), at->first);
      }
      EXPECT_EQ(sorted.Find(term).has_value(), terms.contains(term));
    }
  }
}

}  // namespace
}  // namespace quarry::index
