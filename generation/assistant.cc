#include "generation/assistant.h"

#include <algorithm>
#include <utility>

#include "base/answer_guide.h"
#include "base/log.h"
#include "base/text.h"
#include "generation/conversation_memory.h"
#include "generation/guard.h"
#include "generation/readings.h"
#include "generation/small_talk.h"
#include "model/answer_reasons.h"

namespace quarry::generation {

using model::Reason;

namespace {

constexpr uint32_t kRewriteTokens = 200;
constexpr uint32_t kGuardTokens = 8;
constexpr size_t kMaxRewritten = 1200;  // bytes

// A reply that is no answer from documents.
Result<Answer> Say(ReplyKind kind, std::string text, const Query& query,
                   const index::Snapshot& snapshot, const AnswerSink& sink) {
  Answer answer;
  answer.kind = kind;
  answer.text = std::move(text);
  answer.model = "rules";
  answer.commit = snapshot.commit();
  answer.verdict.reason = ReasonText(
      kind == ReplyKind::kRefused ? Reason::kHarm : Reason::kNoQuestion, AnswerLanguage(query));
  answer.cache.kind = CacheKind::kBypassed;
  answer.cache.reason = answer.verdict.reason;
  if (sink && !sink(answer.text)) return CancelledError("the reader of the answer went away");
  return answer;
}

// A question on one line, without quotation marks around it; "" where it is none.
std::string OneQuestion(std::string_view reply) {
  std::string_view line = Trim(reply);
  line = Trim(line.substr(0, line.find('\n')));
  if (line.size() > 1 && line.front() == '"' && line.back() == '"') {
    line = Trim(line.substr(1, line.size() - 2));
  }
  return line.size() > kMaxRewritten ? std::string() : std::string(line);
}

}  // namespace

Assistant::Assistant(const CachedAnswerer& answerer, std::optional<AnswerModel> model,
                     AssistantOptions options)
    : answerer_(answerer), model_(model), options_(options) {}

Result<StandaloneQuestion> Assistant::Rewrite(std::span<const ConversationTurn> turns,
                                              const std::string& message, Usage& usage,
                                              const CallContext& context) const {
  StandaloneQuestion by_rules = StandAlone(turns, message);
  if (turns.empty() || !model_ || !options_.rewrite_by_model) return by_rules;
  model::ChatRequest request;
  request.messages = model_->prompts.Rewrite(turns, message);
  request.max_tokens = kRewriteTokens;
  request.seed = 1;
  const Result<model::ChatReply> reply = model_->chat.Complete(request, nullptr, context);
  QUARRY_RETURN_IF_ERROR(context.Check());
  if (!reply.ok()) {
    LogWarning("a follow-up was understood by rules: " + reply.status().message());
    return by_rules;
  }
  usage += reply->usage;
  std::string question = OneQuestion(reply->content);
  if (question.empty()) return by_rules;
  const bool changed = question != message;
  if (changed && by_rules.kind == FollowUp::kNone) by_rules.kind = FollowUp::kEllipsis;
  by_rules.text = std::move(question);
  by_rules.topic.clear();  // the model has chosen
  by_rules.added.clear();
  by_rules.other_readings.clear();
  by_rules.keywords.clear();
  by_rules.is_question = true;
  return by_rules;
}

Result<bool> Assistant::ModelDeclines(const std::string& message, Usage& usage,
                                      const CallContext& context) const {
  if (!model_ || !options_.guard_by_model) return false;
  model::ChatRequest request;
  request.messages = model_->prompts.Guard(message);
  request.max_tokens = kGuardTokens;
  request.seed = 1;
  const Result<model::ChatReply> reply = model_->chat.Complete(request, nullptr, context);
  QUARRY_RETURN_IF_ERROR(context.Check());
  if (!reply.ok()) {
    LogWarning("a question was not checked by the model: " + reply.status().message());
    return false;
  }
  usage += reply->usage;
  return Fold(Trim(reply->content)).starts_with("harmful");
}

Result<Answer> Assistant::Ask(std::span<const ConversationTurn> turns, const Query& query,
                              const index::Snapshot& snapshot, CacheUse use, const AnswerSink& sink,
                              const CallContext& context) const {
  if (options_.guard) {
    if (const std::optional<Harm> harm = FindHarm(query.text)) {
      return Say(ReplyKind::kRefused, HarmReply(*harm, query.text), query, snapshot, sink);
    }
  }
  if (options_.small_talk) {
    if (const auto kind = FindSmallTalk(query.text, turns.empty())) {
      // How many there are is told to who may read all.
      std::optional<uint64_t> documents;
      if (query.principals.unrestricted) documents = snapshot.live_documents();
      return Say(ReplyKind::kSmallTalk, SmallTalkReply(*kind, query.text, documents), query,
                 snapshot, sink);
    }
  }
  Usage usage;
  QUARRY_ASSIGN_OR_RETURN(const bool declines, ModelDeclines(query.text, usage, context));
  if (declines) {
    QUARRY_ASSIGN_OR_RETURN(
        Answer answer,
        Say(ReplyKind::kRefused, HarmReply(Harm::kOther, query.text), query, snapshot, sink));
    answer.usage += usage;
    return answer;
  }
  ConversationMemory memory = Remember(turns.last(std::min(turns.size(), kTurnsRead)),
                                       options_.memory_tokens, answerer_.answerer().analyzer());
  memory.report.dropped += static_cast<uint32_t>(turns.size() - std::min(turns.size(), kTurnsRead));
  QUARRY_ASSIGN_OR_RETURN(const StandaloneQuestion standalone,
                          Rewrite(memory.turns, query.text, usage, context));
  QUARRY_ASSIGN_OR_RETURN(
      Answer answer,
      AskRespelled(answerer_, query, standalone, snapshot,
                   options_.correct ? Respelling::kOn : Respelling::kOff, use, sink, context));
  answer.memory = memory.report;
  answer.usage += usage;
  return answer;
}

}  // namespace quarry::generation
