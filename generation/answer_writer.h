#pragma once

// AnswerWriter: question and context -> the text of an answer with its citations. Implementations:
// ExtractiveWriter (extractive_writer.h), which quotes; ModelWriter (model_writer.h), which has a
// chat model write and checks what it wrote.

#include <functional>
#include <string>
#include <string_view>

#include "base/answer.h"
#include "index/snapshot.h"

namespace quarry::generation {

// Receives the answer's text piece by piece; returns false when nobody listens any more, which
// cancels the call. The pieces joined equal Answer::text.
using AnswerSink = std::function<bool(std::string_view delta)>;

// Thread-safe.
class AnswerWriter {
 public:
  virtual ~AnswerWriter() = default;

  // Changes whenever the same question and context would give another answer.
  virtual const std::string& fingerprint() const = 0;

  // Fills all of `answer` that is about its text, from answer.context, whose passages it puts in the
  // order in which they are cited. `snapshot` is what the context was read from. Errors:
  // kCancelled when the sink returned false; those of the model.
  virtual Status Write(const Query& query, const index::Snapshot& snapshot, const AnswerSink& sink,
                       const CallContext& context, Answer& answer) const = 0;
};

}  // namespace quarry::generation
