#pragma once

// How much a decoded text looks like one that somebody wrote: the judge between charsets that can
// all decode the same bytes.

#include <string_view>

namespace quarry::text_internal {

// What is expected of a text by its charset.
enum class Reading {
  kAny,
  kChinese,  // GB18030, Big5: kana, which share their codes with EUC-JP, are seldom
  kUtf16,    // ASCII has no special place and is judged with the rest
};

// The mean weight of the characters of `text` outside ASCII: about 7 for Chinese, 5 for European
// languages, below 0 for bytes read in the wrong charset. The weights come from what is frequent
// (characters of Chinese, Japanese and Korean, kana, the first levels of the national standards),
// what is never written (unassigned, private, control characters), and how letters stand beside
// each other. 0 where nothing counts.
double Plausibility(std::u16string_view text, Reading reading);

}  // namespace quarry::text_internal
