#pragma once

// The words of a question in the other of English and Chinese, in the terms of the lexical index.
//
// A Chinese question is taken apart into words (Pairs of characters, which an index holds, are not words: 表检 of
// 水表检测费 means nothing), an English one into stems and phrases of two and three stems that mean something together
// ("annual leave" is 年假). Of all ways to take it apart the one with the fewest words is taken, of which only those count
// that lead somewhere: whose translations stand in what is searched. A word of the dictionary that does not is no
// word for its characters: 加班 (overtime) is not "plus" and "team".
//
// What words mean say a dictionary (model/data/dictionary.terms, of CC-CEDICT) and the neighbours in the bilingual table
// (term_translations.h), whose words are those of manuals; where neither has a single word for one, a phrase of the
// dictionary.
//
// Pure but for the data, which lives as long as the process: safe from many threads.

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/analyzer.h"
#include "base/status.h"
#include "base/text.h"

namespace quarry::model {

// How far translations are looked for.
enum class TranslationReach {
  kDirect,  // what the data have for a word
  // And the words that they have it for, single characters of Chinese (盐 is "salt") and the base of an English verb
  // ("built") among them: for few texts, in which chance has little to find.
  kWide,
};

struct TranslatedWord {
  std::string word;  // folded Chinese characters; stems with spaces between
  // What stands for it: every part, each by any of its terms, the likeliest first. One part unless the word has only a
  // phrase for it (水表 is "water" and "meter"), or only its two characters have (欧盟 is "European" and "union"). None of what
  // is not translated, a name or code, which `word` has as it was written.
  std::vector<std::vector<std::string>> parts;
  ByteRange range = {};  // in Question::text
};

// The words of `text` in their order, translated those that are not written in the language of `to_english`; words that
// ask (question.h) and particles are not among them. `stands` says whether a term is in what is searched; only such
// terms are returned. Errors: kDataLoss where the program file is damaged.
Result<std::vector<TranslatedWord>> TranslateWords(
    std::string_view text, bool to_english, const Analyzer& analyzer,
    const std::function<bool(std::string_view)>& stands,
    TranslationReach reach = TranslationReach::kDirect);

// Of the data that TranslateWords reads.
Result<uint64_t> WordTranslationsChecksum();

}  // namespace quarry::model
