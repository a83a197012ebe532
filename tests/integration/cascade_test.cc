// What a cheap model first saves, and what several tries gain, on the answerable questions of the example suite, with scripted models.
//
// The script of a model, by a hash of model and case: it quotes the sentence that holds the fact ("right"), quotes
// it with another number or another word ("wrong"), declines, or quotes another sentence ("beside", which
// no support check can see). Cheap: 60, 20, 10, 10 of a hundred; dear: 92, 3, 2, 3. The dear model
// costs 20 times as much a token. The judge, the cheap model again, calls a right answer good in 95 of a hundred
// and any other in 10. Tries of one model are as many models. Judged quality of an answer: it holds the fact and every sentence is carried.

#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>

#include "base/hash.h"
#include "generation/answerer.h"
#include "ingest/source.h"
#include "tests/testing/engine_testing.h"
#include "tests/testing/scripted_models.h"

namespace quarry {
namespace {

using testing::ScriptedModels;
using testing::SourceDirectory;
using CaseJson = nlohmann::json;

struct SuiteCase {
  std::string id;
  std::string question;
  std::string fact;  // as a document writes it
};

std::vector<SuiteCase> AnswerableCases() {
  std::vector<SuiteCase> cases;
  std::ifstream file(SourceDirectory() + "/examples/suite/cases.jsonl");
  for (std::string line; std::getline(file, line);) {
    const CaseJson json = CaseJson::parse(line);
    if (!json.contains("expected_facts")) continue;
    cases.push_back({json["id"], json["query"], json["expected_facts"][0]["text"]});
  }
  return cases;
}

enum class Says { kRight, kWrong, kDeclines, kBeside };

Says WhatIsSaid(const std::string& model, const std::string& id) {
  const uint64_t roll = Hash64(model + '/' + id) % 100;
  const auto [right, wrong, declines] =
      model.starts_with("cheap") ? std::tuple(60u, 20u, 10u) : std::tuple(92u, 3u, 2u);
  if (roll < right) return Says::kRight;
  if (roll < right + wrong) return Says::kWrong;
  return roll < right + wrong + declines ? Says::kDeclines : Says::kBeside;
}

// A passage's text without line breaks, as a model would write it.
std::string AsSentence(std::string text, const std::string& number) {
  std::ranges::replace(text, '\n', ' ');
  while (text.ends_with('.') || text.ends_with(' ')) text.pop_back();
  return text + " [" + number + "].";
}

std::string ReplyOf(const std::string& model, const SuiteCase& one, const std::string& prompt) {
  const std::string number = ScriptedModels::NumberOf(prompt, one.fact);
  switch (WhatIsSaid(model, one.id)) {
    case Says::kRight:
      return number.empty() ? "NO_ANSWER" : AsSentence(one.fact, number);
    case Says::kWrong: {
      if (number.empty()) return "NO_ANSWER";
      std::string text = one.fact;
      const size_t digit = text.find_first_of("0123456789");
      if (digit != std::string::npos) {
        text[digit] = text[digit] == '9' ? '1' : static_cast<char>(text[digit] + 1);
      } else {
        text += " because the mayor of Atlantis insisted on golden elephants";
      }
      return AsSentence(text, number);
    }
    case Says::kDeclines:
      return "NO_ANSWER";
    case Says::kBeside: {
      const size_t begin = prompt.find("\">\n") + 3;
      const std::string passage = prompt.substr(begin, prompt.find("\n</", begin) - begin);
      const ByteRange last = SplitSentences(passage).back();
      return AsSentence(passage.substr(last.begin, last.end - last.begin),
                        ScriptedModels::NumberOf(prompt, passage.substr(last.begin, 20)));
    }
  }
  return "NO_ANSWER";
}

struct Outcome {
  double quality = 0;
  double supported = 0;  // share of the answers that are carried by what they cite
  double cost = 0;
  size_t escalated = 0;
};

class CascadeTest : public ::testing::Test {
 protected:
  CascadeTest() {
    auto writer = engine_.index->OpenWriter(engine_.collection).value();
    ingest::Pipeline pipeline(writer, engine_.analyzer, engine_.pool, engine_.embedders,
                              engine_.ingest);
    const auto files = ingest::ListFiles(SourceDirectory() + "/examples/corpus", {});
    pipeline.Sync(files.value(), nullptr, CallContext()).value();
  }

  Outcome Run(bool with_cheap, bool with_dear, generation::EscalateBy by, uint32_t best_of = 1) {
    const SuiteCase* asked = nullptr;
    ScriptedModels upstream(
        [&](const CaseJson& request) -> std::optional<std::string> {
          const std::string model = request.at("model");
          const std::string prompt = ScriptedModels::LastMessage(request);
          const size_t answer = prompt.rfind("\nAnswer: ");
          const size_t zh = prompt.rfind("\n回答：");
          if (answer != std::string::npos || zh != std::string::npos) {
            const bool right = WhatIsSaid("cheap", asked->id) == Says::kRight;
            return Hash64("judge/" + asked->id) % 100 < (right ? 95u : 10u) ? "good" : "bad";
          }
          const std::string voice =
              best_of == 1 ? model : model + '#' + std::to_string(request.value("seed", 0));
          return ReplyOf(voice, *asked, prompt);
        },
        engine_.clock, {"cheap=1/1", "dear=20/20"});
    const auto cheap = upstream.Model("cheap");
    const auto dear = upstream.Model("dear");
    const generation::Prompts prompts;
    generation::AnswerOptions options;
    options.escalate_by = by;
    options.best_of = best_of;
    const generation::Answerer answerer(
        engine_.analyzer, engine_.retriever, engine_.token_counter, options,
        generation::AnswerModel{with_dear ? *dear : *cheap, prompts, nullptr,
                                with_cheap && with_dear ? cheap.get() : nullptr});
    Outcome outcome;
    size_t all = 0;
    for (const SuiteCase& one : AnswerableCases()) {
      asked = &one;
      const Answer answer = answerer
                                .Ask({.text = one.question}, *engine_.snapshot(), nullptr,
                                     CallContext::WithTimeout(std::chrono::seconds(20)))
                                .value();
      std::string fact = one.fact;
      std::ranges::replace(fact, '\n', ' ');
      while (fact.ends_with('.') || fact.ends_with(' ')) fact.pop_back();
      const bool is_good = answer.text.find(fact) != std::string::npos &&
                           answer.verdict.label == Support::kSupported;
      outcome.quality += is_good ? 1 : 0;
      outcome.supported += !answer.abstained && answer.verdict.label == Support::kSupported ? 1 : 0;
      outcome.cost += answer.usage.cost;
      outcome.escalated += answer.attempts.size() > 1 ? 1 : 0;
      ++all;
    }
    outcome.quality /= static_cast<double>(all);
    outcome.supported /= static_cast<double>(all);
    return outcome;
  }

  testing::TestEngine engine_;
};

TEST_F(CascadeTest, ACheapModelFirstSavesMostOfTheCostAtNearlyTheQuality) {
  using generation::EscalateBy;
  const Outcome cheap = Run(true, false, EscalateBy::kSupport);
  const Outcome dear = Run(false, true, EscalateBy::kSupport);
  const Outcome support = Run(true, true, EscalateBy::kSupport);
  const Outcome judge = Run(true, true, EscalateBy::kJudge);
  const auto tell = [&](const char* name, const Outcome& outcome) {
    std::cout << name << ": judged quality " << outcome.quality << ", cost "
              << outcome.cost / dear.cost << " of the dear model's, escalated " << outcome.escalated
              << "\n";
  };
  tell("cheap alone", cheap);
  tell("dear alone", dear);
  tell("cheap first, by support", support);
  tell("cheap first, by judge", judge);
  EXPECT_GT(support.quality, cheap.quality);
  EXPECT_GT(judge.quality, support.quality);
  EXPECT_GE(judge.quality, dear.quality - 0.03);
  EXPECT_LT(support.cost, 0.6 * dear.cost);
  EXPECT_LT(judge.cost, 0.7 * dear.cost);
}

TEST_F(CascadeTest, MoreTriesOfOneModelAreCarriedMoreOften) {
  const Outcome once = Run(true, false, generation::EscalateBy::kSupport);
  double before = once.supported;
  for (const uint32_t tries : {2u, 4u}) {
    const Outcome outcome = Run(true, false, generation::EscalateBy::kSupport, tries);
    std::cout << "best of " << tries << ": carried " << outcome.supported << " (once "
              << once.supported << "), judged quality " << outcome.quality << " (once "
              << once.quality << "), cost " << outcome.cost / once.cost << " of one try\n";
    EXPECT_GT(outcome.supported, before);
    EXPECT_GT(outcome.quality, once.quality);
    EXPECT_LT(outcome.cost, tries * once.cost);
    before = outcome.supported;
  }
}

}  // namespace
}  // namespace quarry
