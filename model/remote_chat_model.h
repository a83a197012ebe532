#pragma once

// RemoteChatModel: a chat model behind HTTP that speaks OpenAI's /chat/completions: OpenAI, Ollama,
// llama.cpp, vLLM.
//
// Always streamed, so that silence is noticed: the first token and every next one must come within the
// endpoint's limits (comments that only keep the connection alive are no tokens). An upstream that
// answers in one piece all the same is understood.

#include <memory>
#include <string>

#include "base/clock.h"
#include "model/chat_model.h"
#include "model/model_cost.h"
#include "model/remote_endpoint.h"
#include "model/remote_name.h"

namespace quarry::model {

// What calls cost, and what they may. Both outlive the model; Budget may be shared by several.
struct ChatPricing {
  const PriceTable& prices;
  Budget& budget;
  const Clock& clock;
};

class RemoteChatModel final : public ChatModel {
 public:
  // REQUIRES: name.model is not "".
  RemoteChatModel(std::shared_ptr<RemoteEndpoint> endpoint, RemoteName name, RemoteOptions options,
                  ChatPricing pricing);

  const std::string& name() const override { return text_; }
  // Also kResourceExhausted for a budget that would not cover the call at its longest, and before it
  // is made. Usage that the upstream does not tell is estimated. A reply that is to be JSON comes in
  // one piece: one that is not as it was wanted is asked for once more, with what was wrong.
  Result<ChatReply> Complete(const ChatRequest& request, const ChatSink& sink,
                             const CallContext& context) const override;

  // Whether the upstream is left alone at the moment, since it does not answer.
  bool is_open() const { return endpoint_->is_open(); }

 private:
  // One call; the reply's format is not looked at.
  Result<ChatReply> CompleteOnce(const ChatRequest& request, const ChatSink& sink,
                                 const CallContext& context) const;
  Status Told(Status error) const;

  const std::shared_ptr<RemoteEndpoint> endpoint_;
  const RemoteName name_;
  const std::string text_;
  const HttpLimits limits_;
  const ChatPricing pricing_;
};

}  // namespace quarry::model
