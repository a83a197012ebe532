#pragma once

// Questions of several parts: "When was the mill built and who owns it?", "月票多少钱，有效期多久？". Each part is
// understood as if it were asked behind the parts before it (follow_up.h): "who owns the mill?". By forms alone,
// English and Chinese. Pure and thread-safe.

#include <string>
#include <string_view>
#include <vector>

#include "generation/follow_up.h"

namespace quarry::generation {

struct QuestionPart {
  std::string said;  // "who owns it?"
  StandaloneQuestion standalone;

  // Whether it is understood by the parts before it.
  bool leans() const { return standalone.kind != FollowUp::kNone || !standalone.topic.empty(); }
};

// The parts in their order; empty where the question is one. A part begins with words that open a question, behind
// "and", a semicolon, a comma of a list or the end of another question, in Chinese behind any mark. No part is what
// only tells when or of whom: "When the pump stops, who is called?", "drivers who work at night and who live far
// away", 在什么情况下，. Nor are there any where the first may be about what is named behind it: "How much does it cost
// and how heavy is the Merle?"
std::vector<QuestionPart> PartsOfQuestion(std::string_view question);

}  // namespace quarry::generation
