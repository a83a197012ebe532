#include "eval/llm_judge.h"

#include <algorithm>
#include <map>
#include <utility>

#include "base/hash.h"
#include "eval/claims.h"

namespace quarry::eval {
namespace {

using generation::PreferenceQuestion;
using generation::VerdictQuestion;

std::string InputOf(const std::vector<model::ChatMessage>& messages) {
  std::string input;
  for (const model::ChatMessage& message : messages) {
    input += std::to_string(message.content.size()) + ':' + message.content;
  }
  return input;
}

void Add(const Usage& one, Usage& all) {
  all.prompt_tokens += one.prompt_tokens;
  all.completion_tokens += one.completion_tokens;
  all.cost += one.cost;
}

// Whether an error ends the judging of a case; others leave the claims of a call unjudged.
bool EndsJudging(const Status& status) {
  return status.code() == Code::kCancelled || status.code() == Code::kDeadlineExceeded ||
         status.code() == Code::kResourceExhausted;
}

// Asks, and once more where the reply is of no use. The error of the second time is unjudged, with
// the reason; that of the model is its own.
template <typename Parsed, typename Parse>
Result<Parsed> Ask(const model::ChatModel& model, std::vector<model::ChatMessage> messages,
                   std::string_view language, const LlmJudgeOptions& options, Usage& usage,
                   const CallContext& context, Parse parse) {
  for (bool again = false;; again = true) {
    const model::ChatRequest request{.messages = messages,
                                     .temperature = 0,
                                     .seed = options.seed,
                                     .max_tokens = options.max_tokens,
                                     .spent = usage.cost};
    const Result<model::ChatReply> reply = model.Complete(request, nullptr, context);
    QUARRY_RETURN_IF_ERROR(reply.status());
    Add(reply->usage, usage);
    Result<Parsed> parsed =
        !reply->refusal.empty()
            ? Result<Parsed>(InvalidArgumentError("the judge refused: " + reply->refusal))
            : parse(reply->content);
    if (parsed.ok() || again) return parsed;
    messages.push_back({.role = model::ChatRole::kAssistant,
                        .content = reply->refusal.empty() ? reply->content : reply->refusal});
    messages.push_back(generation::AskAgain(language, parsed.status().message()));
  }
}

}  // namespace

// What the calls of one case came to.
struct LlmJudge::Calls {
  uint32_t made = 0;
  uint32_t cached = 0;
  uint32_t failed = 0;  // by an error of the model
  Status failure;       // the last such error
  Usage usage;
};

LlmJudge::LlmJudge(const model::ChatModel& model, index::ObjectTable* objects,
                   LlmJudgeOptions options)
    : model_(model),
      store_(objects == nullptr ? std::nullopt : std::make_optional<VerdictStore>(*objects)),
      options_(options),
      fingerprint_("llm-" + model.name() + "-" +
                   HashToHex(HashCombine(Hash64(generation::JudgePromptsFingerprint()),
                                         HashCombine(options.seed, options.max_tokens)))) {}

Result<std::vector<Judgement>> LlmJudge::Verdicts(const VerdictQuestion& question, Calls& calls,
                                                  const CallContext& context) const {
  if (question.claims.empty()) return std::vector<Judgement>();
  std::vector<model::ChatMessage> messages = generation::VerdictMessages(question);
  const std::string input = InputOf(messages);
  ++calls.made;
  if (store_) {
    QUARRY_ASSIGN_OR_RETURN(auto kept, store_->Find(fingerprint_, input));
    if (kept && kept->size() == question.claims.size()) {
      ++calls.cached;
      return *std::move(kept);
    }
  }
  Result<std::vector<Judgement>> verdicts = Ask<std::vector<Judgement>>(
      model_, std::move(messages), question.language, options_, calls.usage, context,
      [&](std::string_view reply) { return ParseVerdicts(reply, question.claims.size()); });
  if (verdicts.ok()) {
    if (store_) {
      QUARRY_RETURN_IF_ERROR(store_->Keep(fingerprint_, input, *verdicts));
    }
    return verdicts;
  }
  QUARRY_RETURN_IF_ERROR(context.Check());
  if (EndsJudging(verdicts.status())) return verdicts;
  if (verdicts.status().code() != Code::kInvalidArgument) {
    ++calls.failed;
    calls.failure = verdicts.status();
  }
  return std::vector<Judgement>(question.claims.size(),
                                Judgement{.reason = verdicts.status().message()});
}

Result<std::vector<Judgement>> LlmJudge::JudgeClaims(const VerdictQuestion& question,
                                                     const CallContext& context) const {
  Calls calls;
  return Verdicts(question, calls, context);
}

Result<ClaimMatrix> LlmJudge::JudgeAnswer(const JudgedCase& judged,
                                          const CallContext& context) const {
  ClaimMatrix matrix = EmptyMatrix(judged, fingerprint_);
  Calls calls;
  const auto ask = [&](std::string text,
                       const std::vector<const Claim*>& claims) -> Result<std::vector<Judgement>> {
    VerdictQuestion question{.language = judged.lang, .question = judged.question, .text = text};
    for (const Claim* claim : claims) question.claims.push_back(claim->text);
    return Verdicts(question, calls, context);
  };
  std::vector<const Claim*> answer;
  std::vector<const Claim*> reference;
  for (const Claim& claim : matrix.answer) answer.push_back(&claim);
  for (const Claim& claim : matrix.reference) reference.push_back(&claim);
  std::vector<const Claim*> both = answer;
  both.insert(both.end(), reference.begin(), reference.end());

  for (size_t p = 0; p < judged.passages.size(); ++p) {
    QUARRY_ASSIGN_OR_RETURN(const auto verdicts, ask(PassageText(judged.passages[p]), both));
    for (size_t i = 0; i < answer.size(); ++i) matrix.answer_by_passage[i][p] = verdicts[i];
    for (size_t i = 0; i < reference.size(); ++i) {
      matrix.reference_by_passage[i][p] = verdicts[answer.size() + i];
    }
  }
  if (const std::string expected = ExpectedText(judged); !expected.empty()) {
    QUARRY_ASSIGN_OR_RETURN(matrix.answer_by_reference, ask(expected, answer));
  }
  if (!judged.answer.empty()) {
    QUARRY_ASSIGN_OR_RETURN(matrix.reference_by_answer, ask(judged.answer, reference));
  } else {
    // An answer that says nothing says nothing of them: that is known, and nobody needs to be asked.
    std::ranges::fill(matrix.reference_by_answer,
                      Judgement{.verdict = ClaimVerdict::kNeutral, .reason = "there is no answer"});
  }
  // Claims that cite the same passages are asked about together, by all of these and by all but one.
  std::map<std::vector<uint32_t>, std::vector<size_t>> by_texts;
  for (size_t i = 0; i < matrix.answer.size(); ++i) {
    const std::vector<uint32_t>& cited = matrix.answer[i].citations;
    for (size_t c = 0; c < cited.size(); ++c) {
      matrix.citations[i].alone[c] = matrix.answer_by_passage[i][cited[c] - 1];
    }
    if (cited.size() == 1) matrix.citations[i].together = matrix.citations[i].alone[0];
    if (cited.size() > 1) by_texts[cited].push_back(i);
  }
  for (const auto& [cited, members] : by_texts) {
    std::vector<const Claim*> claims;
    for (const size_t i : members) claims.push_back(&matrix.answer[i]);
    QUARRY_ASSIGN_OR_RETURN(const auto together, ask(PassagesText(judged, cited), claims));
    for (size_t m = 0; m < members.size(); ++m) matrix.citations[members[m]].together = together[m];
    for (size_t c = 0; c < cited.size(); ++c) {
      std::vector<uint32_t> others = cited;
      others.erase(others.begin() + static_cast<ptrdiff_t>(c));
      // By a single passage it is known already.
      if (others.size() == 1) {
        for (const size_t i : members) {
          matrix.citations[i].without[c] = matrix.answer_by_passage[i][others[0] - 1];
        }
        continue;
      }
      QUARRY_ASSIGN_OR_RETURN(const auto rest, ask(PassagesText(judged, others), claims));
      for (size_t m = 0; m < members.size(); ++m) {
        matrix.citations[members[m]].without[c] = rest[m];
      }
    }
  }
  if (calls.failed > 0 && calls.failed == calls.made) return calls.failure;
  matrix.calls = calls.made;
  matrix.cached_calls = calls.cached;
  matrix.usage = calls.usage;
  return matrix;
}

Result<Judgement> LlmJudge::Better(const PreferenceQuestion& question, Usage& usage,
                                   const CallContext& context) const {
  const std::vector<model::ChatMessage> messages = generation::PreferenceMessages(question);
  const std::string input = InputOf(messages);
  if (store_) {
    QUARRY_ASSIGN_OR_RETURN(auto kept, store_->Find(fingerprint_, input));
    if (kept && kept->size() == 1) return (*kept)[0];
  }
  const Result<ParsedPreference> parsed =
      Ask<ParsedPreference>(model_, messages, question.language, options_, usage, context,
                            [](std::string_view reply) { return ParsePreferenceReply(reply); });
  if (!parsed.ok()) {
    QUARRY_RETURN_IF_ERROR(context.Check());
    if (parsed.status().code() != Code::kInvalidArgument) return parsed.status();
    return Judgement{.reason = parsed.status().message()};
  }
  // As a verdict on "A is better": a tie is neutral to it.
  const Judgement judgement{
      .verdict = parsed->preference == Preference::kFirst    ? ClaimVerdict::kEntailed
                 : parsed->preference == Preference::kSecond ? ClaimVerdict::kContradicted
                                                             : ClaimVerdict::kNeutral,
      .reason = parsed->reason};
  if (store_) QUARRY_RETURN_IF_ERROR(store_->Keep(fingerprint_, input, {judgement}));
  return judgement;
}

Result<PairJudgement> LlmJudge::Compare(const JudgedCase& first, const JudgedCase& second,
                                        const CallContext& context) const {
  const std::string expected = ExpectedText(first);
  PairJudgement pair;
  QUARRY_ASSIGN_OR_RETURN(const Judgement in_order, Better({first.lang, first.question, expected,
                                                            first.answer, second.answer},
                                                           pair.usage, context));
  QUARRY_ASSIGN_OR_RETURN(const Judgement swapped, Better({first.lang, first.question, expected,
                                                           second.answer, first.answer},
                                                          pair.usage, context));
  const auto preference_of = [](ClaimVerdict a_is_better, Preference a, Preference b) {
    switch (a_is_better) {
      case ClaimVerdict::kEntailed:
        return a;
      case ClaimVerdict::kContradicted:
        return b;
      case ClaimVerdict::kNeutral:
        return Preference::kTie;
      case ClaimVerdict::kUnjudged:
        break;
    }
    return Preference::kUnjudged;
  };
  pair.in_order = preference_of(in_order.verdict, Preference::kFirst, Preference::kSecond);
  pair.swapped = preference_of(swapped.verdict, Preference::kSecond, Preference::kFirst);
  pair.reason = in_order.reason;
  if (pair.in_order == Preference::kUnjudged || pair.swapped == Preference::kUnjudged) {
    pair.preference = Preference::kUnjudged;
    if (pair.in_order != Preference::kUnjudged) pair.reason = swapped.reason;
  } else {
    pair.preference = pair.in_order == pair.swapped ? pair.in_order : Preference::kTie;
  }
  return pair;
}

}  // namespace quarry::eval
