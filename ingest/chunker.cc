#include "ingest/chunker.h"

#include <algorithm>
#include <utility>

#include "base/hash.h"
#include "base/text.h"
#include "ingest/chunk_entries.h"
#include "ingest/chunk_plan.h"
#include "ingest/chunk_units.h"
#include "ingest/chunk_windows.h"

namespace quarry::ingest {
namespace {

// For each block of a document that is a heading, how many headings are above it.
std::vector<uint32_t> HeadingDepths(const std::vector<Block>& blocks) {
  std::vector<uint32_t> depths(blocks.size());
  std::vector<uint32_t> open;  // levels
  for (size_t i = 0; i < blocks.size(); ++i) {
    if (blocks[i].kind != BlockKind::kHeading) continue;
    while (!open.empty() && open.back() >= blocks[i].level) open.pop_back();
    depths[i] = static_cast<uint32_t>(open.size());
    open.push_back(blocks[i].level);
  }
  return depths;
}

// Follows the headings of a document from its start to its end.
class HeadingPath {
 public:
  explicit HeadingPath(const Document& document) : document_(document) {}

  // The headings that are in force behind block `index`. REQUIRES: called with ascending indexes.
  std::vector<std::string> BehindBlock(size_t index) {
    for (; next_ <= index && next_ < document_.blocks.size(); ++next_) {
      const Block& block = document_.blocks[next_];
      if (block.kind != BlockKind::kHeading) continue;
      while (!open_.empty() && open_.back().first >= block.level) open_.pop_back();
      open_.emplace_back(block.level, HeadingText(document_.TextOf(block)));
    }
    std::vector<std::string> path;
    for (const auto& [level, heading] : open_) path.push_back(heading);
    return path;
  }

 private:
  const Document& document_;
  size_t next_ = 0;
  std::vector<std::pair<uint32_t, std::string>> open_;  // level, text
};

class DocumentChunker {
 public:
  DocumentChunker(const Document& document, const ChunkOptions& options)
      : document_(document),
        text_(document.text),
        options_(options),
        headings_(document),
        depths_(HeadingDepths(document.blocks)) {}

  std::vector<Chunk> Run() {
    const std::string_view trimmed = Trim(text_);
    if (trimmed.empty()) return {};
    if (options_.mode != ChunkMode::kStructure) return Windows();
    std::vector<Chunk> chunks;
    const std::vector<bool> entries = EntryBegins(document_);
    const bool divided = std::find(entries.begin(), entries.end(), true) != entries.end();
    if (!divided && trimmed.size() / 16 <= options_.max_tokens &&
        CountTokens(trimmed) <= options_.max_tokens) {
      // White space at the start may be the indentation of code.
      size_t begin = static_cast<size_t>(trimmed.data() - text_.data());
      const size_t end = begin + trimmed.size();
      if (!document_.blocks.empty()) begin = std::min<size_t>(begin, document_.blocks[0].begin);
      chunks.push_back(MakeChunk(begin, end, FirstTextBlock(0, document_.blocks.size()), 0));
      return chunks;
    }
    units_ = SplitUnits(document_, options_);
    const std::vector<size_t> starts = PlanChunks(units_, options_);
    chunks.reserve(starts.size());
    for (size_t i = 0; i < starts.size(); ++i) {
      const size_t first = starts[i];
      const size_t last = i + 1 < starts.size() ? starts[i + 1] : units_.size();
      const size_t end = EndOf(last);
      // A cut inside a stretch of white space leaves nothing.
      if (end <= units_[first].begin) continue;
      const size_t begin = i == 0 ? units_[first].begin : OverlapBegin(starts[i - 1], first, last);
      chunks.push_back(MakeChunk(begin, end, FirstTextBlock(first, last), chunks.size()));
    }
    return chunks;
  }

 private:
  std::vector<Chunk> Windows() {
    std::vector<Chunk> chunks;
    for (const auto& [begin, end] : options_.mode == ChunkMode::kFixed
                                        ? FixedWindows(text_, options_)
                                        : SentenceWindows(document_, options_)) {
      size_t block = BlockAt(begin);
      while (block + 1 < document_.blocks.size() && document_.blocks[block + 1].begin < end &&
             (document_.blocks[block].kind == BlockKind::kHeading ||
              document_.blocks[block].end <= begin)) {
        ++block;
      }
      chunks.push_back(MakeChunk(begin, end, block, chunks.size()));
    }
    return chunks;
  }

  // Behind the last character of the units before `unit`.
  size_t EndOf(size_t unit) const {
    size_t end = unit < units_.size() ? units_[unit].begin : text_.size();
    return static_cast<size_t>(Trim(text_.substr(0, end)).end() - text_.begin());
  }

  // The block of the first unit in [first, last) that is no heading; of the last unit if all are.
  size_t FirstTextBlock(size_t first, size_t last) const {
    const auto block_of = [&](size_t i) -> size_t { return units_.empty() ? i : units_[i].block; };
    size_t found = 0;
    for (size_t i = first; i < last; ++i) {
      if (block_of(i) == Unit::kNoBlock) break;
      found = block_of(i);
      if (document_.blocks[found].kind != BlockKind::kHeading) break;
    }
    return found;
  }

  // Where the chunk of the units [first, last) begins when it repeats the last sentences of the
  // chunk before, which begins with unit `previous`.
  size_t OverlapBegin(size_t previous, size_t first, size_t last) const {
    const size_t begin = units_[first].begin;
    const Border border = units_[first].border;
    if (border > Border::kBlock || border == Border::kNever || units_[first].begins_entry) {
      return begin;  // another section
    }
    uint32_t own = 0;
    for (size_t i = first; i < last; ++i) own += units_[i].tokens;
    const uint32_t room = std::min(options_.max_tokens - std::min(own, options_.max_tokens),
                                   options_.target_tokens / 4);
    size_t overlap = begin;
    uint32_t left = options_.overlap_sentences;
    for (size_t unit = first; left > 0 && unit > previous; --unit) {
      const Unit& before = units_[unit - 1];
      if (before.block == Unit::kNoBlock || before.border == Border::kForced) break;
      const Block& block = document_.blocks[before.block];
      const bool prose = block.kind == BlockKind::kParagraph ||
                         block.kind == BlockKind::kListItem || block.kind == BlockKind::kQuote;
      if (!prose) break;
      const bool whole_block = before.begin == block.begin && units_[unit].block != before.block;
      const size_t taken = whole_block ? TakeSentences(before.begin, overlap, begin, room, &left)
                                       : TakeUnit(before.begin, overlap, begin, room, &left);
      if (taken == overlap) break;
      overlap = taken;
      if (taken != before.begin) break;
    }
    return overlap;
  }

  // A unit that is a sentence.
  size_t TakeUnit(size_t from, size_t to, size_t begin, uint32_t room, uint32_t* left) const {
    if (!Fits(from, begin, room)) return to;
    --*left;
    return from;
  }

  // Takes up to *left sentences from the end of the block [from, to) such that [taken, begin) has
  // at most `room` tokens. Returns where the first one taken begins; `to` if there is none.
  size_t TakeSentences(size_t from, size_t to, size_t begin, uint32_t room, uint32_t* left) const {
    // Most sentences are short: look at the end of the block first.
    for (size_t tail = 300;; tail *= 4) {
      size_t start = to - std::min(to - from, tail);
      if (start > from) start = CharacterBegin(text_, start);
      const std::vector<ByteRange> sentences = SplitSentences(text_.substr(start, to - start));
      // The first one found may be the rest of a longer one.
      const size_t whole = start == from ? 0 : 1;
      if (sentences.size() < whole + *left && start > from) continue;
      size_t taken = to;
      for (size_t i = sentences.size(); i > whole && *left > 0; --i) {
        const size_t sentence = start + sentences[i - 1].begin;
        if (!Fits(sentence, begin, room)) break;
        taken = sentence;
        --*left;
      }
      return taken;
    }
  }

  bool Fits(size_t begin, size_t end, uint32_t room) const {
    return end - begin <= size_t{16} * room &&
           CountTokens(text_.substr(begin, end - begin)) <= room;
  }

  Chunk MakeChunk(size_t begin, size_t end, size_t text_block, size_t ordinal) {
    Chunk chunk;
    chunk.document = document_.id;
    chunk.ordinal = static_cast<uint32_t>(ordinal);
    chunk.text = text_.substr(begin, end - begin);
    chunk.span.begin = begin;
    chunk.span.end = end;
    chunk.span.heading_path = headings_.BehindBlock(text_block);
    chunk.span.page = PageAt(begin);
    chunk.blocks = BlocksIn(begin, end);
    chunk.token_count = CountTokens(chunk.text);
    chunk.text_hash = Hash64(chunk.text);
    chunk.input_hash = Hash64(IndexedText(document_.title, chunk));
    return chunk;
  }

  // The last block that begins at or before `offset`; 0 if none does.
  size_t BlockAt(size_t offset) const {
    const auto behind =
        std::upper_bound(document_.blocks.begin(), document_.blocks.end(), offset,
                         [](size_t value, const Block& block) { return value < block.begin; });
    const auto index = static_cast<size_t>(behind - document_.blocks.begin());
    return index == 0 ? 0 : index - 1;
  }

  uint32_t PageAt(size_t offset) const {
    return document_.blocks.empty() ? 0 : document_.blocks[BlockAt(offset)].page;
  }

  // The parts of blocks in [begin, end), as offsets from `begin`.
  std::vector<ChunkBlock> BlocksIn(size_t begin, size_t end) const {
    std::vector<ChunkBlock> parts;
    size_t at = begin;
    for (size_t i = BlockAt(begin); i < document_.blocks.size(); ++i) {
      const Block& block = document_.blocks[i];
      if (block.begin >= end) break;
      const size_t from = std::max<size_t>(block.begin, at);
      const size_t to = std::min<size_t>(block.end, end);
      if (from >= to) continue;
      // What is left of a heading that is longer than a chunk is text.
      const bool rest = block.kind == BlockKind::kHeading && from > block.begin;
      parts.push_back({.kind = rest ? BlockKind::kParagraph : block.kind,
                       .depth = block.kind == BlockKind::kListItem ? block.level : depths_[i],
                       .begin = from - begin,
                       .end = to - begin,
                       .page = block.page});
      at = to;
    }
    return parts;
  }

  const Document& document_;
  const std::string_view text_;
  const ChunkOptions& options_;
  HeadingPath headings_;
  const std::vector<uint32_t> depths_;  // by block
  std::vector<Unit> units_;
};

}  // namespace

Status ChunkOptions::Validate() const {
  const auto error = [](const char* option, const std::string& expected, uint32_t found) {
    return InvalidArgumentError(std::string(option) + ": expected " + expected + ", found " +
                                std::to_string(found));
  };
  if (min_tokens == 0) return error("min_tokens", "at least 1", min_tokens);
  if (target_tokens < min_tokens) {
    return error("target_tokens", "at least min_tokens (" + std::to_string(min_tokens) + ")",
                 target_tokens);
  }
  if (max_tokens < target_tokens) {
    return error("max_tokens", "at least target_tokens (" + std::to_string(target_tokens) + ")",
                 max_tokens);
  }
  if (overlap_sentences > 10) return error("overlap_sentences", "at most 10", overlap_sentences);
  if (mode == ChunkMode::kFixed && overlap_tokens > target_tokens / 2) {
    return error("overlap_tokens",
                 "at most half of target_tokens (" + std::to_string(target_tokens) + ")",
                 overlap_tokens);
  }
  if (mode == ChunkMode::kSentences) {
    if (window_sentences > 100) return error("window_sentences", "at most 100", window_sentences);
    if (window_sentences <= overlap_sentences) {
      return error("window_sentences",
                   "more than overlap_sentences (" + std::to_string(overlap_sentences) + ")",
                   window_sentences);
    }
  }
  return OkStatus();
}

const char* ChunkModeName(ChunkMode mode) {
  switch (mode) {
    case ChunkMode::kStructure:
      return "structure";
    case ChunkMode::kFixed:
      return "fixed";
    case ChunkMode::kSentences:
      return "sentences";
  }
  return "";
}

Result<ChunkMode> ParseChunkMode(const std::string& name) {
  for (const ChunkMode mode : {ChunkMode::kStructure, ChunkMode::kFixed, ChunkMode::kSentences}) {
    if (name == ChunkModeName(mode)) return mode;
  }
  return InvalidArgumentError("mode: expected structure, fixed or sentences, found \"" + name +
                              "\"");
}

std::string ChunkOptions::Fingerprint() const {
  std::string windows;
  if (mode == ChunkMode::kFixed) windows = ",fixed=" + std::to_string(overlap_tokens);
  if (mode == ChunkMode::kSentences) windows = ",sentences=" + std::to_string(window_sentences);
  return "chunker:2:target=" + std::to_string(target_tokens) +
         ",min=" + std::to_string(min_tokens) + ",max=" + std::to_string(max_tokens) +
         ",overlap=" + std::to_string(overlap_sentences) + windows;
}

std::vector<Chunk> ChunkDocument(const Document& document, const ChunkOptions& options) {
  QUARRY_CHECK(options.Validate().ok());
  return DocumentChunker(document, options).Run();
}

}  // namespace quarry::ingest
