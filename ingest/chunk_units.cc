#include "ingest/chunk_units.h"

#include <algorithm>
#include <utility>

#include "base/ascii.h"
#include "base/hash.h"
#include "base/text.h"
#include "ingest/chunk_entries.h"

namespace quarry::ingest {
namespace {

// Bytes on each side of a border that its anchor hash covers.
constexpr size_t kAnchorBytes = 48;
// Sentences and lines shorter than this are no units of their own.
constexpr size_t kMinUnit = 16;

// A hash of the (up to) eight bytes before `offset`, cheap enough to be taken at every character.
uint64_t HashBefore(std::string_view text, size_t offset) {
  uint64_t value = 0;
  for (size_t i = offset - std::min<size_t>(offset, 8); i < offset; ++i) {
    value = value << 8 | static_cast<unsigned char>(text[i]);
  }
  return (value * 0x9E3779B97F4A7C15u) >> 32;
}

bool EndsWithColon(std::string_view text) { return text.ends_with(':') || text.ends_with("："); }

class Splitter {
 public:
  Splitter(const Document& document, const ChunkOptions& options)
      : document_(document),
        text_(document.text),
        options_(options),
        entries_(EntryBegins(document)),
        whole_tokens_(std::max<uint32_t>(options.target_tokens / 2, 1)) {}

  std::vector<Unit> Run() {
    size_t at = 0;
    for (size_t i = 0; i < document_.blocks.size(); ++i) {
      const Block& block = document_.blocks[i];
      // Documents that did not come from our parsers may have gaps and overlaps.
      const size_t begin = std::min<size_t>(std::max<size_t>(block.begin, at), text_.size());
      const size_t end = std::min<size_t>(block.end, text_.size());
      if (end <= begin) continue;
      AddGap(at, begin);
      AddBlock(block, static_cast<uint32_t>(i), begin, end);
      at = end;
    }
    AddGap(at, text_.size());
    CountTokens();
    return std::move(units_);
  }

 private:
  // Text outside of blocks.
  void AddGap(size_t begin, size_t end) {
    const std::string_view gap = Trim(text_.substr(begin, end - begin));
    if (gap.empty()) return;
    begin = static_cast<size_t>(gap.data() - text_.data());
    border_ = Border::kBlock;
    AddSentences(begin, begin + gap.size(), Unit::kNoBlock);
    after_heading_ = false;
  }

  void AddBlock(const Block& block, uint32_t index, size_t begin, size_t end) {
    const bool heading = block.kind == BlockKind::kHeading;
    border_ = Border::kBlock;
    if (heading) {
      const uint32_t level = std::clamp(block.level, 1u, 6u);
      border_ = static_cast<Border>(static_cast<uint32_t>(Border::kHeading1) + 1 - level);
    } else if (block.kind == BlockKind::kListItem && block.level > 1) {
      border_ = Border::kSentence;
    } else if (announces_) {
      border_ = Border::kSentence;
    }
    // A heading stays with what follows; a chain of headings as well.
    if (after_heading_) border_ = Border::kNever;
    begins_entry_ = entries_[index];
    switch (block.kind) {
      case BlockKind::kHeading:
        AddPiece(begin, end, index);
        break;
      case BlockKind::kTable:
        AddLines(begin, end, index, Border::kSentence);
        break;
      case BlockKind::kCode:
        AddLines(begin, end, index, Border::kLine);
        break;
      default:
        AddSentences(begin, end, index);
        break;
    }
    after_heading_ = heading;
    announces_ = EndsWithColon(text_.substr(begin, end - begin));
  }

  // A bound of CountTokens from below and above that costs nothing.
  bool IsSurelyWithin(size_t bytes, uint32_t tokens) const { return bytes / 2 < tokens; }

  bool IsWithin(size_t begin, size_t end, uint32_t tokens) const {
    if (IsSurelyWithin(end - begin, tokens)) return true;
    if (end - begin > size_t{16} * tokens + 16) return false;
    return quarry::CountTokens(text_.substr(begin, end - begin)) <= tokens;
  }

  void AddSentences(size_t begin, size_t end, uint32_t block) {
    if (IsWithin(begin, end, whole_tokens_)) return AddPiece(begin, end, block);
    // Sentences of a few bytes ("No.") are taken together, and so are lines below: units stay few.
    size_t unit = begin;
    for (const ByteRange& sentence : SplitSentences(text_.substr(begin, end - begin))) {
      const size_t next = begin + sentence.begin;
      if (next < unit + kMinUnit) continue;
      AddPiece(unit, next, block);
      border_ = Border::kSentence;
      unit = next;
    }
    AddPiece(unit, end, block);
  }

  void AddLines(size_t begin, size_t end, uint32_t block, Border between) {
    if (IsWithin(begin, end, whole_tokens_)) return AddPiece(begin, end, block);
    size_t unit = begin;
    for (size_t line = begin; line < end;) {
      const size_t next = std::min(text_.find('\n', line), end - 1) + 1;
      if (next - unit >= kMinUnit || next == end) {
        AddPiece(unit, next, block);
        // An empty line in code is where its author saw a border.
        const bool empty_line = next < end && text_[next] == '\n';
        border_ = empty_line ? Border::kSentence : between;
        unit = next;
      }
      line = next;
    }
  }

  // A piece that should stay whole.
  void AddPiece(size_t begin, size_t end, uint32_t block) {
    if (begin >= end || IsSpaceOnly(begin, end)) return;
    AddUnit(begin, block);
    if (IsWithin(begin, end, options_.max_tokens)) return;
    // Too long: cut at white space, and where there is none at characters.
    border_ = Border::kForced;
    for (size_t at = FindCut(begin, end); at < end; at = FindCut(at, end)) AddUnit(at, block);
  }

  bool IsSpaceOnly(size_t begin, size_t end) const {
    return IsAsciiSpace(text_[begin]) && Trim(text_.substr(begin, end - begin)).empty();
  }

  // The next cut in a long stretch that begins at `begin`; `end` if what is left is short. Cuts are
  // anchored in the text: the first word end whose hash says so, else the last word end within
  // bounds. Where no white space is, characters stand for words.
  size_t FindCut(size_t begin, size_t end) const {
    const size_t limit =
        begin + std::max<size_t>(options_.max_tokens, 2);  // bytes: a quarter of a chunk
    if (limit >= end) return end;
    const size_t from = begin + std::max<size_t>((limit - begin) / 8, 1);
    size_t last = 0;
    for (size_t at = from; at < limit; ++at) {
      if (!IsAsciiSpace(text_[at - 1]) || IsAsciiSpace(text_[at])) continue;
      if (HashBefore(text_, at) % 8 == 0) return at;
      last = at;
    }
    if (last > 0) return last;
    for (size_t at = from; at < limit; ++at) {
      if (HashBefore(text_, at) % 64 == 0 && IsCharacterStart(text_, at)) return at;
    }
    size_t at = limit;
    while (at < end && !IsCharacterStart(text_, at)) ++at;
    return at;
  }

  void AddUnit(size_t begin, uint32_t block) {
    Unit unit;
    unit.begin = begin;
    unit.block = block;
    unit.border = border_;
    unit.begins_entry = std::exchange(begins_entry_, false);
    const size_t before = begin - std::min(begin, kAnchorBytes);
    unit.anchor = Hash64(text_.substr(before, begin - before + kAnchorBytes));
    units_.push_back(unit);
  }

  void CountTokens() {
    for (size_t i = 0; i < units_.size(); ++i) {
      const size_t end = i + 1 < units_.size() ? units_[i + 1].begin : text_.size();
      units_[i].tokens = quarry::CountTokens(text_.substr(units_[i].begin, end - units_[i].begin));
    }
  }

  const Document& document_;
  const std::string_view text_;
  const ChunkOptions& options_;
  const std::vector<bool> entries_;  // by block
  const uint32_t whole_tokens_;
  std::vector<Unit> units_;
  Border border_ = Border::kBlock;  // before the next unit
  bool after_heading_ = false;
  bool begins_entry_ = false;  // the next unit
  bool announces_ = false;     // the block before ends with ':'
};

}  // namespace

bool IsCharacterStart(std::string_view text, size_t offset) {
  const auto byte = static_cast<unsigned char>(text[offset]);
  if ((byte & 0xC0) == 0x80) return false;
  if (byte >= 0x80) {
    const std::string_view rest = text.substr(offset, 4);
    if (rest >= "\u0300" && rest < "\u0370") return false;
    for (const std::string_view joined : {"\u200D", "\uFE0F", "\U0001F3FB", "\U0001F3FC",
                                          "\U0001F3FD", "\U0001F3FE", "\U0001F3FF"}) {
      if (rest.starts_with(joined)) return false;
    }
  }
  return static_cast<unsigned char>(text[offset - 1]) < 0x80 ||
         !text.substr(0, offset).ends_with("\u200D");
}

std::vector<Unit> SplitUnits(const Document& document, const ChunkOptions& options) {
  return Splitter(document, options).Run();
}

}  // namespace quarry::ingest
