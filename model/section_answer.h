#pragma once

// The section of a passage that answers a question as a whole: what stands below a heading that is the question. It is
// told in its own order, for its sentences follow one another. Internal to model/. Pure.

#include <cstddef>
#include <optional>
#include <vector>

#include "base/text.h"
#include "model/extractive_answerer.h"
#include "model/passage_reading.h"

namespace quarry::model {

struct SectionPiece {
  size_t sentence = 0;  // one of the reading's sentences
  ByteRange range;      // what is told of the passage's text
};

struct SectionAnswer {
  std::vector<SectionPiece> pieces;  // in order; one is that of the best sentence
};

// The one that `best`, the sentence that answers best, stands in. Its heading is the question where it holds nearly all
// of it, all its names, and asks, too, or the question asks for nothing of a kind (a date, a number). Told are its first
// sentences, as many as an answer has. None where the best sentence would not be among them.
std::optional<SectionAnswer> FindSectionAnswer(const PassageReading& reading, size_t best,
                                               const ExtractiveOptions& options);

}  // namespace quarry::model
