#include "index/held_languages.h"

#include <string_view>

namespace quarry::index {
namespace {

// As the analyzer leaves them: stems that are not on its stop list, and pairs of characters.
constexpr std::string_view kEnglishWords[] = {"have", "which", "from",  "has",  "been", "more",
                                              "also", "when",  "other", "were", "than", "who"};
constexpr std::string_view kChineseWords[] = {"可以", "一个", "进行", "没有", "我们", "以及",
                                              "如果", "其中", "已经", "或者", "因为", "他们"};
constexpr uint32_t kWordsNeeded = 3;
constexpr uint64_t kRowsPerHit = 100;
constexpr uint8_t kKnownBit = 1;
constexpr uint8_t kEnglishBit = 2;
constexpr uint8_t kChineseBit = 4;

template <size_t kCount>
bool Holds(const LexicalIndex& index, const std::string_view (&words)[kCount]) {
  uint32_t frequent = 0;
  for (const std::string_view word : words) {
    const uint64_t rows = index.DocumentFrequency(word);
    if (rows > 0 && rows * kRowsPerHit >= index.live_rows() && ++frequent == kWordsNeeded)
      return true;
  }
  return false;
}

}  // namespace

std::optional<HeldLanguages> KnownLanguages::Get() const {
  const uint8_t bits = bits_.load(std::memory_order_relaxed);
  if (bits == 0) return std::nullopt;
  return HeldLanguages{.english = (bits & kEnglishBit) != 0, .chinese = (bits & kChineseBit) != 0};
}

void KnownLanguages::Set(const HeldLanguages& held) {
  bits_.store(static_cast<uint8_t>(kKnownBit | (held.english ? kEnglishBit : 0) |
                                   (held.chinese ? kChineseBit : 0)),
              std::memory_order_relaxed);
}

HeldLanguages FindHeldLanguages(const LexicalIndex& index) {
  return {.english = Holds(index, kEnglishWords), .chinese = Holds(index, kChineseWords)};
}

}  // namespace quarry::index
