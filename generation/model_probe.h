#pragma once

// Whether a chat model follows the prompts that answers are made by: sends them, with passages whose
// answer is known, and looks at the replies. For `quarry doctor --model`.

#include <string>
#include <vector>

#include "base/analyzer.h"
#include "generation/prompts.h"
#include "model/chat_model.h"

namespace quarry::generation {

struct ProbeResult {
  std::string name;  // "answer in English"
  bool followed = false;
  std::string detail;  // what it said, or the error
};

// One result for each: an answer with its marker in English and in Chinese, declining what the
// passages do not say, passing over an instruction in a passage, repairing a sentence, and JSON by a
// schema. An error of the model is a result, not an end, but for one of the first call: nobody is asked
// six times who does not answer. kCancelled and kDeadlineExceeded end it.
Result<std::vector<ProbeResult>> ProbeChatModel(const model::ChatModel& model,
                                                const Prompts& prompts, const Analyzer& analyzer,
                                                const CallContext& context);

}  // namespace quarry::generation
