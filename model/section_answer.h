#pragma once

// The section of a passage that answers a question as a whole: what stands below a heading that is the question, and the
// list below headings that hold what is asked, where a way to do something or things are asked for. It is told in its
// own order, for its sentences and steps follow one another. Internal to model/. Pure.

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "base/text.h"
#include "model/extractive_answerer.h"
#include "model/passage_reading.h"

namespace quarry::model {

// What is told of a passage's text: a sentence, of a list a whole item, but for what was taken out of it.
struct SectionPiece {
  size_t sentence = 0;  // one of the reading's sentences in it
  ByteRange range;
};

struct SectionAnswer {
  std::vector<SectionPiece> pieces;  // in order; one is that of the best sentence
  bool is_list = false;
  size_t left_out = 0;  // items of the list that there is no room for
};

// The one that `best`, the sentence that answers best, stands in.
//   * Its heading is the question where it holds nearly all of it, all its names, and asks, too, or the question asks
//     for nothing of a kind (a date, a number). Told are its first sentences, as many as an answer has.
//   * A list answers "how" where the headings above it hold most of what is asked, and "which" where the best item
//     holds little beyond them, for else that one is asked about; so does "what", unless the best item holds all that
//     is asked. The paragraph that announces it ("Steps:") counts as a heading, and may hold the best one. Told are its
//     sentences from there on, the items and the code between them, up to options.max_items and twice options.max_tokens.
// None where the best sentence would not be told.
std::optional<SectionAnswer> FindSectionAnswer(const PassageReading& reading, size_t best,
                                               const ExtractiveOptions& options);

// Where the way to do something is asked for: the best of the numbered steps in the passage of `best` below headings that
// hold most of what is asked, for what says when or why it is done has more of the question's words.
std::optional<size_t> FindStep(const PassageReading& reading, const std::vector<double>& scores,
                               size_t best);

// A list whose heading the question names whole, "Which decisions were taken?" above "Decisions", and in whose passage
// stand most of what else is asked and all names: for where no sentence answers well enough.
struct HeadedList {
  SectionAnswer list;
  double share = 0;  // of the question's weight, from a half on
};
std::optional<HeadedList> FindHeadedList(const PassageReading& reading,
                                         const ExtractiveOptions& options);

// Whether the heading right above the sentence holds nearly all of the question, and all its names, and asks, too, or the
// question asks for nothing of a kind.
bool IsHeadedByQuestion(const PassageReading& reading, size_t index);

// Whether it stands below the question.
enum class HeadingMatch {
  kNone,
  kNamesWay,  // the heading names what is to be done
  kAsks,      // it asks the same
};
HeadingMatch MatchOfHeading(const PassageReading& reading, size_t index);

// The heading above a sentence that says nothing without it, as entries of a reference are written: "remove documents at
// once" below "docs delete ID...". "" of any other.
std::string EntryHeading(const PassageReading& reading, const Sentence& sentence);

// Whether the question is how something is done, and not how much or how long.
bool AsksForWay(const PassageReading& reading);

// Whether the sentence, the last of its paragraph, announces what stands below: "Steps:", "以下是步骤。"
bool Announces(const PassageReading& reading, size_t index);

}  // namespace quarry::model
