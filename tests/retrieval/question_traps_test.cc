// What the gate keeps out of traps that were written after it (tests/testing/question_traps.h).

#include "tests/testing/question_traps.h"

#include "retrieval/question_gate.h"
#include "retrieval/question_normaliser.h"
#include "tests/testing/test_environment.h"

namespace quarry::retrieval {
namespace {

constexpr size_t kTraps = 600;

struct Let {
  size_t equal = 0;  // level i
  size_t open = 0;   // the gate alone, were every verifier to say yes
  std::string shown;
};

Let LetThrough(const std::vector<testing::QuestionTrap>& traps) {
  Let let;
  for (const testing::QuestionTrap& trap : traps) {
    let.equal += NormaliseQuestion(trap.a).text == NormaliseQuestion(trap.b).text;
    if (!CompareQuestions(FactsOf(trap.a), FactsOf(trap.b)).open) continue;
    ++let.open;
    if (let.open <= 3) let.shown += "\n  " + trap.a + " | " + trap.b;
  }
  return let;
}

TEST(QuestionTraps, OfEveryClassAtMostOneInTwoHundredPasses) {
  for (const testing::TrapClass& made : testing::MakeQuestionTraps(kTraps)) {
    for (const auto* traps : {&made.edited, &made.rephrased}) {
      ASSERT_EQ(traps->size(), kTraps) << made.name;
      const Let let = LetThrough(*traps);
      EXPECT_EQ(let.equal, 0u) << made.name;
      EXPECT_LE(let.open, kTraps / 200) << made.name << let.shown;
    }
  }
}

}  // namespace
}  // namespace quarry::retrieval
