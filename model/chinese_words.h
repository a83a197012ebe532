#pragma once

// The words of Chinese text, which writes none apart. Pairs of neighbouring characters, which an index holds, are not
// words: 会扣 of 迟到会扣多少钱 means nothing. Internal to model/. Pure but for the dictionary that the program carries
// (term_translations.h), which lives as long as the process.

#include <string_view>
#include <vector>

#include "base/text.h"

namespace quarry::model {

struct ChineseWord {
  ByteRange range;        // of the text
  size_t characters = 0;  // a dictionary has those of two or more
  bool is_function =
      false;  // it joins, points, counts or says that something can, will or must be: 的, 每, 会, 可以
  bool denies = false;  // 不, 没; then it is no function word: what is denied is asked
};

// Those of the runs of Chinese characters of `text`, in order. Of all ways to take a run apart the one with the fewest
// words, of which one of a single character counts more.
std::vector<ChineseWord> ChineseWords(std::string_view text);

// Whether the character joins, points or counts and means nothing alone; folded.
bool IsChineseParticle(std::string_view character);

}  // namespace quarry::model
