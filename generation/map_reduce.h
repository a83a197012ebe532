#pragma once

// MapReduce: what a chat model is given of documents that do not fit one call: notes of each part, with the
// numbers of its passages, and notes of the notes until they fit. The calls are bounded.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "generation/answerer.h"

namespace quarry::generation {

struct MapReduceOptions {
  uint32_t part_tokens = 6000;  // of passages or notes in one call
  uint32_t max_calls = 16;      // the last one, which writes the text, included
  uint32_t note_tokens = 600;   // that the model may write in one call
};

// The passages that Reduce takes within max_calls: all of them, or those that together say most
// (summary.h), in their order.
std::vector<Passage> PassagesWithinCalls(const std::vector<Passage>& passages,
                                         std::string_view focus, const Analyzer& analyzer,
                                         const MapReduceOptions& options);

// Used by one thread; all must outlive it. Errors of all: those of ChatModel::Complete; kUnavailable for
// a reply without words.
class MapReduce {
 public:
  MapReduce(const AnswerModel& model, const MapReduceOptions& options, std::string_view focus,
            bool chinese, const CallContext& context)
      : model_(model), options_(options), focus_(focus), chinese_(chinese), context_(context) {}

  // What the last call is given: the passages numbered from 1 where they fit, else notes of them.
  Result<std::string> Reduce(const std::vector<Passage>& passages);

  // One call; `sink` may be null.
  Result<model::ChatReply> Complete(WholeDocumentPrompt prompt, std::string_view passages,
                                    const model::ChatSink& sink);

  // Of all calls so far.
  const Usage& usage() const { return usage_; }
  uint32_t calls() const { return calls_; }

 private:
  Result<std::vector<std::string>> NotesOf(const std::vector<std::string>& parts);

  const AnswerModel& model_;
  const MapReduceOptions& options_;
  const std::string_view focus_;
  const bool chinese_;
  const CallContext& context_;
  Usage usage_;
  uint32_t calls_ = 0;
};

}  // namespace quarry::generation
