#include "model/remote_models.h"

#include <utility>

#include "model/remote_embedder.h"
#include "model/remote_name.h"
#include "model/remote_reranker.h"

namespace quarry::model {

RemoteModels::RemoteModels(RemoteModelsOptions options)
    : options_(std::move(options)), http_(options_.http) {}

std::string RemoteModels::KeyFor(const std::string& base_url, RemoteUse use) const {
  const std::string& own = use == RemoteUse::kEmbedding ? options_.embedding_key
                           : use == RemoteUse::kRerank  ? options_.rerank_key
                                                        : options_.chat_key;
  if (!own.empty()) return own;
  const Result<Url> asked = ParseUrl(base_url);
  const Result<Url> openai = ParseUrl(options_.openai_base_url);
  const bool is_theirs = asked.ok() && openai.ok() && asked->Origin() == openai->Origin();
  return is_theirs ? options_.openai_key : "";
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
