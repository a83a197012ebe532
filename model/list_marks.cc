#include "model/list_marks.h"

#include "base/ascii.h"

namespace quarry::model {
namespace {

constexpr size_t kMostDigits = 3;
constexpr std::string_view kItemNumerals = "一二三四五六七八九十";

// Behind digits or Chinese numerals; `begin` where there are none or too many.
size_t BehindNumeral(std::string_view text, size_t begin) {
  size_t at = BehindDigits(text, begin);
  if (at > begin) return at - begin <= kMostDigits ? at : begin;
  constexpr size_t kNumeral = 3;  // bytes of one
  for (size_t n = 0; n < kMostDigits; ++n) {
    const std::string_view one = text.substr(at, kNumeral);
    const size_t place = kItemNumerals.find(one);
    if (one.size() < kNumeral || place == kItemNumerals.npos || place % kNumeral != 0) break;
    at += kNumeral;
  }
  return at;
}

size_t BehindSpace(std::string_view text, size_t at) {
  while (at < text.size() && text[at] == ' ') ++at;
  return at;
}

}  // namespace

size_t ListNumberBytes(std::string_view text) {
  for (const std::string_view open : {"", "(", "（", "第"}) {
    if (!text.starts_with(open)) continue;
    const size_t behind = BehindNumeral(text, open.size());
    if (behind == open.size()) continue;
    const std::string_view rest = text.substr(behind);
    for (const std::string_view close : {". ", ") ", "、", "．", "）", "步：", "步，", "步:"}) {
      const bool is_step = close.starts_with("步");
      if (rest.starts_with(close) && is_step == (open == "第")) {
        return BehindSpace(text, behind + close.size());
      }
    }
  }
  return 0;
}

size_t TickBoxBytes(std::string_view text) {
  for (const std::string_view box : {"[ ] ", "[x] ", "[X] "}) {
    if (text.starts_with(box)) return box.size();
  }
  return 0;
}

}  // namespace quarry::model
