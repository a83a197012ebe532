#include "generation/escalating_writer.h"

#include "generation/answerer.h"
#include "tests/testing/engine_testing.h"
#include "tests/testing/scripted_models.h"

namespace quarry::generation {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::ScriptedModels;
using ::testing::SizeIs;
using ::testing::StartsWith;
using namespace std::chrono_literals;

constexpr const char* kLeaveQuestion = "How many days of paid leave does every employee have?";
constexpr const char* kLeaveFact = "28 days";

// What a model of the script says: right, with a number that no passage has, or nothing of it.
std::string Right(const std::string& prompt) {
  return "Every employee has 28 days of paid leave per year [" +
         ScriptedModels::NumberOf(prompt, kLeaveFact) + "].";
}
std::string Wrong(const std::string& prompt) {
  return "Every employee has 31 days of paid leave per year [" +
         ScriptedModels::NumberOf(prompt, kLeaveFact) + "].";
}

class EscalatingWriterTest : public ::testing::Test {
 protected:
  EscalatingWriterTest() { engine_.Add(testing::SmallCorpus()); }

  // An answer by the models "cheap" and "dear" of a script that is given model, seed and prompt.
  using Script = std::function<std::optional<std::string>(const std::string& model, uint64_t seed,
                                                          const std::string& prompt)>;
  Result<Answer> Ask(const Script& script, AnswerOptions options = {}, bool with_cheap = true,
                     model::BudgetOptions budget = {}) {
    ScriptedModels upstream(
        [&](const nlohmann::json& request) {
          return script(request.at("model"), request.value("seed", 0),
                        ScriptedModels::LastMessage(request));
        },
        engine_.clock, {"cheap=1/1", "dear=1000/1000"}, budget);
    const auto cheap = upstream.Model("cheap");
    const auto dear = upstream.Model("dear");
    const Answerer answerer(
        engine_.analyzer, engine_.retriever, engine_.token_counter, options,
        AnswerModel{*dear, prompts_, nullptr, with_cheap ? cheap.get() : nullptr});
    told_.clear();
    Result<Answer> answer = answerer.Ask(
        {.text = kLeaveQuestion}, *engine_.snapshot(),
        [&](std::string_view delta) {
          told_ += delta;
          return true;
        },
        CallContext::WithTimeout(20s));
    calls_ = upstream.calls();
    return answer;
  }

  testing::TestEngine engine_;
  Prompts prompts_;
  std::string told_;
  uint32_t calls_ = 0;
};

TEST_F(EscalatingWriterTest, ACheapAnswerThatIsCarriedIsGiven) {
  ASSERT_OK_AND_ASSIGN(const Answer answer, Ask([](const auto&, uint64_t, const auto& prompt) {
                         return Right(prompt);
                       }));
  EXPECT_EQ(calls_, 1u);
  EXPECT_EQ(answer.model, "cheap");
  EXPECT_EQ(told_, answer.text);
  ASSERT_THAT(answer.attempts, SizeIs(1));
  EXPECT_THAT(answer.attempts[0].rejected, IsEmpty());
}

TEST_F(EscalatingWriterTest, OneThatIsNotCarriedGoesToTheDearModelAndSaysWhy) {
  ASSERT_OK_AND_ASSIGN(const Answer answer,
                       Ask([](const std::string& model, uint64_t, const std::string& prompt) {
                         return model == "cheap" ? Wrong(prompt) : Right(prompt);
                       }));
  EXPECT_EQ(calls_, 2u);
  EXPECT_EQ(answer.model, "dear");
  EXPECT_EQ(answer.verdict.label, Support::kSupported);
  ASSERT_THAT(answer.attempts, SizeIs(2));
  EXPECT_THAT(answer.attempts[0].rejected,
              StartsWith("0 of 1 sentences are carried by what they cite"));
  EXPECT_THAT(answer.attempts[1].rejected, IsEmpty());
  EXPECT_DOUBLE_EQ(answer.usage.cost,
                   answer.attempts[0].usage.cost + answer.attempts[1].usage.cost);
  EXPECT_LT(answer.attempts[0].usage.cost, answer.attempts[1].usage.cost);
}

TEST_F(EscalatingWriterTest, AModelThatDeclinesOrIsSilentGoesToTheNext) {
  const auto escalated = [&](std::optional<std::string> cheap) {
    return Ask([&](const std::string& model, uint64_t, const std::string& prompt) {
             return model == "cheap" ? cheap : Right(prompt);
           })
        .value();
  };
  EXPECT_THAT(escalated("NO_ANSWER").attempts.at(0).rejected, StartsWith("it declined: "));
  EXPECT_THAT(escalated(std::nullopt).attempts.at(0).rejected,
              StartsWith("the model did not answer: "));
  const Answer declined =
      Ask([](const auto&, uint64_t, const auto&) { return "NO_ANSWER"; }).value();
  EXPECT_TRUE(declined.abstained) << "both decline";
}

TEST_F(EscalatingWriterTest, WhereNoneIsCarriedTheBestIsGiven) {
  ASSERT_OK_AND_ASSIGN(
      const Answer answer, Ask([](const std::string& model, uint64_t, const std::string& prompt) {
        return model == "cheap" ? Right(prompt) + " It is paid in gold [1]." : Wrong(prompt);
      }));
  EXPECT_EQ(answer.model, "cheap");
  EXPECT_EQ(answer.verdict.label, Support::kUnsupported);
  EXPECT_THAT(answer.attempts, SizeIs(2));
}

TEST_F(EscalatingWriterTest, TheJudgeMayRejectWhatIsCarried) {
  AnswerOptions options;
  options.escalate_by = EscalateBy::kJudge;
  const auto ask = [&](const char* verdict) {
    return Ask(
               [&](const std::string&, uint64_t, const std::string& prompt) {
                 return prompt.find("\nAnswer: ") != std::string::npos ? verdict : Right(prompt);
               },
               options)
        .value();
  };
  EXPECT_EQ(ask("good").model, "cheap");
  const Answer escalated = ask("Bad.");
  EXPECT_EQ(escalated.model, "dear");
  EXPECT_EQ(escalated.attempts.at(0).rejected, "the judge does not call it good");
}

TEST_F(EscalatingWriterTest, SeveralTriesEndWithTheFirstThatIsCarried) {
  AnswerOptions options;
  options.best_of = 4;
  options.model.temperature = 0.7;
  ASSERT_OK_AND_ASSIGN(
      const Answer answer,
      Ask([](const auto&, uint64_t seed,
             const std::string& prompt) { return seed == 3 ? Right(prompt) : Wrong(prompt); },
          options, /*with_cheap=*/false));
  EXPECT_EQ(calls_, 3u);
  EXPECT_THAT(answer.attempts, SizeIs(3));
  EXPECT_EQ(answer.verdict.label, Support::kSupported);
}

TEST_F(EscalatingWriterTest, TheBudgetOfARequestCoversAllTries) {
  const auto wrong = [](const auto&, uint64_t, const std::string& prompt) { return Wrong(prompt); };
  AnswerOptions options;
  options.best_of = 8;
  options.model.temperature = 0.7;
  ASSERT_OK_AND_ASSIGN(const Answer free, Ask(wrong, options, false));
  EXPECT_EQ(calls_, 8u);
  const double one = free.usage.cost / 8;
  // A call is let in by what it may cost at most, with all that it may write.
  ASSERT_OK_AND_ASSIGN(const Answer limited,
                       Ask(wrong, options, false, {.per_request = 4 * one + 1.2}));
  EXPECT_LT(calls_, 8u);
  EXPECT_GE(calls_, 1u);
  EXPECT_LE(limited.usage.cost, 4 * one + 1.2);
}

// How much is gained by each further try where a model is right in one of three (scripted, by seed).
TEST_F(EscalatingWriterTest, EachFurtherTryGainsSupport) {
  std::vector<int> carried;
  constexpr uint64_t kRounds = 40;
  for (uint32_t n = 1; n <= 4; ++n) {
    int count = 0;
    for (uint64_t round = 0; round < kRounds; ++round) {
      AnswerOptions options;
      options.best_of = n;
      options.model.temperature = 0.7;
      options.model.seed = round * 16;
      const Answer answer =
          Ask(
              [](const auto&, uint64_t seed, const std::string& prompt) {
                return (seed * 2654435761u >> 8) % 3 == 0 ? Right(prompt) : Wrong(prompt);
              },
              options, /*with_cheap=*/false)
              .value();
      count += answer.verdict.label == Support::kSupported ? 1 : 0;
    }
    std::cout << "best of " << n << ": " << count << " of " << kRounds << " carried\n";
    if (!carried.empty()) {
      EXPECT_GE(count, carried.back());
    }
    carried.push_back(count);
  }
  EXPECT_GT(carried.back(), carried.front());
}

}  // namespace
}  // namespace quarry::generation
