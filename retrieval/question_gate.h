#pragma once

// The gate before a stored answer serves another question (level ii of the answer cache): cheap, pure,
// and closed in doubt. What it lets through is not the same question yet: that a verifier says.
//
// Closed where
//   * a fact differs (question_facts.h): language, numbers with their units, dates, names, negation,
//     comparison, scope, tense, what is asked for, who does what to whom;
//   * the words are the same in another order: "does A own B", "does B own A"; or two stretches of
//     them are, around other words;
//   * the words are nearly the same: one stretch differs, or few words of many. Such pairs are as
//     often two questions (another city, the opposite, one word more) as one, nothing in the words
//     tells which, and embedders and small cross-encoders do not see the difference either (Zhang,
//     Baldridge, He: "PAWS: Paraphrase Adversaries from Word Scrambling", 2019);
//   * in Chinese, before what both are about stands something that the other does not say.
// So it is open for questions that differ in function words alone, and for those that say it in other
// words.
//
// Thread-safe. Its version is part of what `quarry cache tune` records: raise it with every change.

#include <cstdint>
#include <string>

#include "retrieval/question_facts.h"

namespace quarry::retrieval {

inline constexpr uint32_t kQuestionGateVersion = 4;

// Of the words of the longer question, the share in the same order from which two are nearly the
// same.
inline constexpr double kNearlySame = 0.7;

struct GateVerdict {
  bool open = false;
  std::string reason;  // why it is closed: "number: 2023 / 2024"
};

GateVerdict CompareQuestions(const QuestionFacts& asked, const QuestionFacts& stored);

}  // namespace quarry::retrieval
