#include "index/sorted_terms.h"

#include <algorithm>
#include <cstring>

#include "base/coding.h"
#include "base/status.h"

namespace quarry::index {
namespace {

constexpr size_t kTermEntryBytes = 24;

}  // namespace

SortedTerms::BlockEntry SortedTerms::Entry(size_t block) const {
  static_assert(sizeof(BlockEntry) == kTermEntryBytes);
  BlockEntry entry;
  std::memcpy(&entry, table_.data() + block * kTermEntryBytes, sizeof(entry));
  return entry;
}

std::string_view SortedTerms::FirstTerm(size_t block) const {
  const char* at = blocks_.data() + Entry(block).offset;
  const size_t size = TakeVarint(at);
  return {at, size};
}

void SortedTerms::Iterator::ReadBlock(size_t block) {
  const BlockEntry entry = terms_->Entry(block);
  at_ = terms_->blocks_.data() + entry.offset;
  entry_ = {.number = static_cast<uint32_t>(block * kTermBlock), .offset = entry.postings};
  ReadTerm();
}

void SortedTerms::Iterator::ReadTerm() {
  const size_t shared = entry_.number % kTermBlock == 0 ? 0 : TakeVarint(at_);
  const size_t rest = TakeVarint(at_);
  term_.resize(shared);
  term_.append(at_, rest);
  at_ += rest;
  entry_.postings = static_cast<uint32_t>(TakeVarint(at_));
  entry_.bytes = TakeVarint(at_);
}

void SortedTerms::Iterator::Next() {
  entry_.offset += entry_.bytes;
  ++entry_.number;
  if (valid()) ReadTerm();
}

size_t SortedTerms::BlockOf(std::string_view term) const {
  const uint64_t prefix = SortPrefix(term);
  size_t low = 0;  // it is this one or a later one, or all terms are larger
  size_t high = blocks();
  while (high - low > 1) {
    const size_t middle = low + (high - low) / 2;
    const uint64_t first = Entry(middle).prefix;
    if (first < prefix || (first == prefix && FirstTerm(middle) <= term)) {
      low = middle;
    } else {
      high = middle;
    }
  }
  return low;
}

SortedTerms::Iterator SortedTerms::From(std::string_view term) const {
  Iterator it;
  it.terms_ = this;
  if (size_ == 0) return it;
  it.ReadBlock(BlockOf(term));
  while (it.valid() && it.term() < term) it.Next();
  return it;
}

// Makes no term whole: all that is needed of the one before is how much of `term` it begins with.
std::optional<TermEntry> SortedTerms::Find(std::string_view term) const {
  if (size_ == 0) return std::nullopt;
  const size_t block = BlockOf(term);
  const BlockEntry begin = Entry(block);
  const char* at = blocks_.data() + begin.offset;
  TermEntry entry{.number = static_cast<uint32_t>(block * kTermBlock), .offset = begin.postings};
  const uint32_t end = std::min(size_, entry.number + static_cast<uint32_t>(kTermBlock));
  // Of `term`, what the term before begins with. It is smaller, so it is behind it that they differ.
  size_t known = 0;
  for (bool opens = true; entry.number < end; ++entry.number, opens = false) {
    const size_t shared = opens ? 0 : TakeVarint(at);
    const size_t rest = TakeVarint(at);
    if (shared < known) return std::nullopt;  // from here on all are larger
    bool found = false;
    if (shared == known) {
      const std::string_view own(at, rest);
      const std::string_view wanted = term.substr(known);
      const auto [a, b] = std::mismatch(own.begin(), own.end(), wanted.begin(), wanted.end());
      if (a == own.end()) {
        found = b == wanted.end();
      } else if (b == wanted.end() || static_cast<uint8_t>(*a) > static_cast<uint8_t>(*b)) {
        return std::nullopt;
      }
      known += static_cast<size_t>(b - wanted.begin());
    }
    at += rest;
    entry.postings = static_cast<uint32_t>(TakeVarint(at));
    entry.bytes = TakeVarint(at);
    if (found) return entry;
    entry.offset += entry.bytes;
  }
  return std::nullopt;
}

void SortedTermsWriter::Add(std::string_view term, uint32_t postings, uint64_t bytes) {
  const bool opens_block = size_ % kTermBlock == 0;
  QUARRY_CHECK(size_ == 0 || last_ < term);
  if (opens_block) {
    QUARRY_CHECK(blocks_.size() <= UINT32_MAX);
    AppendFixed64(table_, SortPrefix(term));
    AppendFixed64(table_, offset_);
    AppendFixed32(table_, static_cast<uint32_t>(blocks_.size()));
    AppendFixed32(table_, 0);
    AppendBytes(blocks_, term);
  } else {
    const auto differs = std::mismatch(last_.begin(), last_.end(), term.begin(), term.end()).first;
    const auto shared = static_cast<size_t>(differs - last_.begin());
    AppendVarint(blocks_, shared);
    AppendBytes(blocks_, term.substr(shared));
  }
  AppendVarint(blocks_, postings);
  AppendVarint(blocks_, bytes);
  last_.assign(term);
  offset_ += bytes;
  ++size_;
}

}  // namespace quarry::index
