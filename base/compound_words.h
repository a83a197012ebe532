#pragma once

// Words that some write in one and others in two or with a hyphen: "backup" and "back up", "Wi-Fi" and "wifi". Pure.

#include <string>
#include <string_view>
#include <vector>

#include "base/analyzer.h"
#include "base/text.h"

namespace quarry {

// Two words of ASCII letters, a space or a hyphen between them, that may be one.
struct WordPair {
  ByteRange first;
  ByteRange second;
};

// The pairs of a text, in order. Without those that no word is made of: one of both is an article, a preposition that
// stands before no verb, or the like ("of", "the", "which").
std::vector<WordPair> WordPairs(std::string_view text);

// The terms that the pair may be as one word: as it is written, and with the base of the first ("backed up": "backup").
std::vector<std::string> JoinedTerms(const WordPair& pair, std::string_view text,
                                     const Analyzer& analyzer);

// Whether a word whose term is `first`, and which ends at `end` of the text, and the word behind it make the term `whole`:
// "back" of "backed up" makes "backup".
bool MakesWithNext(std::string_view whole, std::string_view first, std::string_view text,
                   size_t end);

}  // namespace quarry
