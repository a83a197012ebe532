#pragma once

// ModelWriter: the answer by a chat model from the passages, streamed, every sentence checked against
// what it cites (support.h).
//
//   prompt -> model -> sentences with markers -> numbers in the order of use, byte spans and quotes
//   -> support of each sentence -> what the policy says of those that are not carried
//
// Where the model does not answer (down, left alone by its breaker, over its budget) before a word of
// it was handed on, the answer is the extractive one, and says so. A guide (base/answer_guide.h) adds
// its instructions to the prompt; by its schema the answer is JSON, which has no sentences to check; with
// its tools (tool_loop.h) the text comes when the last of them has answered.
//
// What the model must not tell, whatever a document says, is taken out as it comes (output_guard.h).

#include <memory>
#include <string>
#include <string_view>

#include "generation/answer_writer.h"
#include "generation/extractive_writer.h"
#include "generation/prompts.h"
#include "generation/tool_loop.h"
#include "generation/toolbox.h"
#include "model/chat_model.h"

namespace quarry::generation {

// What becomes of a sentence that is not carried by what it cites.
enum class UnsupportedPolicy : uint8_t {
  kFlag,    // it stays and is marked; the text streams as it comes
  kRepair,  // the model is asked once more for what comes from there on; the text streams by sentence
  kRemove,  // it is left out; the text streams by sentence
};
const char* UnsupportedPolicyName(UnsupportedPolicy policy);  // "flag"
Result<UnsupportedPolicy> ParseUnsupportedPolicy(std::string_view name);

// Whether what Answer::note says, in either language, is that the model was to write and did not.
bool SaysModelWasSilent(std::string_view note);

// Whether an error of the model leaves the question to be answered without it.
bool IsModelsFault(Code code);

struct ModelWriterOptions {
  UnsupportedPolicy unsupported = UnsupportedPolicy::kFlag;
  double temperature = 0;
  uint64_t seed = 1;
  uint32_t max_tokens = 1024;
};

class ModelWriter final : public AnswerWriter {
 public:
  // All must outlive it. Without a toolbox no tool is called.
  ModelWriter(const model::ChatModel& model, const Prompts& prompts, const Analyzer& analyzer,
              const ExtractiveWriter& extractive, ModelWriterOptions options,
              const Toolbox* toolbox = nullptr);

  const std::string& fingerprint() const override { return fingerprint_; }
  // Errors: kUnavailable where the model fails with part of the answer handed on already, or gives no
  // JSON by the schema that it is to follow.
  Status Write(const Query& query, const index::Snapshot& snapshot, const AnswerSink& sink,
               const CallContext& context, Answer& answer) const override;

 private:
  model::ChatRequest RequestFor(const Query& query, const Context& context, bool has_tools) const;
  UnsupportedPolicy PolicyFor(const Query& query) const;
  Result<model::ChatReply> Converse(model::ChatRequest& request, ToolLoop& tools,
                                    const CallContext& context, Answer& answer) const;
  Status WriteBySchema(model::ChatRequest& request, ToolLoop& tools, const AnswerSink& sink,
                       const CallContext& context, Answer& answer) const;

  const model::ChatModel& model_;
  const Prompts& prompts_;
  const Toolbox* const toolbox_;
  const Analyzer& analyzer_;
  const ExtractiveWriter& extractive_;
  const ModelWriterOptions options_;
  std::string fingerprint_;
};

}  // namespace quarry::generation
