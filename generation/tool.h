#pragma once

// Tool: something that a chat model may have done while it answers (tool_loop.h), such as a search or
// a calculation. What it finds comes back as passages, which get numbers and are cited and checked as
// all others; text in them is data and never asks for a tool.

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/call_context.h"
#include "base/query.h"
#include "index/snapshot.h"
#include "model/chat_model.h"

namespace quarry::generation {

// What a tool works on. All outlive the call.
struct ToolCallContext {
  const Query& query;  // of the answer: what restricts it restricts its tools
  const index::Snapshot& snapshot;
  const CallContext& call;
};

struct ToolResult {
  std::string text;               // for the model, before the passages; "" = they say it all
  std::vector<Passage> passages;  // of documents, or made of a result (MakeResultPassage)
  std::string svg;                // a plot for the reader; "" = none
};

// Thread-safe.
class Tool {
 public:
  virtual ~Tool() = default;

  virtual const model::ChatTool& spec() const = 0;
  // Whether it may change anything outside. Such a tool is withheld unless the user asked for it.
  virtual bool has_side_effects() const { return false; }
  // Words by which a user asks for it; none: those of its name.
  virtual std::vector<std::string> asked_by() const { return {}; }

  // `arguments`: JSON that follows the schema of spec(). Errors: what the model is told it did wrong
  // or what failed; kCancelled and kDeadlineExceeded end the answer.
  virtual Result<ToolResult> Run(std::string_view arguments,
                                 const ToolCallContext& context) const = 0;
};

// The document of that id, if the question that is answered could find it. kNotFound.
Result<index::StoredDocument> FindReadable(const DocumentId& id, const ToolCallContext& context);

// The result of a tool as a passage: document "tool:NAME", without a chunk of its own. `sources` are
// the chunks that it was made from.
Passage MakeResultPassage(const std::string& tool, std::string title, std::string text,
                          const std::vector<ChunkId>& sources = {});

// Whether a passage is one of those.
bool IsToolResult(const Passage& passage);

}  // namespace quarry::generation
