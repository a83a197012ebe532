#include "model/chat_cassette.h"

#include <utility>

#include "base/file.h"
#include "base/hash.h"
#include "model/chat_stream.h"

namespace quarry::model {
namespace {

constexpr uint64_t kMaxCassetteBytes = uint64_t{256} << 20;
constexpr size_t kHashDigits = 16;

}  // namespace

Result<std::shared_ptr<const CassetteChatModel>> CassetteChatModel::Open(
    std::string path, std::shared_ptr<const ChatModel> recorded, std::string name) {
  std::shared_ptr<CassetteChatModel> model(
      new CassetteChatModel(std::move(path), std::move(recorded), std::move(name)));
  Result<std::string> file = ReadFile(model->path_, kMaxCassetteBytes);
  if (file.status().code() == Code::kNotFound && model->recorded_ != nullptr) file = std::string();
  if (!file.ok()) return std::move(file).status();
  size_t number = 1;
  for (size_t begin = 0; begin < file->size(); ++number) {
    const size_t end = std::min(file->find('\n', begin), file->size());
    const std::string line = file->substr(begin, end - begin);
    begin = end + 1;
    const std::string place = model->path_ + ":" + std::to_string(number);
    if (line.size() <= kHashDigits || line[kHashDigits] != ' ') {
      return DataLossError(place + ": expected a hash, a space and a reply");
    }
    std::string reply = line.substr(kHashDigits + 1);
    QUARRY_RETURN_IF_ERROR(ReadChatReply(reply).status().Annotate(place));
    model->replies_[line.substr(0, kHashDigits)] = std::move(reply);
  }
  return std::shared_ptr<const CassetteChatModel>(std::move(model));
}

Result<ChatReply> CassetteChatModel::Complete(const ChatRequest& request, const ChatSink& sink,
                                              const CallContext& context) const {
  QUARRY_ASSIGN_OR_RETURN(const std::string text,
                          WriteChatRequest(request, name_, /*stream=*/false));
  const std::string hash = HashToHex(Hash64(text));
  std::string said;
  {
    const std::lock_guard lock(mutex_);
    if (const auto found = replies_.find(hash); found != replies_.end()) said = found->second;
  }
  if (!said.empty()) {
    QUARRY_RETURN_IF_ERROR(context.Check());
    QUARRY_ASSIGN_OR_RETURN(ChatReply reply, ReadChatReply(said));
    if (sink != nullptr && !reply.content.empty() && !sink(reply.content)) {
      return CancelledError("the reader of the answer went away");
    }
    return reply;
  }
  if (recorded_ == nullptr) {
    return FailedPreconditionError(path_ + ": no recorded reply to request " + hash);
  }
  QUARRY_ASSIGN_OR_RETURN(ChatReply reply, recorded_->Complete(request, sink, context));
  const std::lock_guard lock(mutex_);
  replies_[hash] = WriteChatReply(reply);
  std::string file;
  for (const auto& [key, value] : replies_) file += key + ' ' + value + '\n';
  QUARRY_RETURN_IF_ERROR(WriteFileAtomically(path_, file));
  return reply;
}

}  // namespace quarry::model
