#pragma once

// A response of OpenAI's responses API: the object, its items, and the events by which it is streamed.
//
//   response.created, response.in_progress
//   of file_search: output_item.added, file_search_call.in_progress, .searching, .completed, and
//     output_item.done, which comes behind the text where it shows what was found
//   output_item.added, content_part.added, output_text.delta ..., output_text.annotation.added ...,
//   output_text.done, content_part.done, output_item.done
//   response.completed; response.failed where something goes wrong behind the first event

#include <optional>
#include <string>
#include <string_view>

#include "base/answer.h"
#include "server/handlers.h"
#include "server/responses_request.h"

namespace quarry::server {

// One response while it is made. Not thread-safe.
class ResponseWriter {
 public:
  // Both must outlive it.
  ResponseWriter(const ResponsesRequest& request, const Call& call, int64_t created);

  const std::string& id() const { return id_; }

  // The answer is there: makes the items of the output. Errors: those of looking up files.
  Status SetAnswer(const index::ObjectTable& objects, const Answer& answer, int64_t now);
  // The whole object, as far as it is made.
  std::string Json() const;

  // ---- streaming ----
  // False when nobody listens any more.
  bool WriteDelta(std::string_view delta);
  // All that follows the text. REQUIRES: SetAnswer.
  void WriteEnd();
  void WriteFailure(const Status& status);

 private:
  enum class State : uint8_t { kInProgress, kCompleted, kFailed };

  void Begin();
  // An event of `type` with the fields that `fields` writes.
  template <typename Fields>
  bool Event(std::string_view type, Fields fields);
  bool ResponseEvent(std::string_view type);
  // Of an item of the output: `name` is "added" or "done".
  bool ItemEvent(const char* name, size_t index, const std::string& item);
  std::string SearchItem(const char* status, std::string_view results) const;
  std::string MessageItem(const char* status, std::string_view content) const;
  std::string TextPart(std::string_view text, std::string_view annotations) const;
  size_t message_index() const { return request_.file_search ? 1 : 0; }

  const ResponsesRequest& request_;
  const Call& call_;
  const std::string id_;
  const std::string search_id_;
  const std::string message_id_;
  const int64_t created_;
  State state_ = State::kInProgress;
  Status failure_;
  int64_t completed_ = 0;
  const Answer* answer_ = nullptr;
  std::vector<std::string> annotations_;  // each in JSON
  std::string results_ = "null";          // of file_search, in JSON
  uint64_t sequence_ = 0;
};

}  // namespace quarry::server
