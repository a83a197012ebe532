#include "index/query_postings.h"

#include <algorithm>
#include <bit>
#include <limits>
#include <unordered_map>
#include <utility>

namespace quarry::index {
namespace {

// Counts are worked with as numbers of 31 bits.
constexpr uint64_t kMostCount = std::numeric_limits<int32_t>::max();
// Terms read between two looks at the clock.
constexpr size_t kTermsPerCheck = 1024;

std::vector<QueryPostings::Term> DistinctTerms(std::span<const QueryTerm> terms) {
  std::unordered_map<std::string, size_t> seen;
  std::vector<QueryPostings::Term> distinct;
  for (const QueryTerm& term : terms) {
    // No term holds NUL: the analyzer makes words.
    std::string key = term.prefix ? term.text + '\0' + term.whole : term.text;
    for (const std::string& one : term.translations) key.append(2, '\0').append(one);
    const auto [at, is_new] = seen.emplace(key, distinct.size());
    if (is_new) distinct.push_back({.term = term});
    distinct[at->second].query_count += term.count;
  }
  return distinct;
}

uint32_t SumOfCounts(uint64_t a, uint64_t b) {
  return static_cast<uint32_t>(std::min(a + b, kMostCount));
}

// The union of two lists.
std::vector<Posting> MergeTwo(std::span<const Posting> a, std::span<const Posting> b) {
  std::vector<Posting> merged;
  merged.reserve(a.size() + b.size());
  size_t i = 0;
  size_t j = 0;
  while (i < a.size() && j < b.size()) {
    if (a[i].slot == b[j].slot) {
      merged.push_back({a[i].slot, SumOfCounts(a[i].count, b[j].count)});
      ++i;
      ++j;
    } else {
      merged.push_back(a[i].slot < b[j].slot ? a[i++] : b[j++]);
    }
  }
  merged.insert(merged.end(), a.begin() + static_cast<ptrdiff_t>(i), a.end());
  merged.insert(merged.end(), b.begin() + static_cast<ptrdiff_t>(j), b.end());
  return merged;
}

// The union of all, neighbours first: costs time by their postings alone, times the logarithm of their number.
std::vector<Posting> MergeLists(std::span<const PostingsList> lists) {
  std::vector<std::vector<Posting>> parts;
  parts.reserve(lists.size());
  for (const PostingsList& list : lists) {
    std::vector<Posting>& part = parts.emplace_back();
    part.reserve(list.size());
    list.ForEach([&](const Posting& posting) { part.push_back(posting); });
  }
  while (parts.size() > 1) {
    size_t merged = 0;
    for (size_t i = 0; i < parts.size(); i += 2) {
      parts[merged++] =
          i + 1 < parts.size() ? MergeTwo(parts[i], parts[i + 1]) : std::move(parts[i]);
    }
    parts.resize(merged);
  }
  return std::move(parts.front());
}

// The same by a sum for each slot: costs time by the slots of the segment.
std::vector<Posting> SumLists(std::span<const PostingsList> lists, uint32_t slots) {
  std::vector<uint64_t> counts(slots, 0);
  for (const PostingsList& list : lists) {
    list.ForEach([&](const Posting& posting) { counts[posting.slot] += posting.count; });
  }
  std::vector<Posting> postings;
  for (uint32_t slot = 0; slot < slots; ++slot) {
    if (counts[slot] > 0) postings.push_back({slot, SumOfCounts(counts[slot], 0)});
  }
  return postings;
}

}  // namespace

Result<std::vector<std::string>> ExpandTerm(std::span<const SegmentView> segments,
                                            const QueryTerm& term, size_t limit,
                                            const CallContext& context) {
  if (!term.translations.empty()) return term.translations;
  if (!term.prefix) return std::vector<std::string>{term.text};
  std::unordered_map<std::string, uint64_t> frequencies;
  size_t read = 0;
  for (const SegmentView& view : segments) {
    const auto count = [&](std::string_view found, const TermEntry& entry) {
      if (const uint64_t live = view.DocumentFrequency(entry); live > 0) {
        frequencies[std::string(found)] += live;
      }
    };
    for (auto it = view.segment->terms().From(term.text);
         it.valid() && it.term().starts_with(term.text); it.Next()) {
      if (read++ % kTermsPerCheck == 0) QUARRY_RETURN_IF_ERROR(context.Check());
      count(it.term(), it.entry());
    }
    if (term.whole.empty() || term.whole.starts_with(term.text)) continue;
    if (const auto entry = view.segment->terms().Find(term.whole)) count(term.whole, *entry);
  }
  std::vector<std::pair<uint64_t, std::string>> order;
  order.reserve(frequencies.size());
  for (const auto& [found, rows] : frequencies) order.emplace_back(rows, found);
  std::sort(order.begin(), order.end(), [](const auto& a, const auto& b) {
    return a.first != b.first ? a.first > b.first : a.second < b.second;
  });
  std::vector<std::string> expansion;
  for (size_t i = 0; i < std::min(limit, order.size()); ++i) {
    expansion.push_back(std::move(order[i].second));
  }
  return expansion;
}

Result<QueryPostings> QueryPostings::Make(std::span<const SegmentView> segments,
                                          std::span<const QueryTerm> terms,
                                          const CallContext& context) {
  QueryPostings postings;
  postings.terms_ = DistinctTerms(terms);
  for (Term& term : postings.terms_) {
    if (!term.term.IsUnion()) continue;
    QUARRY_ASSIGN_OR_RETURN(term.expansion, ExpandTerm(segments, term.term, kPrefixTerms, context));
  }
  postings.lists_.reserve(segments.size() * postings.terms_.size());
  for (const SegmentView& view : segments) {
    QUARRY_RETURN_IF_ERROR(context.Check());
    for (Term& term : postings.terms_) {
      if (term.term.IsUnion()) {
        QUARRY_RETURN_IF_ERROR(context.Check());
        postings.lists_.push_back(postings.Union(view, term));
        continue;
      }
      const std::optional<TermEntry> entry = view.segment->terms().Find(term.term.text);
      postings.lists_.push_back(entry ? view.segment->List(*entry) : PostingsList());
      if (entry) term.document_frequency += view.DocumentFrequency(*entry);
    }
  }
  return postings;
}

// Made into a list like any other, so that searching knows nothing of it.
PostingsList QueryPostings::Union(const SegmentView& view, Term& term) {
  const LexicalSegment& segment = *view.segment;
  std::vector<PostingsList> parts;
  uint64_t all = 0;        // postings
  uint64_t last_rows = 0;  // live ones of the last part
  for (const std::string& one : term.expansion) {
    const auto entry = segment.terms().Find(one);
    if (!entry) continue;
    parts.push_back(segment.List(*entry));
    all += entry->postings;
    last_rows = view.DocumentFrequency(*entry);
  }
  if (parts.empty()) return {};
  if (parts.size() == 1) {  // as it is
    term.document_frequency += last_rows;
    return parts[0];
  }
  const uint64_t rounds = std::bit_width(parts.size() - 1);
  const std::vector<Posting> postings =
      all * rounds < segment.slots() ? MergeLists(parts) : SumLists(parts, segment.slots());
  for (const Posting& posting : postings) {
    if (!view.IsDead(posting.slot)) ++term.document_frequency;
  }
  const LengthNorm norm(segment.parameters(), segment.slots(), segment.tokens());
  EncodePostings(postings, segment.lengths(), norm, unions_.emplace_back());
  return {unions_.back().data(), static_cast<uint32_t>(postings.size())};
}

}  // namespace quarry::index
