#pragma once

// How names in Chinese characters are spelt in Latin letters: 柳渡 is Liudu. Hanyu Pinyin without tones and joints, of
// Simplified characters; other spellings (Taipei, Hsinchu) are not known. Pure.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace quarry {

// A syllable is a character.
inline constexpr size_t kMostNameSyllables = 4;

// Where the characters end that begin at byte `at` of `folded` (base/text.h Fold) and are read as `spelling`, in lower
// case; 0 where none are.
size_t EndOfReading(std::string_view folded, size_t at, std::string_view spelling);

// What the characters may be spelt like, joined: several where one has more than one reading; none where one has none.
std::vector<std::string> SpellingsOf(std::string_view folded);

// How a word in lower case may be made of at most `most` syllables of Pinyin: "qing yan" of "qingyan", "xi an" and "xian";
// in no way, of "kingston".
std::vector<std::vector<std::string>> SyllablesOf(std::string_view word, size_t most);

// The characters that are read as a syllable, Simplified.
std::vector<std::string> CharactersReadAs(std::string_view syllable);

}  // namespace quarry
