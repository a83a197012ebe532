#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "base/hash.h"
#include "model/remote_reranker.h"
#include "model/upstream_json.h"

namespace quarry::model {
namespace {

Result<std::vector<float>> ReadScores(const std::string& body, size_t count) {
  QUARRY_ASSIGN_OR_RETURN(const Json json, ParseUpstreamJson(body));
  const Json* results = json.is_array() ? &json : Find(json, "results");
  if (results == nullptr || !results->is_array()) return WrongAnswer("expected a list of results");
  if (results->size() != count) {
    return WrongAnswer("expected " + std::to_string(count) + " results, got " +
                       std::to_string(results->size()));
  }
  std::vector<std::optional<float>> scores(count);
  for (size_t i = 0; i < count; ++i) {
    const std::string place = "results[" + std::to_string(i) + "]";
    const Json& result = (*results)[i];
    const std::optional<uint64_t> index = UintOf(result, "index", count - 1);
    if (!index || scores[*index]) {
      return WrongAnswer(place + ".index: expected each number below " + std::to_string(count) +
                         " once");
    }
    const Json* score = Find(result, "relevance_score");
    if (score == nullptr) score = Find(result, "score");
    if (score == nullptr || !score->is_number() || !std::isfinite(score->get<float>())) {
      return WrongAnswer(place + ": expected a score that is a finite number");
    }
    scores[*index] = score->get<float>();
  }
  std::vector<float> values;
  for (const std::optional<float>& score : scores) values.push_back(*score);
  if (std::ranges::any_of(values, [](float score) { return score < 0 || score > 1; })) {
    for (float& score : values) score = 1.0f / (1.0f + std::exp(-score));
  }
  return values;
}

class RemoteReranker final : public Reranker {
 public:
  RemoteReranker(std::shared_ptr<RemoteEndpoint> endpoint, RemoteName name)
      : endpoint_(std::move(endpoint)),
        name_(std::move(name)),
        fingerprint_("remote-pair:1:" + HashToHex(Hash64(name_.ToString()))) {}

  const std::string& fingerprint() const override { return fingerprint_; }

  Result<std::vector<float>> Score(const std::string& question, std::span<const std::string> texts,
                                   const CallContext& context) const override {
    if (texts.empty()) return std::vector<float>();
    const std::vector<std::string> documents(texts.begin(), texts.end());
    Json request = {{"query", question}};
    if (name_.model.empty()) {
      request["texts"] = documents;
      request["truncate"] = true;
    } else {
      request["model"] = name_.model;
      request["documents"] = documents;
      request["top_n"] = documents.size();
    }
    QUARRY_ASSIGN_OR_RETURN(const HttpResponse response,
                            endpoint_->Post("/rerank", DumpJson(request), {}, context));
    auto scores = ReadScores(response.body, texts.size());
    if (!scores.ok()) {
      return endpoint_->Redacted(
          std::move(scores).status().Annotate("rerank by " + name_.ToString()));
    }
    return scores;
  }

 private:
  const std::shared_ptr<RemoteEndpoint> endpoint_;
  const RemoteName name_;
  const std::string fingerprint_;
};

}  // namespace

std::shared_ptr<const Reranker> MakeRemoteReranker(std::shared_ptr<RemoteEndpoint> endpoint,
                                                   const RemoteName& name) {
  return std::make_shared<RemoteReranker>(std::move(endpoint), name);
}

}  // namespace quarry::model
