#pragma once

// From a question to what the lexical leg searches.

#include <string_view>

#include "base/analyzer.h"
#include "base/query_syntax.h"
#include "index/lexical_query.h"

namespace quarry::retrieval {

// Words that make a text a question, or join others: the Snowball English stop list. REQUIRES:
// `word` is folded.
bool IsQuestionWord(std::string_view word);

// Terms that are scored: those of the text without the words that only make it a question ("what",
// "which", "did", "than": the Snowball English stop list), unless nothing else is left: those words
// are in the index, and "The Who" finds the band; those of required phrases; and prefixes. A
// repeated term stays repeated. A phrase of which the analyzer leaves nothing asks for nothing; a
// prefix that the analyzer takes for several words ("well-kno*") is read as those words.
index::LexicalQuery MakeLexicalQuery(const Analyzer& analyzer, const ParsedQuery& query);

}  // namespace quarry::retrieval
