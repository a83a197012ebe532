#include "model/item_terms.h"

#include <algorithm>
#include <cstdint>
#include <string_view>

namespace quarry::model {
namespace {

constexpr uint32_t kTermTokens = 16;  // a signature of a function has some

// "The pump stops." and "Steps:" name nothing.
bool NamesSomething(std::string_view item) {
  constexpr std::string_view kEnds[] = {".",  "!",  "?",  ":",  ";",  ",",
                                        "。", "！", "？", "：", "；", "，"};
  return !item.empty() && item.find('\n') == item.npos && CountTokens(item) <= kTermTokens &&
         std::ranges::none_of(kEnds, [&](std::string_view end) { return item.ends_with(end); });
}

}  // namespace

std::vector<ByteRange> ItemTerms(const Chunk& chunk) {
  struct Item {
    uint32_t depth = 0;
    ByteRange term;  // empty where it names nothing
  };
  std::vector<ByteRange> terms(chunk.blocks.size());
  std::vector<Item> open;  // each deeper than the one before
  for (size_t i = 0; i < chunk.blocks.size(); ++i) {
    const ChunkBlock& block = chunk.blocks[i];
    const bool is_item = block.kind == BlockKind::kListItem;
    if (block.kind == BlockKind::kHeading || block.kind == BlockKind::kParagraph) open.clear();
    while (is_item && !open.empty() && open.back().depth >= block.depth) open.pop_back();
    // What is no item stands below the last one, which says something by itself where nothing deeper has come.
    if (!open.empty() && (is_item || open.size() > 1)) {
      terms[i] = is_item ? open.back().term : open[open.size() - 2].term;
    }
    if (!is_item) continue;
    const std::string_view text =
        Trim(std::string_view(chunk.text).substr(block.begin, block.end - block.begin));
    const auto begin = static_cast<uint64_t>(text.data() - chunk.text.data());
    open.push_back(
        {block.depth, NamesSomething(text) ? ByteRange{begin, begin + text.size()} : ByteRange{}});
  }
  return terms;
}

}  // namespace quarry::model
