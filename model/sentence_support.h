#pragma once

// How well a sentence supports that it answers the question, by what it has of it and by what a reader would miss in it,
// and that in words. Internal to model/. Pure.

#include <optional>
#include <string>

#include "model/passage_reading.h"
#include "model/replaced_words.h"

namespace quarry::model {

// What a reader would miss in a sentence that answers.
struct SentenceLacks {
  double names_near = 0;     // share of the names that it and its headings lack
  double names_passage = 0;  // that its passage lacks
  bool number = false;
  bool negation = false;
  bool kind = false;
  bool kind_in_block = false;
  std::optional<ReplacedWord> replaced;  // another word stands in the place of one
  bool thing = false;         // no passage speaks of what is asked about (missing_thing.h)
  bool unknown_name = false;  // the question names what nothing in the collection has
};

// Those that the sentence, its headings and its passage tell by themselves; the others are for the caller to look for.
SentenceLacks LacksOf(const PassageReading& reading, size_t index);

// From 0 to 1.
double SentenceSupport(const PassageReading& reading, const Sentence& best,
                       const SentenceLacks& lacks);

// One line. `said`: what the sentences of the answer hold, where it is one of them; else nullptr.
std::string SupportReason(const PassageReading& reading, const Sentence& best,
                          const SentenceLacks& lacks, const TermSet* said,
                          const std::string& language);

}  // namespace quarry::model
