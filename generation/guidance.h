#pragma once

// Guidance: what a guide (base/answer_guide.h) tells a chat model, as text behind the rules of the
// prompt. Pure.

#include <string>
#include <string_view>
#include <vector>

#include "base/analyzer.h"
#include "base/answer_guide.h"

namespace quarry::generation {

// The guide's examples, as many as are to be shown: those that share most of their words with the
// question, by the cosine of their sets of terms; of equal ones the earlier. In the order of the guide.
std::vector<const AnswerExample*> ChooseExamples(const AnswerGuide& guide,
                                                 std::string_view question,
                                                 const Analyzer& analyzer);

// In the language of the answer; "" for a guide that says nothing to a model.
std::string GuidanceText(const AnswerGuide& guide, std::string_view question,
                         std::string_view language, const Analyzer& analyzer);

// What a model with tools is told of them.
std::string ToolGuidance(std::string_view language);

}  // namespace quarry::generation
