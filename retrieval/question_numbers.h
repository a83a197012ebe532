#pragma once

// Numbers of a question in one spelling: "twenty-five", "二十五" and "25"; "3 million", "300万" and
// "3,000,000". Pure and thread-safe.
//
//   * English cardinals up to trillions ("one hundred and five"), also with a scale behind digits
//     ("2.5 million"). "Twenty twenty" and "nineteen eighty four" stay two numbers: which year is
//     meant, if one is, is not known.
//   * English ordinals from "first" to "tenth" as 1st to 10th, but for "second", which is a time too.
//     "One" is no number behind "no", "any", "which" and the like.
//   * Chinese numerals that are well formed: 三, 十二, 两千零五, 三亿五千万; digits read one by one
//     in years and with a zero (一九九八年, 二〇二四); digits with a scale (3.5万); 百分之五 as 5%. 三四个
//     (three or four), 三四五号 (3, 4 and 5) and words with numerals that make no number (万一, 十分,
//     两月, 二次) stay as they are.
//   * Two and more groups of thousands are joined, one only in an amount: "$22,443". Zeros are kept: version 1.10 is not 1.1, and agent 007 is not
//     agent 7.
//
// What is mapped is mapped wherever it stands, 四川 to "4川" too: that makes no two questions equal
// that were not.

#include <vector>

#include "retrieval/question_tokens.h"

namespace quarry::retrieval {

std::vector<QuestionToken> UnifyNumbers(std::vector<QuestionToken> tokens);

}  // namespace quarry::retrieval
