#pragma once

// CassetteChatModel: what a chat model said, recorded in a file and said again: tests and replays that
// need no upstream and come out the same.
//
// The file has a line for each reply: a hash of the request, a space, the reply as JSON.

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "model/chat_model.h"

namespace quarry::model {

class CassetteChatModel final : public ChatModel {
 public:
  // Records: a request that is not in the file yet goes to `recorded`, and its reply into the file.
  // Replays, where `recorded` is null: such a request is kFailedPrecondition. Errors: kDataLoss naming
  // file and line; to replay, those of reading the file.
  static Result<std::shared_ptr<const CassetteChatModel>> Open(
      std::string path, std::shared_ptr<const ChatModel> recorded, std::string name);

  const std::string& name() const override { return name_; }
  // Streams a recorded reply in one piece.
  Result<ChatReply> Complete(const ChatRequest& request, const ChatSink& sink,
                             const CallContext& context) const override;

 private:
  CassetteChatModel(std::string path, std::shared_ptr<const ChatModel> recorded, std::string name)
      : path_(std::move(path)), recorded_(std::move(recorded)), name_(std::move(name)) {}

  const std::string path_;
  const std::shared_ptr<const ChatModel> recorded_;
  const std::string name_;
  mutable std::mutex mutex_;
  mutable std::map<std::string, std::string> replies_;  // guarded by mutex_; by hash
};

}  // namespace quarry::model
