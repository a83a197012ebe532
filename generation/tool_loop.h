#pragma once

// ToolLoop: the tools of one answer: which of them the model is offered, and what becomes of its calls.
//
//   offer -> model -> calls, several at once -> passages under new numbers -> model -> ... -> answer
//
// Enforced here, whatever the model says:
//   * a tool that may change anything outside is offered only where the user's own words ask for it,
//     and is called once at most;
//   * what was not offered is not called;
//   * steps, calls and time are bounded; then the model is to answer without tools.
// Every call, refused ones too, is kept in Answer::tools and in the trace.
//
// Used by one thread, the calls of a step run on several.

#include <chrono>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "base/analyzer.h"
#include "base/answer.h"
#include "generation/tool.h"

namespace quarry::generation {

struct ToolLimits {
  uint32_t steps = 6;   // replies that call tools
  uint32_t calls = 16;  // in all
  std::chrono::milliseconds time{60'000};
  size_t result_bytes = 32 * 1024;  // of one call, that the model is told
};

class ToolLoop {
 public:
  // `query` and `snapshot` must outlive it.
  ToolLoop(std::vector<std::shared_ptr<const Tool>> tools, const Query& query,
           const index::Snapshot& snapshot, const Analyzer& analyzer, ToolLimits limits = {});

  // Whether the model is offered any.
  bool any() const { return !offered_.empty(); }
  // The bounds are reached: no call runs any more.
  bool exhausted() const;

  // Gives the request the tools, and what the model may do with them now.
  void Offer(model::ChatRequest& request) const;

  // Runs the calls of a reply and puts them and what they gave behind the request's messages; passages
  // go behind those of answer.context. A call that fails is no error: the model is told. Errors:
  // kCancelled, kDeadlineExceeded.
  Status Run(const model::ChatReply& reply, model::ChatRequest& request, const CallContext& context,
             Answer& answer);

 private:
  struct Outcome;

  // Why a call is refused; "" where it runs.
  std::string Refusal(const model::ToolCall& call);
  Outcome RunOne(const model::ToolCall& call, const CallContext& context) const;
  std::string TextOf(Outcome& outcome, Answer& answer) const;

  const Query& query_;
  const index::Snapshot& snapshot_;
  const ToolLimits limits_;
  const CallContext::Clock::time_point deadline_;
  std::map<std::string, std::shared_ptr<const Tool>, std::less<>> offered_;
  std::vector<model::ChatTool> specs_;
  std::set<std::string> changed_;  // tools with side effects that were called
  uint32_t steps_ = 0;
  uint32_t calls_ = 0;
};

}  // namespace quarry::generation
