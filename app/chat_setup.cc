#include "app/chat_setup.h"

#include <utility>

#include "model/chat_cassette.h"
#include "model/remote_chat_model.h"
#include "model/remote_name.h"
#include "model/url.h"

namespace quarry::app {

namespace {

// The name of a chat model as a key gives it. kInvalidArgument naming the key.
Result<model::RemoteName> ChatName(const std::string& key, const std::string& given,
                                   const std::string& openai_base_url) {
  if (const std::string meant = model::AddressMeant(given); !meant.empty()) {
    return InvalidArgumentError(key + ": \"" + given + "\": expected an address with http:// or " +
                                "https:// before it; did you mean " + meant + "?");
  }
  const std::string text = model::IsUrl(given) ? given : openai_base_url + '#' + given;
  Result<model::RemoteName> name = model::ParseRemoteName(text);
  if (!name.ok()) return std::move(name).status().Annotate(key);
  if (name->model.empty()) {
    return InvalidArgumentError(key + ": " + text +
                                ": expected URL#NAME, such as http://127.0.0.1:11434/v1#llama3.1");
  }
  return name;
}

// In place of a model that nobody said the place of. Questions and passages must not go to a stranger
// because an address was forgotten; commands that ask no model do not mind.
class UnplacedChatModel final : public model::ChatModel {
 public:
  UnplacedChatModel(std::string name, Status refusal)
      : name_(std::move(name)), refusal_(std::move(refusal)) {}

  const std::string& name() const override { return name_; }
  Result<model::ChatReply> Complete(const model::ChatRequest&, const model::ChatSink&,
                                    const CallContext&) const override {
    return refusal_;
  }

 private:
  const std::string name_;
  const Status refusal_;
};

// Whether a model may be asked where it is said to be: without an address only with a key for it.
Status CheckPlace(const std::string& key, const std::string& given, const model::RemoteName& name,
                  const model::RemoteModels& remote, model::RemoteUse use) {
  if (model::IsUrl(given) || name.base_url != model::kOpenAiBaseUrl ||
      remote.HasKey(name.base_url, use)) {
    return OkStatus();
  }
  return InvalidArgumentError(key + ": \"" + given +
                              "\" has no address; name a server (http://HOST:PORT/v1#" + given +
                              ") or set OPENAI_API_KEY for api.openai.com");
}

}  // namespace

Result<std::unique_ptr<ChatSetup>> ChatSetup::Make(const Config& config,
                                                   const model::RemoteModels& remote,
                                                   const std::string& openai_base_url,
                                                   const Clock& clock) {
  if (config.chat_model.empty()) return std::unique_ptr<ChatSetup>();
  Result<model::PriceTable> prices = model::PriceTable::Parse(config.chat_prices);
  if (!prices.ok()) return std::move(prices).status().Annotate("chat.prices");
  generation::Prompts prompts;
  if (!config.chat_prompts.empty()) {
    QUARRY_ASSIGN_OR_RETURN(prompts, generation::Prompts::Load(config.chat_prompts));
  }
  std::unique_ptr<ChatSetup> setup(new ChatSetup(*std::move(prices), config, std::move(prompts)));
  // Replies are recorded by what was asked: two models that are asked the same have a file each.
  const auto open = [&](const std::string& key, const std::string& given, model::RemoteUse use,
                        const char* suffix) -> Result<std::shared_ptr<const model::ChatModel>> {
    QUARRY_ASSIGN_OR_RETURN(const model::RemoteName name, ChatName(key, given, openai_base_url));
    std::shared_ptr<const model::ChatModel> chat;
    if (Status refusal = CheckPlace(key, given, name, remote, use); !refusal.ok()) {
      chat = std::make_shared<UnplacedChatModel>(name.ToString(), refusal);
      if (setup->place_.ok()) setup->place_ = std::move(refusal);
    } else {
      chat = std::make_shared<model::RemoteChatModel>(
          remote.Endpoint(name.base_url, use), name, config.remote,
          model::ChatPricing{setup->prices_, setup->budget_, clock});
    }
    if (config.chat_cassette.empty()) return chat;
    Result<std::shared_ptr<const model::CassetteChatModel>> cassette =
        model::CassetteChatModel::Open(config.chat_cassette + suffix, chat, name.ToString());
    if (!cassette.ok()) return std::move(cassette).status().Annotate("chat.cassette");
    return std::shared_ptr<const model::ChatModel>(*std::move(cassette));
  };
  QUARRY_ASSIGN_OR_RETURN(setup->chat_,
                          open("chat.model", config.chat_model, model::RemoteUse::kChat, ""));
  if (!config.chat_first_model.empty()) {
    QUARRY_ASSIGN_OR_RETURN(setup->first_, open("chat.first_model", config.chat_first_model,
                                                model::RemoteUse::kFirstChat, ".first"));
  }
  QUARRY_ASSIGN_OR_RETURN(model::PromptTemplates query_prompts,
                          retrieval::LoadQueryPrompts(config.chat_prompts));
  setup->queries_.emplace(*setup->chat_, std::move(query_prompts));
  return setup;
}

}  // namespace quarry::app
