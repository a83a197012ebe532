#pragma once

// Where to begin quoting a long sentence, so that what answers the question comes first: at the clause that holds it.
// Internal to model/. Pure.

#include "base/text.h"
#include "model/passage_reading.h"

namespace quarry::model {

// The part of `sentence` to quote, in its bytes: all of a short one; of a longer one all from the clause on (behind a
// mark, or at a word that joins: "and", "which", "in") whose first 25 tokens hold most of what looks like the answer.
// What its first 60 hold counts half as much, so that little is left out for a little gain. Never begins within a word, a
// number or brackets, and never behind a denial ("was not, whatever the plaque says, designed by") or an exception
// ("unless the valve is closed, ...", "除节假日外，"): a clause with either is quoted whole; nor at a pronoun where what
// is left out holds nothing of the question ("because its renewal was disabled"). Of equals the earliest.
ByteRange AnsweringPart(const PassageReading& reading, const Sentence& sentence);

}  // namespace quarry::model
