#pragma once

// What a question cannot be answered without: no passage speaks of it, whatever else of the question a sentence covers.
// A word that is only missing may be there as another ("annual leave", "holiday"), and so this is only what is asked to be
// supported, included or accepted: the name of "Does it support MongoDB?", 达梦 of 支持达梦数据库吗.
// Internal to model/. Pure.

#include <string>

#include "model/passage_reading.h"

namespace quarry::model {

// As the question writes it; "" where nothing is missing. `best`: the sentence that would answer.
std::string FindMissingThing(const PassageReading& reading, const Sentence& best);

}  // namespace quarry::model
