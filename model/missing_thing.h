#pragma once

// What a question cannot be answered without: no passage speaks of it, whatever else of the question a sentence covers.
// A word that is only missing may be there as another ("annual leave", "holiday"), and so this is only what is asked to be
// supported, included or accepted: the name of "Does it support MongoDB?", 达梦 of 支持达梦数据库吗. In all other questions a
// name counts that nothing in the collection has: "Which port does MongoDB listen on?"
// Internal to model/. Pure.

#include <string>
#include <vector>

#include "model/passage_reading.h"

namespace quarry::model {

// As the question writes it; "" where nothing is missing. `best`: the sentence that would answer.
std::string FindMissingThing(const PassageReading& reading, const Sentence& best);

// Whether the question names something in Latin letters that is one of `unknown`, terms that the collection does not have,
// and no passage anything like it: "Postgres" is like "PostgreSQL", and what is written "ARPNET" may be the ARPANET.
bool NamesUnknownThing(const PassageReading& reading, const std::vector<std::string>& unknown,
                       const Analyzer& analyzer);

}  // namespace quarry::model
