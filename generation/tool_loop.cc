#include "generation/tool_loop.h"

#include <algorithm>
#include <exception>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>

#include "base/answer_guide.h"
#include "base/text.h"
#include "generation/prompts.h"
#include "generation/tool_gate.h"

namespace quarry::generation {
namespace {

using SteadyClock = CallContext::Clock;

constexpr size_t kKeptResultBytes = 4'000;  // in Answer::tools

bool EndsAnswer(Code code) { return code == Code::kCancelled || code == Code::kDeadlineExceeded; }

}  // namespace

struct ToolLoop::Outcome {
  std::string refusal;  // "" = it ran
  std::optional<Result<ToolResult>> result;
  uint64_t micros = 0;
};

ToolLoop::ToolLoop(std::vector<std::shared_ptr<const Tool>> tools, const Query& query,
                   const index::Snapshot& snapshot, const Analyzer& analyzer, ToolLimits limits)
    : query_(query),
      snapshot_(snapshot),
      limits_(limits),
      deadline_(SteadyClock::now() + limits.time) {
  for (std::shared_ptr<const Tool>& tool : tools) {
    const model::ChatTool& spec = tool->spec();
    std::vector<std::string> phrases = tool->asked_by();
    if (phrases.empty()) phrases.push_back(WordsOfName(spec.name));
    if (tool->has_side_effects() && !HoldsPhrase(OwnWords(query), phrases, analyzer)) continue;
    specs_.push_back(spec);
    offered_[spec.name] = std::move(tool);
  }
}

bool ToolLoop::exhausted() const {
  return steps_ >= limits_.steps || calls_ >= limits_.calls || SteadyClock::now() >= deadline_;
}

void ToolLoop::Offer(model::ChatRequest& request) const {
  request.tools = specs_;
  if (exhausted()) {
    request.tool_choice = "none";
  } else if (steps_ == 0 && query_.guide != nullptr) {
    request.tool_choice = query_.guide->tool_choice;
  } else {
    request.tool_choice.clear();
  }
}

std::string ToolLoop::Refusal(const model::ToolCall& call) {
  const auto tool = offered_.find(call.name);
  if (tool == offered_.end()) return "there is no tool \"" + call.name + "\" here";
  if (++calls_ > limits_.calls) return "no more calls: answer with what is there";
  if (tool->second->has_side_effects() && !changed_.insert(call.name).second) {
    return "it was called already, and is called once for a question";
  }
  return "";
}

ToolLoop::Outcome ToolLoop::RunOne(const model::ToolCall& call, const CallContext& context) const {
  Outcome outcome;
  const SteadyClock::time_point begin = SteadyClock::now();
  CallContext bounded = context;
  bounded.deadline = std::min(bounded.deadline, deadline_);
  bounded.trace = nullptr;  // one thread's
  const Tool& tool = *offered_.find(call.name)->second;
  try {
    outcome.result.emplace(
        tool.Run(call.arguments, {.query = query_, .snapshot = snapshot_, .call = bounded}));
  } catch (const std::exception& error) {  // out of a thread it would end the process
    outcome.result.emplace(InternalError("tool " + call.name + ": " + error.what()));
  }
  outcome.micros = static_cast<uint64_t>(
      std::chrono::duration_cast<std::chrono::microseconds>(SteadyClock::now() - begin).count());
  return outcome;
}

// What the model is told of a call. The passages go to the answer's, but for those that are there.
std::string ToolLoop::TextOf(Outcome& outcome, Answer& answer) const {
  if (!outcome.refusal.empty()) return "Error: " + outcome.refusal;
  if (!outcome.result->ok()) return "Error: " + outcome.result->status().message();
  ToolResult& result = **outcome.result;
  std::string text = result.text;
  std::vector<Passage>& known = answer.context.passages;
  const size_t first = known.size();
  size_t bytes = 0;
  for (Passage& passage : result.passages) {
    const auto same = std::ranges::find_if(known, [&](const Passage& other) {
      return !IsToolResult(passage) && other.chunk.id == passage.chunk.id;
    });
    if (same != known.end()) {
      text += (text.empty() ? "" : "\n") + std::string("Passage ") +
              std::to_string(same - known.begin() + 1) + ", which you have, is among it.";
      continue;
    }
    bytes += passage.chunk.text.size();
    if (bytes > limits_.result_bytes && known.size() > first) {
      text += std::string(text.empty() ? "" : "\n") + "More was found than can be shown.";
      break;
    }
    if (passage.chunk.text.size() > limits_.result_bytes) {
      passage.chunk.text = TruncateUtf8(passage.chunk.text, limits_.result_bytes);
      passage.chunk.span.end = passage.chunk.span.begin + passage.chunk.text.size();
    }
    answer.context.token_count += passage.chunk.token_count;
    known.push_back(std::move(passage));
  }
  std::vector<NumberedPassage> numbered;
  for (size_t i = first; i < known.size(); ++i) {
    numbered.push_back({static_cast<uint32_t>(i + 1), known[i]});
  }
  if (!numbered.empty()) {
    if (!text.empty()) text += '\n';
    text += PassagesText(query_.text, numbered, /*with_documents=*/true);
  }
  return text.empty() ? "Nothing." : text;
}

Status ToolLoop::Run(const model::ChatReply& reply, model::ChatRequest& request,
                     const CallContext& context, Answer& answer) {
  StageTimer timer(context, "tools");
  const bool is_over = exhausted();
  ++steps_;
  const std::vector<model::ToolCall>& calls = reply.tool_calls;
  std::vector<Outcome> outcomes(calls.size());
  std::vector<std::jthread> threads;  // after what they write to, which outlives them so
  for (size_t i = 0; i < calls.size(); ++i) {
    outcomes[i].refusal = is_over ? "no more calls: answer with what is there" : Refusal(calls[i]);
    if (!outcomes[i].refusal.empty()) continue;
    const auto run = [this, &calls, &outcomes, &context, i] {
      outcomes[i] = RunOne(calls[i], context);
    };
    if (calls.size() == 1) {
      run();
      continue;
    }
    try {
      threads.emplace_back(run);
    } catch (const std::system_error&) {  // no thread to be had
      run();
    }
  }
  for (std::jthread& thread : threads) thread.join();
  QUARRY_RETURN_IF_ERROR(context.Check());
  request.messages.push_back({.role = model::ChatRole::kAssistant,
                              .content = reply.content,
                              .tool_calls = reply.tool_calls});
  for (size_t i = 0; i < calls.size(); ++i) {
    Outcome& outcome = outcomes[i];
    ToolUse use{.name = calls[i].name, .arguments = calls[i].arguments, .micros = outcome.micros};
    use.failed = !outcome.refusal.empty() || !outcome.result->ok();
    if (!use.failed) use.svg = std::move((*outcome.result)->svg);
    if (use.failed && outcome.refusal.empty() && EndsAnswer(outcome.result->status().code())) {
      // Of the tool's own time: the answer's is not over.
      outcome.refusal = "it took too long";
    }
    std::string told = TextOf(outcome, answer);
    use.result = TruncateUtf8(told, kKeptResultBytes);
    answer.tools.push_back(std::move(use));
    request.messages.push_back(
        {.role = model::ChatRole::kTool, .content = std::move(told), .tool_call_id = calls[i].id});
  }
  return OkStatus();
}

}  // namespace quarry::generation
