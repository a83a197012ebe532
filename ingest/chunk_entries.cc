#include "ingest/chunk_entries.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/text.h"

namespace quarry::ingest {
namespace {

// The level of an entry that no heading began: any heading ends it.
constexpr uint32_t kMarkedLevel = UINT32_MAX;

bool IsMarkedQuestion(std::string_view text) {
  for (const std::string_view mark : {"Q", "问"}) {
    if (!text.starts_with(mark)) continue;
    const size_t end = text.find_first_not_of("0123456789", mark.size());
    if (end == std::string_view::npos) return false;
    const std::string_view behind = text.substr(end);
    const bool numbered = end > mark.size();
    return behind.starts_with(':') || behind.starts_with("：") ||
           (numbered && (behind.starts_with(". ") || behind.starts_with("、")));
  }
  return false;
}

bool EndsWithQuestionMark(std::string_view text) {
  return text.ends_with('?') || text.ends_with("？");
}

}  // namespace

std::vector<bool> EntryBegins(const Document& document) {
  std::vector<bool> begins(document.blocks.size());
  uint32_t level_of_entry = 0;  // 0: in none
  bool after_heading = false;
  for (size_t i = 0; i < document.blocks.size(); ++i) {
    const Block& block = document.blocks[i];
    const bool heading = block.kind == BlockKind::kHeading;
    const bool asks =
        heading ? EndsWithQuestionMark(Trim(document.TextOf(block)))
                : block.kind == BlockKind::kParagraph && IsMarkedQuestion(document.TextOf(block));
    if (asks || (heading && level_of_entry > 0 && block.level <= level_of_entry)) {
      begins[i] = !after_heading;
      level_of_entry = !asks ? 0 : heading ? block.level : kMarkedLevel;
    }
    after_heading = heading;
  }
  return begins;
}

}  // namespace quarry::ingest
