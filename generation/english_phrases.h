#pragma once

// Phrases of English questions: what one is about, the names in it and the words around them, and
// where in it stands what something else takes the place of. By lists of words and by capitals
// alone. For follow_up_english.cc. Pure functions. `words` are all those of a text (WordsOf).

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "generation/follow_up_words.h"

namespace quarry::generation::follow_up {

// Words for IsOneOf.
inline constexpr std::string_view kAuxiliaries =
    "is|are|was|were|be|been|do|does|did|has|have|had|can|could|may|might|must|shall|should|will|"
    "would|isn't|aren't|doesn't|don't|didn't|can't|won't";
inline constexpr std::string_view kEnglishAsking =
    "what|which|who|whom|whose|when|where|why|how|since|until|till";
inline constexpr std::string_view kArticles =
    "the|a|an|this|that|these|those|our|your|my|its|their";
inline constexpr std::string_view kEnglishThings =
    "it|its|they|them|their|this|that|these|those|one|ones|there|"
    "same|itself";
inline constexpr std::string_view kPersons = "he|she|him|her|his|hers|they|them|their";
inline constexpr std::string_view kConnectors =
    "and|but|so|ok|okay|also|then|well|oh|hm|or|yes|right|thanks";
inline constexpr std::string_view kPrepositions =
    "for|in|on|at|of|with|from|to|about|by|under|during|after|before|since|until|if";

// Subjects that name nothing.
inline constexpr std::string_view kSubjectsWithoutNoun = "i|you|we|they|he|she|it|one";

// Words from `first` to `last`, both of them included.
struct WordRun {
  size_t first = 0;
  size_t last = 0;
};

// Whether a word means nothing alone.
bool IsFunctionWord(const Word& word);
// An auxiliary, or what stands behind a subject: "apply", "costs".
bool IsVerb(const Word& word);
// Whether a noun phrase ends before the word.
bool EndsPhrase(const Word& word);
// A code, or begun with a capital.
bool NamesThing(const Word& word);

// The words from `first` on that name one thing; of "the level of the tarn" all.
std::optional<WordRun> NounPhraseFrom(const std::vector<Word>& words, size_t first);

// The word behind the verb at `verb`: of "have to change" that behind the second one.
size_t BehindVerb(const std::vector<Word>& words, size_t verb);

// The text from the word `first` to the end of the word `last`.
std::string Between(std::string_view text, const std::vector<Word>& words, size_t first,
                    size_t last);

// Runs of names: "Upper Tarn", "VX-220", "Halden Valley Water Cooperative".
std::vector<WordRun> NameRuns(const std::vector<Word>& words);

// What the question is about: its subject, else its last name, else its first noun phrase. nullopt
// without any.
// Of what the asker does that to which it is done: "annual leave" of "Can I carry annual leave over?".
std::optional<std::string> EnglishTopicOf(const std::string& question);

// A person: two capitalised words in the answer, else in the question.
std::optional<std::string> EnglishPersonOf(const std::string& answer, const std::string& question);

// Where in `question` stands what `instead` takes the place of: a code of its shape, a name, or a
// phrase with the same last word.
std::optional<ByteRange> EnglishPlaceOf(const std::string& question, std::string_view instead);

// Where the subject of "How much does a meter test cost?" stands, for something that has an article
// too.
std::optional<ByteRange> SubjectOf(const std::string& question, std::string_view instead);

// Of "What is the rated head of the VX-240": "the rated head" and "the VX-240".
struct Owned {
  ByteRange attribute;
  ByteRange owner;
  bool named = false;  // the owner has a name or a code
};

// nullopt where the question asks for nothing that something has.
std::optional<Owned> OwnedIn(const std::string& question);

// The names of a question (NameRuns) with the words that say what they are names of: "return
// ticket for an adult from Brackwell Wharf to Liudu", "locomotive Bittern"; of "What is the rated
// head of the VX-220?" what has the head. nullopt where they do not stand in one phrase.
// REQUIRES: there is one.
std::optional<std::string> NamedThing(const std::string& question, const std::vector<Word>& words,
                                      const std::vector<WordRun>& names);

// The question without the year that it names, and the marks at its end. "From 2022 to 2023" it
// asks of both, and stays.
std::string WithoutYearOf(const std::string& question);

// Whether a phrase tells when: "weekends", "Monday mornings".
bool TellsWhenInEnglish(std::string_view phrase);

}  // namespace quarry::generation::follow_up
