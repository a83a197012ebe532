#include "app/chat_setup.h"

#include <utility>

#include "model/chat_cassette.h"
#include "model/remote_chat_model.h"
#include "model/url.h"

namespace quarry::app {

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
  const std::string text = model::IsUrl(config.chat_model)
                               ? config.chat_model
                               : openai_base_url + '#' + config.chat_model;
  Result<model::RemoteName> name = model::ParseRemoteName(text);
  if (!name.ok()) return std::move(name).status().Annotate("chat.model");
  if (name->model.empty()) {
    return InvalidArgumentError("chat.model: " + text +
                                ": expected URL#NAME, such as http://127.0.0.1:11434/v1#llama3.1");
  }
  std::unique_ptr<ChatSetup> setup(
      new ChatSetup(*std::move(prices), config.chat_budget, std::move(prompts)));
  setup->chat_ = std::make_shared<model::RemoteChatModel>(
      remote.Endpoint(name->base_url, model::RemoteUse::kChat), *name, config.remote,
      model::ChatPricing{setup->prices_, setup->budget_, clock});
  if (!config.chat_cassette.empty()) {
    Result<std::shared_ptr<const model::CassetteChatModel>> cassette =
        model::CassetteChatModel::Open(config.chat_cassette, setup->chat_, name->ToString());
    if (!cassette.ok()) return std::move(cassette).status().Annotate("chat.cassette");
    setup->chat_ = *std::move(cassette);
  }
  QUARRY_ASSIGN_OR_RETURN(model::PromptTemplates query_prompts,
                          retrieval::LoadQueryPrompts(config.chat_prompts));
  setup->queries_.emplace(*setup->chat_, std::move(query_prompts));
  return setup;
}

}  // namespace quarry::app
