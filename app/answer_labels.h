#pragma once

// AnswerLabels: the fixed words that are printed beside an answer, in its language. What a document or a
// model wrote is not among them, and neither is what the command line says of itself.

#include <string_view>

namespace quarry::app {

struct AnswerLabels {
  const char* understood;  // before the question that a conversation made of the one that was asked
  const char* understood_end;  // and behind it
  const char* sources;
  const char* page;      // before its number
  const char* page_end;  // behind it
  const char* bytes;     // before a range
  const char* no_answer;
  const char* labels[3];  // by Support
  const char* support;
  const char* colon;
  const char* open;   // brackets
  const char* close;  // likewise
  const char* not_carried;
  const char* stored;      // before the age in seconds of a stored answer
  const char* stored_for;  // between it and the question that it was made for
  const char* stored_by;   // between that and how both were found to be the same
  const char* stored_end;  // behind it
  const char* same_words;  // CacheReport::verified_by "normal form"
  const char* called;      // before the name of a tool
  const char* failed;      // likewise, where it failed
  const char* context;     // heading of the passages
  const char* token;       // behind 1
  const char* tokens;      // behind another number
  const char* left_out;    // before a document of which a passage is not among them
};

// Those of `language`, "en" or "zh"; of others the English ones.
const AnswerLabels& LabelsFor(std::string_view language);

}  // namespace quarry::app
