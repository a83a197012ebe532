#include "model/remote_models.h"

#include <utility>

#include "model/remote_embedder.h"
#include "model/remote_name.h"
#include "model/remote_reranker.h"

namespace quarry::model {

RemoteModels::RemoteModels(RemoteModelsOptions options)
    : options_(std::move(options)), http_(options_.http) {}

std::string RemoteModels::KeyFor(const std::string& base_url, RemoteUse use) const {
  const Result<Url> asked = ParseUrl(base_url);
  if (!asked.ok()) return "";
  const auto is_of = [&](const std::string& given_for) {
    const Result<Url> url = ParseUrl(given_for);
    return url.ok() && url->Origin() == asked->Origin();
  };
  const auto& [key, model] = [&]() -> std::pair<const std::string&, const std::string&> {
    switch (use) {
      case RemoteUse::kEmbedding:
        return {options_.embedding_key, options_.embedding_model};
      case RemoteUse::kRerank:
        return {options_.rerank_key, options_.rerank_model};
      case RemoteUse::kFirstChat:
        if (!options_.first_chat_key.empty()) {
          return {options_.first_chat_key, IsUrl(options_.first_chat_model)
                                               ? options_.first_chat_model
                                               : options_.openai_base_url};
        }
        [[fallthrough]];
      case RemoteUse::kChat:
        return {options_.chat_key,
                IsUrl(options_.chat_model) ? options_.chat_model : options_.openai_base_url};
    }
    Fatal(__FILE__, __LINE__, "unknown RemoteUse");
  }();
  if (!key.empty() && is_of(model)) return key;
  return is_of(options_.openai_base_url) ? options_.openai_key : "";
}

std::shared_ptr<RemoteEndpoint> RemoteModels::Endpoint(const std::string& base_url,
                                                       RemoteUse use) const {
  const std::lock_guard lock(mutex_);
  std::shared_ptr<RemoteEndpoint>& endpoint = endpoints_[{base_url, use}];
  if (endpoint == nullptr) {
    endpoint =
        std::make_shared<RemoteEndpoint>(http_, base_url, KeyFor(base_url, use), options_.remote);
  }
  return endpoint;
}

Result<std::shared_ptr<const Embedder>> RemoteModels::OpenEmbedder(
    const EmbedderFolder& folder, uint32_t dimension, const CallContext& context) const {
  QUARRY_ASSIGN_OR_RETURN(const RemoteName name, ParseRemoteName(folder.path));
  return OpenRemoteEmbedder(Endpoint(name.base_url, RemoteUse::kEmbedding), name, folder, dimension,
                            context);
}

Result<std::shared_ptr<const Reranker>> RemoteModels::OpenReranker(const std::string& text) const {
  QUARRY_ASSIGN_OR_RETURN(const RemoteName name, ParseRemoteName(text));
  return MakeRemoteReranker(Endpoint(name.base_url, RemoteUse::kRerank), name);
}

}  // namespace quarry::model
