#pragma once

// A message of a conversation as a question that stands alone, by rules: what retrieval and the
// extractive answerer need, without a model (with one: Assistant in assistant.h).
//
//   "What is the call sign of the dam keeper?"   then
//   "And of the station master?"        what it leaves out: the call sign of the station master
//   "Since when does he have it?"       pronouns: what they stand for
//   "What is the weight?"               short and without a name: two readings, with and without the dam keeper
//   "Why?"                              a question word alone: the question before, asked otherwise
//   "No, I meant the VX-240."           a correction: the question before, about the right thing
//
// A new thing takes the place of what it is put against in the last question that was whole; where it takes none, or the
// form makes no question, words of both are searched and not shown (docs/decisions/0071-what-a-follow-up-replaces.md).
// In doubt words of the question before are added: a search with a word too many finds what one with a word too few misses. English and Chinese; pure and thread-safe.

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace quarry::generation {

struct ConversationTurn {
  bool by_user = true;
  std::string text;
};

enum class FollowUp : uint8_t {
  kNone,        // it stands alone
  kEllipsis,    // "And of the other one?", "那西岸呢？"
  kPronoun,     // "How long is it?", "它多长？"
  kBareAsking,  // "Why?", "为什么？"
  kCorrection,  // "No, the VX-240.", "不是，我问的是西岸。"
};

struct StandaloneQuestion {
  std::string text;
  FollowUp kind = FollowUp::kNone;
  // A short message that names nothing itself has two readings: "What is the warranty?" behind a question about
  // the VX-220 may ask for its warranty or for any. Both are empty where there is one.
  std::string with_topic = {};  // the reading that is not as it was said; `text` is the likelier
  std::string topic = {};       // "VX-220"; of several names with kTopicDivider between them
  // "meals": the thing that "And for meals?" asks about beside what was asked before; "" of a code or a name, which the
  // form tells whose place it takes, and of what only tells when or where, "And on weekends?"
  std::string added = {};
  // Of such a thing: other questions that it may make of the one before, the likelier first, and what is searched
  // where none of them is answered.
  std::vector<std::string> other_readings = {};
  std::string keywords = {};
  // Whether `text` reads as a question that somebody would ask; words to search by are not shown to anybody.
  bool is_question = true;
  // Of kBareAsking: what was answered before, without the markers of citations.
  std::string answered = {};
};
constexpr std::string_view kTopicDivider = ",";

// Whether `text` names by a code another thing of the kind of the topic's and not that: "VX-240" where the topic is
// "VX-220".
bool NamesSibling(std::string_view topic, std::string_view text);

// `turns`: what was said before, oldest first; follow-ups among them are understood in turn.
StandaloneQuestion StandAlone(std::span<const ConversationTurn> turns, std::string_view message);

}  // namespace quarry::generation
