#pragma once

// What a question says that must not differ between two that share an answer: found by rules and
// closed lists of words, English and Chinese, without a model.
//
// Pure and thread-safe.

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "retrieval/question_normaliser.h"

namespace quarry::retrieval {

enum class FactKind : uint8_t {
  kLanguage,    // "en", "zh", ...
  kNumber,      // numbers and codes: whatever holds a digit, with the unit or counted word behind
  kTime,        // months, days of the week, "yesterday", 去年
  kEntity,      // names: capitalised inside of a sentence; Latin words in Chinese; what is quoted
  kNegation,    // not, without, 不, 没, 禁止; not the 不 of 是不是
  kComparison,  // more, most, than, at least, 最, 比, 以上
  kScope,       // all, only, except, per, 每, 仅, 所有
  kTense,       // past, future, duty: did, was, will, must; 过, 将, 必须
  kAsked,       // who, when, where, why, how many, how long; 谁, 多久
  kRelation,    // in order: from, to, by, before, against; 从, 到, 被, 把
  kPerson,      // in order, where two are named: I, you; 我, 你
};
inline constexpr size_t kFactKinds = 11;
const char* FactName(FactKind kind);  // "number"

struct QuestionFacts {
  // By kind: sorted, or in the order of the question where that says who does what to whom.
  std::array<std::vector<std::string>, kFactKinds> facts;
  // What else carries meaning, in order: word stems (a past tense apart) and CJK characters, numbers
  // and the words of facts among them; without articles, auxiliaries and question words.
  std::vector<std::string> content;

  const std::vector<std::string>& of(FactKind kind) const {
    return facts[static_cast<size_t>(kind)];
  }
};

// `question` as it was asked: capitals tell names.
QuestionFacts FactsOf(std::string_view question);

// Whether the question asks for what changes by the hour or day, whatever the documents say: "latest",
// "today", "now", 最新, 今天. Its answer is never taken from a cache.
bool AsksForNow(const NormalisedQuestion& question);

// Whether it names a time by its distance from now that moves by the week or more slowly: "last week",
// 去年, "3 months ago". Its answer is kept for a short time only.
bool AsksRelativeToNow(const NormalisedQuestion& question);

}  // namespace quarry::retrieval
