#pragma once

// What an answer says of itself beside its text: why it declines, what its support rests on, what is
// wrong with it, what it was not made from. One table of both languages, for a reason is read beside the
// answer and is in its language. Pure; thread-safe.

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include "model/answer_kind.h"

namespace quarry::model {

enum class Reason : uint8_t {
  kNoSearchWords,
  kNoPassage,
  kBestSentence,      // covers {} % of the question
  kCoveringSentence,  // the same of the one with most of the words
  kListUnder,         // the heading {}
  kDeniesNothing,     // though the question asks for what is not so
  kNamesNo,           // {}: KindText
  kSaysAnother,       // {}: what stands there in the place of {}
  kWordsNotThere,     // {}: of the question
  kContradictsItself,
  kFalsePremise,
  kFitsSeveral,   // {} things
  kRowsMeet,      // {}: how many, or "8 of 20", 8/20 that are quoted
  kNoRowMeets,    // a condition, or not all of them
  kPartNotFound,  // {}: of a question of several parts
  kSourcesDiffer,
  kReadAcross,           // {}: the question's words in the other language
  kTwoDocuments,         // {}: the name that joins them
  kGaveWay,              // a passage to those in the other language
  kOtherLanguageUnread,  // {}: why
  kQuoted,
  kSentencesQuoted,  // {}: how many
  kRespelled,        // {}: words that no passage holds, each with the one that was asked instead
  kNoQuestion,
  kHarm,
  kModelDeclines,  // {}: in its words
  kModelFindsNone,
  kNoSentenceCarried,
  kUncheckedJson,
  kSentencesCarried,  // {} of {}
  kCitesNothing,
  kCarriedUncited,  // cites nothing, though it could
  kNothingCited,
  kNoWordsToCheck,
  kNotCited,  // {}: names and numbers
  kOneDenies,
  kHoldsWords,        // {} % of them
  kNeedsModel,        // {}: what has no effect without one
  kCutShort,          // after {} tokens
  kLeftOutUnsafe,     // instructions, pictures, addresses
  kLeftOutAddresses,  // pictures, addresses
  kReadInPart,        // {} of {} passages
  kCutAfter,          // {} tokens
  kModelSilent,       // {}: why
  kStageLeftOut,      // {} of the search, {}: why
  // Why a passage was not read. {}: another one, or how many there may be.
  kDuplicateOf,
  kNearDuplicateOf,
  kCollapsedUnder,
  kOverPassages,
  kOverTokens
};

// In the language, "zh" or else English, with `parts` where the text names something.
std::string ReasonText(Reason reason, std::string_view language,
                       std::initializer_list<std::string_view> parts = {});

// Behind `reasons`, divided as the language does it.
void AddReason(std::string_view reason, std::string_view language, std::string& reasons);

const char* KindText(AnswerKind kind, std::string_view language);  // "person"

}  // namespace quarry::model
