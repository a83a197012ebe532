#pragma once

// Answers that readers liked, as judged questions to tune a search by: what an answer that was
// rated up cites is relevant to its question. One question, however often and by however many it
// was asked, stands on one side: learnt from or held out. Pure.
//
// Readers only rate what they were shown: documents that the search of then did not find are taken
// for irrelevant. So what is learnt leans to the search of then, and a gain is rather understated.

#include <vector>

#include "eval/feedback_export.h"
#include "eval/tuning.h"

namespace quarry::eval {

struct FeedbackQuestions {
  JudgedQuestions train;
  JudgedQuestions held_out;
};

// Questions are the same where they fold to the same text; the side is told by a hash of it.
// Refusals and answers that were stored for another question are left out.
FeedbackQuestions QuestionsOf(const std::vector<RatedAnswer>& rated);

}  // namespace quarry::eval
