#pragma once

// RemoteModels: the upstreams that the configuration knows, each with one HTTP client, its key, its
// limits and its breaker, whoever asks it.

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "model/embedder.h"
#include "model/embedder_folder.h"
#include "model/http_client.h"
#include "model/remote_endpoint.h"
#include "model/reranker.h"

namespace quarry::model {

// Where a chat model is that is given without an address, unless OPENAI_BASE_URL says.
inline constexpr const char* kOpenAiBaseUrl = "https://api.openai.com/v1";

struct RemoteModelsOptions {
  HttpClientOptions http;
  RemoteOptions remote;
  // Keys by use, each with the name (remote_name.h) of the model that it was given for: it is sent to
  // the origin of that model and nowhere else, whatever URL a store names. Elsewhere, and where one
  // is "", that of OpenAI's own variables counts, for its origin alone.
  std::string embedding_key;
  std::string embedding_model;
  std::string rerank_key;
  std::string rerank_model;
  std::string chat_key;
  std::string first_chat_key;  // "" = as chat_key
  std::string first_chat_model;
  std::string chat_model;                        // no URL: a model at openai_base_url
  std::string openai_key;                        // OPENAI_API_KEY
  std::string openai_base_url = kOpenAiBaseUrl;  // OPENAI_BASE_URL
};

enum class RemoteUse { kEmbedding, kRerank, kChat, kFirstChat };

// Thread-safe. What it hands out must not outlive it.
class RemoteModels {
 public:
  explicit RemoteModels(RemoteModelsOptions options);

  const HttpClient& http() const { return http_; }

  // Whether requests to this address go with a key.
  bool HasKey(const std::string& base_url, RemoteUse use) const {
    return !KeyFor(base_url, use).empty();
  }
  // The same endpoint for the same address and use.
  std::shared_ptr<RemoteEndpoint> Endpoint(const std::string& base_url, RemoteUse use) const;

  // By a name (remote_name.h) in folder.path. Errors: those of ParseRemoteName and OpenRemoteEmbedder.
  Result<std::shared_ptr<const Embedder>> OpenEmbedder(const EmbedderFolder& folder,
                                                       uint32_t dimension,
                                                       const CallContext& context) const;
  Result<std::shared_ptr<const Reranker>> OpenReranker(const std::string& name) const;

 private:
  std::string KeyFor(const std::string& base_url, RemoteUse use) const;

  const RemoteModelsOptions options_;
  const HttpClient http_;
  mutable std::mutex mutex_;
  // Guarded by mutex_.
  mutable std::map<std::pair<std::string, RemoteUse>, std::shared_ptr<RemoteEndpoint>> endpoints_;
};

}  // namespace quarry::model
