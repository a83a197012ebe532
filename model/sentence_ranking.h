#pragma once

// How well each sentence of the passages answers a question: a linear model over what it holds of the question, what
// it holds beyond it, and where it stands. The weights (answer_weights.h) were fitted as those of a multinomial
// logistic regression over all sentences found for a question, so that exp(score) by the sum of all is the
// probability that a sentence holds the answer. Internal to model/. Pure.

#include <array>
#include <vector>

#include "model/answer_words.h"
#include "model/passage_reading.h"

namespace quarry::model {

struct SentenceFeature {
  enum Name : size_t {
    kCoverage,           // PassageReading::Coverage
    kRareCoverage,       // the same, by the usual inverse frequencies
    kNeighbourCoverage,  // what the sentences before and behind it add
    kPassageCoverage,    // of the whole passage
    kOtherCoverage,      // of the sentence of the passage, this one aside, that covers most
    kPairs,              // share of the question's neighbouring terms that stand close together
    kPassagePairs,       // the most of any sentence of the passage
    kLooseCoverage,      // of words that begin as a term that is not there: "founder" for "founded"
    kPrior,              // retrieval score of the passage by the best one's
    kFar,     // how much less its vector is like the question's than that of the nearest passage
    kFirst,   // of its passage
    kBegin,   // where in its passage it begins, from 0 to 1
    kTokens,  // logarithm
    kShort,   // hardly a sentence
    kPerson,  // holds something of the kind asked for
    kTime,
    kPlace,
    kNumber,
    kReason,
    kNewWords,       // logarithm of the words that say something and are not the question's
    kNamesMissing,   // share of the question's names that neither it nor its header holds
    kNumberMissing,  // a code or number is among them
    kNegation,       // the question denies something, and it does not
    kAnswer,         // how much its words look like an answer, all together: a logarithm
    kCount
  };
};
using SentenceFeatures = std::array<double, SentenceFeature::kCount>;

// By sentence of the reading, in its order. A row of a table stands for itself below its header: the rows around it
// say nothing about it, and its length counts as that of a usual sentence.
std::vector<SentenceFeatures> FeaturesOfSentences(const PassageReading& reading,
                                                  const WordFeatures& word_weights);

// The words of a sentence of the reading.
std::vector<AnswerWord> AnswerWordsOf(const PassageReading& reading, const Sentence& sentence,
                                      const AnswerWordFinder& finder);

// By sentence: how much it answers, a logarithm. Code counts less, for a line of it says worse what a sentence says,
// and so does a question, which does not answer, what is said of another thing of the kind that is asked about, and what
// is stated for other numbers than the question's where something is stated for those, and what has no length where one is
// asked for (asked_measure.h). What somebody is counts more than what else is said
// of a person who is asked about.
std::vector<double> SentenceScores(const PassageReading& reading);

}  // namespace quarry::model
