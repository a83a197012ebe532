#pragma once

// Sources that contradict what an answer says: another document, asked the same, has another number of
// the same thing, or the same words around another name. By forms alone, English and Chinese; a conflict
// that lies in the meaning is not seen.
//
// A sentence of another document conflicts with the answer's where
//   * it speaks of what is asked as much as the answer's sentence does, names and years of the question
//     included, and counts what the answer counts ("24 days", "1,430户") with another number: the day of a
//     date ("4月1日") and what is said of how long before something ("提前3日") count nothing where the
//     question does not ask for such, nor does what is counted beside a price or the like that it asks for. Both say
//     something of the same beside their numbers and what those count in, and where the question is a keyword or two,
//     "vacation days", which ask for no value, most of what the shorter one says; or
//   * it is the answer's sentence but for one stretch of words, a name or a number; not where the question
//     names a word of that stretch and the other sentence has it nowhere: that one is about something else; or
//   * it denies what the answer's sentence says, or the other way round, in nearly the same words: what is
//     denied is said by both, and neither says much beside it.
// None does that has another word in the place of one of the question ("the Team plan" where the answer has "the
// Business plan", 专业版 for 企业版): it is about something else. "Staff get" where the answer has "employees get" is the
// same in another word, unless a capital tells that one is a name.
// One that holds both values tells of a change where it says which of them was so before: "rises from 24 to
// 26 days", "30 instead of 14 days"; else they are of two things. Pure and thread-safe.

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/analyzer.h"
#include "base/query.h"
#include "base/text.h"

namespace quarry::generation {

struct Conflict {
  uint32_t passage = 0;  // index into the context's passages
  ByteRange range;       // the sentence, in that passage's text
  bool changes = false;  // it has both values: what the answer says was so, or became so
  bool agrees = false;   // it became so: the sources do not differ
};

// Of the sentence `said` of passage `passage`. At most one for each other document, at most `limit`, in
// the order of the passages.
std::vector<Conflict> FindConflicts(std::string_view question, const Context& context,
                                    uint32_t passage, ByteRange said, const Analyzer& analyzer,
                                    size_t limit = 2);

}  // namespace quarry::generation
