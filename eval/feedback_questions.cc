#include "eval/feedback_questions.h"

#include <map>

#include "base/hash.h"
#include "base/text.h"

namespace quarry::eval {

FeedbackQuestions QuestionsOf(const std::vector<RatedAnswer>& rated) {
  struct Question {
    std::string text;  // as it was asked first
    std::map<DocumentId, int> grades;
  };
  std::map<std::string, Question> questions;  // by folded text
  for (const RatedAnswer& one : rated) {
    const GivenAnswer& answer = one.answer;
    if (!one.up || answer.declined || answer.for_other_question) continue;
    Question question{.text = answer.judged.question};
    for (const JudgedSentence& sentence : answer.judged.sentences) {
      for (const uint32_t passage : sentence.citations) {
        if (passage < 1 || passage > answer.documents.size()) continue;
        question.grades[answer.documents[passage - 1]] = 1;
      }
    }
    if (question.grades.empty()) continue;
    const auto [known, is_new] =
        questions.emplace(std::string(Trim(Fold(question.text))), question);
    if (!is_new) known->second.grades.insert(question.grades.begin(), question.grades.end());
  }
  FeedbackQuestions sides;
  for (auto& [folded, question] : questions) {
    const uint64_t hash = Hash64(folded);
    JudgedQuestions& side = hash % 2 == 0 ? sides.train : sides.held_out;
    const std::string id = HashToHex(hash);
    side.queries.push_back({.id = id, .text = std::move(question.text)});
    side.qrels[id] = std::move(question.grades);
  }
  return sides;
}

}  // namespace quarry::eval
