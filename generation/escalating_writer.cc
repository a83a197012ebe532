#include "generation/escalating_writer.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "base/answer_guide.h"
#include "base/log.h"
#include "base/text.h"

namespace quarry::generation {
namespace {

constexpr uint32_t kJudgeTokens = 8;

// What makes one answer better than another, larger first.
std::tuple<bool, double, double> QualityOf(const Answer& answer) {
  const auto carried = static_cast<double>(
      std::ranges::count(answer.sentences, Support::kSupported,
                         [](const SentenceVerdict& one) { return one.verdict.label; }));
  const auto all = static_cast<double>(std::max<size_t>(1, answer.sentences.size()));
  const bool is_models = !SaysModelWasSilent(answer.note);
  return {is_models, carried / all, answer.verdict.score};
}

// Whether a tool ran that may change something outside; those are tools of profiles (http_tool.h). A call
// that was refused took no time.
bool MayHaveChanged(const Query& query, const Answer& answer) {
  if (query.guide == nullptr) return false;
  return std::ranges::any_of(query.guide->http_tools, [&](const HttpTool& tool) {
    return !tool.read_only && std::ranges::any_of(answer.tools, [&](const ToolUse& use) {
      return use.name == tool.name && (!use.failed || use.micros > 0);
    });
  });
}

Usage UsageSince(Usage usage, const Usage& before) {
  usage.prompt_tokens -= before.prompt_tokens;
  usage.completion_tokens -= before.completion_tokens;
  usage.cost -= before.cost;
  return usage;
}

}  // namespace

const char* EscalateByName(EscalateBy by) { return by == EscalateBy::kJudge ? "judge" : "support"; }

Result<EscalateBy> ParseEscalateBy(std::string_view name) {
  for (const EscalateBy by : {EscalateBy::kSupport, EscalateBy::kJudge}) {
    if (name == EscalateByName(by)) return by;
  }
  return InvalidArgumentError("expected support or judge, got \"" + std::string(name) + "\"");
}

EscalatingWriter::EscalatingWriter(std::vector<Try> tries, const model::ChatModel* judge,
                                   const Prompts& prompts)
    : tries_(std::move(tries)), judge_(judge), prompts_(prompts), fingerprint_("tries") {
  for (const Try& one : tries_) fingerprint_ += '/' + one.writer->fingerprint();
  if (judge_ != nullptr) fingerprint_ += "/judge/" + judge_->name();
}

Result<std::string> EscalatingWriter::WhyRejected(const Query& query, const Try& one,
                                                  Answer& answer,
                                                  const CallContext& context) const {
  if (SaysModelWasSilent(answer.note)) return answer.note;
  const bool has_dearer = tries_.back().level > one.level;
  if (answer.abstained) {
    return has_dearer ? "it declined: " + answer.verdict.reason : std::string();
  }
  if (answer.verdict.label == Support::kUnsupported) return answer.verdict.reason;
  // The last level's word stands: nobody would be asked after it.
  if (judge_ == nullptr || !has_dearer) return std::string();
  model::ChatRequest request;
  request.messages = prompts_.Check(query.text, answer.context, answer.text);
  request.max_tokens = kJudgeTokens;
  request.seed = 1;
  request.spent = answer.usage.cost;
  const Result<model::ChatReply> reply = judge_->Complete(request, nullptr, context);
  QUARRY_RETURN_IF_ERROR(context.Check());
  if (!reply.ok()) {
    LogWarning("an answer was not judged: " + reply.status().message());
    return std::string();
  }
  answer.usage += reply->usage;
  const bool is_good = Fold(Trim(reply->content)).starts_with("good");
  return std::string(is_good ? "" : "the judge does not call it good");
}

Status EscalatingWriter::Write(const Query& query, const index::Snapshot& snapshot,
                               const AnswerSink& sink, const CallContext& context,
                               Answer& answer) const {
  const Answer blank = answer;
  Answer best;
  std::vector<AnswerAttempt> attempts;
  size_t best_attempt = 0;
  bool has_best = false;
  Status failed;  // of the last try that gave no answer
  Usage spent;
  uint32_t accepted_level = UINT32_MAX;
  for (const Try& one : tries_) {
    // A dearer model is asked only where no answer of a cheaper one will do.
    if (accepted_level != UINT32_MAX) break;
    Answer made = blank;
    made.usage = spent;
    Status written = one.writer->Write(query, snapshot, nullptr, context, made);
    if (!written.ok()) {
      if (!IsModelsFault(written.code())) return written;
      // The next may do what this one cannot.
      failed = written;
      attempts.push_back({.model = made.model,
                          .usage = UsageSince(made.usage, spent),
                          .verdict = {},
                          .rejected = written.message()});
      spent = made.usage;
      continue;
    }
    QUARRY_ASSIGN_OR_RETURN(std::string rejected, WhyRejected(query, one, made, context));
    attempts.push_back({.model = made.model,
                        .usage = UsageSince(made.usage, spent),
                        .verdict = made.verdict,
                        .rejected = rejected});
    spent = made.usage;
    if (rejected.empty()) accepted_level = one.level;
    // What a tool changed is not done again for a better text.
    const bool has_changed = MayHaveChanged(query, made);
    if (!has_best || rejected.empty() || has_changed || QualityOf(made) > QualityOf(best)) {
      best = std::move(made);
      has_best = true;
      best_attempt = attempts.size() - 1;
    }
    if (has_changed) break;
  }
  if (!has_best) return failed;
  attempts[best_attempt].rejected.clear();
  answer = std::move(best);
  answer.usage = spent;
  if (tries_.size() > 1) answer.attempts = std::move(attempts);
  if (sink != nullptr && !sink(answer.text)) {
    return CancelledError("the reader of the answer went away");
  }
  return OkStatus();
}

}  // namespace quarry::generation
