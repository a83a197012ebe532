#pragma once

// The word knowledge of SplitSentences.

#include <string_view>

namespace quarry::text_internal {

// What the full stop behind an abbreviation says.
enum class Abbreviation {
  kNone,          // an ordinary word: the sentence ends
  kNeverEnds,     // "Mr.", "e.g.": goes on whatever follows
  kBeforeNumber,  // "p. 55", "No. 7": goes on before a number
  kMayEnd,        // "Co.", "U.S.", "J.": ends before a word that begins sentences
  kTimeOfDay,     // "6 p.m."
};

// `word` is what stands before the full stop, without it: "Mr", "e.g", "U.S".
Abbreviation AbbreviationOf(std::string_view word);

// True for words that a letter stands behind as a name, "building C", "vitamin D": it is no initial. Without regard to
// case.
bool TakesLetter(std::string_view word);

// True for words that begin sentences and are seldom names: "The", "However". Without regard to
// case.
bool BeginsSentences(std::string_view word);

}  // namespace quarry::text_internal
