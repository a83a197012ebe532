#include "model/quotable.h"

#include <algorithm>
#include <string_view>

#include "base/word_lists.h"

namespace quarry::model {
namespace {

constexpr uint32_t kShortCodeTokens = 60;
constexpr std::string_view kCommentMarks[] = {"# ", "// ", "-- ", "; ", "% ", "REM ", "rem "};

// Bytes of the longest prefix of `text` that has at most `max_tokens`, at least one character.
size_t FittingPrefix(std::string_view text, uint32_t max_tokens) {
  size_t fits = 0;
  size_t low = 1;
  size_t high = text.size();
  while (low <= high) {
    const size_t middle = (low + high) / 2;
    const std::string_view prefix = TruncateUtf8(text, middle);
    if (CountTokens(prefix) <= max_tokens) {
      fits = prefix.size();
      low = middle + 1;
    } else {
      high = middle - 1;
    }
  }
  if (fits == 0) NextCodePoint(text, fits);
  return fits;
}

// Where to end a piece of at most `prefix`: behind the last line break, else semicolon, comma or
// space that leaves at least a third of it.
size_t CutBehindMark(std::string_view prefix) {
  for (const std::string_view mark : {"\n", "；", "; ", "，", ", ", " "}) {
    const size_t found = prefix.rfind(mark);
    if (found != std::string_view::npos && found + mark.size() > prefix.size() / 3) {
      return found + mark.size();
    }
  }
  return prefix.size();
}

// Adds what is left of `rest` of `text` in pieces of at most `max_tokens`.
void AddPieces(std::string_view text, ByteRange rest, ByteRange block, uint32_t max_tokens,
               std::vector<QuotablePiece>& pieces) {
  while (rest.begin < rest.end) {
    const std::string_view left = text.substr(rest.begin, rest.end - rest.begin);
    // A token is at least one byte, so most sentences need no counting.
    if (left.size() <= max_tokens || CountTokens(left) <= max_tokens) {
      pieces.push_back({rest, block});
      return;
    }
    const size_t cut = CutBehindMark(left.substr(0, FittingPrefix(left, max_tokens)));
    const ByteRange piece = TrimRange(text, {rest.begin, rest.begin + cut});
    if (piece.begin < piece.end) pieces.push_back({piece, block});
    rest = TrimRange(text, {rest.begin + cut, rest.end});
  }
}

std::vector<ByteRange> Lines(std::string_view text, ByteRange block) {
  std::vector<ByteRange> lines;
  for (size_t begin = block.begin; begin < block.end;) {
    const size_t end = std::min(text.find('\n', begin), block.end);
    lines.push_back(TrimRange(text, {begin, end}));
    begin = end + 1;
  }
  return lines;
}

// "# Change the passphrase", "// like so": what it says is of the lines below it.
bool IsCodeComment(std::string_view line) { return StartsWithAny(line, kCommentMarks); }

// The lines of a long block, each comment with those below it up to the next and to an empty one, and a line that ends
// in a backslash with the one behind it; no more together than a short block has.
std::vector<ByteRange> CodePieces(std::string_view text, ByteRange block) {
  std::vector<ByteRange> pieces;
  bool goes_on = false;     // the last piece, with any line
  bool is_told_of = false;  // by a comment above it
  for (const ByteRange& line : Lines(text, block)) {
    const std::string_view written = text.substr(line.begin, line.end - line.begin);
    const bool is_comment = IsCodeComment(written);
    const bool joins =
        !written.empty() && !pieces.empty() && (goes_on || (is_told_of && !is_comment)) &&
        CountTokens(text.substr(pieces.back().begin, line.end - pieces.back().begin)) <=
            kShortCodeTokens;
    if (joins) {
      pieces.back().end = line.end;
    } else if (!written.empty()) {
      pieces.push_back(line);
      is_told_of = is_comment;
    } else {
      is_told_of = false;
    }
    goes_on = written.ends_with('\\') || (is_comment && !written.empty());
  }
  return pieces;
}

}  // namespace

std::vector<QuotablePiece> QuotablePieces(const Chunk& chunk, uint32_t max_tokens) {
  const std::string_view text = chunk.text;
  std::vector<QuotablePiece> pieces;
  const auto add_sentences = [&](ByteRange block) {
    for (const ByteRange& sentence :
         SplitSentences(text.substr(block.begin, block.end - block.begin))) {
      const ByteRange range{block.begin + sentence.begin, block.begin + sentence.end};
      AddPieces(text, range, block, max_tokens, pieces);
    }
  };
  if (chunk.blocks.empty()) add_sentences({0, text.size()});
  for (const ChunkBlock& chunk_block : chunk.blocks) {
    const ByteRange block = TrimRange(text, {chunk_block.begin, chunk_block.end});
    const std::string_view inside = text.substr(block.begin, block.end - block.begin);
    switch (chunk_block.kind) {
      case BlockKind::kHeading:
        break;
      case BlockKind::kParagraph:
      case BlockKind::kListItem:
      case BlockKind::kQuote:
        add_sentences(block);
        break;
      case BlockKind::kCode:
        if (CountTokens(inside) <= kShortCodeTokens) {
          AddPieces(text, block, block, max_tokens, pieces);
          break;
        }
        for (const ByteRange& piece : CodePieces(text, block)) {
          AddPieces(text, piece, piece, max_tokens, pieces);
        }
        break;
      case BlockKind::kTable:
        for (const ByteRange& line : Lines(text, block)) {
          AddPieces(text, line, line, max_tokens, pieces);
        }
        break;
    }
  }
  return pieces;
}

size_t BlockAt(const Chunk& chunk, uint64_t begin) {
  const auto holds = [&](const ChunkBlock& block) {
    return block.begin <= begin && begin < block.end;
  };
  return static_cast<size_t>(std::ranges::find_if(chunk.blocks, holds) - chunk.blocks.begin());
}

BlockKind BlockKindAt(const Chunk& chunk, uint64_t begin) {
  const size_t block = BlockAt(chunk, begin);
  return block < chunk.blocks.size() ? chunk.blocks[block].kind : BlockKind::kParagraph;
}

}  // namespace quarry::model
